/** One jurisdiction's run in a process of its own, so that its memory is its own: `node allocation-runs-child.ts <week> <sites>` prints JSON. */
import { call, type Answer, type Call } from '../test/support/api.ts';
import { openRunDesk } from '../test/support/run-desk.ts';
import { supplyOf } from './run-sites.ts';

const [, , week = '', sites] = process.argv;
const runDesk = await openRunDesk();
const { handler } = await import('../functions/allocations/http.ts');
const as = (subject: string, request: Call): Promise<Answer> =>
  call(handler, { subject, role: 'dph-allocator', now: '2021-03-23T15:00:00.000Z', ...request });

interface Step { seconds: number; cpuSeconds: number; peakMb: number }
const steps: Record<string, Step> = {};
const measured = async <T>(name: string, work: () => Promise<T>): Promise<T> => {
  const [started, cpu] = [performance.now(), process.cpuUsage()];
  const outcome = await work();
  const { user, system } = process.cpuUsage(cpu);
  steps[name] = {
    seconds: (performance.now() - started) / 1_000,
    cpuSeconds: (user + system) / 1_000_000,
    peakMb: Math.round(process.resourceUsage().maxRSS / 1_024),
  };
  return outcome;
};
const told = async (name: string, work: () => Promise<Answer>, expected: number): Promise<Answer> => {
  const answer = await measured(name, work);
  if (answer.status !== expected) throw new Error(`${name}: ${answer.status} ${answer.text.slice(0, 500)}`);
  return answer;
};
const worked = async (name: string): Promise<void> => {
  const messages = await runDesk.received();
  const { batchItemFailures } = await measured(name, () => runDesk.deliver(messages, { now: '2021-03-23T15:00:00.000Z' }));
  if (messages.length !== 1 || batchItemFailures.length > 0) throw new Error(`${name}: the worker failed`);
};

for (const [at, body] of supplyOf(week, Number(sites)).entries()) await as('ann', { route: 'POST /supply', body, key: `supply-line-${at}` });
const asked = await told(
  'ask for a draft',
  () => as('ann', { route: 'POST /allocation-runs', body: { week, policy: 'connecticut-2021-03' }, key: 'a-draft-of-a-bench' }),
  202,
);
const params = { runId: String(asked.body['runId']) };
await worked('draft');
const drafted = await told('read the run', () => as('ann', { route: 'GET /allocation-runs/{runId}', params }), 200);
await told('propose', () => as('ann', { route: 'POST /allocation-runs/{runId}/proposal', params, ifMatch: 2 }), 200);
await told('ask for publication', () => as('bob', { route: 'POST /allocation-runs/{runId}/publication', params, ifMatch: 3 }), 202);
await worked('publish');
const replayed = await told('replay', () => as('bob', { route: 'POST /allocation-runs/{runId}/replay', params }), 200);
const query = { siteId: 'sit_b000003', ndc: '59676-0580-05', doseNumber: '1', packDoses: '100' };
await told('what-if', () => as('bob', { route: 'GET /allocation-runs/{runId}/what-if', params, query }), 200);
const published = await as('bob', { route: 'GET /allocation-runs/{runId}', params });
if (published.body['state'] !== 'published' || replayed.body['same'] !== true) throw new Error('the run is not published, or does not replay');
await runDesk.stop();
process.stdout.write(`${JSON.stringify({ awards: drafted.body['awards'], steps })}\n`, () => process.exit(0));

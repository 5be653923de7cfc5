import { seededRandom } from '../test/support/seeded-random.ts';
import { COSTLY, damagedMessage, latin1, mutationSamples, otherSamples, troublesOf } from '../test/support/hl7-troubles.ts';

/** `HL7_MUTATIONS` and `HL7_SEED` change what is drawn. */
const COUNT = Number(process.env['HL7_MUTATIONS'] ?? 200_000);
const SEED = Number(process.env['HL7_SEED'] ?? 20_210_401);

const workMs = (work: () => unknown): number => {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1_000;
};

/** The least of three: what the collector of garbage does meanwhile is no work of the message's. */
const leastMs = (work: () => unknown): number => Math.min(...[1, 2, 3].map(() => workMs(work)));

/** What messages made to cost time cost at a quarter, a half and all of their size: fourfold is linear. */
const costlyRows = (): Record<string, string | number>[] => Object.entries(COSTLY).map(([name, { times, text }]) => {
  const [quarter = 0, half = 0, whole = 0] = [times / 4, times / 2, times].map((each) => {
    const bytes = latin1(text(Math.round(each)));
    return leastMs(() => troublesOf(bytes));
  });
  return {
    what: `${times} ${name}`, ms: Math.round(whole), 'ms of half': Math.round(half), 'ms of a quarter': Math.round(quarter),
    'fourfold costs': (whole / quarter).toFixed(1),
  };
});

/** Damaged messages by the hundred thousand: how many crash, hang or put a value of the patient into an answer. None should. */
export const benchHl7Mutations = (): Promise<{ title: string; rows: Record<string, string | number>[]; ratio: number; aim: string }> => {
  const random = seededRandom(SEED);
  const samples = [...mutationSamples(), ...otherSamples()];
  const counts = new Map<string, number>();
  const started = performance.now();
  let slowestMs = 0;
  for (let i = 0; i < COUNT; i += 1) {
    const { bytes } = damagedMessage(samples, random);
    let found: string[] = [];
    slowestMs = Math.max(slowestMs, workMs(() => {
      try {
        found = troublesOf(bytes);
      } catch {
        found = ['threw'];
      }
    }));
    for (const trouble of found) counts.set(trouble, (counts.get(trouble) ?? 0) + 1);
  }
  const troubled = [...counts.values()].reduce((sum, count) => sum + count, 0);
  const rows = [
    { what: 'damaged messages answered', count: COUNT - troubled },
    ...[...counts].map(([what, count]) => ({ what, count })),
    { what: 'messages/s, checks included', count: Math.round(COUNT / ((performance.now() - started) / 1000)) },
    { what: 'slowest of them, checks included', ms: Math.round(slowestMs) },
    ...costlyRows(),
  ];
  return Promise.resolve({
    title: `${COUNT} damaged messages of the corpus, seed ${SEED}`,
    rows,
    ratio: troubled,
    aim: 'none crashes, hangs or leaks (0 troubles)',
  });
};

import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { may } from '../../shared/contracts/permissions.ts';
import { needsToken, type Route } from '../../shared/contracts/route.ts';
import type { AccountRef } from '../../shared/ledger/account.ts';
import { accountKey, accountSchema } from '../../shared/ledger/account.ts';
import { movementItems } from '../../shared/ledger/items.ts';
import { planMovements } from '../../shared/ledger/plan-movements.ts';
import { commit, getItem } from '../../shared/platform/dynamo.ts';
import { allRoutes } from '../../infra/routes.ts';
import { answerTo, eventBy, paramsOf, type Answered, type Caller } from '../support/callers.ts';
import { captureOutput, type Captured } from '../support/captured-output.ts';
import { janssen, order, vxu } from '../support/dose-room.ts';
import { causeText, type Asked, type Trouble } from '../support/dynamo-proxy.ts';
import { loadWorkers, near, openHouse, type House } from '../support/house.ts';
import { bodyFor, queryFor } from '../support/request-samples.ts';

const doses = 1000;
let house: House;
let output: Captured;
let reconcile: () => Promise<{ findings: number; gap: number; accounts?: number }>;
const ref: AccountRef = { siteId: near.siteId, ndc: janssen.ndc, lot: janssen.lot, funding: 'covid' };

beforeAll(async () => {
  process.env['AWS_MAX_ATTEMPTS'] = '2';
  house = await openHouse('faults', { logLevel: 'DEBUG' });
  const worker = (await loadWorkers()).get('inventory-on-reconcile');
  reconcile = async () => (await worker?.({ scheduledTime: '2021-03-10T08:00:00.000Z' }, {})) as { findings: number; gap: number };
  const planned = planMovements([], [
    { ref, movement: { kind: 'ship', key: 'stock-ship', doses }, facts: {} },
    { ref, movement: { kind: 'receive', key: 'stock-receive', doses, position: { unit: 'R1', state: 'thawed' } } },
  ]);
  if (planned.kind === 'refused') throw new Error(planned.refusal.kind);
  await commit(house.suite.dynamo, movementItems(house.suite.tables['INVENTORY_TABLE'] ?? '', planned.plan, { at: '2021-03-01T12:00:00.000Z', actor: 'test' }));
});
afterAll(async () => {
  delete process.env['AWS_MAX_ATTEMPTS'];
  await house.stop();
});
beforeEach(() => { output = captureOutput(); });
afterEach(() => { output.stop(); house.dynamo.trouble(undefined); });

const nurse: Caller = { subject: near.staff, groups: ['provider-staff'] };
const machine: Caller = { subject: near.machine, groups: ['ehr-system'] };
const jurisdiction: Caller = { subject: 'dph', groups: ['dph-reviewer', 'dph-allocator', 'dph-inventory', 'dph-epidemiologist', 'auditor'] };
const callersOf = ({ action }: Route): Caller[] => [nurse, machine, jurisdiction].filter(({ groups }) => needsToken(action) && groups?.some((role) => may(role, action)) === true);

const ask = async (route: Route, caller: Caller, key: string, body: unknown = bodyFor(route, () => 'x'), more: Record<string, string> = {}): Promise<Answered & { correlationId: string }> => {
  const api = house.apis.find(({ routes }) => routes.includes(route));
  if (api === undefined) throw new Error(`Nobody answers ${route.id}`);
  const event = eventBy(caller, {
    route: `${route.method} ${route.path}`, params: paramsOf(route, { siteId: near.siteId, organizationId: near.organizationId, ...more }), query: queryFor(route, () => 'x'), body: route.accepts === undefined ? body : body ?? 'x', key, ifMatch: 1,
  });
  return { ...await answerTo(api.handler, event), correlationId: event.requestContext.requestId };
};
const routeNamed = (id: string): Route => {
  const route = allRoutes.find((each) => each.id === id);
  if (route === undefined) throw new Error(`no ${id}`);
  return route;
};

/** Where HL7 is sent, trouble is told in HL7 (HL7-16): AR, 207, and never a status that a sender takes for a dead line. */
const isHl7 = (text: string): boolean => text.startsWith('MSH|');
const failed = ({ status, text }: Pick<Answered, 'status' | 'text'>): boolean => status >= 300 || text.includes('\rMSA|AR|');

/** What is wrong with how a fault was told; empty when it is clean. */
const untidy = ({ status, text, correlationId }: Awaited<ReturnType<typeof ask>>): string[] => {
  const cause = /cause that nobody|InternalServerError|Throttl|ECONN|socket|dynamodb|aws|\bat \//i.test(text) ? ['tells the cause'] : [];
  const line = output.lines.some((each) => each.includes('REQUEST_FAULT') && each.includes(correlationId)) ? [] : ['leaves no line in the log'];
  if (isHl7(text)) {
    const told = status === 200 && /\rMSA\|AR\|/.test(text) && text.includes('|207^Application internal error^HL70357|E|') && text.includes(correlationId);
    return [...(told ? [] : [`answered ${status} ${text.slice(0, 200)}`]), ...cause, ...line];
  }
  const problem = JSON.parse(text) as Record<string, unknown>;
  // FHIR has a form of its own (OperationOutcome).
  if (problem['resourceType'] === 'OperationOutcome') return [...(status === 500 ? [] : [`answered ${status}`]), ...(text.includes(correlationId) ? [] : ['names no correlation id']), ...cause, ...line];
  return [
    ...(status === 500 && problem['status'] === 500 && problem['type'] === 'https://doseline.org/problems/fault' ? [] : [`answered ${status} ${String(problem['type'])}`]),
    ...(problem['correlationId'] === correlationId ? [] : ['names no correlation id']),
    ...(Object.keys(problem).sort().join() === 'correlationId,detail,status,title,type' ? [] : [`says ${Object.keys(problem).join()}`]),
    ...cause,
    ...line,
  ];
};

describe('When DynamoDB fails', () => {
  const guarded = allRoutes.filter(({ action }) => needsToken(action));

  it.each(['server-error', 'refused', 'throttled'] as const)('(%s) every route answers a clean fault with a correlation id, and the log has its line without the cause', async (trouble) => {
    house.dynamo.trouble(() => trouble);
    const calls = guarded.flatMap((route) => callersOf(route).map((caller) => ({ route, caller })));
    const faults: string[] = [];
    await Promise.all(calls.map(async ({ route, caller }, index) => {
      const answer = await ask(route, caller, `fault-${trouble}-${index}`);
      // A body that is refused before anything is read, or an answer that needs no table, is no fault.
      if (answer.status >= 500 || isHl7(answer.text) || caller !== jurisdiction) faults.push(...untidy(answer).map((what) => `${route.id} by ${caller.subject}: ${what}`));
    }));
    expect(faults).toEqual([]);
    expect(output.lines.join('\n')).not.toContain(causeText);
    expect(output.lines.filter((line) => line.includes('REQUEST_FAULT')).length).toBeGreaterThan(guarded.length / 2);
  });

  it('(no answer at all) the caller is told', async () => {
    house.dynamo.trouble(() => 'silent');
    const answer = await ask(routeNamed('listAccounts'), nurse, 'silent');
    expect(untidy(answer)).toEqual([]);
  });
});

/** A last name of its own for each key: digits are no part of a name, and one person's doses of a day are one dose. */
const familyOf = (key: string): string => `Family ${key.replace(/\d/g, (digit) => 'abcdefghij'.charAt(Number(digit)).repeat(3))}`;
const message = (key: string): string => vxu({ controlId: key, id: key, family: familyOf(key), orders: order({ filler: `${key}^ELM`, facility: `CLINIC ${near.siteId}` }) });
const told = (key: string): object => ({
  doses: [{ id: key, givenOn: '2021-03-08', vaccine: { cvx: janssen.cvx, ndc: janssen.ndc }, mvx: 'JSN', lot: janssen.lot, expiry: '2021-06-25', patient: { ids: [{ id: `P${key}` }], name: { family: familyOf(key), given: 'Ada' }, birthDate: '1950-01-02', sex: 'F' } }],
});

/** Requests that move stock, each by one dose or pack of it; `bucket` is where it ends. */
const stories: readonly { name: string; bucket: 'wasted' | 'transferredOut' | 'administered'; run: (key: string) => Promise<Answered & { correlationId: string }> }[] = [
  { name: 'waste', bucket: 'wasted', run: (key) => ask(routeNamed('postMovement'), nurse, key, { kind: 'waste', ndc: ref.ndc, lot: ref.lot, funding: ref.funding, doses: 1, position: { unit: 'R1', state: 'thawed' }, wasteReason: 'broken-vial-or-syringe', reason: 'fell down' }) },
  { name: 'a transfer', bucket: 'transferredOut', run: (key) => ask(routeNamed('sendTransfer'), nurse, key, { ndc: ref.ndc, lot: ref.lot, funding: ref.funding, doses: 1, position: { unit: 'R1', state: 'thawed' }, toSiteId: near.siblingId, reason: 'needed there' }) },
  { name: 'a dose by HL7', bucket: 'administered', run: (key) => ask(routeNamed('reportHl7'), machine, key, message(key)) },
  { name: 'a dose by JSON', bucket: 'administered', run: (key) => ask(routeNamed('reportDoses'), nurse, key, told(key)) },
];

const inBucket = async (bucket: string): Promise<number> =>
  (await getItem(house.suite.dynamo, house.suite.tables['INVENTORY_TABLE'] ?? '', accountKey(ref), accountSchema))?.buckets[bucket as 'wasted'] ?? 0;

/** Fails as told at the nth call, and every call after it with a server error: the Lambda was cut off there. */
const cutAt = (position: number, how: Trouble): ((asked: Asked) => Trouble | undefined) => {
  let seen = -1;
  return () => {
    seen += 1;
    if (seen < position) return undefined;
    return seen === position ? how : 'server-error';
  };
};

describe.each(stories)('$name, cut off anywhere', ({ name, bucket, run }) => {
  it.each(['server-error', 'lost'] as const)('(%s) leaves ledger and entries in agreement, and the same request again ends as if nothing had happened', async (how) => {
    house.dynamo.clear();
    expect(failed(await run(`${name.replaceAll(' ', '')}-${how}-clean`))).toBe(false);
    const steps = house.dynamo.asked.length;
    expect(steps).toBeGreaterThan(1);
    const before = await inBucket(bucket);
    const faults: string[] = [];
    for (let position = 0; position < steps; position += 1) {
      const key = `${name.replaceAll(' ', '')}-${how}-${position}`;
      house.dynamo.trouble(cutAt(position, how));
      const cut = await run(key);
      house.dynamo.trouble(undefined);
      if (failed(cut)) faults.push(...untidy(cut).map((what) => `at call ${position}: ${what}`));
      const moved = (await inBucket(bucket)) - before - position;
      if (moved !== 0 && moved !== 1) faults.push(`at call ${position}: ${moved} doses moved`);
      const again = await run(key);
      if (failed(again)) faults.push(`at call ${position}: the repeat was answered ${again.status} ${again.text.slice(0, 200)}`);
      if ((await inBucket(bucket)) !== before + position + 1) faults.push(`at call ${position}: after the repeat ${(await inBucket(bucket)) - before - position} doses moved`);
    }
    expect(faults).toEqual([]);
    expect(await reconcile()).toMatchObject({ findings: 0, gap: 0 });
  });
});

describe('The check itself', () => {
  it('sees a dose that moved without its entry', async () => {
    const { UpdateCommand } = await import('@aws-sdk/lib-dynamodb');
    const change = (by: number) => house.suite.dynamo.send(new UpdateCommand({
      TableName: house.suite.tables['INVENTORY_TABLE'] ?? '', Key: accountKey(ref), UpdateExpression: 'ADD wasted :up, onHand :down', ExpressionAttributeValues: { ':up': by, ':down': -by },
    }));
    await change(1);
    const { findings } = await reconcile();
    await change(-1);
    expect(findings).toBeGreaterThan(0);
  });
});

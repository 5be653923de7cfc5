import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { GetCommand, PutCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { accountKey, type AccountRef } from '../../shared/ledger/account.ts';
import { entryKey } from '../../shared/ledger/items.ts';
import { makeStore } from '../../functions/inventory/store.ts';
import { makeReconciliationStore } from '../../functions/inventory/store-reconciliation.ts';
import { makeReconcile } from '../../functions/inventory/reconcile.ts';
import { awardIdOf, awardKey } from '../../shared/published/award.ts';
import { memberKey } from '../../shared/published/member.ts';
import { siteKey } from '../../shared/published/site.ts';
import { publishedTransfer, transfersPartition } from '../../shared/published/transfer.ts';
import { call, type Answer, type Call, type Handler } from '../support/api.ts';
import { sectionB } from '../support/forms.ts';
import { openSuite, type Suite } from '../support/suite.ts';

let suite: Suite;
let handler: Handler;
let counter = 0;
let siteA: string;
let siteB: string;
const freshKey = (): string => `inventory-${(counter += 1)}`;
const product = { ndc: '59676-0580-05', lot: '042A21A', funding: 'covid' as const };
const fridge = { unit: 'U1', state: 'thawed' as const };

const table = (name: string): string => suite.tables[name] ?? '';
const store = () => makeStore(suite.dynamo, { inventory: table('INVENTORY_TABLE'), enrollment: table('ENROLLMENT_TABLE'), allocations: table('ALLOCATIONS_TABLE') });
const reconcile = () =>
  makeReconcile(
    makeReconciliationStore(suite.dynamo, { inventory: table('INVENTORY_TABLE'), doses: table('DOSES_TABLE'), enrollment: table('ENROLLMENT_TABLE') }),
    () => Promise.resolve(),
  );

const putSite = async (siteId: string, state = 'active'): Promise<void> => {
  const { receivingHours: _hours, ...form } = sectionB(siteId);
  const item = { ...form, ...siteKey(siteId), type: 'site', schema: 1, version: 1, siteId, organizationId: 'org_a', organizationName: 'A', state, reportingOnly: false, supplyAccount: 'jurisdiction', aliases: [], createdAt: '2021-03-01T00:00:00.000Z', createdBy: 'x', requestDigest: 'x' };
  await suite.dynamo.send(new PutCommand({ TableName: table('ENROLLMENT_TABLE'), Item: item }));
};

const ref = (siteId: string): AccountRef => ({ siteId, ...product });
const stock = async (siteId: string, doses = 100): Promise<void> => {
  const outcome = await store().post(
    [
      { ref: ref(siteId), movement: { kind: 'ship', key: `ship-${siteId}`, doses } },
      { ref: ref(siteId), movement: { kind: 'receive', key: `receive-${siteId}`, doses, position: fridge } },
    ],
    { at: '2021-03-08T15:00:00.000Z', actor: 'test' },
  );
  expect(outcome.kind).toBe('posted');
};

beforeAll(async () => {
  suite = await openSuite('inventory');
  handler = (await import('../../functions/inventory/http.ts')).handler;
  await suite.dynamo.send(
    new PutCommand({ TableName: table('ENROLLMENT_TABLE'), Item: { ...memberKey('nurse'), type: 'member', schema: 1, version: 1, subject: 'nurse', organizationIds: ['org_a'], siteIds: [], grantedAt: '2021-03-01T00:00:00.000Z', grantedBy: 'x' } }),
  );
});
afterAll(() => suite.stop());
beforeEach(async () => {
  counter += 1;
  siteA = `sit_a${counter}`;
  siteB = `sit_b${counter}`;
  await Promise.all([putSite(siteA), putSite(siteB), stock(siteA)]);
});

const asNurse = (request: Call): Promise<Answer> => call(handler, { subject: 'nurse', role: 'provider-staff', ...request });
const post = (siteId: string, body: object, key = freshKey()): Promise<Answer> => asNurse({ route: 'POST /sites/{siteId}/movements', params: { siteId }, body: { ...product, ...body }, key });
const balancesAt = async (siteId: string): Promise<Record<string, number>> => {
  const { body } = await asNurse({ route: 'GET /sites/{siteId}/inventory', params: { siteId } });
  return (body['items'] as { balances: Record<string, number> }[])[0]?.balances ?? {};
};

describe('doses at a site', () => {
  it.each([
    ['waste', { kind: 'waste', doses: 5, wasteReason: 'broken-vial-or-syringe' }, { onHand: 95, wasted: 5 }],
    ['expire', { kind: 'expire', doses: 10 }, { onHand: 90, expired: 10 }],
    ['return', { kind: 'return', doses: 10, reason: 'not needed' }, { onHand: 90, returned: 10 }],
    ['lose', { kind: 'lose', doses: 1, reason: 'cannot be found' }, { onHand: 99, lost: 1 }],
    ['adjust up', { kind: 'adjust-up', doses: 2, reason: 'counted two more', position: fridge }, { onHand: 102, netAdjustments: -2 }],
    ['adjust down', { kind: 'adjust-down', doses: 2, reason: 'counted two fewer' }, { onHand: 98, netAdjustments: 2 }],
    ['relocate', { kind: 'relocate', doses: 40, position: fridge, to: { unit: 'U2', state: 'thawed' } }, { onHand: 100 }],
  ])('%s moves and never vanish', async (_, body, expected) => {
    const answer = await post(siteA, body);
    expect(answer.status).toBe(201);
    expect(answer.body['accounts']).toMatchObject([{ balances: { received: 100, ...expected }, gap: 0 }]);
  });

  it('are wasted once, however often the request is sent', async () => {
    const key = freshKey();
    const waste = { kind: 'waste', doses: 5, wasteReason: 'other' };
    const answers = await Promise.all([post(siteA, waste, key), post(siteA, waste, key), post(siteA, waste, key)]);
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 200, 201]);
    expect((await post(siteA, { ...waste, doses: 6 }, key)).status).toBe(422);
    expect(await balancesAt(siteA)).toMatchObject({ onHand: 95, wasted: 5 });
  });

  it('cannot be wasted beyond what is there, and the answer says how many are', async () => {
    const answer = await post(siteA, { kind: 'waste', doses: 101, wasteReason: 'other' });
    expect(answer).toMatchObject({ status: 409, body: { detail: 'Only 100 of the 101 doses are in onHand.' } });
  });

  it('that two people waste at once are never more than there were', async () => {
    const answers = await Promise.all(Array.from({ length: 12 }, () => post(siteA, { kind: 'waste', doses: 10, wasteReason: 'other' })));
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(10);
    expect(await balancesAt(siteA)).toMatchObject({ onHand: 0, wasted: 100 });
  });

  it('come back when a movement is reversed, once', async () => {
    const { body } = await post(siteA, { kind: 'waste', doses: 5, wasteReason: 'other' });
    const reverse: Call = { route: 'POST /sites/{siteId}/reversals', params: { siteId: siteA }, body: { ...product, key: body['key'], reason: 'entered for the wrong site' } };
    expect([(await asNurse(reverse)).status, (await asNurse(reverse)).status]).toEqual([200, 200]);
    expect(await balancesAt(siteA)).toMatchObject({ onHand: 100, wasted: 0 });
  });

  it('that a shipment brought are corrected at the shipment, not here', async () => {
    const answer = await asNurse({ route: 'POST /sites/{siteId}/reversals', params: { siteId: siteA }, body: { ...product, key: `receive-${siteA}`, reason: 'wrong' } });
    expect(answer.status).toBe(409);
  });
});

describe('a transfer', () => {
  const send = (body: object = {}, key = freshKey()): Promise<Answer> =>
    asNurse({ route: 'POST /sites/{siteId}/transfers', params: { siteId: siteA }, body: { ...product, toSiteId: siteB, doses: 40, reason: 'clinic moved', ...body }, key });
  const count = (transferId: unknown, body: object, ifMatch = 1): Promise<Answer> =>
    asNurse({ route: 'POST /sites/{siteId}/transfers/{transferId}/receipt', params: { siteId: siteB, transferId: String(transferId) }, body, ifMatch });

  /** An award of the receiver by the vial; or one of packs. */
  const putAward = async (runId: string, { hub = siteA, ndc = product.ndc, ...more }: { hub?: string; ndc?: string; state?: string; acceptedDoses?: number } = {}, isByVial = true): Promise<string> => {
    const name = { week: '2021-03-08', ndc, doseNumber: 1, packDoses: 100, runId };
    const awardId = awardIdOf(name);
    const byVial = isByVial ? { byVial: { hub, vialDoses: 5, outOf: [awardId], leastDoses: 100 } } : {};
    await suite.dynamo.send(new PutCommand({ TableName: table('ALLOCATIONS_TABLE'), Item: { ...awardKey(siteB, name), ...name, type: 'award', schema: 1, version: 1, awardId, siteId: siteB, packs: isByVial ? 0 : 1, doses: 100, acceptedDoses: 100, state: 'accepted', channel: 'jurisdiction', ...byVial, ...more } }));
    return awardId;
  };

  it('leaves one site, is in nobody’s hand, and arrives at the other', async () => {
    const awardId = await putAward('run_1');
    const { status, body } = await send({ awardId });
    // What allocations reads of it, to know what a hub has left to send.
    const { pk, sk } = transfersPartition(siteB);
    const { Item } = await suite.dynamo.send(new GetCommand({ TableName: table('INVENTORY_TABLE'), Key: { pk, sk: `${sk}${String(body['transferId'])}` } }));
    expect(publishedTransfer.parse(Item)).toMatchObject({ awardId, fromSiteId: siteA, toSiteId: siteB, doses: 40 });
    expect([status, (await balancesAt(siteA))['onHand'], (await balancesAt(siteB))['inTransfer']]).toEqual([201, 60, 40]);
    expect((await count(body['transferId'], { received: 38, missing: 1, suspect: 1, reason: 'one warm, one gone', position: fridge })).body).toMatchObject({ state: 'received', version: 2 });
    expect(await balancesAt(siteB)).toMatchObject({ onHand: 38, quarantined: 1, lost: 1, transferredIn: 40 });
    expect(await reconcile()('2021-03-08', '2021-03-08T20:00:00.000Z')).toMatchObject({ findings: 0, gap: 0 });
  });
  it('that names an award is of that award: of this site’s packs, of this product, taken, and of no more than is left of it', async () => {
    const right = await putAward('run_2', { acceptedDoses: 50, state: 'reduced' });
    const pfizer = '59267-1000-01';
    const wrong: [string, string][] = [
      ['no-such-award', 'is no award of the receiving site'],
      ['2021-03-08_59676-0580-05_1_100_run_x', 'is no award of the receiving site'],
      [await putAward('run_3', { ndc: pfizer }), 'is of 59267-1000-01, not of the product that is sent'],
      [await putAward('run_4', { hub: 'sit_other' }), 'comes out of the packs of another site'],
      [await putAward('run_5', { state: 'offered' }), 'is not accepted by the receiving site'],
      [await putAward('run_6', { state: 'declined', acceptedDoses: 0 }), 'was declined by the receiving site'],
      [await putAward('run_7', {}, false), 'is an award of packs'],
    ];
    for (const [awardId, message] of wrong) {
      const { status, text } = await send({ awardId });
      expect([status, text]).toEqual([422, expect.stringContaining(message)]);
      expect(text).toContain(`right would be ${right}`);
    }
    expect((await send({ awardId: right, doses: 51 })).text).toContain('has 50 of its 50 doses left to send, and 51 are sent');
    const key = freshKey();
    const { body } = await send({ awardId: right, doses: 40 }, key);
    expect((await send({ awardId: right, doses: 11 })).text).toContain('has 10 of its 50 doses left');
    expect((await send({ awardId: right, doses: 40 }, key)).status).toBe(200);
    await count(body['transferId'], { received: 35, missing: 3, suspect: 2, reason: 'broken on the way', position: fridge });
    const twice = await Promise.all([send({ awardId: right, doses: 10 }), send({ awardId: right, doses: 10 })]);
    expect(twice.map(({ status }) => status).sort()).toEqual([201, 422]);
    expect((await send({ awardId: right, doses: 5 })).status).toBe(201);
    expect(await balancesAt(siteA)).toMatchObject({ onHand: 45 });
  });
  it('came when its receiver says, however late it is counted: not before it was sent, and not after now', async () => {
    const { body } = await send();
    const whole = { received: 40, position: fridge };
    const said = (receivedAt: string): Promise<Answer> =>
      asNurse({ route: 'POST /sites/{siteId}/transfers/{transferId}/receipt', params: { siteId: siteB, transferId: String(body['transferId']) }, body: { ...whole, receivedAt }, ifMatch: 1, now: '2021-03-12T15:00:00.000Z' });
    for (const wrong of [`${String(body['sentAt']).slice(0, 10)}T00:00:00.000Z`, '2021-03-12T15:00:00.001Z'])
      expect(await said(wrong)).toMatchObject({ status: 400, body: { errors: [{ path: 'body.receivedAt' }] } });
    const cameAt = String(body['sentAt']);
    expect(await said(cameAt)).toMatchObject({ status: 200, body: { state: 'received', receivedAt: cameAt } });
    const { Item } = await suite.dynamo.send(new GetCommand({ TableName: table('INVENTORY_TABLE'), Key: accountKey(ref(siteB)) }));
    expect(Item).toMatchObject({ stockedAt: cameAt, onHand: 40 });
  });
  it('sent again is the same transfer, and counted again is refused', async () => {
    const key = freshKey();
    const [first, again] = [await send({}, key), await send({}, key)];
    expect([first.status, again.status, again.body['transferId']]).toEqual([201, 200, first.body['transferId']]);
    await count(first.body['transferId'], { received: 40, position: fridge });
    expect((await count(first.body['transferId'], { received: 40, position: fridge }, 2)).status).toBe(409);
  });
  it.each([
    ['to itself', { toSiteId: 'self' }, 400],
    ['of more than there is', { doses: 500 }, 409],
    ['to a site that is not active', { toSiteId: 'sit_suspended' }, 409],
  ])('%s is refused', async (_, body, status) => {
    await putSite('sit_suspended', 'suspended');
    expect((await send({ ...body, ...('toSiteId' in body && body.toSiteId === 'self' ? { toSiteId: siteA } : {}) })).status).toBe(status);
    expect(await balancesAt(siteA)).toMatchObject({ onHand: 100 });
  });
  it('that is miscounted is asked to add up', async () => {
    const { body } = await send();
    expect((await count(body['transferId'], { received: 30, position: fridge })).body['detail']).toContain('40 doses were sent and 30 counted');
  });
});

describe('reconciliation', () => {
  it('finds an account that somebody changed without an entry', async () => {
    await suite.dynamo.send(
      new UpdateCommand({ TableName: table('INVENTORY_TABLE'), Key: accountKey(ref(siteA)), UpdateExpression: 'ADD onHand :minus, wasted :plus', ExpressionAttributeValues: { ':minus': -3, ':plus': 3 } }),
    );
    const result = await reconcile()('2021-03-09', '2021-03-09T08:00:00.000Z');
    expect(result.findings).toBe(1);
    const { body } = await call(handler, { route: 'GET /inventory/findings', query: { day: '2021-03-09' }, role: 'dph-inventory' });
    expect(body['items']).toMatchObject([{ siteId: siteA, lines: [{ name: 'onHand', account: 97, entries: 100 }, { name: 'wasted', account: 3, entries: 0 }] }]);
    await suite.dynamo.send(
      new UpdateCommand({ TableName: table('INVENTORY_TABLE'), Key: accountKey(ref(siteA)), UpdateExpression: 'ADD onHand :plus, wasted :minus', ExpressionAttributeValues: { ':minus': -3, ':plus': 3 } }),
    );
  });
  it('finds an entry that never reached its account', async () => {
    const lost = { ...entryKey(ref(siteA), 'mov_lost'), type: 'entry', schema: 1, kind: 'waste', doses: 1, at: 'x', actor: 'x', effect: { buckets: { onHand: -1, wasted: 1 }, positions: { 'U1:thawed': -1 } } };
    await suite.dynamo.send(new PutCommand({ TableName: table('INVENTORY_TABLE'), Item: lost }));
    expect((await reconcile()('2021-03-10', '2021-03-10T08:00:00.000Z')).findings).toBe(1);
  });
  it('after a restore makes an account what its entries say, and leaves its trail', async () => {
    expect(await reconcile()('2021-03-10', '2021-03-10T09:00:00.000Z', { repair: true })).toMatchObject({ repaired: 1, findings: 0, gap: 0 });
    expect(await reconcile()('2021-03-10', '2021-03-10T10:00:00.000Z')).toMatchObject({ repaired: 0, findings: 0, gap: 0 });
  });
  it('shows the jurisdiction first, then the sites', async () => {
    await reconcile()('2021-03-11', '2021-03-11T08:00:00.000Z');
    const { body } = await call(handler, { route: 'GET /inventory/balances', query: { day: '2021-03-11', limit: '3' }, role: 'dph-allocator' });
    const items = body['items'] as { scope: string; gap: number }[];
    expect(items.map(({ scope }) => scope).slice(0, 2)).toEqual(['federal', 'jurisdiction']);
    expect(items.every(({ gap }) => gap === 0)).toBe(true);
  });
});

import { describe, expect, it } from '@jest/globals';
import { accountKey, accountRefSchema, accountSchema, entriesPartition, lotKey, sameAccount } from '../../shared/ledger/account.ts';
import { accountGap, balancesOf, difference, jurisdictionGap, recompute } from '../../shared/ledger/balances.ts';
import { BUCKETS } from '../../shared/ledger/buckets.ts';
import { accountUpdate, movementItems } from '../../shared/ledger/items.ts';
import { planMovements, transferPostings } from '../../shared/ledger/plan-movements.ts';
import { FREEZER, PFIZER_VIAL, accountWith, movement, ref } from '../support/ledger-samples.ts';

const STAMP = { at: '2021-02-03T15:00:00.000Z', actor: 'sub-1' };

describe('a lot', () => {
  it.each(['EL9261', 'el9261', ' EL-9261 ', 'EL 9261', 'e.l.9261'])('written %j is the same account', (lot) => {
    expect(sameAccount(ref('sit_a', lot), ref())).toBe(true);
    expect(accountKey(ref('sit_a', lot))).toEqual({ pk: 'SITE#sit_a', sk: 'ACCOUNT#59267-1000-01#EL9261#covid' });
  });
  it('that is a known misprint means the lot that was meant', () => {
    expect(lotKey('el-926I', new Map([['EL926I', 'EL9261']]))).toBe('EL9261');
  });
  it.each([
    { lot: ' - ' }, { ndc: '5926710001' }, { ndc: '59267-100-01' }, { siteId: 'a#b' }, { funding: 'somebody' },
  ])('or account named %j is refused', (wrong) => {
    expect(accountRefSchema.safeParse({ ...ref(), ...wrong }).success).toBe(false);
  });
});

describe('a stored account', () => {
  const { pk, sk } = accountKey(ref('sit_0123456789abcdefghjkmnpqrs'));
  const amounts = Object.fromEntries(BUCKETS.map((bucket) => [bucket, -1_000_000]));
  const unit = 'unt_0123456789abcdefghjkmnpqrs';
  const item = {
    pk, sk, type: 'account', schema: 1, version: 9_999_999, lotText: 'EL-9261', expiresOn: '2021-05-31', vialLabel: 6, vialCounted: 5, ...amounts,
    [`at:${unit}:frozen`]: 975, [`at:${unit}:thawed`]: 30, [`at:${unit}:in-use`]: 6, 'at:FRZ2:frozen': 975, 'at:FRG2:thawed': 30, 'at:FRG2:in-use': 6,
  };
  it('with every bucket and six positions in use stays under 1 KB, so a dose costs the least', () => {
    // DynamoDB's sizes: UTF-8 of names and strings; a number takes about half a byte a digit and 1, at most 3 more
    const bytes = Object.entries(item).reduce((sum, [name, value]) => sum + name.length + (typeof value === 'number' ? 8 : String(value).length), 0);
    expect(bytes).toBeLessThan(1024);
  });
  it('is read with its positions and vial', () => {
    expect(accountSchema.parse(item)).toMatchObject({
      ref: { siteId: 'sit_0123456789abcdefghjkmnpqrs', lot: 'EL9261' }, vial: PFIZER_VIAL, positions: { [`${unit}:frozen`]: 975, 'FRG2:in-use': 6 },
    });
  });
});

describe('balances', () => {
  const account = accountWith({ shipped: -100, overfill: -2, transferredIn: -20, found: -3, inTransit: 10, inTransfer: 5, short: 5, adjusted: 1,
    onHand: 50, quarantined: 4, administered: 40, wasted: 3, transferredOut: 2, returned: 1, expired: 1, lost: 3 });
  it('say what was received, transferred in and adjusted', () => {
    expect(balancesOf([account])).toMatchObject({ received: 85, transferredIn: 15, netAdjustments: -2, shipped: 100, onHand: 50 });
  });
  it('hold the equation of the account, and break it by the dose that is missing', () => {
    expect(accountGap(balancesOf([account]))).toBe(0);
    expect(accountGap(balancesOf([{ buckets: { ...account.buckets, onHand: 49 } }]))).toBe(1);
  });
  it('of a jurisdiction hold without the transfers inside it', () => {
    const [sender, receiver] = [accountWith({ onHand: 80, transferredOut: 20 }), accountWith({ transferredIn: -20, shipped: 0, onHand: 15, inTransfer: 5 })];
    expect(jurisdictionGap(balancesOf([sender, receiver]))).toBe(0);
    expect(jurisdictionGap(balancesOf([sender]))).not.toBe(0);
  });
  it('recomputed from entries name each bucket that differs', () => {
    const entries = [{ buckets: { shipped: -10, inTransit: 10 }, positions: {} }, { buckets: { inTransit: -10, onHand: 10 }, positions: { 'FRZ1:frozen': 10 } }] as const;
    expect(difference(accountWith({ onHand: 10 }), recompute(entries))).toEqual([]);
    expect(difference(accountWith({ onHand: 9, administered: 1 }), recompute(entries))).toEqual([
      { name: 'onHand', account: 9, entries: 10 }, { name: 'administered', account: 1, entries: 0 }, { name: 'FRZ1:frozen', account: 9, entries: 10 },
    ]);
  });
});

describe('the transaction of a movement', () => {
  it('repeats the rules as conditions: a holding never under 0, a source never over 0', () => {
    const { Update } = accountUpdate('inventory', { ref: ref(), facts: {}, effect: { buckets: { shipped: 5, inTransit: -5 }, positions: {} }, exactVersion: 3 });
    expect(Update).toMatchObject({
      ConditionExpression: '#a0 <= :c0 AND #a1 >= :c1 AND #version = :version',
      ExpressionAttributeNames: { '#a0': 'shipped', '#a1': 'inTransit' },
      ExpressionAttributeValues: { ':c0': -5, ':c1': 5, ':version': 3 },
      ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
    });
  });

  it('of a receipt with good, damaged and short doses updates the account once and writes three entries', () => {
    const outcome = planMovements([accountWith({ inTransit: 100 })], [
      { ref: ref(), movement: movement('receive', 90, { key: 'R#good' }) },
      { ref: ref(), movement: movement('receive-damaged', 6, { key: 'R#damaged' }) },
      { ref: ref(), movement: movement('receive-short', 4, { key: 'R#short' }) },
    ]);
    if (outcome.kind !== 'planned') throw new Error(outcome.kind);
    expect(outcome.plan.changes[0]?.effect.buckets).toEqual({ inTransit: -100, onHand: 90, wasted: 6, short: 4 });
    expect(movementItems('inventory', outcome.plan, STAMP).map((item) => Object.keys(item)[0])).toEqual(['Update', 'Put', 'Put', 'Put']);
    expect(movementItems('inventory', outcome.plan, STAMP, { entries: false })).toHaveLength(1);
  });

  it('of a transfer holds both accounts and both entries, and the receiving account knows its vials', () => {
    const outcome = planMovements([accountWith({ onHand: 30 })],
      transferPostings({ key: 'TRANSFER#1', from: ref(), toSiteId: 'sit_b', doses: 10, position: FREEZER }));
    if (outcome.kind !== 'planned') throw new Error(outcome.kind);
    const items = movementItems('inventory', outcome.plan, STAMP);
    expect(items).toMatchObject([
      { Update: { Key: { pk: 'SITE#sit_a' } } }, { Update: { Key: { pk: 'SITE#sit_b' } } },
      { Put: { Item: { pk: entriesPartition(ref()), sk: 'TRANSFER#1' } } }, { Put: { Item: { pk: entriesPartition(ref('sit_b')), sk: 'TRANSFER#1' } } },
    ]);
    expect(outcome.plan.changes[1]?.facts.vial).toEqual(PFIZER_VIAL);
  });

  it.each(['transfer-out', 'transfer-in'] as const)('of a %s without its other side is refused', (kind) => {
    expect(planMovements([accountWith({ onHand: 30 })], [{ ref: ref(), movement: movement(kind, 10) }])).toMatchObject({
      kind: 'refused', refusal: { kind: 'unpaired-transfer' },
    });
  });

  it('refuses all when one of its movements is refused, and the same key twice', () => {
    const receive = { ref: ref(), movement: movement('receive', 6) };
    expect(planMovements([accountWith({ inTransit: 10 })], [receive, { ...receive, movement: { ...receive.movement, key: 'x' } }]))
      .toMatchObject({ kind: 'refused', at: 1, refusal: { kind: 'insufficient', available: 4 } });
    expect(planMovements([accountWith({ inTransit: 20 })], [receive, receive])).toMatchObject({ kind: 'refused', at: 1 });
  });
});

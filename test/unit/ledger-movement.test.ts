import { describe, expect, it } from '@jest/globals';
import { accountFaults, withEffect } from '../../shared/ledger/account.ts';
import { total } from '../../shared/ledger/buckets.ts';
import type { Bucket } from '../../shared/ledger/buckets.ts';
import { decideMovement, overfillLeft } from '../../shared/ledger/decide-movement.ts';
import { MOVEMENTS, reversalOf } from '../../shared/ledger/movement.ts';
import type { Movement, MovementKind } from '../../shared/ledger/movement.ts';
import { FREEZER, FRIDGE, PFIZER_VIAL, accountWith, movement, plentiful, ref, standing } from '../support/ledger-samples.ts';

/** Written out by hand, not derived from the table under test. */
const WAYS: [MovementKind, Bucket, Bucket][] = [
  ['ship', 'shipped', 'inTransit'],
  ['receive', 'inTransit', 'onHand'], ['receive', 'inTransfer', 'onHand'],
  ['receive-damaged', 'inTransit', 'wasted'], ['receive-damaged', 'inTransfer', 'wasted'],
  ['receive-suspect', 'inTransit', 'quarantined'], ['receive-suspect', 'inTransfer', 'quarantined'],
  ['receive-short', 'inTransit', 'short'], ['receive-short', 'inTransfer', 'lost'],
  ['receive-over', 'found', 'onHand'],
  ['lose-in-transit', 'inTransit', 'short'], ['lose-in-transit', 'inTransfer', 'lost'],
  ['administer', 'onHand', 'administered'],
  ['waste', 'onHand', 'wasted'], ['waste', 'quarantined', 'wasted'],
  ['expire', 'onHand', 'expired'], ['expire', 'quarantined', 'expired'],
  ['return', 'onHand', 'returned'], ['return', 'quarantined', 'returned'],
  ['lose', 'onHand', 'lost'], ['lose', 'quarantined', 'lost'],
  ['quarantine', 'onHand', 'quarantined'], ['release', 'quarantined', 'onHand'],
  ['adjust-up', 'found', 'onHand'], ['adjust-down', 'onHand', 'adjusted'], ['adjust-down', 'quarantined', 'adjusted'],
  ['transfer-out', 'onHand', 'transferredOut'], ['transfer-in', 'transferredIn', 'inTransfer'],
];

describe('a movement', () => {
  it.each(WAYS)('%s takes 7 doses from %s and puts them into %s', (kind, from, to) => {
    const outcome = decideMovement(plentiful(), movement(kind, 7, { from }));
    expect(outcome).toMatchObject({ kind: 'moves', effect: { buckets: { [from]: -7, [to]: 7 } } });
    if (outcome.kind !== 'moves') return;
    expect(Object.keys(outcome.effect.buckets)).toHaveLength(2);
    expect(total(outcome.effect.positions)).toBe(outcome.effect.buckets.onHand ?? 0);
    expect(accountFaults(outcome.after)).toEqual([]);
  });

  it('is one of those listed here, and no other', () => {
    const listed = Object.entries(MOVEMENTS).flatMap(([kind, { paths }]) => paths.map(([from, to]) => `${kind} ${from} ${to}`));
    expect(listed.filter((way) => !way.startsWith('relocate')).sort()).toEqual(WAYS.map((way) => way.join(' ')).sort());
  });

  it.each(WAYS.filter(([, from]) => ['onHand', 'quarantined', 'inTransit', 'inTransfer'].includes(from)).filter(([kind]) => kind !== 'administer'))(
    '%s of 6 doses is refused when %s holds 5', (kind, from) => {
      const outcome = decideMovement(accountWith({ [from]: 5 }), movement(kind, 6, { from }));
      expect(outcome).toMatchObject({ kind: 'insufficient', bucket: from, wanted: 6, available: 5 });
    });

  it.each<[string, Movement]>([
    ['no doses', movement('ship', 0)],
    ['half a dose', movement('ship', 0.5)],
    ['fewer than no doses', movement('waste', -3)],
    ['a bucket its kind does not start from', movement('administer', 1, { from: 'quarantined' })],
    ['waste without a reason', { kind: 'waste', key: 'w', doses: 1 }],
    ['doses received to no place', { kind: 'receive', key: 'r', doses: 1 }],
    ['a transfer to nobody', { kind: 'transfer-out', key: 't', doses: 1 }],
    ['the key of a reversal', movement('lose', 1, { key: 'REVERSAL#x' })],
  ])('with %s is illegal', (_, wrong) => {
    expect(decideMovement(plentiful(), wrong).kind).toBe('illegal-movement');
  });

  it('opens the account when doses are announced to a site for the first time', () => {
    expect(decideMovement(undefined, movement('ship', 100), ref())).toMatchObject({ kind: 'moves', after: { version: 1 } });
  });
});

describe('positions of doses on hand', () => {
  const account = accountWith({ onHand: 10 }, { 'FRZ1:frozen': 5, 'FRG1:thawed': 3, 'FRG1:in-use': 2 });
  it.each([
    [1, { 'FRG1:in-use': -1 }],
    [4, { 'FRG1:in-use': -2, 'FRG1:thawed': -2 }],
    [10, { 'FRG1:in-use': -2, 'FRG1:thawed': -3, 'FRZ1:frozen': -5 }],
  ])('%i doses are taken from open vials, then thawed, then frozen', (doses, positions) => {
    expect(decideMovement(account, movement('waste', doses))).toMatchObject({ kind: 'moves', effect: { positions } });
  });

  it('quarantine of one fridge takes the doses of that fridge only', () => {
    expect(decideMovement(account, movement('quarantine', 3, { position: FRIDGE }))).toMatchObject({ kind: 'moves', effect: { positions: { 'FRG1:thawed': -3 } } });
    expect(decideMovement(account, movement('quarantine', 4, { position: FRIDGE }))).toMatchObject({ kind: 'insufficient', position: 'FRG1:thawed', available: 3 });
  });

  it('thawing moves doses between positions and leaves every bucket as it was', () => {
    const outcome = decideMovement(account, movement('relocate', 5, { position: FREEZER, to: FRIDGE }));
    expect(outcome).toMatchObject({ kind: 'moves', effect: { buckets: {}, positions: { 'FRZ1:frozen': -5, 'FRG1:thawed': 5 } } });
  });

  it('a dose reported from a unit that is empty is taken from where doses are', () => {
    expect(decideMovement(accountWith({ onHand: 1 }), movement('administer', 1, { position: FRIDGE }))).toMatchObject({ effect: { positions: { 'FRZ1:frozen': -1 } } });
  });
});

describe('overfill', () => {
  // 2 vials were received, counted as 5 and labelled 6: at most 2 doses more than were shipped
  const emptied = accountWith({ administered: 10 });
  it('the sixth dose of a vial counted as five is booked as overfill', () => {
    expect(decideMovement(emptied, movement('administer', 1))).toMatchObject({
      kind: 'moves', exactVersion: true, effect: { buckets: { overfill: -1, administered: 1 }, positions: {} },
    });
  });
  it('doses that stock covers in part are taken from stock first', () => {
    expect(decideMovement(accountWith({ onHand: 1, administered: 9 }), movement('administer', 3))).toMatchObject({
      kind: 'moves', effect: { buckets: { onHand: -1, overfill: -2, administered: 3 } },
    });
  });
  it.each<[string, ReturnType<typeof accountWith> | undefined, number]>([
    ['more than the vials can have held', emptied, 3],
    ['vials that hold no more than they count', { ...emptied, vial: { label: 5, counted: 5 } }, 1],
    ['vials of which the site has none yet', accountWith({ inTransit: 10 }), 1],
    ['vials that went to another site', accountWith({ transferredOut: 10 }), 1],
    ['an account that does not exist', undefined, 1],
  ])('a dose from %s is unresolved, never refused', (_, account, doses) => {
    expect(decideMovement(account, movement('administer', doses)).kind).toBe('unresolved');
  });
  it('is used up dose by dose', () => {
    const first = decideMovement(emptied, movement('administer', 1));
    if (first.kind !== 'moves') throw new Error(first.kind);
    expect([overfillLeft(emptied), overfillLeft(first.after)]).toEqual([2, 1]);
  });
});

describe('a reversal', () => {
  it.each(WAYS)('of %s gives the doses in %s back from %s', (kind, from) => {
    const before = plentiful();
    const done = decideMovement(before, movement(kind, 7, { from }));
    if (done.kind !== 'moves') throw new Error(done.kind);
    const undone = decideMovement(done.after, reversalOf({ key: 'k', doses: 7, effect: done.effect }, 'typed twice'));
    expect(undone).toMatchObject({ kind: 'moves' });
    if (undone.kind === 'moves') expect(standing(undone.after)).toEqual(standing(before));
  });

  it('has a key that derives from what it reverses, so that a thing is reversed once', () => {
    const entry = { key: 'RECEIPT#9', doses: 1, effect: { buckets: {}, positions: {} } };
    expect(reversalOf(entry, 'a').key).toBe(reversalOf(entry, 'b').key);
    expect(decideMovement(plentiful(), { ...reversalOf(entry, 'a'), key: 'ANOTHER' }).kind).toBe('illegal-movement');
  });

  it('cannot be reversed itself', () => {
    const entry = { key: 'REVERSAL#RECEIPT#9', doses: 1, effect: { buckets: {}, positions: {} } };
    expect(decideMovement(plentiful(), reversalOf(entry, 'again'))).toMatchObject({ kind: 'illegal-movement' });
  });

  it('of a receipt is refused when its doses have been used', () => {
    const received = { key: 'r', doses: 10, effect: { buckets: { inTransit: -10, onHand: 10 }, positions: { 'FRZ1:frozen': 10 } } } as const;
    expect(decideMovement(accountWith({ onHand: 4, administered: 6 }), reversalOf(received, 'wrong site'))).toMatchObject({ kind: 'insufficient', bucket: 'onHand' });
  });
});

it('the faults of a broken account are named', () => {
  const broken = withEffect(accountWith({ onHand: 1 }), { buckets: { onHand: -2, found: 3 }, positions: {} });
  expect(accountFaults({ ...broken, vial: PFIZER_VIAL })).toEqual([
    'buckets sum to 1', 'positions hold 1, on hand are -1', 'found is 3', 'onHand is -1',
  ]);
});

import { emptyAccount, withEffect } from '../../shared/ledger/account.ts';
import type { Account, AccountRef } from '../../shared/ledger/account.ts';
import { BUCKETS, entriesOf, isSource, total } from '../../shared/ledger/buckets.ts';
import type { Buckets, Position, Positions } from '../../shared/ledger/buckets.ts';
import { ruleOf } from '../../shared/ledger/movement.ts';
import type { Movement, MovementKind } from '../../shared/ledger/movement.ts';

/** Early Pfizer: six doses on the label, counted as five. */
export const PFIZER_VIAL = { label: 6, counted: 5 };
export const ref = (siteId = 'sit_a', lot = 'EL9261'): AccountRef => ({ siteId, ndc: '59267-1000-01', lot, funding: 'covid' });
export const FREEZER: Position = { unit: 'FRZ1', state: 'frozen' };
export const FRIDGE: Position = { unit: 'FRG1', state: 'thawed' };
export const OPEN_VIALS: Position = { unit: 'FRG1', state: 'in-use' };

/** An account with these holdings and ends; `shipped` makes up for them. */
export const accountWith = (buckets: Partial<Buckets>, positions: Positions = {}, of = ref()): Account => {
  const placed = total(positions);
  const rest: Positions = placed === (buckets.onHand ?? 0) ? {} : { 'FRZ1:frozen': (buckets.onHand ?? 0) - placed };
  const shipped = BUCKETS.reduce((sum, bucket) => sum - (buckets[bucket] ?? 0), 0);
  return withEffect(emptyAccount(of, { vial: PFIZER_VIAL }), { buckets: { shipped, ...buckets }, positions: { ...positions, ...rest } });
};

/** A movement that says all that its kind needs. */
export const movement = (kind: MovementKind, doses: number, more: Partial<Movement> = {}): Movement => ({
  kind, doses, key: `${kind}#1`, ...(NEEDS_POSITION.has(kind) ? { position: FREEZER } : {}), ...said(kind), ...more,
});

const NEEDS_POSITION: ReadonlySet<MovementKind> = new Set<MovementKind>(['receive', 'receive-over', 'release', 'adjust-up']);
const said = (kind: MovementKind): Partial<Movement> => {
  const all: Partial<Movement> = { wasteReason: 'other', reason: 'counted again', counterpart: 'sit_other', to: FRIDGE };
  return Object.fromEntries(Object.entries(all).filter(([need]) => ruleOf(kind).needs?.some((needed) => needed === need)));
};

/** The buckets that are not 0, as they read. */
export const standing = (account: Account): Partial<Buckets> =>
  Object.fromEntries(entriesOf(account.buckets).filter(([, doses]) => doses !== 0));

export const plentiful = (): Account => accountWith(Object.fromEntries(BUCKETS.filter((bucket) => !isSource(bucket)).map((bucket) => [bucket, 100])));

import { emptyAccount, withEffect } from './account.ts';
import type { Account } from './account.ts';
import { POSITION_STATES, entriesOf, isSource, positionKey } from './buckets.ts';
import type { Bucket, Effect, PositionKey, Positions } from './buckets.ts';
import { isReversalKey, movementSchema, reversalKey, ruleOf } from './movement.ts';
import type { Movement, Reversal } from './movement.ts';

export type MovementOutcome =
  /** `exactVersion`: the decision rests on the whole account (overfill), so it must not have changed when it is written. */
  | { kind: 'moves'; effect: Effect; after: Account; exactVersion: boolean }
  | { kind: 'insufficient'; bucket: Bucket; position?: PositionKey; wanted: number; available: number }
  /** A dose was given that the account cannot explain: it is recorded all the same and its stock goes to the worklist. */
  | { kind: 'unresolved'; why: 'no-account' | 'beyond-overfill'; wanted: number; onHand: number; overfillLeft: number }
  | { kind: 'illegal-movement'; faults: readonly string[] };

type Shortage = Extract<MovementOutcome, { kind: 'insufficient' }>;

/**
 * Decides what a movement does to an account. Pure; changes nothing.
 * @param account as read, or undefined when there is none yet (a movement out of a source then opens it)
 */
export const decideMovement = (account: Account | undefined, movement: Movement | Reversal, ref = account?.ref): MovementOutcome => {
  const faults = faultsOf(movement);
  if (ref === undefined) return movement.kind === 'administer' ? noAccount(movement.doses) : illegal(['the account is not named']);
  if (faults.length > 0) return illegal(faults);
  if (movement.kind === 'reverse') return settle(account ?? emptyAccount(ref), movement.effect);
  const path = pathOf(movement);
  if (path === undefined) return illegal([`${movement.kind} cannot start from ${String(movement.from)}`]);
  if (movement.kind === 'administer') return account === undefined ? noAccount(movement.doses) : administer(account, movement);
  return move(account ?? emptyAccount(ref), movement, path);
};

/** Overfill still unused: at most (vials that came and stayed) x (label - counted doses), less what was already booked. */
export const overfillLeft = ({ buckets, vial }: Account): number => {
  if (vial === undefined) return 0;
  const announced = -buckets.shipped - buckets.transferredIn - buckets.found;
  const stayed = announced - buckets.inTransit - buckets.inTransfer - buckets.short - buckets.transferredOut - buckets.returned;
  return Math.max(0, Math.floor(stayed / vial.counted) * Math.max(0, vial.label - vial.counted) + buckets.overfill);
};

const illegal = (faults: readonly string[]): MovementOutcome => ({ kind: 'illegal-movement', faults });
const noAccount = (wanted: number): MovementOutcome => ({ kind: 'unresolved', why: 'no-account', wanted, onHand: 0, overfillLeft: 0 });

const faultsOf = (movement: Movement | Reversal): string[] => {
  if (movement.kind === 'reverse')
    return [
      ...(isReversalKey(movement.reverses) ? ['a reversal cannot be reversed'] : []),
      ...(movement.key === reversalKey(movement.reverses) ? [] : ['the key of a reversal derives from the key it reverses']),
    ];
  const parsed = movementSchema.safeParse(movement);
  const missing = (ruleOf(movement.kind).needs ?? []).filter((need) => movement[need] === undefined).map((need) => `${movement.kind} needs ${need}`);
  const placeless = movement.position === undefined && pathOf(movement)?.[1] === 'onHand' ? [`${movement.kind} needs position`] : [];
  return [
    ...(parsed.success ? [] : parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`)),
    ...missing, ...placeless,
    ...(isReversalKey(movement.key) ? ['only a reversal may have the key of a reversal'] : []),
  ];
};

const pathOf = ({ kind, from }: Movement): readonly [Bucket, Bucket] | undefined =>
  ruleOf(kind).paths.find(([start]) => from === undefined || start === from);

const move = (account: Account, movement: Movement, [from, to]: readonly [Bucket, Bucket]): MovementOutcome => {
  const { doses, position } = movement;
  const target = movement.to ?? position;
  const taken = from === 'onHand' ? take(account, doses, position && positionKey(position)) : {};
  if ('kind' in taken) return taken;
  const put: Positions = to === 'onHand' && target !== undefined ? { [positionKey(target)]: doses } : {};
  return settle(account, effectOf([[from, -doses], [to, doses]], [...entriesOf(taken), ...entriesOf(put)]));
};

/** From stock while there is any; what is missing from overfill, up to its limit, else nobody is refused: the dose is unresolved. */
const administer = (account: Account, { doses, position }: Movement): MovementOutcome => {
  const { onHand } = account.buckets;
  const extra = Math.max(0, doses - onHand);
  const left = overfillLeft(account);
  const unresolved = { kind: 'unresolved', why: 'beyond-overfill', wanted: doses, onHand, overfillLeft: left } as const;
  if (extra > left) return unresolved;
  const preferred = position && positionKey(position);
  const hasAll = preferred !== undefined && (account.positions[preferred] ?? 0) >= doses - extra;
  const taken = take(account, doses - extra, hasAll ? preferred : undefined);
  if ('kind' in taken) return unresolved;
  const effect = effectOf([['onHand', extra - doses], ['overfill', -extra], ['administered', doses]], entriesOf(taken));
  const outcome = settle(account, effect);
  return outcome.kind === 'moves' ? { ...outcome, exactVersion: extra > 0 } : outcome;
};

/** Takes doses from one position, or from open vials first, then thawed, then frozen, by name of the unit. */
const take = ({ positions, buckets }: Account, doses: number, from: PositionKey | undefined): Positions | Shortage => {
  const rank = (key: string): string => `${POSITION_STATES.findIndex((state) => key.endsWith(`:${state}`))}${key}`;
  const order = from === undefined ? entriesOf<PositionKey>(positions).map(([key]) => key).sort((a, b) => (rank(a) < rank(b) ? -1 : 1)) : [from];
  const taken: Positions = {};
  let open = doses;
  for (const key of order) {
    const part = Math.min(open, positions[key] ?? 0);
    if (part > 0) taken[key] = -part;
    open -= Math.max(0, part);
  }
  if (open === 0) return taken;
  const available = from === undefined ? buckets.onHand : (positions[from] ?? 0);
  return { kind: 'insufficient', bucket: 'onHand', ...(from === undefined ? {} : { position: from }), wanted: doses, available };
};

const effectOf = (buckets: readonly (readonly [Bucket, number])[], positions: readonly (readonly [PositionKey, number])[]): Effect => ({
  buckets: summed(buckets), positions: summed(positions),
});

const summed = <K extends string>(parts: readonly (readonly [K, number])[]): Record<K, number> => {
  const sums = new Map<K, number>();
  for (const [name, amount] of parts) sums.set(name, (sums.get(name) ?? 0) + amount);
  return Object.fromEntries([...sums].filter(([, amount]) => amount !== 0)) as Record<K, number>;
};

/** The last gate, the same one that the database holds: nothing but a source below 0, no source above it. */
const settle = (account: Account, effect: Effect): MovementOutcome => {
  const after = withEffect(account, effect);
  for (const [bucket, change] of entriesOf(effect.buckets)) {
    const depth = isSource(bucket) ? -after.buckets[bucket] : after.buckets[bucket];
    const drawn = isSource(bucket) ? change : -change;
    if (drawn > 0 && depth < 0) return { kind: 'insufficient', bucket, wanted: drawn, available: depth + drawn };
  }
  for (const [position, change] of entriesOf<PositionKey>(effect.positions)) {
    const left = after.positions[position] ?? 0;
    if (change < 0 && left < 0) return { kind: 'insufficient', bucket: 'onHand', position, wanted: -change, available: left - change };
  }
  return { kind: 'moves', effect, after, exactVersion: false };
};

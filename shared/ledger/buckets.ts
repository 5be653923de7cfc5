import { z } from 'zod';

/** Where doses come from. Sources only ever go down from 0: -100 in `shipped` means 100 doses were announced. */
export const SOURCES = ['shipped', 'transferredIn', 'overfill', 'found'] as const;
/** Where doses are. `inTransit` came from a shipment, `inTransfer` from another site; neither has been counted yet. */
export const HOLDINGS = ['inTransit', 'inTransfer', 'onHand', 'quarantined'] as const;
/** Where doses ended. `short` never reached the dock; `lost` was ours (or another site's) and cannot be found. */
export const ENDS = [
  'administered', 'wasted', 'transferredOut', 'returned', 'expired', 'short', 'lost', 'adjusted',
] as const;
export const BUCKETS = [...SOURCES, ...HOLDINGS, ...ENDS] as const;

export type Source = (typeof SOURCES)[number];
export type Holding = (typeof HOLDINGS)[number];
export type Bucket = (typeof BUCKETS)[number];
export type Buckets = Record<Bucket, number>;

export const isSource = (bucket: Bucket): bucket is Source => SOURCES.some((source) => source === bucket);

/** How far the doses of a position are from an arm. Vaccines that are never frozen are `thawed` from the start. */
export const POSITION_STATES = ['in-use', 'thawed', 'frozen'] as const;
export type PositionState = (typeof POSITION_STATES)[number];

/** A storage unit and a state. `unit` is an id of letters, digits, `_` and `-`. */
export interface Position {
  readonly unit: string;
  readonly state: PositionState;
}
export type PositionKey = `${string}:${PositionState}`;
export type Positions = Record<PositionKey, number>;

/** For doses of which nobody said where they lie. */
export const UNPLACED: Position = { unit: 'unplaced', state: 'thawed' };

export const positionKey = ({ unit, state }: Position): PositionKey => `${unit}:${state}`;

export const positionSchema = z.object({ unit: z.string().regex(/^[A-Za-z0-9_-]{1,40}$/), state: z.enum(POSITION_STATES) });

/** Signed changes in doses. The buckets sum to 0; the positions sum to the change of `onHand`. Only what changes is named. */
export interface Effect {
  readonly buckets: Readonly<Partial<Buckets>>;
  readonly positions: Readonly<Positions>;
}

/** An effect as stored in an entry or in a dose record. */
export const effectSchema = z.object({
  buckets: z.partialRecord(z.enum(BUCKETS), z.int()),
  positions: z.record(z.templateLiteral([z.string(), ':', z.enum(POSITION_STATES)]), z.int()),
});

export const NO_EFFECT: Effect = { buckets: {}, positions: {} };

/** One effect after the other, as one. What cancels out is left out. */
export const plus = (one: Effect, other: Effect): Effect => ({
  buckets: merge(one.buckets, other.buckets),
  positions: merge(one.positions, other.positions),
});

/** The effect that undoes this one. */
export const negated = ({ buckets, positions }: Effect): Effect => ({ buckets: negate(buckets), positions: negate(positions) });

export const total = (amounts: Readonly<Partial<Record<string, number>>>): number =>
  Object.values(amounts).reduce<number>((sum, amount) => sum + (amount ?? 0), 0);

export const entriesOf = <K extends string>(amounts: Readonly<Partial<Record<K, number>>>): [K, number][] =>
  Object.entries(amounts) as [K, number][];

const merge = <K extends string>(one: Readonly<Partial<Record<K, number>>>, other: Readonly<Partial<Record<K, number>>>): Record<K, number> => {
  const sums = new Map<K, number>(entriesOf(one));
  for (const [name, amount] of entriesOf(other)) sums.set(name, (sums.get(name) ?? 0) + amount);
  return Object.fromEntries([...sums].filter(([, amount]) => amount !== 0)) as Record<K, number>;
};

const negate = <K extends string>(amounts: Readonly<Partial<Record<K, number>>>): Record<K, number> =>
  Object.fromEntries(entriesOf(amounts).map(([name, amount]) => [name, -amount])) as Record<K, number>;

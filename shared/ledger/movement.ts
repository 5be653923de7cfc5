import { z } from 'zod';
import { WASTE_REASONS } from '../codes/waste-reasons.ts';
import type { WasteReason } from '../codes/waste-reasons.ts';
import { maxDosesPerMovement } from '../kernel/limits.ts';
import { BUCKETS, effectSchema, negated, positionSchema } from './buckets.ts';
import type { Bucket, Effect, Position } from './buckets.ts';

/** What a movement must say besides its doses. `position` also follows from the table: doses put on hand need a place. */
type Need = 'wasteReason' | 'reason' | 'counterpart' | 'to';

interface MovementRule {
  /** Legal ways, from bucket to bucket; the first is meant when the movement names no `from`. */
  readonly paths: readonly (readonly [from: Bucket, to: Bucket])[];
  readonly needs?: readonly Need[];
}

/** Every legal movement of doses. Nothing else can change an account, except the reversal of one of these. */
export const MOVEMENTS = {
  ship: { paths: [['shipped', 'inTransit']] },
  receive: { paths: [['inTransit', 'onHand'], ['inTransfer', 'onHand']] },
  'receive-damaged': { paths: [['inTransit', 'wasted'], ['inTransfer', 'wasted']], needs: ['wasteReason'] },
  'receive-suspect': { paths: [['inTransit', 'quarantined'], ['inTransfer', 'quarantined']], needs: ['reason'] },
  'receive-short': { paths: [['inTransit', 'short'], ['inTransfer', 'lost']] },
  'receive-over': { paths: [['found', 'onHand']], needs: ['reason'] },
  'lose-in-transit': { paths: [['inTransit', 'short'], ['inTransfer', 'lost']], needs: ['reason'] },
  administer: { paths: [['onHand', 'administered']] },
  waste: { paths: [['onHand', 'wasted'], ['quarantined', 'wasted']], needs: ['wasteReason'] },
  expire: { paths: [['onHand', 'expired'], ['quarantined', 'expired']] },
  return: { paths: [['onHand', 'returned'], ['quarantined', 'returned']], needs: ['reason'] },
  lose: { paths: [['onHand', 'lost'], ['quarantined', 'lost']], needs: ['reason'] },
  quarantine: { paths: [['onHand', 'quarantined']], needs: ['reason'] },
  release: { paths: [['quarantined', 'onHand']], needs: ['reason'] },
  relocate: { paths: [['onHand', 'onHand']], needs: ['to'] },
  'adjust-up': { paths: [['found', 'onHand']], needs: ['reason'] },
  'adjust-down': { paths: [['onHand', 'adjusted'], ['quarantined', 'adjusted']], needs: ['reason'] },
  'transfer-out': { paths: [['onHand', 'transferredOut']], needs: ['counterpart'] },
  'transfer-in': { paths: [['transferredIn', 'inTransfer']], needs: ['counterpart'] },
} as const satisfies Record<string, MovementRule>;

export type MovementKind = keyof typeof MOVEMENTS;
export const ruleOf = (kind: MovementKind): MovementRule => MOVEMENTS[kind];

/** Doses that move inside one account, because something happened. */
export interface Movement {
  readonly kind: MovementKind;
  /** Business key: names what happened, never who retried. A second movement with the key of the first is a repeat of it. */
  readonly key: string;
  readonly doses: number;
  /** The bucket the doses leave, where the kind leaves a choice (on hand or quarantined, in transit or in transfer). */
  readonly from?: Bucket;
  /** Where doses are put on hand; or where they are taken from, else from open vials first, then thawed, then frozen. */
  readonly position?: Position;
  /** `relocate`: the unit and state they go to. */
  readonly to?: Position;
  readonly wasteReason?: WasteReason;
  readonly reason?: string;
  /** `transfer-*`: id of the other site. */
  readonly counterpart?: string;
}

/** Undoes an entry, whole and once: its key is derived from the key it reverses. Build it with `reversalOf`. */
export interface Reversal {
  readonly kind: 'reverse';
  readonly key: string;
  readonly doses: number;
  readonly reverses: string;
  readonly reason: string;
  readonly effect: Effect;
}

const REVERSAL = 'REVERSAL#';
export const reversalKey = (key: string): string => `${REVERSAL}${key}`;
export const isReversalKey = (key: string): boolean => key.startsWith(REVERSAL);

/** The reversal of an entry (or of a dose record, which is one): the same doses back to where they came from. */
export const reversalOf = (entry: { key: string; doses: number; effect: Effect }, reason: string): Reversal => ({
  kind: 'reverse', key: reversalKey(entry.key), reverses: entry.key, doses: entry.doses, reason, effect: negated(entry.effect),
});

const MAX_KEY_CHARS = 200;
const MAX_REASON_CHARS = 200;

export const movementSchema = z.object({
  kind: z.enum(Object.keys(MOVEMENTS) as [MovementKind, ...MovementKind[]]),
  key: z.string().min(1).max(MAX_KEY_CHARS),
  doses: z.int().min(1).max(maxDosesPerMovement),
  from: z.enum(BUCKETS).optional(),
  position: positionSchema.optional(),
  to: positionSchema.optional(),
  wasteReason: z.enum(Object.keys(WASTE_REASONS) as [WasteReason, ...WasteReason[]]).optional(),
  reason: z.string().min(1).max(MAX_REASON_CHARS).optional(),
  counterpart: z.string().min(1).optional(),
});

/** A ledger entry as stored: what moved, by whose act, why. Immutable. */
export const entryItem = z.object({
  pk: z.string().startsWith('ENTRIES#'),
  sk: z.string(),
  type: z.literal('entry'),
  schema: z.literal(1),
  kind: z.union([movementSchema.shape.kind, z.literal('reverse')]),
  doses: z.int().min(1),
  effect: effectSchema,
  at: z.string(),
  actor: z.string(),
  wasteReason: movementSchema.shape.wasteReason,
  reason: movementSchema.shape.reason,
  counterpart: movementSchema.shape.counterpart,
  reverses: z.string().optional(),
});

/** An entry as read; `key` is its business key. */
export const entrySchema = entryItem.transform(({ pk: _pk, sk, type: _type, schema: _schema, ...entry }) => ({ ...entry, key: sk }));
export type LedgerEntry = z.output<typeof entrySchema>;

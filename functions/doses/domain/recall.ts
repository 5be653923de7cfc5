import { z } from 'zod';
import { day, instant } from '../../../shared/contracts/common.ts';
import { entityFields } from '../../../shared/contracts/stored.ts';
import { createdId } from '../../../shared/kernel/ids.ts';
import { lotKey } from '../../../shared/ledger/account.ts';

/** A lot that the manufacturer or FDA took back, as DPH recorded it. */
export const recallItem = z.object({
  ...entityFields,
  type: z.literal('lot-recall'),
  recallId: z.string(),
  lot: z.string(),
  mvx: z.string(),
  state: z.enum(['standing', 'lifted']),
  /** The first day on which a dose of the lot should not have been given. */
  from: day,
  reason: z.string(),
  recordedAt: instant,
  recordedBy: z.string(),
  requestDigest: z.string(),
});
export type RecallItem = z.infer<typeof recallItem>;

/** One partition: a registry knows dozens of recalls, and a dose asks for those of its lot only. */
export const recallPartition = 'RECALLS';
/** Digests, so that nothing that somebody types as a lot becomes a key. */
const lotPart = (lot: string): string => createdId('rcl', lotKey(lot));
export const recallIdOf = ({ lot, mvx }: { lot: string; mvx: string }): string => `${lotPart(lot)}-${mvx}`;
export const recallKey = (recallId: string): { pk: string; sk: string } => ({ pk: recallPartition, sk: recallId });
/** Sort keys of the recalls of a lot begin so; lots of different makers may have one number. */
export const recallPrefix = (lot: string): string => `${lotPart(lot)}-`;

/** The lot of a dose: as told, else that of the account which its site's only lot on hand led to. */
export const lotOf = ({ lot, gsi1pk, effect }: { lot?: string | undefined; gsi1pk?: string | undefined; effect?: unknown }): string | undefined =>
  lot ?? (effect === undefined ? undefined : gsi1pk?.split('#')[3]);

/** Whether a recall means a dose: its lot, its maker when the dose names one, and a day from which it held. */
export const isMeant = (recall: Pick<RecallItem, 'state' | 'lot' | 'mvx' | 'from'>, dose: { lot?: string | undefined; mvx?: string | undefined; givenOn: string }): boolean =>
  recall.state === 'standing' && lotKey(recall.lot) === lotKey(dose.lot ?? '') && (dose.mvx === undefined || dose.mvx === recall.mvx) && dose.givenOn >= recall.from;

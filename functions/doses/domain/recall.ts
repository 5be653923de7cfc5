import { z } from 'zod';
import { day, instant } from '../../../shared/contracts/common.ts';
import { entityFields } from '../../../shared/contracts/stored.ts';
import { ndcUseOf } from '../../../shared/codes/ndc.ts';
import { createdId } from '../../../shared/kernel/ids.ts';
import { lotKey } from '../../../shared/ledger/account.ts';
import { lotsAlike } from './same-dose/lot-forms.ts';

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

/** What a recall asks of a dose. Its account (`gsi1pk` with an effect) knows better than what was told. */
export interface RecalledDose {
  readonly lot?: string | undefined;
  readonly ndc?: string | undefined;
  readonly mvx?: string | undefined;
  readonly gsi1pk?: string | undefined;
  readonly effect?: unknown;
  readonly givenOn: string;
}

const accountPartOf = ({ gsi1pk, effect }: RecalledDose, part: number): string | undefined =>
  effect === undefined ? undefined : gsi1pk?.split('#')[part];

/** The lot of a dose: as told, else that of the account which its site's only lot on hand led to. */
export const lotOf = (dose: RecalledDose): string | undefined => dose.lot ?? accountPartOf(dose, 3);

/** Who makes what lies under a unit-of-use NDC; undefined when the code is not known. */
export const makerOfNdc = (ndc: string | undefined): string | undefined => (ndc === undefined ? undefined : ndcUseOf(ndc)?.mvx);

/** Who made a dose: by the product it was taken from, else the product told, and only else the maker told, which is often mistyped. */
export const makerOf = (dose: RecalledDose): string | undefined => makerOfNdc(accountPartOf(dose, 2)) ?? makerOfNdc(dose.ndc) ?? dose.mvx;

/** How the lot of a dose stands to that of a recall: the same, or one that is easily read or typed for it. */
export const lotMatches = ['same', 'looks-alike'] as const;
export type LotMatch = (typeof lotMatches)[number];

/** Whether a dose is, or may be, of the lot and maker of a recall, whenever it was given; a dose that names no maker may be of any. */
export const matchOfRecall = (recall: Pick<RecallItem, 'lot' | 'mvx'>, dose: RecalledDose): LotMatch | undefined => {
  const lot = lotOf(dose);
  if ((makerOf(dose) ?? recall.mvx) !== recall.mvx) return undefined;
  if (lotKey(recall.lot) === lotKey(lot ?? '')) return 'same';
  return ['same', 'near'].includes(lotsAlike(recall.lot, lot)) ? 'looks-alike' : undefined;
};

/** Whether a recall means a dose: it stands, is of its lot and maker, and held on the day the dose was given. */
export const isMeant = (recall: Pick<RecallItem, 'state' | 'lot' | 'mvx' | 'from'>, dose: RecalledDose): boolean =>
  recall.state === 'standing' && matchOfRecall(recall, dose) === 'same' && dose.givenOn >= recall.from;

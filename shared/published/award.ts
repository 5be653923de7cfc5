import { z } from 'zod';
import { day } from '../contracts/common.ts';
import { entityFields } from '../contracts/stored.ts';

/**
 * What became of an offer of vaccine: `ordered` is set by allocations once it has seen the order. `lapsed` and `withdrawn` are never
 * stored: they follow from the week's pointer and the clock (functions/allocations/domain/award-standing.ts).
 */
export const awardStates = ['offered', 'accepted', 'reduced', 'declined', 'lapsed', 'ordered', 'withdrawn'] as const;
export type AwardState = (typeof awardStates)[number];

/** States in which an award may be ordered against. */
export const orderableAwardStates = ['accepted', 'reduced'] as const satisfies readonly AwardState[];

/** What an award is of; with the site it names the award. */
export interface AwardName {
  /** First day of the allocation week. */
  week: string;
  /** Unit-of-use NDC, 5-4-2. */
  ndc: string;
  doseNumber: number;
  packDoses: number;
  /** The run that offers it: a later run of the same week offers beside it, until its publication decides which is read. */
  runId: string;
}

const awardIdPattern = /^(\d{4}-\d{2}-\d{2})_(\d{5}-\d{4}-\d{2})_([1-9])_(\d+)_(run_[0-9a-z]+)$/;

/** Id of an award within its site, e.g. `2021-03-08_59676-0580-05_1_100_run_...`. It says what the award is of, so the key follows from it. */
export const awardIdOf = ({ week, ndc, doseNumber, packDoses, runId }: AwardName): string =>
  `${week}_${ndc}_${doseNumber}_${packDoses}_${runId}`;

/** The award that an id names; undefined when it is none. */
export const awardNameOf = (awardId: string): AwardName | undefined => {
  const [, week, ndc, doseNumber, packDoses, runId] = awardIdPattern.exec(awardId) ?? [];
  if (week === undefined || ndc === undefined || runId === undefined) return undefined;
  return { week, ndc, doseNumber: Number(doseNumber), packDoses: Number(packDoses), runId };
};

/** Key in the allocations table. */
export const awardKey = (siteId: string, { week, ndc, doseNumber, packDoses, runId }: AwardName): { pk: string; sk: string } => ({
  pk: `SITE#${siteId}`,
  sk: `AWARD#${week}#${ndc}#${doseNumber}#${packDoses}#${runId}`,
});

/** Doses that come by the vial out of the packs of another site, the hub, which sends them by transfer: there is nothing to order. */
const byVial = z.object({
  hub: z.string(),
  hubName: z.string().optional(),
  vialDoses: z.int().min(1),
  /** The hub's awards whose packs they come out of. The award stands while those together hold so many doses: what all who share them have. */
  outOf: z.array(z.string()).min(1).describe('ids of awards of the hub: they count within the hub'),
  leastDoses: z.int().min(1),
});
/** What a hub's packs hold for another site after its award: of this award and of earlier ones of the week. */
const forMember = z.object({ siteId: z.string(), name: z.string().optional(), doses: z.int().min(1) });

/** An award as others may read it: orders are placed against it while its version is the one that was read. */
export const awardItem = z.object({
  ...entityFields,
  type: z.literal('award'),
  awardId: z
    .string()
    .regex(awardIdPattern)
    .describe('counts within its site: awards of one run, product and size of pack have the same id at every site'),
  siteId: z.string(),
  week: day,
  ndc: z.string().regex(/^\d{5}-\d{4}-\d{2}$/),
  doseNumber: z.int().min(1).max(9),
  /** Packs offered, doses in each, and their product; no packs where the doses come by the vial. */
  packs: z.int().min(0),
  packDoses: z.int().min(1),
  doses: z.int().min(1),
  /** Doses the site takes: all of them when accepted, fewer (whole packs) when reduced. */
  acceptedDoses: z.int().min(0).optional(),
  /** Doses of the product and dose number that were the site's already when this was offered. */
  heldDoses: z.int().min(1).optional().describe('doses of it that earlier runs of the week had promised the site by then'),
  state: z.enum(awardStates),
  runId: z.string(),
  /** Whose supply it comes from, e.g. `jurisdiction`. */
  channel: z.string(),
  byVial: byVial
    .optional()
    .describe(
      'the doses come by the vial out of the packs of another site, the hub, by transfer: nothing is ordered. The award stands while the hub’s awards of outOf hold leastDoses',
    ),
  /** Of a hub's award: for whom else its packs are, and the fewest doses of it that hold their part. */
  members: z.array(forMember).optional().describe('of a hub’s award: the sites that share its packs by the vial, and what each has of them'),
  leastDoses: z.int().min(0).optional().describe('of a hub’s award: doses of it that others have, so the fewest it may take without declining'),
});
export type AwardItem = z.infer<typeof awardItem>;
export type ByVialAward = AwardItem & { byVial: NonNullable<AwardItem['byVial']> };
export const isByVial = (award: AwardItem): award is ByVialAward => award.byVial !== undefined;

/** Key of the week's pointer in the allocations table: which run is published. */
export const weekPointerKey = (week: string): { pk: string; sk: 'PUBLISHED' } => ({ pk: `WEEK#${week}`, sk: 'PUBLISHED' });

/**
 * The pointer as others may read it. While `held` is there (supply was cut below what was offered) no offer is accepted and no order
 * placed; awards with a `revoked` id (one run, product, dose number and size, at every site) that were not ordered by then are withdrawn. Both hold in the very transaction of an order.
 */
export const weekPointer = z.object({ runId: z.string(), held: z.string().optional(), revoked: z.array(z.string()).optional() });
export type WeekPointer = z.infer<typeof weekPointer>;

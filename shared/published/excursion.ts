import { z } from 'zod';
import { instant } from '../contracts/common.ts';

/** What doses may read of a temperature excursion in the shipments table: which unit of a site, from when to when, and what was decided. */
export const publishedExcursion = z.object({
  type: z.literal('excursion'),
  excursionId: z.string(),
  siteId: z.string(),
  unitId: z.string(),
  from: instant,
  to: instant,
  /** `released`: the vaccine was found good. */
  state: z.enum(['reported', 'quarantined', 'deciding', 'released', 'wasted']),
  reportedAt: instant,
});
export type PublishedExcursion = z.infer<typeof publishedExcursion>;

/**
 * Whether the first doses of an account came to the site after an excursion had ended: none of them lay in the unit meanwhile. Decides both what is
 * quarantined and which doses given say so.
 * @param stockedAt of the account
 */
export const cameAfter = ({ to }: Pick<PublishedExcursion, 'to'>, stockedAt: string | undefined): boolean =>
  stockedAt !== undefined && stockedAt > to;

/** Excursions of a site lie together. */
export const excursionsOf = (siteId: string): { pk: string; sk: { beginsWith: string } } => ({
  pk: `SITE#${siteId}`,
  sk: { beginsWith: 'EXCURSION#' },
});

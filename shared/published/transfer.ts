import { z } from 'zod';
import { instant } from '../contracts/common.ts';

/** A transfer between sites lies with its receiver, who counts it, in the inventory table. */
export const transfersPartition = (toSiteId: string): { pk: string; sk: 'TRANSFER#' } => ({ pk: `SITE#${toSiteId}`, sk: 'TRANSFER#' });

/** A transfer as others may read it. */
export const publishedTransfer = z.object({
  type: z.literal('transfer'),
  transferId: z.string(),
  fromSiteId: z.string(),
  toSiteId: z.string(),
  ndc: z.string(),
  doses: z.int(),
  state: z.string(),
  sentAt: instant,
  /** The award by the vial that it fulfils, where the sender named one. */
  awardId: z.string().optional(),
  /** Once it was counted: doses that never came, and doses that came spoiled. */
  missing: z.int().optional(),
  suspect: z.int().optional(),
});
export type PublishedTransfer = z.infer<typeof publishedTransfer>;

/** Doses that a hub sent for an award of a site, of its product: on the way or arrived good. */
export const arrivingFor = (
  of: Pick<PublishedTransfer, 'fromSiteId' | 'ndc'> & { readonly awardId: string },
  transfers: readonly PublishedTransfer[],
): number =>
  transfers
    .filter(({ fromSiteId, ndc, awardId }) => fromSiteId === of.fromSiteId && ndc === of.ndc && awardId === of.awardId)
    .reduce((sum, { doses, missing = 0, suspect = 0 }) => sum + doses - missing - suspect, 0);

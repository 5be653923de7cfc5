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
});
export type PublishedTransfer = z.infer<typeof publishedTransfer>;

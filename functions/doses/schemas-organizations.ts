import { z } from 'zod';
import { pageOf, reason } from '../../shared/contracts/common.ts';
import { worklistEntry } from './schemas.ts';

export const unplacedPage = pageOf(
  worklistEntry.omit({ nearLot: true, lotIsOf: true }).extend({
    facility: z.string().optional().describe('The facility as it was sent, when it is none of the organization’s enrolled sites'),
  }).meta({ id: 'UnplacedDose' }),
);
export const assignment = z.object({
  siteId: z
    .string()
    .max(60)
    .nullable()
    .describe('The site of the organization at which it was given; null: at none of them, the dose stays as it was told and leaves the list'),
  reason,
});

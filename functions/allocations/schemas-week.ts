import { z } from 'zod';
import { day, pageOf } from '../../shared/contracts/common.ts';
import { debtSchema } from './domain/inputs.ts';
import { settlement } from './schemas.ts';

export const settledWeek = settlement.meta({ id: 'Settlement' });
export const debtQuery = { siteId: z.string().min(1).max(120).optional() };
/** `micro`: millionths of a dose, above nought what the site is owed. */
const debt = debtSchema.extend({ words: z.string() });
export const debtPage = pageOf(debt);
export const vialsToSend = z
  .object({
    siteId: z.string(),
    week: day,
    items: z.array(
      z.object({
        toSiteId: z.string(),
        name: z.string(),
        awardId: z.string().describe('the award of toSiteId; the id counts within that site only'),
        ndc: z.string(),
        doseNumber: z.int(),
        doses: z.int(),
        sentDoses: z.int(),
        state: z.enum(['unanswered', 'lapsed', 'to-send', 'sent']),
        words: z.string(),
      }),
    ),
  })
  .meta({ id: 'VialsToSend' });
/** Without a week when none was settled yet. */
export const siteDebts = z
  .object({ siteId: z.string(), week: day.optional(), runId: z.string().optional(), items: z.array(debt) })
  .meta({ id: 'SiteDebts' });

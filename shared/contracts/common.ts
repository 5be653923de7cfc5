import { z } from 'zod';
import { defaultPageSize, maxPageSize } from '../kernel/limits.ts';
import { isDay } from '../kernel/dates.ts';

export const day = z.string().refine(isDay, 'must be a real day, written YYYY-MM-DD').meta({ format: 'date', example: '2021-03-12' });
export const instant = z.iso.datetime({ precision: 3 }).meta({ example: '2021-03-12T17:00:00.000Z' });
export const version = z.int().min(1);
export const doses = z.int().min(1).max(1_000_000);
export const reason = z.string().trim().min(3, 'say why, in a few words').max(500);
export const name = z.string().trim().min(1).max(255);
export const email = z.email().max(255);
export const phone = z.string().trim().regex(/^[0-9 ()+.-]{10,20}$/, 'must be a telephone number of ten digits');
export const zip = z.string().regex(/^\d{5}(-\d{4})?$/, 'must be a zip code: 5 digits, or 5+4');

/** Query of every list: how many, and where the page before ended. */
export const pageQuery = z.object({
  limit: z.coerce.number().int().min(1).max(maxPageSize).default(defaultPageSize).describe('the most items of the page'),
  cursor: z
    .string()
    .max(2000)
    .optional()
    .describe('nextCursor of the page before; none for the first page. The list ends where an answer has no nextCursor'),
});

/** Answer of every list: the items, and the cursor of the next page when there is one. */
export const pageOf = <T extends z.ZodType>(item: T) => z.object({ items: z.array(item), nextCursor: z.string().optional() });

/** One step of a thing's history: who did what, when, why. The audit trail is made of these. */
export const historyEntry = z.object({
  at: instant,
  actor: z.string(),
  action: z.string(),
  from: z.string().optional(),
  to: z.string().optional(),
  reason: z.string().optional(),
  version: version,
});
export type HistoryEntry = z.infer<typeof historyEntry>;

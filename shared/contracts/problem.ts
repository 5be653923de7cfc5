import { z } from 'zod';
import { maxBodyBytes } from '../kernel/limits.ts';

/** One fault of a request: where it is, what is wrong, and what would be right. Never the value that was sent. */
export const fault = z.object({
  /** `body.lines[2].doses`, `query.limit`, `header.If-Match`; for files `row 3, column LOT_NUMBER`. */
  path: z.string(),
  message: z.string(),
});
export type Fault = z.infer<typeof fault>;

/** RFC 9457 problem details, the one shape of every error answer. */
export const problem = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.number().int(),
    detail: z.string().optional(),
    correlationId: z.string(),
    errors: z.array(fault).optional(),
  })
  .meta({ id: 'Problem' });
export type Problem = z.infer<typeof problem>;

/** The way that works for what is too large: told alike by the gateway, which reads nothing of it, and by us. */
export const tooLarge =
  `At most ${maxBodyBytes / 1_000_000} MB a request. A file of HL7 messages of any size goes to the address that POST /uploads gives; everything else goes in several requests.`;

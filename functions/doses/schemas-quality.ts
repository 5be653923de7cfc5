import { z } from 'zod';
import { day } from '../../shared/contracts/common.ts';
import { mostWeeks } from './domain/quality/quality-report.ts';

const mode = z.enum(['live', 'trial']);
/** Messages in earnest, or those of an interface in test and of processing id T or D. */
const modeQuery = mode.default('live');

const lastDay = day.optional().describe('a day of the last week that is shown; without it the present week');
export const qualityQuery = z.object({
  day: lastDay,
  weeks: z.coerce.number().int().min(1).max(mostWeeks).default(8).describe('how many weeks'),
  mode: modeQuery,
});
export const weekQuery = z.object({ day: day.optional().describe('a day of the week; without it the present week') });

const share = z.object({ field: z.string(), filled: z.int(), of: z.int(), share: z.number().optional() });
const answers = z.object({ AA: z.int(), AE: z.int(), AR: z.int() });
const ruleRate = z.object({
  rule: z.string(),
  severity: z.enum(['E', 'W']),
  messages: z.int(),
  share: z.number(),
  about: z.enum(['validity', 'other']),
});

const measures = z.object({
  messages: z.int(),
  answers,
  queries: answers.extend({ asked: z.int(), found: z.int(), nobody: z.int(), tooMany: z.int() }),
  doses: z.object({ sent: z.int(), taken: z.int(), new: z.int(), historical: z.int(), refused: z.int(), notGiven: z.int(), deletions: z.int() }),
  completeness: z.object({ patients: z.array(share), newDoses: z.array(share) }),
  timeliness: z.array(z.object({ reported: z.string(), doses: z.int(), share: z.number().optional() })),
  rules: z.array(ruleRate),
  score: z.number().optional(),
});

export const senderQuality = z
  .object({ senderId: z.string(), mode, weeks: z.array(measures.extend({ week: day })), total: measures })
  .meta({ id: 'SenderQuality' });
export const rankedSenders = z.object({
  week: day,
  items: z.array(
    z.object({
      senderId: z.string(),
      mode,
      score: z.number().optional(),
      messages: z.int(),
      answers,
      queries: z.int(),
      dosesSent: z.int(),
      dosesLost: z.int(),
      mostFrequent: z.array(ruleRate),
    }),
  ),
});

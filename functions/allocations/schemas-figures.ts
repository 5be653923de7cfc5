import { z } from 'zod';
import { day, historyEntry, instant, pageOf, pageQuery, reason } from '../../shared/contracts/common.ts';
import { entityFields, storedOnly } from '../../shared/contracts/stored.ts';
import { figureSchema } from './domain/figures/figure.ts';
import { figureRulesSchema } from './domain/figures/figure-rules.ts';
import { siteSchema } from './domain/inputs.ts';
import { disputeStates } from './domain/machines.ts';
import { week } from './schemas.ts';

const indexed = { gsi1pk: z.string(), gsi1sk: z.string() };
const hidden = { pk: true, sk: true, type: true, schema: true } as const;
const value = z.int().min(0).max(100_000_000);

export const weekOfFigures = z.object({ week });
/** What an allocation would take for a site now, and every figure behind it. */
export const siteFigures = z
  .object({ siteId: z.string(), week: day, input: siteSchema, figures: z.array(figureSchema) })
  .meta({ id: 'AllocationFigures' });
export const oneFigure = figureSchema.extend({ siteId: z.string(), week: day }).meta({ id: 'AllocationFigure' });
export const runInputPage = pageOf(siteFigures);

export const attestationForm = z.object({ doses: value, note: z.string().trim().max(500).optional() });
export const attestationItem = attestationForm.extend({
  ...entityFields,
  type: z.literal('attestation'),
  siteId: z.string(),
  week: day,
  attestedAt: instant,
  attestedBy: z.string(),
});
export type AttestationItem = z.infer<typeof attestationItem>;
export const attestation = attestationItem.omit(hidden).meta({ id: 'Attestation' });
export const attestationPage = pageOf(attestation);

export const disputeForm = z.object({ figureId: z.string().max(200), claimed: value.optional(), reason });
export const disputeAnswer = z.discriminatedUnion('answer', [
  /** The value stands in the place of the computed one, from the disputed week to `untilWeek` (that week alone when absent). */
  z.object({ answer: z.literal('accept'), value, reason, untilWeek: week.optional() }),
  z.object({ answer: z.literal('decline'), reason }),
]);
export const disputeItem = disputeForm.extend({
  ...entityFields,
  ...indexed,
  type: z.literal('dispute'),
  disputeId: z.string(),
  siteId: z.string(),
  week: day,
  what: z.string(),
  /** What the figure was when it was disputed. */
  used: value.optional(),
  state: z.enum(disputeStates),
  raisedAt: instant,
  raisedBy: z.string(),
  answer: z
    .object({ value: value.optional(), reason: z.string(), untilWeek: day.optional(), answeredAt: instant, answeredBy: z.string() })
    .optional(),
  requestDigest: z.string(),
});
export type DisputeItem = z.infer<typeof disputeItem>;
export const dispute = disputeItem
  .omit({ ...storedOnly, gsi1pk: true, gsi1sk: true })
  .extend({ nextMoves: z.array(z.string()) })
  .meta({ id: 'Dispute' });
export const disputePage = pageOf(dispute);
export const disputeHistoryPage = pageOf(historyEntry);
export const disputeQuery = pageQuery.extend({ state: z.enum(disputeStates).default('open') });

export const figureRulesItem = z.object({
  ...entityFields,
  type: z.literal('figure-rules'),
  rules: figureRulesSchema,
  changedAt: instant,
  changedBy: z.string(),
  reason: z.string(),
});
export type FigureRulesItem = z.infer<typeof figureRulesItem>;
export const figureRulesForm = z.object({ rules: figureRulesSchema, reason });
export const figureRules = z
  .object({
    rules: figureRulesSchema,
    version: z.int().min(0),
    changedAt: instant.optional(),
    changedBy: z.string().optional(),
    reason: z.string().optional(),
  })
  .meta({ id: 'FigureRules' });

const weekAhead = z.object({
  week: day,
  firmDoses: z.int(),
  /** Absent, like the risk, where too few past runs of weeks are known to say. */
  likelyDoses: z.int().optional(),
  likelyLowDoses: z.int().optional(),
  likelyHighDoses: z.int().optional(),
  planningLowDoses: z.int().optional(),
  planningHighDoses: z.int().optional(),
  cancelRiskPermille: z.int().optional(),
  /** What clinics of the week are taken to need, and the supply that is announced for it. */
  plannedDoses: z.int(),
  announcedDoses: z.int().optional(),
});
export const outlookQuery = z.object({ week });
export const outlook = z.object({
  siteId: z.string(), week: day,
  /** Past runs of weeks behind the bands. */
  scenarios: z.int(),
  /** So few that what comes may well lie outside the bands. */
  isThin: z.boolean(),
  /** On hand, on the way, and promised for this week. */
  onHandDoses: z.int().describe('doses at the site, on their way to it, or promised to it for this week'),
  weeks: z.array(weekAhead), words: z.array(z.string()),
}).meta({ id: 'Outlook' });

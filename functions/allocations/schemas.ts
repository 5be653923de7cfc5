import { z } from 'zod';
import { isDay } from '../../shared/kernel/dates.ts';
import { day, doses, instant, name, pageOf, pageQuery, reason, version } from '../../shared/contracts/common.ts';
import { entityFields, storedOnly } from '../../shared/contracts/stored.ts';
import { awardItem } from '../../shared/published/award.ts';
import { MAX_WEIGHT } from './domain/inputs.ts';
import { supplyNdcFault, supplyPackFault } from './domain/known-product.ts';
import { requestStates } from './domain/machines.ts';
import { isMonday } from './domain/week-rules.ts';
import { standingFigures } from './schemas-standing.ts';

export const week = day.refine(
  (text) => !isDay(text) || (isMonday(text) && text.startsWith('20')),
  'must be a Monday of this century, the first day of an allocation week',
);
export const ndc = z.string().regex(/^\d{5}-\d{4}-\d{2}$/, 'must be the NDC of the unit of use, written 5-4-2');
export const doseNumber = z.int().min(1).max(9);
export const packDoses = z.int().min(1).max(100_000);
export const indexed = { gsi1pk: z.string(), gsi1sk: z.string() };

/** Whose supply it is: the jurisdiction's own, which runs share out, or that of a federal programme, which is seen and balanced apart. */
export const channels = ['jurisdiction', 'pharmacy', 'fqhc', 'ihs', 'va', 'dod', 'ltc'] as const;
const channel = z.enum(channels, { error: `must be one of ${channels.join(', ')}` }).default('jurisdiction');
const supplyFields = z.object({ week, ndc, doseNumber, packDoses, packs: z.int().min(0).max(1_000_000), channel });
/** A mistyped product would be in every draft of its week and in nobody's order: it is refused when it is told. */
const suppliedNdc = ndc.superRefine((code, context) => {
  const message = supplyNdcFault(code);
  if (message !== undefined) context.addIssue({ code: 'custom', message });
});
/** A size that no pack of the product has would stand beside the right one in every draft of its week. */
export const supplyForm = supplyFields.extend({ ndc: suppliedNdc }).superRefine((line, context) => {
  const message = supplyPackFault(line.ndc, line.packDoses, line.week);
  if (message !== undefined) context.addIssue({ code: 'custom', path: ['packDoses'], message });
});
export const supplyChange = z.object({ packs: z.int().min(0).max(1_000_000), reason });
export const supplyItem = supplyFields.extend({
  ...entityFields,
  type: z.literal('supply'),
  channel: z.string(),
  supplyId: z.string(),
  recordedAt: instant,
  recordedBy: z.string(),
  requestDigest: z.string(),
});
export type SupplyItem = z.infer<typeof supplyItem>;
export const supply = supplyItem.omit(storedOnly).meta({ id: 'Supply' });
export const weekQuery = pageQuery.extend({ week });
export const supplyPage = pageOf(supply);

/** What DPH holds of a site and shares by. Never what the site asks for. */
export const standingForm = z.object({
  /** The leaf of the policy's tree. */
  group: name,
  tags: z.array(name).max(20).default([]),
  weights: z.record(name, z.int().min(0).max(MAX_WEIGHT)),
  /** Doses the site gives a week, corrected for reporting lag. */
  throughputDoses: z.int().min(0).optional(),
  /** Doses of all products its storage holds, what lies there included; takes the place of its enrolled units. */
  storageDoses: z.int().min(0).optional(),
  ...standingFigures,
});
export const standingItem = standingForm.extend({
  ...entityFields, ...indexed, type: z.literal('standing'), siteId: z.string(),
  /** As the site was called, and where it lay, when this was written. */
  siteName: z.string().optional(), town: z.string().optional(), county: z.string().optional(),
  /** The town is as it was written: the jurisdiction knows none by that name or zip. */
  townUnknown: z.literal(true).optional(),
  suspended: z.boolean(), changedAt: instant, changedBy: z.string() });
export type StandingItem = z.infer<typeof standingItem>;
export const standing = standingItem.omit({ pk: true, sk: true, type: true, schema: true, gsi1pk: true, gsi1sk: true })
  .extend({ notes: z.array(z.string()).optional().describe('when it is set: a group that no policy knows') }).meta({ id: 'Standing' });

export const requestForm = z.object({
  doses: z.int().min(0).max(100_000_000),
  onHandDoses: z.int().min(0).default(0),
  note: z.string().trim().max(500).optional(),
});
export const requestItem = requestForm.extend({
  ...entityFields,
  ...indexed,
  type: z.literal('request'),
  siteId: z.string(),
  week: day,
  ndc,
  doseNumber,
  state: z.enum(requestStates),
  submittedAt: instant,
  submittedBy: z.string(),
  /** What runs of the week go on reading when this came too late: the request that was in time. */
  inTime: z.object({ doses: z.int(), onHandDoses: z.int(), submittedAt: instant }).optional(),
});
export type RequestItem = z.infer<typeof requestItem>;
export const request = requestItem.omit({ pk: true, sk: true, type: true, schema: true, gsi1pk: true, gsi1sk: true })
  /** When it is submitted: the cut-off of its week, and what becomes of it. */
  .extend({ requestsClose: instant.optional(), words: z.array(z.string()).optional() }).meta({ id: 'Request' });
export const requestPage = pageOf(request);

export const siteAward = awardItem
  .omit({ pk: true, sk: true, type: true, schema: true })
  .extend({
    memberAnswers: z.array(z.string()).optional().describe('of one award of a hub: what those who share its packs by the vial answered'),
    siteName: z.string().optional(),
    answerBy: instant,
    held: z.string().optional(),
    nextMoves: z.array(z.string()),
    words: z.array(z.string()),
  })
  .meta({ id: 'Award' });
export const siteAwardPage = pageOf(siteAward);
export const answerForm = z.discriminatedUnion('answer', [
  z.object({ answer: z.literal('accept') }),
  z.object({ answer: z.literal('reduce'), doses }),
  z.object({ answer: z.literal('decline'), reason }),
]);
export const settlement = z.object({ week: day, runId: z.string(), pools: z.int(), debts: z.int() });
export const versioned = z.object({ version });

import { z } from 'zod';
import { day, doses, instant, name, pageOf, pageQuery, reason, version } from '../../shared/contracts/common.ts';
import { entityFields, storedOnly } from '../../shared/contracts/stored.ts';
import { awardItem } from '../../shared/published/award.ts';
import { debtSchema, MAX_WEIGHT } from './domain/inputs.ts';
import { requestStates, runStates } from './domain/machines.ts';
import { policySchema } from './domain/policy.ts';
import { isMonday } from './domain/week-rules.ts';

export const week = day.refine(isMonday, 'must be a Monday, the first day of an allocation week');
const ndc = z.string().regex(/^\d{5}-\d{4}-\d{2}$/, 'must be the NDC of the unit of use, written 5-4-2');
const doseNumber = z.int().min(1).max(9);
const packDoses = z.int().min(1).max(100_000);
const indexed = { gsi1pk: z.string(), gsi1sk: z.string() };

/** Whose supply it is; part of the line's id and key, so it is no free text. */
const channel = z.string().regex(/^[a-z][a-z0-9-]{0,39}$/, 'must be lower-case letters, digits and hyphens').default('jurisdiction');
export const supplyForm = z.object({ week, ndc, doseNumber, packDoses, packs: z.int().min(0).max(1_000_000), channel });
export const supplyChange = z.object({ packs: z.int().min(0).max(1_000_000), reason });
export const supplyItem = supplyForm.extend({ ...entityFields, type: z.literal('supply'), supplyId: z.string(), recordedAt: instant, recordedBy: z.string(), requestDigest: z.string() });
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
  storageDoses: z.int().min(0).optional(),
});
export const standingItem = standingForm.extend({ ...entityFields, ...indexed, type: z.literal('standing'), siteId: z.string(), suspended: z.boolean(), changedAt: instant, changedBy: z.string() });
export type StandingItem = z.infer<typeof standingItem>;
export const standing = standingItem.omit({ pk: true, sk: true, type: true, schema: true, gsi1pk: true, gsi1sk: true }).meta({ id: 'Standing' });

export const requestForm = z.object({ doses: z.int().min(0).max(100_000_000), onHandDoses: z.int().min(0).default(0), note: z.string().trim().max(500).optional() });
export const requestItem = requestForm.extend({ ...entityFields, ...indexed, type: z.literal('request'), siteId: z.string(), week: day, ndc, doseNumber, state: z.enum(requestStates), submittedAt: instant, submittedBy: z.string() });
export type RequestItem = z.infer<typeof requestItem>;
export const request = requestItem.omit({ pk: true, sk: true, type: true, schema: true, gsi1pk: true, gsi1sk: true }).meta({ id: 'Request' });
export const requestPage = pageOf(request);

export const runForm = z.object({ week, policy: z.union([z.string().max(100), policySchema]).describe('the id of a shipped policy, or a policy document') });
export const runItem = z.object({
  ...entityFields,
  ...indexed,
  sk: z.literal('RUN'),
  type: z.literal('run'),
  runId: z.string(),
  week: day,
  state: z.enum(runStates),
  policyId: z.string(),
  policyVersion: z.int(),
  engineVersion: z.string(),
  /** SHA-256 of the canonical inputs and policy; a replay of the run must come to the same awards from them. */
  inputsDigest: z.string(),
  awardsDigest: z.string(),
  /** Where this draft's parts lie: inputs, policy and awards of one attempt. */
  partsPk: z.string(),
  awards: z.int(),
  awardedDoses: z.int(),
  supplyDoses: z.int(),
  summary: z.unknown(),
  leftover: z.unknown(),
  /** Answers given in the week when the inputs were read: publishing is refused when more have come since. */
  answersRead: z.int(),
  supersedes: z.string().optional(),
  draftedAt: instant,
  draftedBy: z.string(),
  proposedBy: z.string().optional(),
  publishedBy: z.string().optional(),
  publishedAt: instant.optional(),
  requestDigest: z.string(),
});
export type RunItem = z.infer<typeof runItem>;
export const run = runItem.omit({ ...storedOnly, gsi1pk: true, gsi1sk: true, partsPk: true }).extend({ nextMoves: z.array(z.string()) }).meta({ id: 'Run' });
export const runPage = pageOf(run);

/** An award as a run computed it, with its explanation as data and in words. Immutable. */
export const runAward = z.object({
  siteId: z.string(), ndc, doseNumber, packDoses, packs: z.int().min(0), doses: z.int().min(0), requestDoses: z.int().min(0), targetMicro: z.number(),
  explanation: z.array(z.looseObject({ kind: z.string() })), words: z.array(z.string()),
}).meta({ id: 'RunAward' });
export type RunAward = z.infer<typeof runAward>;
export const runAwardPage = pageOf(runAward);
export const replayAnswer = z.object({ same: z.boolean(), inputsDigest: z.string(), awardsDigest: z.string(), storedAwardsDigest: z.string() });

export const siteAward = awardItem
  .omit({ pk: true, sk: true, type: true, schema: true })
  .extend({ answerBy: instant, nextMoves: z.array(z.string()), words: z.array(z.string()) })
  .meta({ id: 'Award' });
export const siteAwardPage = pageOf(siteAward);
export const answerForm = z.discriminatedUnion('answer', [
  z.object({ answer: z.literal('accept') }),
  z.object({ answer: z.literal('reduce'), doses }),
  z.object({ answer: z.literal('decline'), reason }),
]);
export const settlement = z.object({ week: day, runId: z.string(), pools: z.int(), debts: z.int() });
export const debtItem = debtSchema.extend({ pk: z.string(), sk: z.string(), type: z.literal('debt'), schema: z.literal(1) });
export const versioned = z.object({ version });

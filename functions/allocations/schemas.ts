import { z } from 'zod';
import { day, doses, instant, name, pageOf, pageQuery, reason, version } from '../../shared/contracts/common.ts';
import { entityFields, storedOnly } from '../../shared/contracts/stored.ts';
import { awardItem } from '../../shared/published/award.ts';
import { MAX_WEIGHT } from './domain/inputs.ts';
import { requestStates, runStates } from './domain/machines.ts';
import { policySchema } from './domain/policy.ts';
import { keeps } from './domain/keeps.ts';
import { isMonday } from './domain/week-rules.ts';
import { standingFigures } from './schemas-standing.ts';

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
  ...standingFigures,
});
export const standingItem = standingForm.extend({
  ...entityFields, ...indexed, type: z.literal('standing'), siteId: z.string(),
  /** As the site was called, and where it lay, when this was written. */
  siteName: z.string().optional(), town: z.string().optional(), county: z.string().optional(),
  suspended: z.boolean(), changedAt: instant, changedBy: z.string() });
export type StandingItem = z.infer<typeof standingItem>;
export const standing = standingItem.omit({ pk: true, sk: true, type: true, schema: true, gsi1pk: true, gsi1sk: true }).meta({ id: 'Standing' });

export const requestForm = z.object({ doses: z.int().min(0).max(100_000_000), onHandDoses: z.int().min(0).default(0), note: z.string().trim().max(500).optional() });
export const requestItem = requestForm.extend({ ...entityFields, ...indexed, type: z.literal('request'), siteId: z.string(), week: day, ndc, doseNumber, state: z.enum(requestStates), submittedAt: instant, submittedBy: z.string() });
export type RequestItem = z.infer<typeof requestItem>;
export const request = requestItem.omit({ pk: true, sk: true, type: true, schema: true, gsi1pk: true, gsi1sk: true }).meta({ id: 'Request' });
export const requestPage = pageOf(request);

/** An award set by a person: it replaces what the engine would give, and is held against every bound. */
export const overrideForm = z.object({
  siteId: z.string().min(1).max(120), ndc, doseNumber, packDoses, packs: z.int().min(0),
  reason: z.string().trim().min(10, 'say why, in at least ten characters').max(500),
});
/** Overrides of one run: more than these would be another policy. */
const maxOverrides = 500;
export const runForm = z.object({
  week,
  policy: z.union([z.string().max(100), policySchema]).describe('a policy by id, or id@version; or a policy document, to try it out'),
  overrides: z.array(overrideForm).max(maxOverrides).optional(),
  keep: z.enum(keeps).optional().describe('after a cut of supply: keep what sites accepted (default), or only what they ordered'),
});
const pool = { product: ndc, doseNumber, packDoses };
const micro = z.number();
/** A run as a whole: who was short, which reserve bound, equity by residence, what each stage placed. Figures named micro are millionths of a dose. */
export const runSummary = z.object({
  engineVersion: z.string(),
  policy: z.object({ id: z.string(), version: z.int() }),
  week: day,
  pools: z.array(z.object({
    ...pool, supplyPacks: z.int(), awardedPacks: z.int(), requestedDoses: z.number(), sitesAsking: z.int(), sitesShort: z.int(), sitesUnderOnePack: z.int(),
    stages: z.array(z.object({ stage: z.string(), kind: z.string(), availableMicro: micro, usedMicro: micro })),
    reserves: z.array(z.object({
      stage: z.string(), reserve: z.string(), shareMicro: micro, usedMicro: micro, groupTargetMicro: micro, groupDoses: z.number(), bound: z.boolean(),
      shortDoses: z.number(), jointMetDoses: z.number().optional(),
    })),
    groups: z.array(z.object({ node: z.string(), targetMicro: micro, doses: z.number() })),
    equity: z.object({ knownDoses: z.number(), unknownDoses: z.number(), priorityDoses: z.number(), priorityPermille: z.number() }).optional(),
    optimality: z.looseObject({ kind: z.string() }).optional(),
    minimumsShortDoses: z.number().optional(),
  })),
  /** How many rounding debts ended unpaid; GET …/written-off lists them. */
  writtenOff: z.int(),
});
const leftoverRow = z.object({ ...pool, packs: z.int(), reason: z.string() });
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
  /** SHA-256 of the policy document that was read. */
  policyDigest: z.string(),
  engineVersion: z.string(),
  /** SHA-256 of the canonical inputs and policy; a replay of the run must come to the same awards from them. */
  inputsDigest: z.string(),
  awardsDigest: z.string(),
  /** Where this draft's parts lie: inputs, policy and awards of one attempt. */
  partsPk: z.string(),
  awards: z.int(),
  awardedDoses: z.int(),
  supplyDoses: z.int(),
  summary: runSummary,
  leftover: z.array(leftoverRow),
  overrides: z.int().optional(),
  keep: z.enum(keeps).optional(),
  /** Runs of the week of which accepted awards that were not ordered are withdrawn when this one is published. */
  revokes: z.array(z.string()).optional(),
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
export const runAwardsQuery = pageQuery.extend({ short: z.enum(['true']).optional() });
export const replayAnswer = z.object({ same: z.boolean(), inputsDigest: z.string(), awardsDigest: z.string(), storedAwardsDigest: z.string() });

export const siteAward = awardItem
  .omit({ pk: true, sk: true, type: true, schema: true })
  .extend({ siteName: z.string().optional(), answerBy: instant, held: z.string().optional(), nextMoves: z.array(z.string()), words: z.array(z.string()) })
  .meta({ id: 'Award' });
export const siteAwardPage = pageOf(siteAward);
export const answerForm = z.discriminatedUnion('answer', [
  z.object({ answer: z.literal('accept') }),
  z.object({ answer: z.literal('reduce'), doses }),
  z.object({ answer: z.literal('decline'), reason }),
]);
export const settlement = z.object({ week: day, runId: z.string(), pools: z.int(), debts: z.int() });
export const versioned = z.object({ version });

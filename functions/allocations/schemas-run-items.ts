import { z } from 'zod';
import { day, instant, pageOf, pageQuery } from '../../shared/contracts/common.ts';
import { fault, problem } from '../../shared/contracts/problem.ts';
import { entityFields, storedOnly } from '../../shared/contracts/stored.ts';
import { keeps } from './domain/keeps.ts';
import { sharedOutStates } from './domain/machines.ts';
import { policySchema } from './domain/policy/policy.ts';
import { refusalReasons } from './domain/refusal-reasons.ts';
import { doseNumber, indexed, ndc, packDoses, week } from './schemas.ts';

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
  keep: z
    .enum(keeps)
    .optional()
    .describe(
      'after a cut of supply: keep what sites accepted (default: refused where more of a pool is promised than is left), or, in just those pools, only what they ordered',
    ),
});
/** What a run was asked to be: kept beside it, with the policy as it was found then. */
export const draftForm = runForm.extend({ policy: policySchema });
export type DraftForm = z.output<typeof draftForm>;
const pool = { product: ndc, doseNumber, packDoses };
const micro = z.number();
const equity = z.object({ knownDoses: z.number(), unknownDoses: z.number(), priorityDoses: z.number(), priorityPermille: z.number() });
/** A run as a whole: who was short, which reserve bound, equity by residence, what each stage placed. Figures named micro are millionths of a dose. */
export const runSummary = z.object({
  engineVersion: z.string(),
  policy: z.object({ id: z.string(), version: z.int() }),
  week: day,
  pools: z.array(
    z.object({
      ...pool,
      supplyPacks: z.int(),
      awardedPacks: z.int(),
      requestedDoses: z.number(),
      sitesAsking: z.int(),
      sitesShort: z.int(),
      sitesUnderOnePack: z.int(),
      stages: z.array(z.object({ stage: z.string(), kind: z.string(), availableMicro: micro, usedMicro: micro })),
      reserves: z.array(
        z.object({
          stage: z.string(),
          reserve: z.string(),
          shareMicro: micro,
          usedMicro: micro,
          groupTargetMicro: micro,
          groupDoses: z.number(),
          bound: z.boolean(),
          shortDoses: z.number(),
          jointMetDoses: z.number().optional(),
        }),
      ),
      groups: z.array(z.object({ node: z.string(), targetMicro: micro, doses: z.number() })),
      equity: equity.optional(),
      optimality: z.looseObject({ kind: z.string() }).optional(),
      minimumsShortDoses: z.number().optional(),
    }),
  ),
  /** Doses on federal accounts in the weeks before, beside the run's own; federal ones by where they were delivered, its own by residents served. */
  federal: z
    .object({
      weeks: z.int(),
      doses: z.number(),
      ownDoses: z.number(),
      products: z.array(z.object({ product: z.string(), doses: z.number() })),
      equity: z.object({ federalByDelivery: equity, ownByResidents: equity.optional() }),
    })
    .optional(),
  /** How many rounding debts ended unpaid; GET …/written-off lists them. */
  writtenOff: z.int(),
  /** Packs shared out for another dose number than they were labelled with, by the policy's rule for second doses. */
  moves: z
    .array(
      z.object({
        product: z.string(),
        packDoses: z.int(),
        fromDose: z.int(),
        toDose: z.int(),
        packs: z.int(),
        doses: z.number(),
        dueDoses: z.number(),
        labelledDoses: z.number(),
      }),
    )
    .optional(),
});
const leftoverRow = z.object({
  ...pool,
  packs: z.int(),
  reason: z.string(),
  besides: z.array(z.string()).readonly().optional(),
  nodes: z.array(z.string()).readonly().optional(),
});
const askedRun = {
  ...entityFields,
  ...indexed,
  sk: z.literal('RUN'),
  type: z.literal('run'),
  runId: z.string(),
  week: day,
  policyId: z.string(),
  policyVersion: z.int(),
  overrides: z.int().optional(),
  keep: z.enum(keeps).optional(),
  /** When it was asked for. */
  draftedAt: instant,
  draftedBy: z.string(),
  /** The request that asked for it: named in what is told of a refusal. */
  correlationId: z.string().optional(),
  requestDigest: z.string(),
};
/** Why a run was not drafted or not published, as a person is told it. What status that is, the edge knows. */
export const runRefusal = z.object({ reason: z.enum(refusalReasons), detail: z.string().optional(), errors: z.array(fault).optional() });
export type RunRefusal = z.infer<typeof runRefusal>;
/** Asked for; the worker has read so many of the sites. */
export const draftingItem = z.object({ ...askedRun, state: z.literal('drafting'), sitesRead: z.int().optional(), sites: z.int().optional() });
export type DraftingItem = z.infer<typeof draftingItem>;
export const refusedItem = z.object({ ...askedRun, state: z.literal('refused'), refusal: runRefusal });
/** A run that was shared out. */
export const runItem = z.object({
  ...askedRun,
  state: z.enum(sharedOutStates),
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
  /** What a reader should know that no figure tells: hubs that were left out, packs moved between dose numbers, second doses missing beside first. */
  notes: z.array(z.string()).optional(),
  revokes: z
    .array(z.string())
    .optional()
    .describe('ids of awards of the week that are withdrawn, at every site that accepted and did not order them, when this run is published'),
  /** Answers given in the week when the inputs were read: publishing is refused when more have come since. */
  answersRead: z.int(),
  supersedes: z.string().optional(),
  proposedBy: z.string().optional(),
  publishedBy: z.string().optional(),
  publishedAt: instant.optional(),
  /** Why its last publication came to nothing. */
  refusal: runRefusal.optional(),
});
export type RunItem = z.infer<typeof runItem>;
export const anyRunItem = z.discriminatedUnion('state', [draftingItem, refusedItem, runItem]);
export type AnyRunItem = z.infer<typeof anyRunItem>;

const hiddenOfRun = { ...storedOnly, gsi1pk: true, gsi1sk: true, correlationId: true } as const;
const shownOfRun = {
  nextMoves: z.array(z.string()),
  /** Told while a worker has it for longer than it should take. */
  notice: z.string().optional(),
};
const draftingRun = draftingItem.omit(hiddenOfRun).extend(shownOfRun).meta({ id: 'DraftingRun' });
const refusedRun = refusedItem.omit({ ...hiddenOfRun, refusal: true }).extend({ ...shownOfRun, problem }).meta({ id: 'RefusedRun' });
const sharedOutRun = runItem
  .omit({ ...hiddenOfRun, partsPk: true, refusal: true })
  .extend({ ...shownOfRun, problem: problem.optional() })
  .meta({ id: 'SharedOutRun' });
export const run = z.discriminatedUnion('state', [draftingRun, refusedRun, sharedOutRun]).meta({ id: 'Run' });
export const runPage = pageOf(run);

/** An award as a run computed it, with its explanation as data and in words. Immutable. */
export const runAward = z.object({
  siteId: z.string(), ndc, doseNumber, packDoses, packs: z.int().min(0), doses: z.int().min(0), requestDoses: z.int().min(0), targetMicro: z.number(),
  explanation: z.array(z.looseObject({ kind: z.string() })), words: z.array(z.string()),
}).meta({ id: 'RunAward' });
export type RunAward = z.infer<typeof runAward>;
export const runAwardPage = pageOf(
  runAward.extend({
    byVial: z
      .object({ hub: z.string(), doses: z.int() })
      .optional()
      .describe('doses that come to the site by the vial out of the packs of its hub; they are not in `doses`'),
    members: z
      .array(z.object({ siteId: z.string(), doses: z.int() }))
      .optional()
      .describe('of a hub: who else has doses of its packs by the vial; they are in its `doses`'),
    lineDoses: z
      .int()
      .optional()
      .describe('with short=true: the doses of the product and dose number in all sizes of packs; one row a site, product and dose number'),
  }),
);
export const runAwardsQuery = pageQuery.extend({ short: z.enum(['true']).optional() });
/** A replay: `other-engine` when this is another version of the engine than the run's; `differs` names every stored part that did not come out again. */
export const replayAnswer = z
  .object({
    outcome: z.enum(['same', 'differs', 'other-engine']),
    same: z.boolean(),
    differs: z.array(z.string()),
    engineVersion: z.string(),
    engineVersionOfRun: z.string(),
    inputsDigest: z.string(),
    awardsDigest: z.string(),
    storedAwardsDigest: z.string(),
    words: z.array(z.string()),
  })
  .meta({ id: 'Replay' });

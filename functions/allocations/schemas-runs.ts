import { z } from 'zod';
import { day, instant, pageOf, pageQuery } from '../../shared/contracts/common.ts';
import { debtSchema, siteSchema, supplySchema } from './domain/inputs.ts';
import { publishedPool } from './domain/explain/public-table.ts';
import { runAward } from './schemas-run-items.ts';

const ndc = z.string().regex(/^\d{5}-\d{4}-\d{2}$/, 'must be the NDC of the unit of use, written 5-4-2');
const name = z.string().min(1).max(120);

/** A policy as it is sent: the document, or its text in YAML or JSON (comments are not kept). Its shape is checked with every fault's path. */
export const policyForm = z.union([z.strictObject({ text: z.string().min(1).max(400_000) }), z.strictObject({ policy: z.looseObject({}) })]);
export const policySummary = z
  .object({
    policyId: z.string(),
    policyVersion: z.int(),
    title: z.string(),
    digest: z.string(),
    shipped: z.boolean(),
    storedAt: instant.optional(),
    storedBy: z.string().optional(),
  })
  .meta({ id: 'PolicySummary' });
export const policyShown = policySummary.extend({ policy: z.looseObject({}) }).meta({ id: 'Policy' });
export const policyPage = pageOf(policySummary);
const documentFault = z.object({ path: z.string(), message: z.string() });
export const policyVerdict = z.object({
  valid: z.boolean(),
  faults: z.array(documentFault),
  policyId: z.string().optional(),
  policyVersion: z.int().optional(),
  digest: z.string().optional(),
});

/** Which award a question is about. */
const poolQuery = { ndc, doseNumber: z.coerce.number().int().min(1).max(9), packDoses: z.coerce.number().int().min(1).max(100_000) };
export const siteWhatIfQuery = z.object(poolQuery);
export const whatIfQuery = z.object({ siteId: name, ...poolQuery });
const change = z.looseObject({ kind: z.string() });
/** Each answer comes from a run of its own with that one thing changed. `packsAfter` is absent where no such run is possible. */
export const whatIfAnswer = z
  .object({
    award: runAward,
    effects: z.array(
      z.object({
        change,
        packs: z.int(),
        packsAfter: z.int().optional(),
        doses: z.int().optional().describe('told where a hub shares by the vial: doses of the award that are the site’s own'),
        dosesAfter: z.int().optional(),
        othersPacks: z
          .int()
          .optional()
          .describe('of a group without its maximum, where the site itself gets the same: packs that other sites of the group would have more'),
        words: z.string(),
      }),
    ),
  })
  .meta({ id: 'WhatIf' });

export const differencesQuery = pageQuery.extend({ with: name.describe('the run to hold it against') });
const pathChange = z.object({ path: z.string(), before: z.unknown().optional(), after: z.unknown().optional() });
const side = z.object({
  runId: z.string(),
  state: z.string(),
  policyId: z.string(),
  policyVersion: z.int(),
  policyDigest: z.string(),
  inputsDigest: z.string(),
  awardedDoses: z.int(),
  supplyDoses: z.int(),
});
const pool = { ndc: z.string(), doseNumber: z.int(), packDoses: z.int() };
export const awardDifference = z.object({ ...pool, packsBefore: z.int(), packsAfter: z.int(), dosesGained: z.int(), words: z.string() });
/** Two runs side by side: what they read and followed differently, in sum and for each site of the page that differs. */
export const differences = z.object({
  before: side,
  after: side,
  supply: z.array(pathChange),
  policy: z.array(pathChange),
  overrides: z.array(pathChange),
  pools: z.array(z.object({ ...pool, dosesBefore: z.int(), dosesAfter: z.int(), sitesShortBefore: z.int(), sitesShortAfter: z.int() })),
  items: z.array(z.object({ siteId: z.string(), name: z.string().optional(), inputs: z.array(pathChange), awards: z.array(awardDifference) })),
  nextCursor: z.string().optional(),
}).meta({ id: 'RunDifferences' });

/** What a run read about a site, and what came of it. */
export const siteOfRun = z
  .object({
    runId: z.string(),
    week: day,
    policyId: z.string(),
    policyVersion: z.int(),
    inputsDigest: z.string(),
    read: siteSchema,
    awards: z.array(runAward),
  })
  .meta({ id: 'SiteOfRun' });
export const writtenOffPage = pageOf(debtSchema.extend({ reason: z.string() }));

export const publicAllocation = z
  .object({
    week: day,
    runId: z.string(),
    publishedAt: instant.optional(),
    policyId: z.string(),
    policyVersion: z.int(),
    policyTitle: z.string(),
    policyDigest: z.string(),
    engineVersion: z.string(),
    inputsDigest: z.string(),
    awardsDigest: z.string(),
    rule: z.string(),
    supply: z.array(supplySchema),
    pools: z.array(publishedPool),
  })
  .meta({ id: 'PublicAllocation' });

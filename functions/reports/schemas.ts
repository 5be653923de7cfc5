import { z } from 'zod';
import { day, instant, pageOf, pageQuery } from '../../shared/contracts/common.ts';
import { entityFields } from '../../shared/contracts/stored.ts';
import { DIMENSIONS } from './domain/coverage.ts';
import { CVRS_FIELDS, type CvrsField } from './domain/cvrs-columns.ts';
import { practicesBehind } from './schemas-practices.ts';
import { submissionIdPattern, submissionKinds, submissionStates } from './domain/submission-machine.ts';

const count = z.int().min(0);
const sha256 = z.string().regex(/^[0-9a-f]{64}$/);

/** One file to CDC as it was written. */
export const submissionFile = z.object({ name: z.string(), key: z.string(), sequence: z.int().min(1), records: count, bytes: count, sha256 });

/** What was sent, or is to be sent, to CDC for one day. */
export const submissionItem = z.object({
  ...entityFields,
  type: z.literal('submission'),
  submissionId: z.string().regex(submissionIdPattern),
  day,
  kind: z.enum(submissionKinds),
  sequence: z.int().min(1),
  state: z.enum(submissionStates),
  /** True when no more events can be claimed for it. */
  sealed: z.boolean(),
  claimedAt: instant,
  builtAt: instant.optional(),
  /** Events claimed: those in the files and those held back. */
  events: count.optional(),
  records: count.optional(),
  /** Events that cannot be sent as they are; they are tried again every night. */
  held: count.optional(),
  files: z.array(submissionFile).optional(),
  manifestKey: z.string().optional(),
  gsi1pk: z.string(),
  gsi1sk: z.string(),
});
export type SubmissionItem = z.infer<typeof submissionItem>;

/** Why an event cannot be sent as it is: a column and what is wrong with it, never what it says. */
const heldFaults = z.array(z.object({ field: z.string(), reason: z.string() })).min(1);

/** Whose event a dose is: no event is in two submissions. A held one may be claimed again. */
export const claimItem = z.object({
  pk: z.string(),
  sk: z.literal('CLAIM'),
  type: z.literal('claim'),
  schema: z.literal(1),
  doseId: z.string(),
  state: z.enum(['claimed', 'held']),
  submissionId: z.string(),
  /** The version of the dose that the file tells. */
  doseVersion: z.int().min(1),
  claimedAt: instant,
  /** What the row in the file said, by `rowDigestOf`; there once the row is frozen. */
  digest: z.string().optional(),
  /** What the ledger said last of it; absent while the file still holds. */
  toldVersion: z.int().min(1).optional(),
  toldDigest: z.string().optional(),
  /** Of a held one: why, and the site that the dose is of. */
  faults: heldFaults.optional(),
  siteId: z.string().optional(),
});
export type ClaimItem = z.infer<typeof claimItem>;

export const eventItem = z.object({
  pk: z.string(),
  sk: z.string(),
  type: z.literal('submission-event'),
  schema: z.literal(1),
  doseId: z.string(),
  doseVersion: z.int().min(1),
});
export const chunkItem = z.object({
  pk: z.string(),
  sk: z.string(),
  type: z.literal('manifest-chunk'),
  schema: z.literal(1),
  key: z.string(),
  sha256,
  events: count,
});
/** An event that a submission could not send. */
export const heldItem = z.object({
  pk: z.string(),
  sk: z.string(),
  type: z.literal('held-event'),
  schema: z.literal(1),
  submissionId: z.string(),
  doseId: z.string(),
  doseVersion: z.int().min(1),
  siteId: z.string().optional(),
  faults: heldFaults,
});
export type HeldItem = z.infer<typeof heldItem>;
export type ChunkItem = z.infer<typeof chunkItem>;

/** What CDC was told of a dose, and what is so now. Version 2 files cannot say it; the ledger keeps it for the day they can. */
export const restatementItem = z.object({
  pk: z.string(),
  sk: z.string(),
  type: z.literal('restatement'),
  schema: z.literal(1),
  day,
  doseId: z.string(),
  change: z.enum(['update', 'delete']),
  /** Columns that differ from the row in the file, never what they say; none when it says what the file says again, or is deleted. */
  fields: z.array(z.enum(CVRS_FIELDS as [CvrsField, ...CvrsField[]])),
  /** Versions of the dose. They are the same when the patient's facts or another dose made the difference. */
  sentVersion: z.int().min(1),
  nowVersion: z.int().min(1),
  submissionId: z.string(),
  recordedAt: instant,
});
export type RestatementItem = z.infer<typeof restatementItem>;

const manifestFacts = { doseId: z.string(), doseVersion: z.int(), recordVersion: z.int(), personVersion: z.int() };
/** One event of a manifest, with what it was made from: its row, or why it cannot be one. */
export const manifestLine = z.union([
  z.object({ ...manifestFacts, row: z.array(z.string()) }),
  z.object({ ...manifestFacts, siteId: z.string().optional(), faults: heldFaults }),
]);
export type ManifestLine = z.infer<typeof manifestLine>;

/** One CSV file of an export. */
export const exportFile = z.object({ file: z.string(), key: z.string(), rows: count, bytes: count, sha256 });
/** The export of one table on one day, registered when all its files are complete. */
export const exportItem = z.object({
  pk: z.string(),
  sk: z.string(),
  type: z.literal('export'),
  schema: z.literal(1),
  day,
  table: z.string(),
  requestedAt: instant,
  rows: count,
  files: z.array(exportFile),
  manifestKey: z.string(),
});
export type ExportItem = z.infer<typeof exportItem>;

const unstored = { pk: true, sk: true, type: true, schema: true } as const;
export const submission = submissionItem.omit({ ...unstored, gsi1pk: true, gsi1sk: true }).meta({ id: 'Submission' });
export const submissionPage = pageOf(submission);
export const submissionsQuery = pageQuery
  .extend({
    from: day.optional().describe('the first day, inclusive, of which a file was sent'),
    to: day.optional().describe('the last, inclusive'),
  })
  .refine(({ from = '', to = from }) => from <= to, { path: ['to'], error: 'must not be before from' });
/** An event that waits until it can be sent, or waited in the submission asked for: ids and reasons. */
export const heldEvent = heldItem.omit(unstored).partial({ faults: true }).extend({
  submissionId: z.string().describe('the submission that could not send it last, or the one asked for'),
  explanation: z.string().describe('the reasons in words'),
}).meta({ id: 'HeldEvent' });
export const heldPage = pageOf(heldEvent);
export const restatementsQuery = pageQuery.extend({ day: day.describe('the day of the change') });
export const restatementPage = pageOf(restatementItem.omit(unstored).meta({ id: 'Restatement' }));
export const exportsQuery = z.object({ day: day.describe('the day exported') });
export const exportsAnswer = z.object({ items: z.array(exportItem.omit(unstored).meta({ id: 'Export' })) });
export const fileQuery = z.object({ sequence: z.coerce.number().int().min(1).max(99).default(1) });
/** Where a file can be read, for a few minutes and without a token. */
export const fileAddress = z
  .object({ name: z.string(), url: z.string(), expiresInSeconds: z.int(), sha256, bytes: count })
  .meta({ id: 'FileAddress' });

/** A day of dose reports is one item a shard; three years are read in a few seconds. */
export const maxCoverageDays = 1_100;
/** Day by day the answer must stay below what a Lambda may answer. */
export const maxDailyDays = 62;
export const coverageDimensions = ['total', ...DIMENSIONS] as const;
/** Who sees no exact figures (`coverage.exact`) asks for whole months that are over, summed. */
export const coverageQuery = z.object({
  dimension: z.enum(coverageDimensions),
  from: day.describe('the first day, inclusive, on which doses were given'),
  to: day.describe('the last, inclusive'),
  /** `range` sums the days; `day` gives each day by itself. */
  by: z.enum(['range', 'day']).default('range'),
});

const measures = { first: z.int().nullable(), complete: z.int().nullable(), additional: z.int().nullable(), dosesGiven: z.int().nullable() };
/** Small counts (ADR 0025): the figures are the sum of the other months, null when there is none. */
const suppression = { suppressed: z.literal(true).optional(), leftOut: z.array(z.string().regex(/^\d{4}-\d{2}$/)).optional() };
const coverageRow = z.object({
  /** Present with `by=day`. */
  day: day.optional(),
  value: z.string(),
  name: z.string().optional(),
  ...measures,
  ...suppression,
  population: count.optional(),
  /** Not capped: more people than residents is a finding, not to be hidden. */
  firstPercent: z.number().optional(),
  completePercent: z.number().optional(),
  finding: z.literal('more-people-than-residents').optional(),
});
export const coverageAnswer = z
  .object({
    dimension: z.enum(coverageDimensions),
    from: day,
    to: day,
    /** The newest change that is counted; absent while nothing was counted. */
    asOf: instant.optional(),
    rule: z.object({
      numerator: z.string(),
      residence: z.string(),
      denominator: z.string(),
      source: z.string().optional(),
      smallCells: z.string().optional(),
    }),
    /** False when small counts are left out for this caller. */
    exact: z.boolean(),
    rows: z.array(coverageRow),
    /** What cannot be placed in this dimension, and who lives in another state. */
    unplaced: z.object({ ...measures, ...suppression }),
    outside: z.object({ ...measures, ...suppression }),
    /** How many practices stand behind the figures. */
    practices: practicesBehind,
  })
  .meta({ id: 'Coverage' });
export type CoverageAnswer = z.infer<typeof coverageAnswer>;

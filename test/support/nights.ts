import { expect } from '@jest/globals';
import { CreateBucketCommand, GetObjectCommand, ListObjectsV2Command } from '@aws-sdk/client-s3';
import { PutCommand, ScanCommand } from '@aws-sdk/lib-dynamodb';
import { jurisdictionFor } from '../../shared/codes/jurisdiction.ts';
import type { ExportMessage } from '../../shared/contracts/export-message.ts';
import { addDays, instantOf } from '../../shared/kernel/dates.ts';
import { makeWritableBucket } from '../../shared/platform/bucket-writer.ts';
import { getItem } from '../../shared/platform/dynamo.ts';
import { siteItem, siteKey } from '../../shared/published/site.ts';
import { makeBuildSubmission } from '../../functions/reports/build-submission.ts';
import { makeClaimEvents } from '../../functions/reports/claim-events.ts';
import { valuesOf, type CvrsValues } from '../../functions/reports/domain/cvrs-columns.ts';
import { readCvrsText } from '../../functions/reports/domain/cvrs-reader.ts';
import { createCvrsValidator } from '../../functions/reports/domain/cvrs-validator.ts';
import { usualChoices as choices } from '../../functions/reports/domain/reportable.ts';
import { makeFreezeManifest } from '../../functions/reports/freeze-manifest.ts';
import { makeRestateChanges } from '../../functions/reports/restate-changes.ts';
import { makeRunNightly, type NightlyResult } from '../../functions/reports/run-nightly.ts';
import { makePeopleStore, type PeopleStore } from '../../functions/reports/store-people.ts';
import { makeSubmissionStore, type SubmissionStore } from '../../functions/reports/store-submissions.ts';
import { createTable } from './dynamodb-local.ts';
import type { EmulatedS3 } from './emulated-s3.ts';
import type { Suite } from './suite.ts';

export const zone = jurisdictionFor('CTA').timeZone;
/** Three in the morning of the day after: when the schedule fires. */
export const nightAfter = (day: string): string => instantOf(addDays(day, 1), '03:00', zone);
export const fileKey = (day: string, nn = '01'): string => `cvrs/${day}/${day}_new_01/${day.replaceAll('-', '')}_${nn}_CTA.txt`;

interface Options {
  readonly recordLimit?: number;
  readonly eventsAChunk?: number;
  /** Claims without looking who has an event: a builder that must be caught. */
  readonly isCareless?: boolean;
  /** Keeps no digest of what it sends: a builder whose later changes nobody can find. */
  readonly isForgetful?: boolean;
}

/** Empty doses and reports tables and an empty bucket, and the nightly job over them. */
export interface NightPlace {
  readonly people: PeopleStore;
  readonly submissions: SubmissionStore;
  readonly bucketName: string;
  /** Messages to the exports queue. */
  readonly sent: ExportMessage[];
  run(asked: { now: string; day?: string }, options?: Options): Promise<NightlyResult>;
  /** The scheduled run of the night after a day. */
  night(day: string, options?: Options): Promise<NightlyResult>;
  /** Every object of the bucket by key. */
  objects(): Promise<Map<string, string>>;
  items(): Promise<Record<string, unknown>[]>;
  /** The records of a file, in which CDC's rules must find no error. */
  rowsOf(day: string, nn?: string): Promise<CvrsValues[]>;
  idsOf(day: string): Promise<string[]>;
  restatements(day: string): Promise<object[]>;
}

let places = 0;

export const freshNightPlace = async (suite: Suite, s3: EmulatedS3): Promise<NightPlace> => {
  places += 1;
  const [reports, doses, bucketName] = [`reports${places}`, `doses${places}`, `submissions${places}`];
  suite.tables['DOSES_TABLE'] = doses;
  await createTable(suite.dynamo, doses, { gsis: ['gsi1', 'gsi2'] });
  await createTable(suite.dynamo, reports, { gsis: ['gsi1'] });
  await s3.client.send(new CreateBucketCommand({ Bucket: bucketName }));
  const people = makePeopleStore(suite.dynamo, doses);
  const submissions = makeSubmissionStore(suite.dynamo, reports);
  const bucket = makeWritableBucket(bucketName, () => Promise.resolve(s3.client));
  const siteOf = (siteId: string) => getItem(suite.dynamo, suite.tables['ENROLLMENT_TABLE'] ?? '', siteKey(siteId), siteItem);
  const sent: ExportMessage[] = [];
  const careless: SubmissionStore = {
    ...submissions,
    claims: () => Promise.resolve(new Map()),
    claimTogether: async (submissionId, events) => {
      for (const event of events)
        await suite.dynamo.send(new PutCommand({ TableName: reports, Item: { pk: `SUBMISSION#${submissionId}`, sk: `EVENT#${event.doseId}`, type: 'submission-event', schema: 1, ...event } }));
      return { kind: 'committed' };
    },
  };

  const run: NightPlace['run'] = (asked, { recordLimit, eventsAChunk, isCareless = false, isForgetful = false } = {}) => {
    const kept: SubmissionStore = isForgetful ? { ...submissions, keepDigest: () => Promise.resolve({ kind: 'committed' }) } : submissions;
    const build = makeBuildSubmission({
      submissions, bucket, zone, entity: 'CTA',
      claim: makeClaimEvents({ people, submissions: isCareless ? careless : submissions, choices }),
      frozen: makeFreezeManifest({ people, siteOf, submissions: kept, bucket, ...(eventsAChunk === undefined ? {} : { eventsAChunk }) }),
      restate: makeRestateChanges({ people, siteOf, submissions, choices, zone }),
      ...(recordLimit === undefined ? {} : { recordLimit }),
    });
    // A quarter of a year of empty days would be most of what a night costs here.
    return makeRunNightly({ build, people, submissions, zone, firstLookbackDays: 16, send: (message) => { sent.push(message); return Promise.resolve(); } })(asked);
  };
  const objects: NightPlace['objects'] = async () => {
    const { Contents = [] } = await s3.client.send(new ListObjectsV2Command({ Bucket: bucketName }));
    const found = new Map<string, string>();
    for (const { Key = '' } of Contents)
      found.set(Key, (await (await s3.client.send(new GetObjectCommand({ Bucket: bucketName, Key }))).Body?.transformToString()) ?? '');
    return found;
  };
  const rowsOf: NightPlace['rowsOf'] = async (day, nn) => {
    const read = readCvrsText((await objects()).get(fileKey(day, nn)) ?? '');
    if (read.kind !== 'cvrs') throw new Error(read.reason);
    const validator = createCvrsValidator({ today: addDays(day, 1) });
    expect(read.rows.flatMap((row) => validator.check(row)).filter(({ level }) => level === 'ERROR')).toEqual([]);
    return read.rows.map(valuesOf);
  };
  return {
    people, submissions, bucketName, sent, run, objects, rowsOf,
    night: (day, options) => run({ now: nightAfter(day) }, options),
    items: async () => {
      const { Items = [] } = await suite.dynamo.send(new ScanCommand({ TableName: reports }));
      return Items.sort((a, b) => (`${String(a['pk'])}|${String(a['sk'])}` < `${String(b['pk'])}|${String(b['sk'])}` ? -1 : 1));
    },
    idsOf: async (day) => (await rowsOf(day)).map((row) => row.vax_event_id ?? ''),
    restatements: async (day) =>
      (await submissions.restatements(day, { limit: 100 })).items.map(({ doseId, change, fields, sentVersion, nowVersion }) => ({ doseId, change, fields, sentVersion, nowVersion })),
  };
};

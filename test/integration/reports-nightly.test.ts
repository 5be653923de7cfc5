import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { createHash } from 'node:crypto';
import { CreateBucketCommand, GetObjectCommand, ListObjectsV2Command } from '@aws-sdk/client-s3';
import { ScanCommand } from '@aws-sdk/lib-dynamodb';
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
import { DayNotOver, makeRunNightly } from '../../functions/reports/run-nightly.ts';
import { makePeopleStore } from '../../functions/reports/store-people.ts';
import { makeSubmissionStore } from '../../functions/reports/store-submissions.ts';
import { corrected, doseIdFor, doseOf, personOf, recordOf, storedDoses } from '../support/dose-items.ts';
import { createTable } from '../support/dynamodb-local.ts';
import { openS3, type EmulatedS3 } from '../support/emulated-s3.ts';
import { enrolledSite } from '../support/enrolled.ts';
import { failNthCall } from '../support/fail-nth-call.ts';
import { openSuite, type Suite } from '../support/suite.ts';

const zone = jurisdictionFor('CTA').timeZone;
/** Three in the morning of the day after: when the schedule fires. */
const nightAfter = (day: string): string => instantOf(addDays(day, 1), '03:00', zone);
let suite: Suite;
let s3: EmulatedS3;
let places = 0;
let reports: string;
let bucketName: string;
let sent: ExportMessage[];

beforeAll(async () => {
  suite = await openSuite('reportsnightly');
  s3 = await openS3({});
  await enrolledSite(suite, 'sit_elm', { address: { street: '1 Elm Street', city: 'Hartford', county: '09003', state: 'CT', zip: '06106' } });
});
afterAll(async () => {
  await s3.stop();
  await suite.stop();
});
/** Tables and a bucket of its own for every test, and for every run that is stopped. */
const freshPlace = async (): Promise<void> => {
  places += 1;
  reports = `reports${places}`;
  bucketName = `submissions${places}`;
  sent = [];
  suite.tables['DOSES_TABLE'] = `doses${places}`;
  await createTable(suite.dynamo, suite.tables['DOSES_TABLE'], { gsis: ['gsi1', 'gsi2'] });
  await createTable(suite.dynamo, reports, { gsis: ['gsi1'] });
  await s3.client.send(new CreateBucketCommand({ Bucket: bucketName }));
};
beforeEach(freshPlace);

const stores = () => ({ people: makePeopleStore(suite.dynamo, suite.tables['DOSES_TABLE'] ?? ''), submissions: makeSubmissionStore(suite.dynamo, reports) });
const nightly = ({ recordLimit }: { recordLimit?: number } = {}) => {
  const { people, submissions } = stores();
  const bucket = makeWritableBucket(bucketName, () => Promise.resolve(s3.client));
  const siteOf = (siteId: string) => getItem(suite.dynamo, suite.tables['ENROLLMENT_TABLE'] ?? '', siteKey(siteId), siteItem);
  const build = makeBuildSubmission({
    submissions, bucket, zone, entity: 'CTA',
    claim: makeClaimEvents({ people, submissions, choices }),
    frozen: makeFreezeManifest({ people, siteOf, submissions, bucket }),
    restate: makeRestateChanges({ people, submissions, choices }),
    ...(recordLimit === undefined ? {} : { recordLimit }),
  });
  return makeRunNightly({ build, people, submissions, zone, send: (message) => { sent.push(message); return Promise.resolve(); } });
};
const night = (day: string, options: { recordLimit?: number } = {}) => nightly(options)({ now: nightAfter(day) });

/** Every object of the bucket by key. */
const objects = async (): Promise<Map<string, string>> => {
  const { Contents = [] } = await s3.client.send(new ListObjectsV2Command({ Bucket: bucketName }));
  const found = new Map<string, string>();
  for (const { Key = '' } of Contents) found.set(Key, (await (await s3.client.send(new GetObjectCommand({ Bucket: bucketName, Key }))).Body?.transformToString()) ?? '');
  return found;
};
const items = async (): Promise<Record<string, unknown>[]> => {
  const { Items = [] } = await suite.dynamo.send(new ScanCommand({ TableName: reports }));
  return Items.sort((a, b) => (`${String(a['pk'])}|${String(a['sk'])}` < `${String(b['pk'])}|${String(b['sk'])}` ? -1 : 1));
};
const fileKey = (day: string, nn = '01'): string => `cvrs/${day}/${day}_new_01/${day.replaceAll('-', '')}_${nn}_CTA.txt`;
/** The records of a file, which CDC's rules must find nothing wrong with. */
const rowsOf = async (day: string, nn = '01'): Promise<CvrsValues[]> => {
  const text = (await objects()).get(fileKey(day, nn)) ?? '';
  const read = readCvrsText(text);
  if (read.kind !== 'cvrs') throw new Error(read.reason);
  const validator = createCvrsValidator({ today: addDays(day, 1) });
  expect(read.rows.flatMap((row) => validator.check(row)).filter(({ level }) => level === 'ERROR')).toEqual([]);
  return read.rows.map(valuesOf);
};
const idsOf = async (day: string): Promise<string[]> => (await rowsOf(day)).map((row) => row.vax_event_id ?? '');
const restatements = async (day: string) => (await stores().submissions.restatements(day, { limit: 100 })).items.map(({ doseId, change, sentVersion, nowVersion }) => ({ doseId, change, sentVersion, nowVersion }));

describe('The night', () => {
  it('writes what CDC gets of a dose, and nothing that names a person', async () => {
    await storedDoses(suite, personOf('Ariadne', { records: ['Ariadne', 'pharmacy'] }), recordOf('Ariadne'), recordOf('pharmacy', { person: 'Ariadne' }),
      doseOf('Ariadne', 1), doseOf('pharmacy', 1, { givenOn: '2021-02-19', receivedAt: '2021-02-19T17:00:00.000Z' }));
    const { built } = await nightly()({ now: nightAfter('2021-03-12'), day: '2021-03-12' });
    expect(built).toEqual([{ day: '2021-03-12', submissionId: '2021-03-12_new_01', events: 1, records: 1, held: 0, files: 1 }]);
    expect(await rowsOf('2021-03-12')).toEqual([expect.objectContaining({
      vax_event_id: doseIdFor('Ariadne', 1), recip_first_name: 'Redacted', recip_dob: '1981-02-03', recip_address_county: '09003', recip_race_1: '2106-3',
      admin_date: '2021-03-12', cvx: '208', ndc: '59267-1000-01', lot_number: 'EW0150', dose_num: '2', vax_series_complete: 'YES',
      responsible_org: 'Elm Street Health, Inc.', vtrcks_prov_pin: '100001', admin_type: '3', vax_refusal: 'NO',
    })]);
    expect([...(await objects()).values()].join('')).not.toMatch(/Ariadne|Quimby|Larkspur/);
    const submission = await stores().submissions.submission('2021-03-12_new_01');
    const text = (await objects()).get(fileKey('2021-03-12')) ?? '';
    expect(submission).toMatchObject({ state: 'built', records: 1, files: [{ name: '20210312_01_CTA.txt', sha256: createHash('sha256').update(text).digest('hex') }] });
    expect(sent.map(({ table, day }) => `${day} ${table}`)).toContain('2021-03-12 doses');
    expect(sent.length).toBe(7);
  });

  it.each([
    ['a historical dose', { sourceClass: 'historical', source: '01' }, true],
    ['a refusal', { completion: 'RE', refusal: '03' }, true],
    ['a dose of another vaccine', { cvx: '03' }, false],
    ['a dose that another registry sent', { sourceClass: 'other-registry', source: '05' }, false],
    ['a dose of a federal partner', { sourceClass: 'federal-partner' }, false],
    ['a deleted dose', { state: 'deleted' }, false],
    ['a dose that was not given', { completion: 'NA' }, false],
    ['a dose of a place that is not enrolled', { siteId: undefined, facility: 'Harbour Clinic, Maine' }, true],
  ] as const)('asks the table whether %s is sent', async (_name, more, isSent) => {
    await storedDoses(suite, personOf('ada'), recordOf('ada'), doseOf('ada', 1, more));
    await night('2021-03-12');
    expect((await rowsOf('2021-03-12')).length).toBe(isSent ? 1 : 0);
  });

  it('writes a file with a header only for a day without events', async () => {
    const { built } = await night('2021-03-12');
    expect(built).toMatchObject([{ day: '2021-03-12', records: 0, files: 1 }]);
    expect(await rowsOf('2021-03-12')).toEqual([]);
  });

  it('refuses a day that is not over, and one whose last doses may not be seen yet', async () => {
    await expect(nightly()({ now: instantOf('2021-03-12', '23:00', zone), day: '2021-03-12' })).rejects.toThrow(DayNotOver);
    await expect(nightly()({ now: instantOf('2021-03-13', '00:30', zone), day: '2021-03-12' })).rejects.toThrow(DayNotOver);
  });

  it('puts the records beyond the limit into further files', async () => {
    for (const name of ['ada', 'ben', 'cleo']) await storedDoses(suite, personOf(name), recordOf(name), doseOf(name, 1));
    await night('2021-03-12', { recordLimit: 2 });
    expect([(await rowsOf('2021-03-12', '01')).length, (await rowsOf('2021-03-12', '02')).length]).toEqual([2, 1]);
  });

  it('freezes more events than one chunk holds', async () => {
    const doses = Array.from({ length: 600 }, (_, n) => doseOf('ada', n, { sourceClass: 'historical' }));
    await storedDoses(suite, personOf('ada'), recordOf('ada'), ...doses);
    await night('2021-03-12');
    expect(new Set(await idsOf('2021-03-12')).size).toBe(600);
    expect([...(await objects()).keys()].filter((key) => key.includes('/manifest/')).length).toBe(2);
  });
});

describe('Every event is in exactly one file', () => {
  it.each([['an ordinary day', '2021-03-12'], ['the day the clocks go forward', '2021-03-14'], ['the day they go back', '2021-11-07']])(
    'when it came in at the last second of %s, or the first of the next', async (_name, day) => {
      await storedDoses(suite, personOf('ada'), recordOf('ada'), personOf('ben'), recordOf('ben'),
        doseOf('ada', 1, { givenOn: day, receivedAt: instantOf(day, '23:59:59', zone).replace('.000Z', '.999Z') }),
        doseOf('ben', 1, { givenOn: day, receivedAt: instantOf(addDays(day, 1), '00:00:00', zone) }));
      await night(day);
      await night(addDays(day, 1));
      expect([await idsOf(day), await idsOf(addDays(day, 1))]).toEqual([[doseIdFor('ada', 1)], [doseIdFor('ben', 1)]]);
    },
  );

  it('when it was stored after its day was built: in the next file', async () => {
    await storedDoses(suite, personOf('ada'), recordOf('ada'), doseOf('ada', 1));
    await night('2021-03-12');
    await storedDoses(suite, personOf('ben'), recordOf('ben'), doseOf('ben', 1));
    await night('2021-03-13');
    expect([await idsOf('2021-03-12'), await idsOf('2021-03-13')]).toEqual([[doseIdFor('ada', 1)], [doseIdFor('ben', 1)]]);
  });

  it('when days were missed: each in the file of its day', async () => {
    const days = ['2021-03-10', '2021-03-12', '2021-03-13'];
    for (const day of days) await storedDoses(suite, personOf(day), recordOf(day), doseOf(day, 1, { givenOn: day }));
    await nightly()({ now: nightAfter('2021-03-13'), day: '2021-03-13' });
    const { built } = await night('2021-03-14');
    expect(built.map(({ day }) => day)).toEqual(['2021-03-10', '2021-03-11', '2021-03-12', '2021-03-14']);
    for (const day of days) expect(await idsOf(day)).toEqual([doseIdFor(day, 1)]);
    expect((await night('2021-03-14')).built).toEqual([]);
  });

  it('when two runs build the same day at once', async () => {
    for (let n = 0; n < 60; n += 1) await storedDoses(suite, personOf(`p${n}`), recordOf(`p${n}`), doseOf(`p${n}`, 1));
    const runs = await Promise.allSettled([night('2021-03-12'), night('2021-03-12'), night('2021-03-12')]);
    expect(runs.some(({ status }) => status === 'fulfilled')).toBe(true);
    await night('2021-03-12');
    expect(new Set(await idsOf('2021-03-12')).size).toBe(60);
    expect((await idsOf('2021-03-12')).length).toBe(60);
  });

  it('when it could not be sent at first: held with its reason, and sent when it can be', async () => {
    await storedDoses(suite, personOf('ada'), recordOf('ada', { birthDate: '2021-03-20' }), doseOf('ada', 1));
    expect((await night('2021-03-12')).built).toMatchObject([{ events: 1, records: 0, held: 1 }]);
    expect([...(await objects()).values()].join('')).toContain('"faults":[{"field":"recip_dob","reason":"after-event"}]');
    await storedDoses(suite, recordOf('ada', { version: 2 }));
    expect((await night('2021-03-13')).built).toMatchObject([{ events: 1, records: 1, held: 0 }]);
    expect((await night('2021-03-14')).built).toMatchObject([{ events: 0 }]);
    expect(await idsOf('2021-03-13')).toEqual([doseIdFor('ada', 1)]);
  });

  it('when a correction makes it reportable: in the file of the day of the correction', async () => {
    const flu = doseOf('ada', 1, { cvx: '150', givenOn: '2021-02-01' });
    await storedDoses(suite, personOf('ada'), recordOf('ada'), flu);
    await night('2021-03-11');
    const { next, former } = corrected(flu, '2021-03-12T15:00:00.000Z', { cvx: '208' });
    await storedDoses(suite, next, former);
    await night('2021-03-12');
    expect(await idsOf('2021-03-12')).toEqual([doseIdFor('ada', 1)]);
  });
});

describe('What changes after it was sent', () => {
  const dose = doseOf('ada', 1);
  const change = (at: string, changes: object, head = dose) => corrected(head, at, changes);
  beforeEach(() => storedDoses(suite, personOf('ada'), recordOf('ada'), dose));

  it('goes into the ledger of the day of the change, never into a file', async () => {
    await night('2021-03-12');
    const before = (await objects()).get(fileKey('2021-03-12'));
    const { next, former } = change('2021-03-13T15:00:00.000Z', { lot: 'EW0151' });
    await storedDoses(suite, next, former);
    await night('2021-03-13');
    expect(await restatements('2021-03-13')).toEqual([{ doseId: doseIdFor('ada', 1), change: 'update', sentVersion: 1, nowVersion: 2 }]);
    expect((await objects()).get(fileKey('2021-03-12'))).toBe(before);
    expect(await idsOf('2021-03-13')).toEqual([]);
  });

  it.each([['deleted', { state: 'deleted' }], ['corrected to another vaccine', { cvx: '150' }]] as const)('is a deletion when it was %s', async (_name, changes) => {
    await night('2021-03-12');
    const { next, former } = change('2021-03-13T15:00:00.000Z', changes);
    await storedDoses(suite, next, former);
    await night('2021-03-13');
    expect(await restatements('2021-03-13')).toMatchObject([{ change: 'delete', nowVersion: 2 }]);
  });

  it('is sent as it is when it changed before it was claimed, and needs no restatement', async () => {
    const { next, former } = change('2021-03-13T05:30:00.000Z', { lot: 'EW0151' });
    await storedDoses(suite, next, former);
    await night('2021-03-12');
    await night('2021-03-13');
    expect(await rowsOf('2021-03-12')).toMatchObject([{ lot_number: 'EW0151' }]);
    expect(await restatements('2021-03-13')).toEqual([]);
  });

  it('does not change the bytes when it comes between two builds of one file', async () => {
    failNthCall(s3.client, 2);
    await expect(night('2021-03-12')).rejects.toThrow('stopped');
    failNthCall.restore(s3.client);
    const { next, former } = change('2021-03-13T12:00:00.000Z', { lot: 'EW0151' });
    await storedDoses(suite, next, former);
    await night('2021-03-12');
    expect(await rowsOf('2021-03-12')).toMatchObject([{ lot_number: 'EW0150' }]);
    await night('2021-03-13');
    expect(await restatements('2021-03-13')).toMatchObject([{ change: 'update', sentVersion: 1, nowVersion: 2 }]);
  });

  it('would change the file if rows were not frozen (negative control): the claim alone keeps the dose, not the patient', async () => {
    await night('2021-03-12');
    const frozen = (await objects()).get(fileKey('2021-03-12')) ?? '';
    await storedDoses(suite, recordOf('ada', { birthDate: '1981-02-04', version: 2 }));
    const { people, submissions } = stores();
    const submission = await submissions.submission('2021-03-12_new_01');
    if (submission === undefined) throw new Error('no submission');
    const unfrozen = makeFreezeManifest({
      people, siteOf: () => Promise.resolve(undefined), bucket: makeWritableBucket(bucketName, () => Promise.resolve(s3.client)),
      submissions: { ...submissions, chunk: () => Promise.resolve(undefined), nameChunk: () => Promise.resolve({ kind: 'committed' }) },
    });
    const rows: string[] = [];
    for await (const line of unfrozen(submission, '2021-03-13')) if ('row' in line) rows.push(line.row.join('\t'));
    expect(frozen.split('\r\n')[1]).not.toBe(rows[0]);
    expect((await night('2021-03-12')).built).toEqual([]);
    expect((await objects()).get(fileKey('2021-03-12'))).toBe(frozen);
  });
});

describe('A night that is stopped', () => {
  const day = async (): Promise<void> => {
    await storedDoses(suite, personOf('ada'), recordOf('ada'), doseOf('ada', 1), personOf('ben'), recordOf('ben', { birthDate: '2021-03-20' }), doseOf('ben', 1));
    const { next, former } = corrected(doseOf('ada', 2, { givenOn: '2021-02-01' }), '2021-03-12T15:00:00.000Z', { lot: 'X1' });
    await storedDoses(suite, next, former);
  };
  const endState = async () => ({ objects: await objects(), items: await items() });

  it('at any of its calls comes to the same end when it runs again', async () => {
    const run = () => nightly()({ now: nightAfter('2021-03-12'), day: '2021-03-12' });
    await day();
    const [dynamoCalls, s3Calls] = [failNthCall(suite.dynamo, Infinity), failNthCall(s3.client, Infinity)];
    await run();
    const counts = [[suite.dynamo, dynamoCalls.calls], [s3.client, s3Calls.calls]] as const;
    for (const [client] of counts) failNthCall.restore(client);
    const expected = await endState();
    expect(counts.map(([, count]) => count > 2)).toEqual([true, true]);
    for (const [client, count] of counts)
      for (let n = 1; n <= count; n += 1) {
        await freshPlace();
        await day();
        failNthCall(client, n);
        await expect(run()).rejects.toThrow('stopped');
        failNthCall.restore(client);
        await run();
        expect(await endState()).toEqual(expected);
      }
  }, 300_000);
});

import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { makeWritableBucket } from '../../shared/platform/bucket-writer.ts';
import { makeFreezeManifest } from '../../functions/reports/freeze-manifest.ts';
import { corrected, doseIdFor, doseOf, personOf, recordOf, storedDoses } from '../support/dose-items.ts';
import { openS3, type EmulatedS3 } from '../support/emulated-s3.ts';
import { enrolledSite } from '../support/enrolled.ts';
import { failNthCall } from '../support/fail-nth-call.ts';
import { fileKey, freshNightPlace, nightAfter, type NightPlace } from '../support/nights.ts';
import { openSuite, type Suite } from '../support/suite.ts';

let suite: Suite;
let s3: EmulatedS3;
let at: NightPlace;

beforeAll(async () => {
  suite = await openSuite('reportsrestatements');
  s3 = await openS3({});
  await enrolledSite(suite, 'sit_elm', { address: { street: '1 Elm Street', city: 'Hartford', county: '09003', state: 'CT', zip: '06106' } });
});
afterAll(async () => {
  await s3.stop();
  await suite.stop();
});
beforeEach(async () => { at = await freshNightPlace(suite, s3); });

describe('What changes after it was sent', () => {
  const dose = doseOf('ada', 1);
  const change = (at: string, changes: object, head = dose) => corrected(head, at, changes);
  beforeEach(() => storedDoses(suite, personOf('ada'), recordOf('ada'), dose));

  it('goes into the ledger of the day of the change, never into a file', async () => {
    await at.night('2021-03-12');
    const before = (await at.objects()).get(fileKey('2021-03-12'));
    const { next, former } = change('2021-03-13T15:00:00.000Z', { lot: 'EW0151' });
    await storedDoses(suite, next, former);
    await at.night('2021-03-13');
    expect(await at.restatements('2021-03-13')).toEqual([{ doseId: doseIdFor('ada', 1), change: 'update', fields: ['lot_number'], sentVersion: 1, nowVersion: 2 }]);
    expect((await at.objects()).get(fileKey('2021-03-12'))).toBe(before);
    expect(await at.idsOf('2021-03-13')).toEqual([]);
  });

  it.each([['deleted', { state: 'deleted' }], ['corrected to another vaccine', { cvx: '150' }]] as const)('is a deletion when it was %s', async (_name, changes) => {
    await at.night('2021-03-12');
    const { next, former } = change('2021-03-13T15:00:00.000Z', changes);
    await storedDoses(suite, next, former);
    await at.night('2021-03-13');
    expect(await at.restatements('2021-03-13')).toMatchObject([{ change: 'delete', nowVersion: 2 }]);
  });

  it('is sent as it is when it changed before it was claimed, and needs no restatement', async () => {
    const { next, former } = change('2021-03-13T05:30:00.000Z', { lot: 'EW0151' });
    await storedDoses(suite, next, former);
    await at.night('2021-03-12');
    await at.night('2021-03-13');
    expect(await at.rowsOf('2021-03-12')).toMatchObject([{ lot_number: 'EW0151' }]);
    expect(await at.restatements('2021-03-13')).toEqual([]);
  });

  it('does not change the bytes when it comes between two builds of one file', async () => {
    failNthCall(s3.client, 2);
    await expect(at.night('2021-03-12')).rejects.toThrow('stopped');
    failNthCall.restore(s3.client);
    const { next, former } = change('2021-03-13T12:00:00.000Z', { lot: 'EW0151' });
    await storedDoses(suite, next, former);
    await at.night('2021-03-12');
    expect(await at.rowsOf('2021-03-12')).toMatchObject([{ lot_number: 'EW0150' }]);
    await at.night('2021-03-13');
    expect(await at.restatements('2021-03-13')).toMatchObject([{ change: 'update', sentVersion: 1, nowVersion: 2 }]);
  });

  it('would change the file if rows were not frozen (negative control): the claim alone keeps the dose, not the patient', async () => {
    await at.night('2021-03-12');
    const frozen = (await at.objects()).get(fileKey('2021-03-12')) ?? '';
    await storedDoses(suite, recordOf('ada', { birthDate: '1981-02-04', version: 2 }));
    const { people, submissions } = at;
    const submission = await submissions.submission('2021-03-12_new_01');
    if (submission === undefined) throw new Error('no submission');
    const unfrozen = makeFreezeManifest({
      people, siteOf: () => Promise.resolve(undefined), bucket: makeWritableBucket(at.bucketName, () => Promise.resolve(s3.client)),
      submissions: { ...submissions, chunk: () => Promise.resolve(undefined), nameChunk: () => Promise.resolve({ kind: 'committed' }) },
    });
    const rows: string[] = [];
    for await (const line of unfrozen(submission, '2021-03-13')) if ('row' in line) rows.push(line.row.join('\t'));
    expect(frozen.split('\r\n')[1]).not.toBe(rows[0]);
    expect((await at.night('2021-03-12')).built).toEqual([]);
    expect((await at.objects()).get(fileKey('2021-03-12'))).toBe(frozen);
  });
});

describe('A night that is stopped', () => {
  const day = async (): Promise<void> => {
    await storedDoses(suite, personOf('ada'), recordOf('ada'), doseOf('ada', 1), personOf('ben'), recordOf('ben', { birthDate: '2021-03-20' }), doseOf('ben', 1));
    const { next, former } = corrected(doseOf('ada', 2, { givenOn: '2021-02-01' }), '2021-03-12T15:00:00.000Z', { lot: 'X1' });
    await storedDoses(suite, next, former);
  };
  const endState = async () => ({ objects: await at.objects(), items: await at.items() });

  it('at any of its calls comes to the same end when it runs again', async () => {
    const run = () => at.run({ now: nightAfter('2021-03-12'), day: '2021-03-12' });
    await day();
    const [dynamoCalls, s3Calls] = [failNthCall(suite.dynamo, Infinity), failNthCall(s3.client, Infinity)];
    await run();
    const counts = [[suite.dynamo, dynamoCalls.calls], [s3.client, s3Calls.calls]] as const;
    for (const [client] of counts) failNthCall.restore(client);
    const expected = await endState();
    expect(counts.map(([, count]) => count > 2)).toEqual([true, true]);
    for (const [client, count] of counts)
      for (let n = 1; n <= count; n += 1) {
        at = await freshNightPlace(suite, s3);
        await day();
        failNthCall(client, n);
        await expect(run()).rejects.toThrow('stopped');
        failNthCall.restore(client);
        await run();
        expect(await endState()).toEqual(expected);
      }
  }, 300_000);
});

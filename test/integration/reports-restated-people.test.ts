import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { addDays } from '../../shared/kernel/dates.ts';
import type { DoseItem } from '../../shared/published/dose.ts';
import { corrected, doseIdFor, doseOf, personOf, recordOf, respoken, storedDoses } from '../support/dose-items.ts';
import { openS3, type EmulatedS3 } from '../support/emulated-s3.ts';
import { enrolledSite } from '../support/enrolled.ts';
import { failNthCall } from '../support/fail-nth-call.ts';
import { freshNightPlace, type NightPlace } from '../support/nights.ts';
import { openSuite, type Suite } from '../support/suite.ts';

let suite: Suite;
let s3: EmulatedS3;
let at: NightPlace;

const hartford = { address: { street: '1 Elm Street', city: 'Hartford', county: '09003', state: 'CT', zip: '06106' } };
beforeAll(async () => {
  suite = await openSuite('reportsrestatedpeople');
  s3 = await openS3({});
});
afterAll(async () => {
  await s3.stop();
  await suite.stop();
});

const sentOn = '2021-03-12';
const later = '2021-03-15';
const noon = (day: string): string => `${day}T16:00:00.000Z`;
/** Given three weeks before it was told, so that a dose of `later` is a second one. */
const first = doseOf('ada', 1, { givenOn: '2021-02-19', receivedAt: noon(sentOn) });
const moved = { home: { residence: 'inside', town: 'New Haven', county: '09009', state: 'CT', zip: '06510' } } as const;

beforeEach(async () => {
  at = await freshNightPlace(suite, s3);
  await enrolledSite(suite, 'sit_elm', hartford);
  await storedDoses(suite, personOf('ada'), recordOf('ada'), first);
});
/** Every night up to that of a day. */
const nightsUntil = async (day: string): Promise<void> => { await at.run({ now: `${addDays(day, 1)}T08:00:00.000Z` }); };
const retold = async (day: string, changes: object, record = recordOf('ada')) => {
  const { next, former } = respoken(record, noon(day), changes);
  await storedDoses(suite, next, former);
  return next;
};

describe('A patient of whom something else is said after an event was sent', () => {
  beforeEach(() => at.night(sentOn));
  const restated = (fields: readonly string[], n = 1) => [{ doseId: doseIdFor('ada', n), change: 'update', fields, sentVersion: 1, nowVersion: 1 }];

  it.each([
    ['moves to another county', moved, ['recip_address_county', 'recip_address_zip']],
    ['was born on another day', { birthDate: '1981-02-04' }, ['recip_dob']],
    ['is of another race and ethnicity', { races: ['2054-5'], ethnicity: '2135-2' }, ['recip_race_1', 'recip_ethnicity']],
    ['is of the other sex', { sex: 'M' }, ['recip_sex']],
    ['was born after the dose, so that no row can say it', { birthDate: '2021-03-20' }, ['recip_dob']],
  ])('%s: one restatement, that names columns only, and none on the nights after', async (_name, changes, fields) => {
    await retold(later, changes);
    await nightsUntil(later);
    expect(await at.restatements(later)).toEqual(restated(fields));
    await nightsUntil(addDays(later, 2));
    const entries = (await at.items()).filter(({ type }) => type === 'restatement');
    expect(entries.length).toBe(1);
    expect(Object.keys(entries[0] ?? {}).sort()).toEqual(['change', 'day', 'doseId', 'fields', 'nowVersion', 'pk', 'recordedAt', 'schema', 'sentVersion', 'sk', 'submissionId', 'type']);
  });

  it.each([
    ['a name, which is not sent', { names: [{ family: 'Quimby', given: 'Adah' }] }],
    ['a street in the same place, which is not sent', { addresses: [{ street: '18 Larkspur Row', city: 'Hartford', state: 'CT', zip: '06103' }] }],
    ['a telephone number', { phones: [{ number: '8605550100' }] }],
  ])('is not restated for %s', async (_name, changes) => {
    await retold(later, changes);
    await nightsUntil(later);
    expect(await at.restatements(later)).toEqual([]);
  });

  it('is restated again when the old word comes back, with no column that differs from the file', async () => {
    const next = await retold(later, moved);
    await nightsUntil(later);
    await retold(addDays(later, 1), { home: recordOf('ada').home }, next);
    await nightsUntil(addDays(later, 1));
    expect(await at.restatements(addDays(later, 1))).toEqual(restated([]));
  });

  it('is found by the next night when the word was stored after the night of its day', async () => {
    await nightsUntil(later);
    await retold(addDays(later, -2), moved);
    await nightsUntil(addDays(later, 1));
    expect(await at.restatements(addDays(later, 1))).toEqual(restated(['recip_address_county', 'recip_address_zip']));
  });

  it('is not restated because the site moved, but is when the dose was corrected to have been given elsewhere', async () => {
    await enrolledSite(suite, 'sit_elm', { address: { ...hartford.address, zip: '06105' } });
    await retold(later, { sex: 'M' });
    await nightsUntil(later);
    expect(await at.restatements(later)).toEqual(restated(['recip_sex']));
    await enrolledSite(suite, 'sit_oak', { address: { ...hartford.address, zip: '06112' } });
    const { next: dose, former } = corrected(first, noon(addDays(later, 1)), { siteId: 'sit_oak' });
    await storedDoses(suite, dose, former);
    await nightsUntil(addDays(later, 1));
    expect(await at.restatements(addDays(later, 1))).toMatchObject([{ fields: expect.arrayContaining(['recip_sex', 'admin_address_zip']), nowVersion: 2 }]);
  });

  it('is told once when the night stops at any call and runs again', async () => {
    await nightsUntil(addDays(later, -1));
    await retold(later, moved);
    for (let n = 1, isStopped = true; isStopped; n += 1) {
      failNthCall(suite.dynamo, n);
      isStopped = await nightsUntil(later).then(() => false, () => true);
      failNthCall.restore(suite.dynamo);
    }
    expect(await at.restatements(later)).toEqual(restated(['recip_address_county', 'recip_address_zip']));
    expect((await at.items()).filter(({ type }) => type === 'restatement').length).toBe(1);
  }, 120_000);
});

describe('A dose that comes after another of the person was sent', () => {
  const given = (n: number, givenOn: string, more: Partial<DoseItem> = {}) => doseOf('ada', n, { givenOn, receivedAt: noon(later), ...more });
  beforeEach(() => at.night(sentOn));

  it('changes nothing of the first when it is the second', async () => {
    await storedDoses(suite, given(2, later));
    await nightsUntil(later);
    expect(await at.rowsOf(later)).toMatchObject([{ dose_num: '2' }]);
    expect(await at.restatements(later)).toEqual([]);
  });

  it.each([
    ['its own event', {}, 1],
    ['another registry’s, which CDC does not get from us', { sourceClass: 'other-registry', siteId: undefined } as const, 0],
  ])('restates the number of the one sent when it was given before it and is %s', async (_name, more, rows) => {
    await storedDoses(suite, given(2, '2021-01-15', more));
    await nightsUntil(later);
    expect((await at.rowsOf(later)).length).toBe(rows);
    expect(await at.restatements(later)).toEqual([
      { doseId: doseIdFor('ada', 1), change: 'update', fields: ['dose_num', 'vax_series_complete'], sentVersion: 1, nowVersion: 1 },
    ]);
  });

  it('and is withdrawn again restates the number once more', async () => {
    const early = given(2, '2021-01-15');
    await storedDoses(suite, early);
    await nightsUntil(later);
    const { next, former } = corrected(early, noon(addDays(later, 1)), { state: 'deleted' });
    await storedDoses(suite, next, former);
    await nightsUntil(addDays(later, 1));
    expect(new Set(await at.restatements(addDays(later, 1)))).toEqual(new Set([
      { doseId: doseIdFor('ada', 2), change: 'delete', fields: [], sentVersion: 1, nowVersion: 2 },
      { doseId: doseIdFor('ada', 1), change: 'update', fields: [], sentVersion: 1, nowVersion: 1 },
    ]));
  });
});

describe('A builder that keeps no digest of what it sends (negative control)', () => {
  it('cannot find that the patient moved', async () => {
    await at.night(sentOn, { isForgetful: true });
    await retold(later, moved);
    await nightsUntil(later);
    expect(await at.restatements(later)).toEqual([]);
  });
});

import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { createHash } from 'node:crypto';
import { addDays, instantOf } from '../../shared/kernel/dates.ts';
import { DayNotOver } from '../../functions/reports/run-nightly.ts';
import { corrected, doseIdFor, doseOf, personOf, recordOf, storedDoses } from '../support/dose-items.ts';
import { openS3, type EmulatedS3 } from '../support/emulated-s3.ts';
import { enrolledSite } from '../support/enrolled.ts';
import { fileKey, freshNightPlace, nightAfter, zone, type NightPlace } from '../support/nights.ts';
import { openSuite, type Suite } from '../support/suite.ts';

let suite: Suite;
let s3: EmulatedS3;
let at: NightPlace;

beforeAll(async () => {
  suite = await openSuite('reportsnightly');
  s3 = await openS3({});
  await enrolledSite(suite, 'sit_elm', { address: { street: '1 Elm Street', city: 'Hartford', county: '09003', state: 'CT', zip: '06106' } });
});
afterAll(async () => {
  await s3.stop();
  await suite.stop();
});
beforeEach(async () => { at = await freshNightPlace(suite, s3); });

describe('The night', () => {
  it('writes what CDC gets of a dose, and nothing that names a person', async () => {
    await storedDoses(suite, personOf('Ariadne', { records: ['Ariadne', 'pharmacy'] }), recordOf('Ariadne'), recordOf('pharmacy', { person: 'Ariadne' }),
      doseOf('Ariadne', 1), doseOf('pharmacy', 1, { givenOn: '2021-02-19', receivedAt: '2021-02-19T17:00:00.000Z' }));
    const { built } = await at.run({ now: nightAfter('2021-03-12'), day: '2021-03-12' });
    expect(built).toEqual([{ day: '2021-03-12', submissionId: '2021-03-12_new_01', events: 1, records: 1, held: 0, files: 1 }]);
    expect(await at.rowsOf('2021-03-12')).toEqual([expect.objectContaining({
      vax_event_id: doseIdFor('Ariadne', 1), recip_first_name: 'Redacted', recip_dob: '1981-02-03', recip_address_county: '09003', recip_race_1: '2106-3',
      admin_date: '2021-03-12', cvx: '208', ndc: '59267-1000-01', lot_number: 'EW0150', dose_num: '2', vax_series_complete: 'YES',
      responsible_org: 'Elm Street Health, Inc.', vtrcks_prov_pin: '100001', admin_type: '3', vax_refusal: 'NO',
    })]);
    expect([...(await at.objects()).values()].join('')).not.toMatch(/Ariadne|Quimby|Larkspur/);
    const submission = await at.submissions.submission('2021-03-12_new_01');
    const text = (await at.objects()).get(fileKey('2021-03-12')) ?? '';
    expect(submission).toMatchObject({ state: 'built', records: 1, files: [{ name: '20210312_01_CTA.txt', sha256: createHash('sha256').update(text).digest('hex') }] });
    expect(at.sent.map(({ table, day }) => `${day} ${table}`)).toContain('2021-03-12 doses');
    expect(at.sent.length).toBe(7);
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
    await at.night('2021-03-12');
    expect((await at.rowsOf('2021-03-12')).length).toBe(isSent ? 1 : 0);
  });

  it('writes a file with a header only for a day without events', async () => {
    const { built } = await at.night('2021-03-12');
    expect(built).toMatchObject([{ day: '2021-03-12', records: 0, files: 1 }]);
    expect(await at.rowsOf('2021-03-12')).toEqual([]);
  });

  it('refuses a day that is not over, and one whose last doses may not be seen yet', async () => {
    await expect(at.run({ now: instantOf('2021-03-12', '23:00', zone), day: '2021-03-12' })).rejects.toThrow(DayNotOver);
    await expect(at.run({ now: instantOf('2021-03-13', '00:30', zone), day: '2021-03-12' })).rejects.toThrow(DayNotOver);
  });

  it('puts the records beyond the limit into further files', async () => {
    for (const name of ['ada', 'ben', 'cleo']) await storedDoses(suite, personOf(name), recordOf(name), doseOf(name, 1));
    await at.night('2021-03-12', { recordLimit: 2 });
    expect([(await at.rowsOf('2021-03-12', '01')).length, (await at.rowsOf('2021-03-12', '02')).length]).toEqual([2, 1]);
  });

  it('freezes more events than one chunk holds', async () => {
    const doses = Array.from({ length: 25 }, (_, n) => doseOf('ada', n, { sourceClass: 'historical' }));
    await storedDoses(suite, personOf('ada'), recordOf('ada'), ...doses);
    await at.night('2021-03-12', { eventsAChunk: 10 });
    expect(new Set(await at.idsOf('2021-03-12')).size).toBe(25);
    expect([...(await at.objects()).keys()].filter((key) => key.includes('/manifest/')).length).toBe(3);
  });
});

describe('Every event is in exactly one file', () => {
  it.each([['an ordinary day', '2021-03-12'], ['the day the clocks go forward', '2021-03-14'], ['the day they go back', '2021-11-07']])(
    'when it came in at the last second of %s, or the first of the next', async (_name, day) => {
      await storedDoses(suite, personOf('ada'), recordOf('ada'), personOf('ben'), recordOf('ben'),
        doseOf('ada', 1, { givenOn: day, receivedAt: instantOf(day, '23:59:59', zone).replace('.000Z', '.999Z') }),
        doseOf('ben', 1, { givenOn: day, receivedAt: instantOf(addDays(day, 1), '00:00:00', zone) }));
      await at.night(day);
      await at.night(addDays(day, 1));
      expect([await at.idsOf(day), await at.idsOf(addDays(day, 1))]).toEqual([[doseIdFor('ada', 1)], [doseIdFor('ben', 1)]]);
    },
  );

  it('when it was stored after its day was built: in the next file', async () => {
    await storedDoses(suite, personOf('ada'), recordOf('ada'), doseOf('ada', 1));
    await at.night('2021-03-12');
    await storedDoses(suite, personOf('ben'), recordOf('ben'), doseOf('ben', 1));
    await at.night('2021-03-13');
    expect([await at.idsOf('2021-03-12'), await at.idsOf('2021-03-13')]).toEqual([[doseIdFor('ada', 1)], [doseIdFor('ben', 1)]]);
  });

  it('which a builder that claims carelessly breaks (negative control)', async () => {
    await storedDoses(suite, personOf('ada'), recordOf('ada'), doseOf('ada', 1));
    await at.night('2021-03-12');
    await at.night('2021-03-13', { isCareless: true });
    expect([await at.idsOf('2021-03-12'), await at.idsOf('2021-03-13')]).toEqual([[doseIdFor('ada', 1)], [doseIdFor('ada', 1)]]);
  });

  it('when days were missed: each in the file of its day', async () => {
    const days = ['2021-03-10', '2021-03-12', '2021-03-13'];
    for (const day of days) await storedDoses(suite, personOf(day), recordOf(day), doseOf(day, 1, { givenOn: day }));
    await at.run({ now: nightAfter('2021-03-13'), day: '2021-03-13' });
    const { built } = await at.night('2021-03-14');
    expect(built.map(({ day }) => day)).toEqual(['2021-03-10', '2021-03-11', '2021-03-12', '2021-03-14']);
    for (const day of days) expect(await at.idsOf(day)).toEqual([doseIdFor(day, 1)]);
    expect((await at.night('2021-03-14')).built).toEqual([]);
  });

  it('when the first night comes weeks after the first dose', async () => {
    await storedDoses(suite, personOf('ada'), recordOf('ada'), doseOf('ada', 1, { givenOn: '2021-02-26' }));
    const { built } = await at.night('2021-03-12');
    expect([built.length, built[0]?.day]).toEqual([15, '2021-02-26']);
    expect(await at.idsOf('2021-02-26')).toEqual([doseIdFor('ada', 1)]);
  });

  it('when two runs build the same day at once', async () => {
    const names = Array.from({ length: 60 }, (_, n) => `p${n}`);
    await storedDoses(suite, ...names.flatMap((name) => [personOf(name), recordOf(name), doseOf(name, 1)]));
    const runs = await Promise.allSettled([at.night('2021-03-12'), at.night('2021-03-12'), at.night('2021-03-12')]);
    expect(runs.some(({ status }) => status === 'fulfilled')).toBe(true);
    await at.night('2021-03-12');
    expect(new Set(await at.idsOf('2021-03-12')).size).toBe(60);
    expect((await at.idsOf('2021-03-12')).length).toBe(60);
  });

  it('when it could not be sent at first: held with its reason, and sent when it can be', async () => {
    await storedDoses(suite, personOf('ada'), recordOf('ada', { birthDate: '2021-03-20' }), doseOf('ada', 1));
    expect((await at.night('2021-03-12')).built).toMatchObject([{ events: 1, records: 0, held: 1 }]);
    expect([...(await at.objects()).values()].join('')).toContain('"faults":[{"field":"recip_dob","reason":"after-event"}]');
    const held = { submissionId: '2021-03-12_new_01', doseId: doseIdFor('ada', 1), doseVersion: 1, siteId: 'sit_elm', faults: [{ field: 'recip_dob', reason: 'after-event' }] };
    const heldNow = async () => (await at.submissions.heldNow({ limit: 10 })).items;
    expect([await heldNow(), (await at.submissions.heldBy('2021-03-12_new_01', { limit: 10 })).items]).toMatchObject([[held], [held]]);
    await storedDoses(suite, recordOf('ada', { version: 2 }));
    expect((await at.night('2021-03-13')).built).toMatchObject([{ events: 1, records: 1, held: 0 }]);
    expect((await at.night('2021-03-14')).built).toMatchObject([{ events: 0 }]);
    expect(await at.idsOf('2021-03-13')).toEqual([doseIdFor('ada', 1)]);
    expect([await heldNow(), (await at.submissions.heldBy('2021-03-12_new_01', { limit: 10 })).items]).toMatchObject([[], [held]]);
  });

  it('or in none: one that was held and then deleted waits no more, and is sent when it is taken back in', async () => {
    const told = doseOf('ada', 1);
    await storedDoses(suite, personOf('ada'), recordOf('ada', { birthDate: '2021-03-20' }), told);
    await at.night('2021-03-12');
    const gone = corrected(told, '2021-03-13T15:00:00.000Z', { state: 'deleted' });
    await storedDoses(suite, gone.next, gone.former);
    await at.night('2021-03-13');
    expect((await at.submissions.heldNow({ limit: 10 })).items).toEqual([]);
    const back = corrected(gone.next, '2021-03-14T15:00:00.000Z', {});
    await storedDoses(suite, recordOf('ada', { version: 2 }), back.next, back.former);
    await at.night('2021-03-14');
    expect(await at.idsOf('2021-03-14')).toEqual([doseIdFor('ada', 1)]);
  });

  it('when a correction makes it reportable: in the file of the day of the correction', async () => {
    const flu = doseOf('ada', 1, { cvx: '150', givenOn: '2021-02-01', receivedAt: '2021-03-10T17:00:00.000Z' });
    await storedDoses(suite, personOf('ada'), recordOf('ada'), flu);
    await at.night('2021-03-11');
    const { next, former } = corrected(flu, '2021-03-12T15:00:00.000Z', { cvx: '208' });
    await storedDoses(suite, next, former);
    await at.night('2021-03-12');
    expect(await at.idsOf('2021-03-12')).toEqual([doseIdFor('ada', 1)]);
  });
});

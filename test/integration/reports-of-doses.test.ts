import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { doseItem } from '../../shared/published/dose.ts';
import { valuesOf, type CvrsValues } from '../../functions/reports/domain/cvrs-columns.ts';
import { readCvrsText } from '../../functions/reports/domain/cvrs-reader.ts';
import { createCvrsValidator } from '../../functions/reports/domain/cvrs-validator.ts';
import { openDoseReports, type DoseReports } from '../support/dose-reports.ts';
import { openDoseRoom, order, siteIds, vxu, type DoseRoom } from '../support/dose-room.ts';

/** Doses come in as EHRs send them; reports see only what the doses context stored. */
let room: DoseRoom;
let reports: DoseReports;

beforeAll(async () => {
  room = await openDoseRoom('reportsOfDoses');
  reports = await openDoseReports(room);
  await room.stock({}, 100);
});
afterAll(() => room.stop());

const rowsOf = async (day: string): Promise<CvrsValues[]> => {
  const read = readCvrsText(await reports.fileOf(day));
  if (read.kind !== 'cvrs') throw new Error(read.reason);
  const validator = createCvrsValidator({ today: '2021-03-31' });
  expect(read.rows.flatMap((row) => validator.check(row)).filter(({ level }) => level === 'ERROR')).toEqual([]);
  return read.rows.map(valuesOf);
};

describe('A dose that an EHR reports', () => {
  it('is counted, sent to CDC the night after, and restated when it is corrected', async () => {
    const at = { now: '2021-03-09T04:59:59.999Z' };
    expect((await room.sendHl7(vxu({ given: 'Ariadne' }), 'elm-ehr', at)).text).toContain('MSA|AA');
    await room.sendHl7(vxu({ id: 'P2', given: 'Child', birth: '20200101', orders: order({ filler: 'F2^ELM', vaccine: '03^MMR^CVX', lot: 'M1', mvx: 'MSD^^MVX' }) }), 'elm-ehr', at);
    expect(await reports.coverage('town')).toMatchObject({ rows: [{ value: 'Hartford', first: 1, complete: 1, dosesGiven: 1 }] });
    await reports.night({ scheduledTime: '2021-03-09T08:00:00Z' });
    const [row, ...others] = await rowsOf('2021-03-08');
    expect(others).toEqual([]);
    expect(row).toMatchObject({
      admin_date: '2021-03-08', cvx: '212', mvx: 'JSN', recip_race_1: '2054-5', recip_address_zip: '06106', recip_address_county: '09003', dose_num: '1', vax_series_complete: 'YES',
      admin_name: 'Elm Street Clinic', vtrcks_prov_pin: '100001', vax_route: 'C28161', vax_admin_site: 'LA', recip_last_name: 'Redacted',
    });

    const params = { siteId: siteIds.elm, doseId: row?.vax_event_id ?? '' };
    const deleted = await room.asNurse({ route: 'DELETE /sites/{siteId}/doses/{doseId}', params, ifMatch: 1, body: { reason: 'it was not given' }, now: '2021-03-09T15:00:00.000Z' });
    expect(deleted.status).toBe(200);
    expect(await reports.coverage('town')).toMatchObject({ rows: [] });
    await reports.night({ scheduledTime: '2021-03-10T08:00:00Z' });
    expect(await rowsOf('2021-03-09')).toEqual([]);
    expect(await reports.restatements('2021-03-09')).toMatchObject([{ doseId: params.doseId, change: 'delete', sentVersion: 1, nowVersion: 2 }]);
  });

  it('is one person’s second dose when two organizations gave one each', async () => {
    const pfizer = { vaccine: '208^^CVX^59267-1000-01^^NDC', mvx: 'PFR^^MVX', lot: 'EW0150', expiry: '20210731' };
    const who = { family: 'Thistle', given: 'Hero', birth: '19700101' };
    await room.sendHl7(vxu({ ...who, id: 'E9', orders: order({ ...pfizer, filler: 'A1^ELM', on: '20210301' }) }), 'elm-ehr', { now: '2021-03-10T15:00:00.000Z' });
    await room.sendHl7(vxu({ ...who, id: 'K9', authority: 'OAK', responsible: 'OAK', orders: order({ ...pfizer, filler: 'B1^OAK', on: '20210310', facility: 'Oak Hospital' }) }), 'oak-ehr', { now: '2021-03-10T16:00:00.000Z' });
    await reports.night({ scheduledTime: '2021-03-11T08:00:00Z' });
    const rows = await rowsOf('2021-03-10');
    expect(new Set(rows.map((row) => row.recip_id)).size).toBe(1);
    expect(rows.map((row) => [row.admin_date, row.dose_num, row.vax_series_complete]).sort()).toEqual([['2021-03-01', '1', 'NO'], ['2021-03-10', '2', 'YES']]);
    expect((await reports.coverage('total'))['rows']).toMatchObject([{ first: 1, complete: 1, dosesGiven: 2 }]);
  });

  it('never has a row that its own record does not mark as reportable', async () => {
    const doses = (await room.items()).flatMap((item) => (item['type'] === 'dose' ? [doseItem.parse(item)] : []));
    expect(doses.length).toBe(4);
    expect(doses.filter(({ reportable }) => reportable).length).toBe(3);
  });
});

describe('A patient whose EHR tells another address after the dose was sent', () => {
  const moving = { id: 'M1', family: 'Wren', given: 'Ione', birth: '19660606', orders: order({ filler: 'M1^ELM', on: '20210311' }) };
  it('is restated once, by columns', async () => {
    await room.sendHl7(vxu(moving), 'elm-ehr', { now: '2021-03-11T15:00:00.000Z' });
    await reports.night({ scheduledTime: '2021-03-12T08:00:00Z' });
    const [row] = await rowsOf('2021-03-11');
    await room.sendHl7(vxu(moving).replaceAll('06106', '06510').replaceAll('Hartford', 'New Haven'), 'elm-ehr', { now: '2021-03-12T15:00:00.000Z' });
    await reports.night({ scheduledTime: '2021-03-13T08:00:00Z' });
    await reports.night({ scheduledTime: '2021-03-14T08:00:00Z' });
    const [of12, of13] = await Promise.all(['2021-03-12', '2021-03-13'].map((day) => reports.restatements(day)));
    expect(of12).toMatchObject([{ doseId: row?.vax_event_id, change: 'update', fields: ['recip_address_county', 'recip_address_zip'], sentVersion: 1, nowVersion: 1 }]);
    expect(of13).toEqual([]);
  });
});

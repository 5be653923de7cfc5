import { describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { parse } from 'csv-parse/sync';
import { sharedPath } from '../support/shared.ts';
import { jurisdictionFor } from '../../shared/codes/jurisdiction.ts';
import { placeOf, priorityZipsOn, townNamed } from '../../shared/codes/places.ts';
import { allStates, isCounty, stateOf, zipFitsState } from '../../shared/codes/states.ts';
import { submittingEntityOf } from '../../shared/codes/submitting-entities.ts';

const CT = jurisdictionFor('CTA');
const rows = (name: string): Record<string, string>[] => parse(readFileSync(sharedPath(name)), { columns: true, bom: true });

describe("Connecticut's configuration", () => {
  it('is found by the awardee code, and no other is invented', () => {
    expect(CT).toMatchObject({ code: 'CTA', timeZone: 'America/New_York', stateFips: '09', usps: 'CT', pinPrefix: 'CTA' });
    expect(submittingEntityOf(CT.code)?.name).toBe('Connecticut');
    expect(() => jurisdictionFor('ZZA')).toThrow();
    expect(() => jurisdictionFor('toString')).toThrow();
  });
  it('holds 169 towns with 3,565,287 people, 34 of them flagged', () => {
    expect(CT.towns()).toHaveLength(169);
    expect(CT.towns().reduce((sum, { population }) => sum + population, 0)).toBe(3_565_287);
    expect(CT.towns().filter(({ anyHighSviTract }) => anyHighSviTract)).toHaveLength(34);
  });
  it("puts each town in its county: the sums are the state's own county populations", () => {
    const published = new Map(rows('data/ct_by_county_2021-06_2023-01.csv').filter((row) => row['Date'] === '06/16/2021')
      .map((row) => [row['County of residence'], Number(row['Population'])]));
    expect(CT.counties()).toHaveLength(8);
    for (const { name, population } of CT.counties()) expect([name, population]).toEqual([name, published.get(name)]);
  });
  it('says that its priority zips are a stand-in', () => {
    const list = priorityZipsOn(CT, '2021-03-01');
    expect(list.standIn).toBe(true);
    expect(list.source).toMatch(/stand-in/i);
    expect(list.zips.has('06106')).toBe(true);
    expect(list.zips.has('06840')).toBe(false);
    expect(priorityZipsOn(CT, '2019-01-01').version).toBe(list.version);
  });
});

describe('where an address lies', () => {
  it.each([
    [{ city: 'new haven' }, 'inside', 'New Haven', '09009'],
    [{ city: 'Storrs Mansfield', zip: '06268' }, 'inside', 'Mansfield', '09013'],
    [{ zip: '06840-1234' }, 'inside', 'New Canaan', '09001'],
    [{ zip: '06513' }, 'inside', undefined, '09009'],
    [{ city: 'Mystic' }, 'inside', undefined, '09011'],
    [{ zip: '06999', county: '09003' }, 'inside', undefined, '09003'],
    [{ zip: '06999' }, 'inside', undefined, undefined],
    [{ zip: '06390' }, 'outside', undefined, undefined],
    [{ city: 'Hartford', state: 'VT', zip: '05047' }, 'outside', undefined, undefined],
    [{ zip: '10001' }, 'outside', undefined, undefined],
    [{ zip: '106' }, 'unknown', undefined, undefined],
    [{}, 'unknown', undefined, undefined],
  ] as const)('%j is %s %s %s', (address, residence, town, county) => {
    expect(placeOf(CT, address)).toEqual({ residence, ...(town === undefined ? {} : { town }),
      ...(county === undefined ? {} : { county }) });
  });
  it('is a town of the list for every ship-to city of March 2021, except Mystic and a zip of two towns', () => {
    const unplaced = rows('data/tiberius_shipments_janssen_CT_2021-03.csv')
      .map((row) => ({ city: row['CITY_SHP'] ?? '', state: 'CT', zip: row['ZIPCODE_SHP'] ?? '' }))
      .filter((address) => placeOf(CT, address).town === undefined);
    expect(new Set(unplaced.map(({ city }) => city))).toEqual(new Set(['MYSTIC']));
  });
  it('never takes a name of the language for a town', () => {
    expect(townNamed(CT, 'constructor')).toBeUndefined();
    expect(placeOf(CT, { city: 'toString' })).toEqual({ residence: 'unknown' });
  });
});

describe('states and counties', () => {
  it("are those of CDC's value sets", () => {
    const lines = readFileSync(sharedPath('data/cvrs/valuesets/COUNTY.txt'), 'utf8').split(/\r?\n/).filter((line) =>
      /^\d{5}/.test(line));
    expect(lines.length).toBeGreaterThan(3000);
    expect(lines.filter((line) => !isCounty(line.slice(0, 5)))).toEqual([]);
    expect(['09002', '09017', '00000', '9001', ''].filter(isCounty)).toEqual([]);
    expect(allStates()).toHaveLength(59);
  });
  it.each([['CT', '06840', true], ['NY', '06390', true], ['NY', '06840', false], ['MA', '05501', true], ['MP', '96950', true],
    ['GU', '96950', true]] as const)(
    '%s may hold zip %s: %s', (usps, zip, expected) => {
      const state = stateOf(usps);
      expect(state !== undefined && zipFitsState(zip, state)).toBe(expected);
    });
});

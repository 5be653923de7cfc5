import { describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { sharedPath } from '../support/shared.ts';
import { BODY_SITES, bodySiteOf, ROUTES, routeOf } from '../../shared/codes/administration.ts';
import { fundingOf } from '../../shared/codes/funding-sources.ts';
import { CDCPHINVS_FUNDING, HL70322, HL70323, NIP001, NIP002 } from '../../shared/codes/hl7-tables.ts';
import { ETHNICITIES, ethnicityOf, RACES, raceOf, sexOf } from '../../shared/codes/people.ts';
import { isProviderType, PROVIDER_TYPES } from '../../shared/codes/provider-types.ts';
import { CDC_WASTE_REASONS, cdcWasteReason, WASTE_REASONS, type WasteReason } from '../../shared/codes/waste-reasons.ts';

const codesIn = (name: string): string[] =>
  readFileSync(sharedPath(`data/cvrs/valuesets/${name}.txt`), 'utf8').split(/\r?\n/).filter((line) =>
    line.trim() !== '').map((line) => line.trim().split(/[\s(]/)[0] ?? '');
const valuesIn = (name: string): string[] =>
  [...readFileSync(sharedPath(`codes/codebase-sets/${name}.xml`), 'utf8').matchAll(/<value>([^<]+)</g)].map((match) =>
    match[1] ?? '');

describe('code tables', () => {
  it.each([
    ['races', Object.keys(RACES), codesIn('RACE')],
    ['ethnicities', Object.keys(ETHNICITIES), codesIn('ETHNICITY')],
    ['body sites', Object.keys(BODY_SITES), codesIn('SITE')],
    ['NCIT routes', Object.keys(ROUTES), codesIn('ROUTE').filter((code) => code.startsWith('C'))],
    ['provider types', [...Object.keys(PROVIDER_TYPES), 'UNK'], codesIn('DCHTYPE2')],
    ['completion', Object.keys(HL70322), valuesIn('Vaccination Completion')],
    ['action', Object.keys(HL70323), valuesIn('Vaccination Action Code')],
    ['information source', Object.keys(NIP001), valuesIn('Vaccination Information Source')],
    ['refusal', Object.keys(NIP002), valuesIn('Vaccination Refusal')],
  ])("hold CDC's %s", (_name, ours, theirs) => {
    expect([...ours].sort()).toEqual([...new Set(theirs)].sort());
  });
  it('name provider types as the agreement does', () => {
    const text = readFileSync(sharedPath('data/cvrs/valuesets/DCHTYPE2.txt'), 'utf8');
    for (const [code, name] of Object.entries(PROVIDER_TYPES)) expect(text).toContain(`${code} (${name})`);
    expect([0, 1, 28, 29, 1.5].filter(isProviderType)).toEqual([1, 28]);
  });
  it('hold the funding codes of the guide', () => {
    expect(valuesIn('Vaccination Funding Source')).toEqual(expect.arrayContaining(Object.keys(CDCPHINVS_FUNDING)));
  });
  it.each([
    [routeOf('im'), 'C28161'], [routeOf('C38299'), 'C38299'], [routeOf('OTH'), undefined], [routeOf('constructor'), undefined],
    [bodySiteOf('ld'), 'LD'], [bodySiteOf('BN'), undefined], [raceOf('W'), '2106-3'], [raceOf('2106-3'), '2106-3'],
    [raceOf('9999-9'), undefined],
    [ethnicityOf('h'), '2135-2'], [sexOf('o'), 'X'], [sexOf('toString'), undefined],
  ])('read an old or a new code: %s is %s', (read, expected) => {
    expect(read).toBe(expected);
  });
});

describe('whose money bought a dose', () => {
  it.each([
    [{ covid: true }, 'covid'], [{ covid: true, observation: 'VXC50' }, 'covid'],
      [{ covid: true, observation: 'PHC70' }, 'private'],
    [{ covid: false, observation: 'VXC51' }, 'vfc'], [{ covid: false, observation: 'VXC52' }, 'public'],
      [{ covid: false, observation: 'PHC70' }, 'private'],
    [{ covid: false, observation: 'VXC50', eligibility: 'V02' }, 'vfc'], [{ covid: false, eligibility: 'V04' }, 'vfc'],
      [{ covid: false, eligibility: 'V23' }, 'public'],
    [{ covid: false, eligibility: 'V01' }, 'private'],
      [{ covid: false, observation: 'VXC50', eligibility: 'V01' }, 'ambiguous'], [{ covid: false }, 'ambiguous'],
  ] as const)('told %j is %s', (told, expected) => {
    expect(fundingOf(told)).toBe(expected);
  });
});

describe('waste reasons', () => {
  it("each map to one of CDC's seven, and all seven can be reached", () => {
    const reached = new Set((Object.keys(WASTE_REASONS) as WasteReason[]).map(cdcWasteReason));
    expect([...reached].sort()).toEqual(Object.keys(CDC_WASTE_REASONS).sort());
  });
  it('keep past beyond-use apart from past expiry', () => {
    expect([cdcWasteReason('past-beyond-use'), cdcWasteReason('past-expiry')]).toEqual(['other', 'expired']);
  });
});

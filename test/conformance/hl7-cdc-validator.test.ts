import { describe, expect, it } from '@jest/globals';
import { vaccineCodes } from '../../shared/codes/vaccines.ts';
import { locationText } from '../../shared/hl7/index.ts';
import { readVxu } from '../../functions/doses/domain/vxu/read.ts';
import type { VaccineCodes } from '../../functions/doses/domain/vxu/types.ts';
import { readCorpus } from '../support/hl7-corpus.ts';

/** CDC judged these messages before any COVID-19 vaccine had a code of its own. */
const judgedAt = '2020-11-15T17:00:00.000Z';
const codes: VaccineCodes = {
  ...vaccineCodes,
  cvx: (code) => (['900', '901', '902'].includes(code) ? {} : vaccineCodes.cvx(code)),
  mvx: (code) => (code === 'AAA' ? {} : vaccineCodes.mvx(code)),
};

/** CDC's codes that an HL7 error can say, and what ours then says: severity, rule, place and words. */
const EXPRESSIBLE: Readonly<Record<string, RegExp>> = {
  'recip_dob:REQD001': /^E HL7-27 PID\^1\^7 PID-7 birth date is missing/,
  'recip_dob:BUSR011': /^E HL7-80 PID\^1\^7\S* .*future/,
  'recip_dob:BUSR005': /^E HL7-80 RXA\^1\^3\S* .*before birth/,
  'recip_sex:DATA007': /^W HL7-21 PID\^1\^8/,
  'admin_date:REQD001': /^E HL7-26 RXA\^1\^3 RXA-3 date given is missing/,
  'admin_date:DATA001': /^E HL7-77 RXA\^1\^3/,
  'admin_date:BUSR012': /^E HL7-80 RXA\^1\^3\S* .*future/,
  'cvx:REQD001': /^E HL7-49 RXA\^1\^5 .*missing/,
  'mvx:DATA007': /^W HL7-57 RXA\^1\^17\S* .*not recognised/,
  'mvx:DATA008': /^W HL7-57 RXA\^1\^17\S* .*not recognised/,
  'responsible_org:REQD001': /^W HL7-99 MSH\^1\^22/,
  'admin_name:REQD001': /^W HL7-56 RXA\^1\^11/,
};

/** CDC's codes that are about its extract and not about a message, with the reason. */
const NOT_IN_HL7: Readonly<Record<string, string>> = {
  'admin_type:DATA007': 'kind of clinic: the extract asks for it, Z22 has no field',
  'admin_type:REQD001': 'kind of clinic: the extract asks for it, Z22 has no field',
  'recip_first_name:DATA006': 'whether a name is blacked out concerns a redacted extract',
  'recip_address_street:DATA006': 'whether an address is blacked out concerns a redacted extract',
  'recip_address_street_2:DATA006': 'whether an address is blacked out concerns a redacted extract',
  'recip_address_city:DATA006': 'whether an address is blacked out concerns a redacted extract',
  'pprl_id:DATA004': 'a token of privacy-preserving linkage is no field of Z22',
  'ext_type:DATA005': 'the kind of extract is no field of Z22',
  'recip_address_county:BUSR001': 'PID-11.9 is optional; what county lies in what state is the extract\'s to check',
  'admin_address_county:BUSR002': 'RXA-11 has the address of a site that is enrolled with its own',
  'recip_address_zip:BUSR009': 'zip against county: optional components of PID-11',
  'admin_address_zip:BUSR008': 'RXA-11 has the address of a site that is enrolled with its own',
  'admin_address_zip:BUSR010': 'RXA-11 has the address of a site that is enrolled with its own',
  'recip_race_1:REQD001': 'PID-10 is RE: an empty field is no fault (HL7-23)',
  'recip_ethnicity:REQD001': 'PID-22 is RE: an empty field is no fault (HL7-23)',
  'dose_num:REQD001': 'the registry counts doses itself',
  'vax_series_complete:REQD001': 'the registry counts doses itself',
  'cmorbid_status:REQD001': 'no observation of the profile',
  'serology:REQD001': 'an optional observation',
  'ndc:DNTS002': 'a vaccine named in a refusal is what was refused',
  'mvx:DNTS002': 'a vaccine named in a refusal is what was refused',
  'lot_number:DNTS002': 'on a refusal RXA-15 is optional (its condition is false: O)',
  'vax_expiration:DNTS002': 'on a refusal RXA-16 is optional',
  'vax_admin_site:DNTS002': 'RXR is optional with any order',
  'vax_route:DNTS002': 'RXR is optional with any order',
  'dose_num:DNTS002': 'the registry counts doses itself',
  'vax_series_complete:DNTS002': 'the registry counts doses itself',
};

/** Files on which we differ although the code can be said, with the reason. */
const EXCEPTIONS: Readonly<Record<string, string>> = {
  'VXU-0085 recip_dob:BUSR005': 'no birth date: CDC also compares nothing with the dose, we only say that it is missing',
  'VXU-0106 recip_dob:BUSR005': 'the birth date lies in the future and is refused: nothing is compared with it',
  'VXU-0127 recip_dob:BUSR005': 'no date given: CDC also compares nothing with the birth',
  'VXU-0133 admin_name:REQD001': 'RXA-11.4.2 holds an id, which names the facility as well as a name does (HL7-59)',
};

const verdicts = readCorpus().filter(({ expected }) => expected.startsWith('cvrs-validator: '));
const ours = (bytes: Uint8Array): string[] =>
  readVxu(bytes, { codes, receivedAt: judgedAt, timeZone: 'America/New_York' }).faults.map(({ severity, rule, location, text }) => `${severity} ${rule} ${locationText(location)} ${text}`);
const theirs = (expected: string): string[] => expected.slice('cvrs-validator: '.length).split(',').filter((code) => code !== 'no error');

describe("CDC's own validator on its own messages", () => {
  it('has judged 93, 57 of them without an error', () => {
    expect(verdicts).toHaveLength(93);
    expect(verdicts.filter(({ expected }) => theirs(expected).length === 0)).toHaveLength(57);
  });
  it('uses no code that is neither said by HL7 nor listed with the reason why not', () => {
    const used = new Set(verdicts.flatMap(({ expected }) => theirs(expected)));
    expect([...used].filter((code) => !(code in EXPRESSIBLE) && !(code in NOT_IN_HL7))).toEqual([]);
    expect(Object.keys({ ...EXPRESSIBLE, ...NOT_IN_HL7 }).filter((code) => !used.has(code))).toEqual([]);
  });
  it('and ours find the same faults in all of them, both ways, but for the exceptions', () => {
    const differences: string[] = [];
    let agreed = 0;
    for (const { file, expected, bytes } of verdicts) {
      const lines = ours(bytes);
      for (const [code, said] of Object.entries(EXPRESSIBLE)) {
        const [cdc, we] = [theirs(expected).includes(code), lines.some((line) => said.test(line))];
        if (cdc !== we && !(code === 'mvx:DATA008' && !cdc)) differences.push(`${file.slice('cdc-iis-open-tools/'.length, -'.hl7'.length)} ${code}`);
        if (cdc && we) agreed += 1;
      }
    }
    expect(differences.sort()).toEqual(Object.keys(EXCEPTIONS).sort());
    expect(agreed).toBeGreaterThan(10);
  });
  it('would differ with the codes of today: 900 to 902 were never vaccines (negative control)', () => {
    const message = verdicts.find(({ file }) => file.endsWith('VXU-0006.hl7'));
    expect(ours(message?.bytes ?? new Uint8Array()).some((line) => line.includes('HL7-49'))).toBe(false);
    expect(readVxu(message?.bytes ?? '', { codes: vaccineCodes, receivedAt: judgedAt, timeZone: 'America/New_York' }).faults.some(({ rule }) => rule === 'HL7-49')).toBe(true);
  });
});

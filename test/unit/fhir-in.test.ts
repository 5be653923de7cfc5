import { describe, expect, it } from '@jest/globals';
import { judgeImmunization, judgePatient } from '../../functions/doses/domain/fhir/judge.ts';
import { outcomeOf, type Issue } from '../../functions/doses/domain/fhir/issues.ts';
import { doseSearchOf, patientSearchOf } from '../../functions/doses/domain/fhir/search.ts';
import { ndcOfGtin } from '../../functions/doses/domain/fhir/vaccine-code.ts';
import { fhirDose, fhirPatient, r4Faults } from '../support/fhir.ts';

const context = { organizationId: 'org_elm', receivedAt: '2021-03-08T15:00:00.000Z', timeZone: 'America/New_York' };
const patientIssues = (more: object, stand?: string): readonly Issue[] => judgePatient(fhirPatient('Ida', more), 'Patient', context, stand).issues;
const dose = (more: object) => judgeImmunization(fhirDose('i1', 'Patient/x', more), 'Immunization', context, undefined);
const placed = (issues: readonly Issue[]): string[] => issues.map(({ severity, expression }) => `${severity} ${expression ?? ''}`);

describe('a Patient', () => {
  it('that says all draws no remark and becomes what a PID would say', () => {
    const { value, issues } = judgePatient(fhirPatient(), 'Patient', context, undefined);
    expect(issues).toEqual([]);
    expect(value).toMatchObject({
      ids: [{ id: 'F-Imani', authority: '2.16.840.1.99.1', type: 'MR' }], names: [{ family: 'Rivers', given: 'Imani', middle: 'Q', type: 'L' }], birthDate: '1961-05-09', sex: 'F',
      races: ['2054-5'], ethnicity: '2186-5', mothersMaidenName: { family: 'Waters' }, multipleBirth: true, birthOrder: 2, dead: false,
      phones: [{ use: 'PRN', equipment: 'CP', number: '8605550123' }, { use: 'NET', email: 'rivers@mail.example' }],
      addresses: [{ street: '7 Birch Road', other: 'Apt 2', city: 'Hartford', state: 'CT', zip: '06106', type: 'H' }],
      relatives: [{ relationship: 'MTH', family: 'Waters', given: 'Ann' }],
    });
  });

  it.each([
    ['without identifier', { identifier: undefined }, 'error Patient.identifier'],
    ['without birth date', { birthDate: undefined }, 'error Patient.birthDate'],
    ['born in a month', { birthDate: '1961-05' }, 'error Patient.birthDate'],
    ['born on no day of the calendar', { birthDate: '1961-02-30' }, 'error Patient.birthDate'],
    ['born after today', { birthDate: '2031-01-01' }, 'error Patient.birthDate'],
    ['without a first name', { name: [{ family: 'Rivers' }] }, 'error Patient.name[0]'],
    ['of a gender in no table', { gender: 'female-ish' }, 'warning Patient.gender'],
    ['with a street that is too long', { address: [{ line: ['x'.repeat(300)], city: 'Avon' }] }, 'warning Patient.address[0]'],
    ['of a race in no table', { extension: [{ url: 'http://hl7.org/fhir/us/core/StructureDefinition/us-core-race', extension: [{ url: 'ombCategory', valueCoding: { code: '9' } }] }] }, "warning Patient.extension('http://hl7.org/fhir/us/core/StructureDefinition/us-core-race')"],
    ['whose name is no text', { name: [{ family: 7, given: ['I'] }] }, 'error Patient.name[0].family'],
    ['with a modifierExtension', { contact: [{ name: { family: 'X' }, modifierExtension: [{ url: 'x' }] }] }, 'error Patient.contact[0].modifierExtension'],
    ['with implicit rules', { implicitRules: 'http://x.example' }, 'error Patient.implicitRules'],
    ['that is not in use', { active: false }, 'error Patient.active'],
    ['that replaces another', { link: [{ type: 'replaces' }] }, 'error Patient.link'],
    ['whose words are names of every object', { gender: 'constructor', address: [{ use: '__proto__', city: 'Avon' }], telecom: [{ use: 'toString', value: '8605550123' }], name: [{ use: 'valueOf', family: 'R', given: ['I'] }] }, 'warning Patient.gender'],
    ['with a fax', { telecom: [{ system: 'phone', value: '8605550123' }, { system: 'fax', value: '1' }] }, 'information Patient.telecom[1]'],
    ['with a photo', { photo: [{}] }, 'information Patient.photo'],
    ['with what FHIR does not have', { favouriteColour: 'blue' }, 'warning Patient'],
  ])('%s is answered where it is', (_what, more, expected) => {
    expect(placed(patientIssues(more))).toContain(expected);
  });

  it.each([
    ['a gender', { gender: 'female-ish' }, 'Patient.gender', 'gender is none of male, female, other, unknown - taken as unknown'],
    ['no gender', { gender: undefined }, 'Patient.gender', 'gender is missing - taken as unknown'],
    ['a date', { birthDate: '1961-05' }, 'Patient.birthDate', 'birth date has no day, expected YYYY-MM-DD'],
    ['a type', { name: [{ family: 7, given: ['I'] }] }, 'Patient.name[0].family', 'must be a text'],
    ['a length', { name: [{ family: 'x'.repeat(2_001), given: ['I'] }] }, 'Patient.name[0].family', 'must have at most 2000 characters'],
    ['too many', { telecom: Array.from({ length: 51 }, () => ({})) }, 'Patient.telecom', 'must have at most 50 entries'],
  ])('%s is answered in a sentence and in the terms of FHIR', (_what, more, expression, text) => {
    expect(patientIssues(more).find((issue) => issue.expression === expression)?.text).toBe(text);
  });

  it('without identifier is named by the submission, and the sender is told what that costs', () => {
    const { value, issues } = judgePatient(fhirPatient('Ida', { identifier: undefined }), 'Patient', context, 'abc');
    expect(value?.ids).toEqual([{ id: 'abc', authority: 'urn:doseline:told', type: 'RI' }]);
    expect(issues).toMatchObject([{ severity: 'warning', expression: 'Patient.identifier' }]);
  });

  it('nested without end is refused and breaks nothing', () => {
    const deep: unknown = JSON.parse(`${'['.repeat(3000)}${']'.repeat(3000)}`);
    expect(placed(patientIssues({ contact: deep })).some((text) => text.startsWith('error Patient.contact'))).toBe(true);
  });
});

describe('an Immunization', () => {
  it('that says all draws no remark and becomes what an RXA would say', () => {
    const { value, issues } = dose({});
    expect(issues).toEqual([]);
    expect(value).toMatchObject({
      id: { id: 'i1', authority: 'https://ehr.example/immunizations' }, action: 'A', completion: 'CP', kind: 'new', source: '00', givenOn: '2021-03-08', cvx: '212', useNdc: '59676-0580-05',
      mvx: 'JSN', lot: '1805018', amount: 0.5, unit: 'mL', route: 'C28161', site: 'LA', facility: { name: 'Elm Street Clinic' }, administeredBy: { id: '77', family: 'Nurse' },
      eligibility: { code: 'V01' }, observations: [{ code: '30973-2', value: '1' }],
    });
  });

  it.each([
    ['completed and not potent because partial', { isSubpotent: true, subpotentReason: [{ coding: [{ code: 'partial' }] }] }, { completion: 'PA' }],
    ['not done because the patient objected', { status: 'not-done', statusReason: { coding: [{ code: 'PATOBJ' }] } }, { completion: 'RE', refusal: { code: '03' } }],
    ['not done for a religious reason of CDC’s table', { status: 'not-done', statusReason: { coding: [{ code: '01' }] } }, { completion: 'RE', refusal: { code: '01' } }],
    ['not done because there was none in stock', { status: 'not-done', statusReason: { coding: [{ code: 'OSTOCK' }] } }, { completion: 'NA' }],
    ['entered in error', { status: 'entered-in-error' }, { action: 'D' }],
    ['told by the parents', { primarySource: false, reportOrigin: { coding: [{ code: 'recall' }] } }, { source: '04', kind: 'historical' }],
    ['told by nobody in particular', { primarySource: false }, { source: '01', kind: 'historical' }],
    ['of another registry', { primarySource: false, reportOrigin: { coding: [{ system: 'urn:x', code: '05' }] } }, { source: '05' }],
    ['paid with public money', { fundingSource: { coding: [{ code: 'public' }] } }, { funding: 'VXC50' }],
    ['paid by VFC', { fundingSource: { coding: [{ code: 'public' }, { code: 'VXC51' }] } }, { funding: 'VXC51' }],
    ['for the uninsured', { programEligibility: [{ coding: [{ code: 'uninsured' }] }] }, { eligibility: { code: 'V03' } }],
    ['by a route of SNOMED CT', { route: { coding: [{ system: 'http://snomed.info/sct', code: '78421000' }] } }, { route: 'C28161' }],
    ['into an arm of SNOMED CT', { site: { coding: [{ system: 'http://snomed.info/sct', code: '368209003' }] } }, { site: 'RA' }],
    ['late in the evening, in UTC', { occurrenceDateTime: '2021-03-08T02:30:00Z' }, { givenOn: '2021-03-07' }],
    ['at an hour', { occurrenceDateTime: '2021-03-08T09:30:00-05:00' }, { givenOn: '2021-03-08' }],
    ['by an organization, as on a health card', { location: undefined, performer: [{ actor: { display: 'ABC Hospital' } }] }, { facility: { name: 'ABC Hospital' } }],
    ['at a site by its id', { location: { identifier: { system: 'https://doseline.org/fhir/sid/site', value: 'sit_x' } } }, { facility: { universalId: 'sit_x' } }],
    ['coded by GTIN', { vaccineCode: { coding: [{ system: 'https://www.gs1.org/gtin', code: '00359676580157' }] } }, { cvx: '212' }],
  ])('%s', (_what, more, expected) => {
    expect(dose(more).value).toMatchObject(expected);
  });

  it.each([
    ['without a status', { status: undefined }, 'error Immunization.status'],
    ['of another status', { status: 'in-progress' }, 'error Immunization.status'],
    ['without a day', { occurrenceDateTime: undefined, occurrenceString: 'last spring' }, 'error Immunization.occurrence'],
    ['in a month', { occurrenceDateTime: '2021-03' }, 'error Immunization.occurrence'],
    ['after today', { occurrenceDateTime: '2021-04-01' }, 'error Immunization.occurrence'],
    ['of no vaccine', { vaccineCode: undefined }, 'error Immunization.vaccineCode'],
    ['of a CVX that is none', { vaccineCode: { coding: [{ system: 'http://hl7.org/fhir/sid/cvx', code: '777' }] } }, 'error Immunization.vaccineCode'],
    ['by an unknown route', { route: { coding: [{ code: 'ZZ' }] } }, 'warning Immunization.route'],
    ['into an unknown place', { site: { coding: [{ code: '123' }] } }, 'warning Immunization.site'],
    ['by a maker that is none', { manufacturer: { identifier: { value: 'XXX' } } }, 'warning Immunization.manufacturer'],
    ['without lot', { lotNumber: undefined }, 'warning Immunization.lotNumber'],
    ['without eligibility', { programEligibility: undefined }, 'warning Immunization.programEligibility'],
    ['without identifier', { identifier: undefined }, 'warning Immunization.identifier'],
    ['without primary source', { primarySource: undefined }, 'warning Immunization.primarySource'],
    ['of money in no table', { fundingSource: { coding: [{ code: 'barter' }] } }, 'warning Immunization.fundingSource'],
    ['completed for a reason', { statusReason: { coding: [{ code: 'x' }] }, status: 'not-done' }, 'warning Immunization.statusReason'],
    ['not potent after a cold chain break', { isSubpotent: true, subpotentReason: [{ coding: [{ code: 'coldchainbreak' }] }] }, 'warning Immunization.subpotentReason'],
    ['with education', { education: [{ documentType: 'x' }] }, 'information Immunization.education'],
    ['ordered by somebody', { performer: [{ function: { coding: [{ code: 'OP' }] }, actor: { display: 'Dr X' } }] }, 'information Immunization.performer[0]'],
  ])('%s is answered where it is', (_what, more, expected) => {
    expect(placed(dose(more).issues)).toContain(expected);
  });

  it('given before birth is refused', () => {
    const born = judgePatient(fhirPatient('Ida', { birthDate: '2021-03-08' }), 'Patient', context, undefined).value;
    expect(placed(judgeImmunization(fhirDose('i1', 'Patient/x', { occurrenceDateTime: '2021-03-07' }), 'Immunization', context, born).issues)).toContain('error Immunization.occurrence');
  });

  it.each([['http://www.whocc.no/atc', 'J07BX03'], ['http://id.who.int/icd/release/11/mms', 'XM0GQ8'], ['http://snomed.info/sct', '840534001'], ['https://www.humanservices.gov.au/x', 'COVAST']])(
    'coded only in %s is told which code system is needed', (system, code) => {
      const found = dose({ vaccineCode: { coding: [{ system, code }] } }).issues.filter(({ severity }) => severity === 'error');
      expect(found).toMatchObject([{ code: 'code-invalid', expression: 'Immunization.vaccineCode' }]);
      expect(found[0]?.text).toContain('http://hl7.org/fhir/sid/cvx');
      expect(found[0]?.text).not.toContain(code);
    });
});

describe('an OperationOutcome', () => {
  it('is R4, whatever it says', () => {
    const issues = [...patientIssues({ birthDate: '1', favouriteColour: 1, photo: [{}], modifierExtension: [{}], name: 7 }), ...dose({ status: 'x', route: { coding: [{ code: 'Z' }] } }).issues];
    expect(issues.length).toBeGreaterThan(5);
    expect(r4Faults(outcomeOf(issues))).toEqual([]);
    expect(r4Faults(outcomeOf([]))).toEqual([]);
  });
});

describe('a GTIN', () => {
  it.each([['00359676580157', '5967658015'], ['0359676580157', '5967658015'], ['30380777700688', '8077770068'], ['3038077770688', undefined], ['00359676580158', undefined], ['04012345678901', undefined], ['x', undefined]])(
    '%s carries the NDC %s', (gtin, ndc) => { expect(ndcOfGtin(gtin)).toBe(ndc); });
});

describe('a search', () => {
  const record = 'a'.repeat(26);
  it.each([
    [['2021-03-08'], '2021-03-08', true], [['2021-03-08'], '2021-03-09', false], [['2021-03'], '2021-03-31', true], [['2021'], '2021-12-31', true],
    [['ge2021-03-08'], '2021-03-08', true], [['gt2021-03-08'], '2021-03-08', false], [['gt2021-03-08'], '2021-03-09', true], [['lt2021-03-10'], '2021-03-09', true],
    [['lt2021-03-10'], '2021-03-10', false], [['le2021-03'], '2021-03-31', true], [['ge2021-02-01', 'lt2021-03-01'], '2021-02-28', true], [['ge2021-02-01', 'lt2021-03-01'], '2021-03-01', false],
    [['lt2021-03-01'], '2021-02-28', true], [['gt2021-02'], '2021-03-01', true], [['gt2021-02'], '2021-02-28', false],
  ])('by %j finds a dose of %s: %s', (date, day, expected) => {
    const asked = doseSearchOf({ patient: [`Patient/${record}`], date });
    if (asked.kind !== 'search') throw new Error('refused');
    expect(day >= asked.search.from && day <= asked.search.until).toBe(expected);
  });
  it.each([[{}], [{ patient: [] }], [{ patient: ['a', 'b'] }], [{ patient: ['a'], date: ['yesterday'] }], [{ patient: ['a'], 'vaccine-code': ['207'] }]])('%j is refused', (lists) => {
    expect(doseSearchOf(lists as Record<string, string[]>).kind).toBe('refused');
  });
  it.each([[{}], [{ family: ['X'] }], [{ family: ['X'], given: ['Y'], birthdate: ['1990'] }], [{ identifier: ['x|'] }], [{ identifier: ['a|b'], phone: ['1'] }], [{ family: ['X', 'Z'], given: ['Y'], birthdate: ['1990-01-01'] }]])(
    'for a patient by %j is refused', (lists) => { expect(patientSearchOf(lists as Record<string, string[]>).kind).toBe('refused'); });
});

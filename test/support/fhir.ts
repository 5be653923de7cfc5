import { Fhir } from 'fhir';
import { janssen } from './dose-room.ts';

const r4 = new Fhir();

/** What the R4 validator finds wrong with a resource. Example and preferred bindings are no faults. */
export const r4Faults = (resource: object): string[] =>
  (r4.validate(resource, { errorOnUnexpected: true }) as { messages: { severity?: string; location?: string; message?: string }[] }).messages
    .filter(({ severity }) => severity === 'error' || severity === 'fatal')
    .map(({ location, message }) => `${location ?? ''}: ${message ?? ''}`);

export const cvxSystem = 'http://hl7.org/fhir/sid/cvx';
const core = 'http://hl7.org/fhir/us/core/StructureDefinition';
const cdcRec = 'urn:oid:2.16.840.1.113883.6.238';

/** A US Core Patient that draws no remark. */
export const fhirPatient = (given = 'Imani', more: object = {}): Record<string, unknown> => ({
  resourceType: 'Patient',
  extension: [
    { url: `${core}/us-core-race`, extension: [{ url: 'ombCategory', valueCoding: { system: cdcRec, code: '2054-5' } }, { url: 'text', valueString: 'Black or African American' }] },
    { url: `${core}/us-core-ethnicity`, extension: [{ url: 'ombCategory', valueCoding: { system: cdcRec, code: '2186-5' } }, { url: 'text', valueString: 'Not Hispanic or Latino' }] },
    { url: 'http://hl7.org/fhir/StructureDefinition/patient-mothersMaidenName', valueString: 'Waters' },
  ],
  identifier: [{ type: { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v2-0203', code: 'MR' }] }, system: 'urn:oid:2.16.840.1.99.1', value: `F-${given}` }],
  name: [{ use: 'official', family: 'Rivers', given: [given, 'Q'] }],
  telecom: [{ system: 'phone', value: '(860) 555-0123', use: 'mobile' }, { system: 'email', value: 'rivers@mail.example' }],
  gender: 'female',
  birthDate: '1961-05-09',
  deceasedBoolean: false,
  multipleBirthInteger: 2,
  address: [{ use: 'home', line: ['7 Birch Road', 'Apt 2'], city: 'Hartford', state: 'CT', postalCode: '06106', country: 'US' }],
  contact: [{ relationship: [{ coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-RoleCode', code: 'MTH' }] }], name: { family: 'Waters', given: ['Ann'] }, telecom: [{ system: 'phone', value: '8605550199' }] }],
  ...more,
});

const coding = (system: string, code: string): object => ({ coding: [{ system, code }] });

/** A US Core Immunization that draws no remark: a Janssen dose given at Elm. */
export const fhirDose = (id: string, patient: string, more: object = {}): Record<string, unknown> => ({
  resourceType: 'Immunization',
  identifier: [{ system: 'https://ehr.example/immunizations', value: id }],
  status: 'completed',
  vaccineCode: { coding: [{ system: cvxSystem, code: janssen.cvx }, { system: 'http://hl7.org/fhir/sid/ndc', code: janssen.ndc }] },
  patient: { reference: patient },
  occurrenceDateTime: '2021-03-08',
  primarySource: true,
  location: { display: 'Elm Street Clinic' },
  manufacturer: { identifier: { system: 'http://hl7.org/fhir/sid/mvx', value: janssen.mvx } },
  lotNumber: janssen.lot,
  expirationDate: '2021-06-25',
  site: coding('http://terminology.hl7.org/CodeSystem/v2-0163', 'LA'),
  route: coding('http://ncicb.nci.nih.gov/xml/owl/EVS/Thesaurus.owl#', 'C28161'),
  doseQuantity: { value: 0.5, unit: 'mL', system: 'http://unitsofmeasure.org', code: 'mL' },
  performer: [{ function: coding('http://terminology.hl7.org/CodeSystem/v2-0443', 'AP'), actor: { display: 'Nurse', identifier: { value: '77' } } }],
  programEligibility: [coding('http://terminology.hl7.org/CodeSystem/v2-0064', 'V01')],
  protocolApplied: [{ doseNumberPositiveInt: 1 }],
  ...more,
});

export const post = (url: 'Patient' | 'Immunization', fullUrl: string, resource: object): object => ({ fullUrl, resource, request: { method: 'POST', url } });
export const transaction = (entry: readonly object[], more: object = {}): object => ({ resourceType: 'Bundle', type: 'transaction', ...more, entry });

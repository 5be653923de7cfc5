import { maxEntries } from './elements.ts';
import { mostPerPage } from './search.ts';

const usCore = 'http://hl7.org/fhir/us/core/StructureDefinition';

const parameters = (rows: readonly (readonly [name: string, type: string, documentation: string])[]): object[] =>
  rows.map(([name, type, documentation]) => ({ name, type, documentation }));

const resource = (type: 'Patient' | 'Immunization', profile: string, documentation: string, searchParam: object[]): object => ({
  type,
  profile,
  documentation,
  interaction: [{ code: 'read' }, { code: 'create' }, { code: 'search-type' }],
  versioning: 'versioned',
  readHistory: false,
  updateCreate: false,
  conditionalCreate: false,
  conditionalUpdate: false,
  conditionalDelete: 'not-supported',
  referencePolicy: ['literal', 'local'],
  searchParam,
});

/**
 * What this server does, no more. The date is that of the description.
 * @param url where FHIR is answered: ends in `/fhir`
 */
export const capabilityStatement = (url: string): object => ({
  resourceType: 'CapabilityStatement',
  url: `${url}/metadata`,
  name: 'Doseline',
  title: 'Doseline immunization registry',
  status: 'active',
  date: '2026-11-22',
  kind: 'instance',
  implementation: { description: 'Immunization registry of a jurisdiction', url },
  software: { name: 'Doseline' },
  fhirVersion: '4.0.1',
  format: ['application/fhir+json'],
  rest: [
    {
      mode: 'server',
      documentation:
        'A caller reads what its own organization sent. Everything is judged by the rules of the national immunization guide for HL7 v2 before anything is stored.',
      security: { description: 'OAuth 2.0 access tokens: machines with client credentials and the scope submit, people through the portal.' },
      resource: [
        resource(
          'Patient',
          `${usCore}/us-core-patient`,
          'A patient as the caller knows it. Sent again with the same identifier it is the same record.',
          parameters([
            ['identifier', 'token', 'The number that the caller gave: system|value'],
            ['family', 'string', 'Whole family name; with given and birthdate'],
            ['given', 'string', 'Whole first name'],
            ['birthdate', 'date', 'A whole day'],
            ['gender', 'token', 'Narrows the search by name'],
          ]),
        ),
        resource(
          'Immunization',
          `${usCore}/us-core-immunization`,
          'A vaccination event: given, refused or not given. Sent again with the same identifier it corrects; with status entered-in-error it takes back.',
          parameters([
            ['patient', 'reference', 'Needed: whose'],
            ['date', 'date', 'Day, month or year given; eq, ge, gt, le, lt'],
          ]),
        ),
      ],
      interaction: [
        {
          code: 'transaction',
          documentation: `At most ${maxEntries} Patients and Immunizations, all created or none: every fault is named and nothing is stored of a Bundle that has one. Pages hold at most ${mostPerPage}.`,
        },
      ],
    },
  ],
});

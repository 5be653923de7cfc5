import { ETHNICITIES, RACES } from '../../../../shared/codes/people.ts';
import type { PatientFacts, RecordItem } from '../../../../shared/published/person.ts';
import { extensions, relationships, rowOf, systemOf, systems } from './code-systems.ts';
import { patientIdOf } from './ids.ts';

type Json = Record<string, unknown>;

/** An object without what is undefined or empty: FHIR knows no empty elements. */
export const present = (values: Json): Json =>
  Object.fromEntries(
    Object.entries(values).filter(([, value]) => value !== undefined && value !== '' && !(Array.isArray(value) && value.length === 0)),
  );

const nameUses: Readonly<Record<string, string>> = { L: 'official', D: 'usual', M: 'maiden', A: 'nickname' };
const addressUses: Readonly<Record<string, string>> = { H: 'home', B: 'work', C: 'temp', BA: 'old' };
const genders = { F: 'female', M: 'male', X: 'other', U: 'unknown' } as const;

const codingOf = (code: string): Json =>
  code === 'UNK' || code === 'POL'
    ? { url: 'ombCategory', valueCoding: { system: systems.nullFlavor, code: code === 'UNK' ? 'UNK' : 'MSK' } }
    : { url: code === '2131-1' ? 'detailed' : 'ombCategory', valueCoding: { system: systems.cdcRec, code } };

const words: Readonly<Record<string, string>> = { ...RACES, ...ETHNICITIES };
const category = (url: string, codes: readonly string[]): Json[] =>
  codes.length === 0
    ? []
    : [{ url, extension: [...codes.map(codingOf), { url: 'text', valueString: codes.map((code) => rowOf(words, code) ?? code).join(', ') }] }];

type Phone = NonNullable<PatientFacts['phones']>[number];
const telecomOf = ({ use, equipment, number, email }: Phone): Json =>
  email === undefined
    ? present({ system: 'phone', value: number, use: equipment === 'CP' ? 'mobile' : use === 'WPN' ? 'work' : use === 'ORN' ? 'temp' : 'home' })
    : { system: 'email', value: email };

const addressOf = ({ street, other, city, state, zip, country, county, type = 'H' }: NonNullable<PatientFacts['addresses']>[number]): Json =>
  present({
    use: rowOf(addressUses, type),
    ...(type === 'M' ? { type: 'postal' } : {}),
    line: [street, other].filter((line) => line !== undefined),
    city,
    district: county,
    state,
    postalCode: zip,
    country,
  });

const roleOf = (relationship: string): Json => {
  const role = Object.entries(relationships).find(([, code]) => code === relationship)?.[0];
  return role === undefined ? { text: 'other' } : { coding: [{ system: systems.roleCode, code: role }] };
};

const deceasedOf = ({ dead, deathDate }: PatientFacts): Json =>
  deathDate === undefined ? present({ deceasedBoolean: dead }) : { deceasedDateTime: deathDate };

/** A record as a US Core Patient: what its own sender said of the patient. */
export const patientOf = (record: RecordItem): Json =>
  present({
    resourceType: 'Patient',
    id: patientIdOf(record.recordId),
    meta: present({
      versionId: String(record.version),
      lastUpdated: record.updatedAt,
      security: record.protection === undefined ? [] : [{ system: systems.confidentiality, code: record.protection.code === 'Y' ? 'R' : 'N' }],
    }),
    extension: [
      ...category(extensions.race, record.races ?? []),
      ...category(extensions.ethnicity, record.ethnicity === undefined ? [] : [record.ethnicity]),
      ...(record.mothersMaidenName === undefined ? [] : [{ url: extensions.mothersMaidenName, valueString: record.mothersMaidenName.family }]),
    ],
    identifier: record.ids.map(({ id, authority, type }) => ({
      type: { coding: [{ system: systems.identifierType, code: type }] },
      system: systemOf(authority),
      value: id,
    })),
    name: record.names.map(({ family, given, middle, suffix, type = '' }) =>
      present({
        use: rowOf(nameUses, type),
        family,
        given: [given, ...(middle === undefined ? [] : [middle])],
        suffix: suffix === undefined ? [] : [suffix],
      }),
    ),
    telecom: record.phones?.map(telecomOf),
    gender: genders[record.sex],
    birthDate: record.birthDate,
    ...deceasedOf(record),
    address: record.addresses?.map(addressOf),
    ...(record.birthOrder === undefined ? present({ multipleBirthBoolean: record.multipleBirth }) : { multipleBirthInteger: record.birthOrder }),
    contact: record.relatives?.map(({ relationship, family, given, phones }) =>
      present({
        relationship: [roleOf(relationship)],
        name: present({ family, given: given === undefined ? [] : [given] }),
        telecom: phones.map(telecomOf),
      }),
    ),
  });

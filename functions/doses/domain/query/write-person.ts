import { ETHNICITIES, RACES } from '../../../../shared/codes/people.ts';
import { writeSegment, type Component, type FieldContent } from '../../../../shared/hl7/index.ts';
import type { PatientFacts, RecordItem } from '../../../../shared/published/person.ts';
import type { QueryProfile } from './query-types.ts';

/** Whose number it is when we name a person (PID-3, type SR). */
export const ourNumber = (personId: string, jurisdictionCode: string): Component[] => [personId, '', '', jurisdictionCode, 'SR'];

export interface ShownPerson {
  readonly personId: string;
  /** What is shown of the person: one record, never a mixture. */
  readonly record: RecordItem;
  /** The asker's own numbers for the patient; nobody else's are told. */
  readonly ownIds: PatientFacts['ids'];
}

const hl7Day = (day: string): string => day.replaceAll('-', '');
const repeated = (rows: readonly (readonly Component[])[]): FieldContent => (rows.length === 0 ? '' : { repetitions: rows });
const coded = (code: string, table: Readonly<Record<string, string>>): Component[][] =>
  Object.hasOwn(table, code) ? [[code, table[code] ?? '', 'CDCREC']] : [];

const numbers = ({ personId, ownIds }: ShownPerson, code: string): FieldContent =>
  repeated([...ownIds.map(({ id, authority, type }) => [id, '', '', authority, type]), ourNumber(personId, code)]);

/** A name that was told without its type is the legal one (HL7-31). */
const names = ({ names: told }: PatientFacts): FieldContent =>
  repeated(told.map(({ family, given, middle = '', suffix = '', type = 'L' }) => [family, given, middle, suffix, '', '', type]));

/** Ten digits, split as the profile asks; a number of another length has no area. */
const phone = ({ use = 'PRN', equipment = 'PH', number = '' }: NonNullable<PatientFacts['phones']>[number]): Component[] =>
  ['', use, equipment, '', '', ...(number.length === 10 ? [number.slice(0, 3), number.slice(3)] : ['', number])];

const address = ({
  street = '',
  other = '',
  city = '',
  state = '',
  zip = '',
  country = '',
  type = 'H',
}: NonNullable<PatientFacts['addresses']>[number]): Component[] => [street, other, city, state, zip, country, type];

/** The profile knows F, M and U. */
const sexCode = (sex: PatientFacts['sex']): string => (sex === 'X' ? 'U' : sex);

/** One of several to choose from (Z31, HL7-93): enough to know one's own patient, no street, phone, relative or dose. */
export const writeCandidate = (person: ShownPerson, position: number, code: string): string => {
  const { record } = person;
  const home = record.addresses?.[0];
  return writeSegment('PID', {
    1: String(position),
    3: numbers(person, code),
    5: names({ ...record, names: record.names.slice(0, 1) }),
    7: hl7Day(record.birthDate),
    8: sexCode(record.sex),
    11: home === undefined ? '' : address({ city: home.city, state: home.state, zip: home.zip, type: home.type }),
  });
};

/** The person of a history (Z32, Z42; HL7-94, HL7-95). Relatives are left out: nobody asked for them. Z42 has no PD1. */
export const writePerson = (person: ShownPerson, profile: QueryProfile, code: string): string[] => {
  const { record } = person;
  const { mothersMaidenName: maiden, multipleBirth, birthOrder, dead, deathDate, registryStatus, protection } = record;
  const yesNo = (value: boolean | undefined): string => (value === undefined ? '' : value ? 'Y' : 'N');
  const pid = writeSegment('PID', {
    1: '1',
    3: numbers(person, code),
    5: names(record),
    6: maiden === undefined ? '' : [maiden.family, maiden.given ?? '', '', '', '', '', 'M'],
    7: hl7Day(record.birthDate),
    8: sexCode(record.sex),
    10: repeated((record.races ?? []).flatMap((race) => coded(race, RACES))),
    11: repeated((record.addresses ?? []).map(address)),
    13: repeated((record.phones ?? []).filter(({ number }) => number !== undefined).map(phone)),
    22: repeated(coded(record.ethnicity ?? '', { '2135-2': ETHNICITIES['2135-2'], '2186-5': ETHNICITIES['2186-5'] })),
    24: yesNo(multipleBirth),
    25: multipleBirth === true && birthOrder !== undefined ? String(birthOrder) : '',
    ...(dead === undefined ? {} : { 29: dead && deathDate !== undefined ? hl7Day(deathDate) : '', 30: yesNo(dead) }),
  });
  if (profile === 'Z44' || (protection === undefined && registryStatus === undefined)) return [pid];
  const pd1 = writeSegment('PD1', {
    ...(protection === undefined ? {} : { 12: protection.code, 13: hl7Day(protection.on ?? '') }),
    ...(registryStatus === undefined ? {} : { 16: registryStatus.code, 17: hl7Day(registryStatus.on ?? '') }),
  });
  return [pid, pd1];
};

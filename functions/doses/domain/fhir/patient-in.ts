import type { Component, FieldContent, SegmentTree } from '../../../../shared/hl7/index.ts';
import { authorityOf, extensions, identifierTypeOf, relationshipOf, rowOf, systems } from './code-systems.ts';
import type { ContactPoint, Extension, HumanName, PatientResource } from './elements.ts';
import type { Issue } from './issues.ts';

/** Elements of lists as repetitions of a field, with the place each came from. */
interface Listed {
  readonly field: FieldContent;
  readonly from: readonly number[];
}
const listed = <T>(items: readonly T[] | undefined, write: (item: T, index: number) => readonly Component[] | undefined): Listed => {
  const rows = (items ?? []).flatMap((item, index) => {
    const row = write(item, index);
    return row === undefined ? [] : [{ row, index }];
  });
  return { field: { repetitions: rows.map(({ row }) => row) }, from: rows.map(({ index }) => index) };
};

const nameTypes: Readonly<Record<string, string>> = { official: 'L', usual: 'D', maiden: 'M', nickname: 'A' };
const addressUses: Readonly<Record<string, string>> = { home: 'H', work: 'B', temp: 'C', old: 'BA', billing: 'M' };
const phoneUses: Readonly<Record<string, readonly [use: string, equipment: string]>> = {
  home: ['PRN', 'PH'],
  work: ['WPN', 'PH'],
  mobile: ['PRN', 'CP'],
  temp: ['ORN', 'PH'],
};
const sexes: Readonly<Record<string, string>> = { female: 'F', male: 'M', other: 'X', unknown: 'U' };

export const digitsOfDate = (date: string): string => (/^\d{4}(-\d{2}(-\d{2})?)?/.test(date) ? (date.split('T')[0] ?? '').replaceAll('-', '') : date);

const namesOf = (names: readonly HumanName[] | undefined): Listed => {
  const usable = (names ?? []).map((name) => (name.use === 'anonymous' ? undefined : name));
  const legal = usable.findIndex((name) => name?.use === 'official');
  const first = legal === -1 ? usable.findIndex((name) => name !== undefined && name.use !== 'old') : legal;
  return listed(usable, (name, index) => {
    if (name === undefined) return undefined;
    const [given = '', ...middle] = name.given ?? [];
    const type = index === first ? 'L' : (rowOf(nameTypes, name.use) ?? 'A');
    return [name.family ?? '', given, middle.join(' '), (name.suffix ?? []).join(' '), '', '', type];
  });
};

export const phoneField = ({ system, value = '', use = '' }: ContactPoint): readonly Component[] | undefined => {
  if (system === 'email') return ['', 'NET', 'Internet', value];
  if ((system !== undefined && system !== 'phone' && system !== 'sms') || use === 'old') return undefined;
  const [code, equipment] = rowOf(phoneUses, use) ?? ['PRN', system === 'sms' ? 'CP' : 'PH'];
  const digits = value.replace(/\D/g, '').replace(/^1(?=\d{10}$)/, '');
  return digits.length === 10 ? ['', code, equipment, '', '', digits.slice(0, 3), digits.slice(3)] : ['', code, equipment, '', '', '', digits];
};

const codesOf = (list: readonly Extension[] | undefined, url: string): string[] => {
  const parts = list?.find((extension) => extension.url === url)?.extension ?? [];
  const of = (name: string): string[] =>
    parts.flatMap((part) => (part.url === name && part.valueCoding?.code !== undefined ? [part.valueCoding.code] : []));
  const categories = of('ombCategory').map((code) => (code === 'ASKU' ? 'UNK' : code));
  return [...new Set([...categories, ...of('detailed').filter((code) => code === '2131-1' || categories.length === 0)])];
};

/** Patient as the segments it stands for, and where each repetition came from. */
export interface PatientSegments {
  readonly segments: readonly SegmentTree[];
  /** By field: index in the list of the resource of each repetition. */
  readonly from: Readonly<Record<string, readonly number[]>>;
  readonly issues: readonly Issue[];
}

const refusedModifiers = (patient: PatientResource, at: string): Issue[] => [
  ...(patient.active === false
    ? [
        {
          severity: 'error',
          code: 'not-supported',
          expression: `${at}.active`,
          text: 'a record that is not in use any more is not taken; a person of the registry decides about records',
        } as const,
      ]
    : []),
  ...((patient.link?.length ?? 0) > 0
    ? [
        {
          severity: 'error',
          code: 'not-supported',
          expression: `${at}.link`,
          text: 'links between patients are decided by the registry; send the patient without it',
        } as const,
      ]
    : []),
];

const notKept = (telecom: readonly ContactPoint[] | undefined, kept: readonly number[], at: string): Issue[] =>
  (telecom ?? []).flatMap((_, index) =>
    kept.includes(index)
      ? []
      : [
          {
            severity: 'information',
            code: 'informational',
            expression: `${at}.telecom[${index}]`,
            text: 'is kept with the original only: telephone and e-mail in use are kept here',
          } as const,
        ],
  );

/** PID, PD1 and NK1 of a patient; the codes stay as sent where the rules of the guide must judge them. */
export const patientSegments = (patient: PatientResource, at: string): PatientSegments => {
  const ids = listed(patient.identifier, ({ value = '', system, type }) =>
    value.trim() === '' ? undefined : [value, '', '', authorityOf(system), identifierTypeOf({ type, system })]);
  const names = namesOf(patient.name);
  const phones = listed(patient.telecom, phoneField);
  const addresses = listed(
    patient.address,
    ({ use, type, line: [street = '', ...other] = [], city = '', state = '', postalCode = '', country = '', district = '' }) => [
      street,
      other.join(', '),
      city,
      state,
      postalCode,
      country,
      type === 'postal' ? 'M' : (rowOf(addressUses, use) ?? 'H'),
      '',
      district,
    ],
  );
  const maiden = patient.extension?.find(({ url }) => url === extensions.mothersMaidenName)?.valueString ?? '';
  const [ethnicity] = codesOf(patient.extension, extensions.ethnicity);
  const dead = patient.deceasedDateTime !== undefined || patient.deceasedBoolean === true;
  const order = patient.multipleBirthInteger;
  const confidentiality = patient.meta?.security?.find(({ system }) => system === systems.confidentiality)?.code;
  const contacts = (patient.contact ?? []).map((contact, index) => ({ ...contact, index })).filter(({ name }) => (name?.family ?? '') !== '');
  const pid: SegmentTree = {
    name: 'PID',
    fields: {
      1: '1', 3: ids.field, 5: names.field,
      6: maiden === '' ? '' : [maiden, '', '', '', '', '', 'M'],
      7: digitsOfDate(patient.birthDate ?? ''),
      8: rowOf(sexes, patient.gender) ?? patient.gender ?? '',
      10: { repetitions: codesOf(patient.extension, extensions.race).map((code) => [code, '', 'CDCREC']) },
      11: addresses.field, 13: phones.field,
      22: ethnicity === undefined ? '' : [ethnicity, '', 'CDCREC'],
      24: order !== undefined || patient.multipleBirthBoolean === true ? 'Y' : patient.multipleBirthBoolean === false ? 'N' : '',
      25: order === undefined ? '' : String(order),
      29: digitsOfDate(patient.deceasedDateTime ?? ''),
      30: dead ? 'Y' : patient.deceasedBoolean === false ? 'N' : '',
    },
  };
  const restricted = confidentiality === 'R' || confidentiality === 'V' ? 'Y' : confidentiality === 'N' ? 'N' : '';
  const nk1 = contacts.map(({ name, relationship, telecom }, index): SegmentTree => ({
    name: 'NK1',
    fields: {
      1: String(index + 1),
      2: [name?.family ?? '', name?.given?.[0] ?? ''],
      3: [relationshipOf(relationship), '', 'HL70063'],
      5: listed(telecom, phoneField).field,
    },
  }));
  return {
    segments: [pid, ...(restricted === '' ? [] : [{ name: 'PD1', fields: { 12: restricted } }]), ...nk1],
    from: { 'PID-3': ids.from, 'PID-5': names.from, 'PID-11': addresses.from, 'PID-13': phones.from, NK1: contacts.map(({ index }) => index) },
    issues: [...refusedModifiers(patient, at), ...notKept(patient.telecom, phones.from, at)],
  };
};

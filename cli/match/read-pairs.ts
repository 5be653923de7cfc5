import { readFileSync } from 'node:fs';
import { generationOf } from '../../functions/doses/domain/match/name-words.ts';
import type { Patient, PatientIdentifier } from '../../functions/doses/domain/match/patient.ts';
import { UsageError } from '../usage-error.ts';

export const labels = ['Match', 'Possible Match', 'Not a Match'] as const;
export type Label = (typeof labels)[number];

/** Two patients and what people said of them. */
export interface Pair {
  /** Line of the file, from 1: the names of scenarios repeat. */
  readonly line: number;
  readonly scenario: string;
  readonly label: Label;
  readonly isUnanimous: boolean | undefined;
  readonly isAiraC: boolean | undefined;
  readonly a: Patient;
  readonly b: Patient;
}

type Fields = Readonly<Record<string, unknown>>;
const isFields = (value: unknown): value is Fields => typeof value === 'object' && value !== null && !Array.isArray(value);

const textOf = (fields: Fields, name: string): string | undefined => {
  const value = fields[name];
  if (typeof value === 'number') return String(value);
  return typeof value === 'string' && value.trim() !== '' ? value.trim() : undefined;
};

const listOf = (fields: Fields, name: string): string[] => {
  const value = fields[name];
  return (Array.isArray(value) ? value : [value]).filter((each): each is string => typeof each === 'string' && each !== '');
};

const birthDateOf = (text: string | undefined): string | undefined => {
  const [, year, month, day] = /^(\d{4})-?(\d{2})-?(\d{2})/.exec(text ?? '') ?? [];
  return year === undefined ? undefined : `${year}-${month}-${day}`;
};

/** Columns of identifiers: none of them says who gave the number, and all senders' record numbers stand in one column. */
const idColumns: readonly (readonly [column: string, type: string])[] = [['mrns', 'MR'], ['ssn', 'SS'], ['medicaid', 'MA']];

/** A second last name and an alias are further names; `II` stands among the aliases and is a suffix. */
const namesOf = (fields: Fields): Patient['names'] => {
  const [family = '', given = ''] = [textOf(fields, 'nameLast'), textOf(fields, 'nameFirst')];
  const aliases = listOf(fields, 'nameAlias');
  const suffix = textOf(fields, 'nameSuffix') ?? aliases.find((alias) => generationOf(alias) !== undefined);
  return [
    { family, given, middle: textOf(fields, 'nameMiddle'), suffix },
    ...aliases.filter((alias) => generationOf(alias) === undefined).map((alias) => ({ family, given: alias })),
    ...listOf(fields, 'nameLastHyph').map((second) => ({ family: second, given: '' })),
  ];
};

/** Reads one side of a pair. A column that is missing, or that this program does not know, is no information. */
export const patientOf = (fields: Fields): Patient => {
  const text = (name: string): string | undefined => textOf(fields, name);
  const [status, type, order] = [text('birthStatus'), text('birthType'), text('birthOrder')];
  const [mother, guardian, guardianFamily] = [text('motherMaidenName'), text('guardianNameFirst'), text('guardianNameLast')];
  const secondZip = text('address2Zip');
  return {
    names: namesOf(fields),
    birthDate: birthDateOf(text('birthDate')),
    sex: text('gender'),
    multipleBirth: status === 'Y' || (type !== undefined && Number(type) > 1) ? true : status === 'N' ? false : undefined,
    birthOrder: order !== undefined && /^\d{1,2}$/.test(order) ? Number(order) : undefined,
    addresses: [
      { street: text('addressStreet1'), city: text('addressCity'), zip: text('addressZip') },
      ...(secondZip === undefined ? [] : [{ street: text('address2Street1'), city: text('address2City'), zip: secondZip }]),
    ],
    phones: [...listOf(fields, 'phone').map((number) => ({ number })), ...listOf(fields, 'email').map((email) => ({ email }))],
    mothersMaidenName: mother === undefined ? undefined : { family: mother },
    relatives: guardian === undefined && guardianFamily === undefined ? [] : [{ family: guardianFamily ?? '', given: guardian }],
    ids: idColumns.flatMap(([column, idType]) => listOf(fields, column).map((id): PatientIdentifier => ({ id, authority: '', type: idType }))),
  };
};

const flagOf = (fields: Fields, name: string): boolean | undefined => (typeof fields[name] === 'boolean' ? fields[name] : undefined);

const pairOf = (value: unknown, line: number): Pair => {
  if (!isFields(value) || !isFields(value['a']) || !isFields(value['b'])) throw new UsageError(`Line ${line}: two patients are expected, a and b.`);
  const label = labels.find((each) => each === value['expect']);
  if (label === undefined) throw new UsageError(`Line ${line}: expect must be one of ${labels.join(', ')}.`);
  return {
    line, label, scenario: textOf(value, 'test') ?? `line ${line}`, isUnanimous: flagOf(value, 'unanimous'), isAiraC: flagOf(value, 'inAIRA-C'),
    a: patientOf(value['a']), b: patientOf(value['b']),
  };
};

const jsonOf = (text: string, line: number): unknown => {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw new UsageError(`Line ${line} is no JSON.`);
  }
};

/** Reads a file of labelled pairs, one JSON object a line. Throws UsageError naming the first line that is none. */
export const readPairs = (file: string): Pair[] => {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch {
    throw new UsageError(`Cannot read ${file}.`);
  }
  return text.split('\n').flatMap((row, at) => (row.trim() === '' ? [] : [pairOf(jsonOf(row, at + 1), at + 1)]));
};

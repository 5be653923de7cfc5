import type { Segment } from '../../../shared/hl7/index.ts';

/** One value that a record keeps as it was sent: where it stands, what it is, and how many characters of it are kept. */
interface KeptLength {
  readonly field: number;
  readonly component: number;
  readonly subcomponent?: number;
  readonly name: string;
  readonly mostChars: number;
  /** Without it there is no patient: whoever reads it says so. */
  readonly needed?: true;
}

/** A person's name, a town: HL7 2.5.1 has 50 (30 for a given name); names of several parts are longer. */
const nameChars = 100;
/** HL7's length of an identifier with its authority (EI, HD), and of MSH-10 in the national guide. */
const idChars = 199;
/** Codes of tables that are kept as sent; HL7 has 1 to 20. */
const codeChars = 20;

/**
 * How long a text may be, by field: HL7 2.5.1's lengths as the national guide gives them, more where real senders need more (numbers of a
 * patient that are UUIDs: HL7 has 15). One table for all doors: JSON and CSV take their limits from it, FHIR is judged by it like HL7.
 * Values that are not in it are codes, dates and numbers, which are kept only when they are known ones.
 */
export const LENGTHS = {
  patientId: 100,
  authority: idChars,
  code: codeChars,
  name: nameChars,
  suffix: 20,
  street: 120,
  city: nameChars,
  state: 50,
  zip: 20,
  country: codeChars,
  county: codeChars,
  email: 199,
  phone: 40,
  doseId: idChars,
  unit: 50,
  lot: 40,
  staffId: 100,
  facility: idChars,
  observationCode: 50,
  observation: 199,
  refusalText: idChars,
  organization: idChars,
  controlId: 199,
} as const;

const kept = (field: number, component: number, name: string, mostChars: number, subcomponent?: number): KeptLength =>
  ({ field, component, name, mostChars, ...(subcomponent === undefined ? {} : { subcomponent }) });
const needed = (...row: Parameters<typeof kept>): KeptLength => ({ ...kept(...row), needed: true });

const professional = (field: number): KeptLength[] => [
  kept(field, 1, 'id', LENGTHS.staffId), kept(field, 2, 'family name', LENGTHS.name, 1), kept(field, 3, 'given name', LENGTHS.name),
];
const phone = (field: number): KeptLength[] => [
  kept(field, 1, 'number', LENGTHS.phone),
  kept(field, 2, 'use', LENGTHS.code),
  kept(field, 3, 'equipment', LENGTHS.code),
  kept(field, 4, 'e-mail', LENGTHS.email),
  kept(field, 6, 'area code', LENGTHS.code),
  kept(field, 7, 'number', LENGTHS.code),
];

const KEPT: Readonly<Record<string, readonly KeptLength[]>> = {
  MSH: [
    kept(3, 1, 'application', LENGTHS.organization),
    kept(3, 2, 'application', LENGTHS.organization),
    kept(3, 3, 'application', LENGTHS.code),
    kept(4, 1, 'facility', LENGTHS.organization),
    kept(4, 2, 'facility', LENGTHS.organization),
    kept(4, 3, 'facility', LENGTHS.code),
    kept(22, 1, 'organization', LENGTHS.organization),
    kept(22, 10, 'organization', LENGTHS.organization),
  ],
  PID: [
    needed(3, 1, 'id', LENGTHS.patientId),
    kept(3, 4, 'authority', LENGTHS.authority, 1),
    kept(3, 4, 'authority', LENGTHS.authority, 2),
    kept(3, 5, 'type', LENGTHS.code),
    needed(5, 1, 'family name', LENGTHS.name, 1),
    needed(5, 2, 'given name', LENGTHS.name),
    kept(5, 3, 'middle name', LENGTHS.name),
    kept(5, 4, 'suffix', LENGTHS.suffix),
    kept(5, 7, 'name type', LENGTHS.code),
    kept(6, 1, "mother's maiden name", LENGTHS.name, 1),
    kept(6, 2, "mother's given name", LENGTHS.name),
    kept(11, 1, 'street', LENGTHS.street, 1),
    kept(11, 2, 'other designation', LENGTHS.street),
    kept(11, 3, 'city', LENGTHS.city),
    kept(11, 4, 'state', LENGTHS.state),
    kept(11, 5, 'zip', LENGTHS.zip),
    kept(11, 6, 'country', LENGTHS.country),
    kept(11, 7, 'address type', LENGTHS.code),
    kept(11, 9, 'county', LENGTHS.county),
    ...phone(13),
  ],
  NK1: [kept(2, 1, 'family name', LENGTHS.name, 1), kept(2, 2, 'given name', LENGTHS.name), kept(3, 1, 'relationship', LENGTHS.code), ...phone(5)],
  ORC: [
    kept(3, 1, 'id', LENGTHS.doseId),
    kept(3, 2, 'authority', LENGTHS.authority),
    kept(3, 3, 'authority', LENGTHS.authority),
    ...professional(10),
    ...professional(12),
  ],
  RXA: [
    kept(7, 1, 'unit', LENGTHS.unit),
    ...professional(10),
    kept(11, 4, 'facility', LENGTHS.facility, 1),
    kept(11, 4, 'facility', LENGTHS.facility, 2),
    kept(11, 4, 'facility', LENGTHS.code, 3),
    kept(15, 1, 'lot number', LENGTHS.lot),
    kept(18, 2, 'refusal text', LENGTHS.refusalText),
  ],
  OBX: [kept(3, 1, 'code', LENGTHS.observationCode), kept(5, 1, 'value', LENGTHS.observation), kept(5, 2, 'text', LENGTHS.observation)],
};

/** No text up to this length is too long anywhere. */
const neverTooLong = Math.min(...Object.values(LENGTHS));

/** A segment may be called anything, `constructor` too. */
const keptOf = (name: string): readonly KeptLength[] => (Object.hasOwn(KEPT, name) ? (KEPT[name] ?? []) : []);

/** How many characters a value may have; no limit where it is not kept as sent. */
const mostCharsOf = (name: string, field: number, component: number, subcomponent?: number): number =>
  keptOf(name).find(
    (row) =>
      row.field === field &&
      row.component === component &&
      (row.subcomponent === undefined || subcomponent === undefined || row.subcomponent === subcomponent),
  )?.mostChars ?? Number.POSITIVE_INFINITY;

/** Whether a value is longer than what is kept of it. */
export const isTooLong = (value: string, { name }: Pick<Segment, 'name'>, field: number, component: number, subcomponent?: number): boolean =>
  value.length > neverTooLong && value.length > mostCharsOf(name, field, component, subcomponent);

export const lengthWords = (length: number, mostChars: number): string => `has ${length} characters, at most ${mostChars} are taken`;

export interface Overlong {
  readonly field: number;
  readonly component: number;
  readonly repetition: number;
  readonly needed: boolean;
  /** `has 300 characters, at most 100 are taken`, with what it is in front. */
  readonly words: string;
}

/** Every value of a segment that is longer than what is kept of it. `mostRepetitions` bounds the look into a field. */
export const overlongIn = (segment: Segment, mostRepetitions: number): Overlong[] =>
  keptOf(segment.name).flatMap(({ field, component, subcomponent, name, mostChars, needed: isNeeded }): Overlong[] => {
    if (segment.text(field).length <= mostChars) return [];
    const found: Overlong[] = [];
    for (let repetition = 1; repetition <= Math.min(segment.repetitions(field), mostRepetitions); repetition += 1) {
      const { length } = segment.value(field, component, repetition, subcomponent);
      if (length > mostChars)
        found.push({ field, component, repetition, needed: isNeeded === true, words: `${name} ${lengthWords(length, mostChars)}` });
    }
    return found;
  });

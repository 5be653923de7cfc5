import { readHl7Date, whyNoDate } from '../../../../shared/hl7/index.ts';
import type { Segment } from '../../../../shared/hl7/index.ts';
import { PUBLICITY, REGISTRY_STATUS } from '../hl7-tables.ts';
import { isErased, read } from './notes.ts';
import type { Notes } from './notes.ts';
import type { ErasableField, ReportedPatient } from './types.ts';

type Words = Pick<ReportedPatient, 'publicity' | 'protection' | 'registryStatus' | 'erased'>;

type Word = { readonly field: number; readonly dateField: number; readonly name: ErasableField & keyof Words; readonly known: ReadonlySet<string> };

/** PD1: code, its date, and the table it is from (HL7-24, HL7-96). */
const WORDS: readonly Word[] = [
  { field: 11, dateField: 18, name: 'publicity', known: PUBLICITY },
  { field: 12, dateField: 13, name: 'protection', known: new Set(['Y', 'N']) },
  { field: 16, dateField: 17, name: 'registryStatus', known: REGISTRY_STATUS },
];

/** Publicity, protection and registry status with the day each word is from. */
export const readRegistryWords = (pd1: Segment, notes: Notes): Words => {
  const found: Record<string, { code: string; on?: string }> = {};
  const erased: ErasableField[] = [];
  for (const word of WORDS) {
    if (isErased(pd1, word.field)) erased.push(word.name);
    const code = readWord(pd1, word, notes);
    if (code === undefined) {
      noteLoneDate(pd1, word, notes);
      continue;
    }
    const on = readWordDate(pd1, word, notes);
    found[word.name] = { code, ...(on !== undefined && { on }) };
  }
  return { ...found, erased };
};

const readWord = (pd1: Segment, { field, name, known }: Word, notes: Notes): string | undefined => {
  const code = read(pd1, field).toUpperCase();
  if (code === '') return undefined;
  if (known.has(code)) return code;
  notes.add('HL7-21', pd1.at(field, 1), {
    code: '103',
    applicationCode: '5',
    severity: 'E',
    text: `PD1-${field} ${TITLES[name]} is not in the table - value ignored`,
  });
  return undefined;
};

/** A date without its word has no place (HL7-24, HL7-28). */
const noteLoneDate = (pd1: Segment, { field, dateField }: Word, notes: Notes): void => {
  if (read(pd1, dateField) === '' || read(pd1, field) !== '') return;
  notes.add('HL7-28', pd1.at(dateField), {
    code: '0',
    applicationCode: '8',
    severity: 'I',
    text: `PD1-${dateField} date without PD1-${field} - not stored`,
  });
};

const readWordDate = (pd1: Segment, { dateField }: Word, notes: Notes): string | undefined => {
  const sent = read(pd1, dateField);
  if (sent === '') return undefined;
  const date = readHl7Date(sent);
  if (date && date.date.length === 10) return date.date;
  notes.add('HL7-21', pd1.at(dateField), {
    code: '102',
    applicationCode: '2',
    severity: 'E',
    text: `PD1-${dateField} date ${whyNoDate(sent) ?? 'is no date'}, expected YYYYMMDD - value ignored`,
  });
  return undefined;
};

const TITLES: Readonly<Record<Word['name'], string>> = {
  publicity: 'publicity code', protection: 'protection indicator', registryStatus: 'registry status',
};

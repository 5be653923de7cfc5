import type { Segment } from '../../../../shared/hl7/index.ts';
import { isErased, read, withoutEmpty } from './notes.ts';
import type { Notes } from './notes.ts';
import { repetitionsOf } from './repetitions.ts';
import type { Phone } from './types.ts';

/** A ten-digit number without its country code. */
const digitsOf = (text: string): string => text.replace(/\D/g, '').replace(/^1(?=\d{10}$)/, '');

/** Components of XTN that say how to reach somebody. */
const NUMBERS = [1, 4, 6, 7] as const;

/** XTN: area and number, or e-mail for use NET; the old whole number in `.1` is read too (HL7-31, hl7.md section 6). */
export const readPhones = (segment: Segment, field: number, notes: Notes): Phone[] => {
  const phones: Phone[] = [];
  const first = { old: 0, useMissing: 0, empty: 0 };
  for (const repetition of repetitionsOf(segment, field, notes)) {
    const part = (component: number): string => read(segment, field, component, repetition);
    const number = digitsOf(part(6) + part(7));
    if (part(1) !== '') first.old ||= repetition;
    const phone = withoutEmpty<Phone>({ use: part(2), equipment: part(3), number: number || digitsOf(part(1)), email: part(4) });
    if (phone.number ?? phone.email) phones.push(phone);
    else if (
      segment.has(field, repetition) &&
      !isErased(segment, field) &&
      NUMBERS.every((component) => segment.value(field, component, repetition) === '')
    )
      first.empty ||= repetition;
    if ((phone.number ?? phone.email) !== undefined && segment.value(field, 2, repetition) === '') first.useMissing ||= repetition;
  }
  const name = `${segment.name}-${field}`;
  if (first.empty > 0)
    notes.add('HL7-31', segment.at(field, undefined, first.empty), {
      code: '101',
      severity: 'I',
      text: `${name} holds neither a number nor an e-mail address - ignored`,
    });
  if (first.useMissing > 0)
    notes.add('HL7-31', segment.at(field, 2, first.useMissing), { code: '101', severity: 'I', text: `${name}.2 use of the phone is missing` });
  if (first.old > 0) {
    notes.add('HL7-31', segment.at(field, 1, first.old), {
      code: '102',
      severity: 'I',
      text: `${name} has a number in component 1, which is no longer used - read when 6 and 7 are empty`,
    });
  }
  return phones;
};

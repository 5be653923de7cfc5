import { isDay } from '../../../../shared/kernel/dates.ts';
import { recordIdOfPatient } from './ids.ts';
import type { Issue } from './issues.ts';

export type Searched<T> = { readonly kind: 'search'; readonly search: T } | { readonly kind: 'refused'; readonly issues: readonly Issue[] };
type Lists = Readonly<Record<string, readonly string[]>>;

const issue = (text: string, code: Issue['code'] = 'invalid'): Issue => ({ severity: 'error', code, isMalformed: true, text });
const refused = (...issues: Issue[]): { kind: 'refused'; issues: Issue[] } => ({ kind: 'refused', issues });

/** Said of the answer, not of what is looked for. */
const always = ['_count', '_format', '_pretty', '_after', '_sort'];
/** A parameter that is not understood would widen the answer if it were left out: it is refused, and its name not repeated. */
const unknownIn = (lists: Lists, known: readonly string[]): Issue[] =>
  Object.keys(lists).every((name) => known.includes(name) || always.includes(name))
    ? []
    : [issue(`only these parameters are understood here: ${known.join(', ')}, _count`, 'not-supported')];

export const mostPerPage = 100;
const countOf = (lists: Lists): number => {
  const count = Number(lists['_count']?.[0] ?? 50);
  return Number.isInteger(count) && count > 0 ? Math.min(count, mostPerPage) : 50;
};

export interface DoseSearch {
  readonly recordId: string;
  /** Closed range of days given. */
  readonly from: string;
  readonly until: string;
  readonly count: number;
  /** Id of the last one of the page before. */
  readonly after: string | undefined;
}

/** A date of a search is a span: a month is all of its days. */
const spanOf = (date: string): { first: string; last: string } | undefined => {
  if (isDay(date)) return { first: date, last: date };
  if (/^\d{4}-(0[1-9]|1[0-2])$/.test(date)) return { first: `${date}-01`, last: `${date}-31` };
  return /^\d{4}$/.test(date) ? { first: `${date}-01-01`, last: `${date}-12-31` } : undefined;
};
const before = (day: string): string => `${day.slice(0, -1)}${String.fromCharCode(day.charCodeAt(9) - 1)}`;

/** `eq`, `ge`, `gt`, `le`, `lt` of FHIR's date search; several of them narrow each other. */
const rangeOf = (dates: readonly string[]): { from: string; until: string } | undefined => {
  let [from, until] = ['0000', '9999'];
  for (const date of dates) {
    const [, prefix = 'eq', day = ''] = /^(eq|ge|gt|le|lt)?(\d{4}.*)$/.exec(date) ?? [];
    const span = spanOf(day);
    if (span === undefined) return undefined;
    const low = prefix === 'eq' || prefix === 'ge' ? span.first : prefix === 'gt' ? `${span.last}~` : '';
    const high = prefix === 'eq' || prefix === 'le' ? span.last : prefix === 'lt' ? before(span.first) : '9999';
    if (low > from) from = low;
    if (high < until) until = high;
  }
  return { from, until };
};

/** GET Immunization?patient=…&date=…: always of one patient record of the caller's own. */
export const doseSearchOf = (lists: Lists): Searched<DoseSearch> => {
  const unknown = unknownIn(lists, ['patient', 'date']);
  if (unknown.length > 0) return refused(...unknown);
  const [patient, ...others] = lists['patient'] ?? [];
  if (patient === undefined || others.length > 0) return refused(issue('patient is needed, once: Patient/<id> or the id', 'required'));
  const range = rangeOf(lists['date'] ?? []);
  if (range === undefined) return refused(issue('date must be a day, a month or a year, with eq, ge, gt, le or lt before it'));
  const recordId = recordIdOfPatient(patient.replace(/^(?:.*\/)?Patient\//, '')) ?? '';
  return { kind: 'search', search: { recordId, ...range, count: countOf(lists), after: lists['_after']?.[0] } };
};

export type PatientSearch =
  | { readonly by: 'identifier'; readonly system: string | undefined; readonly value: string }
  | { readonly by: 'name'; readonly family: string; readonly given: string; readonly birthDate: string; readonly gender: string | undefined };

/** Patient by the number the caller gave it, or by name and birth date: whole, as the rules of matching want them. */
export const patientSearchOf = (lists: Lists): Searched<PatientSearch> => {
  const unknown = unknownIn(lists, ['identifier', 'family', 'given', 'birthdate', 'gender']);
  if (unknown.length > 0) return refused(...unknown);
  const one = (name: string): string | undefined => (lists[name]?.length === 1 ? lists[name][0]?.trim() : undefined);
  const identifier = one('identifier');
  if (identifier !== undefined && identifier !== '') {
    const [system, value] = identifier.includes('|')
      ? [identifier.slice(0, identifier.lastIndexOf('|')), identifier.slice(identifier.lastIndexOf('|') + 1)]
      : [undefined, identifier];
    if (value !== '') return { kind: 'search', search: { by: 'identifier', system: system === '' ? undefined : system, value } };
  }
  const [family = '', given = '', birthDate = ''] = [one('family'), one('given'), one('birthdate')?.replace(/^eq/, '')];
  if (family !== '' && given !== '' && isDay(birthDate))
    return { kind: 'search', search: { by: 'name', family, given, birthDate, gender: one('gender') } };
  return refused(issue('identifier=<system>|<value>, or family, given and birthdate (a whole day), each once', 'required'));
};

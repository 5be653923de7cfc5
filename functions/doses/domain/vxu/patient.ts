import { sexOf } from '../../../../shared/codes/people.ts';
import { HL7_LIMITS, readHl7Day, whyNoDate } from '../../../../shared/hl7/index.ts';
import type { Segment } from '../../../../shared/hl7/index.ts';
import { overlongIn, type Overlong } from '../field-lengths.ts';
import { readDemographics } from './demographics.ts';
import { readRegistryWords } from './registry-words.ts';
import { noteCutTime, read, readDamaged, withoutEmpty } from './notes.ts';
import type { FieldRule, Notes } from './notes.ts';
import { readPhones } from './phones.ts';
import { repetitionsOf } from './repetitions.ts';
import type { Structure } from './structure.ts';
import { checkValueSets } from './value-sets.ts';
import type { PatientId, PersonName, Relative, ReportedPatient } from './types.ts';

const NOT_STORED = [
  [2, 'old patient id'], [4, 'alternate id'], [9, 'alias'], [12, 'county code'], [19, 'social security number'], [20, 'licence'], [21, "mother's id"],
] as const;

/** Faults of PID that cost nothing (HL7-28, HL7-31). */
const PID_REMARKS: readonly FieldRule[] = [
  { rule: 'HL7-31', field: 1, found: 'missing', code: '101', severity: 'I', text: 'PID-1 is missing - taken as 1' },
  ...NOT_STORED.map(([field, name]): FieldRule => ({
    rule: 'HL7-28', field, found: 'sent', code: '0', applicationCode: '8', severity: 'I', text: `PID-${field} ${name} is not supported - not stored`,
  })),
];

/** The patient of a VXU, or undefined when the faults reject the message (HL7-27, HL7-33, HL7-80). */
export const readPatient = (structure: Structure, senderId: string, latestDay: string, notes: Notes): ReportedPatient | undefined => {
  const { pid, pd1 } = structure;
  if (!pid) {
    notes.add('HL7-27', { segment: 'PID', occurrence: 1 }, { code: '100', severity: 'E', text: 'PID is required - message rejected' });
    return undefined;
  }
  notes.check(pid, PID_REMARKS);
  checkValueSets(pid, notes);
  const tooLong = overlongIn(pid, HL7_LIMITS.repetitionsPerField).filter(({ needed }) => needed);
  const ids = readIds(pid, senderId, tooLong, notes);
  const names = readNames(pid, tooLong, notes);
  const birthDate = readBirthDate(pid, latestDay, notes);
  const sex = readSex(pid, notes);
  const demographics = readDemographics(pid, notes);
  const words = pd1 ? readRegistryWords(pd1, notes) : { erased: [] };
  const relatives = withinLimit(structure.relatives, notes).flatMap((nk1) => readRelative(nk1, notes) ?? []);
  if (!ids || !names || birthDate === undefined) return undefined;
  return { ids, names, birthDate, sex, ...demographics, ...words, relatives, erased: [...demographics.erased, ...words.erased] };
};

type Cause = Parameters<Notes['loseMessage']>[3] & { readonly repetition: number; readonly component: number };

/** What is wrong with one repetition of a field that a patient cannot do without. */
const tooLongIn = (field: 3 | 5, repetition: number, tooLong: readonly Overlong[]): Cause | undefined => {
  const found = tooLong.find((one) => one.field === field && one.repetition === repetition);
  return found && { code: '102', applicationCode: '4', text: `PID-${field} ${found.words}`, repetition, component: found.component };
};

/** Repetitions that are lost beside one that stands cost only themselves (HL7-33, HL7-41); when none stands, the first says why the patient is lost. */
const loseRepetitions = (pid: Segment, field: 3 | 5, causes: readonly Cause[], stands: boolean, missing: string, notes: Notes): void => {
  if (!stands) {
    const [{ code, applicationCode, text }] =
      causes.length > 0 ? (causes as [Cause]) : ([{ code: '101', text: missing, applicationCode: undefined }] as const);
    notes.loseMessage('HL7-27', pid, field, { code, ...(applicationCode && { applicationCode }), text });
    return;
  }
  for (const { repetition, component, text, ...note } of causes) {
    notes.add('HL7-33', pid.at(field, component === 0 ? undefined : component, repetition), {
      ...note,
      severity: 'E',
      text: `${text} - repetition ignored`,
    });
  }
};

/**
 * How the parts of a name or id are read: whole ones alone where there are any, else also damaged ones, because a byte never costs the
 * message (HL7-03). Over a stored name a damaged one does not count (`mergePatient`).
 */
const readerOf = (pid: Segment, field: 3 | 5, parts: readonly number[]): typeof read => {
  const repetitions = Array.from({ length: Math.min(pid.repetitions(field), HL7_LIMITS.repetitionsPerField) }, (_, i) => i + 1);
  const isWhole = repetitions.some((repetition) => parts.every((part) => read(pid, field, part, repetition) !== ''));
  return isWhole ? read : readDamaged;
};

/** PID-3: a repetition without authority or type is filled from the sender (hl7.md section 6); without an id it is lost (HL7-33). */
const readIds = (pid: Segment, senderId: string, tooLong: readonly Overlong[], notes: Notes): PatientId[] | undefined => {
  const ids: PatientId[] = [];
  const incomplete: number[] = [];
  const causes: Cause[] = [];
  const take = readerOf(pid, 3, [1]);
  for (const repetition of repetitionsOf(pid, 3, notes)) {
    const id = take(pid, 3, 1, repetition);
    const authority = read(pid, 3, 4, repetition, 1) || read(pid, 3, 4, repetition, 2);
    const type = read(pid, 3, 5, repetition);
    if (id === '' && readDamaged(pid, 3, 1, repetition) !== '') continue;
    if (id === '') {
      const cause = tooLongIn(3, repetition, tooLong);
      if (cause !== undefined) causes.push(cause);
      else if (pid.has(3, repetition)) causes.push({ code: '101', text: 'PID-3.1 id is missing', repetition, component: 1 });
      continue;
    }
    // What was too long was sent: it is told as such, not as missing.
    if (pid.value(3, 4, repetition) === '' || pid.value(3, 5, repetition) === '') incomplete.push(repetition);
    ids.push({ id, authority: authority || senderId, type: type || 'MR' });
  }
  loseRepetitions(pid, 3, causes, ids.length > 0, 'PID-3 patient id is missing', notes);
  if (ids.length === 0) return undefined;
  for (const repetition of incomplete) {
    const severity = incomplete.length === ids.length ? 'W' : 'I';
    const lacks = [pid.value(3, 4, repetition) === '', pid.value(3, 5, repetition) === ''] as const;
    const text = lacks[0] && lacks[1] ? 'PID-3.4 authority and PID-3.5 type are missing - taken as the sender and MR'
      : lacks[0] ? 'PID-3.4 authority is missing - taken as the sender' : 'PID-3.5 type is missing - taken as MR';
    notes.add('HL7-33', pid.at(3, undefined, repetition), { code: '101', severity, text });
  }
  return ids;
};

/** FN has five parts; more are looked at, because an & that was meant as a letter makes them. */
const surnameParts = [2, 3, 4, 5, 6, 7, 8, 9] as const;

/** HL7-06: FN repeats the surname in its parts. What stands there and not in the surname is lost, most likely by an & that was not escaped. */
const noteLostParts = (pid: Segment, repetition: number, notes: Notes): void => {
  const surname = read(pid, 5, 1, repetition, 1).toLowerCase();
  const isLost = (part: string): boolean => part !== '' && !surname.includes(part.toLowerCase());
  if (!surnameParts.some((part) => isLost(read(pid, 5, 1, repetition, part)))) return;
  notes.add('HL7-06', pid.at(5, 1, repetition), {
    code: '0',
    severity: 'I',
    text: 'PID-5.1 has parts after & that are not kept; an & of the name itself is sent as \\T\\',
  });
};

/** PID-5: family and given are needed once; the legal name goes first (HL7-31, HL7-33). */
const readNames = (pid: Segment, tooLong: readonly Overlong[], notes: Notes): PersonName[] | undefined => {
  const names: PersonName[] = [];
  const causes: Cause[] = [];
  const take = readerOf(pid, 5, [1, 2]);
  for (const repetition of repetitionsOf(pid, 5, notes)) {
    noteLostParts(pid, repetition, notes);
    const name = withoutEmpty<PersonName>({
      family: take(pid, 5, 1, repetition, 1), given: take(pid, 5, 2, repetition), middle: read(pid, 5, 3, repetition),
      suffix: read(pid, 5, 4, repetition), type: read(pid, 5, 7, repetition),
    });
    if (name.family && name.given) names.push(name);
    else if (readDamaged(pid, 5, 1, repetition, 1) && readDamaged(pid, 5, 2, repetition)) continue;
    else if (pid.has(5, repetition)) {
      const lacking = [...(name.family ? [] : ['family']), ...(name.given ? [] : ['given'])].join(' and ');
      causes.push(tooLongIn(5, repetition, tooLong) ?? { code: '101', text: `PID-5 ${lacking} name is missing`, repetition, component: 0 });
    }
  }
  loseRepetitions(pid, 5, causes, names.length > 0, 'PID-5 patient name is missing', notes);
  if (names.length === 0) return undefined;
  if (!names.some(({ type }) => type === 'L')) {
    notes.add('HL7-31', pid.at(5, 7), {
      code: '101',
      severity: 'I',
      text: 'PID-5.7 name type is missing - the first name is taken as the legal one',
    });
  }
  return names.toSorted((a, b) => Number(b.type === 'L') - Number(a.type === 'L'));
};

/** PID-7: a whole, possible day, not after the receipt (HL7-77, HL7-78, HL7-80). */
const readBirthDate = (pid: Segment, latestDay: string, notes: Notes): string | undefined => {
  const text = readDamaged(pid, 7);
  const lose = (note: Parameters<Notes['loseMessage']>[3], rule: 'HL7-27' | 'HL7-80') => {
    notes.loseMessage(rule, pid, 7, note);
    return undefined;
  };
  if (text === '') return lose({ code: '101', text: 'PID-7 birth date is missing' }, 'HL7-27');
  const sent = readHl7Day(text);
  if (!sent || sent.precision === 'year' || sent.precision === 'month') {
    return lose({ code: '102', applicationCode: '2', text: `PID-7 birth date ${whyNoDate(text) ?? 'is no date'}, expected YYYYMMDD` }, 'HL7-80');
  }
  if (sent.date > latestDay) {
    return lose({ code: '102', applicationCode: '1', text: 'PID-7 birth date lies in the future' }, 'HL7-80');
  }
  if (sent.isTimeCut) noteCutTime(pid, 7, 'birth date', notes);
  return sent.date;
};

/** PID-8: a code that is not in the profile is translated or taken as unknown, never a reason to reject. */
const readSex = (pid: Segment, notes: Notes): ReportedPatient['sex'] => {
  const sent = read(pid, 8).toUpperCase();
  if (sent === 'F' || sent === 'M' || sent === 'U' || sent === 'X') return sent;
  notes.add('HL7-21', pid.at(8, 1), sent === ''
    ? { code: '101', severity: 'W', text: 'PID-8 sex is missing - taken as U' }
    : { code: '103', applicationCode: '5', severity: 'W', text: 'PID-8 sex is none of F, M, U, X - translated or taken as U' });
  return sexOf(sent) ?? 'U';
};

/** Relatives that are read; says so when some are left out (HL7-12). */
const withinLimit = (relatives: readonly Segment[], notes: Notes): readonly Segment[] => {
  const most = HL7_LIMITS.relativesPerMessage;
  if (relatives.length > most)
    notes.add('HL7-12', relatives[most]?.at(), { code: '999', severity: 'W', text: `More than ${most} relatives (NK1) - the rest was ignored` });
  return relatives.slice(0, most);
};

/** Phones of a relative that are kept. */
const mostPhones = 5;

const NK1_REMARKS: readonly FieldRule[] = [
  { rule: 'HL7-31', field: 1, found: 'missing', code: '101', severity: 'I', text: 'NK1-1 is missing - taken in the order sent' },
  { rule: 'HL7-25', field: 3, found: 'missing', code: '101', severity: 'W', text: 'NK1-3 relationship is missing - kept as other' },
];

/** NK1: without a name there is nobody to keep (HL7-25). */
const readRelative = (nk1: Segment, notes: Notes): Relative | undefined => {
  const family = read(nk1, 2, 1, 1, 1);
  if (family === '') {
    notes.add('HL7-25', nk1.at(2), { code: '101', severity: 'E', text: 'NK1-2 name is missing - segment ignored' });
    return undefined;
  }
  notes.check(nk1, NK1_REMARKS);
  checkValueSets(nk1, notes);
  return withoutEmpty<Relative>({
    relationship: read(nk1, 3) || 'OTH',
    family,
    given: read(nk1, 2, 2),
    phones: readPhones(nk1, 5, notes).slice(0, mostPhones),
  });
};

import { ethnicityOf, raceOf } from '../../../../shared/codes/people.ts';
import { lastDayOf, readHl7Date, readHl7Day, whyNoDate } from '../../../../shared/hl7/index.ts';
import type { Segment } from '../../../../shared/hl7/index.ts';
import { isErased, read, withoutEmpty } from './notes.ts';
import type { Notes } from './notes.ts';
import { readPhones } from './phones.ts';
import { repetitionsOf } from './repetitions.ts';
import type { Address, ErasableField, ReportedPatient } from './types.ts';

type Demographics = Pick<ReportedPatient,
  | 'mothersMaidenName' | 'races' | 'ethnicity' | 'addresses' | 'phones' | 'multipleBirth' | 'birthOrder' | 'dead' | 'deathDate' | 'erased'>;

/** Fields of PID that `""` erases (HL7-75). */
const ERASABLE: readonly (readonly [number, ErasableField])[] = [
  [6, 'mothersMaidenName'], [10, 'races'], [11, 'addresses'], [13, 'phones'], [22, 'ethnicity'],
  [24, 'multipleBirth'], [25, 'birthOrder'], [29, 'deathDate'], [30, 'dead'],
];

/** What PID says beyond the identity; a field that was not sent stays absent (HL7-74), a list that was sent is whole (HL7-76). */
export const readDemographics = (pid: Segment, notes: Notes): Demographics => {
  const races = readCodes(pid, 10, 'race', raceOf, notes);
  const [ethnicity] = readCodes(pid, 22, 'ethnicity', ethnicityOf, notes);
  const addresses = readAddresses(pid, notes);
  const phones = readPhones(pid, 13, notes);
  const maiden = read(pid, 6, 1, 1, 1);
  return withoutEmpty<Demographics>({
    mothersMaidenName: maiden === '' ? undefined : withoutEmpty<{ family: string; given?: string }>({ family: maiden, given: read(pid, 6, 2) }),
    races: races.length > 0 ? races : undefined,
    ethnicity,
    addresses: addresses.length > 0 ? addresses : undefined,
    phones: phones.length > 0 ? phones : undefined,
    multipleBirth: readYesNo(pid, 24, 'multiple birth indicator', notes),
    birthOrder: readBirthOrder(pid, notes),
    ...readDeath(pid, notes),
    erased: ERASABLE.filter(([field]) => isErased(pid, field)).map(([, name]) => name),
  });
};

/** CDCREC codes of PID-10 and PID-22; another name for the coding system costs nothing, an unknown code its repetition (HL7-21, HL7-33). */
const readCodes = <T>(pid: Segment, field: 10 | 22, name: string, codeOf: (sent: string) => T | undefined, notes: Notes): T[] => {
  const codes: T[] = [];
  for (const repetition of repetitionsOf(pid, field, notes)) {
    const sent = read(pid, field, 1, repetition);
    if (sent === '') continue;
    const code = codeOf(sent);
    if (code === undefined) {
      notes.add('HL7-21', pid.at(field, 1, repetition), {
        code: '103',
        applicationCode: '5',
        severity: 'E',
        text: `PID-${field} ${name} is not in the table - value ignored`,
      });
      continue;
    }
    if (read(pid, field, 3, repetition) !== 'CDCREC') {
      notes.add('HL7-31', pid.at(field, 3, repetition), { code: '103', severity: 'I', text: `PID-${field}.3 should be CDCREC` });
    }
    codes.push(code);
  }
  return codes;
};

const readAddresses = (pid: Segment, notes: Notes): Address[] => {
  const addresses: Address[] = [];
  for (const repetition of repetitionsOf(pid, 11, notes)) {
    const part = (component: number, subcomponent?: number): string => read(pid, 11, component, repetition, subcomponent);
    if (!pid.has(11, repetition)) continue;
    const address = withoutEmpty<Address>({
      street: part(1, 1), other: part(2), city: part(3), state: part(4), zip: part(5), country: part(6), type: part(7), county: part(9),
    });
    if (Object.keys(address).some((key) => key !== 'type' && key !== 'country')) addresses.push(address);
    if (address.type === undefined) {
      notes.add('HL7-31', pid.at(11, 7, repetition), { code: '101', severity: 'I', text: 'PID-11.7 address type is missing' });
    }
  }
  return addresses;
};

const readYesNo = (pid: Segment, field: number, name: string, notes: Notes): boolean | undefined => {
  const sent = read(pid, field).toUpperCase();
  if (sent === 'Y' || sent === 'N') return sent === 'Y';
  if (sent !== '') {
    notes.add('HL7-21', pid.at(field, 1), {
      code: '103',
      applicationCode: '5',
      severity: 'E',
      text: `PID-${field} ${name} is neither Y nor N - value ignored`,
    });
  }
  return undefined;
};

const readBirthOrder = (pid: Segment, notes: Notes): number | undefined => {
  const sent = read(pid, 25);
  if (sent === '') return undefined;
  const order = /^\d{1,2}$/.test(sent) ? Number(sent) : 0;
  if (order > 0) return order;
  notes.add('HL7-21', pid.at(25, 1), {
    code: '102',
    applicationCode: '4',
    severity: 'E',
    text: 'PID-25 birth order is no positive number - value ignored',
  });
  return undefined;
};

/** PID-30 and PID-29; a date of death has no place without the indicator (HL7-24, HL7-28, HL7-80). */
const readDeath = (pid: Segment, notes: Notes): Pick<Demographics, 'dead' | 'deathDate'> => {
  const dead = readYesNo(pid, 30, 'death indicator', notes);
  const sent = read(pid, 29);
  if (sent !== '' && dead !== true) {
    notes.add('HL7-28', pid.at(29), { code: '0', applicationCode: '8', severity: 'I', text: 'PID-29 date of death without PID-30 Y - not stored' });
  }
  const date = dead === true && sent !== '' ? readHl7Date(sent) : undefined;
  if (dead === true && sent !== '' && !date) {
    notes.add('HL7-80', pid.at(29), {
      code: '102',
      applicationCode: '2',
      severity: 'E',
      text: `PID-29 date of death ${whyNoDate(sent, 'year') ?? 'is no date'}, expected YYYYMMDD - value ignored`,
    });
  }
  const birth = readHl7Day(read(pid, 7));
  const beforeBirth = date && birth && lastDayOf(date.date) < birth.date;
  if (beforeBirth)
    notes.add('HL7-80', pid.at(29), { code: '102', applicationCode: '1', severity: 'E', text: 'PID-29 death lies before birth - value ignored' });
  return { ...(dead !== undefined && { dead }), ...(date && !beforeBirth && { deathDate: date.date }) };
};

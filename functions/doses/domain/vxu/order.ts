import { lastDayOf, readHl7Day, whyNoDate } from '../../../../shared/hl7/index.ts';
import type { Segment } from '../../../../shared/hl7/index.ts';
import {
  readAmount, readExpiry, readFacility, readManufacturer, readProfessional, readRefusal, readRoute,
} from './administration.ts';
import { isSent, noteCutTime, read, readDamaged, withoutEmpty } from './notes.ts';
import type { FieldRule, Notes } from './notes.ts';
import { checkInformationSheets } from './information-sheets.ts';
import { isEligibilityTold, readObservations } from './observations.ts';
import { kindOf, readAction, readCompletion, readSource } from './status.ts';
import type { OrderGroup } from './structure.ts';
import type { Completion, ReportedDose, ReportedPatient, VaccineCodes } from './types.ts';
import { readVaccine } from './vaccine.ts';
import { checkCodingSystems } from './value-sets.ts';

/** What a dose is read against. */
export type OrderContext = {
  readonly codes: VaccineCodes;
  readonly senderId: string;
  readonly patient: Pick<ReportedPatient, 'birthDate' | 'deathDate'> | undefined;
  /** The last day that is not yet the future. */
  readonly latestDay: string;
};

/** Stands in ORC-3 where there is no event to point at; never a key (HL7-67). */
const NO_ID = '9999';

/** Faults of ORC and RXA that cost nothing (HL7-31). */
const ORC_REMARKS: readonly FieldRule[] = [
  { rule: 'HL7-31', field: 1, found: ['RE'], severity: 'I', text: 'ORC-1 should be RE' },
];
const RXA_REMARKS: readonly FieldRule[] = [
  { rule: 'HL7-31', field: 1, found: ['0'], severity: 'I', text: 'RXA-1 should be 0' },
  { rule: 'HL7-31', field: 2, found: ['1'], severity: 'I', text: 'RXA-2 should be 1' },
];

/** XCN of RXA-10: an id, a family or a given name is enough to know who it was. */
const PROVIDER_PARTS = [1, 2, 3] as const;

/** HL7-56: what a new dose should say; without it the dose stands all the same. */
const NEW_DOSE: readonly FieldRule[] = ([
  [11, 4, 'facility'], [15, 1, 'lot number'], [16, 1, 'expiry date'], [17, 1, 'manufacturer'],
] as const).map(([field, component, name]) => ({
  rule: 'HL7-56', field, component, found: 'missing', code: '101', severity: 'W', text: `RXA-${field} ${name} is missing`,
}));

/** One order group as a dose, or undefined when a fault costs the whole group (HL7-26, HL7-49, HL7-77, HL7-80). */
export const readOrder = (group: OrderGroup, context: OrderContext, notes: Notes): ReportedDose | undefined => {
  const { orc, rxa, rxr } = group;
  if (!rxa) {
    notes.add('HL7-26', orc?.at(), { code: '100', severity: 'E', text: 'ORC without RXA - dose rejected' });
    return undefined;
  }
  if (orc) notes.check(orc, ORC_REMARKS);
  else notes.add('HL7-32', rxa.at(), { code: '100', severity: 'W', text: 'ORC before this RXA is missing - the dose has no id' });
  notes.check(rxa, RXA_REMARKS);
  checkCodingSystems(rxa, notes);
  const givenOn = readGivenOn(rxa, context, notes);
  const vaccine = readVaccine(rxa, context.codes, notes);
  // What is lost is read on: the sender hears of all of it at once (HL7-34).
  const { ndcMvx, ...codes } = vaccine ?? { cvx: '', ndcMvx: undefined };
  const completion = readCompletion(rxa, codes.cvx, notes);
  const source = readSource(rxa, completion, notes);
  const kind = kindOf(completion, source);
  const action = readAction(rxa, codes.cvx, notes);
  const dose = {
    position: rxa.occurrence, id: readId(orc, completion, context, notes), action, completion, kind, source, ...codes,
    mvx: readManufacturer(rxa, { cvx: codes.cvx, ndcMvx }, context.codes, notes),
    lot: read(rxa, 15),
    expiry: readExpiry(rxa, givenOn, notes),
    ...readAmount(rxa, completion, notes),
    ...(rxr && readRoute(rxr, notes)),
    facility: readFacility(rxa),
    administeredBy: readProfessional(rxa, 10), orderedBy: readProfessional(orc, 12), enteredBy: readProfessional(orc, 10),
    refusal: readRefusal(rxa, completion, notes),
    ...readObservations(group.observations, context.codes, notes),
  };
  const looksHistorical = kind === 'new' && dose.amount === undefined && dose.lot === '' && !isSent(rxa, 17);
  if (kind === 'new' && action !== 'D') {
    checkNewDose(rxa, rxr, dose.eligibility !== undefined || isEligibilityTold(group.observations), looksHistorical, notes);
    checkInformationSheets(group.observations, notes);
  }
  if (givenOn === undefined || vaccine === undefined) {
    notes.loseGroup(rxa);
    return undefined;
  }
  return withoutEmpty<ReportedDose>({ ...dose, givenOn, looksHistorical });
};

/** RXA-3: a whole day, not before birth and not after receipt, one day of grace (HL7-77, HL7-80). */
const readGivenOn = (rxa: Segment, context: OrderContext, notes: Notes): string | undefined => {
  const text = readDamaged(rxa, 3);
  const sent = readHl7Day(text);
  if (text === '') notes.loseSegment('HL7-26', rxa, 3, { code: '101', text: 'RXA-3 date given is missing' });
  else if (!sent || sent.date.length < 10)
    notes.loseSegment('HL7-77', rxa, 3, {
      code: '102',
      applicationCode: '2',
      text: `RXA-3 date given ${whyNoDate(text) ?? 'is no date'}, expected YYYYMMDD`,
    });
  else if (sent.date > context.latestDay)
    notes.loseSegment('HL7-80', rxa, 3, { code: '102', applicationCode: '1', text: 'RXA-3 date given lies in the future' });
  else if (context.patient && sent.date < context.patient.birthDate) {
    notes.loseSegment('HL7-80', rxa, 3, { code: '102', applicationCode: '1', text: 'RXA-3 date given lies before birth' });
  } else {
    if (sent.isTimeCut) noteCutTime(rxa, 3, 'date given', notes);
    checkDates(rxa, sent.date, context, notes);
    return sent.date;
  }
  return undefined;
};

/** A dose after death is kept with a warning (HL7-80); so is one whose end is not its start (IZ-30). */
const checkDates = (rxa: Segment, givenOn: string, { patient }: OrderContext, notes: Notes): void => {
  if (patient?.deathDate !== undefined && lastDayOf(patient.deathDate) < givenOn) {
    notes.add('HL7-80', rxa.at(3, 1), { code: '102', applicationCode: '1', severity: 'W', text: 'RXA-3 date given lies after death' });
  }
  const end = read(rxa, 4);
  if (end !== '' && readHl7Day(end)?.date !== givenOn) {
    const why = whyNoDate(end);
    const text =
      why === undefined ? 'RXA-4 is not the day of RXA-3 - RXA-4 ignored' : `RXA-4 ${why}, expected the day of RXA-3 as YYYYMMDD - RXA-4 ignored`;
    notes.add('IZ-30', rxa.at(4, 1), { code: '102', applicationCode: '3', severity: 'W', text });
  }
};

/** ORC-3 with its authority, else the sender's (HL7-66, HL7-67). */
const readId = (orc: Segment | undefined, completion: Completion, context: OrderContext, notes: Notes): ReportedDose['id'] => {
  if (!orc) return undefined;
  const id = read(orc, 3);
  if (id === '' && orc.value(3) !== '' && orc.value(3) !== '""') return undefined;
  if (id === '') notes.add('HL7-66', orc.at(3), { code: '101', severity: 'W', text: 'ORC-3 id is missing - the dose has no id' });
  if (id === NO_ID && (completion === 'CP' || completion === 'PA')) {
    notes.add('HL7-67', orc.at(3, 1), {
      code: '102',
      applicationCode: '4',
      severity: 'W',
      text: 'ORC-3 is 9999 on a given dose - the dose has no id',
    });
  }
  if (id === '' || id === NO_ID) return undefined;
  const authority = read(orc, 3, 2) || read(orc, 3, 3);
  if (orc.value(3, 2) + orc.value(3, 3) === '')
    notes.add('HL7-66', orc.at(3, 2), { code: '101', severity: 'W', text: 'ORC-3 authority is missing - taken as the sender' });
  return { id, authority: authority || context.senderId };
};

/** HL7-52, HL7-56, HL7-62: warnings only, a dose is never refused for a stock reason. */
const checkNewDose = (
  rxa: Segment, rxr: Segment | undefined, hasEligibility: boolean, looksHistorical: boolean, notes: Notes,
): void => {
  if (!PROVIDER_PARTS.some((component) => isSent(rxa, 10, component))) {
    notes.add('HL7-56', rxa.at(10), { code: '101', severity: 'W', text: 'RXA-10 administering provider is missing' });
  }
  notes.check(rxa, NEW_DOSE);
  if (!rxr) notes.add('HL7-56', rxa.at(), { code: '100', severity: 'W', text: 'RXR route and site are missing' });
  if (!hasEligibility) {
    notes.add('HL7-62', rxa.at(), { code: '101', applicationCode: '6', severity: 'W', text: 'OBX 64994-7 eligibility is missing' });
  }
  if (looksHistorical) {
    notes.add('HL7-52', rxa.at(9, 1), {
      code: '102',
      applicationCode: '3',
      severity: 'W',
      text: 'A new dose without amount, lot and manufacturer looks historical - stock untouched',
    });
  }
};

import type { Fault } from '../../../shared/hl7/index.ts';
import { firstSoldOn } from '../../../shared/codes/products.ts';
import type { DoseItem, ValidityFact } from '../../../shared/published/dose.ts';
import { decrementAsTold, isCountedOnce, isOwnAffair } from './as-told.ts';
import { decrementReasons, type DecrementReason, type GivenAt } from './decrement.ts';
import { whyClosed, type Sender } from './sender.ts';
import { validityWords } from './validity/validity-of-dose.ts';
import type { ReportedDose } from './vxu/types.ts';
import type { WhichRemark } from './which-dose.ts';
import { waitsForOrganization } from './worklist.ts';

export type StoredKind = 'recorded' | 'corrected' | 'deleted' | 'unchanged' | 'unknown-dose';

/** What the known dose was when it was told again: changed by hand since its sender told just that, or deleted. */
export type HeadRemark = 'by-hand' | 'taken-back-in';

/** What happened to one order group when it was stored. */
export interface Stored {
  readonly kind: StoredKind;
  readonly dose?: DoseItem;
  readonly remark?: WhichRemark | HeadRemark | 'several' | 'contradicts';
}

type Remark = Omit<Fault, 'location'> & { readonly field?: number; readonly component?: number };

const remarks: Readonly<Record<WhichRemark | 'unknown-dose' | 'several' | 'contradicts' | 'taken-as-update' | 'taken-back-in' | 'foreign', Remark>> =
  {
    'unknown-key': { rule: 'HL7-69', code: '204', severity: 'W', field: 21, text: 'The dose to update is not known - added' },
    'reused-id': {
      rule: 'HL7-68',
      code: '205',
      severity: 'W',
      text: 'ORC-3 of this dose was used before for another day or vaccine - taken as another dose',
    },
    several: {
      rule: 'HL7-68',
      code: '204',
      severity: 'E',
      field: 21,
      text: 'ORC-3 stands for several doses of this patient, and none is known by this day and vaccine - nothing changed',
    },
    'deleted-differs': {
      rule: 'HL7-70',
      code: '102',
      applicationCode: '3',
      severity: 'W',
      field: 3,
      text: 'The dose of this ORC-3 was told with another day, vaccine or lot - deleted by its id',
    },
    'deleted-alike': {
      rule: 'HL7-70',
      code: '204',
      severity: 'W',
      text: 'ORC-3 of the dose to delete is not known - the only dose of this patient, day and vaccine was deleted',
    },
    contradicts: {
      rule: 'HL7-70',
      code: '204',
      severity: 'E',
      field: 15,
      text: 'ORC-3 of the dose to delete is not known, and the dose of this day and vaccine has another lot or maker - nothing removed',
    },
    'unknown-dose': { rule: 'HL7-70', code: '204', severity: 'E', field: 21, text: 'The dose to delete is not known - nothing removed' },
    'taken-as-update': { rule: 'HL7-69', code: '0', severity: 'I', field: 21, text: 'This dose is known with other content - taken as an update' },
    'taken-back-in': { rule: 'HL7-69', code: '0', severity: 'I', field: 21, text: 'This dose was deleted before - taken back in' },
    foreign: {
      rule: 'HL7-59',
      code: '103',
      severity: 'W',
      field: 11,
      component: 4,
      text: "RXA-11.4 facility is none of this sender's sites - dose stored, stock untouched",
    },
  };

const calledPrivate: Remark = {
  rule: 'HL7-56',
  code: '102',
  applicationCode: '3',
  severity: 'W',
  text: 'OBX 30963-3 says private, and the site holds this lot from the federal COVID-19 programme - taken from there',
};

/** A hand changed the dose after its sender had told just this. */
const standsByHand = ({ state, byHand }: DoseItem): Remark => {
  const told = `by hand on ${byHand?.on ?? 'a later day'} and is told as it was before that`;
  return {
    rule: 'HL7-69',
    code: '102',
    applicationCode: '3',
    severity: 'W',
    field: 21,
    text:
      state === 'deleted'
        ? `This dose was deleted ${told} - it stays deleted; if it was given after all, send it with a new id`
        : `This dose was corrected ${told} - the correction stands; send what is new to change it`,
  };
};

/** A hand said at which site it was given, whatever the sender calls the place. */
const assignedByHand = ({ on }: NonNullable<DoseItem['assigned']>): Remark => ({
  rule: 'HL7-59', code: '102', applicationCode: '3', severity: 'W', field: 21,
  text: `This dose was assigned by hand on ${on} to the site where it was given - that stands until RXA-11 names one of this sender's sites`,
});

/** Where a dose given here was given, when RXA-11.4 does not say it (HL7-59). */
const unnamedPlace = ({ facility }: GivenAt): Remark[] => {
  const at = { rule: 'HL7-59', code: '0', severity: 'I', field: 11, component: 4 } as const;
  if (facility === 'inferred') return [{ ...at, text: 'RXA-11.4 names no facility - taken as given at the only site of this sender' }];
  return facility === 'missing'
    ? [{ ...at, text: 'RXA-11.4 names no facility, and the sender has not just one site - dose stored, stock untouched' }]
    : [];
};

/** Whose list has it, when no site's can. */
const withList = (dose: DoseItem | undefined, placeless: readonly Remark[]): readonly Remark[] =>
  dose !== undefined && waitsForOrganization(dose)
    ? placeless.map((remark) => ({ ...remark, text: `${remark.text} - on the worklist of the organization` }))
    : placeless;

const located = ({ field, component, ...fault }: Remark, position: number): Fault => ({
  ...fault,
  location: {
    segment: 'RXA',
    occurrence: position,
    ...(field === undefined ? {} : { field }),
    ...(component === undefined ? {} : { repetition: 1, component }),
  },
});

const listed = 'on the worklist of the site';
/** Reasons that lie in the lot: told wrongly or not at all, or not to be had yet. */
const mendable: readonly DecrementReason[] = ['no-account', 'lot-not-named', 'lot-in-quarantine', 'lot-on-its-way'];
const atLot = { rule: 'HL7-56', code: '102', applicationCode: '3', severity: 'W', field: 15, component: 1 } as const;
/** A lot is no patient's: the one that was probably meant is named, and the product that it is. What the sender can mend is a warning at its field. */
const unresolved = ({ why = '', nearLot, lotIsOf }: DoseItem['decrement']): Remark => {
  const reason = `Stock was not moved: ${decrementReasons[why as DecrementReason]}`;
  if (nearLot !== undefined) return { ...atLot, text: `${reason}; the site holds ${nearLot}, which looks alike - ${listed}` };
  if (lotIsOf !== undefined)
    return { ...atLot, field: 5, text: `${reason}: there it is ${lotIsOf}; RXA-5 product or RXA-15 lot is wrong - ${listed}` };
  return mendable.some((one) => one === why)
    ? { ...atLot, text: `${reason} - ${listed}` }
    : { rule: 'HL7-56', code: '0', severity: 'I', text: `${reason} - ${listed}` };
};

const likenessOf = (dose: DoseItem): Remark[] => {
  const isOnce = isCountedOnce(dose);
  const isBeside = dose.alone?.beside === true || (dose.judged?.counts === 'both' && isOwnAffair(dose));
  if (!isOnce && !isBeside) return [];
  return isOnce
    ? [{ rule: 'DOSE-01', code: '0', severity: 'I', text: 'Another report tells the same dose - linked to it and counted once' }]
    : [
        {
          rule: 'DOSE-02',
          code: '102',
          applicationCode: '3',
          severity: 'W',
          text: 'Another dose of this vaccine is reported for about the same day - both stand until somebody has looked',
        },
      ];
};

/** Facts that come from other doses of the person are not told here either: they may be another sender's. */
const untold: readonly ValidityFact[] = ['product-unknown', 'interval-short'];
const atDate = { code: '102', applicationCode: '1', severity: 'W', field: 3 } as const;
/** What is wrong with the day, with the day that is known. */
const dateRemarks: Readonly<Partial<Record<ValidityFact, (dose: DoseItem) => Remark>>> = {
  'before-vaccine-existed': ({ cvx }) => ({
    ...atDate,
    rule: 'DOSE-04',
    text: `RXA-3 date is probably wrong: the vaccine was first sold on ${firstSoldOn(cvx) ?? 'a later day'} - dose stored, not counted until it is corrected`,
  }),
  'before-lot-received': ({ lotReceivedOn }) => ({
    ...atDate,
    rule: 'DOSE-05',
    text: `RXA-3 date, or the lot, is probably wrong: the lot came to the site on ${lotReceivedOn ?? 'a later day'} - dose stored, on the worklist of the site`,
  }),
};
const validityRemarksOf = (dose: DoseItem): Remark[] =>
  (dose.validity ?? []).filter((fact) => !untold.includes(fact)).map((fact) => dateRemarks[fact]?.(dose) ?? ({
    rule: 'DOSE-03', code: '0', severity: fact === 'lot-recalled' ? 'W' : 'I', text: `RXA as told: ${validityWords[fact]} - dose stored`,
  }));

/** What is wrong with the day is told as often as the dose, until it is corrected or confirmed. */
const standingDateRemarks = (dose: DoseItem): Remark[] =>
  dose.state === 'deleted'
    ? []
    : (dose.validity ?? []).flatMap((fact) =>
        fact === 'before-lot-received' && dose.dateConfirmed !== undefined ? [] : (dateRemarks[fact]?.(dose) ?? []),
      );

/** What the answer says of a dose beyond the faults of its message: what storing it came upon. */
export const remarksOf = (told: ReportedDose, at: GivenAt, { kind, dose, remark }: Stored): Fault[] => {
  const isUnnamed = told.kind === 'new' && told.action !== 'D' && dose !== undefined;
  const isForeign = told.kind === 'new' && told.action !== 'D' && at.facility !== 'missing' && !at.isSendersOwn;
  const assigned = told.action === 'D' || at.isSendersOwn ? undefined : dose?.assigned;
  const placeRemarks =
    assigned !== undefined ? [assignedByHand(assigned)] : withList(dose, isForeign ? [remarks.foreign] : isUnnamed ? unnamedPlace(at) : []);
  const decrement = dose === undefined ? undefined : decrementAsTold(dose);
  const waits =
    decrement?.kind === 'unresolved' && kind !== 'deleted'
      ? [unresolved(decrement)]
      : decrement?.why === 'covid-not-private'
        ? [calledPrivate]
        : [];
  return [
    ...(kind === 'unknown-dose' && remark === undefined ? [remarks['unknown-dose']] : []),
    ...(remark === undefined ? [] : remark !== 'by-hand' ? [remarks[remark]] : dose === undefined ? [] : [standsByHand(dose)]),
    ...(kind === 'corrected' && told.action === 'A' && remark === undefined ? [remarks['taken-as-update']] : []),
    ...(dose?.state === 'deleted' ? [] : placeRemarks),
    ...waits,
    ...(dose === undefined || !(kind === 'recorded' || kind === 'corrected') ? [] : [...likenessOf(dose), ...validityRemarksOf(dose)]),
    ...(dose === undefined || kind !== 'unchanged' || remark === 'by-hand' ? [] : standingDateRemarks(dose)),
  ].map((found) => located(found, told.position));
};

/**
 * The sender's own number already means another patient of its own (HL7-100). Of any other doubt whose the record is nothing is told: an answer
 * must not depend on what others told (HL7-98).
 */
export const numberTaken: Fault = {
  rule: 'HL7-100', code: '0', severity: 'I', location: { segment: 'PID', occurrence: 1, field: 3 },
  text: 'PID-3 is known as the number of another patient of yours - kept as a record of its own until somebody has looked',
};
/** HL7-99: MSH-22 or MSH-4 names an enrolled site of somebody else. */
export const notSpokenFor = (field: 4 | 22): Fault => ({
  rule: 'HL7-99', code: '103', severity: 'W', location: { segment: 'MSH', occurrence: 1, field },
  text: `MSH-${field} names an enrolled site that this client may not speak for - taken as the word of the client's own organization`,
});
/** HL7-30: nothing of the message was stored, its patient neither. */
export const nothingTaken: Fault = {
  rule: 'HL7-30',
  code: '100',
  severity: 'E',
  text: 'None of the vaccination events to delete is known - message rejected',
};
/** HL7-15: read as any other and answered by itself, as far as no store is asked; nothing is kept but the message. */
export const testMessage: Fault = {
  rule: 'HL7-15',
  code: '0',
  severity: 'I',
  text: 'Test message or interface in test - no record and no stock was touched; facility, stock and earlier doses were not looked at',
};
export const closedInterface = (sender: Pick<Sender, 'closedBecause'> | undefined): Fault => ({
  rule: 'HL7-99', code: '999', severity: 'E', text: `This client has no interface that is open for messages: ${whyClosed(sender)} - message rejected`,
});
/** HL7-16: cannot process, not the sender's fault; sending it again is safe. */
export const tooBusy: Fault = { rule: 'HL7-16', code: '207', severity: 'E', text: 'Too many writers at once - send the message again' };

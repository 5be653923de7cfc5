import { daysBetween } from '../../../../shared/kernel/dates.ts';
import type { AnswerCode, Fault } from '../../../../shared/hl7/index.ts';
import type { ImmunizationReport, ReportedDose, ReportedPatient } from '../vxu/types.ts';

/**
 * What one message adds to the counters of its sender: numbers under short names, so that a week's counters stay one small item. Letters
 * and digits only; nothing of the patient but whether a field was filled.
 */
export type Tally = Readonly<Record<string, number>>;

/** Rules counted of one message: each fault that lost something first. Bounds the size of one write. */
const mostRules = 40;

/** Fields of the patient that AIRA's measures look for, and whether a message fills them. */
export const PATIENT_FIELDS: Readonly<Record<string, (patient: ReportedPatient) => boolean>> = {
  middle: ({ names }) => names.some(({ middle }) => middle !== undefined),
  maiden: ({ mothersMaidenName }) => mothersMaidenName !== undefined,
  sex: ({ sex }) => sex !== 'U',
  race: ({ races }) => races?.some((race) => race !== 'UNK') === true,
  ethn: ({ ethnicity }) => ethnicity !== undefined && ethnicity !== 'UNK',
  street: ({ addresses }) => addresses?.some(({ street }) => street !== undefined) === true,
  city: ({ addresses }) => addresses?.some(({ city }) => city !== undefined) === true,
  state: ({ addresses }) => addresses?.some(({ state }) => state !== undefined) === true,
  zip: ({ addresses }) => addresses?.some(({ zip }) => zip !== undefined) === true,
  phone: ({ phones }) => phones?.some(({ number }) => number !== undefined) === true,
  email: ({ phones }) => phones?.some(({ email }) => email !== undefined) === true,
  kin: ({ relatives }) => relatives.length > 0,
  mult: ({ multipleBirth }) => multipleBirth !== undefined,
  prot: ({ protection }) => protection !== undefined,
};

/** Fields of a new dose, and whether it fills them. */
export const DOSE_FIELDS: Readonly<Record<string, (dose: ReportedDose) => boolean>> = {
  id: ({ id }) => id !== undefined,
  ndc: ({ ndc }) => ndc !== undefined,
  lot: ({ lot }) => lot !== undefined,
  exp: ({ expiry }) => expiry !== undefined,
  mvx: ({ mvx }) => mvx !== undefined,
  amt: ({ amount }) => amount !== undefined,
  route: ({ route }) => route !== undefined,
  site: ({ site }) => site !== undefined,
  fac: ({ facility }) => facility !== undefined,
  by: ({ administeredBy }) => administeredBy !== undefined,
  elig: ({ eligibility }) => eligibility !== undefined,
  fund: ({ funding }) => funding !== undefined,
};

/** Days from the dose to its report, by the last day of each bucket; the rest is later. AIRA asks for a day, three days, a week, a fortnight, a month. */
export const TIMELINESS: readonly (readonly [name: string, upToDays: number])[] = [
  ['t0', 0],
  ['t1', 1],
  ['t3', 3],
  ['t7', 7],
  ['t14', 14],
  ['t30', 30],
  ['t99', Number.POSITIVE_INFINITY],
];

const bucketOf = ({ givenOn }: ReportedDose, receivedOn: string): string => {
  const days = daysBetween(givenOn, receivedOn);
  return TIMELINESS.find(([, upTo]) => days <= upTo)?.[0] ?? 't99';
};

/** `W56` for a warning of HL7-56; remarks are not counted. */
export const ruleName = ({ rule, severity }: Pick<Fault, 'rule' | 'severity'>): string => `${severity}${rule.replace('HL7-', '').replace('-', '')}`;

const countOf = <T>(things: readonly T[], nameOf: (thing: T) => readonly string[]): Record<string, number> => {
  const counts: Record<string, number> = {};
  for (const thing of things) for (const name of nameOf(thing)) counts[name] = (counts[name] ?? 0) + 1;
  return counts;
};

const filled = <T>(fields: Readonly<Record<string, (thing: T) => boolean>>, prefix: string) => (thing: T): string[] =>
  Object.entries(fields).flatMap(([name, isFilled]) => (isFilled(thing) ? [`${prefix}${name}`] : []));

const kinds: Readonly<Record<ReportedDose['kind'], string>> = { new: 'dn', historical: 'dh', refused: 'dr', 'not-given': 'dx' };

/** What is looked at of a report, whichever way it came. */
export type Measured = Pick<ImmunizationReport, 'patient' | 'orders' | 'ordersSent'>;
export type Counted = Pick<Fault, 'rule' | 'severity'>;

const rulesIn = (faults: readonly Counted[]): string[] =>
  [
    ...new Set(
      faults
        .filter(({ severity }) => severity !== 'I')
        .toSorted((a, b) => (a.severity < b.severity ? -1 : a.severity > b.severity ? 1 : 0))
        .map(ruleName),
    ),
  ].slice(0, mostRules);

/** What a query counts: apart from reports, which it would dilute, but for the rules it breaks. */
export const measureQuery = (answer: AnswerCode, outcome: 'OK' | 'NF' | 'TM' | undefined, faults: readonly Counted[]): Tally =>
  ({ s: 1, [`s${answer}`]: 1, ...(outcome === undefined ? {} : { [`s${outcome}`]: 1 }), ...countOf(rulesIn(faults), (name) => [`r_${name}`]) });

/** The counters that one answered message moves. `receivedOn` is the local day of receipt. */
export const measureMessage = (report: Measured, answer: AnswerCode, faults: readonly Counted[], receivedOn: string): Tally => {
  const { patient, orders, ordersSent } = report;
  const fresh = orders.filter(({ kind, action }) => kind === 'new' && action !== 'D');
  const rules = rulesIn(faults);
  const counts: Record<string, number> = {
    m: 1, [`m${answer}`]: 1, ds: ordersSent, dt: orders.length,
    ...(patient === undefined ? {} : { p: 1, ...countOf([patient], filled(PATIENT_FIELDS, 'p_')) }),
    ...countOf(orders, ({ kind }) => [kinds[kind]]),
    ...countOf(orders.filter(({ action }) => action === 'D'), () => ['dd']),
    q: fresh.length, ...countOf(fresh, filled(DOSE_FIELDS, 'q_')), ...countOf(fresh, (dose) => [bucketOf(dose, receivedOn)]),
    ...countOf(rules, (name) => [`r_${name}`]),
  };
  return Object.fromEntries(Object.entries(counts).filter(([, count]) => count > 0));
};

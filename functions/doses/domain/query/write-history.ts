import { BODY_SITES, ROUTES } from '../../../../shared/codes/administration.ts';
import { NIP001, NIP002 } from '../../../../shared/codes/hl7-tables.ts';
import { vaccineCodes } from '../../../../shared/codes/vaccines.ts';
import { writeSegment, type FieldContent } from '../../../../shared/hl7/index.ts';
import type { DoseItem } from '../../../../shared/published/dose.ts';
import { doseIdOf } from '../../../../shared/published/dose-keys.ts';
import type { QueryProfile } from './query-types.ts';

/** A dose of a history, and the name of the place where it was given. */
export interface ShownDose {
  readonly dose: DoseItem;
  readonly facility: string | undefined;
}

/** What belongs into a history: doses and refusals that stand. Not a deleted one, not the second report of an event, and not "none given". */
export const isHistory = ({ state, completion, cvx, witnessOf }: Pick<DoseItem, 'state' | 'completion' | 'cvx' | 'witnessOf'>): boolean =>
  state !== 'deleted' && witnessOf === undefined && completion !== 'NA' && cvx !== '998';

const hl7Day = (day: string): string => day.replaceAll('-', '');
const text = (table: Readonly<Record<string, string>>, code: string): string => (Object.hasOwn(table, code) ? table[code] ?? '' : '');
const vaccine = (cvx: string): [string, string, 'CVX'] => [cvx, vaccineCodes.cvx(cvx)?.name ?? '', 'CVX'];

/**
 * RXA-9: "new" promises a lot and a manufacturer (Z32: RXA-15, RXA-17). A dose whose sender never named them is told as history: nothing is
 * made up.
 */
const sourceOf = ({ source, sourceClass, lot, mvx }: DoseItem): string => {
  const told = source ?? (sourceClass === 'historical' ? '01' : '00');
  return told === '00' && (lot === undefined || mvx === undefined) ? '01' : told;
};

const amountOf = ({ completion, amount, unit }: DoseItem): { 6: string; 7?: FieldContent } =>
  completion === 'RE' || amount === undefined || unit === undefined ? { 6: '999' } : { 6: String(amount), 7: [unit, unit, 'UCUM'] };

const administration = ({ dose, facility }: ShownDose): string => {
  const { givenOn, completion, cvx, ndc, lot, expiry, mvx, refusal, administeredBy: by } = dose;
  const isRefusal = completion === 'RE';
  const source = sourceOf(dose);
  return writeSegment('RXA', {
    1: '0',
    2: '1',
    3: hl7Day(givenOn),
    4: hl7Day(givenOn),
    5: ndc === undefined ? vaccine(cvx) : [...vaccine(cvx), ndc, '', 'NDC'],
    ...amountOf(dose),
    9: isRefusal ? '' : [source, text(NIP001, source), 'NIP001'],
    10: by?.family === undefined || isRefusal ? '' : ['', by.family, by.given ?? ''],
    11: facility === undefined || isRefusal ? '' : ['', '', '', facility],
    15: lot ?? '',
    16: lot === undefined ? '' : hl7Day(expiry ?? ''),
    17: mvx === undefined ? '' : [mvx, vaccineCodes.mvx(mvx)?.name ?? '', 'MVX'],
    18: isRefusal ? [refusal ?? '02', refusal === undefined ? 'Reason was not reported' : text(NIP002, refusal), 'NIP002'] : '',
    20: completion,
    21: 'A',
  });
};

const routeOf = ({ route, bodySite, completion }: DoseItem): string[] =>
  route === undefined || completion === 'RE' ? [] : [writeSegment('RXR', {
    1: [route, text(ROUTES, route), 'NCIT'],
    2: bodySite !== undefined && Object.hasOwn(BODY_SITES, bodySite) ? [bodySite, text(BODY_SITES, bodySite), 'HL70163'] : '',
  })];

/** Said in words, because no code says it: nothing may look like a judgement that nobody made. */
const notEvaluated = 'Not evaluated: this registry does not hold doses against a schedule yet';
const noForecast = 'No forecast was made: this registry does not forecast yet. Nothing here means that no vaccine is due';

const remark = (position: number, words: string, day: string): string =>
  writeSegment('OBX', { 1: String(position), 2: 'ST', 3: ['48767-8', 'Annotation comment', 'LN'], 4: '1', 5: words, 11: 'F', 14: hl7Day(day) });

const orderOf = (shown: ShownDose, code: string): string[] => {
  const { dose } = shown;
  // Refusals have no number (IZ-45). Ours is told, so that no number of another organization leaves the registry.
  const filler = dose.completion === 'RE' ? ['9999', code] : [doseIdOf(dose), code];
  return [writeSegment('ORC', { 1: 'RE', 3: filler }), administration(shown), ...routeOf(dose)];
};

/** The forecast group of Z42 while there is no forecast: "no vaccine administered", and a sentence that says why. */
const emptyForecast = (position: number, today: string, code: string): string[] => [
  writeSegment('ORC', { 1: 'RE', 3: ['9999', code] }),
  writeSegment('RXA', { 1: '0', 2: '1', 3: hl7Day(today), 4: hl7Day(today), 5: vaccine('998'), 6: '999', 20: 'NA' }),
  remark(position, noForecast, today),
];

/** The order groups of a history (HL7-94), oldest first. Z42 has an observation in each group, and a forecast group even when it is empty. */
export const writeHistory = (profile: QueryProfile, doses: readonly ShownDose[], today: string, code: string): string[] => {
  const sorted = doses.toSorted((a, b) =>
    a.dose.givenOn < b.dose.givenOn ? -1 : a.dose.givenOn > b.dose.givenOn ? 1 : a.dose.cvx < b.dose.cvx ? -1 : 1,
  );
  if (profile === 'Z34') return sorted.flatMap((shown) => orderOf(shown, code));
  return [
    ...sorted.flatMap((shown, at) => [...orderOf(shown, code), remark(at + 1, notEvaluated, today)]),
    ...emptyForecast(sorted.length + 1, today, code),
  ];
};

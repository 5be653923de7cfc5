import { placeOf } from '../../../shared/codes/places.ts';
import type { Jurisdiction } from '../../../shared/codes/jurisdiction.ts';
import { patientFacts, type home, type PatientFacts } from '../../../shared/published/person.ts';
import type { z } from 'zod';
import type { ErasableField, ReportedPatient } from './vxu/types.ts';

/** Fields of a record that are taken as they are said; identifiers are merged, and erasing is asked for by name. */
const spoken = Object.keys(patientFacts.shape).filter((field) => field !== 'ids') as Exclude<keyof PatientFacts, 'ids'>[];
const erasable: readonly ErasableField[] = [
  'mothersMaidenName', 'races', 'ethnicity', 'addresses', 'phones', 'multipleBirth', 'birthOrder', 'deathDate', 'dead',
  'publicity', 'protection', 'registryStatus',
];

/** What a sender says of a patient for the first time. */
export const factsOf = ({ erased: _, ...patient }: ReportedPatient): PatientFacts => patientFacts.parse(patient);

/**
 * What a sender's record says after it spoke again: what was not said stays (HL7-74), a list that was sent replaces the list, identifiers
 * are merged by authority and type (HL7-76), and `""` erases (HL7-75). PD1-12 keeps the latest word by its date (HL7-96).
 */
export const mergePatient = (known: PatientFacts, told: ReportedPatient): PatientFacts => {
  const next: Partial<Record<keyof PatientFacts, unknown>> = { ids: mergeIds(known.ids, told.ids) };
  for (const field of spoken) {
    const said = field === 'relatives' && told.relatives.length === 0 ? undefined : told[field];
    const value = said ?? known[field];
    const isErased = (erasable as readonly string[]).includes(field) && told.erased.includes(field as ErasableField);
    if (value !== undefined && !isErased) next[field] = value;
  }
  if (told.names.every(isDamaged)) next.names = known.names;
  if (isOlderWord(told.protection?.on, known.protection?.on)) next.protection = known.protection;
  return patientFacts.parse(next);
};

/** A name with bytes that could not be read is no better than the one that is stored (HL7-03, HL7-74). */
const isDamaged = ({ family, given }: PatientFacts['names'][number]): boolean => `${family}${given}`.includes('\uFFFD');

const isOlderWord = (told: string | undefined, known: string | undefined): boolean => told !== undefined && known !== undefined && told < known;

/** Numbers of one record under different authorities: the latest stay, so that a record never outgrows its item. */
const mostIds = 100;

const mergeIds = (known: PatientFacts['ids'], told: ReportedPatient['ids']): PatientFacts['ids'] => {
  const slot = ({ authority, type }: PatientFacts['ids'][number]): string => JSON.stringify([authority, type]);
  const replaced = new Set(told.map(slot));
  return [...known.filter((id) => !replaced.has(slot(id))), ...told].slice(-mostIds);
};

/** Where the patient lives, by the first address that says so. */
export const homeOf = (patient: Pick<PatientFacts, 'addresses'>, jurisdiction: Jurisdiction): z.output<typeof home> => {
  const address = patient.addresses?.find(({ type }) => type !== 'BA' && type !== 'BDL') ?? {};
  const { city, state, zip, county } = address;
  const place = placeOf(jurisdiction, {
    ...(city === undefined ? {} : { city }),
    ...(state === undefined ? {} : { state }),
    ...(zip === undefined ? {} : { zip }),
    ...(county === undefined ? {} : { county }),
  });
  const usps = state?.toUpperCase() ?? (place.residence === 'inside' ? jurisdiction.usps : undefined);
  const code = /^(\d{5})(?:-?(\d{4}))?$/.exec(zip?.trim() ?? '');
  return {
    ...place,
    ...(usps !== undefined && /^[A-Z]{2}$/.test(usps) ? { state: usps } : {}),
    ...(code === null ? {} : { zip: code[2] === undefined ? (code[1] ?? '') : `${code[1]}-${code[2]}` }),
  };
};

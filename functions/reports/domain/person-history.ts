import { cvxOf } from '../../../shared/codes/cvx.ts';
import { ethnicityOf, raceOf } from '../../../shared/codes/people.ts';
import type { DoseItem } from '../../../shared/published/dose.ts';
import { isDateImpossible } from '../../../shared/published/source-class.ts';
import { doseIdOf } from '../../../shared/published/dose-keys.ts';
import type { PersonItem, RecordItem } from '../../../shared/published/person.ts';
import type { CoveragePerson } from './coverage.ts';
import type { HistoryDose } from './dose-number.ts';

/** A person with everything that is linked to it now. */
export interface PersonView {
  readonly person: PersonItem;
  readonly records: readonly RecordItem[];
  /** Heads of all their doses, of any vaccine and in any state. */
  readonly doses: readonly DoseItem[];
}

/** A COVID-19 dose that went into an arm, on a day that can be, and was not withdrawn. */
export const isGivenCovidDose = ({ cvx, state, completion, validity }: DoseItem): boolean =>
  !isDateImpossible({ validity }) && state !== 'deleted' && (completion === 'CP' || completion === 'PA') && cvxOf(cvx)?.covid === true;

/** Who reports a dose of its own: only that counts for what the site gave and how late it told of it. */
const reportedBy = ({ sourceClass, siteId, receivedAt }: DoseItem): Pick<HistoryDose, 'reported'> =>
  siteId !== undefined && (sourceClass === 'own' || sourceClass === 'federal-partner') ? { reported: { siteId, at: receivedAt } } : {};

/** The day on which a COVID-19 dose was last refused. */
const refusedOn = (doses: readonly DoseItem[]): string | undefined =>
  doses.filter(({ cvx, state, completion }) => state !== 'deleted' && completion === 'RE' && cvxOf(cvx)?.covid === true)
    .map(({ givenOn }) => givenOn).sort().at(-1);

export interface History {
  readonly doses: readonly HistoryDose[];
  /** The dose in `doses` for which a record stands: itself, or the one that it is a further report of. */
  readonly standsFor: ReadonlyMap<string, string>;
}

/**
 * The COVID-19 doses of a person, each once: further reports of a dose were linked to the one that is kept when they were told
 * (functions/doses/domain/same-dose). Two doses that sites themselves gave on one day may both be kept: each left a vial.
 */
export const historyOf = (doses: readonly DoseItem[]): History => {
  const given = doses.filter(isGivenCovidDose);
  return {
    doses: given
      .filter(({ witnessOf }) => witnessOf === undefined)
      .map((dose) => ({ doseId: doseIdOf(dose), given: dose.givenOn, cvx: dose.cvx, ...reportedBy(dose) })),
    standsFor: new Map(given.map((dose) => [doseIdOf(dose), dose.witnessOf ?? doseIdOf(dose)])),
  };
};

const newestFirst = (a: RecordItem, b: RecordItem): number => b.updatedAt.localeCompare(a.updatedAt) || (a.recordId < b.recordId ? -1 : 1);

/** The first of the records that says something useful. */
const firstSaid = <T>(records: readonly RecordItem[], said: (record: RecordItem) => T | undefined): T | undefined => {
  for (const record of records) {
    const value = said(record);
    if (value !== undefined) return value;
  }
  return undefined;
};

const racesOf = ({ races = [] }: RecordItem) => {
  const known = races.map(raceOf).filter((race) => race !== undefined && race !== 'UNK' && race !== 'POL');
  return known.length > 0 ? known : undefined;
};
const ethnicityOfRecord = ({ ethnicity = '' }: RecordItem) => {
  const known = ethnicityOf(ethnicity);
  return known === 'UNK' || known === 'POL' ? undefined : known;
};
const addressOf = ({ home }: RecordItem): CoveragePerson['address'] => {
  if (home.residence === 'unknown') return undefined;
  const { town: city, county, state, zip } = home;
  return present({ city, county, state, zip });
};

/** An object without its undefined fields. */
export const present = <T extends object>(values: { [K in keyof T]: T[K] | undefined }): T =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as T;

/** What coverage counts of a person: each fact from the record that spoke last and says it, so a thin record hides nothing. */
export const coveragePersonOf = ({ person, records, doses }: PersonView): CoveragePerson => {
  const newest = [...records].sort(newestFirst);
  return present<CoveragePerson>({
    version: person.version,
    born: newest[0]?.birthDate,
    sex: firstSaid(newest, ({ sex }) => (sex === 'U' ? undefined : sex)),
    races: firstSaid(newest, racesOf),
    ethnicity: firstSaid(newest, ethnicityOfRecord),
    address: firstSaid(newest, addressOf),
    doses: historyOf(doses).doses,
    dead: records.some(({ dead }) => dead === true) ? true : undefined,
    refusedOn: refusedOn(doses),
  });
};

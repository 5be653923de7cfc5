import type { DoseItem } from '../../../shared/published/dose.ts';
import { doseIdOf, doseKey, personKey, recordIdOf } from '../../../shared/published/dose-keys.ts';
import { patientFacts, type PersonItem, type RecordItem } from '../../../shared/published/person.ts';
import type { RelinkItem } from '../domain/persons/relink.ts';
import { wordsOfPerson, type WordsOfPerson } from '../domain/persons/words-of-person.ts';
import type { DoseStore } from '../store-doses.ts';
import type { MergeStore } from './store-merges.ts';
import type { ReadEntry, ReadLog } from './store-reads.ts';

/** Latest steps of a history that are shown. */
const maxSteps = 100;

export interface ReadPersonDeps {
  readonly merges: Pick<MergeStore, 'person' | 'record' | 'records' | 'relinks' | 'history'>;
  readonly doses: Pick<DoseStore, 'dose' | 'heads'>;
  readonly reads: Pick<ReadLog, 'enter'>;
}

/** Who reads, when, in which request. */
export interface Reader {
  readonly actor: string;
  readonly now: string;
  readonly correlationId: string;
}

/** A record with its doses, by reference. */
export interface ShownRecord {
  readonly recordId: string;
  readonly version: number;
  readonly organizationId: string;
  readonly createdAt: string;
  readonly updatedAt: string;
  readonly patient: object;
  readonly doses: readonly object[];
}

const shownDose = (dose: DoseItem): object => {
  const { givenOn, cvx, state, completion, siteId, sourceClass } = dose;
  return { doseId: doseIdOf(dose), givenOn, cvx, state, completion, sourceClass, ...(siteId === undefined ? {} : { siteId }) };
};

/** Records with their doses, as registry staff see them. */
export const makeShowRecords = (doses: Pick<DoseStore, 'heads'>) => (records: readonly RecordItem[]): Promise<ShownRecord[]> =>
  Promise.all(records.map(async (record) => {
    const { recordId, version, organizationId, createdAt, updatedAt } = record;
    return {
      recordId,
      version,
      organizationId,
      createdAt,
      updatedAt,
      patient: patientFacts.parse(record),
      doses: (await doses.heads(recordId)).map(shownDose),
    };
  }));

export interface PersonRead {
  readonly person: PersonItem;
  /** What its records say together; each record says what its own provider told. */
  readonly words: WordsOfPerson;
  readonly records: readonly ShownRecord[];
  readonly relinks: readonly RelinkItem[];
  readonly history: readonly object[];
}

/** A person as the registry's staff sees it: records, doses by reference, what was merged and undone, opt-out, history. The read is entered first. */
export const makeReadPerson = ({ merges, doses, reads }: ReadPersonDeps) => {
  const show = makeShowRecords(doses);
  return async (personId: string, { actor, now, correlationId }: Reader): Promise<PersonRead | undefined> => {
    const person = await merges.person(personId);
    if (person === undefined) return undefined;
    await reads.enter([personId], { at: now, actor, what: 'person' }, correlationId);
    const [records, relinks, history] = await Promise.all([
      merges.records(person.recordIds), merges.relinks(person.relinkIds ?? []), merges.history(personKey(personId), maxSteps),
    ]);
    return {
      person,
      words: wordsOfPerson(records),
      records: await show(records),
      relinks: relinks.sort((a, b) => a.at.localeCompare(b.at)),
      history,
    };
  };
};

/** Whose a dose is. */
export const makeFindPersonOfDose = ({ merges, doses, reads }: ReadPersonDeps) =>
  async (doseId: string, { actor, now, correlationId }: Reader): Promise<{ doseId: string; recordId: string; personId: string } | undefined> => {
    const key = doseKey(doseId);
    const dose = key === undefined ? undefined : await doses.dose(key);
    const record = dose === undefined ? undefined : await merges.record(recordIdOf(dose));
    if (record === undefined) return undefined;
    const { recordId, personId } = record;
    const entry: ReadEntry = { at: now, actor, what: 'dose', of: doseId };
    await reads.enter([personId], entry, correlationId);
    return { doseId, recordId, personId };
  };

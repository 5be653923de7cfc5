import { byLikeness, type Resembling } from './domain/identity.ts';
import type { BlockItem } from './domain/match/block.ts';
import { comparePatients } from './domain/match/match-patients.ts';
import type { Patient } from './domain/match/patient.ts';
import type { MatchPolicy } from './domain/match/weights.ts';
import type { MatchKey } from './domain/match-keys.ts';
import type { PersonItem, RecordItem } from '../../shared/published/dose.ts';
import type { PersonStore } from './store-persons.ts';

/** What the keys of a patient lead to. */
export interface Resemblance {
  /** As read: what is written later is written over these versions. */
  readonly blocks: ReadonlyMap<string, BlockItem>;
  /** Persons that the patient may be, the likeliest first, each by its record that is most like. */
  readonly resembling: readonly Resembling[];
  /** The persons named in `resembling`, as read after their records. */
  readonly persons: ReadonlyMap<string, PersonItem>;
}

/** More persons than this are not read for one record: that it resembles so many is told by the first few. */
const maxPersons = 10;

/**
 * Finds the persons that a patient may be: one read of its blocks, one of the records in them, and for those that come into question all
 * records of their persons, because another record of a person may be more like.
 */
export const makeResemblePersons = ({ persons: store, policy }: { persons: Pick<PersonStore, 'inBlocks' | 'recordsOf'>; policy: MatchPolicy }) => {
  const likest = (patient: Patient, records: readonly RecordItem[]): Resembling | undefined =>
    records
      .map((record): Resembling => ({ personId: record.personId, recordId: record.recordId, comparison: comparePatients(patient, record, policy) }))
      .filter(({ comparison }) => comparison.answer !== 'none')
      .toSorted(byLikeness)[0];

  /** @param but what is not asked about: the record itself, and its own person */
  return async (patient: Patient, keys: readonly MatchKey[], but: { recordId: string; personId?: string }): Promise<Resemblance> => {
    const { blocks, records } = await store.inBlocks(keys.map(({ hash }) => hash), but.recordId);
    const byPerson = Map.groupBy(records.filter(({ personId }) => personId !== but.personId), ({ personId }) => personId);
    const found = [...byPerson.values()].flatMap((own) => likest(patient, own) ?? []).toSorted(byLikeness).slice(0, maxPersons);
    const known = await Promise.all(found.map(({ personId }) => store.recordsOf(personId)));
    const best = found.map((one, at) => likest(patient, (known[at]?.records ?? []).filter(({ personId }) => personId === one.personId)) ?? one);
    return {
      blocks,
      resembling: best.toSorted(byLikeness),
      persons: new Map(known.flatMap((one) => (one === undefined ? [] : [[one.person.personId, one.person] as const]))),
    };
  };
};
export type ResemblePersons = ReturnType<typeof makeResemblePersons>;

import { byLikeness, type Resembling } from './domain/identity.ts';
import type { BlockItem } from './domain/match/block.ts';
import { comparePatients } from './domain/match/match-patients.ts';
import type { Patient } from './domain/match/patient.ts';
import type { MatchPolicy } from './domain/match/weights.ts';
import type { MatchKey } from './domain/match-keys.ts';
import type { PersonItem, RecordItem } from '../../shared/published/person.ts';
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
 * Finds the persons that a patient may be, in four reads however many there are: its blocks, the records in them, and of those that come into
 * question the persons and their other records, because another record of a person may be more like.
 */
export const makeResemblePersons = ({ persons: store, policy }: { persons: Pick<PersonStore, 'inBlocks' | 'withRecords'>; policy: MatchPolicy }) => {
  /** Of each person the record that is most like, the likeliest person first. */
  const likestOfEach = (patient: Patient, records: readonly RecordItem[]): Resembling[] => {
    const alike = records
      .map((record): Resembling => ({ personId: record.personId, recordId: record.recordId, comparison: comparePatients(patient, record, policy) }))
      .filter(({ comparison }) => comparison.answer !== 'none')
      .toSorted(byLikeness);
    return alike.filter(({ personId }, at) => alike.findIndex((other) => other.personId === personId) === at);
  };

  /** @param but what is not asked about: the record itself, and its own person */
  return async (patient: Patient, keys: readonly MatchKey[], but: { recordId: string; personId?: string }): Promise<Resemblance> => {
    const { blocks, records } = await store.inBlocks(keys.map(({ hash }) => hash), but.recordId);
    const others = records.filter(({ personId }) => personId !== but.personId);
    const found = likestOfEach(patient, others).slice(0, maxPersons);
    const known = await store.withRecords(found.map(({ personId }) => personId), others);
    // Whose record moved to another person meanwhile is asked about when the write is refused.
    const best = likestOfEach(patient, known.records.filter(({ personId }) => found.some((one) => one.personId === personId)));
    return { blocks, resembling: best, persons: new Map(known.persons.map((person) => [person.personId, person])) };
  };
};
export type ResemblePersons = ReturnType<typeof makeResemblePersons>;

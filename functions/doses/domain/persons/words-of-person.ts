import type { PatientFacts, RecordItem } from '../../../../shared/published/person.ts';

/** What is said of the person, over all who say it: their records stand beside it with what each of them says. */
export type WordsOfPerson = Pick<PatientFacts, 'publicity' | 'registryStatus' | 'dead' | 'deathDate'>;

type Spoken = Pick<RecordItem, 'updatedAt' | 'publicity' | 'registryStatus' | 'dead' | 'deathDate'>;

/** The day a word is from: its own, else that of the record that says it. */
const dayOf = (record: Spoken, word: 'publicity' | 'registryStatus'): string => record[word]?.on ?? record.updatedAt.slice(0, 10);

/** The latest word; of two of one day that of the record that spoke last. */
const latest = (records: readonly Spoken[], word: 'publicity' | 'registryStatus'): PatientFacts['publicity'] =>
  records.filter((record) => record[word] !== undefined)
    .toSorted((a, b) => dayOf(b, word).localeCompare(dayOf(a, word)) || b.updatedAt.localeCompare(a.updatedAt))[0]?.[word];

/**
 * Publicity (PD1-11), status (PD1-16) and death of a person, worked out from its records: each record holds what its provider says, so that a
 * patient may be inactive with one and active with another; of the person the latest dated word counts. Who is dead to one is dead to all.
 */
export const wordsOfPerson = (records: readonly Spoken[]): WordsOfPerson => {
  const publicity = latest(records, 'publicity');
  const registryStatus = latest(records, 'registryStatus');
  const dead = records.filter((record) => record.dead === true).toSorted((a, b) => b.updatedAt.localeCompare(a.updatedAt));
  const deathDate = dead.find((record) => record.deathDate !== undefined)?.deathDate;
  return {
    ...(publicity && { publicity }), ...(registryStatus && { registryStatus }),
    ...(dead.length > 0 && { dead: true }), ...(deathDate !== undefined && { deathDate }),
  };
};

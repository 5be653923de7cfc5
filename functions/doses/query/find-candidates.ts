import type { PersonItem, RecordItem } from '../../../shared/published/person.ts';
import type { MatchPolicy } from '../domain/match/weights.ts';
import { matchKeysOf, type MatchingKey } from '../domain/match-keys.ts';
import { patientOf } from '../domain/query/evidence.ts';
import type { Wanted } from '../domain/query/query-types.ts';
import type { PersonStore } from '../store-persons.ts';

/** A person that the keys of a query lead to, hidden ones among them. */
export interface FoundByKey {
  readonly person: PersonItem;
  readonly records: readonly RecordItem[];
  readonly byOurNumber: boolean;
}

/** More people than this are never read for one query: more than anybody may be told of, and enough to know that there are too many. */
const mostPersons = 20;
const ourNumberPattern = /^per_[0-9a-z]{26}$/;

export interface FindCandidatesDeps {
  readonly persons: Pick<PersonStore, 'inBlocks' | 'standing' | 'withRecords'>;
  readonly matchingKey: MatchingKey;
  readonly policy: MatchPolicy;
  readonly jurisdictionCode: string;
}

/** Who may be meant: whom our own number (SR) names, and whoever has a record in the blocks of what was asked, as for a report (MAT-01). */
export const makeFindCandidates =
  ({ persons, matchingKey, policy, jurisdictionCode }: FindCandidatesDeps) =>
  async (wanted: Wanted): Promise<FoundByKey[]> => {
    const isOurs = ({ id, authority, type }: Wanted['ids'][number]): boolean =>
      type === 'SR' && authority === jurisdictionCode && ourNumberPattern.test(id);
    // A number that was given out stands for whoever its person was merged into.
    const named = await Promise.all(wanted.ids.filter(isOurs).map(({ id }) => persons.standing(id)));
    const ours = new Set(named.flatMap((person) => person?.personId ?? []));
    const keys = matchKeysOf(patientOf({ ...wanted, ids: wanted.ids.filter((id) => !isOurs(id)) }), matchingKey, policy);
    const { records: met } = keys.length === 0 ? { records: [] } : await persons.inBlocks(keys.map(({ hash }) => hash));
    const personIds = [...new Set([...ours, ...met.map(({ personId }) => personId)])].slice(0, mostPersons);
    const { persons: found, records } = await persons.withRecords(personIds, met);
    return found.map((person) => ({
      person, records: records.filter(({ personId }) => personId === person.personId), byOurNumber: ours.has(person.personId),
    }));
  };
export type FindCandidates = ReturnType<typeof makeFindCandidates>;

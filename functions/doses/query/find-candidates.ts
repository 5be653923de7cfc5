import type { PersonItem, RecordItem } from '../../../shared/published/dose.ts';
import { matchKeysOf, type MatchingKey } from '../domain/match-keys.ts';
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
const sexes = ['F', 'M', 'X', 'U'] as const;

/** Who may be meant, by the keys under which persons are found: our own number (SR), each identifier, and name with birth date and sex. */
export const makeFindCandidates =
  ({ persons, matchingKey, jurisdictionCode }: { persons: Pick<PersonStore, 'holders' | 'recordsOf'>; matchingKey: MatchingKey; jurisdictionCode: string }) =>
  async (wanted: Wanted): Promise<FoundByKey[]> => {
    const isOurs = ({ id, authority, type }: Wanted['ids'][number]): boolean => type === 'SR' && authority === jurisdictionCode && ourNumberPattern.test(id);
    const ours = wanted.ids.filter(isOurs).map(({ id }) => id);
    const { name, birthDate = '' } = wanted;
    // Whoever knows no sex says U or nothing, on either side.
    const asSaid = name === undefined || birthDate === '' ? [] : sexes.filter((sex) => wanted.sex === undefined || sex === wanted.sex || sex === 'U');
    const keys = [
      ...matchKeysOf({ ids: wanted.ids.filter((id) => !isOurs(id)), names: [], birthDate, sex: 'U' }, matchingKey),
      ...asSaid.flatMap((sex) => matchKeysOf({ ids: [], names: name === undefined ? [] : [name], birthDate, sex }, matchingKey)),
    ];
    const holders = (await persons.holders(keys)).map(({ personId }) => personId);
    const found = [...new Set([...ours, ...holders])].slice(0, mostPersons);
    const read = await Promise.all(found.map(async (personId) => ({ known: await persons.recordsOf(personId), byOurNumber: ours.includes(personId) })));
    return read.flatMap(({ known, byOurNumber }) => (known === undefined ? [] : [{ ...known, byOurNumber }]));
  };
export type FindCandidates = ReturnType<typeof makeFindCandidates>;

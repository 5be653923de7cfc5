import type { Jurisdiction } from '../../shared/codes/jurisdiction.ts';
import type { Advanced } from './advance-contributions.ts';
import { attributeOf, countsTheSame, packed, type CounterAdds } from './domain/counter-items.ts';
import { countersOf, emptyContribution, type CounterDelta } from './domain/coverage.ts';
import { contributionOfView } from './domain/withheld.ts';
import { contributionOfItem, type CoverageStore } from './store-coverage.ts';
import type { PeopleStore } from './store-people.ts';
import type { RecountProgress, RecountStore } from './store-recount.ts';

/** Persons compared side by side. */
const width = 16;
/** News that is on its way is no difference: what differs is looked at once more after this long. */
const settleMs = 2_000;
/** Differences that are named in the answer; all of them are counted. */
const maxNamed = 20;
/** Counters of one item that one update sets right. */
const maxAddsAnItem = 100;

export interface RecountDeps {
  readonly people: Pick<PeopleStore, 'personsPage' | 'view' | 'missing'>;
  readonly coverage: Pick<CoverageStore, 'contribution' | 'contributions' | 'allCounts' | 'readShardZero' | 'repair'>;
  readonly progress: RecountStore;
  readonly advance: (personIds: Iterable<string>) => Promise<Advanced>;
  readonly jurisdiction: Jurisdiction;
  readonly sleep: (ms: number) => Promise<void>;
  /** False when the worker must stop soon. */
  readonly hasTime: () => boolean;
}

export interface RecountResult {
  readonly isComplete: boolean;
  readonly persons: number;
  /** Persons whose contribution is not what their records say, and some of their ids. */
  readonly wrongPersons: number;
  readonly wrongPersonIds: readonly string[];
  /** Counters that are not the sum of the contributions, and some of them. */
  readonly wrongCounters: number;
  readonly counters: readonly { counter: string; is: number; shouldBe: number }[];
  /** Counters that changed while they were added up: not judged. */
  readonly movingCounters: number;
  readonly repaired: number;
}

const keyOf = ({ dimension, day, ...rest }: CounterDelta): string => `${dimension}|${day}|${attributeOf(rest)}`;

const addUp = async (deltas: AsyncIterable<CounterDelta>, into = new Map<string, CounterDelta>()): Promise<Map<string, CounterDelta>> => {
  for await (const one of deltas) into.set(keyOf(one), { ...one, delta: one.delta + (into.get(keyOf(one))?.delta ?? 0) });
  return into;
};

/**
 * Proves the counters from the dose records: every person's contribution is worked out again and compared, then all contributions are
 * added up and compared with the counters. With `repair` both are set right by the rules of counting itself, so counting may go on
 * meanwhile. Comparing persons can stop after any page and goes on there when it is called again with the same id.
 */
export const makeRecount = (deps: RecountDeps) => {
  const { people, coverage, progress, jurisdiction } = deps;

  const isRight = async (personId: string): Promise<boolean> => {
    const stored = await coverage.contribution(personId);
    const known = await people.view(personId);
    const before = stored === undefined ? undefined : contributionOfItem(stored);
    return countsTheSame(before, known === undefined ? emptyContribution(0) : contributionOfView(known, jurisdiction));
  };
  const wrongOf = async (personIds: readonly string[]): Promise<string[]> => {
    const wrong: string[] = [];
    for (let at = 0; at < personIds.length; at += width) {
      const some = personIds.slice(at, at + width);
      const right = await Promise.all(some.map(isRight));
      wrong.push(...some.filter((_, index) => right[index] === false));
    }
    return wrong;
  };
  const settledWrong = async (personIds: readonly string[]): Promise<string[]> => {
    const first = await wrongOf(personIds);
    if (first.length === 0) return [];
    await deps.sleep(settleMs);
    return wrongOf(first);
  };
  const judged = async (personIds: readonly string[], before: RecountProgress, repair: boolean): Promise<RecountProgress> => {
    const wrong = await settledWrong(personIds);
    const repaired = repair && wrong.length > 0 ? (await deps.advance(wrong)).counted.size : 0;
    return {
      ...before, persons: before.persons + personIds.length, wrong: before.wrong + wrong.length, repaired: before.repaired + repaired,
      wrongIds: [...before.wrongIds, ...wrong].slice(0, maxNamed),
    };
  };

  const comparePersons = async (id: string, repair: boolean): Promise<RecountProgress> => {
    let state = await progress.read(id);
    while (!state.personsDone && deps.hasTime()) {
      const page = await people.personsPage(state.next);
      const { next: _, ...counted } = await judged(page.persons.map(({ personId }) => personId), state, repair);
      state = page.next === undefined ? { ...counted, personsDone: true } : { ...counted, next: page.next };
      await progress.save(id, state);
    }
    return state;
  };

  /** What the counters should be, from the contributions; those of persons that are gone are found on the way. */
  const expected = async (): Promise<{ sums: Map<string, CounterDelta>; gone: string[] }> => {
    const sums = new Map<string, CounterDelta>();
    const gone: string[] = [];
    let ids: string[] = [];
    for await (const item of coverage.contributions()) {
      for (const one of countersOf(contributionOfItem(item))) sums.set(keyOf(one), { ...one, delta: 1 + (sums.get(keyOf(one))?.delta ?? 0) });
      if (item.doses.length > 0) ids.push(item.personId);
      if (ids.length < 100) continue;
      gone.push(...(await people.missing(ids)));
      ids = [];
    }
    return { sums, gone: [...gone, ...(await people.missing(ids))] };
  };

  const repairCounters = async (differences: readonly CounterDelta[]): Promise<number> => {
    let repaired = 0;
    for (const { dimension, day, adds } of packed(differences)) {
      const attributes = [...adds];
      for (let at = 0; at < attributes.length; at += maxAddsAnItem) {
        const some: CounterAdds = { dimension, day, adds: new Map(attributes.slice(at, at + maxAddsAnItem)) };
        const outcome = await coverage.repair(some, await coverage.readShardZero(dimension, day));
        if (outcome.kind === 'committed') repaired += some.adds.size;
      }
    }
    return repaired;
  };

  return async (id: string, { repair = false }: { repair?: boolean } = {}): Promise<RecountResult> => {
    const compared = await comparePersons(id, repair);
    const unfinished = { isComplete: false, wrongCounters: 0, counters: [], movingCounters: 0 };
    const persons = { persons: compared.persons, wrongPersons: compared.wrong, wrongPersonIds: compared.wrongIds, repaired: compared.repaired };
    if (!compared.personsDone) return { ...persons, ...unfinished };
    const before = await addUp(coverage.allCounts());
    const { sums, gone: orphans } = await expected();
    const after = await addUp(coverage.allCounts());
    const keys = [...new Set([...before.keys(), ...after.keys(), ...sums.keys()])];
    const still = keys.filter((key) => (before.get(key)?.delta ?? 0) === (after.get(key)?.delta ?? 0));
    const differences = still.flatMap((key): CounterDelta[] => {
      const one = sums.get(key) ?? after.get(key);
      const delta = (sums.get(key)?.delta ?? 0) - (after.get(key)?.delta ?? 0);
      return one === undefined || delta === 0 ? [] : [{ ...one, delta }];
    });
    const dropped = repair && orphans.length > 0 ? (await deps.advance(orphans)).counted.size : 0;
    return {
      isComplete: true,
      persons: compared.persons,
      wrongPersons: compared.wrong + orphans.length,
      wrongPersonIds: [...compared.wrongIds, ...orphans].slice(0, maxNamed),
      wrongCounters: differences.length,
      counters: differences
        .slice(0, maxNamed)
        .map((one) => ({ counter: keyOf(one), is: after.get(keyOf(one))?.delta ?? 0, shouldBe: sums.get(keyOf(one))?.delta ?? 0 })),
      movingCounters: keys.length - still.length,
      repaired: compared.repaired + dropped + (repair ? await repairCounters(differences) : 0),
    };
  };
};

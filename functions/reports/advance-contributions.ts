import type { Jurisdiction } from '../../shared/codes/jurisdiction.ts';
import { maxTransactionItems } from '../../shared/kernel/limits.ts';
import type { Log } from '../../shared/platform/log.ts';
import { difference, emptyContribution, type CounterDelta } from './domain/coverage.ts';
import { countsTheSame, nextStep, packed, type CounterAdds } from './domain/counter-items.ts';
import type { PersonView } from './domain/person-history.ts';
import { contributionOfView } from './domain/withheld.ts';
import { contributionOfItem, type ContributionMove, type CoverageStore } from './store-coverage.ts';

/** A person whose doses all lie on days of their own needs two transactions away and two back; the rest is for lost races. */
const maxRounds = 12;
/** Persons read side by side. */
const readWidth = 16;
/** Counters of one item in one update: an expression holds 4 KB. */
const maxAddsAnItem = 100;

export interface AdvanceDeps {
  readonly view: (personId: string) => Promise<PersonView | undefined>;
  readonly coverage: Pick<CoverageStore, 'contribution' | 'advance'>;
  readonly jurisdiction: Jurisdiction;
  /** Which shard of the counters takes this batch. */
  readonly shard: () => number;
  readonly log: Log;
}

interface Decision extends ContributionMove {
  readonly deltas: readonly CounterDelta[];
  /** False when more transactions must follow for this person. */
  readonly isLast: boolean;
}
interface Bundle {
  decisions: Decision[];
  counters: CounterAdds[];
}

/** How many persons were counted anew, were right already, or could not be done. */
export interface Advanced {
  readonly counted: ReadonlySet<string>;
  readonly unchanged: ReadonlySet<string>;
  readonly failed: ReadonlyMap<string, unknown>;
}

/**
 * Brings the contribution of persons, and the counters with it, to what their records and doses say now.
 *
 * The contribution is read before the person, and written only over what was read. So of two workers the one that read the person earlier
 * cannot write after the other: redelivered, reordered and interleaved news change nothing. A version of the person alone would not do:
 * a change whose dose can be read only after its person would then be lost; here the dose's own news counts it.
 */
export const makeAdvance =
  ({ view, coverage, jurisdiction, shard, log }: AdvanceDeps) =>
  async (personIds: Iterable<string>): Promise<Advanced> => {
    const counted = new Set<string>();
    const unchanged = new Set<string>();
    const failed = new Map<string, unknown>();

    const decide = async (personId: string): Promise<Decision | undefined> => {
      const stored = await coverage.contribution(personId);
      const known = await view(personId);
      const before = stored === undefined ? undefined : contributionOfItem(stored);
      const goal = known === undefined ? emptyContribution(before?.v ?? 0) : contributionOfView(known, jurisdiction);
      if (countsTheSame(before, goal)) return undefined;
      const next = nextStep(before, goal, maxTransactionItems - 1);
      return { personId, readVersion: stored?.version ?? 0, next, deltas: difference(before, next), isLast: next === goal };
    };

    const commitBundle = async ({ decisions, counters }: Bundle): Promise<string[]> => {
      const outcome = await coverage.advance(decisions, counters, shard());
      const lost = outcome.kind === 'refused' ? decisions : decisions.filter(({ isLast }) => !isLast);
      if (outcome.kind === 'refused') log.info('RACE_LOST', { persons: decisions.length });
      else for (const { personId, isLast } of decisions) if (isLast) counted.add(personId);
      return lost.map(({ personId }) => personId);
    };

    let waiting = [...new Set(personIds)];
    /** After a failure or a lost race persons go one by one, so that a bad one stops nobody else. */
    const alone = new Set<string>();
    for (let round = 0; round < maxRounds && waiting.length > 0; round += 1) {
      const { decisions, faults } = await decideAll(waiting, decide, (personId) => unchanged.add(personId));
      for (const [personId, cause] of faults) failed.set(personId, cause);
      waiting = [];
      for (const bundle of bundled(decisions, alone)) {
        try {
          waiting.push(...(await commitBundle(bundle)));
        } catch (cause) {
          for (const { personId } of bundle.decisions) {
            if (bundle.decisions.length === 1) failed.set(personId, cause);
            else waiting.push(personId);
            alone.add(personId);
          }
        }
      }
    }
    for (const personId of waiting) failed.set(personId, new Error('Too many races for one person'));
    for (const personId of counted) unchanged.delete(personId);
    return { counted, unchanged, failed };
  };

const decideAll = async (
  personIds: readonly string[],
  decide: (personId: string) => Promise<Decision | undefined>,
  isRight: (personId: string) => void,
): Promise<{ decisions: Decision[]; faults: [string, unknown][] }> => {
  const decisions: Decision[] = [];
  const faults: [string, unknown][] = [];
  for (let at = 0; at < personIds.length; at += readWidth)
    await Promise.all(
      personIds.slice(at, at + readWidth).map(async (personId) => {
        try {
          const decision = await decide(personId);
          if (decision === undefined) isRight(personId);
          else decisions.push(decision);
        } catch (cause) {
          faults.push([personId, cause]);
        }
      }),
    );
  return { decisions, faults };
};

/** As many persons a transaction as its items allow; those in `alone` get one of their own. */
const bundled = (decisions: readonly Decision[], alone: ReadonlySet<string>): Bundle[] => {
  const bundles: Bundle[] = decisions
    .filter(({ personId }) => alone.has(personId))
    .map((one) => ({ decisions: [one], counters: packed(one.deltas) }));
  let open: Bundle = { decisions: [], counters: [] };
  for (const decision of decisions.filter(({ personId }) => !alone.has(personId))) {
    const together = packed([...open.decisions, decision].flatMap(({ deltas }) => deltas));
    const fits = open.decisions.length + 1 + together.length <= maxTransactionItems && together.every(({ adds }) => adds.size <= maxAddsAnItem);
    if (!fits && open.decisions.length > 0) bundles.push(open);
    open = fits ? { decisions: [...open.decisions, decision], counters: together } : { decisions: [decision], counters: packed(decision.deltas) };
  }
  return open.decisions.length > 0 ? [...bundles, open] : bundles;
};

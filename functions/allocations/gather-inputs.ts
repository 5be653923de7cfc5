import type { DescribeSites, Described, Watch } from './describe-sites.ts';
import { poolKey, runInputsSchema, type RunInputs } from './domain/inputs.ts';
import type { Policy } from './domain/policy/policy.ts';
import { labelSupply } from './domain/set-aside.ts';
import { supplyLines } from './gather-site.ts';
import { owedBefore } from './owed-before.ts';
import { answeredOf, isKept, overPromised, promisedOf, promisedStates, type Keep, type OverPromised, type Promised } from './promised.ts';
import { openVials, takenVials, unansweredVials, type Vials } from './promised-vials.ts';
import { ownChannel } from './record-supply.ts';
import type { SupplyItem } from './schemas.ts';
import type { AllocationStore, Pointer } from './store.ts';

export interface Gathered {
  inputs: RunInputs;
  supply: readonly SupplyItem[];
  pointer: Pointer | undefined;
  /** What sites accepted and did not order in pools of which more is promised than there is, where the run takes that back; and vials that end with it. */
  takenBack: readonly Promised[];
  endedVials: readonly Vials[];
  /** Vials that no run keeps: their hub has not answered for the packs. */
  unanswered: readonly Vials[];
  /** Every figure behind the input of a site, and the hubs that standings name. */
  figures: Described['figures'];
  hubs: Described['hubs'];
}

const answered: readonly string[] = [...promisedStates, 'declined'];

export const fixedKey = (siteId: string, pool: { product: string; doseNumber: number; packDoses: number }): string => `${siteId}#${poolKey(pool)}`;

/** Each round of taking back adds a pool or is the last; a week has no more pools than lines of supply. */
const mostRounds = 1_000;

type GatherOutcome =
  | { kind: 'gathered'; gathered: Gathered }
  | { kind: 'no-supply' | 'index-behind' | 'not-held' }
  | { kind: 'over-promised'; pools: readonly OverPromised[] };

/**
 * Everything a run of a week reads, as it is now: the jurisdiction's supply, DPH's standings, the figures
 * about every site (`describe`), the requests that came in time, the debts of
 * the last settled week, and what earlier runs of the week have promised. `keep`: all that was accepted; or, where more is promised of a
 * pool than its supply as the policy labels it, only what was ordered of it; then the week must be held, or an order could come in between.
 * `over-promised` where that is too much. `index-behind` when the index does not show every answer yet.
 */
export const gatherInputs = async (
  store: AllocationStore,
  describe: DescribeSites,
  { week, now, keep, policy, watch }: { week: string; now: string; keep: Keep; policy: Policy; watch: Watch },
): Promise<GatherOutcome> => {
  const pointer = await store.pointer(week);
  const [allSupply, standings, requests, debts, awards] = await Promise.all([
    store.allSupply(week), store.standings(), store.requestsOfWeek(week), owedBefore(store, week), store.awardsOfWeek(week),
  ]);
  if (keep === 'ordered' && pointer?.held === undefined) return { kind: 'not-held' };
  const promised = promisedOf(awards, await store.ordersOf(awards.filter(({ state }) => promisedStates.includes(state))), pointer);
  const isPromised = ({ ndc: product, doseNumber, packDoses }: SupplyItem) =>
    promised.some((promise) => poolKey(promise) === poolKey({ product, doseNumber, packDoses }));
  const own = allSupply.filter((line) => line.channel === ownChannel);
  const isUsed = (line: SupplyItem): boolean => line.packs > 0 || isPromised(line);
  // A line of no packs is no second size beside one that is used: it was a mistake, and was set to nothing. A policy that moves packs may give it some.
  const isAlone = (line: SupplyItem): boolean =>
    !own.some((other) => other.ndc === line.ndc && other.doseNumber === line.doseNumber && isUsed(other));
  const supply = own.filter((line) => isUsed(line) || (policy.secondDoses !== undefined && isAlone(line)));
  if (!supply.some(isUsed)) return { kind: 'no-supply' };
  if (awards.filter(({ state }) => answered.includes(state)).length < (pointer?.answers ?? 0)) return { kind: 'index-behind' };
  const taken = takenVials(awards, promised);

  const gather = async (back: ReadonlySet<string>): Promise<Gathered> => {
    const kept = promised.filter(isKept(back));
    const stillTaken = takenVials(awards, kept);
    const { sites, figures, hubs, ...described } = await describe({
      week,
      now,
      supply,
      standings,
      requests,
      promised: kept,
      taken: stillTaken,
      open: openVials(awards, pointer?.runId),
      answered: answeredOf(awards),
      watch,
    });
    const inputs = runInputsSchema.parse({ schema: 1, week, supply: described.supply, sites, debts, federal: described.federal });
    const isStillTaken = ({ siteId, awardId }: Vials): boolean => stillTaken.some((vials) => vials.siteId === siteId && vials.awardId === awardId);
    return {
      inputs,
      supply,
      pointer,
      takenBack: promised.filter((promise) => !isKept(back)(promise)),
      endedVials: taken.filter((vials) => !isStillTaken(vials)),
      unanswered: unansweredVials(awards, promised, pointer?.runId),
      figures,
      hubs,
    };
  };

  // What a policy's rule for second doses leaves of a pool is known once the sites are read: under such a policy they may be read twice.
  const isLabelled = policy.secondDoses === undefined;
  let back = new Set(keep === 'ordered' && isLabelled ? overPromised(supplyLines(supply), promised, new Set()).map(poolKey) : []);
  for (let round = 0; round < mostRounds; round += 1) {
    const gathered = await gather(back);
    const over = overPromised(labelSupply(gathered.inputs, policy).supply, promised, back);
    if (over.length === 0) return { kind: 'gathered', gathered };
    const more = keep === 'ordered' ? over.map(poolKey).filter((pool) => !back.has(pool)) : [];
    if (more.length === 0) return { kind: 'over-promised', pools: over };
    back = new Set([...back, ...more]);
  }
  throw new Error(`more is promised than is supplied after ${mostRounds} rounds of taking back`);
};

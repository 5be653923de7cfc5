import type { DescribeSites, Described, Watch } from './describe-sites.ts';
import { poolKey, runInputsSchema, type RunInputs } from './domain/inputs.ts';
import { owedBefore } from './owed-before.ts';
import { answeredOf, promisedOf, promisedStates, type Keep, type Promised } from './promised.ts';
import { openVials, takenVials } from './promised-vials.ts';
import { ownChannel } from './record-supply.ts';
import type { SupplyItem } from './schemas.ts';
import type { AllocationStore, Pointer } from './store.ts';

export interface Gathered {
  inputs: RunInputs;
  supply: readonly SupplyItem[];
  pointer: Pointer | undefined;
  /** Everything promised this week, whatever of it the run keeps. */
  promised: readonly Promised[];
  /** Every figure behind the input of a site, and the hubs that standings name. */
  figures: Described['figures'];
  hubs: Described['hubs'];
}

const answered: readonly string[] = [...promisedStates, 'declined'];

export const fixedKey = (siteId: string, pool: { product: string; doseNumber: number; packDoses: number }): string => `${siteId}#${poolKey(pool)}`;

/**
 * Everything a run of a week reads, as it is now: the jurisdiction's supply, DPH's standings, the figures
 * about every site (`describe`), the requests that came in time, the debts of
 * the last settled week, and what earlier runs of the week have promised (`keep`: all that was accepted, or what was ordered only; then
 * the week must be held, or an order could come in between). `movesPacks`: a line of no packs may be given some by the policy. `index-behind` when the index does not show every answer yet.
 */
export const gatherInputs = async (
  store: AllocationStore,
  describe: DescribeSites,
  { week, now, keep, movesPacks = false, watch }: { week: string; now: string; keep: Keep; movesPacks?: boolean; watch: Watch },
): Promise<{ kind: 'gathered'; gathered: Gathered } | { kind: 'no-supply' | 'index-behind' | 'not-held' }> => {
  const pointer = await store.pointer(week);
  const [allSupply, standings, requests, debts, awards] = await Promise.all([
    store.allSupply(week), store.standings(), store.requestsOfWeek(week), owedBefore(store, week), store.awardsOfWeek(week),
  ]);
  if (keep === 'ordered' && pointer?.held === undefined) return { kind: 'not-held' };
  const promised = promisedOf(awards, await store.ordersOf(awards.filter(({ state }) => promisedStates.includes(state))), pointer);
  const isPromised = ({ ndc: product, doseNumber, packDoses }: SupplyItem) => promised.some((promise) => poolKey(promise) === poolKey({ product, doseNumber, packDoses }));
  const own = allSupply.filter((line) => line.channel === ownChannel);
  const isUsed = (line: SupplyItem): boolean => line.packs > 0 || isPromised(line);
  // A line of no packs is no second size beside one that is used: it was a mistake, and was set to nothing.
  const isAlone = (line: SupplyItem): boolean => !own.some((other) => other.ndc === line.ndc && other.doseNumber === line.doseNumber && isUsed(other));
  const supply = own.filter((line) => isUsed(line) || (movesPacks && isAlone(line)));
  if (!supply.some(isUsed)) return { kind: 'no-supply' };
  if (awards.filter(({ state }) => answered.includes(state)).length < (pointer?.answers ?? 0)) return { kind: 'index-behind' };
  const kept = promised.filter(({ kind }) => keep === 'accepted' || kind === 'ordered');
  const { sites, figures, hubs, ...described } = await describe({ week, now, supply, standings, requests, promised: kept, taken: takenVials(awards, kept), open: openVials(awards, pointer?.runId), answered: answeredOf(awards, pointer), watch });
  const inputs = runInputsSchema.parse({
    schema: 1,
    week,
    supply: described.supply,
    sites,
    debts,
    federal: described.federal,
  });
  return { kind: 'gathered', gathered: { inputs, supply, pointer, promised, figures, hubs } };
};

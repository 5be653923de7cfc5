import { poolKey, runInputsSchema, type RunInputs, type SiteLine } from './domain/inputs.ts';
import type { AwardItem } from '../../shared/published/award.ts';
import type { RequestItem, StandingItem, SupplyItem } from './schemas.ts';
import type { AllocationStore, Pointer } from './store.ts';

export interface Gathered {
  inputs: RunInputs;
  supply: readonly SupplyItem[];
  pointer: Pointer | undefined;
  /** Packs already promised this week, by site and pool. */
  fixedPacks: ReadonlyMap<string, number>;
}

/** Answers that keep doses at the site: a superseding run may not take them back. */
const kept: readonly string[] = ['accepted', 'reduced', 'ordered'];
const answered: readonly string[] = [...kept, 'declined'];

export const fixedKey = (siteId: string, pool: { product: string; doseNumber: number; packDoses: number }): string => `${siteId}#${poolKey(pool)}`;
const poolOfAward = ({ ndc: product, doseNumber, packDoses }: AwardItem) => ({ product, doseNumber, packDoses });

const linesOf = (siteId: string, requests: readonly RequestItem[], awards: readonly AwardItem[], supply: readonly SupplyItem[]): SiteLine[] => {
  const wanted = supply.map(({ ndc, doseNumber }) => `${ndc}#${doseNumber}`);
  return [...new Set(wanted)].flatMap((line) => {
    const [product = '', dose = '1'] = line.split('#');
    const doseNumber = Number(dose);
    const request = requests.find((asked) => asked.siteId === siteId && asked.ndc === product && asked.doseNumber === doseNumber);
    const own = awards.filter((award) => award.siteId === siteId && award.ndc === product && award.doseNumber === doseNumber && kept.includes(award.state));
    if (request === undefined && own.length === 0) return [];
    const fixed = own.map((award) => ({ packDoses: award.packDoses, packs: Math.floor((award.acceptedDoses ?? award.doses) / award.packDoses) }));
    const promised = fixed.reduce((sum, { packs, packDoses }) => sum + packs * packDoses, 0);
    return [{ product, doseNumber, requestDoses: Math.max(request?.doses ?? 0, promised), onHandDoses: request?.onHandDoses ?? 0, due: [], fixed: mergedBySize(fixed) }];
  });
};

const mergedBySize = (fixed: readonly { packDoses: number; packs: number }[]): { packDoses: number; packs: number }[] => {
  const sizes = new Map<number, number>();
  for (const { packDoses, packs } of fixed) sizes.set(packDoses, (sizes.get(packDoses) ?? 0) + packs);
  return [...sizes].map(([packDoses, packs]) => ({ packDoses, packs }));
};

/**
 * Everything a run of a week reads, as it is now: the jurisdiction's supply, DPH's standings, the requests that came in time, the debts of
 * the last settled week, and what earlier runs of the week have promised. `index-behind` when the index does not show every answer yet.
 */
export const gatherInputs = async (store: AllocationStore, week: string): Promise<{ kind: 'gathered'; gathered: Gathered } | { kind: 'no-supply' } | { kind: 'index-behind' }> => {
  const pointer = await store.pointer(week);
  const [allSupply, standings, requests, debts, awards] = await Promise.all([
    store.allSupply(week), store.standings(), store.requestsOfWeek(week), store.debtsBefore(week), store.awardsOfWeek(week),
  ]);
  const supply = allSupply.filter(({ channel, packs }) => channel === 'jurisdiction' && packs > 0);
  if (supply.length === 0) return { kind: 'no-supply' };
  if (awards.filter(({ state }) => answered.includes(state)).length < (pointer?.answers ?? 0)) return { kind: 'index-behind' };
  const inTime = requests.filter(({ state }) => state === 'submitted');
  const inputs = runInputsSchema.parse({
    schema: 1,
    week,
    supply: supply.map(({ ndc, doseNumber, packDoses, packs }) => ({ product: ndc, doseNumber, packDoses, packs })),
    sites: standings.map((standing) => siteInput(standing, linesOf(standing.siteId, inTime, awards, supply))),
    debts,
  });
  return { kind: 'gathered', gathered: { inputs, supply, pointer, fixedPacks: fixedPacksOf(awards) } };
};

const siteInput = ({ siteId, group, tags, suspended, weights, throughputDoses, storageDoses }: StandingItem, lines: SiteLine[]): object => ({
  siteId, group, tags, suspended, weights,
  ...(throughputDoses === undefined ? {} : { throughputDoses }),
  lines: lines.map((line) => ({ ...line, ...(storageDoses === undefined ? {} : { storageDoses }) })),
});

const fixedPacksOf = (awards: readonly AwardItem[]): Map<string, number> => {
  const fixed = new Map<string, number>();
  for (const award of awards)
    if (kept.includes(award.state)) {
      const key = fixedKey(award.siteId, poolOfAward(award));
      fixed.set(key, (fixed.get(key) ?? 0) + Math.floor((award.acceptedDoses ?? award.doses) / award.packDoses));
    }
  return fixed;
};

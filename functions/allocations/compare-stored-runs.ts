import { ownDoses } from './domain/own-doses.ts';
import { pathChanges, type PathChange } from './domain/explain/path-changes.ts';
import { count, poolName } from './domain/words/words.ts';
import type { SiteInput } from './domain/inputs.ts';
import type { RunAward, RunItem } from './schemas-run-items.ts';
import type { AllocationStore } from './store.ts';
import type { RunStore } from './store-runs.ts';

interface Pool {
  ndc: string;
  doseNumber: number;
  packDoses: number;
}
export interface AwardDifference extends Pool {
  packsBefore: number;
  packsAfter: number;
  dosesGained: number;
  words: string;
}
export interface SiteDifference {
  siteId: string;
  name?: string;
  inputs: PathChange[];
  awards: AwardDifference[];
}
export interface Differences {
  before: RunItem;
  after: RunItem;
  supply: PathChange[];
  policy: PathChange[];
  overrides: PathChange[];
  pools: (Pool & { dosesBefore: number; dosesAfter: number; sitesShortBefore: number; sitesShortAfter: number })[];
  items: SiteDifference[];
  nextCursor?: string;
}
export type CompareOutcome = { kind: 'compared'; differences: Differences } | { kind: 'not-found' };

const keyOf = ({ ndc, doseNumber, packDoses }: Pool): string => `${ndc}#${doseNumber}#${packDoses}`;

const ownIn = (award: RunAward | undefined): number => (award === undefined ? 0 : ownDoses(award));

const awardDifferences = (before: readonly RunAward[], after: readonly RunAward[]): AwardDifference[] => {
  const [old, now] = [before, after].map((awards) => new Map(awards.map((award) => [keyOf(award), award])));
  return [...new Set([...(old?.keys() ?? []), ...(now?.keys() ?? [])])].sort().flatMap((key): AwardDifference[] => {
    const award = now?.get(key) ?? old?.get(key);
    const [packsBefore, packsAfter] = [old?.get(key)?.packs ?? 0, now?.get(key)?.packs ?? 0];
    const dosesGained = ownIn(now?.get(key)) - ownIn(old?.get(key));
    if (award === undefined || (packsBefore === packsAfter && dosesGained === 0)) return [];
    const { ndc, doseNumber, packDoses } = award;
    const packs =
      packsBefore === packsAfter ? (packsAfter > 0 ? 'as many packs' : 'by the vial') : `${count(packsAfter)} instead of ${count(packsBefore)} packs`;
    const gained =
      dosesGained === 0
        ? 'as many doses of its own'
        : `${count(Math.abs(dosesGained))} doses ${dosesGained > 0 ? 'more' : 'less'}${packsBefore === packsAfter && packsAfter > 0 ? ' of its own' : ''}`;
    const words = `${poolName({ product: ndc, doseNumber, packDoses })}: ${packs}, ${gained}.`;
    return [{ ndc, doseNumber, packDoses, packsBefore, packsAfter, dosesGained, words }];
  });
};

/** Changes of one site's figures are few; more than these would be another site. */
const mostChangesOfSite = 40;

const poolsOf = (before: RunItem, after: RunItem): Differences['pools'] => {
  const ndcOf = ({ product: ndc, doseNumber, packDoses }: { product?: string; ndc?: string; doseNumber: number; packDoses: number }) => ({
    ndc: ndc ?? '',
    doseNumber,
    packDoses,
  });
  const [old, now] = [before, after].map(({ summary }) => new Map(summary.pools.map((pool) => [keyOf(ndcOf(pool)), pool])));
  return [...new Set([...(old?.keys() ?? []), ...(now?.keys() ?? [])])].sort().flatMap((key) => {
    const [was, is] = [old?.get(key), now?.get(key)];
    const pool = is ?? was;
    if (pool === undefined) return [];
    return [{
      ...ndcOf(pool),
      dosesBefore: (was?.awardedPacks ?? 0) * pool.packDoses,
      dosesAfter: (is?.awardedPacks ?? 0) * pool.packDoses,
      sitesShortBefore: was?.sitesShort ?? 0,
      sitesShortAfter: is?.sitesShort ?? 0,
    }];
  });
};

/** One page of sites: `limit` sites of either run are looked at, in the order of their ids; those that do not differ are left out. */
const sitesOf = async (
  runs: RunStore,
  before: RunItem,
  after: RunItem,
  cursor: string,
  limit: number,
): Promise<Pick<Differences, 'items' | 'nextCursor'>> => {
  const [old, now] = await Promise.all([before, after].map(({ partsPk }) => runs.sitesAfter(partsPk, cursor, limit)));
  if (old === undefined || now === undefined) return { items: [] };
  // A side that has more speaks only for the sites up to its last one.
  const ends = [old, now].flatMap(({ sites, more }) => (more ? [sites.at(-1)?.siteId ?? ''] : [])).sort();
  const last =
    ends[0] ??
    [old, now]
      .flatMap(({ sites }) => sites.map(({ siteId }) => siteId))
      .sort()
      .at(-1);
  if (last === undefined) return { items: [] };
  const within = (sites: readonly SiteInput[]) => new Map(sites.filter(({ siteId }) => siteId <= last).map((site) => [site.siteId, site]));
  const [was, is] = [within(old.sites), within(now.sites)];
  const ids = [...new Set([...was.keys(), ...is.keys()])].sort();
  const bySite = (awards: readonly RunAward[]) => Map.groupBy(awards, ({ siteId }) => siteId);
  const [awardsBefore, awardsAfter] = await Promise.all(
    [before, after].map(async ({ partsPk }) => bySite(await runs.awardsBetween(partsPk, ids[0] ?? last, last))),
  );
  const items = ids.flatMap((siteId): SiteDifference[] => {
    const inputs = pathChanges(was.get(siteId), is.get(siteId), mostChangesOfSite);
    const awards = awardDifferences(awardsBefore?.get(siteId) ?? [], awardsAfter?.get(siteId) ?? []);
    const name = (is.get(siteId) ?? was.get(siteId))?.name;
    return inputs.length === 0 && awards.length === 0 ? [] : [{ siteId, ...(name === undefined ? {} : { name }), inputs, awards }];
  });
  return { items, ...(ends.length === 0 ? {} : { nextCursor: Buffer.from(last).toString('base64url') }) };
};

/** Two runs side by side: what they read, what they followed, what came of it, in sum and site by site. */
export const makeCompareRuns =
  (store: AllocationStore, runs: RunStore) =>
  async (runId: string, withId: string, { limit, cursor }: { limit: number; cursor?: string | undefined }): Promise<CompareOutcome> => {
    const [before, after] = await Promise.all([store.sharedOut(runId), store.sharedOut(withId)]);
    if (before === undefined || after === undefined) return { kind: 'not-found' };
    const [old, now] = await Promise.all([runs.head(before.partsPk), runs.head(after.partsPk)]);
    const from = cursor === undefined ? '' : Buffer.from(cursor, 'base64url').toString();
    return {
      kind: 'compared',
      differences: {
        before,
        after,
        supply: pathChanges(old.supply, now.supply),
        policy: pathChanges(old.policy, now.policy),
        overrides: pathChanges(old.overrides, now.overrides),
        pools: poolsOf(before, after),
        ...(await sitesOf(runs, before, after, from, limit)),
      },
    };
  };

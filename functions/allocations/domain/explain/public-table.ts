import { z } from 'zod';
import type { Jurisdiction } from '../../../../shared/codes/jurisdiction.ts';
import { ownDoses } from '../own-doses.ts';
import { givesAway, leastSites, leftOut, type Cell, type Placed } from './suppression.ts';
import { productInWords } from '../words/words.ts';
import { leftInPublic } from '../words/brief.ts';
import type { Allocated, PoolSummary } from '../allocation.ts';
import { poolKey, type RunInputs } from '../inputs.ts';
import type { Policy } from '../policy/policy.ts';

/** Doses to one area; null where the figure is left out, so that no site's award can be told. */
const cell = z.object({ name: z.string(), doses: z.int().nullable() });
export const publicPool = z.object({
  product: z.string(), name: z.string(), doseNumber: z.int(), packDoses: z.int(),
  supplyDoses: z.int(), awardedDoses: z.int(), leftDoses: z.int(), whyLeft: z.string(),
  counties: z.array(cell.extend({ towns: z.array(cell) })),
  /** Groups of the policy's tree; empty where they would give a site away beside the towns. */
  groups: z.array(cell.extend({ id: z.string() })),
  groupsWithheld: z.boolean(),
});
export type PublicPool = z.infer<typeof publicPool>;
/** As it is published: a county by its name, and by its FIPS code where it has one. */
export const publishedPool = publicPool.extend({ counties: z.array(publicPool.shape.counties.element.extend({ fips: z.string().optional() })) });
export const publicTable = z.object({ leastSites: z.int(), pools: z.array(publicPool) });
export type PublicTable = z.infer<typeof publicTable>;

/** Sites nobody placed are a place of their own. */
const UNPLACED = 'not placed';

const cellsBy = <T extends Placed>(sites: readonly T[], nameOf: (site: T) => string): Cell<T>[] =>
  [...Map.groupBy(sites, nameOf)].map(([name, members]) => ({ name, sites: members })).sort((a, b) => (a.name < b.name ? -1 : 1));

const shown = ({ name, sites }: Cell, out: ReadonlySet<string>): { name: string; doses: number | null } => ({
  name,
  doses: out.has(name) ? null : sites.reduce((sum, { doses }) => sum + doses, 0),
});

/** Doses by county and town. In a county that is left out, every town is; in one that is told, towns are left out among themselves. */
const places = (sites: readonly Placed[]) => {
  const cells = cellsBy(sites, ({ county }) => county);
  const out = leftOut(cells);
  const published: (readonly Placed[])[] = [];
  const counties = cells.map((county) => {
    const towns = cellsBy(county.sites, ({ town }) => town);
    const hidden = out.has(county.name) ? new Set(towns.map(({ name }) => name)) : leftOut(towns);
    if (!out.has(county.name)) published.push(county.sites, ...towns.filter(({ name }) => !hidden.has(name)).map((town) => town.sites));
    return { ...shown(county, out), towns: towns.map((town) => shown(town, hidden)) };
  });
  return { counties, published };
};

const poolOf = (pool: PoolSummary, sites: readonly Placed[], titles: ReadonlyMap<string, string>, whyLeft: string): PublicPool => {
  const { product, doseNumber, packDoses, supplyPacks, awardedPacks } = pool;
  const { counties, published } = places(sites);
  const groups = cellsBy(sites, ({ group }) => group);
  const out = leftOut(groups);
  const told = groups.filter(({ name }) => !out.has(name)).map((group) => group.sites);
  const groupsWithheld = givesAway(sites, [sites, ...published, ...told]);
  return {
    product, name: productInWords(product), doseNumber, packDoses,
    supplyDoses: supplyPacks * packDoses, awardedDoses: awardedPacks * packDoses, leftDoses: (supplyPacks - awardedPacks) * packDoses, whyLeft,
    counties,
    groups: groupsWithheld ? [] : groups.map((group) => ({ id: group.name, ...shown(group, out), name: titles.get(group.name) ?? group.name })),
    groupsWithheld,
  };
};

/** Runs hold a county by its code, because places do; who reads the table knows it by its name. */
export const withCountyNames = (pools: readonly PublicPool[], { counties }: Pick<Jurisdiction, 'counties'>): z.infer<typeof publishedPool>[] => {
  const names = new Map(counties().map(({ fips, name }) => [fips, name]));
  return pools.map((pool) => ({
    ...pool,
    counties: pool.counties.map((county) => {
      const name = names.get(county.name);
      return name === undefined ? county : { ...county, name, fips: county.name };
    }),
  }));
};

const titlesOf = (node: Policy['tree']): (readonly [string, string])[] => [
  [node.id, node.title ?? node.id],
  ...(node.children ?? []).flatMap(titlesOf),
];

/**
 * What the public may see of a run: each pool's supply, what was awarded and left and why, and doses by county, town and group of the
 * policy, without any figure from which one site's award could be read or worked out (`suppression.ts`).
 */
export const publicTableOf = (inputs: RunInputs, policy: Policy, run: Allocated): PublicTable => {
  const where = new Map(inputs.sites.map((site) => [site.siteId, site]));
  const titles = new Map(titlesOf(policy.tree));
  return {
    leastSites,
    pools: run.summary.pools.map((pool, at) => {
      const sites = run.awards
        .filter((award) => poolKey(award) === poolKey(pool))
        .map((award): Placed => {
          const { county = UNPLACED, town = UNPLACED, group = UNPLACED } = where.get(award.siteId) ?? {};
          return { doses: ownDoses(award), county, town, group };
        });
      return poolOf(pool, sites, titles, leftInPublic(run.leftover[at]?.reason ?? 'none'));
    }),
  };
};


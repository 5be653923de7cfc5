import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { publicTableOf, type PublicPool } from '../../functions/allocations/domain/explain/public-table.ts';
import { isSafe, leftOut, type Placed } from '../../functions/allocations/domain/explain/suppression.ts';
import { allocated, smallInputs, smallPolicy } from '../support/allocation.ts';
import { recoveredFrom } from '../support/linear-attacker.ts';

const RUNS = 400;
const GROUPS = ['cities', 'shore', 'hills'];

interface Site extends Placed {
  readonly siteId: string;
}

const week = fc.record({
  packs: fc.integer({ min: 0, max: 60 }),
  sites: fc.array(
    fc.record({ county: fc.integer({ min: 0, max: 2 }), town: fc.integer({ min: 0, max: 3 }), group: fc.integer({ min: 0, max: 2 }), weight: fc.integer({ min: 0, max: 30 }) }),
    { minLength: 1, maxLength: 24 },
  ),
});
type Week = typeof week extends fc.Arbitrary<infer T> ? T : never;

const published = ({ packs, sites }: Week): { pool: PublicPool; sites: Site[] } => {
  const inputs = smallInputs({
    packs,
    sites: sites.map(({ county, town, group, weight }, at) => ({
      id: `s${at}`, group: GROUPS[group] ?? '', weight, more: { county: `county-${county}`, town: `town-${county}-${town}` },
    })),
  });
  const policy = smallPolicy({ tree: { id: 'state', children: GROUPS.map((id) => ({ id })) } });
  const run = allocated(inputs, policy);
  const [pool] = publicTableOf(inputs, policy, run).pools;
  if (pool === undefined) throw new Error('no pool');
  const where = new Map(inputs.sites.map((site) => [site.siteId, site]));
  return {
    pool,
    sites: run.awards.map(({ siteId, doses }) => {
      const { county = '', town = '', group = '' } = where.get(siteId) ?? {};
      return { siteId, doses, county, town, group };
    }),
  };
};

/** Every sum the table tells, as the set of sites it is of: what an attacker who knows where each site lies may add and subtract. */
const sumsOf = (pool: PublicPool, sites: readonly Site[]): Site[][] => [
  [...sites],
  ...pool.counties.flatMap(({ name, doses, towns }) => [
    ...(doses === null ? [] : [sites.filter(({ county }) => county === name)]),
    ...towns.filter((town) => town.doses !== null).map((told) => sites.filter(({ county, town }) => county === name && town === told.name)),
  ]),
  ...pool.groups.filter(({ doses }) => doses !== null).map(({ id }) => sites.filter(({ group }) => group === id)),
];

/** Sets of sites whose sum follows from what is published though it may not be known: one site, or two, or a town, county or group left out. */
const recovered = (sums: readonly (readonly Site[])[], sites: readonly Site[], suspects: readonly (readonly Site[])[]): number => {
  const rowOf = (set: readonly Site[]): number[] => sites.map((site) => Number(set.includes(site)));
  return recoveredFrom(sums.map(rowOf), suspects.map(rowOf)).length;
};

const suspectsIn = (sites: readonly Site[]): Site[][] => {
  const pairs = sites.flatMap((one, at) => sites.slice(at + 1).map((other) => [one, other]));
  const areas = (['county', 'town', 'group'] as const).flatMap((area) => [...Map.groupBy(sites, (site) => (area === 'town' ? `${site.county} ${site.town}` : site[area])).values()]);
  return [...sites.map((site) => [site]), ...pairs, ...areas].filter((set) => !isSafe(set) && set.length < sites.length);
};

describe('the public table of a run', () => {
  it('cannot be added and subtracted into what one site, two sites, or an area that is left out got', () => {
    let told = 0;
    let withheld = 0;
    fc.assert(
      fc.property(week, (drawn) => {
        const { pool, sites } = published(drawn);
        const sums = sumsOf(pool, sites);
        told += sums.length - 1;
        withheld += Number(pool.groupsWithheld);
        expect(recovered(sums, sites, suspectsIn(sites))).toBe(0);
      }),
      { numRuns: RUNS, seed: 61 },
    );
    expect(told).toBeGreaterThan(RUNS / 2); // a table that tells nothing would pass too
    expect(withheld).toBeGreaterThan(0);
  });

  it('tells true sums', () => {
    fc.assert(
      fc.property(week, (drawn) => {
        const { pool, sites } = published(drawn);
        const sum = (set: readonly Site[]) => set.reduce((all, { doses }) => all + doses, 0);
        for (const county of pool.counties) if (county.doses !== null) expect(county.doses).toBe(sum(sites.filter((site) => site.county === county.name)));
        for (const group of pool.groups) if (group.doses !== null) expect(group.doses).toBe(sum(sites.filter((site) => site.group === group.id)));
      }),
      { numRuns: RUNS, seed: 67 },
    );
  });

  it('gives cells away in more than a fifth of the weeks when only the small ones are left out', () => {
    const broken = fc.sample(week, { numRuns: RUNS, seed: 71 }).filter((drawn) => {
      const { sites } = published(drawn);
      const towns = [...Map.groupBy(sites, ({ county, town }) => `${county} ${town}`).values()];
      const counties = [...Map.groupBy(sites, ({ county }) => county).values()];
      return recovered([sites, ...[...towns, ...counties].filter(isSafe)], sites, suspectsIn(sites)) > 0;
    });
    expect(broken.length).toBeGreaterThan(RUNS / 5);
  });

  it('leaves out the smallest other area, not any', () => {
    const cell = (name: string, ...doses: number[]) => ({ name, sites: doses.map((each) => ({ doses: each, county: 'c', town: name, group: 'g' })) });
    expect([...leftOut([cell('one', 100), cell('large', 400, 300, 500), cell('small', 100, 100, 100)])]).toEqual(['one', 'small']);
    expect([...leftOut([cell('small', 100, 100, 100), cell('large', 400, 300, 500)])]).toEqual([]);
  });
});

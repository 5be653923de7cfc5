import { describe, expect, it } from '@jest/globals';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { parse } from 'yaml';
import { allocationText, infeasibleText } from '../../cli/lab/print-allocation.ts';
import { readPolicy, readScenario, tryPolicy } from '../../cli/lab/scenario.ts';
import { UsageError } from '../../cli/usage-error.ts';
import { addsUp } from '../../functions/allocations/domain/explain/explain.ts';
import { whatWouldChange } from '../../functions/allocations/domain/explain/what-if.ts';
import { connecticutMarch } from '../../functions/allocations/domain/policy/connecticut.ts';

const folder = mkdtempSync(join(tmpdir(), 'doseline-odd-'));
const example = fileURLToPath(new URL('../../docs/examples/scarce-week.yaml', import.meta.url));
/** Files of each kind: few by default, `LAB_ODD_FILES=5000` for a long search. */
const RUNS = Number(process.env['LAB_ODD_FILES'] ?? 80);

type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
const scarce = parse(readFileSync(example, 'utf8')) as Json;
const march = JSON.parse(JSON.stringify(connecticutMarch)) as Json;

/** A policy that uses every rule there is but all-or-nothing, and a week that gives each of them something to read. */
const rich: Json = {
  schema: 1, id: 'rich', version: 1, title: 'Every rule',
  tree: { id: 'connecticut', max: { share: '100%' }, children: [{ id: 'priority-zips', min: { share: '10%' } }, { id: 'elsewhere', max: { share: '3/4' }, min: { doses: 100 }, strict: false }] },
  stages: [
    { id: 'floors', kind: 'floors', weight: 'population' },
    { id: 'due', kind: 'second-doses', withinWeeks: 2 },
    { id: 'elders', kind: 'tier', weight: { population: 1, elders: 3 }, from: '2021-01-01', to: '2021-06-01', share: '30%', limit: 'elders' },
    { id: 'guarantee', kind: 'reserve', reserve: 'minimum-guarantee', share: '25%', group: { tag: 'priority' }, weight: 'population' },
    { id: 'open', kind: 'open', weight: 'population' },
    { id: 'extra', kind: 'reserve', reserve: 'over-and-above', share: '10%', group: { node: 'priority-zips' }, weight: 'population', unused: 'held' },
  ],
  caps: [
    { kind: 'throughput', weeks: 2 }, { kind: 'storage' }, { kind: 'beyond-use' }, { kind: 'days-of-stock', days: 14 }, { kind: 'share-of-supply', share: '60%' },
    { kind: 'use-it-or-lose-it', threshold: '50%', weeks: 2 },
  ],
  hubs: [{ hub: 'hill-health-district', members: ['village-practice'] }],
  declares: [
    { rule: 'mixed-packs', reason: 'two sizes are shipped' }, { rule: 'shared-throughput', reason: 'one staff gives all' }, { rule: 'crossing-group', reason: 'they lie everywhere' },
  ],
};
const full: Json = (() => {
  const week = structuredClone(scarce) as { supply: Record<string, Json>[]; sites: Record<string, Json>[]; overrides?: Json };
  for (const line of week.supply) line['vialDoses'] = 10;
  for (const [at, site] of week.sites.entries()) {
    Object.assign(site, { tags: at % 2 === 0 ? ['priority'] : [], throughputDoses: 900, priorityResidentsPermille: 300, weights: { population: 1_000 * (at + 1), elders: 200 } });
    for (const line of site['lines'] as Record<string, Json>[])
      Object.assign(line, {
        onHandDoses: 50, storageDoses: 4_000, beyondUseDoses: 5_000, fixed: at === 0 ? [{ packDoses: 100, packs: 1 }] : [],
        use: [{ week: '2021-02-22', availableDoses: 400, givenDoses: 100, givenAtMostDoses: 150 }, { week: '2021-03-01', availableDoses: 400, givenDoses: 90, givenAtMostDoses: 120 }],
      });
  }
  week.overrides = [{ siteId: 'mobile-clinic', product: '80777-0273-10', doseNumber: 1, packDoses: 100, packs: 1, reason: 'the van is being mended' }];
  return week;
})();

/** Values that people and programs write where another was meant. */
const odd = fc.constantFrom<Json>(
  null, true, '', 'a word', '١٢', '2021-02-30', '2021-03-08T00:00:00Z', -1, 0, 1, 0.5, 1e9, 9_007_199_254_740_993, 1e300, [], {}, [[]], 'order-on-demand', 'priority-zips',
  '100%', '0%', '1/3', '__proto__', 'elsewhere', 'request', 67_108_863, 100_000_000,
);
const edit = fc.record({ at: fc.nat(), value: odd, how: fc.constantFrom('set', 'drop', 'double') });

const placesIn = (value: Json, path: (string | number)[] = []): (string | number)[][] =>
  value === null || typeof value !== 'object' ? [path] : [path, ...Object.entries(value).flatMap(([key, item]) => placesIn(item, [...path, Array.isArray(value) ? Number(key) : key]))];

/** A document with one place set to something odd, left out, or written twice. */
const edited = (document: Json, { at, value, how }: { at: number; value: Json; how: string }): Json => {
  const copy = structuredClone(document);
  const places = placesIn(copy).filter((path) => path.length > 0);
  const path = places[at % places.length] ?? [];
  const parent = path.slice(0, -1).reduce<Json>((node, key) => (node as Record<string | number, Json>)[key] ?? null, copy) as Record<string | number, Json> | Json[];
  const key = path.at(-1) ?? 0;
  if (how === 'set') (parent as Record<string | number, Json>)[key] = value;
  else if (Array.isArray(parent)) parent.splice(Number(key), how === 'drop' ? 1 : 0, ...(how === 'drop' ? [] : [structuredClone(parent[Number(key)] ?? null)]));
  else if (how === 'drop') delete parent[key];
  return copy;
};
const written = (name: string, document: Json): string => {
  const file = join(folder, name);
  writeFileSync(file, JSON.stringify(document));
  return file;
};

/** What a run of files comes to: shared out, refused by its bounds, or a usage error. Anything else is thrown and fails the test. */
const tried = (scenario: Json, policy: Json): string => {
  try {
    const file = written('scenario.json', scenario);
    const { inputs } = readScenario(file);
    const { allocation, policy: read } = tryPolicy(file, inputs, readPolicy(written('policy.json', policy)));
    if (allocation.kind === 'infeasible') return infeasibleText(allocation, read).length > 0 ? 'infeasible' : 'silent';
    const supply = new Map(inputs.supply.map((line) => [`${line.product} ${line.doseNumber} ${line.packDoses}`, line.packs]));
    for (const pool of allocation.summary.pools) expect(pool.awardedPacks).toBeLessThanOrEqual(supply.get(`${pool.product} ${pool.doseNumber} ${pool.packDoses}`) ?? 0);
    expect(allocation.awards.every(addsUp)).toBe(true);
    expect(allocationText(allocation, read, inputs)).not.toMatch(/undefined|NaN|\[object/);
    const [award] = allocation.awards;
    if (award) whatWouldChange(inputs, read, award);
    return 'allocated';
  } catch (error) {
    if (error instanceof UsageError) return /: .+/.test(error.message) ? 'told' : 'silent';
    throw error;
  }
};

describe('whatever is written in a scenario or a policy', () => {
  it('the richest of both is shared out before anything is changed', () => {
    expect(tried(full, rich)).toBe('allocated');
  });

  it.each([['the scenario', scarce, march, 41], ['the policy', scarce, march, 43], ['the scenario', full, rich, 47], ['the policy', full, rich, 53]] as const)('%s is shared out, refused by name, or told to be wrong by path: never a stack trace, never more than the supply', (what, week, rules, seed) => {
    const seen: Record<string, number> = {};
    fc.assert(
      fc.property(fc.array(edit, { minLength: 1, maxLength: 3 }), (edits) => {
        const [scenario, policy] = what === 'the scenario' ? [edits.reduce(edited, structuredClone<Json>(week)), rules] : [week, edits.reduce(edited, structuredClone<Json>(rules))];
        const came = tried(scenario, policy);
        seen[came] = (seen[came] ?? 0) + 1;
        expect(came).not.toBe('silent');
      }),
      { numRuns: RUNS, seed },
    );
    expect(seen['allocated']).toBeGreaterThan(RUNS / 50);
    expect(seen['told']).toBeGreaterThan(RUNS / 10);
  });
});

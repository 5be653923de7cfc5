import { allocate } from '../functions/allocations/domain/allocate.ts';
import { policySchema } from '../functions/allocations/domain/policy/policy.ts';
import { sketchFloat } from './allocation-float.ts';
import { solvePacks } from './allocation-highs.ts';
import type { RunInputs } from '../functions/allocations/domain/inputs.ts';
import type { Policy } from '../functions/allocations/domain/policy/policy.ts';

const PRODUCTS = [
  { product: '59267-1000-02', packDoses: 1_170, packsPerSite: 0.3 },
  { product: '80777-0273-99', packDoses: 100, packsPerSite: 3 },
  { product: '59676-0580-15', packDoses: 100, packsPerSite: 2 },
  { product: '80777-0273-98', packDoses: 140, packsPerSite: 2 },
] as const;
const SIZES = [1_000, 10_000, 100_000] as const;
/** Sizes at which a package solver still finds the packs of one pool within seconds. */
const SOLVER_SIZES = [30, 100, 300] as const;
const HUB_SIZES = [2_000, 6_000, 18_000] as const;
const JUDGED_AT = 10_000;
const REPEATS = 3;
/** The aim of the design: exact within ten times a floating-point sketch that explains nothing. */
const AIM_RATIO = 10;

const LEAVES = Array.from({ length: 40 }, (_, at) => `town-${at}`);
const POLICY: Policy = policySchema.parse({
  schema: 1,
  id: 'bench',
  version: 1,
  title: 'A quarter to priority sites, a tier, an open pool, over forty towns in two regions',
  tree: {
    id: 'state',
    children: [
      { id: 'north', max: { share: '60%' }, children: LEAVES.slice(0, 20).map((id) => ({ id })) },
      { id: 'south', children: LEAVES.slice(20).map((id) => ({ id })) },
    ],
  },
  stages: [
    {
      id: 'guarantee',
      kind: 'reserve',
      reserve: 'minimum-guarantee',
      share: '25%',
      group: { tag: 'priority' },
      weight: 'population',
    },
    { id: 'tier', kind: 'tier', weight: 'tier-1a', share: '30%', counting: 'total' },
    { id: 'open', kind: 'open', weight: 'population' },
  ],
  declares: [{ rule: 'crossing-group', reason: 'priority sites lie in every town' }],
});

/** A linear congruential sequence: the same instance on every machine. */
const sequence = (seed: number) => {
  let state = seed;
  return (below: number): number => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return Math.floor(state / 65_536) % below;
  };
};

const instance = (sites: number): RunInputs => {
  const next = sequence(sites);
  return {
    schema: 1,
    week: '2021-03-07',
    supply: PRODUCTS.map(({ product, packDoses, packsPerSite }) => {
      const packs = Math.floor(sites * packsPerSite);
      return { product, doseNumber: 1, packDoses, packs };
    }),
    sites: Array.from({ length: sites }, (_, at) => ({
      siteId: `site-${at}`,
      group: LEAVES[next(LEAVES.length)] ?? 'town-0',
      tags: next(4) === 0 ? ['priority'] : [],
      suspended: false,
      weights: { population: 1_000 + next(20_000), 'tier-1a': next(900) },
      lines: PRODUCTS.map(({ product }) => {
        const requestDoses = next(3_000);
        return { product, doseNumber: 1, requestDoses, onHandDoses: 0, due: [], fixed: [] };
      }),
    })),
    debts: [],
  };
};

const leastMs = (work: () => unknown): number => {
  const times = Array.from({ length: REPEATS }, () => {
    const start = performance.now();
    work();
    return performance.now() - start;
  });
  return Math.min(...times);
};

interface BenchResult {
  title: string;
  rows: Record<string, string | number>[];
  ratio: number;
  aim: string;
}

/** One pool of cartons at sizes HiGHS can still solve: the whole run of the engine beside the solver's packs alone. */
const solverRows = async (): Promise<Record<string, string | number>[]> => {
  const rows: Record<string, string | number>[] = [];
  for (const sites of SOLVER_SIZES) {
    const all = instance(sites);
    const inputs = { ...all, supply: all.supply.slice(1, 2) };
    const run = allocate(inputs, POLICY);
    if (run.kind !== 'allocated') throw new Error('the bench instance is infeasible');
    const exactMs = leastMs(() => allocate(inputs, POLICY));
    const solver = await solvePacks(inputs, run);
    rows.push({
      sites,
      awards: run.awards.length,
      'exact ms': exactMs.toFixed(1),
      'HiGHS ms': solver.solved ? Math.round(solver.ms) : 'stopped',
      'HiGHS / exact': (solver.ms / exactMs).toFixed(0),
    });
  }
  return rows;
};

/** One product of which every tenth site is a hub for the five after it in its town: the same week with hubs and without. */
const hubRows = (): Record<string, string | number>[] =>
  HUB_SIZES.map((sites) => {
    const all = instance(sites);
    const inputs: RunInputs = {
      ...all,
      supply: all.supply.slice(1, 2).map((line) => ({ ...line, packs: sites, vialDoses: 10 })),
      sites: all.sites.map((site) => ({
        ...site,
        lines: site.lines.slice(1, 2).map((line) => ({ ...line, requestDoses: Math.floor(line.requestDoses / 10) })),
      })),
    };
    const hubs = [...Map.groupBy(all.sites, ({ group }) => group).values()].flatMap((town) =>
      town.flatMap(({ siteId: hub }, at) => (at % 10 === 0 ? [{ hub, members: town.slice(at + 1, at + 6).map(({ siteId }) => siteId) }] : [])),
    );
    const joined = policySchema.parse({ ...POLICY, hubs: hubs.filter(({ members }) => members.length > 0) });
    const run = allocate(inputs, joined);
    if (run.kind !== 'allocated') throw new Error('the bench instance is infeasible');
    const [aloneMs, hubsMs] = [leastMs(() => allocate(inputs, POLICY)), leastMs(() => allocate(inputs, joined))];
    return {
      sites,
      'exact ms': Math.round(aloneMs),
      'sites that share': run.hubShares?.length ?? 0,
      'hubs ms': Math.round(hubsMs),
      'hubs / none': (hubsMs / aloneMs).toFixed(1),
    };
  });

/** Whole weekly runs of four products at three sizes, each beside a floating-point sketch of the model in the same process. */
export async function benchAllocation(): Promise<BenchResult> {
  const warm = instance(2_000);
  for (let round = 0; round < REPEATS; round += 1) allocate(warm, POLICY);
  const rows: Record<string, string | number>[] = [];
  let judged = 0;
  let previousMs = 0;
  for (const sites of SIZES) {
    const inputs = instance(sites);
    const first = allocate(inputs, POLICY);
    if (first.kind !== 'allocated') throw new Error('the bench instance is infeasible');
    const secondWeek: RunInputs = { ...inputs, week: '2021-03-14', debts: first.debts.map((row) => ({ ...row })) };
    const sketchMs = leastMs(() => sketchFloat(secondWeek, LEAVES, { guarantee: 0.25, tierShare: 0.3 }));
    const exactMs = leastMs(() => allocate(secondWeek, POLICY));
    const ratio = exactMs / sketchMs;
    if (sites === JUDGED_AT) judged = ratio;
    rows.push({
      sites,
      awards: first.awards.length,
      'exact ms': Math.round(exactMs),
      'float sketch ms': Math.round(sketchMs),
      ratio: ratio.toFixed(1),
      'growth for 10x': previousMs === 0 ? '-' : (exactMs / previousMs).toFixed(1),
      'heap MB': Math.round(process.memoryUsage().heapUsed / 1_048_576),
    });
    previousMs = exactMs;
  }
  rows.push(...(await solverRows()), ...hubRows());
  return {
    title: 'Allocation: a week of 4 products, exact and explained, against a floating-point sketch',
    rows,
    ratio: Number(judged.toFixed(2)),
    aim: `at most ${AIM_RATIO} times the sketch at 10,000 sites; growth near n log n`,
  };
}

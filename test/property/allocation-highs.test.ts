import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { allocate } from '../../functions/allocations/domain/allocate.ts';
import { nodesOf } from '../../functions/allocations/domain/policy-rules.ts';
import { weightOf } from '../../functions/allocations/domain/weights.ts';
import { smallInputs, smallPolicy } from '../support/allocation.ts';
import { KINDS, instanceOf } from '../support/allocation-arbitrary.ts';
import { Programme } from '../support/allocation-highs.ts';
import {
  PACK_MICRO,
  addFeasibility,
  addLevels,
  ceilingOf,
  maximumOf,
  objective,
  sitesUnder,
  solvedPacks,
} from '../support/allocation-levels.ts';
import type { Allocated } from '../../functions/allocations/domain/allocation.ts';
import type { SiteInput } from '../../functions/allocations/domain/inputs.ts';
import type { Stage } from '../../functions/allocations/domain/policy.ts';
import type { Instance } from '../support/allocation-arbitrary.ts';
import type { Term } from '../support/allocation-highs.ts';

/** Instances per kind of policy: few by default, `ALLOCATION_HIGHS_RUNS=1000` for the full proof. */
const RUNS = Number(process.env.ALLOCATION_HIGHS_RUNS ?? 150);
/** The solver costs some 70 ms to begin with, so many instances share one programme; they have no variable in common. */
const BATCH = 60;
const LONG_MS = 600_000;

const batches = <T>(items: readonly T[]): T[][] =>
  Array.from({ length: Math.ceil(items.length / BATCH) }, (_, at) => items.slice(at * BATCH, (at + 1) * BATCH));

interface Ran {
  readonly instance: Instance;
  readonly run: Allocated;
}
const ran = (instance: Instance): Ran[] => {
  const run = allocate(instance.inputs, instance.policy);
  return run.kind === 'allocated' ? [{ instance, run }] : [];
};

/** Over all levels of all runs: how many there are, and those whose sum of squares is not the solver's. */
const judgeLevels = (runs: readonly Ran[]) => {
  let levels = 0;
  const missed = new Set<Instance>();
  for (const batch of batches(runs)) {
    const programme = new Programme();
    const added = batch.map(({ instance, run }) => {
      const packs = new Map(run.awards.map((award) => [award.siteId, award.packs]));
      const targets = new Map(run.awards.map((award) => [award.siteId, award.targetMicro]));
      return { instance, levels: addLevels(programme, instance, targets, (id) => packs.get(id) ?? 0) };
    });
    const values = programme.solve();
    if (!values) throw new Error('the solver found no split within the bounds that the engine kept');
    for (const item of added) {
      for (const level of item.levels) {
        levels += 1;
        if (objective(level.due, level.given) !== objective(level.due, solvedPacks(level, values))) missed.add(item.instance);
      }
    }
  }
  return { levels, missed: [...missed] };
};

describe('whole packs against HiGHS', () => {
  it.each(KINDS)(
    'are the least sum of squares at every level of a %s policy, exactly',
    (kind) => {
      const runs = fc.sample(instanceOf(kind), { numRuns: RUNS, seed: 101 }).flatMap(ran);
      const { levels, missed } = judgeLevels(runs);
      expect(runs.length).toBeGreaterThan(RUNS * 0.9);
      expect(levels).toBe(runs.length * 7);
      expect(missed).toEqual([]);
    },
    LONG_MS,
  );

  it(
    'are missed on more than a fifth of the instances by an engine that forgets old debt',
    () => {
      const scarce = ({ inputs }: Instance) => {
        const usable = inputs.sites.reduce((sum, site) => sum + ceilingOf(inputs, site), 0);
        return inputs.sites.length > 3 && usable > 2 * (inputs.supply[0]?.packs ?? 0);
      };
      const runs = fc
        .sample(instanceOf('open'), { numRuns: BATCH * 6, seed: 103 })
        .filter(scarce)
        .flatMap((instance) =>
          ran({ ...instance, inputs: { ...instance.inputs, debts: [] } }).map(({ run }): Ran => ({ instance, run })),
        );
      expect(runs.length).toBeGreaterThan(40);
      expect(judgeLevels(runs).missed.length).toBeGreaterThan(runs.length / 5);
    },
    LONG_MS,
  );
});

const percent = (min: number, max: number) =>
  fc.option(
    fc.integer({ min, max }).map((share) => ({ share: `${share}%` })),
    { nil: undefined, freq: 2 },
  );
const bounded = (id: string) =>
  fc
    .record({ min: percent(5, 50), max: percent(30, 90), strict: fc.constantFrom(true, false, false, false) })
    .map(({ min, max, strict }) => ({
      id,
      ...(min && { min }),
      ...(max && { max }),
      strict,
    }));

/** Trees whose bounds may well clash: minimums and maximums anywhere, some strict. */
const clashing: fc.Arbitrary<Instance> = fc
  .record({
    inner: fc.tuple(bounded('east'), bounded('west')),
    leaves: fc.tuple(bounded('east-1'), bounded('east-2'), bounded('west-1'), bounded('west-2')),
    packs: fc.integer({ min: 0, max: 20 }),
    sites: fc.array(
      fc.record({
        group: fc.constantFrom('east-1', 'east-2', 'west-1', 'west-2'),
        weight: fc.integer({ min: 0, max: 6 }),
        requestDoses: fc.integer({ min: 0, max: 1_500 }),
      }),
      { minLength: 1, maxLength: 7 },
    ),
  })
  .map(({ inner: [east, west], leaves: [e1, e2, w1, w2], packs, sites }) => ({
    inputs: smallInputs({ packs, sites: sites.map((site, at) => ({ ...site, id: `site-${at}` })) }),
    policy: smallPolicy({
      tree: {
        id: 'state',
        children: [
          { ...east, children: [e1, e2] },
          { ...west, children: [w1, w2] },
        ],
      },
      stages: [
        { id: 'floors', kind: 'floors', weight: 'population' },
        { id: 'open', kind: 'open', weight: 'population' },
      ],
    }),
  }));

describe('bounds that clash, against HiGHS', () => {
  it(
    'clash for the engine where they clash for the solver, and nowhere else',
    () => {
      const instances = fc.sample(clashing, { numRuns: RUNS * 2, seed: 107 });
      let infeasible = 0;
      for (const batch of batches(instances)) {
        const programme = new Programme();
        const slacks = batch.map((instance) => addFeasibility(programme, instance));
        const values = programme.solve();
        batch.forEach(({ inputs, policy }, at) => {
          const short = (slacks[at] ?? []).reduce((sum, slack) => sum + Math.round(values?.[slack] ?? 0), 0);
          expect(allocate(inputs, policy).kind).toBe(short > 0 ? 'infeasible' : 'allocated');
          if (short > 0) infeasible += 1;
        });
      }
      expect(infeasible).toBeGreaterThan(instances.length / 10);
      expect(infeasible).toBeLessThan((instances.length * 9) / 10);
    },
    LONG_MS,
  );
});

const gainsOf = (run: Allocated, stage: Stage, returned: boolean): Map<string, number> =>
  new Map(
    run.awards.map((award) => [
      award.siteId,
      award.explanation.reduce((sum, line) => {
        const own = line.kind === 'stage' && line.stage === stage.id && (line.stageKind === 'returned') === returned;
        return own ? sum + line.micro : sum;
      }, 0),
    ]),
  );

const belongsTo = ({ inputs, policy }: Instance, stage: Stage) => {
  const group = 'group' in stage ? stage.group : undefined;
  if (!group) return () => true;
  if ('tag' in group) return (site: SiteInput) => site.tags.includes(group.tag);
  const node = nodesOf(policy.tree).find((item) => item.id === group.node);
  return (site: SiteInput) => node !== undefined && sitesUnder(inputs, node).includes(site);
};

/** What each site has after a stage by the quadratic programme of that stage, in packs, from what it had before. */
const solveStage = (
  instance: Instance,
  stage: Stage,
  before: ReadonlyMap<string, number>,
  usedMicro: number,
): Map<string, number> => {
  const { inputs, policy } = instance;
  const belongs = belongsTo(instance, stage);
  const onTop =
    stage.kind === 'reserve' ? stage.reserve === 'over-and-above' : 'counting' in stage && stage.counting === 'on-top';
  const programme = new Programme();
  const variableOf = new Map(
    inputs.sites.map((site) => {
      const weight = 'weight' in stage && belongs(site) ? weightOf(site.weights, stage.weight) : 0;
      const had = (before.get(site.siteId) ?? 0) / PACK_MICRO;
      const limit = stage.kind === 'tier' && stage.limit ? had + (site.weights[stage.limit] ?? 0) / 100 : Infinity;
      const high = weight > 0 ? Math.max(had, Math.min(ceilingOf(inputs, site), limit)) : had;
      const square = weight > 0 ? 2 / weight : 0;
      return [site.siteId, programme.variable({ low: had, high, square, cost: onTop ? -square * had : 0 })];
    }),
  );
  const totalMicro = [...before.values()].reduce((sum, micro) => sum + micro, usedMicro);
  programme.row(
    [...variableOf.values()].map((variable): Term => [variable, 1]),
    totalMicro / PACK_MICRO,
    totalMicro / PACK_MICRO,
  );
  for (const node of nodesOf(policy.tree)) {
    const inside = sitesUnder(inputs, node);
    const terms = inside.map((site): Term => [variableOf.get(site.siteId) ?? 0, 1]);
    if (terms.length > 0 && node.max) programme.row(terms, 0, maximumOf(inputs, node));
  }
  const values = programme.solve();
  if (!values) throw new Error(`HiGHS finds stage ${stage.id} infeasible`);
  return new Map([...variableOf].map(([id, variable]) => [id, values[variable] ?? 0]));
};

/** The solver works in floating point: within a thousandth of a dose. (The exact comparison is with fractions.) */
const QP_TOLERANCE_PACKS = 0.000_01;

describe('targets against the quadratic programme of HiGHS', () => {
  it.each(KINDS)(
    'are its optimum at every stage of a %s policy, each from what the stage before left',
    (kind) => {
      const runs = fc.sample(instanceOf(kind), { numRuns: RUNS, seed: 109 }).flatMap(ran);
      let stages = 0;
      for (const { instance, run } of runs) {
        const has = new Map(run.awards.map((award) => [award.siteId, 0]));
        const passes = [false, true].flatMap((returned) => instance.policy.stages.map((stage) => ({ stage, returned })));
        for (const { stage, returned } of passes) {
          const gains = gainsOf(run, stage, returned);
          const usedMicro = [...gains.values()].reduce((sum, micro) => sum + micro, 0);
          if (usedMicro > 0 && stage.kind !== 'floors') {
            const optimum = solveStage(instance, stage, has, usedMicro);
            for (const [id, gain] of gains) {
              const packs = ((has.get(id) ?? 0) + gain) / PACK_MICRO;
              expect(Math.abs(packs - (optimum.get(id) ?? 0))).toBeLessThan(QP_TOLERANCE_PACKS);
            }
            stages += 1;
          }
          for (const [id, gain] of gains) has.set(id, (has.get(id) ?? 0) + gain);
        }
      }
      expect(stages).toBeGreaterThan(runs.length / 2);
    },
    LONG_MS,
  );
});

import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { allocate } from '../../functions/allocations/domain/allocate.ts';
import { smallInputs, smallPolicy } from '../support/allocation.ts';
import { KINDS, instanceOf } from '../support/allocation-arbitrary.ts';
import { gainsOf, solveCourse } from '../support/allocation-course.ts';
import { Programme } from '../support/allocation-highs.ts';
import {
  PACK_MICRO,
  addFeasibility,
  addLevels,
  ceilingOf,
  objective,
  solvedPacks,
} from '../support/allocation-levels.ts';
import type { Allocated } from '../../functions/allocations/domain/allocation.ts';
import type { Instance } from '../support/allocation-arbitrary.ts';

/** Instances per kind of policy: few by default, `ALLOCATION_HIGHS_RUNS=1000` for the full proof. */
const RUNS = Number(process.env.ALLOCATION_HIGHS_RUNS ?? 80);
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
      const served = gainsOf(run, (line) => line.stageKind === 'second-doses');
      const servedPacks = (id: string) => Math.floor((served.get(id) ?? 0) / PACK_MICRO);
      return { instance, levels: addLevels(programme, instance, targets, (id) => packs.get(id) ?? 0, servedPacks) };
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
      const scarce = (instance: Instance) => {
        const { inputs } = instance;
        const usable = inputs.sites.reduce((sum, site) => sum + ceilingOf(instance, site), 0);
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

/** The solver works in floating point, each stage from what it gave in the one before: within a hundredth of a dose. */
const QP_TOLERANCE_PACKS = 0.000_1;
describe('targets against the quadratic programme of HiGHS', () => {
  it.each(KINDS)(
    'are its optimum after every stage of a %s policy, and the stages place as much as it finds they can',
    (kind) => {
      const runs = fc.sample(instanceOf(kind), { numRuns: RUNS, seed: 109 }).flatMap(ran);
      let stages = 0;
      for (const { instance, run } of runs) {
        const course = solveCourse(instance, run);
        const staged = gainsOf(run, () => true);
        stages += course.stages;
        for (const [id, packs] of course.has) expect(Math.abs(packs - (staged.get(id) ?? 0) / PACK_MICRO)).toBeLessThan(QP_TOLERANCE_PACKS);
      }
      expect(stages).toBeGreaterThan(runs.length / 4);
    },
    LONG_MS,
  );
});

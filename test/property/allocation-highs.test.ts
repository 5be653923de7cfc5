import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { allocate } from '../../functions/allocations/domain/allocate.ts';
import { nodesOf } from '../../functions/allocations/domain/policy-rules.ts';
import { weightOf } from '../../functions/allocations/domain/weights.ts';
import { smallInputs, smallPolicy } from '../support/allocation.ts';
import { KINDS, instanceOf } from '../support/allocation-arbitrary.ts';
import { runsIn } from '../support/allocation-due.ts';
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
  supplyPacks,
} from '../support/allocation-levels.ts';
import type { Allocated } from '../../functions/allocations/domain/allocation.ts';
import type { SiteInput } from '../../functions/allocations/domain/inputs.ts';
import type { Stage } from '../../functions/allocations/domain/policy.ts';
import type { Instance } from '../support/allocation-arbitrary.ts';
import type { Term } from '../support/allocation-highs.ts';

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

interface StageLine {
  readonly stage: string;
  readonly stageKind: string;
}

/** What each site has of the stage lines that are meant. */
const gainsOf = (run: Allocated, isMeant: (line: StageLine) => boolean): Map<string, number> =>
  new Map(
    run.awards.map((award) => [
      award.siteId,
      award.explanation.reduce((sum, line) => (line.kind === 'stage' && isMeant(line) ? sum + line.micro : sum), 0),
    ]),
  );

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

const belongsTo = ({ inputs, policy }: Instance, stage: Stage) => {
  const group = 'group' in stage ? stage.group : undefined;
  if (!group) return () => true;
  if ('tag' in group) return (site: SiteInput) => site.tags.includes(group.tag);
  const node = nodesOf(policy.tree).find((item) => item.id === group.node);
  return (site: SiteInput) => node !== undefined && sitesUnder(inputs, node).includes(site);
};

/** A programme of the sites' packs after a stage: from what they had, within their ceilings and every group's maximum. */
const stageProgramme = (instance: Instance, stage: Stage, before: ReadonlyMap<string, number>, square: boolean) => {
  const { inputs, policy } = instance;
  const belongs = belongsTo(instance, stage);
  const onTop =
    stage.kind === 'reserve' ? stage.reserve === 'over-and-above' : 'counting' in stage && stage.counting === 'on-top';
  const programme = new Programme();
  const variableOf = new Map(
    inputs.sites.map((site) => {
      const weight = 'weight' in stage && belongs(site) ? weightOf(site.weights, stage.weight) : 0;
      const had = before.get(site.siteId) ?? 0;
      const limit = stage.kind === 'tier' && stage.limit ? had + (site.weights[stage.limit] ?? 0) / 100 : Infinity;
      const high = weight > 0 ? Math.max(had, Math.min(ceilingOf(instance, site), limit)) : had;
      const bend = square && weight > 0 ? 2 / weight : 0;
      return [site.siteId, programme.variable({ low: had, high, square: bend, cost: square ? (onTop ? -bend * had : 0) : -1 })];
    }),
  );
  for (const node of nodesOf(policy.tree)) {
    const terms = sitesUnder(inputs, node).map((site): Term => [variableOf.get(site.siteId) ?? 0, 1]);
    if (terms.length > 0 && node.max) programme.row(terms, 0, maximumOf(inputs, node));
  }
  const solve = (rows?: number): Map<string, number> => {
    const terms = [...variableOf.values()].map((variable): Term => [variable, 1]);
    if (rows !== undefined) programme.row(terms, rows, rows);
    const values = programme.solve();
    if (!values) throw new Error(`HiGHS finds stage ${stage.id} infeasible`);
    return new Map([...variableOf].map(([id, variable]) => [id, values[variable] ?? 0]));
  };
  return solve;
};

const total = (has: ReadonlyMap<string, number>): number => [...has.values()].reduce((sum, packs) => sum + packs, 0);
const shareIn = (text: string): number => Number(text.replace('%', '')) / 100;
const isPool = (stage: Stage) => stage.kind === 'open' || stage.kind === 'tier';

/**
 * A run's stages by the solver alone, in packs: how much each may place is worked out from the document, how much of it can be placed is
 * a linear programme, and where it goes a quadratic one. Minimums and second doses have no programme: they are taken from the run.
 */
const solveCourse = (instance: Instance, run: Allocated): { has: Map<string, number>; stages: number } => {
  const { inputs, policy } = instance;
  const supply = supplyPacks(inputs);
  const stages = policy.stages.filter((stage) => runsIn(stage, inputs.week, inputs.supply[0]?.doseNumber ?? 1));
  let has = new Map(run.awards.map((award) => [award.siteId, 0]));
  let [heldPacks, solved] = [0, 0];
  const pour = (stage: Stage, amount: number): number => {
    const before = total(has);
    const most = total(stageProgramme(instance, stage, has, false)());
    const used = Math.max(0, Math.min(amount, most - before));
    if (used > NOTHING) {
      has = stageProgramme(instance, stage, has, true)(before + used);
      solved += 1;
    }
    return amount - used;
  };
  stages.forEach((stage, at) => {
    if (stage.kind === 'floors' || stage.kind === 'second-doses') {
      const gains = gainsOf(run, (line) => line.stage === stage.id);
      for (const [id, micro] of gains) has.set(id, (has.get(id) ?? 0) + micro / PACK_MICRO);
      return;
    }
    const setAside = stages.slice(at + 1).reduce((sum, later) => sum + (later.kind === 'reserve' && later.reserve === 'over-and-above' ? shareIn(later.share) * supply : 0), 0);
    const left = () => Math.max(0, supply - total(has) - heldPacks - setAside);
    let amount = left();
    if (stage.kind === 'reserve' && stage.reserve === 'minimum-guarantee') {
      const belongs = belongsTo(instance, stage);
      const inside = inputs.sites.reduce((sum, site) => sum + (belongs(site) ? (has.get(site.siteId) ?? 0) : 0), 0);
      amount = Math.min(amount, Math.max(0, Math.ceil(shareIn(stage.share) * supply - NOTHING) - inside));
    } else if ('share' in stage && stage.share) amount = Math.min(amount, shareIn(stage.share) * supply);
    const unused = pour(stage, amount);
    if (stage.kind !== 'reserve') return;
    if (stage.unused === 'held') heldPacks += unused;
    else if (!stages.slice(at + 1).some(isPool)) {
      const back = stages.slice(0, at).findLast(isPool);
      if (back && unused > NOTHING) pour(back, Math.min(unused, left()));
    }
  });
  return { has, stages: solved };
};

/** The solver works in floating point, each stage from what it gave in the one before: within a hundredth of a dose. */
const QP_TOLERANCE_PACKS = 0.000_1;
/** Less than this is rounding of the solver. */
const NOTHING = 0.000_001;

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

import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { allocate } from '../../functions/allocations/domain/allocate.ts';
import { canonicalJson } from '../../functions/allocations/domain/canonical.ts';
import { addsUp } from '../../functions/allocations/domain/explain/explain.ts';
import { lowestSquares } from '../../functions/allocations/domain/joint/bound.ts';
import { splitExactly } from '../../functions/allocations/domain/joint/exact.ts';
import { mayHold, shortfall, squares, unitsOf } from '../../functions/allocations/domain/joint/model.ts';
import { improveByTrades } from '../../functions/allocations/domain/joint/trades.ts';
import { splitInTurns } from '../../functions/allocations/domain/joint/turns.ts';
import { KINDS as POLICY_KINDS, instanceOf } from '../support/allocation-arbitrary.ts';
import { JOINT_KINDS, jointModelOf, placedUnits, solveReach, solveSquares } from '../support/allocation-joint.ts';
import type { JointModel, JointPacks } from '../../functions/allocations/domain/joint/model.ts';
import type { Instance } from '../support/allocation-arbitrary.ts';
import type { JointKind } from '../support/allocation-joint.ts';

const KINDS = Object.keys(JOINT_KINDS) as JointKind[];
/** Instances judged by the package solver, few by default; `ALLOCATION_HIGHS_RUNS=1000` for the full proof. */
const RUNS = Math.ceil(Number(process.env.ALLOCATION_HIGHS_RUNS ?? 150) / 5);
const BATCH = 10;
const LONG_MS = 900_000;

const exactly = (model: JointModel): JointPacks => {
  const packs = splitExactly(model);
  if (!packs) throw new Error('a small model must be solved exactly');
  return packs;
};

const keepsRules = (model: JointModel, packs: JointPacks): boolean => {
  const [units, fixed] = [unitsOf(model, packs), unitsOf(model, model.fixed)];
  const inSupply = packs.every((row, at) => row.reduce((sum, given) => sum + given, 0) <= (model.sizes[at]?.supply.packs ?? 0));
  const atSites = units.every((held, site) => {
    const most = Math.max(model.most[site] ?? 0, fixed[site] ?? 0);
    return held <= most && held >= (fixed[site] ?? 0) && mayHold(model, site, held, fixed[site] ?? 0);
  });
  const inGroups = [...model.bounds].every(
    ([range, { high }]) => units.slice(range.from, range.to).reduce((sum, held) => sum + held, 0) <= high,
  );
  return inSupply && atSites && inGroups;
};

describe.each(KINDS)('the joint optimum of %s', (kind) => {
  it(
    'is that of HiGHS: the least missed minimums, then the most placed, then the least sum of squares, exactly',
    () => {
      const models = fc.sample(jointModelOf(kind), { numRuns: RUNS, seed: 211 });
      for (let at = 0; at < models.length; at += BATCH) {
        const batch = models.slice(at, at + BATCH);
        const found = batch.map(exactly);
        const reach = solveReach(batch);
        batch.forEach((model, place) => {
          const packs = found[place] ?? [];
          expect({ short: shortfall(model, unitsOf(model, packs)), units: placedUnits(model, packs) }).toEqual(reach[place]);
        });
        const best = solveSquares(batch, reach);
        batch.forEach((model, place) => {
          expect(squares(model, unitsOf(model, found[place] ?? []))).toBe(squares(model, unitsOf(model, best[place] ?? [])));
        });
      }
    },
    LONG_MS,
  );

  it(
    'keeps every rule, and so do the split in turns and its trades; none falls below its certified bound',
    () => {
      let [gaps, met] = [0, 0];
      fc.assert(
        fc.property(jointModelOf(kind), (model) => {
          for (const packs of [exactly(model), splitInTurns(model), improveByTrades(model, splitInTurns(model))]) {
            expect(keepsRules(model, packs)).toBe(true);
            const [own, lowest] = [squares(model, unitsOf(model, packs)), lowestSquares(model, packs)];
            expect(own >= lowest).toBe(true);
            gaps += 1;
            if (own === lowest) met += 1;
          }
        }),
        { numRuns: 400, seed: 223 },
      );
      process.stdout.write(`${kind}: the certified bound was met exactly on ${met} of ${gaps} splits.\n`);
    },
    LONG_MS,
  );

  it(
    'is never beaten by sharing out in turns',
    () => {
      fc.assert(
        fc.property(jointModelOf(kind), (model) => {
          const [best, turns] = [exactly(model), splitInTurns(model)];
          const [a, b] = [best, turns].map((packs) => shortfall(model, unitsOf(model, packs)));
          expect(a).toBeLessThanOrEqual(b ?? 0);
          if (a !== b) return;
          expect(placedUnits(model, best)).toBeGreaterThanOrEqual(placedUnits(model, turns));
          if (placedUnits(model, best) !== placedUnits(model, turns)) return;
          expect(squares(model, unitsOf(model, best)) <= squares(model, unitsOf(model, turns))).toBe(true);
        }),
        { numRuns: 400, seed: 227 },
      );
    },
    LONG_MS,
  );

  it(
    'is met by trades after the turns more often than by turns alone; they place the same packs, never miss more and never raise the sum',
    () => {
      let [judged, met, metByTrades] = [0, 0, 0];
      fc.assert(
        fc.property(jointModelOf(kind), (model) => {
          const [best, turns] = [exactly(model), splitInTurns(model)];
          const traded = improveByTrades(model, turns);
          const [bestSum, turnsSum, tradedSum] = [best, turns, traded].map((packs) => squares(model, unitsOf(model, packs)));
          if (bestSum === undefined || turnsSum === undefined || tradedSum === undefined) throw new Error('three splits');
          const bySize = (packs: JointPacks) => packs.map((row) => row.reduce((sum, given) => sum + given, 0));
          expect(bySize(traded)).toEqual(bySize(turns));
          expect(shortfall(model, unitsOf(model, traded))).toBeLessThanOrEqual(shortfall(model, unitsOf(model, turns)));
          expect(tradedSum <= turnsSum).toBe(true);
          if (placedUnits(model, best) !== placedUnits(model, turns)) return;
          judged += 1;
          if (turnsSum === bestSum) met += 1;
          if (tradedSum === bestSum) metByTrades += 1;
        }),
        { numRuns: 400, seed: 241 },
      );
      process.stdout.write(`${kind}: of ${judged} splits turns met the optimum on ${met}, with trades on ${metByTrades}.\n`);
      expect(metByTrades).toBeGreaterThanOrEqual(met);
      if (kind !== 'one size, clinics whole or not at all') expect((judged - metByTrades) * 2).toBeLessThan(judged - met);
    },
    LONG_MS,
  );
});

describe('greedy sharing of mixed packs, the larger first', () => {
  it.each(KINDS.slice(0, 2))('is caught on more than a fifth of the instances of %s', (kind) => {
    const choice = (model: JointModel) =>
      model.sizes.every(({ supply }) => supply.packs > 1) &&
      model.due.length > 2 &&
      placedUnits(model, exactly(model)) === model.units;
    const models = fc.sample(jointModelOf(kind), { numRuns: 600, seed: 229 }).filter(choice);
    const worse = models.filter((model) => {
      const [best, turns] = [exactly(model), splitInTurns(model)];
      if (placedUnits(model, turns) < placedUnits(model, best)) return true;
      return squares(model, unitsOf(model, turns)) > squares(model, unitsOf(model, best));
    });
    expect(models.length).toBeGreaterThan(80);
    expect(worse.length).toBeGreaterThan(models.length / 5);
    process.stdout.write(`${kind}: greedy is worse on ${worse.length} of ${models.length}.\n`);
  });
});

/** Any small instance with a second pack size, smallest clinics, or both. */
const jointInstance: fc.Arbitrary<Instance> = fc
  .tuple(
    fc.constantFrom(...POLICY_KINDS).chain((kind) => instanceOf(kind)),
    fc.option(fc.integer({ min: 0, max: 10 }), { nil: undefined, freq: 3 }),
    fc.array(fc.constantFrom(0, 150, 300, 500), { minLength: 7, maxLength: 7 }),
  )
  .map(([{ inputs, policy }, more, clinics]): Instance => ({
    inputs: {
      ...inputs,
      supply: [
        ...inputs.supply,
        ...inputs.supply.slice(0, more === undefined ? 0 : 1).map((line) => ({ ...line, packDoses: 140, packs: more ?? 0 })),
      ],
      sites: inputs.sites.map((site, at) => ({ ...site, smallestClinicDoses: clinics[at] ?? 0 })),
    },
    policy: {
      ...policy,
      minimums: [{ kind: 'smallest-clinic' }],
      declares: [
        ...policy.declares,
        { rule: 'all-or-nothing', reason: 'clinics have a smallest size' },
        { rule: 'mixed-packs', reason: 'two sizes are on offer' },
      ],
    },
  }));

describe('a run with mixed packs and smallest clinics', () => {
  const always = (check: (instance: Instance, run: Extract<ReturnType<typeof allocate>, { kind: 'allocated' }>) => void) => {
    fc.assert(
      fc.property(jointInstance, (instance) => {
        const run = allocate(instance.inputs, instance.policy);
        if (run.kind === 'allocated') check(instance, run);
      }),
      { numRuns: 300, seed: 233 },
    );
  };

  it('keeps supply, requests and clinics, explains every award to the millionth, leaves debts that sum to zero', () => {
    always(({ inputs }, run) => {
      for (const { packDoses, packs } of inputs.supply) {
        const given = run.awards.filter((award) => award.packDoses === packDoses).reduce((sum, award) => sum + award.packs, 0);
        const left = run.leftover.find((row) => row.packDoses === packDoses)?.packs;
        expect({ within: given <= packs, left }).toEqual({ within: true, left: packs - given });
      }
      for (const site of inputs.sites) {
        const awards = run.awards.filter((award) => award.siteId === site.siteId);
        const doses = awards.reduce((sum, award) => sum + award.doses, 0);
        const due = site.lines[0]?.due.reduce((sum, row) => sum + row.doses, 0) ?? 0;
        expect(doses).toBeLessThanOrEqual(Math.max(site.lines[0]?.requestDoses ?? 0, Math.ceil(due / 100) * 100));
        expect(doses === 0 || doses >= (site.smallestClinicDoses ?? 0)).toBe(true);
      }
      expect(run.awards.filter((award) => !addsUp(award))).toEqual([]);
      expect(run.debts.reduce((sum, row) => sum + row.micro, 0)).toBe(0);
      expect(run.debts.every((row) => Math.abs(row.micro) <= 500_000_000)).toBe(true);
    });
  });

  it('accounts for every dose that a site was off its targets: target + old debt = award + new debt + written off', () => {
    always(({ inputs }, run) => {
      for (const { siteId } of inputs.sites) {
        const sum = (rows: readonly { siteId: string; micro: number }[]) =>
          rows.reduce((total, row) => (row.siteId === siteId ? total + row.micro : total), 0);
        const awards = run.awards.filter((award) => award.siteId === siteId);
        const due = awards.reduce((total, award) => total + award.targetMicro - award.doses * 1_000_000, sum(inputs.debts));
        expect(due).toBe(sum(run.debts) + sum(run.summary.writtenOff));
      }
    });
  });

  it('gives the same bytes whatever the order of rows', () => {
    always(({ inputs, policy }, run) => {
      const turned = {
        ...inputs,
        sites: inputs.sites.toReversed(),
        supply: inputs.supply.toReversed(),
        debts: inputs.debts.toReversed(),
      };
      expect(canonicalJson(allocate(turned, policy))).toBe(canonicalJson(run));
    });
  });
});

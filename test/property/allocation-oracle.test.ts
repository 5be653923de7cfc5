import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { allocate } from '../../functions/allocations/domain/allocate.ts';
import { splitPacks } from '../../functions/allocations/domain/awards/packs.ts';
import { nodesOf } from '../../functions/allocations/domain/policy/policy-rules.ts';
import { KINDS, instanceOf } from '../support/allocation-arbitrary.ts';
import { oracleTargets } from '../support/allocation-oracle.ts';
import { bruteSplit } from '../support/allocation-split.ts';
import type { Allocated } from '../../functions/allocations/domain/allocation.ts';

/** Instances per kind of policy: few by default, `ALLOCATION_ORACLE_RUNS=1000` for the full proof. */
const RUNS = Number(process.env['ALLOCATION_ORACLE_RUNS'] ?? 150);
/** The engine rounds to whole micro-doses in each stage and each bounded group: at most one each. */
const TOLERANCE_MICRO = 12n;

/** Targets as the stages left them, before the cut to whole packs. */
const staged = (run: Allocated): Map<string, bigint> =>
  new Map(
    run.awards.map((award) => [
      award.siteId,
      award.explanation.reduce((sum, line) => (line.kind === 'stage' ? sum + BigInt(line.micro) : sum), 0n),
    ]),
  );

describe('targets against an independent exact solver', () => {
  it.each(KINDS)('agree to the millionths a %s policy rounds, and on what is infeasible', (kind) => {
    let infeasible = 0;
    fc.assert(
      fc.property(instanceOf(kind), ({ inputs, policy }) => {
        const run = allocate(inputs, policy);
        const exact = oracleTargets(inputs, policy);
        expect(run.kind === 'infeasible').toBe(exact === undefined);
        if (run.kind === 'infeasible' || !exact) {
          infeasible += 1;
          return;
        }
        const targets = staged(run);
        for (const [siteId, { num, den }] of exact) {
          const gap = (targets.get(siteId) ?? 0n) * den - num * 1_000_000n;
          expect((gap < 0n ? -gap : gap) <= TOLERANCE_MICRO * den).toBe(true);
        }
      }),
      { numRuns: RUNS, seed: 3 },
    );
    expect(infeasible).toBeLessThan(RUNS / 2);
  });
});

describe('targets by the conditions of the minimum itself', () => {
  it('leave no site with less per weight than another that could give to it', () => {
    fc.assert(
      fc.property(instanceOf('open', { debts: false }), ({ inputs, policy }) => {
        const run = allocate(inputs, policy);
        if (run.kind === 'infeasible' || policy.stages.length > 1) return;
        const supplyPacks = inputs.supply[0]?.packs ?? 0;
        const targetOf = new Map([...staged(run)].map(([id, micro]) => [id, Number(micro)]));
        const full = nodesOf(policy.tree).filter((node) => {
          const share = node.max && 'share' in node.max ? Number(node.max.share.replace('%', '')) : undefined;
          const ids = new Set(nodesOf(node).map((item) => item.id));
          const inside = inputs.sites.filter((site) => ids.has(site.group));
          const held = inside.reduce((sum, site) => sum + (targetOf.get(site.siteId) ?? 0), 0);
          return share !== undefined && held === Math.floor((supplyPacks * share) / 100) * 100_000_000;
        });
        for (const giver of inputs.sites) {
          for (const taker of inputs.sites) {
            const [gives, takes] = [targetOf.get(giver.siteId) ?? 0, targetOf.get(taker.siteId) ?? 0];
            const ceiling = Math.floor(Math.min(taker.lines[0]?.requestDoses ?? 0, supplyPacks * 100) / 100) * 100_000_000;
            const barred = full.some((node) => {
              const ids = new Set(nodesOf(node).map((item) => item.id));
              return ids.has(taker.group) && !ids.has(giver.group);
            });
            const [weightGives, weightTakes] = [giver.weights.population ?? 0, taker.weights.population ?? 0];
            if (giver === taker || gives === 0 || takes >= ceiling || barred || weightTakes === 0) continue;
            expect(BigInt(gives - 4) * BigInt(weightTakes) <= BigInt(takes + 4) * BigInt(weightGives)).toBe(true);
          }
        }
      }),
      { numRuns: RUNS, seed: 5 },
    );
  });
});

const PACK = 100_000_000;
const claimant = fc.record({
  due: fc.integer({ min: -1.5 * PACK, max: 5 * PACK }),
  low: fc.integer({ min: 0, max: 2 }),
  room: fc.integer({ min: 0, max: 4 }),
  debt: fc.integer({ min: -PACK, max: PACK }),
});
const split = fc.array(claimant, { minLength: 1, maxLength: 5 }).chain((claimants) => {
  const low = claimants.reduce((sum, item) => sum + item.low, 0);
  const high = claimants.reduce((sum, item) => sum + item.low + item.room, 0);
  return fc.record({ claimants: fc.constant(claimants), packs: fc.integer({ min: low, max: high }) });
});

const objective = (due: readonly number[], packs: readonly number[]): bigint =>
  due.reduce((sum, micro, at) => sum + (BigInt(micro) - BigInt((packs[at] ?? 0) * PACK)) ** 2n, 0n);

type Split = typeof split extends fc.Arbitrary<infer T> ? T : never;
const columns = ({ claimants }: Split) => ({
  due: claimants.map((item) => item.due),
  low: claimants.map((item) => item.low),
  high: claimants.map((item) => item.low + item.room),
  debt: claimants.map((item) => item.debt),
});

/** Round every claim, clip to the bounds, and give or take what is over from the first that can: a common shortcut, and wrong. */
const roundThenClip = (instance: Split): number[] => {
  const { due, low, high } = columns(instance);
  const packs = due.map((micro, at) => Math.min(Math.max(Math.round(micro / PACK), low[at] ?? 0), high[at] ?? 0));
  let over = packs.reduce((sum, given) => sum + given, 0) - instance.packs;
  packs.forEach((given, at) => {
    const change = over > 0 ? -Math.min(over, given - (low[at] ?? 0)) : Math.min(-over, (high[at] ?? 0) - given);
    packs[at] = given + change;
    over += change;
  });
  return packs;
};

describe('whole packs against every possible split', () => {
  it('have the least sum of squares there is', () => {
    fc.assert(
      fc.property(split, (instance) => {
        const { due, low, high, debt } = columns(instance);
        const row = (values: number[]) => Float64Array.from(values);
        const claims = { due: row(due), low: row(low), high: row(high), debt: row(debt) };
        const given = splitPacks(claims, instance.packs, PACK);
        expect([...given].reduce((sum, packs) => sum + packs, 0)).toBe(instance.packs);
        expect([...given].every((packs, at) => packs >= (low[at] ?? 0) && packs <= (high[at] ?? 0))).toBe(true);
        expect(objective(due, [...given])).toBe(bruteSplit(due, low, high, instance.packs, PACK));
      }),
      { numRuns: RUNS, seed: 7 },
    );
  });

  it('is missed by rounding first and clipping after on more than a fifth of the instances', () => {
    const samples = fc.sample(split, { numRuns: 300, seed: 11 });
    const worse = samples.filter((instance) => {
      const { due, low, high } = columns(instance);
      return objective(due, roundThenClip(instance)) !== bruteSplit(due, low, high, instance.packs, PACK);
    });
    expect(worse.length).toBeGreaterThan(samples.length / 5);
  });
});

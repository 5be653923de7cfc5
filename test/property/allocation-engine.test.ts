import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { allocate } from '../../functions/allocations/domain/allocate.ts';
import { canonicalJson } from '../../functions/allocations/domain/canonical.ts';
import { inputsDigest } from '../../functions/allocations/domain/canonical-inputs.ts';
import { addsUp } from '../../functions/allocations/domain/explain/explain.ts';
import { nodesOf } from '../../functions/allocations/domain/policy/policy-rules.ts';
import { KINDS, instanceOf } from '../support/allocation-arbitrary.ts';
import { ceilingOf } from '../support/allocation-levels.ts';
import { oracleTargets } from '../support/allocation-oracle.ts';
import type { Allocated } from '../../functions/allocations/domain/allocation.ts';
import type { RunInputs } from '../../functions/allocations/domain/inputs.ts';
import type { Policy, PolicyNode, Stage } from '../../functions/allocations/domain/policy/policy.ts';
import type { Instance, PolicyKind } from '../support/allocation-arbitrary.ts';

const RUNS = 200;
const anyInstance = fc.constantFrom(...KINDS).chain((kind) => instanceOf(kind));
const PACK_MICRO = 100_000_000;

const runOf = ({ inputs, policy }: Instance): Allocated | undefined => {
  const run = allocate(inputs, policy);
  return run.kind === 'allocated' ? run : undefined;
};

const always = (check: (instance: Instance, run: Allocated) => void) => {
  fc.assert(
    fc.property(anyInstance, (instance) => {
      const run = runOf(instance);
      if (run) check(instance, run);
    }),
    { numRuns: RUNS, seed: 21 },
  );
};

const reversed = (inputs: RunInputs): RunInputs => ({
  ...inputs,
  sites: inputs.sites.toReversed().map((site) => ({ ...site, tags: site.tags.toReversed(), lines: site.lines.toReversed() })),
  supply: inputs.supply.toReversed(),
  debts: inputs.debts.toReversed(),
});

/** Whether every group holds between its own minimum and maximum, in whole packs. */
const keepsGroupBounds = (instance: Instance, run: Allocated): boolean => {
  const { inputs, policy } = instance;
  const supply = inputs.supply[0]?.packs ?? 0;
  const packs = new Map(run.awards.map((award) => [award.siteId, award.packs]));
  const percent = (node: PolicyNode, side: 'min' | 'max') => {
    const bound = node[side];
    return bound && 'share' in bound ? Number(bound.share.replace('%', '')) : undefined;
  };
  return nodesOf(policy.tree).every((node) => {
    const ids = new Set(nodesOf(node).map((item) => item.id));
    const inside = inputs.sites.filter((site) => ids.has(site.group));
    const held = inside.reduce((sum, site) => sum + (packs.get(site.siteId) ?? 0), 0);
    const counted = inside.filter((site) => (site.weights.population ?? 0) > 0);
    const usable = counted.reduce((sum, site) => sum + ceilingOf(instance, site), 0);
    const least = Math.min(Math.ceil((supply * (percent(node, 'min') ?? 0)) / 100), usable);
    const most = Math.floor((supply * (percent(node, 'max') ?? 100)) / 100);
    return held >= least && held <= most;
  });
};

describe('every run', () => {
  it('awards no more than the supply and says what is left', () => {
    always(({ inputs }, run) => {
      const awarded = run.awards.reduce((sum, award) => sum + award.packs, 0);
      expect(awarded).toBeLessThanOrEqual(inputs.supply[0]?.packs ?? 0);
      expect(run.leftover[0]?.packs).toBe((inputs.supply[0]?.packs ?? 0) - awarded);
      expect(run.leftover[0]?.reason === 'none').toBe(run.leftover[0]?.packs === 0);
    });
  });

  it('gives whole packs, never more than was asked for or second doses need', () => {
    always(({ inputs }, run) => {
      for (const award of run.awards) {
        expect(Number.isSafeInteger(award.packs) && award.packs >= 0).toBe(true);
        expect(award.doses).toBe(award.packs * award.packDoses);
        const due = inputs.sites.find(({ siteId }) => siteId === award.siteId)?.lines[0]?.due.reduce((sum, { doses }) => sum + doses, 0) ?? 0;
        expect(award.doses).toBeLessThanOrEqual(Math.max(award.requestDoses, Math.ceil(due / 100) * 100));
      }
    });
  });

  it('keeps every group between its bounds', () => {
    always((instance, run) => { expect(keepsGroupBounds(instance, run)).toBe(true); });
  });

  it('explains every award by lines that add up to it, to the millionth', () => {
    always((_instance, run) => { expect(run.awards.filter((award) => !addsUp(award))).toEqual([]); });
  });

  it('leaves debts that sum to zero, none over a pack', () => {
    always((_instance, run) => {
      expect(run.debts.reduce((sum, row) => sum + row.micro, 0)).toBe(0);
      expect(run.debts.every((row) => Math.abs(row.micro) <= PACK_MICRO && row.micro !== 0)).toBe(true);
    });
  });

  it('gives the same bytes again, and in whatever order the rows come', () => {
    always(({ inputs, policy }, run) => {
      const bytes = canonicalJson(run);
      expect(canonicalJson(allocate(structuredClone(inputs), structuredClone(policy)))).toBe(bytes);
      expect(canonicalJson(allocate(reversed(inputs), policy))).toBe(bytes);
      expect(inputsDigest(reversed(inputs))).toBe(inputsDigest(inputs));
    });
  });

  it('rounds a target without old debt to one of the two whole packs beside it, for sites and for groups', () => {
    always(({ inputs, policy }) => {
      const run = runOf({ inputs: { ...inputs, debts: [] }, policy });
      const beside = (targetMicro: number, doses: number) => Math.abs(doses * 1_000_000 - targetMicro) < PACK_MICRO;
      expect(run?.awards.every((award) => beside(award.targetMicro, award.doses)) ?? true).toBe(true);
      expect(run?.summary.pools[0]?.groups.every((group) => beside(group.targetMicro, group.doses)) ?? true).toBe(true);
    });
  });
});

/** How many of a sample of instances a broken engine is caught on. */
const caught = (kind: PolicyKind, applies: (instance: Instance) => boolean, fails: (instance: Instance) => boolean) => {
  const sample = fc.sample(instanceOf(kind), { numRuns: 600, seed: 31 }).filter((item) => applies(item) && runOf(item));
  return { tried: sample.length, failed: sample.filter(fails).length };
};

const withoutBounds = (node: PolicyNode): PolicyNode => ({
  id: node.id,
  ...(node.children && { children: node.children.map(withoutBounds) }),
});
const boundless = (policy: Policy): Policy => ({
  ...policy,
  tree: withoutBounds(policy.tree),
  stages: policy.stages.filter((stage) => stage.kind !== 'floors'),
});

const differs = (run: Allocated | undefined, { inputs, policy }: Instance): boolean => {
  const exact = oracleTargets(inputs, policy);
  return (run?.awards ?? []).some((award) => {
    const { num, den } = exact?.get(award.siteId) ?? { num: 0n, den: 1n };
    const gap = BigInt(award.targetMicro) * den - num * 1_000_000n;
    return (gap < 0n ? -gap : gap) > 12n * den;
  });
};

const swapped = (stages: readonly Stage[]): Stage[] =>
  stages.toReversed().map((stage) => {
    if (stage.kind !== 'reserve') return stage;
    return { ...stage, reserve: stage.reserve === 'over-and-above' ? 'minimum-guarantee' : 'over-and-above' };
  });

const noFloors = (policy: Policy) => policy.stages.every((stage) => stage.kind !== 'floors');

describe('a broken engine is caught', () => {
  it('when it ignores the bounds of inner groups', () => {
    const bounded = (policy: Policy) => nodesOf(policy.tree).some((node) => node.max !== undefined);
    const binding = ({ inputs, policy }: Instance) => inputs.sites.length > 3 && bounded(policy);
    const { tried, failed } = caught('open', binding, (instance) => {
      const loose = runOf({ ...instance, policy: boundless(instance.policy) });
      return loose !== undefined && !keepsGroupBounds(instance, loose);
    });
    expect(tried).toBeGreaterThan(40);
    expect(failed).toBeGreaterThan(tried / 5);
  });

  it.each(['over-and-above', 'minimum-guarantee'] as const)('when it takes a reserve that is %s for the other kind', (kind) => {
    const enough = ({ sites, supply }: Instance['inputs']) => sites.length > 2 && (supply[0]?.packs ?? 0) > 3;
    const { tried, failed } = caught(kind, ({ inputs, policy }) => noFloors(policy) && enough(inputs), (instance) => {
      const policy = { ...instance.policy, stages: swapped(instance.policy.stages) };
      return differs(runOf({ ...instance, policy }), instance);
    });
    expect(tried).toBeGreaterThan(40);
    expect(failed).toBeGreaterThan(tried / 5);
  });
});

import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { allocate } from '../../functions/allocations/domain/allocate.ts';
import { connecticutFebruary, connecticutMarch, orderOnDemand } from '../../functions/allocations/domain/policies/connecticut.ts';
import { packsOf, smallInputs } from '../support/allocation.ts';
import { KINDS, instanceOf } from '../support/allocation-arbitrary.ts';
import type { Allocated } from '../../functions/allocations/domain/allocation.ts';
import type { RunInputs } from '../../functions/allocations/domain/inputs.ts';
import type { Instance } from '../support/allocation-arbitrary.ts';

/** Cases per kind of policy: few by default, `ALLOCATION_KEPT_CASES=1000` for the full search. */
const CASES = Number(process.env['ALLOCATION_KEPT_CASES'] ?? 30);

const runOf = ({ inputs, policy }: Instance): Allocated | undefined => {
  const run = allocate(inputs, policy);
  return run.kind === 'allocated' ? run : undefined;
};

/** The inputs with so many packs of each site promised. */
const promising = (inputs: RunInputs, packs: (siteId: string, at: number) => number): RunInputs => ({
  ...inputs,
  sites: inputs.sites.map((site, at) => ({ ...site, lines: site.lines.map((line) => ({ ...line, fixed: [{ packDoses: 100, packs: packs(site.siteId, at) }] })) })),
});

const shipped = (policy: Instance['policy'], doseNumber: number): fc.Arbitrary<Instance> =>
  fc
    .record({
      packs: fc.integer({ min: 1, max: 60 }),
      sites: fc.array(fc.record({ weight: fc.integer({ min: 1, max: 50 }), requestDoses: fc.integer({ min: 0, max: 4_000 }), due: fc.integer({ min: 0, max: 900 }) }), { minLength: 2, maxLength: 8 }),
    })
    .map(({ packs, sites }) => {
      const leaves = policy.tree.children?.map(({ id }) => id) ?? [policy.tree.id];
      const rows = sites.map(({ due, ...site }, at) => ({ ...site, id: `site-${at}`, group: leaves[at % leaves.length] ?? '', due: [{ day: `2021-02-${8 + (due % 9)}`.replace('-8', '-08').replace(/-9$/, '-09'), doses: due }] }));
      return { policy, inputs: smallInputs({ packs, doseNumber, sites: rows }) };
    });

const INSTANCES: Record<string, fc.Arbitrary<Instance>> = {
  ...Object.fromEntries(KINDS.map((kind) => [`a ${kind} policy`, instanceOf(kind)])),
  'February 2021': shipped(connecticutFebruary, 1),
  'March 2021': shipped(connecticutMarch, 1),
  'February 2021, second doses': shipped(connecticutFebruary, 2),
  'order on demand': shipped(orderOnDemand, 2),
};
const always = (name: string, check: (instance: Instance, picks: readonly number[]) => void) => {
  const instances = INSTANCES[name] ?? fc.constantFrom<Instance>();
  fc.assert(fc.property(instances, fc.array(fc.nat({ max: 4 }), { minLength: 12, maxLength: 12 }), check), { numRuns: CASES, seed: 503 });
};

describe('a week drafted again with the same supply', () => {
  it.each(Object.keys(INSTANCES))('comes out the same under %s, whoever answered and for however much, debts too', (name) => {
    always(name, (instance, picks) => {
      const run = runOf(instance);
      if (!run) return;
      const packs = packsOf(run);
      const kept = promising(instance.inputs, (id, at) => Math.floor(((packs[id] ?? 0) * (picks[at] ?? 0)) / 4));
      const again = runOf({ ...instance, inputs: kept });
      expect(again && packsOf(again)).toEqual(packs);
      expect(again?.debts).toEqual(run.debts);
      expect(again?.leftover[0]?.packs).toBe(run.leftover[0]?.packs);
      expect(again?.awards.map(({ targetMicro }) => targetMicro)).toEqual(run.awards.map(({ targetMicro }) => targetMicro));
    });
  });
});

describe('a week drafted again with less supply', () => {
  it.each(Object.keys(INSTANCES))('keeps every promise under %s, within supply, and moves no promise beyond a share to others', (name) => {
    always(name, (instance, picks) => {
      const run = runOf(instance);
      const [line] = instance.inputs.supply;
      if (!run || !line) return;
      const packs = packsOf(run);
      const promised = (id: string, at: number) => Math.floor(((packs[id] ?? 0) * (picks[at] ?? 0)) / 4);
      const sum = instance.inputs.sites.reduce((total, site, at) => total + promised(site.siteId, at), 0);
      const supply = [{ ...line, packs: Math.max(sum, Math.floor(line.packs / 2)) }];
      const again = runOf({ ...instance, inputs: { ...promising(instance.inputs, promised), supply } });
      if (!again) return; // bounds in shares of supply may clash with what is promised
      const after = packsOf(again);
      expect(Object.values(after).reduce((total, given) => total + given, 0)).toBeLessThanOrEqual(supply[0]?.packs ?? 0);
      instance.inputs.sites.forEach((site, at) => { expect(after[site.siteId] ?? 0).toBeGreaterThanOrEqual(promised(site.siteId, at)); });
      expect(again.debts.reduce((total, row) => total + row.micro, 0)).toBe(0);
      for (const award of again.awards) {
        const aside = award.explanation.some((item) => item.kind === 'fixed' && item.micro > 0);
        if (aside) expect(award.packs).toBe(promised(award.siteId, instance.inputs.sites.findIndex(({ siteId }) => siteId === award.siteId)));
      }
    });
  });
});

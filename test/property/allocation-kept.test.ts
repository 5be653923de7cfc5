import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { allocate } from '../../functions/allocations/domain/allocate.ts';
import { connecticutFebruary, connecticutMarch, orderOnDemand } from '../../functions/allocations/domain/policy/connecticut.ts';
import { smallInputs } from '../support/allocation.ts';
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

/** Packs by site and size. */
const heldIn = (run: Allocated): Map<string, number> => new Map(run.awards.map(({ siteId, packDoses, packs }) => [`${siteId} ${packDoses}`, packs]));

/** Of every award so many quarters, in whole packs. */
const quarters = (held: ReadonlyMap<string, number>, picks: readonly number[]): Map<string, number> =>
  new Map([...held].map(([key, packs], at) => [key, Math.floor((packs * (picks[at % picks.length] ?? 0)) / 4)]));

/** The inputs with so many packs of each site and size promised. */
const promising = (inputs: RunInputs, promised: ReadonlyMap<string, number>): RunInputs => ({
  ...inputs,
  sites: inputs.sites.map((site) => {
    const fixed = inputs.supply.map(({ packDoses }) => ({ packDoses, packs: promised.get(`${site.siteId} ${packDoses}`) ?? 0 }));
    return { ...site, lines: site.lines.map((line) => ({ ...line, fixed })) };
  }),
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

/** Two pack sizes of one product, shared out in one go. */
const mixed: fc.Arbitrary<Instance> = fc.tuple(instanceOf('open', { most: 5, debts: false }), fc.integer({ min: 1, max: 5 })).map(([{ inputs, policy }, packs]) => ({
  inputs: { ...inputs, supply: inputs.supply.flatMap((line) => [{ ...line, packs: Math.min(line.packs, 8) }, { ...line, packDoses: 140, packs }]) },
  policy: { ...policy, declares: [{ rule: 'mixed-packs', reason: 'two sizes are on offer' }] },
}));

const INSTANCES: Record<string, fc.Arbitrary<Instance>> = {
  ...Object.fromEntries(KINDS.map((kind) => [`a ${kind} policy`, instanceOf(kind)])),
  'February 2021': shipped(connecticutFebruary, 1),
  'March 2021': shipped(connecticutMarch, 1),
  'February 2021, second doses': shipped(connecticutFebruary, 2),
  'order on demand': shipped(orderOnDemand, 2),
  'two pack sizes': mixed,
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
      const again = runOf({ ...instance, inputs: promising(instance.inputs, quarters(heldIn(run), picks)) });
      expect(again && heldIn(again)).toEqual(heldIn(run));
      expect(again?.debts).toEqual(run.debts);
      expect(again?.leftover.map(({ packs }) => packs)).toEqual(run.leftover.map(({ packs }) => packs));
      expect(again?.awards.map(({ targetMicro }) => targetMicro)).toEqual(run.awards.map(({ targetMicro }) => targetMicro));
    });
  });
});

describe('a week drafted again with less supply', () => {
  it.each(Object.keys(INSTANCES))('keeps every promise under %s, within supply, and who stands aside has no more than that', (name) => {
    let aside = 0;
    always(name, (instance, picks) => {
      const run = runOf(instance);
      if (!run) return;
      const promised = quarters(heldIn(run), picks);
      const supply = instance.inputs.supply.map((line) => {
        const ofSize = [...promised].reduce((sum, [key, packs]) => (key.endsWith(` ${line.packDoses}`) ? sum + packs : sum), 0);
        return { ...line, packs: Math.max(ofSize, Math.floor(line.packs / 2)) };
      });
      const again = runOf({ ...instance, inputs: { ...promising(instance.inputs, promised), supply } });
      if (!again) return; // bounds in shares of supply may clash with what is promised
      const after = heldIn(again);
      for (const { packDoses, packs } of supply)
        expect([...after].reduce((sum, [key, given]) => (key.endsWith(` ${packDoses}`) ? sum + given : sum), 0)).toBeLessThanOrEqual(packs);
      for (const [key, packs] of promised) expect(after.get(key) ?? 0).toBeGreaterThanOrEqual(packs);
      expect(again.debts.reduce((total, row) => total + row.micro, 0)).toBe(0);
      for (const { siteId, packDoses, packs, explanation } of again.awards) {
        if (!explanation.some((line) => line.kind === 'fixed' && line.micro > 0)) continue;
        aside += 1;
        expect(packs).toBe(promised.get(`${siteId} ${packDoses}`));
      }
    });
    if (name === 'February 2021') expect(aside).toBeGreaterThan(0);
  });
});

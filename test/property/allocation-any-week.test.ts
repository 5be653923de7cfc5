import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { allocate } from '../../functions/allocations/domain/allocate.ts';
import { addsUp } from '../../functions/allocations/domain/explain/explain.ts';
import { findFaults } from '../../functions/allocations/domain/inputs.ts';
import { smallInputs, smallPolicy } from '../support/allocation.ts';
import type { PolicyDocument } from '../../functions/allocations/domain/policy/policy.ts';
import type { SmallSite } from '../support/allocation.ts';

/** Everything at once that a week with hubs can hold: what no other property combines, and what must still come out or be told as a clash. */
const DAYS = ['2021-02-08', '2021-02-12', '2021-02-16', '2021-03-01'];
const tens = (most: number) => fc.integer({ min: 0, max: most }).map((number) => number * 10);
/** One in so many. */
const sometimes = <T>(arbitrary: fc.Arbitrary<T>, many: number) => fc.oneof({ weight: 1, arbitrary }, { weight: many - 1, arbitrary: fc.constant(undefined) });
const siteOf = (id: string, group: string) =>
  fc.record({
    weight: fc.integer({ min: 1, max: 40 }),
    requestDoses: fc.oneof({ weight: 3, arbitrary: tens(30) }, fc.constant(0), fc.integer({ min: 0, max: 130 })),
    due: fc.array(fc.record({ day: fc.constantFrom(...DAYS), doses: fc.integer({ min: 0, max: 150 }) }), { maxLength: 3 }),
    fixedPacks: sometimes(fc.integer({ min: 1, max: 2 }), 3),
    storageDoses: sometimes(tens(30), 5),
    mostDoses: sometimes(tens(30), 8),
    suspended: fc.integer({ min: 0, max: 15 }).map((number) => number === 15),
  }).map(({ fixedPacks, storageDoses, mostDoses, suspended, ...site }): SmallSite => ({
    id, group, ...site, more: { suspended }, ...(fixedPacks !== undefined && { fixedPacks }),
    line: { ...(storageDoses !== undefined && { storageDoses }), ...(mostDoses !== undefined && { mostDoses }) },
  }));

const STAGES = {
  now: { id: 'now', kind: 'second-doses', withinWeeks: 1 },
  soon: { id: 'soon', kind: 'second-doses', withinWeeks: 2 },
  floors: { id: 'floors', kind: 'floors', weight: 'population' },
  half: { id: 'half', kind: 'reserve', reserve: 'minimum-guarantee', share: '1/2', group: { node: 'west' }, weight: 'population' },
  tier: { id: 'tier', kind: 'tier', weight: 'population', share: '30%', group: { node: 'east' } },
  open: { id: 'open', kind: 'open', weight: 'population' },
} as const satisfies Record<string, PolicyDocument['stages'][number]>;
const PLANS: readonly (readonly (keyof typeof STAGES)[])[] = [
  ['open'], ['soon'], ['now', 'soon'], ['now', 'soon', 'open'], ['open', 'soon'], ['floors', 'now', 'open'], ['floors', 'soon'], ['floors', 'open', 'soon'], ['half', 'open'],
  ['floors', 'half', 'soon', 'open'], ['tier', 'soon'], ['tier', 'now', 'soon', 'open'],
];
const weeks = fc
  .record({
    plan: fc.constantFrom(...PLANS),
    packs: fc.integer({ min: 1, max: 14 }),
    doseNumber: fc.constantFrom(2, 2, 2, 1),
    vialDoses: fc.constantFrom(5, 10, 20),
    min: sometimes(fc.integer({ min: 1, max: 3 }), 2),
    max: sometimes(fc.integer({ min: 1, max: 5 }), 3),
    sites: fc.tuple(siteOf('clinic', 'east'), siteOf('office', 'east'), siteOf('practice', 'east'), siteOf('hospital', 'west'), siteOf('surgery', 'west'), siteOf('farm', 'east')),
    vials: sometimes(fc.integer({ min: 1, max: 3 }), 2),
    hasStorage: fc.boolean(),
    owed: sometimes(fc.integer({ min: 1, max: 60 }), 3),
  })
  .map(({ plan, packs, doseNumber, vialDoses, min, max, sites: [clinic, office, ...others], vials, hasStorage, owed }) => {
    const doses = (vials ?? 0) * vialDoses;
    const fixed = clinic.fixedPacks === undefined || doses === 0 ? undefined : [{ packDoses: 100, packs: clinic.fixedPacks, othersDoses: doses }];
    const sites = fixed === undefined ? [clinic, office, ...others]
      : [{ ...clinic, line: { ...clinic.line, fixed } }, { ...office, line: { ...office.line, vials: [{ hub: 'clinic', packDoses: 100, doses }] } }, ...others];
    const plain = smallInputs({ packs, doseNumber, sites, ...(owed !== undefined && { debts: { office: owed * 1_000_000, hospital: -owed * 1_000_000 } }) });
    const east = { id: 'east', ...(min !== undefined && plan.includes('floors') && { min: { doses: min * 100 } }), ...(max !== undefined && { max: { doses: max * 100 } }) };
    const policy = smallPolicy({
      tree: { id: 'state', children: [east, { id: 'west' }] },
      stages: plan.map((stage) => STAGES[stage]),
      hubs: [{ hub: 'clinic', members: ['office', 'practice'] }, { hub: 'hospital', members: ['surgery'] }],
      ...(hasStorage && { caps: [{ kind: 'storage' as const }] }),
    });
    return { inputs: { ...plain, supply: plain.supply.map((line) => ({ ...line, vialDoses })) }, policy };
  });

describe('any week with hubs, promises, second doses due, minimums and debts', () => {
  it('is shared out whole, or the rules that clash are named: it never fails', () => {
    const seen: Record<string, number> = {};
    fc.assert(
      fc.property(weeks, ({ inputs, policy }) => {
        if (findFaults(inputs, policy).length > 0) return;
        const run = allocate(inputs, policy);
        seen[run.kind] = (seen[run.kind] ?? 0) + 1;
        if (run.kind === 'infeasible') return;
        expect(run.awards.every(addsUp)).toBe(true);
        expect(run.awards.reduce((sum, { packs }) => sum + packs, 0)).toBeLessThanOrEqual(inputs.supply[0]?.packs ?? 0);
        expect(run.debts.reduce((sum, { micro }) => sum + micro, 0)).toBe(0);
        for (const { kind, availableMicro, usedMicro } of run.summary.pools[0]?.stages ?? []) if (kind !== 'whole-packs') expect(usedMicro).toBeLessThanOrEqual(availableMicro);
      }),
      { numRuns: Number(process.env['ALLOCATION_ANY_WEEKS'] ?? 1_200), seed: 5 },
    );
    expect(seen['allocated']).toBeGreaterThan(600);
    expect(seen['infeasible']).toBeGreaterThan(10);
  });
});

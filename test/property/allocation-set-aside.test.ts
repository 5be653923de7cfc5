import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { allocate } from '../../functions/allocations/domain/allocate.ts';
import { canonicalJson } from '../../functions/allocations/domain/canonical.ts';
import { addsUp } from '../../functions/allocations/domain/explain/explain.ts';
import { runInputsSchema } from '../../functions/allocations/domain/inputs.ts';
import { labelSupply, missingSecondDoses } from '../../functions/allocations/domain/set-aside.ts';
import { shortageInWords } from '../../functions/allocations/domain/words/supply.ts';
import { PRODUCT, WEEK, allocated, smallPolicy } from '../support/allocation.ts';
import { policySchema, type PolicyDocument } from '../../functions/allocations/domain/policy/policy.ts';
import type { RunInputs } from '../../functions/allocations/domain/inputs.ts';

type Rule = PolicyDocument['secondDoses'];
const OTHER = '80777-0273-10';
const STAGES: PolicyDocument['stages'] = [{ id: 'second', kind: 'second-doses', withinWeeks: 4 }, { id: 'open', kind: 'open', weight: 'population', doseNumbers: [1] }];
const MIXED = [{ rule: 'mixed-packs' as const, reason: 'two sizes of pack are shipped' }];
const policyOf = (secondDoses?: Rule, isMixed = false) => smallPolicy({ stages: STAGES, ...(isMixed && { declares: MIXED }), ...(secondDoses !== undefined && { secondDoses }) });

interface Row { id: string; due?: { day: string; doses: number }[]; fixed?: readonly [first: number, second: number]; suspended?: boolean; closed?: boolean }
const weekOf = (packs: readonly [first: number, second: number], rows: readonly Row[], { product = PRODUCT, packDoses = 100 } = {}): RunInputs =>
  runInputsSchema.parse({
    schema: 1, week: WEEK,
    supply: packs.map((count, at) => ({ product, doseNumber: at + 1, packDoses, packs: count })),
    sites: rows.map(({ id, due = [], fixed = [0, 0], suspended = false, closed = false }) => ({
      siteId: id, group: 'state', weights: { population: 1 }, suspended, ...(closed && { receiving: { days: [], closed: [] } }),
      lines: [1, 2].map((doseNumber) => ({
        product, doseNumber, requestDoses: doseNumber === 1 ? 5_000 : 0, due: doseNumber === 2 ? due : [],
        fixed: (fixed[doseNumber - 1] ?? 0) > 0 ? [{ packDoses, packs: fixed[doseNumber - 1] ?? 0 }] : [],
      })),
    })),
  });
const packsIn = (inputs: RunInputs, rule?: Rule): number[] =>
  labelSupply(inputs, policyOf(rule)).supply.toSorted((a, b) => a.doseNumber - b.doseNumber).map(({ packs }) => packs);

const DUE = [{ day: '2021-02-09', doses: 300 }, { day: '2021-02-16', doses: 250 }, { day: '2021-03-16', doses: 400 }];

describe('packs between first and second doses', () => {
  it.each<[string, Rule | undefined, readonly [number, number], readonly Row[], readonly [number, number]]>([
    ['stay as labelled where the policy says nothing', undefined, [50, 0], [{ id: 'a', due: DUE }], [50, 0]],
    ['are set aside for what is due within the weeks', { setAsideWeeks: 1 }, [50, 0], [{ id: 'a', due: DUE }], [47, 3]],
    ['are set aside whole, rounded up', { setAsideWeeks: 2 }, [50, 0], [{ id: 'a', due: DUE }], [44, 6]],
    ['are set aside for all that is known, with hold-back-all', 'hold-back-all', [50, 0], [{ id: 'a', due: DUE }], [40, 10]],
    ['are set aside only for what its own supply does not cover', { setAsideWeeks: 2 }, [50, 4], [{ id: 'a', due: DUE }], [48, 6]],
    ['never come back by setting aside', { setAsideWeeks: 1 }, [50, 20], [{ id: 'a', due: DUE }], [50, 20]],
    ['are all set aside when fewer are there', 'hold-back-all', [5, 0], [{ id: 'a', due: DUE }], [0, 5]],
    ['are not set aside for a site that can be sent none', 'hold-back-all', [50, 0], [{ id: 'a', due: DUE, suspended: true }], [50, 0]],
    ['are not set aside for a site that is closed all week', 'hold-back-all', [50, 0], [{ id: 'a', due: DUE, closed: true }], [50, 0]],
    ['are released beyond what is due, and those due stay', 'release', [5, 20], [{ id: 'a', due: DUE }], [15, 10]],
    ['are not released where all are due', 'release', [5, 9], [{ id: 'a', due: DUE }], [5, 9]],
    ['stay where first doses are promised', 'hold-back-all', [5, 0], [{ id: 'a', due: DUE, fixed: [3, 0] }], [3, 2]],
    ['are second doses as far as those are promised, whatever is due', { setAsideWeeks: 1 }, [8, 0], [{ id: 'a', fixed: [0, 2] }], [6, 2]],
    ['stay second doses where those are promised', 'release', [0, 8], [{ id: 'a', fixed: [0, 6] }], [2, 6]],
    ['do not pay for a cut of first doses by setting aside, due or not', { setAsideWeeks: 2 }, [3, 4], [{ id: 'a', fixed: [5, 0] }], [3, 4]],
    ['do not pay for a cut of first doses by holding back', 'hold-back-all', [3, 9], [{ id: 'a', due: DUE, fixed: [5, 0] }], [3, 9]],
    ['do not pay for a cut of second doses by release', 'release', [9, 2], [{ id: 'a', fixed: [0, 3] }], [9, 2]],
    ['stay first doses where those of a release are promised and more fall due weeks later', 'release', [5, 20], [{ id: 'a', due: DUE, fixed: [16, 0] }], [16, 9]],
    ['do not pay for a cut of first doses out of those due that the week serves', 'release', [0, 10], [{ id: 'a', due: DUE, fixed: [6, 0] }], [4, 6]],
  ])('%s', (_name, rule, packs, rows, expected) => {
    expect(packsIn(weekOf(packs, rows), rule)).toEqual(expected);
  });

  it('of another size than those of the other dose stay, unless the policy declares that sizes mix', () => {
    const week = weekOf([50, 0], [{ id: 'a', due: DUE }]);
    const supply = week.supply.map((line) => (line.doseNumber === 2 ? { ...line, packDoses: 60 } : line));
    const moved = (isMixed: boolean) => labelSupply({ ...week, supply }, policyOf('hold-back-all', isMixed)).moves.map(({ packDoses, packs }) => [packDoses, packs]);
    expect([moved(false), moved(true)]).toEqual([[], [[100, 10]]]);
  });

  it('go to those due the earliest, and the move is told in the summary', () => {
    const rows = [{ id: 'late', due: [{ day: '2021-02-20', doses: 300 }] }, { id: 'early', due: [{ day: '2021-02-09', doses: 300 }] }];
    const run = allocated(weekOf([4, 0], rows), policyOf('hold-back-all'));
    const second = run.awards.filter(({ doseNumber }) => doseNumber === 2).map(({ siteId, packs }) => [siteId, packs]);
    expect(Object.fromEntries(second)).toEqual({ early: 3, late: 1 });
    expect(run.summary.moves).toEqual([{ product: PRODUCT, packDoses: 100, fromDose: 1, toDose: 2, packs: 4, doses: 400, dueDoses: 600, labelledDoses: 0 }]);
    expect(allocated(weekOf([4, 0], rows), policyOf()).summary).not.toHaveProperty('moves');
  });

  it('that are missing are told beside first doses, whether or not the policy moves any', () => {
    const inputs = weekOf([50, 0], [{ id: 'a', due: [{ day: '2021-02-09', doses: 700 }] }]);
    expect(missingSecondDoses(inputs, policyOf())).toEqual([{ product: PRODUCT, missingDoses: 700, firstDoses: 5_000, before: '2021-03-07' }]);
    expect(shortageInWords(inputs, policyOf()).join(' ')).toMatch(/700 second doses of those due before 2021-03-07 missing from supply, beside 5,000 first doses/);
    expect(missingSecondDoses(inputs, policyOf('hold-back-all'))).toEqual([]);
  });

  it('without a second-doses stage are not set aside: the document is refused, with where and why', () => {
    const document = { ...policyOf(), stages: [{ id: 'open', kind: 'open', weight: 'population' }] };
    const said = (secondDoses: unknown) => policySchema.safeParse({ ...document, secondDoses }).error?.issues.map(({ path, message }) => `${path.join('.')}: ${message}`) ?? [];
    expect(said('hold-back-all')).toEqual([expect.stringMatching(/^secondDoses: .*needs a second-doses stage/)]);
    expect(said('release')).toEqual([]);
    expect(said('keep')).toEqual(['secondDoses: must be hold-back-all, release, or { setAsideWeeks: 1 to 12 }']);
  });
});

const anyRule = fc.oneof(fc.constantFrom<Rule>('hold-back-all', 'release'), fc.integer({ min: 1, max: 5 }).map((setAsideWeeks): Rule => ({ setAsideWeeks })));
const anyDue = fc.array(fc.record({ day: fc.constantFrom('2021-02-01', '2021-02-09', '2021-02-16', '2021-03-03', '2021-04-01'), doses: fc.integer({ min: 0, max: 900 }) }), { maxLength: 3 });
const sizes = fc.array(fc.tuple(fc.integer({ min: 0, max: 9 }), fc.integer({ min: 0, max: 9 })), { minLength: 4, maxLength: 4 });
const anyWeek = fc.record({ rule: anyRule, isMixed: fc.boolean(), packs: sizes, dues: fc.array(anyDue, { minLength: 1, maxLength: 5 }), promised: fc.array(fc.integer({ min: 0, max: 1 }), { minLength: 8, maxLength: 8 }) })
  .map(({ rule, isMixed, packs, dues, promised }) => {
    const pools = [PRODUCT, OTHER].flatMap((product, at) => (isMixed ? [100, 60] : [100]).flatMap((packDoses, place) =>
      [1, 2].map((doseNumber) => ({ product, doseNumber, packDoses, packs: packs[at * 2 + place]?.[doseNumber - 1] ?? 0 }))));
    const fixed = (product: string, doseNumber: number) => pools.flatMap((pool, at) => {
      const count = Math.min(pool.packs, promised[at] ?? 0);
      return pool.product === product && pool.doseNumber === doseNumber && count > 0 ? [{ packDoses: pool.packDoses, packs: count }] : [];
    });
    const inputs = runInputsSchema.parse({
      schema: 1, week: WEEK, supply: pools,
      sites: dues.map((due, at) => ({
        siteId: `s${at}`, group: 'state', weights: { population: at + 1 },
        lines: [PRODUCT, OTHER].flatMap((product) => [1, 2].map((doseNumber) => ({ product, doseNumber, requestDoses: 600, due: doseNumber === 2 ? due : [], fixed: at === 0 ? fixed(product, doseNumber) : [] }))),
      })),
    });
    return { inputs, policy: policyOf(rule, isMixed), bare: policyOf(undefined, isMixed) };
  });

const totals = (supply: readonly { product: string; packDoses: number; packs: number }[]): string =>
  JSON.stringify([...Map.groupBy(supply, ({ product, packDoses }) => `${product} ${packDoses}`)].map(([key, lines]) => [key, lines.reduce((sum, { packs }) => sum + packs, 0)]).sort());

describe('any week under a rule for second doses', () => {
  it('keeps every pack, whatever the order of rows; explanations add up; nothing is awarded twice and no promise broken', () => {
    let moved = 0;
    fc.assert(fc.property(anyWeek, ({ inputs, policy, bare }) => {
      const { supply, moves } = labelSupply(inputs, policy);
      moved += moves.length;
      expect(totals(supply)).toBe(totals(inputs.supply));
      expect(supply.every(({ packs }) => Number.isSafeInteger(packs) && packs >= 0)).toBe(true);
      const run = allocate(inputs, policy);
      const turned = { ...inputs, supply: inputs.supply.toReversed(), sites: inputs.sites.toReversed().map((site) => ({ ...site, lines: site.lines.toReversed() })) };
      expect(canonicalJson(allocate(turned, policy))).toBe(canonicalJson(run));
      expect(canonicalJson(allocate({ ...inputs, supply: [...supply] }, bare))).toBe(canonicalJson(run.kind === 'allocated' ? { ...run, summary: { ...run.summary, moves: undefined } } : run));
      if (run.kind !== 'allocated') return;
      expect(run.awards.every(addsUp)).toBe(true);
      for (const { siteId, lines } of inputs.sites) for (const { product, doseNumber, fixed } of lines) for (const { packDoses, packs } of fixed)
        expect(run.awards.find((award) => award.siteId === siteId && award.product === product && award.doseNumber === doseNumber && award.packDoses === packDoses)?.packs).toBeGreaterThanOrEqual(packs);
      for (const pool of run.summary.pools) expect(pool.awardedPacks).toBeLessThanOrEqual(supply.find((line) => line.product === pool.product && line.doseNumber === pool.doseNumber && line.packDoses === pool.packDoses)?.packs ?? 0);
    }), { numRuns: 120, seed: 14 });
    expect(moved).toBeGreaterThan(60);
  });

  it('given once, has nothing left to move', () => {
    fc.assert(fc.property(anyWeek, ({ inputs, policy }) => {
      expect(labelSupply({ ...inputs, supply: [...labelSupply(inputs, policy).supply] }, policy).moves).toEqual([]);
    }), { numRuns: 200, seed: 15 });
  });
});

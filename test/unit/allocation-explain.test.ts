import { describe, expect, it } from '@jest/globals';
import { canonicalDigest, canonicalJson } from '../../functions/allocations/domain/canonical.ts';
import { fill } from '../../functions/allocations/domain/targets/fill.ts';
import { formatMicro, mulDiv, parseShare } from '../../functions/allocations/domain/quantity.ts';
import { awardInWords } from '../../functions/allocations/domain/words/words.ts';
import { whyInBrief } from '../../functions/allocations/domain/words/brief.ts';
import { effectInWords } from '../../functions/allocations/domain/words/change.ts';
import { whatWouldChange } from '../../functions/allocations/domain/explain/what-if.ts';
import { connecticutMarch } from '../../functions/allocations/domain/policy/connecticut.ts';
import { PRODUCT, allocated, packsOf, smallInputs, smallPolicy } from '../support/allocation.ts';

const POOL = { product: PRODUCT, doseNumber: 1, packDoses: 100 };

describe('an award explained', () => {
  const inputs = smallInputs({
    packs: 10,
    sites: [
      { id: 'clinic', group: 'priority-zips', weight: 20, requestDoses: 1_000 },
      { id: 'hospital', group: 'elsewhere', weight: 80, requestDoses: 1_000 },
      { id: 'office', group: 'elsewhere', weight: 5, requestDoses: 60 },
    ],
    debts: { clinic: 20_000_000, hospital: -20_000_000 },
  });
  const run = allocated(inputs, connecticutMarch);
  const award = (siteId: string) => {
    const found = run.awards.find((item) => item.siteId === siteId);
    if (!found) throw new Error(`no award of ${siteId}`);
    return found;
  };

  it('says in words what each line says in data', () => {
    expect(awardInWords(award('clinic'), connecticutMarch, (id) => `The ${id}`)).toEqual([
      'The clinic: 3 packs of 100 = 300 doses of Pfizer-BioNTech 12+ (purple), dose 1; it asked for 1,000.',
      '300 doses from a reserve: At least a quarter, open-pool doses counting toward it.',
      '20 doses more, owed to it from earlier weeks.',
      '20 doses less, because packs are not opened; 20 doses are owed to it next week.',
    ]);
  });

  it('never leaves a site under one pack in silence', () => {
    expect(awardInWords(award('office'), connecticutMarch)).toEqual([
      'office: nothing in packs of 100 of Pfizer-BioNTech 12+ (purple), dose 1; it asked for 60.',
      'It can have no more than 60 doses: what it asked for.',
      'The request is under one pack: ask for at least one (what of its share it cannot get this week is owed to it), or for a shared pack, a redistribution site or a transfer.',
    ]);
    expect(run.summary.pools[0]).toMatchObject({ sitesUnderOnePack: 1, sitesShort: 3, sitesAsking: 3 });
  });

  it('says what would have changed it, each answer from a run of its own', () => {
    const effects = whatWouldChange(inputs, connecticutMarch, { siteId: 'clinic', ...POOL }) ?? [];
    expect(effects.map((effect) => effectInWords(effect, 100, connecticutMarch))).toEqual([
      'Had it asked for 2,000 doses instead of 1,000: no difference.',
      'Had it asked for 300 doses instead of 1,000: no difference.',
      'Had the supply been 13 packs instead of 10: 4 packs of 100 instead of 3.',
      'Without the reserve "At least a quarter, open-pool doses counting toward it": 2 packs of 100 instead of 3.',
      'Without what rounding owed from earlier weeks: no difference.',
      'Had its weights (population and the like) been 96 % larger: 4 packs of 100 instead of 3.',
    ]);
    expect(packsOf(allocated({ ...inputs, supply: [{ ...POOL, packs: 13 }] }, connecticutMarch)).clinic).toBe(4);
    expect(packsOf(allocated({ ...inputs, supply: [{ ...POOL, packs: 12 }] }, connecticutMarch)).clinic).toBe(3);
  });

  it('in brief names what earlier weeks owed beside the fair share, and never calls an award above it rounded down', () => {
    const above = allocated(
      smallInputs({ packs: 3, sites: [{ id: 'a', weight: 8 }, { id: 'b', weight: 22 }], debts: { a: 45_000_000, b: -45_000_000 } }),
      smallPolicy({}),
    );
    const [a, b] = ['a', 'b'].map((id) => above.awards.find((item) => item.siteId === id));
    expect([a?.doses, a?.targetMicro]).toEqual([100, 80_000_000]);
    expect(a && whyInBrief(a)).toBe('its fair share and 45 doses owed from before, in whole packs; 25 doses owed next week');
    expect(b && whyInBrief(b)).toBe('its fair share less 45 doses it was ahead, in whole packs; 25 doses counted against it next week');
    expect(whyInBrief(award('office'))).toBe('asked for less than a pack; to be owed what it cannot get, ask for one at least');
  });

  it('tells what an empty shelf would have changed, where stock on hand was what bound', () => {
    const stocked = smallInputs({ packs: 4, sites: [{ id: 'a', line: { onHandDoses: 300 }, more: { throughputDoses: 350 } }, { id: 'b' }] });
    const policy = smallPolicy({ caps: [{ kind: 'days-of-stock', days: 7 }] });
    const effects = whatWouldChange(stocked, policy, { siteId: 'a', ...POOL }) ?? [];
    expect(effects.map((effect) => effectInWords(effect, 100))).toContain('Had it had nothing on hand or on its way instead of 300 doses: 2 packs of 100 instead of 0.');
  });

  it('finds the least larger request that wins a pack when the request was what bound', () => {
    const small = smallInputs({ packs: 4, sites: [{ id: 'a', requestDoses: 150 }, { id: 'b', requestDoses: 400 }] });
    const [request] = whatWouldChange(small, smallPolicy({}), { siteId: 'a', ...POOL }) ?? [];
    expect(request).toEqual({ change: { kind: 'request', fromDoses: 150, toDoses: 200 }, packs: 1, packsAfter: 2 });
    expect(whatWouldChange(small, smallPolicy({}), { siteId: 'nobody', ...POOL })).toBeUndefined();
  });
});

describe('rounding debt between weeks', () => {
  const policy = smallPolicy({});
  const run = (debts: Record<string, number>, change: Partial<Parameters<typeof smallInputs>[0]> = {}) =>
    allocated(smallInputs({ packs: 1, sites: [{ id: 'a' }, { id: 'b' }, { id: 'c' }], debts, ...change }), policy);

  it('makes the site cut short this week first the next', () => {
    const order: string[] = [];
    let debts: Record<string, number> = {};
    for (const day of ['2021-02-07', '2021-02-14', '2021-02-21']) {
      const week = run(debts, { week: day });
      order.push(...week.awards.filter((award) => award.packs > 0).map((award) => award.siteId));
      debts = Object.fromEntries(week.debts.map((row) => [row.siteId, row.micro]));
    }
    expect(order.toSorted()).toEqual(['a', 'b', 'c']);
    expect(Object.values(debts).every((micro) => Math.abs(micro) <= 1)).toBe(true);
  });

  it('is written off in sight when a site leaves, and what balanced it too', () => {
    const { summary, debts } = run({ a: 30_000_000, b: -10_000_000, gone: -20_000_000 });
    expect(summary.writtenOff).toContainEqual({ siteId: 'gone', ...POOL, micro: -20_000_000, reason: 'site-left' });
    expect(summary.writtenOff).toContainEqual({ siteId: 'a', ...POOL, micro: 20_000_000, reason: 'balances-another' });
    expect(debts.reduce((sum, row) => sum + row.micro, 0)).toBe(0);
  });

  it('is written off when the pack changes, and waits when the pool merely has no supply', () => {
    const carried = smallInputs({ packs: 1, sites: [{ id: 'a' }, { id: 'b' }], debts: { a: 5, b: -5 } });
    const changed = allocated({ ...carried, supply: [{ ...POOL, packDoses: 450, packs: 1 }] }, policy);
    expect(changed.summary.writtenOff.map((row) => row.reason)).toEqual(['pack-changed', 'pack-changed']);
    const paused = allocated({ ...carried, supply: [] }, policy);
    expect(paused.debts.toSorted((a, b) => b.micro - a.micro)).toEqual(carried.debts);
  });

  it('is never earned by a site that could not take more: a request that binds caps the target too', () => {
    const { debts, awards } = run({}, { packs: 3, sites: [{ id: 'a', requestDoses: 150 }, { id: 'b', weight: 1 }] });
    expect(awards.find((award) => award.siteId === 'a')).toMatchObject({ packs: 1, targetMicro: 100_000_000 });
    expect(debts).toEqual([]);
  });
});

describe('exact quantities', () => {
  it.each([
    ['1/4', { num: 1, den: 4 }],
    ['25%', { num: 25, den: 100 }],
    ['12.5%', { num: 125, den: 1_000 }],
    ['5/4', undefined],
    ['1/0', undefined],
    ['101%', undefined],
    ['0.25', undefined],
  ])('reads the share %s', (text, share) => {
    expect(parseShare(text)).toEqual(share);
  });

  it.each([[12_500_000, '12.5'], [-1, '-0.000001'], [3_000_000, '3'], [0, '0']])('writes %i micro-doses as %s', (micro, text) => {
    expect(formatMicro(micro)).toBe(text);
  });

  it('multiplies past 2^53 without losing a unit', () => {
    expect(mulDiv(9_007_199_254_740_991, 3, 7)).toBe(Number((9_007_199_254_740_991n * 3n) / 7n));
  });

  it('fills to the last micro-dose where products pass 2^53', () => {
    const weight = Float64Array.of(67_108_863, 67_108_861, 1, 3);
    const [low, out] = [new Float64Array(4), new Float64Array(4)];
    const amount = 8_999_999_999_999_999;
    fill({ low, high: new Float64Array(4).fill(9_000_000_000_000_000), weight }, 0, 4, amount, out);
    const total = 67_108_863n + 67_108_861n + 4n;
    expect(out.reduce((sum, micro) => sum + BigInt(micro), 0n)).toBe(BigInt(amount));
    out.forEach((micro, at) => {
      const gap = BigInt(micro) * total - BigInt(amount) * BigInt(weight[at] ?? 0);
      expect(gap > -total && gap < total).toBe(true);
    });
  });

  it('writes one canonical text for equal documents, and refuses a fraction', () => {
    expect(canonicalJson({ b: [1, { d: null, c: 'x' }], a: undefined })).toBe('{"b":[1,{"c":"x","d":null}]}');
    expect(canonicalDigest({ a: 1, b: 2 })).toBe(canonicalDigest({ b: 2, a: 1 }));
    expect(() => canonicalJson({ a: 0.5 })).toThrow(/whole numbers/);
  });
});

describe('a policy document', () => {
  it.each([
    ['a request as a weight', { stages: [{ id: 'open', kind: 'open', weight: 'request' }] }, /never a weight/],
    ['a group twice', { tree: { id: 'state', children: [{ id: 'a' }, { id: 'a' }] } }, /appears twice/],
    ['a minimum without a floors stage', { tree: { id: 'state', min: { share: '10%' } } }, /needs a floors stage/],
    ['an unknown group', { stages: [{ id: 'open', kind: 'open', weight: 'population', group: { node: 'x' } }] }, /no group x/],
    ['shared throughput undeclared', { caps: [{ kind: 'throughput', weeks: 1 }] }, /must be declared/],
    ['an unknown field', { mode: 'allocate' }, /Unrecognized key/],
  ])('is refused with %s', (_name, document, message) => {
    expect(() => smallPolicy(document as Parameters<typeof smallPolicy>[0])).toThrow(message);
  });
});

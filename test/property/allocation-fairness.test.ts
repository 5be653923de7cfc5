import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { allocate } from '../../functions/allocations/domain/allocate.ts';
import { KINDS, instanceOf } from '../support/allocation-arbitrary.ts';
import { allocated, packsOf, smallInputs, smallPolicy } from '../support/allocation.ts';
import type { RunInputs, SiteInput } from '../../functions/allocations/domain/inputs.ts';
import type { Instance } from '../support/allocation-arbitrary.ts';

const RUNS = 200;
const PACK_MICRO = 100_000_000;
const OPEN = smallPolicy({});

const packs = ({ inputs, policy }: Instance, siteId = 'site-0'): number | undefined => {
  const run = allocate(inputs, policy);
  return run.kind === 'allocated' ? (packsOf(run)[siteId] ?? 0) : undefined;
};

const change = (inputs: RunInputs, siteId: string, edit: (site: SiteInput) => SiteInput): RunInputs => ({
  ...inputs,
  sites: inputs.sites.map((site) => (site.siteId === siteId ? edit(site) : site)),
});
const asking = (more: number) => (site: SiteInput): SiteInput => ({
  ...site,
  lines: site.lines.map((line) => ({ ...line, requestDoses: line.requestDoses + more })),
});

/** Checks that an edit of one's own figures never lowers one's own award, over every kind of policy. */
const neverLowers = (edit: (inputs: RunInputs, by: number) => RunInputs) => {
  fc.assert(
    fc.property(fc.constantFrom(...KINDS).chain((kind) => instanceOf(kind)), fc.integer({ min: 1, max: 400 }), (instance, by) => {
      const before = packs(instance);
      const after = packs({ ...instance, inputs: edit(instance.inputs, by) });
      if (before !== undefined && after !== undefined) expect(after).toBeGreaterThanOrEqual(before);
    }),
    { numRuns: RUNS, seed: 41 },
  );
};

describe('a site\'s own figures', () => {
  it('never lower its award by a larger request', () => { neverLowers((inputs, by) => change(inputs, 'site-0', asking(by))); });

  it('never lower its award by a larger debt, others owed the less', () => {
    neverLowers((inputs, by) => {
      const own = inputs.debts.find((row) => row.siteId === 'site-0');
      const other = inputs.debts.find((row) => row.siteId === 'site-1');
      if (!own || !other) return inputs;
      const micro = Math.min(by * 200_000, PACK_MICRO - own.micro, PACK_MICRO + other.micro);
      const shift = (row: typeof own) => (row === own ? micro : row === other ? -micro : 0);
      return { ...inputs, debts: inputs.debts.map((row) => ({ ...row, micro: row.micro + shift(row) })) };
    });
  });

  it('never lower its award by a larger weight in an open pool', () => {
    fc.assert(
      fc.property(instanceOf('open'), fc.integer({ min: 1, max: 20 }), (instance, by) => {
        const heavier = change(instance.inputs, 'site-0', (site) => {
          const population = (site.weights.population ?? 0) + by;
          return { ...site, weights: { ...site.weights, population } };
        });
        const [before, after] = [packs(instance), packs({ ...instance, inputs: heavier })];
        if (instance.policy.stages.length > 1 || before === undefined || after === undefined) return;
        expect(after).toBeGreaterThanOrEqual(before);
      }),
      { numRuns: RUNS, seed: 43 },
    );
  });

  it('gain nothing by a request above the entitlement: the whole run stays as it was', () => {
    fc.assert(
      fc.property(instanceOf('open'), ({ inputs, policy }) => {
        const run = allocate(inputs, policy);
        if (run.kind !== 'allocated' || policy.stages.length > 1) return;
        const own = run.awards.find((award) => award.siteId === 'site-0');
        if (!own || own.explanation.some((line) => line.kind === 'cap')) return;
        const greedy = allocate(change(inputs, 'site-0', asking(1_000_000)), policy);
        if (greedy.kind !== 'allocated') return;
        expect(packsOf(greedy)).toEqual(packsOf(run));
        expect(greedy.debts).toEqual(run.debts);
      }),
      { numRuns: RUNS, seed: 47 },
    );
  });

  it('gain no target by splitting the site in two', () => {
    const weight = fc.integer({ min: 1, max: 50 });
    fc.assert(
      fc.property(weight, weight, fc.array(weight, { minLength: 1, maxLength: 5 }), (a, b, others) => {
        const rest = others.map((weight, at) => ({ id: `other-${at}`, weight }));
        const target = (sites: { id: string; weight: number }[]) =>
          allocated(smallInputs({ packs: 7, sites: [...sites, ...rest] }), OPEN)
            .awards.filter((award) => award.siteId.startsWith('own')).reduce((sum, award) => sum + award.targetMicro, 0);
        const whole = target([{ id: 'own', weight: a + b }]);
        const halves = target([{ id: 'own-a', weight: a }, { id: 'own-b', weight: b }]);
        expect(Math.abs(whole - halves)).toBeLessThanOrEqual(2);
      }),
      { numRuns: RUNS, seed: 53 },
    );
  });
});

interface Paradox {
  readonly weights: readonly number[];
  readonly packs: number;
  readonly before: readonly number[];
  readonly after: readonly number[];
}

describe('more supply', () => {
  it('never lowers a target, and lowers an award by at most one pack; that it can is printed', () => {
    const paradoxes: Paradox[] = [];
    const supplies = fc.integer({ min: 1, max: 25 });
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 20 }), { minLength: 2, maxLength: 6 }), supplies, (weights, supply) => {
        const sites = weights.map((weight, at) => ({ id: `site-${at}`, weight, requestDoses: 100_000 }));
        const [less, more] = [supply, supply + 1].map((count) => {
          const { awards } = allocated(smallInputs({ packs: count, sites }), OPEN);
          return awards.toSorted((a, b) => (a.siteId < b.siteId ? -1 : 1));
        });
        less?.forEach((award, at) => {
          expect(more?.[at]?.targetMicro ?? 0).toBeGreaterThanOrEqual(award.targetMicro);
          expect(more?.[at]?.packs ?? 0).toBeGreaterThanOrEqual(award.packs - 1);
        });
        if (less?.some((award, at) => (more?.[at]?.packs ?? 0) < award.packs)) {
          const after = more?.map((award) => award.packs) ?? [];
          paradoxes.push({ weights, packs: supply, before: less.map((award) => award.packs), after });
        }
      }),
      { numRuns: 400, seed: 59 },
    );
    const [smallest] = paradoxes.toSorted((a, b) => a.weights.length - b.weights.length || a.packs - b.packs);
    if (!smallest) throw new Error('no case was found in which one pack more costs a site a pack');
    const { weights, before, after } = smallest;
    process.stdout.write(
      `One pack more can cost a site one: weights ${weights.join(', ')}: ${smallest.packs} packs -> ${before.join(', ')}; ` +
        `${smallest.packs + 1} packs -> ${after.join(', ')}. ` +
        'No rule has quota, monotone supply and monotone population at once.\n',
    );
  });
});

interface Weekly {
  readonly weights: readonly number[];
  readonly requests: readonly number[];
  readonly packs: number;
}
const weeks = (sites: number): fc.Arbitrary<Weekly[]> =>
  fc.array(
    fc.record({
      weights: fc.array(fc.integer({ min: 0, max: 30 }), { minLength: sites, maxLength: sites }),
      requests: fc.array(fc.integer({ min: 0, max: 800 }), { minLength: sites, maxLength: sites }),
      packs: fc.integer({ min: 0, max: 8 }),
    }),
    { minLength: 52, maxLength: 52 },
  );

const dayOfWeek = (week: number): string => new Date(Date.UTC(2021, 0, 3 + 7 * week)).toISOString().slice(0, 10);

interface Year {
  /** The lowest debt of any site in any week: how far ahead of its targets one ever was. */
  readonly leastMicro: number;
  readonly worstMicro: number;
  readonly balanced: boolean;
  readonly accounted: boolean;
  readonly writtenOffMicro: number;
}

/** A year of weeks, debt carried (or, broken, forgotten). `accounted`: targets - awards = debt + written off, per site. */
const liveThrough = (plan: readonly Weekly[], remember: boolean): Year => {
  let debts: Record<string, number> = {};
  const drift = new Map<string, number>();
  const gone = new Map<string, number>();
  let worstMicro = 0;
  let leastMicro = 0;
  let balanced = true;
  let writtenOffMicro = 0;
  plan.forEach((week, at) => {
    const sites = week.weights.map((weight, site) => ({ id: `site-${site}`, weight, requestDoses: week.requests[site] ?? 0 }));
    const run = allocated(smallInputs({ packs: week.packs, sites, debts: remember ? debts : {}, week: dayOfWeek(at) }), OPEN);
    for (const { siteId, targetMicro, doses } of run.awards) {
      drift.set(siteId, (drift.get(siteId) ?? 0) + targetMicro - doses * 1_000_000);
    }
    for (const row of run.summary.writtenOff) {
      gone.set(row.siteId, (gone.get(row.siteId) ?? 0) + row.micro);
      writtenOffMicro += Math.abs(row.micro);
    }
    debts = Object.fromEntries(run.debts.map((row) => [row.siteId, row.micro]));
    leastMicro = Math.min(leastMicro, ...run.debts.map((row) => row.micro));
    balanced &&= run.debts.reduce((sum, row) => sum + row.micro, 0) === 0;
    worstMicro = Math.max(worstMicro, ...[...drift].map(([site, micro]) => Math.abs(micro - (gone.get(site) ?? 0))));
  });
  const accounted = [...drift].every(([site, micro]) => micro - (gone.get(site) ?? 0) === (debts[site] ?? 0));
  return { worstMicro, leastMicro, balanced, accounted, writtenOffMicro };
};

describe('rounding debt over a year', () => {
  it('sums to zero, stays within one pack a site, and accounts for every dose a site was ever off its targets', () => {
    fc.assert(
      fc.property(weeks(5), (plan) => {
        const year = liveThrough(plan, true);
        expect(year).toMatchObject({ balanced: true, accounted: true });
        expect(year.worstMicro).toBeLessThanOrEqual(PACK_MICRO);
      }),
      { numRuns: 30, seed: 61 },
    );
  });

  it('puts no site a whole pack ahead while no bound stops or forces a pack', () => {
    const unbound = weeks(6).map((plan) => plan.map((week) => ({ ...week, requests: week.requests.map(() => 100_000) })));
    fc.assert(
      fc.property(unbound, (plan) => {
        expect(liveThrough(plan, true).leastMicro).toBeGreaterThan(-PACK_MICRO);
      }),
      { numRuns: 30, seed: 71 },
    );
  });

  it('drifts past one pack in more than a fifth of the years when it is not carried', () => {
    const years = fc.sample(weeks(5), { numRuns: 40, seed: 67 });
    const failed = years.filter((plan) => liveThrough(plan, false).worstMicro > PACK_MICRO);
    expect(failed.length).toBeGreaterThan(years.length / 5);
  });

  it('passes a pack under any rule when an adversary weighs only sites not served yet; here it is capped in sight', () => {
    let debts: Record<string, number> = {};
    let unserved = Array.from({ length: 8 }, (_, at) => `site-${at}`);
    const everybody = [...unserved];
    let owedMicro = 0;
    let writtenOffMicro = 0;
    for (let week = 0; unserved.length > 1 && week < 20; week += 1) {
      owedMicro += Math.floor(PACK_MICRO / unserved.length);
      const sites = everybody.map((id) => ({ id, weight: unserved.includes(id) ? 1 : 0, requestDoses: 10_000 }));
      const run = allocated(smallInputs({ packs: 1, sites, debts, week: dayOfWeek(week) }), OPEN);
      const served = run.awards.find((award) => award.packs > 0)?.siteId;
      unserved = unserved.filter((id) => id !== served);
      debts = Object.fromEntries(run.debts.map((row) => [row.siteId, row.micro]));
      expect(run.debts.every((row) => Math.abs(row.micro) <= PACK_MICRO)).toBe(true);
      expect(run.debts.reduce((sum, row) => sum + row.micro, 0)).toBe(0);
      writtenOffMicro += run.summary.writtenOff.reduce((sum, row) => sum + Math.max(0, row.micro), 0);
    }
    const last = unserved[0] ?? '';
    process.stdout.write(`After 7 weeks the last of 8 sites was due ${owedMicro} micro-doses and had no pack of ${PACK_MICRO}.\n`);
    expect(owedMicro).toBeGreaterThan(1.7 * PACK_MICRO);
    expect(debts[last]).toBe(PACK_MICRO);
    expect(writtenOffMicro).toBeGreaterThan(0);
  });
});

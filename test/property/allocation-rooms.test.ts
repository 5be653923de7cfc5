import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { allocate } from '../../functions/allocations/domain/allocate.ts';
import { canonicalJson } from '../../functions/allocations/domain/canonical.ts';
import { inputsDigest } from '../../functions/allocations/domain/canonical-inputs.ts';
import { addsUp } from '../../functions/allocations/domain/explain/explain.ts';
import { ownDoses } from '../../functions/allocations/domain/own-doses.ts';
import { runInputsSchema, type RunInputs } from '../../functions/allocations/domain/inputs.ts';
import { WEEK, allocated, smallPolicy } from '../support/allocation.ts';

/** Products by the kinds of storage they keep in, and their packs. Two dose numbers of the first. */
const PRODUCTS = [
  { product: '59676-0580-05', doseNumber: 1, packDoses: 100, storedIn: ['refrigerator'] },
  { product: '59676-0580-05', doseNumber: 2, packDoses: 100, storedIn: ['refrigerator'] },
  { product: '80777-0273-10', doseNumber: 1, packDoses: 140, storedIn: ['freezer', 'refrigerator'] },
  { product: '59267-1025-01', doseNumber: 1, packDoses: 60, storedIn: ['refrigerator', 'ultra-cold'] },
  { product: '59267-1000-01', doseNumber: 1, packDoses: 90, storedIn: ['freezer', 'ultra-cold'] },
] as const;
const KINDS = ['freezer', 'refrigerator', 'ultra-cold'] as const;
const SUBSETS = Array.from({ length: 7 }, (_, at) => KINDS.filter((_kind, bit) => ((at + 1) >> bit) % 2 === 1));
const POLICY = smallPolicy({ caps: [{ kind: 'storage' }] });

interface SiteStore {
  readonly capacity: readonly number[];
  /** Doses lying there by product, asked doses by product, promised packs by product. */
  readonly stock: readonly number[];
  readonly asked: readonly number[];
  readonly fixed: readonly number[];
  readonly weight: number;
}
const five = (most: number) => fc.tuple(...PRODUCTS.map(() => fc.integer({ min: 0, max: most })));
const store: fc.Arbitrary<SiteStore> = fc.record({
  capacity: fc.tuple(...KINDS.map(() => fc.integer({ min: 0, max: 900 }))),
  stock: five(150),
  asked: five(700),
  fixed: fc.tuple(...PRODUCTS.map(() => fc.constantFrom(0, 0, 0, 0, 1))),
  weight: fc.integer({ min: 1, max: 20 }),
});

/** Whether doses by product fit into the units of a site: a flow, worked out path by path. */
const fits = (capacity: readonly number[], doses: readonly number[]): boolean => {
  const into = PRODUCTS.map(() => KINDS.map(() => 0));
  const left = [...capacity];
  const place = (product: number, seen: Set<number>, amount: number): number => {
    for (const [kind, name] of KINDS.entries()) {
      if (seen.has(kind) || !(PRODUCTS[product]?.storedIn as readonly string[]).includes(name)) continue;
      seen.add(kind);
      const room = Math.min(amount, left[kind] ?? 0);
      const own = into[product];
      if (!own) return 0;
      if (room > 0) {
        left[kind] = (left[kind] ?? 0) - room;
        own[kind] = (own[kind] ?? 0) + room;
        return room;
      }
      for (const [other, row] of into.entries()) {
        const movable = Math.min(amount, row[kind] ?? 0);
        if (other === product || movable === 0) continue;
        const moved = place(other, seen, movable);
        if (moved === 0) continue;
        row[kind] = (row[kind] ?? 0) - moved;
        own[kind] = (own[kind] ?? 0) + moved;
        return moved;
      }
    }
    return 0;
  };
  return doses.every((wanted, product) => {
    let rest = wanted;
    for (let moved = -1; rest > 0 && moved !== 0; rest -= moved) moved = place(product, new Set(), rest);
    return rest === 0;
  });
};

const inputsOf = (stores: readonly SiteStore[], packs: readonly number[]): RunInputs =>
  runInputsSchema.parse({
    schema: 1,
    week: WEEK,
    supply: PRODUCTS.map(({ storedIn: _kinds, ...pool }, at) => ({ ...pool, packs: packs[at] ?? 0 })),
    sites: stores.map(({ capacity, stock, asked, fixed, weight }, at) => ({
      siteId: `site-${at}`,
      group: 'state',
      weights: { population: weight },
      rooms: SUBSETS.map((kinds) => {
        const within = (set: readonly string[]) => set.every((kind) => (kinds as readonly string[]).includes(kind));
        const held = PRODUCTS.reduce((sum, { storedIn }, place) => (within(storedIn) ? sum + (stock[place] ?? 0) : sum), 0);
        const room = KINDS.reduce((sum, kind, place) => (kinds.includes(kind) ? sum + (capacity[place] ?? 0) : sum), 0);
        return { kinds, doses: Math.max(0, room - held) };
      }),
      lines: PRODUCTS.map(({ product, doseNumber, packDoses, storedIn }, place) => ({
        product, doseNumber, storedIn: [...storedIn], requestDoses: Math.max(asked[place] ?? 0, (fixed[place] ?? 0) * packDoses), fixed: fixed[place] === 1 ? [{ packDoses, packs: 1 }] : [],
      })),
    })),
  });

const dosesAt = (run: ReturnType<typeof allocated>, siteId: string): number[] =>
  PRODUCTS.map(({ product, doseNumber }) => run.awards.filter((award) => award.siteId === siteId && award.product === product && award.doseNumber === doseNumber).reduce((sum, { doses }) => sum + doses, 0));
const plus = (a: readonly number[], b: readonly number[]): number[] => a.map((value, at) => value + (b[at] ?? 0));
const promisedDoses = ({ fixed }: SiteStore): number[] => PRODUCTS.map(({ packDoses }, at) => (fixed[at] ?? 0) * packDoses);
/** Pools in the order in which they take storage: later doses first, then by product. */
const ORDER = [...PRODUCTS.keys()].sort((a, b) => {
  const [one, other] = [PRODUCTS[a], PRODUCTS[b]];
  return (other?.doseNumber ?? 0) - (one?.doseNumber ?? 0) || ((one?.product ?? '') < (other?.product ?? '') ? -1 : 1);
});

describe('storage shared by the products of a site', () => {
  const sample = fc.sample(fc.record({ stores: fc.array(store, { minLength: 1, maxLength: 4 }), packs: five(12) }), { numRuns: 250, seed: 307 });

  it('is never filled past what its units hold, whatever products lie there and are awarded', () => {
    let judged = 0;
    for (const { stores, packs } of sample) {
      const run = allocate(inputsOf(stores, packs), POLICY);
      if (run.kind !== 'allocated') continue; // more promised than supplied
      expect(run.awards.filter((award) => !addsUp(award))).toEqual([]);
      stores.forEach((site, at) => {
        if (!fits(site.capacity, plus(site.stock, promisedDoses(site)))) return; // overfull from the start: nothing more goes in
        judged += 1;
        expect(fits(site.capacity, plus(site.stock, dosesAt(run, `site-${at}`)))).toBe(true);
      });
    }
    expect(judged).toBeGreaterThan(150);
  });

  it('is used to the last pack that fits: with supply enough each product in its order takes all the room there is', () => {
    let judged = 0;
    for (const { stores: [site] } of sample) {
      if (!site || !fits(site.capacity, plus(site.stock, promisedDoses(site)))) continue; // overfull from the start
      judged += 1;
      const run = allocated(inputsOf([site], PRODUCTS.map(() => 20)), POLICY);
      const given = dosesAt(run, 'site-0');
      const held = plus(site.stock, promisedDoses(site));
      for (const at of ORDER) {
        const [pack, promised] = [PRODUCTS[at]?.packDoses ?? 1, promisedDoses(site)[at] ?? 0];
        let most = promised;
        const filled = (doses: number) => held.map((value, place) => (place === at ? value - promised + doses : value));
        while (most + pack <= (site.asked[at] ?? 0) && fits(site.capacity, filled(most + pack))) most += pack;
        expect(given[at]).toBe(most);
        held[at] = filled(most)[at] ?? 0;
      }
    }
    expect(judged).toBeGreaterThan(100);
  });

  it('gives the same bytes whatever the order of rows, rooms and days', () => {
    for (const { stores, packs } of sample.slice(0, 100)) {
      const inputs = inputsOf(stores, packs);
      const withDays = { ...inputs, sites: inputs.sites.map((site) => ({ ...site, receiving: { days: ['2021-02-08', '2021-02-09'], closed: [{ from: '2021-02-10', to: '2021-02-11' }, { from: '2021-02-14', to: '2021-02-14' }] } })) };
      const turned: RunInputs = {
        ...withDays,
        sites: withDays.sites.toReversed().map((site) => ({
          ...site, rooms: site.rooms?.toReversed().map(({ kinds, doses }) => ({ kinds: kinds.toReversed(), doses })),
          lines: site.lines.toReversed().map((line) => ({ ...line, storedIn: line.storedIn?.toReversed() })),
          receiving: { days: site.receiving.days.toReversed(), closed: site.receiving.closed.toReversed() },
        })),
      };
      expect(canonicalJson(allocate(turned, POLICY))).toBe(canonicalJson(allocate(withDays, POLICY)));
      expect(inputsDigest(turned)).toBe(inputsDigest(withDays));
    }
  });

  it('is found overfull where each product is held to its room alone', () => {
    const over = sample.filter(({ stores, packs }) => {
      const inputs = inputsOf(stores.map((site) => ({ ...site, fixed: [] })), packs);
      const alone = inputs.supply.map((line) => allocated({ ...inputs, supply: [line] }, POLICY));
      return stores.some((site, at) => fits(site.capacity, site.stock) && !fits(site.capacity, alone.reduce((sum, run) => plus(sum, dosesAt(run, `site-${at}`)), [...site.stock])));
    });
    expect(over.length).toBeGreaterThan(sample.length / 5);
  });
});

describe('storage of clinics that have a refrigerator alone, beside vials of a hub that keep there for days', () => {
  const purple = PRODUCTS.length - 1;
  const inVials = (at: number): readonly string[] => (at === purple ? KINDS : (PRODUCTS[at]?.storedIn ?? []));
  const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
  interface Clinic extends SiteStore { readonly days: number; readonly vials: number }
  const clinic: fc.Arbitrary<Clinic> = fc.tuple(store, fc.integer({ min: 0, max: 400 }), fc.constantFrom(0, 0, 20)).map(([own, days, vials]) => ({ ...own, fixed: PRODUCTS.map(() => 0), days, vials }));
  const weekOf = (clinics: readonly Clinic[], packs: readonly number[]): RunInputs => {
    const { sites, supply, ...week } = inputsOf(clinics, packs);
    const promised = Math.ceil(sum(clinics.map(({ vials }) => vials)) / 90);
    const hub = { siteId: 'hub', group: 'state', weights: { population: 5 }, lines: PRODUCTS.map(({ product, doseNumber, packDoses }, at) => ({ product, doseNumber, requestDoses: 300, fixed: at === purple && promised > 0 ? [{ packDoses, packs: promised }] : [] })) };
    return runInputsSchema.parse({
      ...week, supply: supply.map((line) => ({ ...line, vialDoses: 10 })),
      sites: [hub, ...sites.map((site, at) => {
        const { capacity: [, fridge = 0] = [], stock = [], days = 0, vials = 0 } = clinics[at] ?? {};
        const heldIn = (kinds: readonly string[]) => sum(stock.filter((_doses, place) => inVials(place).every((kind) => kinds.includes(kind))));
        return {
          ...site,
          rooms: SUBSETS.map((kinds) => ({ kinds, doses: Math.max(0, (kinds.includes('refrigerator') ? fridge : 0) - heldIn(kinds)) })),
          lines: site.lines.map((line, place) => (place === purple ? { ...line, byVial: { storedIn: [...KINDS], beyondUseDoses: days }, ...(vials > 0 && { vials: [{ hub: 'hub', packDoses: 90, doses: vials }] }) } : line)),
        };
      })],
    });
  };

  it('is never filled past what the refrigerator holds, nor with more vials than are given in those days, but for what was promised', () => {
    const seen = { vials: 0, byDays: 0, promised: 0 };
    for (const [clinics, packs] of fc.sample(fc.tuple(fc.array(clinic, { minLength: 1, maxLength: 3 }), five(12)), { numRuns: 250, seed: 311 })) {
      const inputs = weekOf(clinics, packs);
      const run = allocate(inputs, smallPolicy({ caps: [{ kind: 'storage' }], hubs: [{ hub: 'hub', members: clinics.map((_own, at) => `site-${at}`) }] }));
      if (run.kind !== 'allocated') continue; // more promised than supplied
      expect(run.awards.filter((award) => !addsUp(award))).toEqual([]);
      clinics.forEach(({ capacity: [, fridge = 0], stock, days, vials }, at) => {
        const own = PRODUCTS.map(({ product, doseNumber }) => run.awards.filter((award) => award.siteId === `site-${at}` && award.product === product && award.doseNumber === doseNumber).reduce((doses, award) => doses + ownDoses(award), 0));
        expect(own[purple]).toBeGreaterThanOrEqual(vials);
        expect(own[purple]).toBeLessThanOrEqual(Math.max(days, vials));
        if (sum(stock) + vials <= fridge) expect(sum(own) + sum(stock)).toBeLessThanOrEqual(fridge);
        if ((own[purple] ?? 0) > vials) seen.vials += 1;
        if (vials > 0) seen.promised += 1;
        if (run.awards.some(({ siteId, explanation }) => siteId === `site-${at}` && explanation.some((line) => line.kind === 'cap' && line.rule === 'vials-beyond-use'))) seen.byDays += 1;
      });
    }
    expect(Math.min(seen.vials, seen.byDays, seen.promised)).toBeGreaterThan(20);
  });
});

import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { jurisdictionFor } from '../../shared/codes/jurisdiction.ts';
import {
  advance, contributionOf, countersOf, DIMENSIONS, emptyContribution, summed, valuesAllowed, difference,
  type Advance, type Contribution, type CounterDelta,
} from '../../functions/reports/domain/coverage.ts';

const CT = jurisdictionFor('CTA');
const PEOPLE = 4;

const dose = fc.record({
  doseId: fc.constantFrom('a', 'b', 'c', 'd'),
  given: fc.constantFrom('2021-01-15', '2021-02-12', '2021-02-13', '2021-08-20', '2021-11-01'),
  cvx: fc.constantFrom('207', '208', '212', '213', '219', '510'),
});
const state = fc.record({
  born: fc.constantFrom('1940-01-01', '1980-06', '2012-05-05', 'nonsense'),
  sex: fc.constantFrom('M', 'F', 'X', 'U'),
  races: fc.array(fc.constantFrom('2106-3', '2054-5', 'UNK'), { maxLength: 3 }),
  ethnicity: fc.constantFrom('2135-2', '2186-5', 'UNK'),
  address: fc.record({
    city: fc.constantFrom('Hartford', 'MYSTIC', 'New Canaan', 'Ada Lovelace, 1 Main St'), state: fc.constantFrom('CT', 'NY'),
    zip: fc.constantFrom('06106', '06513', '10001', 'x'),
  }, { requiredKeys: [] }),
  doses: fc.uniqueArray(dose, { selector: ({ doseId }) => doseId, maxLength: 4 }),
}, { requiredKeys: ['doses'] });
type State = typeof state extends fc.Arbitrary<infer S> ? S : never;

/**
 * A life of changes for each person (new doses, corrections, deletions; an absent state is a withdrawal), and how the news
 * arrives.
 */
const lives = fc.array(fc.array(fc.option(state, { nil: undefined }), { minLength: 1, maxLength: 5 }),
  { minLength: 1, maxLength: PEOPLE });
const contribution = (found: State | undefined, version: number): Contribution =>
  found === undefined ? emptyContribution(version) : contributionOf({ ...found, version }, CT);

type News = { person: number; next: Contribution };
const scenario = lives.chain((all) => {
  const news = all.flatMap((life, person) => life.map((found, i): News => ({ person, next: contribution(found, i + 1) })));
  const lasts = all.map((life, person): News => ({ person, next: contribution(life.at(-1), life.length) }));
  // Delivery in any order, with repeats; every last version arrives at least once, somewhere.
  return fc.shuffledSubarray([...news, ...news], { minLength: 0 }).chain((some) =>
    fc.shuffledSubarray([...some, ...lasts], { minLength: some.length + lasts.length }).map((delivered) =>
      ({ delivered, lasts })));
});

type Step = (stored: Contribution | undefined, next: Contribution) => Advance;
const counted = (delivered: readonly News[], step: Step): CounterDelta[] => {
  const stored = new Map<number, Contribution>();
  const deltas = delivered.flatMap(({ person, next }) => {
    const outcome = step(stored.get(person), next);
    if (outcome.kind === 'stale') return [];
    stored.set(person, next);
    return outcome.deltas;
  });
  return summed(deltas);
};
const recount = (lasts: readonly News[]): CounterDelta[] => summed(lasts.flatMap(({ next }) => countersOf(next)));
const agrees = (step: Step) => fc.property(scenario, ({ delivered, lasts }) => {
  expect(counted(delivered, step)).toEqual(recount(lasts));
});

describe('coverage counters', () => {
  it('equal a recount after redelivery, reordering, correction and deletion', () => {
    fc.assert(agrees(advance), { numRuns: 400 });
  });

  it('do not depend on the order in which the differences are added', () => {
    fc.assert(fc.property(scenario, fc.integer(), ({ delivered }, seed) => {
      const stored = new Map<number, Contribution>();
      const deltas = delivered.flatMap(({ person, next }) => {
        const outcome = advance(stored.get(person), next);
        if (outcome.kind === 'stale') return [];
        stored.set(person, next);
        return [...outcome.deltas];
      });
      const [shuffled = []] = fc.sample(fc.shuffledSubarray(deltas, { minLength: deltas.length }), { numRuns: 1, seed });
      expect(summed(shuffled)).toEqual(summed(deltas));
    }), { numRuns: 100 });
  });

  it.each<[string, Step]>([
    ['forgets the version', (stored, next) => ({ kind: 'advanced', deltas: difference(stored, next) })],
    ['takes the same version again', (stored, next) =>
      stored !== undefined && next.v < stored.v ? { kind: 'stale' } : { kind: 'advanced', deltas: difference(undefined, next) }],
    ['never takes back what was', (stored, next) =>
      stored !== undefined && next.v <= stored.v ? { kind: 'stale' }
        : { kind: 'advanced', deltas: difference(stored, next).filter(({ delta }) => delta > 0) }],
    ['loses a measure', (stored, next) => {
      const outcome = advance(stored, next);
      return outcome.kind === 'stale' ? outcome
        : { ...outcome, deltas: outcome.deltas.filter(({ measure }) => measure !== 'complete') };
    }],
  ])('are caught wrong when the step %s', (_fault, broken) => {
    expect(fc.check(agrees(broken), { numRuns: 400 }).failed).toBe(true);
  });

  it('give the same total in every dimension of a day and measure', () => {
    fc.assert(fc.property(state, (found) => {
      const totals = new Map<string, Map<string, number>>();
      for (const { day, measure, dimension, delta } of countersOf(contribution(found, 1))) {
        const of = totals.get(`${day} ${measure}`) ?? new Map<string, number>();
        totals.set(`${day} ${measure}`, of.set(dimension, (of.get(dimension) ?? 0) + delta));
      }
      for (const of of totals.values()) expect(new Set(DIMENSIONS.map((dimension) => of.get(dimension))).size).toBe(1);
    }));
  });

  it('carry only values of the closed lists: nothing a sender typed reaches a key', () => {
    const allowed = Object.fromEntries(DIMENSIONS.map((dimension) => [dimension, valuesAllowed(dimension, CT)]));
    fc.assert(fc.property(state, (found) => {
      for (const { day, dimension, value } of countersOf(contribution(found, 1))) {
        expect(allowed[dimension]?.(value)).toBe(true);
        expect(day).toMatch(/^\d{4}-\d{2}-\d{2}$/);
      }
    }));
    expect(allowed['town']?.('1 Main St')).toBe(false);
  });
});

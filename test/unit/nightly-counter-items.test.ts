import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { addDays } from '../../shared/kernel/dates.ts';
import { countersOf, difference, summed, type Contribution } from '../../functions/reports/domain/coverage.ts';
import { attributeOf, countOf, countsTheSame, nextStep, packed } from '../../functions/reports/domain/counter-items.ts';

const mark = (doses: number) => (doses === 0 ? fc.constant(undefined) : fc.option(fc.nat({ max: doses - 1 }), { nil: undefined }));
const contribution: fc.Arbitrary<Contribution> = fc.nat({ max: 24 }).chain((count) =>
  fc.record({
    v: fc.nat(), town: fc.constantFrom('Hartford', 'Union', 'UNK'), county: fc.constantFrom('09003', 'OUT'), sex: fc.constantFrom('F', 'M'), race: fc.constantFrom('2106-3', 'UNK'),
    doses: fc.array(fc.nat({ max: 400 }), { minLength: count, maxLength: count }).map((days) => days.sort((a, b) => a - b).map((day) => `${addDays('2021-01-01', day)}|208|25-44|no`)),
    first: mark(count), complete: mark(count), additional: mark(count),
  }).map(({ first, complete, additional, ...rest }) => ({
    ...rest, ...(first === undefined ? {} : { first }), ...(complete === undefined ? {} : { complete }), ...(additional === undefined ? {} : { additional }),
  })));

describe('Counter items', () => {
  it.each([['first', 'Hartford'], ['complete', 'UNK'], ['additional', '2106-3'], ['dosesGiven', '5-11'], ['reported', 'in-week']] as const)('name %s of %s so that it can be read back', (measure, value) => {
    expect(countOf(attributeOf({ measure, value }))).toEqual({ measure, value });
  });
  it.each(['pk', 'sk', 'type', 'schema', 'x:Hartford', ''])('do not take %j for a count', (attribute) => expect(countOf(attribute)).toBeUndefined());

  it('hold every difference once', () => {
    fc.assert(fc.property(contribution, contribution, (before, after) => {
      const deltas = difference(before, after);
      const back = packed(deltas).flatMap(({ dimension, day, adds }) => [...adds].map(([attribute, delta]) => ({ ...(countOf(attribute) ?? { measure: 'first' as const, value: '' }), dimension, day, delta })));
      expect(summed(back)).toEqual(summed(deltas));
    }));
  });
});

describe('A contribution on its way', () => {
  it('arrives in steps that each fit a transaction, and adds up to the whole difference', () => {
    fc.assert(fc.property(fc.option(contribution, { nil: undefined }), contribution, (start, goal) => {
      let at = start;
      const deltas = [];
      for (let steps = 0; at !== goal; steps += 1) {
        expect(steps).toBeLessThan(8);
        const next = nextStep(at, goal, 99);
        const moved = difference(at, next);
        expect(packed(moved).length).toBeLessThanOrEqual(99);
        deltas.push(...moved);
        at = next;
      }
      expect(summed(deltas)).toEqual(start === undefined ? summed(countersOf(goal)) : difference(start, goal));
    }));
  });

  it('is there when it counts the same, whatever its version', () => {
    fc.assert(fc.property(contribution, fc.nat(), (one, v) => expect(countsTheSame(one, { ...one, v })).toBe(true)));
    fc.assert(fc.property(contribution.filter(({ doses }) => doses.length > 0), (one) => expect(countsTheSame(undefined, one)).toBe(false)));
  });
});

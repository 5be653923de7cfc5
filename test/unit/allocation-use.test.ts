import { describe, expect, it } from '@jest/globals';
import { awardInWords } from '../../functions/allocations/domain/words/words.ts';
import { allocated, smallInputs, smallPolicy } from '../support/allocation.ts';

const POLICY = smallPolicy({ caps: [{ kind: 'use-it-or-lose-it', threshold: '70%', weeks: 3 }] });

/** Weeks of 1,000 doses at hand: doses given for certain, and at most, counting reports still to come. */
const weeks = (...given: [number, number][]) =>
  given.map(([givenDoses, givenAtMostDoses], at) => ({
    week: `2021-01-${10 + 7 * at}`,
    availableDoses: 1_000,
    givenDoses,
    givenAtMostDoses,
  }));

const awardWith = (use: ReturnType<typeof weeks>, policy = POLICY) =>
  allocated(smallInputs({ packs: 10, sites: [{ id: 'a', line: { use } }, { id: 'b' }] }), policy).awards.find(
    (award) => award.siteId === 'a',
  );

describe('use it or lose it', () => {
  it.each([
    ['low use three weeks in a row', weeks([200, 250], [300, 350], [100, 120]), 3],
    ['low use for two weeks only', weeks([900, 900], [300, 350], [100, 120]), 5],
    ['too few weeks known', weeks([200, 250], [300, 350]), 5],
    ['an old low week before three good ones', weeks([100, 100], [800, 800], [900, 900], [900, 900]), 5],
    ['three old low weeks before a good one', weeks([200, 250], [300, 350], [100, 120], [900, 900]), 5],
    ['one low week beside two of little stock that was given', weeks([100, 120], [90, 90], [80, 80]).map((week, at) => (at === 0 ? week : { ...week, availableDoses: 100 })), 5],
    ['three low weeks that do not follow each other', weeks([200, 250], [300, 350], [900, 900], [100, 120]).filter((_, at) => at !== 2), 5],
    ['almost nothing given: one pack is left to show use again', weeks([0, 0], [0, 10], [5, 5]), 1],
    ['weeks with nothing at hand', weeks([0, 0], [0, 0], [0, 0]).map((week) => ({ ...week, availableDoses: 0 })), 5],
  ])('with %s gives the site %s packs', (_name, use, packs) => {
    expect(awardWith(use)?.packs).toBe(packs);
  });

  it('never punishes lag: records that may still come in keep the ceiling where it is', () => {
    const late: [number, number][] = [
      [200, 700],
      [300, 900],
      [100, 1_000],
    ];
    expect(awardWith(weeks(...late))?.packs).toBe(5);
    expect(awardWith(weeks(...late.map(([given]): [number, number] => [given, given])))?.packs).toBe(3);
    // What is known is low in each week, what may be is not: reading the known alone would hold it to 350 doses.
    const third = smallPolicy({ caps: [{ kind: 'use-it-or-lose-it', threshold: '30%', weeks: 3 }] });
    expect(awardWith(weeks([100, 350], [100, 320], [90, 300]), third)?.packs).toBe(5);
    expect(awardWith(weeks([100, 290], [100, 280], [90, 270]), third)?.packs).toBe(2);
  });

  it('says in words what it read and that late reports lower nothing', () => {
    const award = awardWith(weeks([200, 250], [300, 350], [100, 120]));
    expect(award && awardInWords(award, POLICY)).toContain(
      'It can have no more than 350 doses: what it has shown it gives; in each of the last 3 weeks it gave under 70% of the doses it had, ' +
        'doses not reported yet counted in (a late report alone lowers nothing).',
    );
  });
});

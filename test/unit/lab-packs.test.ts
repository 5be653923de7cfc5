import { describe, expect, it } from '@jest/globals';
import { shareableIn } from '../../cli/lab/state-stock.ts';
import { packWeek } from '../../cli/lab/week-inputs.ts';
import { packUnitsIn, splitIntoPacks } from '../../cli/lab/vaccines.ts';
import type { Vaccine } from '../../cli/lab/vaccines.ts';

const sizes = (vaccine: Vaccine, week: string): number[] => packUnitsIn(vaccine, week).map(({ packDoses }) => packDoses);
const unit = (packDoses: number) => ({ product: `product of ${packDoses}`, packDoses });

describe('packs in force in a week', () => {
  it.each<[Vaccine, string, number[]]>([
    ['pfizer', '2020-12-14', [975]],
    ['pfizer', '2021-02-15', [975]],
    ['pfizer', '2021-02-22', [1170]],
    ['pfizer', '2021-05-31', [1170, 450]],
    ['moderna', '2021-05-10', [100]],
    ['moderna', '2021-05-17', [100, 140]],
    ['janssen', '2021-03-01', [100]],
    ['janssen', '2021-02-22', []],
  ])('%s in the week of %s comes in packs of %j', (vaccine, week, packs) => {
    expect(sizes(vaccine, week)).toEqual(packs);
  });
});

describe('doses as whole packs', () => {
  it.each([
    [31_200, [975], [[32, 975]], 0],
    [
      41_220,
      [100, 140],
      [
        [408, 100],
        [3, 140],
      ],
      0,
    ],
    [
      54_360,
      [1170, 450],
      [
        [43, 1170],
        [9, 450],
      ],
      0,
    ],
    [1_000, [975], [[1, 975]], 25],
    [900, [975], [], 900],
    [0, [100], [], 0],
    [500, [], [], 500],
  ])('%i doses in packs of %j', (doses, packs, lines, carried) => {
    const split = splitIntoPacks(doses, packs.map(unit));
    expect(split.lines.map((line) => [line.packs, line.packDoses])).toEqual(lines);
    expect(split.carriedDoses).toBe(carried);
  });

  it('a week keeps every dose: packs and what is carried add up to what there was', () => {
    const shareable = {
      first: { pfizer: 32_000, moderna: 21_950, janssen: 130 },
      second: { pfizer: 976, moderna: 0, janssen: 0 },
    };
    const { pools, carried } = packWeek('2021-03-01', shareable);
    const packed = (vaccine: Vaccine, doseNumber: number): number =>
      pools
        .filter((pool) => pool.vaccine === vaccine && pool.doseNumber === doseNumber)
        .reduce((sum, pool) => sum + pool.packs * pool.packDoses, 0);
    expect(carried).toEqual({
      first: { pfizer: 410, moderna: 50, janssen: 30 },
      second: { pfizer: 976, moderna: 0, janssen: 0 },
    });
    for (const vaccine of ['pfizer', 'moderna', 'janssen'] as const) {
      expect(packed(vaccine, 1) + carried.first[vaccine]).toBe(shareable.first[vaccine]);
      expect(packed(vaccine, 2) + carried.second[vaccine]).toBe(shareable.second[vaccine]);
    }
  });
});

describe('rules for second doses move doses between first and second, and make none', () => {
  const stock = { first: { pfizer: 30, moderna: 0, janssen: 0 }, second: { pfizer: 70, moderna: 100, janssen: 0 } };
  const arrivals = {
    first: { pfizer: 23_400, moderna: 23_000, janssen: 600 },
    second: { pfizer: 11_700, moderna: 20_000, janssen: 0 },
  };
  const owed = (vaccine: Vaccine, weeks: number): number => (vaccine === 'pfizer' ? 9_750 : 5_000) * weeks;

  it.each([
    [{ kind: 'tied' } as const, 11_770, 20_100],
    [{ kind: 'set-aside', weeks: 1 } as const, 9_750, 5_000],
    [{ kind: 'set-aside', weeks: 3 } as const, 29_250, 15_000],
    [{ kind: 'set-aside', weeks: 9 } as const, 35_200, 43_100],
    [{ kind: 'relabel', percent: 10 } as const, 10_795, 18_100],
  ])('%j keeps as second doses %i of Pfizer and %i of Moderna', (rule, pfizer, moderna) => {
    const { first, second } = shareableIn('2021-02-15', rule, stock, arrivals, owed);
    expect([second.pfizer, second.moderna]).toEqual([pfizer, moderna]);
    expect([first.pfizer + second.pfizer, first.moderna + second.moderna, first.janssen + second.janssen]).toEqual([
      35_200, 43_100, 600,
    ]);
  });
});

import { describe, expect, it } from '@jest/globals';
import type { ConnecticutData, Town } from '../../cli/lab/connecticut-data.ts';
import { uptakeText } from '../../cli/lab/report.ts';
import { availableUnder, judgeUptake } from '../../cli/lab/uptake.ts';
import type { Available } from '../../cli/lab/uptake.ts';
import { addDays } from '../../shared/kernel/dates.ts';

const town = (name: string, flagged: boolean): Town => ({
  name,
  flagged,
  population: 10_000,
  agesStandIn: false,
  ages: { from15: 4_000, from45: 2_500, from65: 1_500 },
});
const towns = [town('low', true), town('high', false)];
const none = { pfizer: 0, moderna: 0, janssen: 0 };
const weeks = Array.from({ length: 23 }, (_, at) => ({
  week: addDays('2020-12-14', 7 * at),
  state: { ...none, moderna: 600 },
  pharmacy: none,
  fqhc: none,
}));
const days = Array.from({ length: 34 }, (_, at) => addDays('2021-04-21', 7 * at));

/** Coverage that follows the model exactly: the flagged town levels off lower and comes near it more slowly. */
const trueTowns = { low: { ceiling: 0.6, rate: 1.5 }, high: { ceiling: 0.8, rate: 2.5 } } as const;
const coveredBy = (available: Available, name: 'low' | 'high', day: string): number => {
  const { ceiling, rate } = trueTowns[name];
  return Math.round(10_000 * ceiling * (1 - Math.exp(-rate * available(name, day))));
};
const evenly = weeks.map(
  () =>
    new Map([
      ['low', 300],
      ['high', 300],
    ]),
);
const towardLow = weeks.map(
  () =>
    new Map([
      ['low', 360],
      ['high', 240],
    ]),
);
const world = (bend: (name: string, day: string) => number): ConnecticutData => {
  const data = { weeks, towns, coverage: [] };
  const available = availableUnder(data, evenly);
  return {
    ...data,
    coverage: days.map((day) => ({
      day,
      initiated: new Map((['low', 'high'] as const).map((name) => [name, coveredBy(available, name, day) + bend(name, day)])),
    })),
  };
};
const judged = (data: ConnecticutData) =>
  judgeUptake(data, availableUnder(data, evenly), [{ id: 'toward-low', available: availableUnder(data, towardLow) }]);

describe('the uptake model speaks only when it has earned it', () => {
  it('where coverage follows the model it reproduces days it has not seen, and says what a rival would have changed', () => {
    const uptake = judged(world(() => 0));
    expect(uptake.claims).toBe(true);
    expect(uptake.effects).toHaveLength(1);
    expect(uptake.effects[0]?.flaggedPoints).toBeGreaterThan(0);
    expect(uptake.effects[0]?.restPoints).toBeLessThan(0);
  });

  it.each([
    [
      'coverage rises later for a cause that is not in the model',
      (name: string, day: string) => (name === 'low' && day > '2021-11-01' ? 400 : 0),
    ],
    ['coverage before the fit was lower than the model says', (_name: string, day: string) => (day === '2021-04-21' ? -150 : 0)],
  ])('%s: it claims nothing and prints no effect', (_what, bend) => {
    const uptake = judged(world(bend));
    expect(uptake.claims).toBe(false);
    expect(uptake.effects).toEqual([]);
    expect(uptakeText(uptake)).toContain('NO EFFECT ON UPTAKE IS CLAIMED');
    expect(uptakeText(uptake)).not.toContain('toward-low');
  });

  it('is judged on days outside the window it is fitted on', () => {
    expect(judged(world(() => 0)).days.map(({ day, held }) => [day, held])).toEqual([
      ['2021-04-21', 'held out'],
      ['2021-04-28', 'fitted'],
      ['2021-06-30', 'fitted'],
      ['2021-12-08', 'held out'],
    ]);
  });
});

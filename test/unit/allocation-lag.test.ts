import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { correctWeeks, learnDelays } from '../../functions/allocations/domain/lag.ts';
import { THROUGHPUT_RULES, judgedUse, throughputInWords, throughputOf } from '../../functions/allocations/domain/throughput.ts';
import { addDays } from '../../shared/kernel/dates.ts';
import type { DoseReport, WeekEstimate } from '../../functions/allocations/domain/lag.ts';

const NOW = '2021-03-07';

/** Reports from a triangle of weekly increments, the oldest week first: row i, delay j. */
const reportsOf = (rows: readonly (readonly number[])[], lastWeek = NOW): DoseReport[] =>
  rows.flatMap((row, at) => {
    const givenOn = addDays(lastWeek, -7 * (rows.length - at));
    return row.map((doses, delay) => ({ givenOn, reportedOn: addDays(givenOn, 7 * delay), doses }));
  });

/** The triangle of Taylor and Ashe (1983), on which Mack (1993) published his figures; counted as doses and weeks here. */
const TAYLOR_ASHE = [
  [357_848, 766_940, 610_542, 482_940, 527_326, 574_398, 146_342, 139_950, 227_229, 67_948],
  [352_118, 884_021, 933_894, 1_183_289, 445_745, 320_996, 527_804, 266_172, 425_046],
  [290_507, 1_001_799, 926_219, 1_016_654, 750_816, 146_923, 495_992, 280_405],
  [310_608, 1_108_250, 776_189, 1_562_400, 272_482, 352_053, 206_286],
  [443_160, 693_190, 991_983, 769_488, 504_851, 470_639],
  [396_132, 937_085, 847_498, 805_037, 705_960],
  [440_832, 847_631, 1_131_398, 1_063_269],
  [359_480, 1_061_648, 1_443_370],
  [376_686, 986_608],
  [344_014],
];

describe('doses still to be reported', () => {
  const rules = { delayWeeks: 9, historyWeeks: 10 };
  const reports = reportsOf(TAYLOR_ASHE);
  const weeks = correctWeeks(reports, learnDelays(reports, NOW, rules), NOW, rules);
  const missing = weeks.map((week) => week.givenDoses - week.reportedDoses);

  it("are the chain ladder's, to the dose, on a triangle with published results", () => {
    expect(missing).toEqual([0, 94_634, 469_511, 709_638, 984_889, 1_419_459, 2_177_641, 3_920_301, 4_278_972, 4_625_811]);
    expect(missing.reduce((sum, doses) => sum + doses, 0)).toBe(18_680_856);
  });

  it('have the errors that Mack published, in percent of what is missing', () => {
    const percent = weeks
      .slice(1)
      .map((week, at) => Math.round((50 * (week.givenAtMostDoses - week.givenDoses)) / (missing[at + 1] ?? 1)));
    expect(percent).toEqual([80, 26, 19, 27, 29, 26, 22, 23, 29]);
  });

  it('never come to less than is reported, and a week past all delays is what it is', () => {
    expect(weeks.every((week) => week.givenAtLeastDoses >= week.reportedDoses && week.givenAtMostDoses >= week.givenDoses)).toBe(
      true,
    );
    expect(weeks[0]).toMatchObject({ known: true, givenDoses: 3_901_463, givenAtMostDoses: 3_901_463, completePermille: 1_000 });
  });
});

describe('a week of a site', () => {
  const rules = { delayWeeks: 2, historyWeeks: 8 };
  const steady = Array.from({ length: 8 }, (_, at) => [60, 30, 10].slice(0, 8 - at));
  const pattern = learnDelays(reportsOf(steady), NOW, rules);

  it('that reports as always comes to what it always came to, with no doubt', () => {
    const own = correctWeeks(reportsOf(steady), pattern, NOW, rules);
    expect(own.map((week) => [week.reportedDoses, week.givenDoses, week.givenAtMostDoses])).toEqual([
      ...Array.from({ length: 6 }, () => [100, 100, 100]),
      [90, 100, 100],
      [60, 100, 100],
    ]);
    expect(own.at(-1)).toMatchObject({ week: '2021-02-28', completePermille: 600 });
  });

  it('with nothing reported yet is not known, and so is never judged', () => {
    const silent = correctWeeks(reportsOf(steady.slice(0, 6), '2021-02-21'), pattern, NOW, rules);
    expect(silent.slice(-2).map((week) => [week.known, week.givenDoses])).toEqual([
      [false, 0],
      [false, 0],
    ]);
    const available = new Map(silent.map((week) => [week.week, 500]));
    expect(judgedUse(silent, available).map((week) => week.week)).toEqual(silent.slice(0, -2).map((week) => week.week));
  });

  it('counts a report once, whatever day of the week it came, and none from days to come', () => {
    const on = (reportedOn: string) =>
      correctWeeks([{ givenOn: '2021-03-06', reportedOn, doses: 5 }], pattern, NOW, rules).at(-1)?.reportedDoses;
    expect(['2021-03-06', '2021-03-05', '2021-03-07'].map(on)).toEqual([5, 5, 0]);
  });

  it('is the same whatever the order of reports, grows with every report, and scales with them exactly', () => {
    const row = fc.array(fc.integer({ min: 0, max: 50 }), { minLength: 3, maxLength: 3 });
    fc.assert(
      fc.property(fc.array(row, { minLength: 8, maxLength: 8 }), fc.integer({ min: 2, max: 9 }), (rows, factor) => {
        const reports = reportsOf(rows.map((counts, at) => counts.slice(0, 8 - at)));
        const learned = learnDelays(reports, NOW, rules);
        const weeks = correctWeeks(reports, learned, NOW, rules);
        expect(correctWeeks(reports.toReversed(), learnDelays(reports.toReversed(), NOW, rules), NOW, rules)).toEqual(weeks);
        const more = reports.map((report) => ({ ...report, doses: report.doses * factor }));
        correctWeeks(more, learnDelays(more, NOW, rules), NOW, rules).forEach((week, at) => {
          const before = weeks[at];
          expect(week.known).toBe(before?.known);
          expect(Math.abs(week.givenDoses - factor * (before?.givenDoses ?? 0))).toBeLessThanOrEqual(factor);
          expect(week.givenAtMostDoses).toBeGreaterThanOrEqual(week.givenDoses);
        });
      }),
      { numRuns: 100, seed: 281 },
    );
  });
});

describe('doses given a week', () => {
  const weeks = (...reported: (number | 'late')[]): WeekEstimate[] =>
    reported.map((doses, at) => {
      const known = doses !== 'late';
      const given = known ? doses : 0;
      const week = addDays('2021-01-10', 7 * at);
      return {
        week,
        reportedDoses: given,
        known,
        givenDoses: given,
        givenAtLeastDoses: given,
        givenAtMostDoses: given,
        completePermille: known ? 1_000 : 0,
      };
    });

  it.each([
    ['the mean of the last four weeks known', { estimates: weeks(10, 100, 200, 300, 400, 'late') }, 250, 'records'],
    ['a capped declaration without history', { estimates: weeks('late', 'late'), declaredDoses: 5_000 }, 300, 'declared'],
    ['what it declared when that is little', { estimates: [], declaredDoses: 40 }, 40, 'declared'],
    ['nothing known', { estimates: weeks('late') }, 0, 'nothing-known'],
    [
      'records and attested weeks together',
      {
        estimates: weeks(100, 100, 'late', 'late'),
        attested: [
          { week: '2021-01-24', doses: 200 },
          { week: '2021-01-31', doses: 200 },
        ],
      },
      150,
      'attested',
    ],
    [
      'a record before an attestation of the same week',
      { estimates: weeks(100, 100), attested: [{ week: '2021-01-17', doses: 900 }] },
      100,
      'records',
    ],
  ] as const)('are %s', (_name, facts, doses, source) => {
    expect(throughputOf(facts)).toMatchObject({ doses, source, reversed: [] });
  });

  it('count attested weeks of a silent site for so many weeks and no longer', () => {
    const silent = weeks(80, 'late', 'late', 'late', 'late', 'late');
    const attested = silent.slice(1).map(({ week }) => ({ week, doses: 480 }));
    const rules = { ...THROUGHPUT_RULES, followWeeks: 12 };
    expect(throughputOf({ estimates: silent, attested }, rules).weeks).toEqual([
      '2021-01-10',
      '2021-01-17',
      '2021-01-24',
      '2021-01-31',
    ]);
  });

  it('are held to the records, in words, when these do not follow what was attested', () => {
    const estimates = weeks(100, 100, 'late', 20, 100, 100, 100, 100);
    const attested = [
      { week: '2021-01-24', doses: 400 },
      { week: '2021-01-31', doses: 400 },
    ];
    const rules = { ...THROUGHPUT_RULES, followWeeks: 4 };
    const throughput = throughputOf({ estimates, attested }, rules);
    expect(throughput).toMatchObject({ doses: 100, source: 'records' });
    expect(throughputInWords(throughput)).toEqual([
      '100 doses a week, from its records, doses not reported yet counted in ' +
        '(weeks of 2021-02-07, 2021-02-14, 2021-02-21, 2021-02-28)',
      '400 doses attested for the week of 2021-01-24 are taken back: records come to 0 at most',
      '400 doses attested for the week of 2021-01-31 are taken back: records come to 20 at most',
    ]);
    expect(throughputOf({ estimates, attested: [{ week: '2021-01-31', doses: 25 }] }, rules).reversed).toEqual([]);
    expect(throughputOf({ estimates, attested }).reversed).toEqual([]);
  });
});

import { describe, expect, it } from '@jest/globals';
import { addDays } from '../../shared/kernel/dates.ts';
import { movesFrom } from '../../shared/kernel/transitions.ts';
import { daysToBuild, lastSettledDay, maxMissedDays } from '../../functions/reports/domain/reporting-days.ts';
import { submissionIdOf, submissionIdPattern, submissionMachine } from '../../functions/reports/domain/submission-machine.ts';

const zone = 'America/New_York';

describe('The newest day that can be built', () => {
  it.each([
    ['at three in the morning', '2021-03-13T08:00:00.000Z', '2021-03-12'],
    ['in the hour after midnight, which is not settled', '2021-03-13T05:59:59.000Z', '2021-03-11'],
    ['one hour after midnight', '2021-03-13T06:00:00.000Z', '2021-03-12'],
    ['the evening before, although it is the next day in UTC', '2021-03-13T03:00:00.000Z', '2021-03-11'],
    ['on the night the clocks go forward', '2021-03-14T07:00:00.000Z', '2021-03-13'],
    ['after the night the clocks went back', '2021-11-08T06:00:00.000Z', '2021-11-07'],
    ['in the hour that comes twice', '2021-11-07T05:30:00.000Z', '2021-11-06'],
    ['before one hour has passed that night', '2021-11-07T04:59:59.000Z', '2021-11-05'],
  ])('%s', (_name, now, day) => expect(lastSettledDay(now, zone)).toBe(day));

  it('is the jurisdiction’s day, wherever that is', () => {
    expect(lastSettledDay('2021-03-13T08:00:00.000Z', 'Pacific/Honolulu')).toBe('2021-03-11');
  });
});

describe('The days of a night', () => {
  it.each([
    ['the day before, when nothing is known yet', [], undefined, ['2021-03-12']],
    ['every day since the first that is known', ['2021-03-10'], '2021-03-10', ['2021-03-11', '2021-03-12']],
    ['a gap between built days', ['2021-03-09', '2021-03-11', '2021-03-12'], '2021-03-09', ['2021-03-10']],
    ['none, when all are built', ['2021-03-12'], '2021-03-12', []],
    ['none, when the first known day is still to come', [], '2021-03-13', []],
  ])('are %s', (_name, built, first, days) => expect(daysToBuild('2021-03-12', new Set(built), first)).toEqual(days));

  it('are at most a quarter of a year, the newest', () => {
    const days = daysToBuild('2021-03-12', new Set(), '2019-01-01');
    expect([days.length, days.at(-1), days[0]]).toEqual([maxMissedDays, '2021-03-12', addDays('2021-03-12', 1 - maxMissedDays)]);
  });
});

describe('A submission', () => {
  it.each([
    ['claimed', ['build']], ['built', ['start-upload']], ['uploading', ['finish-upload', 'fail']], ['uploaded', ['process', 'fail']],
    ['failed', ['retry']], ['retried', ['start-upload']], ['processed', []],
  ] as const)('that is %s can only %j', (state, moves) => expect(movesFrom(submissionMachine, state)).toEqual(moves));

  it('is called by its day, kind and sequence', () => {
    expect(submissionIdOf('2021-03-12', 'new', 1)).toBe('2021-03-12_new_01');
    expect(submissionIdOf('2021-03-12', 'new', 12)).toMatch(submissionIdPattern);
  });
});

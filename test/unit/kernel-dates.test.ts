import { describe, expect, it } from '@jest/globals';
import { addDays, ageInYears, daysBetween, instantOf, isDay, localDay, localTime, mmwrWeek, weekStart } from '../../shared/kernel/dates.ts';
import { base32, canonicalJson, createdId, requestDigest } from '../../shared/kernel/ids.ts';
import { decideMove, defineMachine, movesFrom } from '../../shared/kernel/transitions.ts';

const newYork = 'America/New_York';

describe('days of the jurisdiction', () => {
  it.each([
    ['2021-03-12T04:59:59.999Z', '2021-03-11', '23:59:59'],
    ['2021-03-12T05:00:00.000Z', '2021-03-12', '00:00:00'],
    ['2021-03-14T06:59:59.000Z', '2021-03-14', '01:59:59'],
    ['2021-03-14T07:00:00.000Z', '2021-03-14', '03:00:00'],
    ['2021-11-07T05:30:00.000Z', '2021-11-07', '01:30:00'],
    ['2021-11-07T06:30:00.000Z', '2021-11-07', '01:30:00'],
    ['0999-03-12T17:00:00.000Z', '0999-03-12', '12:03:58'],
  ])('%s is %s %s in New York', (instant, day, time) => {
    expect(localTime(instant, newYork)).toEqual({ day, time });
  });

  it.each([
    ['2021-03-12', '12:00', '2021-03-12T17:00:00.000Z'],
    ['2021-03-14', '02:30', '2021-03-14T07:30:00.000Z'],
    ['2021-11-07', '01:30', '2021-11-07T05:30:00.000Z'],
    ['2021-07-01', '00:00', '2021-07-01T04:00:00.000Z'],
  ])('%s %s in New York is %s, across both daylight-saving changes', (day, time, instant) => {
    expect(instantOf(day, time, newYork)).toBe(instant);
  });

  it('a day ends where the next begins, also on the days of 23 and 25 hours', () => {
    for (const day of ['2021-03-14', '2021-11-07', '2021-12-31']) {
      const nextMidnight = instantOf(addDays(day, 1), '00:00', newYork);
      expect(localDay(nextMidnight, newYork)).toBe(addDays(day, 1));
      expect(localDay(new Date(Date.parse(nextMidnight) - 1).toISOString(), newYork)).toBe(day);
    }
  });
});

describe('MMWR weeks', () => {
  it.each([
    ['2020-12-14', 2020, 51],
    ['2020-12-27', 2020, 53],
    ['2021-01-02', 2020, 53],
    ['2021-01-03', 2021, 1],
    ['2021-03-12', 2021, 10],
  ])('%s is in week %i/%i, as in CDC data', (day, year, week) => {
    expect(mmwrWeek(day)).toEqual({ year, week });
  });
  it('starts on Sunday', () => expect(weekStart('2021-03-13')).toBe('2021-03-07'));
});

describe('calendar', () => {
  it.each([
    ['2021-02-28', true],
    ['2021-02-30', false],
    ['2021-2-3', false],
    ['2024-02-29', true],
    ['2021-13-01', false],
    ['2021-00-10', false],
    ['2000-02-29', true],
    ['1900-02-29', false],
  ])('%s is a day: %s', (text, real) => expect(isDay(text)).toBe(real));
  it('counts days', () => expect(daysBetween('2021-03-01', '2021-04-01')).toBe(31));
  it('counts age to the day', () => expect([ageInYears('1950-03-12', '2021-03-11'), ageInYears('1950-03-12', '2021-03-12')]).toEqual([70, 71]));
});

describe('derived ids', () => {
  it('are the same for the same caller and key, and differ when parts shift', () => {
    expect(createdId('sit', 'a', 'b')).toBe(createdId('sit', 'a', 'b'));
    expect(createdId('sit', 'ab', 'c')).not.toBe(createdId('sit', 'a', 'bc'));
    expect(createdId('sit', 'a')).toMatch(/^sit_[0-9a-z]{26}$/);
  });
  it('base 32 keeps every bit', () => expect(base32(Uint8Array.from([255, 255, 255, 255, 255]))).toBe('zzzzzzzz'));
  it('a digest does not depend on the order of keys', () => {
    expect(requestDigest({ a: 1, b: [{ d: 1, c: undefined }] })).toBe(requestDigest({ b: [{ d: 1 }], a: 1 }));
    expect(canonicalJson({ b: 1, a: 2 })).toBe('{"a":2,"b":1}');
  });
});

describe('state machines', () => {
  const machine = defineMachine({
    name: 'door',
    states: ['open', 'closed'],
    initial: 'open',
    moves: { close: { from: ['open'], to: 'closed' } },
  });
  it('names the legal prior states of an illegal move', () => {
    expect(decideMove(machine, 'close', 'closed')).toEqual({ kind: 'illegal-move', from: 'closed', legalFrom: ['open'] });
    expect(decideMove(machine, 'close', 'open')).toEqual({ kind: 'moved', to: 'closed' });
    expect(movesFrom(machine, 'open')).toEqual(['close']);
  });
  it('refuses a machine with a state that no move reaches', () => {
    expect(() => defineMachine({ name: 'x', states: ['a', 'b'], initial: 'a', moves: {} })).toThrow('no move reaches b');
  });
});

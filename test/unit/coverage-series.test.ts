import { describe, expect, it } from '@jest/globals';
import { judgeSeries, type HistoryDose } from '../../functions/reports/domain/dose-number.ts';
import { CDC_ADDITIONAL_FROM, vaccinationStatus } from '../../functions/reports/domain/vaccination-status.ts';

/** "208 2021-03-01" -> a dose; the order given is also the order of ids. */
const history = (...doses: string[]): HistoryDose[] => doses.map((dose, i) => {
  const [cvx = '', given = ''] = dose.split(' ');
  return { doseId: `d${i}`, given, cvx };
});
const judged = (doses: string[], born?: string): string =>
  judgeSeries(history(...doses), born).map(({ doseNumber, seriesComplete }) => `${doseNumber}/${seriesComplete}`).join(' ');

describe('the number of a dose by the rule of the day it was given', () => {
  it.each([
    ['two Pfizer doses three weeks apart', ['208 2021-03-01', '208 2021-03-22'], '1/NO 2/YES'],
    ['a second Pfizer dose on day 16 before 25 October 2021 counts', ['208 2021-10-08', '208 2021-10-24'], '1/NO 2/YES'],
    ['a second Pfizer dose on day 16 from 25 October 2021 does not', ['208 2021-10-09', '208 2021-10-25'], '1/NO INV/NO'],
    ['a second Pfizer dose on day 17 from 25 October 2021 counts', ['208 2021-10-08', '208 2021-10-25'], '1/NO 2/YES'],
    ['a second Moderna dose on day 23 in November 2021 does not', ['207 2021-11-01', '207 2021-11-24'], '1/NO INV/NO'],
    ['a second Moderna dose on day 24 in November 2021 counts', ['207 2021-11-01', '207 2021-11-25'], '1/NO 2/YES'],
    ['Pfizer then Moderna needs 24 days', ['208 2021-11-01', '207 2021-11-24'], '1/NO INV/NO'],
    ['one Janssen dose is a series', ['212 2021-03-05'], '1/YES'],
    ['a further dose after Janssen needs 52 days', ['212 2021-10-01', '208 2021-11-20'], '1/YES INV/YES'],
    ['a further dose after Janssen on day 52 counts', ['212 2021-10-01', '208 2021-11-22'], '1/YES 2/YES'],
    ['Pfizer then Janssen is complete', ['208 2021-03-01', '212 2021-04-05'], '1/NO 2/YES'],
    ['two records on one day are one dose', ['208 2021-03-01', '208 2021-03-01'], '1/NO INV/NO'],
    ['a dose too early is repeated: the wait starts anew',
      ['208 2021-11-01', '208 2021-11-10', '208 2021-11-26', '208 2021-11-27'], '1/NO INV/NO INV/NO INV/NO'],
    ['a dose after the repeat counts as second', ['208 2021-11-01', '208 2021-11-10', '208 2021-11-27'], '1/NO INV/NO 2/YES'],
    ['Novavax on day 10 counts before 20 July 2022', ['211 2022-07-01', '211 2022-07-11'], '1/NO 2/YES'],
    ['Novavax on day 16 does not count from 20 July 2022', ['211 2022-07-10', '211 2022-07-26'], '1/NO INV/NO'],
    ['an unspecified product cannot be numbered', ['213 2021-03-01'], 'UNK/UNK'],
    ['a dose after an unspecified one is second, and the series is open', ['213 2021-03-01', '208 2021-04-01'], 'UNK/UNK 2/UNK'],
    ['a third dose is third', ['207 2021-02-01', '207 2021-03-01', '207 2021-09-20'], '1/NO 2/YES 3/YES'],
    ['three maroon doses make a series', ['219 2022-07-01', '219 2022-07-25', '219 2022-10-01'], '1/NO 2/NO 3/YES'],
  ])('%s', (_name, doses, expected) => {
    expect(judged(doses)).toBe(expected);
  });

  it('has no number above six in the CVRS', () => {
    const eight = ['2021-01-01', '2021-02-01', '2021-10-01', '2022-04-01', '2022-10-01', '2023-04-01',
      '2023-10-01'].map((day) => `208 ${day}`);
    expect(judged(eight).split(' ').at(-1)).toBe('UNK/YES');
  });

  it.each([
    ['2003-11-05', '2021-11-01', '1/NO', 'four days of grace before 18'],
    ['2003-11-06', '2021-11-01', 'INV/NO', 'five days before 18'],
    ['2003-11-06', '2021-08-01', '1/NO', 'under the rules of August 2021 age alone never counts against a dose'],
    ['2003-11', '2021-11-01', '1/NO', 'a month of birth settles nothing'],
    ['2004-02-29', '2022-02-25', '1/NO', 'a leap-day birthday'],
  ])('of Moderna for someone born %s on %s is %s: %s', (born, given, expected) => {
    expect(judged([`207 ${given}`], born)).toBe(expected);
  });

  it('does not depend on the order the doses arrive in', () => {
    const doses = history('208 2021-03-01', '208 2021-03-22', '208 2021-10-30');
    expect(judgeSeries([...doses].reverse())).toEqual(judgeSeries(doses));
  });
});

const status = (doses: string[], from = CDC_ADDITIONAL_FROM): (number | undefined)[] => {
  const { first, complete, additional } = vaccinationStatus(history(...doses), from);
  return [first, complete, additional];
};

describe('fully vaccinated, for statistics', () => {
  it.each([
    ['any interval counts, even one that is not valid', ['208 2021-11-01', '208 2021-11-05'], [0, 1, undefined]],
    ['two records on one day are one day', ['208 2021-11-01', '208 2021-11-01'], [0, undefined, undefined]],
    ['one Janssen dose is complete', ['212 2021-03-05'], [0, 0, undefined]],
    ['an unknown product counts as two-dose', ['213 2021-03-05'], [0, undefined, undefined]],
    ['two doses of unknown products are complete', ['213 2021-03-05', '213 2021-03-06'], [0, 1, undefined]],
    ['Janssen after Pfizer completes', ['208 2021-03-01', '212 2021-03-02'], [0, 1, undefined]],
    ['a further dose before 13 August 2021 is not a booster', ['208 2021-01-01', '208 2021-02-01', '208 2021-08-12'],
      [0, 1, undefined]],
    ['a further dose on 13 August 2021 is', ['208 2021-01-01', '208 2021-02-01', '208 2021-08-13'], [0, 1, 2]],
    ['the first further dose that counts is taken', ['208 2021-01-01', '208 2021-02-01', '208 2021-08-12', '208 2021-09-12'],
      [0, 1, 3]],
    ['nobody', [], [undefined, undefined, undefined]],
  ])('%s', (_name, doses, expected) => {
    expect(status(doses)).toEqual(expected);
  });

  it("counts additional doses from the jurisdiction's own days", () => {
    const connecticut = { afterOneDoseProduct: '2021-10-22', otherwise: '2021-08-18' };
    expect(status(['212 2021-03-05', '208 2021-10-21'], connecticut)).toEqual([0, 0, undefined]);
    expect(status(['212 2021-03-05', '208 2021-10-22'], connecticut)).toEqual([0, 0, 1]);
    expect(status(['208 2021-01-01', '208 2021-02-01', '208 2021-08-18'], connecticut)).toEqual([0, 1, 2]);
  });

  it('is kept apart from validity: a dose can be invalid and the person fully vaccinated', () => {
    const doses = ['208 2021-11-01', '208 2021-11-05'];
    expect(judged(doses)).toBe('1/NO INV/NO');
    expect(status(doses)[1]).toBe(1);
  });
});

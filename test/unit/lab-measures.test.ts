import { describe, expect, it } from '@jest/globals';
import { longestWaitOf, quantile, swingOf, wholeDoses } from '../../cli/lab/figures.ts';
import { chart, element, label, tickStep, ticks } from '../../cli/lab/svg.ts';

describe('measures of a site', () => {
  it.each([
    [[100, 100, 100], 0],
    [[100, 0, 100, 0], 2],
    [[0, 0, 100, 300], 1],
    [[0, 0], 0],
    [[500], 0],
  ])('the weeks %j swing by %d of their mean', (weeks, swing) => expect(swingOf(weeks)).toBe(swing));
  it.each([
    [[1, 0, 0, 1, 0], 2],
    [[1, 1], 0],
    [[0, 0, 0], 3],
  ])('in the weeks %j the longest wait is %i', (weeks, wait) => expect(longestWaitOf(weeks)).toBe(wait));
  it('the middle of five is the third', () => expect(quantile([9, 1, 5, 3, 7], 0.5)).toBe(5));
  it('doses by town are whole and add up, the largest rests rounded up', () => {
    const whole = wholeDoses(
      new Map([
        ['a', 33.4],
        ['b', 33.35],
        ['c', 33.25],
      ]),
    );
    expect([...whole]).toEqual([
      ['a', 34],
      ['b', 33],
      ['c', 33],
    ]);
  });
});

describe('the chart writer', () => {
  it('escapes what it writes', () => {
    expect(label(1, 2, 'Tom & "Jerry" <x>', { class: 'a"b' })).toBe(
      '<text x="1" y="2" class="a&quot;b">Tom &amp; &quot;Jerry&quot; &lt;x&gt;</text>',
    );
  });
  it('writes numbers at one decimal, so that equal figures give equal bytes', () =>
    expect(element('rect', { x: 0.1 + 0.2, y: 1 / 3 })).toBe('<rect x="0.3" y="0.3"/>'));
  it.each([
    [59.6, 3, 20],
    [7, 3, 5],
    [0.9, 3, 0.5],
    [100_000, 3, 50_000],
  ])('ticks up to %d stand %d apart', (most, count, step) => expect(tickStep(most, count)).toBe(step));
  it('ticks begin at nothing', () => expect(ticks(59.6, 3)).toEqual([0, 20, 40]));
  it('a chart says what it is', () =>
    expect(chart(10, 10, { title: 'T', subtitle: 'S', footer: 'F' })).toMatch(/^<svg .*<title>T<\/title>.*<\/svg>\n$/));
});

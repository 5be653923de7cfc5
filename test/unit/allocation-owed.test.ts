import { describe, expect, it } from '@jest/globals';
import type { DebtRow } from '../../functions/allocations/domain/inputs.ts';
import { carryOn } from '../../functions/allocations/owed-before.ts';

const book = (...micros: readonly number[]): DebtRow[] =>
  micros.map((micro, at) => ({ siteId: `sit_${at}`, product: '59676-0580-05', doseNumber: 1, packDoses: 100, micro })).filter(({ micro }) => micro !== 0);

describe('What is owed after a run', () => {
  it.each([
    ['what its books say, when it brought what was owed', book(30, -30), book(30, -30), book(10, -10), book(10, -10)],
    ['what was owed before too, when it brought nothing', book(30, -30), [], book(10, -10), book(40, -40)],
    ['what came of the week before when that was published anew', book(50, -20, -30), book(30, -30), book(10, 0, -10), book(30, 10, -40)],
    ['nothing, when it paid all', book(30, -30), book(30, -30), [], []],
  ])('is %s', (_what, before, brought, debts, owed) => {
    expect(carryOn(before, { brought, debts })).toEqual(owed);
  });
});

import { addDays } from '../../shared/kernel/dates.ts';
import { poolKey, type DebtRow } from './domain/inputs.ts';
import type { AllocationStore } from './store.ts';

const DAYS_A_WEEK = 7;
/** A run looks so many weeks back for one that was published and not settled. */
const openWeeks = 12;

/** What is read of settlements, pointers and the books of runs. */
type Books = Pick<AllocationStore, 'settlementBefore' | 'pointer' | 'sharedOut' | 'debtRows'>;

const keyOf = (row: DebtRow): string => `${row.siteId} ${poolKey(row)}`;

/**
 * What is owed after a run: what it owes by its own books, and what was owed before it and is not in them, because it was drafted
 * from other books (the week before was not over then, or its run was superseded since). Sums to zero a pool, as each of the three does.
 */
export const carryOn = (before: readonly DebtRow[], run: { readonly brought: readonly DebtRow[]; readonly debts: readonly DebtRow[] }): DebtRow[] => {
  const owed = new Map(run.debts.map((row) => [keyOf(row), row]));
  const add = (row: DebtRow, micro: number): void => {
    const standing = owed.get(keyOf(row));
    owed.set(keyOf(row), { ...row, micro: (standing?.micro ?? 0) + micro });
  };
  for (const row of before) add(row, row.micro);
  for (const row of run.brought) add(row, -row.micro);
  return [...owed.values()].filter(({ micro }) => micro !== 0).sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
};

/** The weeks before one that have a published run and no settlement yet, the first of them first, and the last settlement before them. */
export const openBefore = async (store: Books, week: string) => {
  const settled = await store.settlementBefore(week);
  const earliest = addDays(week, -DAYS_A_WEEK * openWeeks);
  const from = settled !== undefined && settled.week >= earliest ? addDays(settled.week, DAYS_A_WEEK) : earliest;
  const weeks: string[] = [];
  for (let one = from; one < week; one = addDays(one, DAYS_A_WEEK)) weeks.push(one);
  const pointers = await Promise.all(weeks.map((one) => store.pointer(one)));
  return { settled, open: weeks.flatMap((one, at) => (pointers[at] === undefined ? [] : [{ week: one, runId: pointers[at].runId }])) };
};

/**
 * The debts a run of a week starts from: those of the last settlement, carried on through every week since that is published and not
 * settled. A week is drafted before the one before it is over; without this its rounding would be paid a week late, and twice.
 */
export const owedBefore = async (store: Books, week: string): Promise<DebtRow[]> => {
  const { settled, open } = await openBefore(store, week);
  let owed = settled === undefined ? [] : await store.debtRows(settled.partsPk, 'DEBT');
  for (const { runId } of open) {
    const run = await store.sharedOut(runId);
    if (run === undefined) continue;
    const [brought, debts] = await Promise.all([store.debtRows(run.partsPk, 'BROUGHT'), store.debtRows(run.partsPk, 'DEBT')]);
    owed = carryOn(owed, { brought, debts });
  }
  return owed;
};

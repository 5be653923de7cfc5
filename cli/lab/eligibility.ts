import type { Town } from './connecticut-data.ts';

/**
 * Who a week's doses were for, by the nearest age groups that the town x age file has: whole factors that weigh its groups.
 * Published phases; a week belongs to the phase in force on most of its days. The phases set weights, never limits.
 */
export interface Phase {
  /** First Monday. */
  readonly from: string;
  readonly opened: string;
  readonly factors: { readonly from15: number; readonly from45: number; readonly from65: number };
  readonly nearest: string;
}

export const PHASES: readonly Phase[] = [
  {
    from: '2020-12-14',
    opened: '1a: health personnel, long-term care',
    factors: { from15: 1, from45: 1, from65: 1 },
    nearest: 'all residents of 15 and over; where these people live is not in the data',
  },
  {
    from: '2021-01-18',
    opened: '75 and over (18 January); 65 to 74 (11 February)',
    factors: { from15: 0, from45: 0, from65: 1 },
    nearest: '65 and over',
  },
  {
    from: '2021-03-01',
    opened: '55 to 64 (1 March)',
    factors: { from15: 0, from45: 1, from65: 2 },
    nearest: '65 and over, and half of those of 45 to 64',
  },
  { from: '2021-03-22', opened: '45 to 54 (19 March)', factors: { from15: 0, from45: 1, from65: 1 }, nearest: '45 and over' },
  { from: '2021-04-05', opened: '16 and over (1 April)', factors: { from15: 1, from45: 1, from65: 1 }, nearest: '15 and over' },
];

export const phaseOf = (week: string): Phase => {
  const phase = PHASES.findLast(({ from }) => from <= week) ?? PHASES[0];
  if (phase === undefined) throw new RangeError('there is no phase');
  return phase;
};

/** A town's eligible residents in a phase, times a factor common to all towns of the week. */
export const eligibleIn = ({ ages }: Town, { factors }: Phase): number =>
  ages.from15 * factors.from15 + ages.from45 * factors.from45 + ages.from65 * factors.from65;

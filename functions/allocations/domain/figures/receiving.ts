import { addDays } from '../../../../shared/kernel/dates.ts';
import { floorDiv } from '../quantity.ts';
import type { Receiving } from '../inputs.ts';
import { mostDaysOpen, receivingDays } from '../receiving.ts';
import type { FigureBook } from './figure.ts';
import type { SiteFacts, WeekFacts } from './site-facts.ts';
import type { Stock } from './stock.ts';
import { keepingDays } from './storage.ts';

const DAYS_A_WEEK = 7;
export const weekDays = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'] as const;

/** The days that a corrected number stands for: those known first, then others of the week. */
const corrected = (week: string, days: readonly string[], number: number): string[] => {
  const others = Array.from({ length: DAYS_A_WEEK }, (_, at) => addDays(week, at)).filter((day) => !days.includes(day));
  return [...days, ...others].slice(0, number).sort();
};

/** When the site can take deliveries in the week, and when it is closed in the weeks ahead; undefined where nothing is told of it. */
export const receivingOf = ({ standing: { receivingDays: named, closures = [] } }: SiteFacts, { week }: WeekFacts, book: FigureBook): Receiving | undefined => {
  const ahead = closures.filter(({ to }) => to >= week).map(({ from, to }) => ({ from, to }));
  if (named === undefined && ahead.length === 0) return undefined;
  const days = receivingDays(week, named?.map((day) => weekDays.findIndex((one) => one === day)), ahead);
  const number = book.enter({
    name: 'receiving-days', value: days.length, source: 'department',
    words: [
      named === undefined ? 'receives on any day' : `receives on ${named.join(', ') || 'no day'}`,
      ...closures.filter(({ to }) => to >= week).map(({ from, to, reason }) => `closed ${from === to ? from : `from ${from} to ${to}`}${reason === undefined ? '' : `: ${reason}`}`),
      days.length === 0 ? 'no delivery is possible in the week, so nothing can be awarded in it' : `a delivery is possible on ${days.join(', ')}`,
    ],
  }) ?? 0;
  return { days: number === days.length ? days : corrected(week, days, number), closed: ahead };
};

/**
 * What a site can give of a product before it must be thrown away: where its units keep it for a time only, what it gives on the days it
 * is open of that time, less its stock, which is given first. Undefined where it keeps to its expiry, or throughput is not known.
 */
export const beyondUseOf = (
  product: string, { onHandDoses, inTransitDoses }: Stock, given: { receiving: Receiving | undefined; throughputDoses: number | undefined },
  { site }: SiteFacts, { week }: WeekFacts, book: FigureBook,
): number | undefined => {
  const keeps = keepingDays(site?.storageUnits ?? [], product, week);
  if (keeps === undefined || given.throughputDoses === undefined) return undefined;
  const open = mostDaysOpen(given.receiving, keeps.days);
  const usable = floorDiv(given.throughputDoses * open, DAYS_A_WEEK);
  const stock = onHandDoses + inTransitDoses;
  return book.enter({
    name: 'beyond-use', of: [product], value: Math.max(0, usable - stock), source: 'enrolment',
    words: [
      `its ${keeps.kind} keeps the product ${keeps.days} days${open < keeps.days ? `; from the best of its receiving days it is open on ${open} of them` : ''}`,
      `${usable} doses in ${open} days at ${given.throughputDoses} a week`,
      ...(stock > 0 ? [`less ${stock} on hand or on the way, which are given first`] : []),
    ],
  });
};

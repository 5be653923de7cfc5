import { addDays } from '../../../../shared/kernel/dates.ts';
import { floorDiv } from '../quantity.ts';
import type { Receiving, SiteLine } from '../inputs.ts';
import { mostDaysOpen, receivingDays } from '../receiving.ts';
import type { FigureBook } from './figure.ts';
import type { SiteFacts, WeekFacts } from './site-facts.ts';
import type { Stock } from './stock.ts';
import { vialsStoredIn } from './rooms.ts';
import { keepingDays } from './storage.ts';

const DAYS_A_WEEK = 7;
export const weekDays = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'] as const;

/** The days that a corrected number stands for: those known first, then others of the week. */
const corrected = (week: string, days: readonly string[], number: number): string[] => {
  const others = Array.from({ length: DAYS_A_WEEK }, (_, at) => addDays(week, at)).filter((day) => !days.includes(day));
  return [...days, ...others].slice(0, number).sort();
};

/** When the site can take deliveries in the week, and when it is closed in the weeks ahead; undefined where nothing is told of it. */
export const receivingOf = (
  { standing: { receivingDays: named, closures = [] } }: SiteFacts,
  { week }: WeekFacts,
  book: FigureBook,
): Receiving | undefined => {
  const ahead = closures.filter(({ to }) => to >= week).map(({ from, to }) => ({ from, to }));
  if (named === undefined && ahead.length === 0) return undefined;
  const days = receivingDays(
    week,
    named?.map((day) => weekDays.findIndex((one) => one === day)),
    ahead,
  );
  const number =
    book.enter({
      name: 'receiving-days',
      value: days.length,
      source: 'department',
      words: [
        named === undefined ? 'receives on any day' : `receives on ${named.join(', ') || 'no day'}`,
        ...closures
          .filter(({ to }) => to >= week)
          .map(({ from, to, reason }) => `closed ${from === to ? from : `from ${from} to ${to}`}${reason === undefined ? '' : `: ${reason}`}`),
        days.length === 0 ? 'no delivery is possible in the week, so nothing can be awarded in it' : `a delivery is possible on ${days.join(', ')}`,
      ],
    }) ?? 0;
  return { days: number === days.length ? days : corrected(week, days, number), closed: ahead };
};

interface Given { readonly receiving: Receiving | undefined; readonly throughputDoses: number | undefined }

/** Doses that a site gives on the days it is open of so many, less its stock, which is given first; how that comes about. */
const usableIn = (days: number, throughputDoses: number, { onHandDoses, inTransitDoses }: Stock, receiving: Receiving | undefined) => {
  const open = mostDaysOpen(receiving, days);
  const usable = floorDiv(throughputDoses * open, DAYS_A_WEEK);
  const stock = onHandDoses + inTransitDoses;
  return {
    value: Math.max(0, usable - stock),
    openWords: open < days ? `; from the best of its receiving days it is open on ${open} of them` : '',
    words: [
      `${usable} doses in ${open} days at ${throughputDoses} a week`,
      ...(stock > 0 ? [`less ${stock} on hand or on the way, which are given first`] : []),
    ],
  };
};

/**
 * What a site can give of a product before it must be thrown away: where its units keep it for a time only, what it gives on the days it
 * is open of that time, less its stock, which is given first. Undefined where it keeps to its expiry, or throughput is not known.
 */
export const beyondUseOf = (
  product: string,
  stock: Stock,
  { receiving, throughputDoses }: Given,
  { site }: SiteFacts,
  { week }: WeekFacts,
  book: FigureBook,
): number | undefined => {
  const keeps = keepingDays(site?.storageUnits ?? [], product, week);
  if (keeps === undefined || throughputDoses === undefined) return undefined;
  const { value, openWords, words } = usableIn(keeps.days, throughputDoses, stock, receiving);
  return book.enter({
    name: 'beyond-use',
    of: [product],
    value,
    source: 'enrolment',
    words: [`its ${keeps.kind} keeps the product ${keeps.days} days${openWords}`, ...words],
  });
};

/**
 * How vials of a product out of a hub's pack are kept at a site none of whose units keeps it for a week: where they may lie, and what the
 * site gives on the days it is open of those its unit keeps them. Undefined where vials are kept as packs are.
 */
export const vialsKeptAt = (
  product: string,
  stock: Stock,
  { receiving, throughputDoses }: Given,
  facts: SiteFacts,
  week: WeekFacts,
  book: FigureBook,
): SiteLine['byVial'] => {
  const storedIn = vialsStoredIn(product, facts, week);
  const keeps = keepingDays(facts.site?.storageUnits ?? [], product, week.week, 'vials');
  if (storedIn === undefined || keeps === undefined) return undefined;
  const usable = throughputDoses === undefined ? undefined : usableIn(keeps.days, throughputDoses, stock, receiving);
  const kept = `none of its units keeps the product for a week, so it can have no packs; vials out of a hub's pack keep ${keeps.days} days in its ${keeps.kind}`;
  const beyondUseDoses = book.enter({
    name: 'vials-beyond-use',
    of: [product],
    value: usable?.value,
    source: usable === undefined ? 'nothing-known' : 'enrolment',
    words:
      usable === undefined ? [kept, 'what it gives a week is not known: those days cap nothing'] : [`${kept}${usable.openWords}`, ...usable.words],
  });
  return { storedIn: [...storedIn], ...(beyondUseDoses !== undefined && { beyondUseDoses }) };
};

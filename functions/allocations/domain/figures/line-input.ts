import { nextPrimaryDose } from '../../../../shared/codes/series-rules.ts';
import { productOf } from '../../../../shared/codes/products.ts';
import { addDays } from '../../../../shared/kernel/dates.ts';
import type { Receiving, SiteLine } from '../inputs.ts';
import { correctWeeks, type WeekEstimate } from '../lag.ts';
import { judgedUse, judgedWeeks } from '../throughput.ts';
import type { FigureBook } from './figure.ts';
import { lagRulesOf } from './figure-rules.ts';
import { secondDoseDebt } from './second-doses.ts';
import type { SiteFacts, WeekFacts } from './site-facts.ts';
import { beyondUseOf, vialsKeptAt } from './receiving.ts';
import { storedIn } from './rooms.ts';
import { stockOf } from './stock.ts';
import { availableIn, reportsOf } from './use.ts';

export interface LineName {
  readonly product: string;
  readonly doseNumber: number;
  readonly cvx: string;
  /** Federal doses at the site that count with what it has on hand. */
  readonly federalOnHand: number;
  /** Of the site as a whole. */
  readonly receiving: Receiving | undefined;
  readonly throughputDoses: number | undefined;
}

/** Use is judged from so many weeks back at the most: as many as the rule of a policy may ask for. */
const useWeeks = 12;
const unknownStorage = 'its units, or how the product is stored, are not known: it caps nothing';
const peopleOf = (count: number): string => (count === 1 ? '1 person' : `${count} people`);
const dosesOf = (rows: readonly { readonly doses: number }[]): number => rows.reduce((sum, { doses }) => sum + doses, 0);
const isOfVaccine = (cvx: string) => ({ ndc }: { readonly ndc: string }): boolean => cvx !== '' && productOf(ndc)?.cvx === cvx;

/** Several products may be of one vaccine: what is owed of it is asked of the one with most doses in supply, so that it is asked once. */
const servesVaccine = ({ product, doseNumber, cvx }: LineName, { supply }: WeekFacts): boolean => {
  const doses = new Map<string, number>();
  for (const row of supply)
    if (row.doseNumber === doseNumber && productOf(row.product)?.cvx === cvx)
      doses.set(row.product, (doses.get(row.product) ?? 0) + row.packs * row.packDoses);
  const [first] = [...doses].sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1));
  return first === undefined || first[0] === product;
};

/** Doses of a vaccine that earlier awards have left at the site or will still bring. */
const stillThere = (cvx: string, { accounts, awards, received, transferred = [] }: SiteFacts): number | undefined => {
  const held = accounts.filter(isOfVaccine(cvx));
  if (held.length === 0) return undefined;
  const earlier = awards.filter(({ product }) => productOf(product)?.cvx === cvx);
  const [since] = earlier.map(({ week }) => week).toSorted();
  const came = [...received, ...transferred].filter(isOfVaccine(cvx)).filter(({ day }) => since !== undefined && day >= since);
  return held.reduce((sum, { onHand }) => sum + onHand, 0) + Math.max(0, dosesOf(earlier) - dosesOf(came));
};

const due = (line: LineName, site: SiteFacts, facts: WeekFacts, book: FigureBook): SiteLine['due'] => {
  const { product, doseNumber, cvx } = line;
  const { rows, awards } = site;
  const { week, thisWeek, pattern, rules } = facts;
  const interval = nextPrimaryDose(cvx, doseNumber - 1);
  if (doseNumber < 2 || interval === undefined || !servesVaccine(line, facts)) return [];
  const awarded = awards.filter((award) => award.doseNumber === doseNumber && productOf(award.product)?.cvx === cvx);
  const estimates = correctWeeks(reportsOf(rows, { cvx, doseNumber: doseNumber - 1 }), pattern, thisWeek, lagRulesOf(rules));
  const debt = secondDoseDebt({
    cvx,
    doseNumber,
    week,
    overdueWeeks: rules.overdueWeeks,
    rows,
    estimates,
    awarded,
    stillThereDoses: stillThere(cvx, site),
  });
  if (debt.overdue > 0)
    book.enter({
      name: 'overdue',
      of: [product, doseNumber],
      value: debt.overdue,
      source: 'records',
      used: false,
      words: [`more than ${rules.overdueWeeks} weeks overdue: ${peopleOf(debt.overdue)}; no doses are held for them`],
    });
  return debt.due.flatMap(({ week: falls, people, late, covered, owed }) => {
    const words = [
      `${peopleOf(people)} had dose ${doseNumber - 1} of this vaccine here, ${interval.afterDays} days before, and no dose ${doseNumber} anywhere`,
      ...(late > 0 ? [`${late} more are expected from doses given and not reported yet`] : []),
      ...(covered > 0 ? [`${covered} are covered by doses awarded earlier for them and not given yet`] : []),
    ];
    const doses = book.enter({ name: 'due', of: [product, doseNumber, falls], value: owed, source: 'records', words }) ?? 0;
    return doses > 0 ? [{ day: falls, doses }] : [];
  });
};

/**
 * The latest weeks that can be judged, back to the first of which nothing was told: such a week is not known, never low. A site that is
 * silent loses nothing by it, and weeks before its silence say nothing about it now.
 */
const latestInARow = (judged: readonly WeekEstimate[]): WeekEstimate[] =>
  judged.slice(Math.max(judged.findLastIndex(({ reportedDoses }) => reportedDoses === 0) + 1, judged.length - useWeeks));

const use = (
  { product, cvx }: LineName,
  { rows, accounts, received }: SiteFacts,
  { thisWeek, pattern, rules }: WeekFacts,
  book: FigureBook,
): SiteLine['use'] => {
  const held = accounts.filter(isOfVaccine(cvx));
  if (held.length === 0) return undefined;
  const estimates = latestInARow(judgedWeeks(correctWeeks(reportsOf(rows, { cvx }), pattern, thisWeek, lagRulesOf(rules)), rules.completePermille));
  const stock = {
    cvx,
    rows,
    onHandDoses: held.reduce((sum, account) => sum + account.onHand, 0),
    transferredInDoses: held.reduce((sum, account) => sum + account.transferredIn, 0),
    received: received.filter(isOfVaccine(cvx)),
  };
  const weeks = judgedUse(estimates, new Map(estimates.map(({ week }) => [week, availableIn(week, stock)])), rules.completePermille);
  return weeks.map((row) => {
    const availableDoses =
      book.enter({
        name: 'available',
        of: [product, row.week],
        value: row.availableDoses,
        source: 'ledger',
        words: [
          `${row.availableDoses} doses of the vaccine were at hand at the least: on hand now, and given since, less received later and less what came from other sites`,
        ],
      }) ?? row.availableDoses;
    book.enter({
      name: 'used',
      of: [product, row.week],
      value: row.givenDoses,
      source: 'records',
      words: [`${row.givenDoses} given, ${row.givenAtMostDoses} at most, doses not reported yet counted in; late reports lower nothing`],
    });
    return { ...row, availableDoses };
  });
};

const isOfLine =
  (line: LineName) =>
  (one: { readonly product: string; readonly doseNumber: number }): boolean =>
    one.product === line.product && one.doseNumber === line.doseNumber;

/** Packs promised to the line, by size; of a hub's, what is for others is told apart, though never more than the packs hold. */
const fixedOf = (line: LineName, { promised, forOthers = [] }: SiteFacts): SiteLine['fixed'] => {
  const sizes = new Map<number, number>();
  for (const { packDoses, packs } of promised.filter(isOfLine(line)))
    sizes.set(packDoses, (sizes.get(packDoses) ?? 0) + packs);
  return [...sizes].map(([packDoses, packs]) => {
    const othersDoses = Math.min(packs * packDoses, dosesOf(forOthers.filter((one) => isOfLine(line)(one) && one.packDoses === packDoses)));
    return { packDoses, packs, ...(othersDoses > 0 && { othersDoses }) };
  });
};

/** Vials promised to the line, by the size of the packs they come out of. */
const vialsOf = (line: LineName, { vials = [] }: SiteFacts): NonNullable<SiteLine['vials']> =>
  [...Map.groupBy(vials.filter(isOfLine(line)), ({ hub, packDoses }) => JSON.stringify([hub, packDoses])).values()].flatMap((rows) =>
    rows.slice(0, 1).map(({ hub, packDoses }) => ({ hub, packDoses, doses: dosesOf(rows) })));

/** As many whole packs of the smallest size as hold the doses: a ceiling under a pack would be none. */
const inPacks = ({ product, doseNumber }: LineName, { supply }: WeekFacts, doses: number): number => {
  const sizes = supply.filter((row) => row.product === product && row.doseNumber === doseNumber).map(({ packDoses }) => packDoses);
  return sizes.length === 0 ? doses : Math.ceil(doses / Math.min(...sizes)) * Math.min(...sizes);
};

/** Of doses due, those of the earliest days that are no more than so many together. */
const earliest = (dues: SiteLine['due'], mostDoses = Infinity): SiteLine['due'] => {
  let left = mostDoses;
  return dues.toSorted((a, b) => (a.day < b.day ? -1 : 1)).flatMap(({ day, doses }) => {
    const kept = Math.min(doses, left);
    left -= kept;
    return kept > 0 ? [{ day, doses: kept }] : [];
  });
};

interface Wanted {
  readonly asked: { readonly doses: number; readonly withdrawn: boolean } | undefined;
  readonly stands: number;
  readonly wanted: number;
  readonly promised: number;
}
/** What the request of a line is, where it is not what the site asked for. */
const requestIsOf = ({ asked, stands, wanted, promised }: Wanted): SiteLine['requestIs'] => {
  if (asked?.withdrawn === true) return 'withdrawn';
  if (promised > wanted) return 'promised';
  if (wanted < (asked?.doses ?? stands)) return 'answer';
  return asked === undefined ? 'due' : undefined;
};

/** One product and dose number of a site; undefined when the site neither asked for it nor was promised any, nor is owed second doses. */
export const siteLine = (line: LineName, facts: SiteFacts, week: WeekFacts, book: FigureBook): SiteLine | undefined => {
  const { product, doseNumber } = line;
  const stock = stockOf(product, line.federalOnHand, facts, book);
  const kinds = storedIn(product, facts, week);
  // Where nothing is known of its storage there is no room to share; a dispute may still tell one for the product.
  const storageDoses =
    kinds !== undefined ? undefined : book.enter({ name: 'storage', of: [product], value: undefined, source: 'nothing-known', words: [unknownStorage] });
  const beyondUseDoses = beyondUseOf(product, stock, line, facts, week, book);
  const byVial = vialsKeptAt(product, stock, line, facts, week, book);
  const dues = due(line, facts, week, book);
  const used = use(line, facts, week, book);
  const fixed = fixedOf(line, facts);
  const vials = vialsOf(line, facts);
  const asked = facts.requests.find(isOfLine(line));
  const stands =
    asked === undefined && week.rules.dueStandsForRequest ? inPacks(line, week, dosesOf(dues.filter(({ day }) => day < addDays(week.week, 7)))) : 0;
  // What a person set above its answer, and it took, is its answer too.
  const promisedInAll = fixed.reduce((sum, { packs, packDoses }) => sum + packs * packDoses, 0) + dosesOf(vials);
  const promised = fixed.reduce((sum, { othersDoses = 0 }) => sum - othersDoses, promisedInAll);
  const answer = facts.answered.find(isOfLine(line))?.mostDoses;
  const most = answer === undefined ? undefined : Math.max(answer, promisedInAll);
  const wanted = Math.min(asked === undefined ? stands : asked.doses, most ?? Infinity);
  const isPromised = fixed.length > 0 || vials.length > 0;
  const isEntered = asked !== undefined || stands > 0 || isPromised;
  if (isEntered)
    book.enter({
      name: 'request',
      of: [product, doseNumber],
      value: Math.max(wanted, promised),
      source: asked === undefined ? 'records' : 'site',
      asOf: asked?.askedOn,
      words: [
        asked === undefined
          ? `nothing was asked for: the second doses due by the end of the week stand in, ${stands} in whole packs`
          : asked.withdrawn
            ? 'the request was withdrawn'
            : `${asked.doses} doses asked for: a ceiling, never a weight`,
        ...(most === undefined ? [] : [`it declined an offer of this week, or took less of it: no more than the ${most} it took is offered again`]),
        ...(promised > 0 ? [`${promised} are promised already`] : []),
      ],
    });
  if (!isEntered || (asked?.withdrawn === true && !isPromised)) return undefined;
  const requestIs = requestIsOf({ asked, stands, wanted, promised });
  return {
    product,
    doseNumber,
    requestDoses: Math.max(wanted, promised),
    onHandDoses: stock.onHandDoses,
    fixed,
    ...(requestIs && { requestIs }),
    ...(vials.length > 0 && { vials }),
    ...(most !== undefined && { mostDoses: most }),
    due: asked?.withdrawn === true ? [] : earliest(dues, most), // second doses pass over a small request, never over a withdrawn one nor over an answer
    ...(stock.inTransitDoses === 0 ? {} : { inTransitDoses: stock.inTransitDoses }),
    ...(kinds === undefined ? {} : { storedIn: [...kinds] }),
    ...(storageDoses === undefined ? {} : { storageDoses }),
    ...(beyondUseDoses === undefined ? {} : { beyondUseDoses }),
    ...(byVial && { byVial }),
    ...(used === undefined ? {} : { use: used }),
  };
};

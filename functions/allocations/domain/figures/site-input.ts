import { productOf } from '../../../../shared/codes/products.ts';
import { correctWeeks } from '../lag.ts';
import type { Receiving, Room, SiteLine } from '../inputs.ts';
import { throughputInWords, throughputOf } from '../throughput.ts';
import { openBook, type Figure, type FigureBook } from './figure.ts';
import { lagRulesOf, throughputRulesOf } from './figure-rules.ts';
import { siteLine } from './line-input.ts';
import { receivingOf } from './receiving.ts';
import { roomsOf } from './rooms.ts';
import type { SiteFacts, WeekFacts } from './site-facts.ts';
import { stockOf } from './stock.ts';
import { apportionTiers } from './tiers.ts';
import { reportsOf } from './use.ts';

/** A site as a run takes it in, before the defaults of the inputs are filled in. */
export interface SiteDraft {
  readonly siteId: string;
  readonly name?: string;
  readonly town?: string;
  readonly county?: string;
  readonly townUnknown?: true;
  readonly group: string;
  readonly tags: readonly string[];
  readonly suspended: boolean;
  readonly weights: Readonly<Record<string, number>>;
  readonly throughputDoses?: number;
  readonly priorityResidentsPermille?: number;
  readonly smallestClinicDoses?: number;
  readonly rooms?: Room[];
  readonly receiving?: Receiving;
  readonly lines: readonly SiteLine[];
}

/** Residents are told from the doses of so many weeks, and only from so many doses on. */
const residentWeeks = 12;
const fewestResidents = 20;
const PERMILLE = 1_000;
const nothingKnown = 'nothing is known: it caps nothing';

const throughput = ({ standing, rows, attested }: SiteFacts, { thisWeek, pattern, rules }: WeekFacts, book: FigureBook): number | undefined => {
  const estimates = correctWeeks(reportsOf(rows), pattern, thisWeek, lagRulesOf(rules));
  const { declaredDoses } = standing;
  const known = throughputOf({ estimates, attested, ...(declaredDoses === undefined ? {} : { declaredDoses }) }, throughputRulesOf(rules));
  const lines = estimates
    .filter(({ reportedDoses }) => reportedDoses > 0)
    .slice(-rules.throughputWeeks)
    .map(({ week, known: isKnown, reportedDoses, givenDoses, givenAtMostDoses }) =>
      isKnown
        ? `week of ${week}: ${reportedDoses} reported, ${givenDoses} given (${givenAtMostDoses} at most)`
        : `week of ${week}: ${reportedDoses} reported; too early to say how many were given`,
    );
  const words = [...throughputInWords(known), ...lines];
  // A figure that the department holds stands where records are silent; one who attested what did not come true is held to the records.
  const isHeld = standing.throughputDoses !== undefined && known.reversed.length === 0 && ['declared', 'nothing-known'].includes(known.source);
  if (isHeld)
    return book.enter({
      name: 'throughput',
      value: standing.throughputDoses,
      source: 'department',
      words: [`${standing.throughputDoses} doses a week, as the department holds; there are no records yet`],
    });
  if (known.source === 'nothing-known' && known.reversed.length === 0)
    return book.enter({ name: 'throughput', value: undefined, source: 'nothing-known', words: [nothingKnown] });
  return book.enter({
    name: 'throughput',
    value: known.doses,
    source: known.source === 'records' ? 'records' : known.source === 'nothing-known' ? 'nothing-known' : 'site',
    words,
  });
};

const weightsOf = ({ standing: { weights, tiers = [] } }: SiteFacts, { rules }: WeekFacts, book: FigureBook): Record<string, number> => {
  const held = Object.entries(weights).map(([name, value]) => ({ name, value, words: 'as the department holds' }));
  const people = [...apportionTiers(tiers, rules.tierOrder)].filter(([tier]) => weights[`tier-${tier}`] === undefined);
  const ofTiers = people.map(([tier, value]) => ({
    name: `tier-${tier}`,
    value,
    words: `people of tier ${tier}; everybody who is in several tiers is counted once, in the first of ${rules.tierOrder.join(', ')}`,
  }));
  return Object.fromEntries(
    [...held, ...ofTiers].map(({ name, value, words }) => [
      name,
      book.enter({ name: 'weight', of: [name], value, source: 'department', words: [`${value}: ${words}`] }) ?? value,
    ]),
  );
};

const priorityResidents = ({ standing, rows }: SiteFacts, book: FigureBook): number | undefined => {
  const { priorityResidentsPermille: held } = standing;
  if (held !== undefined)
    return book.enter({
      name: 'priority-residents',
      value: held,
      source: 'department',
      words: [`${held} of 1,000 residents served, as the department holds`],
    });
  const weeks = [...new Set(rows.flatMap(({ kind, week }) => (kind === 'residents' ? [week] : [])))].sort().slice(-residentWeeks);
  const of = (priority: string): number =>
    rows.reduce((sum, row) => (row.kind === 'residents' && row.priority === priority && weeks.includes(row.week) ? sum + row.doses : sum), 0);
  const [yes, no] = [of('yes'), of('no')];
  const isEnough = yes + no >= fewestResidents;
  const value = isEnough ? Math.floor((yes * PERMILLE) / (yes + no)) : undefined;
  const words = isEnough
    ? [`${yes} of ${yes + no} doses of the last ${weeks.length} weeks with a known home went to residents of priority zips`]
    : ['too few doses with a known home to say'];
  return book.enter({ name: 'priority-residents', value, source: isEnough ? 'records' : 'nothing-known', words });
};

const showFederal = ({ standing: { siteId }, site }: SiteFacts, { federal }: WeekFacts, book: FigureBook, isUsed: boolean): number => {
  const here = federal.bySite.get(siteId) ?? 0;
  const zip = site?.zip.slice(0, 5) ?? '';
  const around = Math.max(0, (federal.byZip.get(zip) ?? 0) - here);
  const since = `shipped on federal accounts in the ${federal.weeks} weeks before`;
  book.enter({
    name: 'federal-doses',
    value: here,
    source: 'shipments',
    used: isUsed,
    words: [`${here} doses ${since}, to this site${isUsed ? ': counted with what it has on hand' : ''}`],
  });
  book.enter({
    name: 'federal-nearby',
    value: around,
    source: 'shipments',
    used: false,
    words: [`${around} doses ${since}, to other places in zip ${zip}`],
  });
  return isUsed ? here : 0;
};

/** Its name and place: where enrolment says it lies now, else what was written with its standing. A town that is none is flagged. */
const namesOf = (
  { standing: { siteName: name, ...standing }, site }: SiteFacts,
  book: FigureBook,
): Pick<SiteDraft, 'name' | 'town' | 'county' | 'townUnknown'> => {
  const town = site?.place?.town ?? standing.town;
  const county = site?.place?.county ?? standing.county;
  const isUnknown = site?.place?.isKnown === false;
  if (isUnknown)
    book.enter({
      name: 'town',
      value: undefined,
      source: 'enrolment',
      used: false,
      words: [`"${site.place?.town ?? ''}" as it was written: no town of the jurisdiction is known by that name, nor by zip ${site.zip}`],
    });
  return {
    ...(name === undefined ? {} : { name }),
    ...(town === undefined ? {} : { town }),
    ...(county === undefined ? {} : { county }),
    ...(isUnknown ? { townUnknown: true } : {}),
  };
};

/** The products and dose numbers to decide on: all that are in supply, and what the site asked for beside them. */
const linesOf = ({ requests }: SiteFacts, { supply }: WeekFacts): { product: string; doseNumber: number }[] => {
  const lines = new Map([...supply, ...requests].map(({ product, doseNumber }) => [`${product}#${doseNumber}`, { product, doseNumber }] as const));
  return [...lines.keys()].sort().flatMap((key) => lines.get(key) ?? []);
};

/** Storage that the lines share, beside the stock of every product the site has, asked for or not. */
const sharedRooms = (lines: readonly SiteLine[], federalOnHand: number, facts: SiteFacts, week: WeekFacts, book: FigureBook): Room[] => {
  if (lines.length === 0) return [];
  const entered = new Set(linesOf(facts, week).map(({ product }) => product));
  const products = [...new Set([...entered, ...facts.accounts.map(({ ndc }) => ndc)])].sort();
  const stock = new Map(products.map((product) => {
    const { onHandDoses, inTransitDoses } = stockOf(product, 0, facts, book);
    // Federal doses that the rules count with stock were told by shipments, for no one product: they take no room.
    return [product, { onHandDoses: Math.max(0, onHandDoses - (entered.has(product) ? federalOnHand : 0)), inTransitDoses }] as const;
  }));
  return roomsOf([...new Set(lines.map(({ product }) => product))].sort(), stock, facts, week, book);
};

/**
 * What a run takes for one site, with every figure behind it: worked out from what was read, each corrected where the department
 * accepted a dispute. The same facts give the same input, whether a run or the site's own page asks.
 */
export const siteInput = (facts: SiteFacts, week: WeekFacts): { input: SiteDraft; figures: readonly Figure[] } => {
  const { standing, site, corrections } = facts;
  const book = openBook(week.week, { read: week.readOn, records: week.countedUpTo, department: standing.heldSince ?? week.readOn }, corrections);
  const throughputDoses = throughput(facts, week, book);
  const weights = weightsOf(facts, week, book);
  const priority = priorityResidents(facts, book);
  const clinic =
    standing.smallestClinicDoses === undefined
      ? undefined
      : book.enter({
          name: 'smallest-clinic',
          value: standing.smallestClinicDoses,
          source: 'department',
          words: [`fewer than ${standing.smallestClinicDoses} doses make no clinic, where the policy has that rule`],
        });
  const receiving = receivingOf(facts, week, book);
  const federalOnHand = showFederal(facts, week, book, week.rules.federalDoses === 'count-on-hand');
  const lines = linesOf(facts, week).flatMap(
    (line) => siteLine({ ...line, cvx: productOf(line.product)?.cvx ?? '', federalOnHand, receiving, throughputDoses }, facts, week, book) ?? [],
  );
  const rooms = sharedRooms(lines, federalOnHand, facts, week, book);
  return {
    input: {
      siteId: standing.siteId, ...namesOf(facts, book), group: standing.group, tags: standing.tags, weights, lines,
      suspended: site === undefined ? standing.suspended : ['suspended', 'closed'].includes(site.state),
      ...(throughputDoses === undefined ? {} : { throughputDoses }),
      ...(priority === undefined ? {} : { priorityResidentsPermille: Math.min(PERMILLE, priority) }),
      ...(clinic === undefined ? {} : { smallestClinicDoses: clinic }),
      ...(rooms.length === 0 ? {} : { rooms }),
      ...(receiving === undefined ? {} : { receiving }),
    },
    figures: book.figures,
  };
};

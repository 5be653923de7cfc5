import { FIGURE_LETTERS } from '../../../shared/published/site-figures.ts';
import { difference, DIMENSIONS, emptyContribution, type Contribution, type CounterDelta, type CounterMeasure } from './coverage.ts';

/**
 * Counters are packed: one item holds a day of one dimension (in one shard), with an attribute for each value and measure, so that ADD
 * creates what is not there yet. Attribute names are short because an item is paid for by its size.
 */
const letters: Readonly<Record<CounterMeasure, string>> = {
  first: 'f',
  complete: 'c',
  additional: 'a',
  dosesGiven: 'd',
  given: FIGURE_LETTERS.given,
  residents: FIGURE_LETTERS.residents,
  due: FIGURE_LETTERS.due,
  reported: 'p',
};
const measureOfLetter = new Map(Object.entries(letters).map(([measure, letter]) => [letter, measure as CounterMeasure]));

export const attributeOf = ({ measure, value }: Pick<CounterDelta, 'measure' | 'value'>): string => `${letters[measure]}:${value}`;

/** Value and measure of an attribute; undefined for what is no count. */
export const countOf = (attribute: string): { measure: CounterMeasure; value: string } | undefined => {
  const measure = attribute[1] === ':' ? measureOfLetter.get(attribute.charAt(0)) : undefined;
  return measure === undefined ? undefined : { measure, value: attribute.slice(2) };
};

/** What to add to one counter item. */
export interface CounterAdds {
  readonly dimension: CounterDelta['dimension'];
  readonly day: string;
  readonly adds: ReadonlyMap<string, number>;
}

/** Deltas by the item they fall into; attributes that come to nothing are left out, and so are items without any. */
export const packed = (deltas: readonly CounterDelta[]): CounterAdds[] => {
  const items = new Map<string, { dimension: CounterDelta['dimension']; day: string; adds: Map<string, number> }>();
  for (const delta of deltas) {
    const { dimension, day } = delta;
    const key = `${dimension}|${day}`;
    const item = items.get(key) ?? { dimension, day, adds: new Map<string, number>() };
    items.set(key, item);
    const sum = (item.adds.get(attributeOf(delta)) ?? 0) + delta.delta;
    if (sum === 0) item.adds.delete(attributeOf(delta));
    else item.adds.set(attributeOf(delta), sum);
  }
  return [...items.values()].filter(({ adds }) => adds.size > 0);
};

/** Counter items that a change of one contribution touches. */
const widthOf = (before: Contribution | undefined, after: Contribution): number => packed(difference(before, after)).length;

const cut = (of: Contribution, doses: number): Contribution => {
  const { first, complete, additional, due: _, ...rest } = of;
  const marks = Object.fromEntries(Object.entries({ first, complete, additional }).filter(([, at]) => at !== undefined && at < doses));
  return { ...rest, doses: of.doses.slice(0, doses), ...marks };
};

/** A dose touches a day of each dimension, two weeks of its site and that of all sites; one item more is left for what is due. */
const itemsADose = DIMENSIONS.length + 3;

/**
 * The next contribution on the way from one to another that one transaction can carry: usually the goal itself. When too many days
 * change at once, doses are first taken away from the end and then added, as many at a time as fit. Every step is a contribution of its
 * own right, so a stop between two steps leaves counters and contributions in agreement.
 */
export const nextStep = (before: Contribution | undefined, goal: Contribution, maxItems: number): Contribution => {
  if (widthOf(before, goal) <= maxItems) return goal;
  const dosesAStep = Math.floor((maxItems - 1) / itemsADose);
  const isPart = before !== undefined && before.doses.length > 0 && widthOf(before, cut(goal, before.doses.length)) === 0;
  if (isPart) return cut(goal, before.doses.length + dosesAStep);
  if (before === undefined || before.doses.length === 0) return cut(goal, dosesAStep);
  const left = before.doses.length - dosesAStep;
  return left > 0 ? cut(before, left) : emptyContribution(before.v);
};

/** True when two contributions count the same; the version at which they were worked out does not matter. */
export const countsTheSame = (before: Contribution | undefined, after: Contribution): boolean =>
  widthOf(before, after) === 0 && (before?.doses.length ?? 0) === after.doses.length;

import type { PairFacts } from './pair-facts.ts';

/**
 * Weights of a pair, in the form of NIST's vaccination deduplication (matching.md, section 4): two DTaP doses 14 days apart with
 * different lots come to 0.364 at one clinic and to 0.313 at two, as there. Which days a step of the date covers is our choice.
 */
const dateSteps: readonly (readonly [upToDays: number, weight: number])[] = [[0, 80], [1, 65], [2, 50], [4, 43], [7, 38], [14, 30], [23, 23]];
const vaccine = { same: 50, unspecified: 15, other: 5 } as const;
/** `near` is ours: NIST knows no misread letters. */
const lot = { same: 45, near: 35, absent: 25, different: -25 } as const;
const told = { one: 60, both: 15, none: -7 } as const;
const product = { same: 35, absent: 20, different: -5 } as const;
const organization = { same: 25, other: 10 } as const;
/** The maker tells nothing apart that vaccine and product do not. */
const maker = 35;

const tables = [dateSteps.map(([, weight]) => weight), ...[vaccine, lot, told, product, organization].map((weights) => Object.values(weights))];
const least = tables.reduce((sum, weights) => sum + Math.min(...weights), maker);
const most = tables.reduce((sum, weights) => sum + Math.max(...weights), maker);

/** Below: another dose. Above: the same. Between: a person must look. */
export const thresholds = { different: 0.4, same: 0.6 } as const;

/** How much two reports look like one dose, from 0 to 1. */
export const scoreOf = (pair: PairFacts): number => {
  const date = dateSteps.find(([upToDays]) => pair.days <= upToDays)?.[1] ?? 0;
  const sum = date + vaccine[pair.vaccine] + lot[pair.lot] + told[pair.told] + product[pair.product] + organization[pair.organization] + maker;
  return Math.round(((sum - least) / (most - least)) * 1000) / 1000;
};

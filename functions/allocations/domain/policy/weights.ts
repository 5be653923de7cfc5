import type { Weight } from './policy.ts';

/** A site's weight for a stage: one named weight, or several times their factors. One that the site lacks counts as none. */
export const weightOf = (weights: Readonly<Record<string, number>>, weight: Weight): number =>
  typeof weight === 'string'
    ? (weights[weight] ?? 0)
    : Object.entries(weight).reduce((sum, [name, factor]) => sum + factor * (weights[name] ?? 0), 0);

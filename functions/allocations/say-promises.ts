import { poolKey, type RunInputs } from './domain/inputs.ts';
import type { Allocated } from './domain/allocation.ts';
import type { Keep } from './domain/keeps.ts';
import { plural, poolName } from './domain/words/words.ts';
import type { Promised } from './promised.ts';
import type { Pointer } from './store.ts';

/** Awards that are a promise and nothing else: the site's share of what there is now would be less. */
const isAllPromised = ({ explanation }: Allocated['awards'][number]): boolean => explanation.some(({ kind, micro }) => kind === 'fixed' && micro > 0);

const packsOf = (sum: number, { packs }: Promised): number => sum + packs;

/** How many packs of which pool, and of how many sites. */
const byPool = (promised: readonly Promised[]): string =>
  [...Map.groupBy(promised, (each) => poolKey(each)).values()].flatMap((own) => {
    const [first] = own;
    return first === undefined ? [] : [`${poolName(first)}: ${plural(own.reduce(packsOf, 0), 'pack')} of ${plural(new Set(own.map(({ siteId }) => siteId)).size, 'site')}`];
  }).sort().join('; ');

/**
 * What a reader of the run is told of promises: pools in which sites keep more than their share, which no debt makes up later, and, after
 * a cut, what the other choice of `keep` would free.
 */
export const promisesInWords = (
  { supply }: RunInputs, { awards }: Allocated, keep: Keep, { pointer, promised }: { readonly pointer: Pointer | undefined; readonly promised: readonly Promised[] },
): string[] => {
  const kept = supply.flatMap((line) => {
    const own = awards.filter((award) => poolKey(award) === poolKey(line) && isAllPromised(award));
    const packs = own.reduce((sum, award) => sum + award.packs, 0);
    return own.length === 0 ? [] : [`${poolName(line)}: ${plural(own.length, 'site')} had ${plural(packs, 'pack')} promised before, more than the share of this run, and ${own.length === 1 ? 'keeps' : 'keep'} them. That is owed by nobody in later weeks.`];
  });
  const free = promised.filter(({ kind }) => kind === 'accepted');
  const isCut = pointer?.held !== undefined && free.length > 0;
  if (!isCut) return kept;
  const freePacks = plural(free.reduce(packsOf, 0), 'pack');
  const choice = keep === 'accepted'
    ? `Supply was cut, and this draft keeps ${freePacks} that sites accepted and did not order. A draft with keep "ordered" takes them back and shares them out again: draft both and compare them.`
    : `Supply was cut, and this draft takes back ${freePacks} that sites accepted and did not order, in every pool of the week and not only where supply was cut (${byPool(free)}). ` +
      `What they are offered again, the same or not, they must accept anew. A draft with keep "accepted" leaves them: draft both and compare them.`;
  return [choice, ...kept];
};

import { poolKey, type RunInputs } from './domain/inputs.ts';
import type { Allocated } from './domain/allocation.ts';
import type { Keep } from './domain/keeps.ts';
import { plural, poolName } from './domain/words/words.ts';
import type { Promised } from './promised.ts';
import type { Vials } from './promised-vials.ts';

/** Awards that are a promise and nothing else: the site's share of what there is now would be less. */
const isAllPromised = ({ explanation }: Allocated['awards'][number]): boolean => explanation.some(({ kind, micro }) => kind === 'fixed' && micro > 0);

const packsOf = (sum: number, { packs }: Promised): number => sum + packs;

/** What ends with a run: packs it takes back, vials out of those, and vials that no run keeps. */
interface Ends {
  readonly takenBack: readonly Promised[];
  readonly endedVials: readonly Vials[];
  readonly unanswered: readonly Vials[];
}

/** How many packs of which pool, and of how many sites. */
const byPool = (promised: readonly Promised[]): string =>
  [...Map.groupBy(promised, (each) => poolKey(each)).values()].flatMap((own) => {
    const [first] = own;
    return first === undefined
      ? []
      : [`${poolName(first)}: ${plural(own.reduce(packsOf, 0), 'pack')} of ${plural(new Set(own.map(({ siteId }) => siteId)).size, 'site')}`];
  }).sort().join('; ');

/** `12 doses that 2 sites took`. */
const vialsInWords = (vials: readonly Vials[]): string =>
  `${plural(vials.reduce((sum, { doses }) => sum + doses, 0), 'dose')} that ${plural(new Set(vials.map(({ siteId }) => siteId)).size, 'site')} took`;

/** Vials that no publication keeps, whatever else it does: they end with it, or ended when their hub's time to answer was over. */
const unansweredInWords = (vials: readonly Vials[]): string[] =>
  vials.length === 0
    ? []
    : [
        `It does not keep ${vialsInWords(vials)} by the vial before their hub answered for the packs they come out of: ` +
          'what they are offered again they must accept anew.',
      ];

/** Of a draft with keep "ordered": what it takes back and where, so that sites must accept anew; or that nothing has to be. */
const takenInWords = ({ takenBack, endedVials, unanswered }: Ends): string => {
  const others = unanswered.length === 0 ? '' : ', but for vials that no hub has answered for';
  if (takenBack.length === 0)
    return `It takes nothing back: of no product is more promised than there is supply left, so what sites accepted stays theirs${others}.`;
  const vials = endedVials.length === 0 ? '' : ` With them end ${vialsInWords(endedVials)} of them by the vial.`;
  return (
    `Supply was cut below what is promised. This draft takes back what sites accepted and did not order where that is so: ${byPool(takenBack)}.${vials} ` +
    `What they are offered again, the same or not, they must accept anew. What was accepted of everything else stays${others}.`
  );
};

/**
 * What a reader of the run is told of promises: what the run takes back after a cut, and pools in which sites keep more than their share,
 * which no debt makes up later.
 */
export const promisesInWords = (
  { supply }: RunInputs,
  { awards }: Allocated,
  keep: Keep,
  ends: Ends,
): string[] => {
  const kept = supply.flatMap((line) => {
    const own = awards.filter((award) => poolKey(award) === poolKey(line) && isAllPromised(award));
    const packs = own.reduce((sum, award) => sum + award.packs, 0);
    return own.length === 0
      ? []
      : [
          `${poolName(line)}: ${plural(own.length, 'site')} had ${plural(packs, 'pack')} promised before, more than the share of this run, and ${own.length === 1 ? 'keeps' : 'keep'} them. That is owed by nobody in later weeks.`,
        ];
  });
  return [...(keep === 'ordered' ? [takenInWords(ends)] : []), ...unansweredInWords(ends.unanswered), ...kept];
};

import { nodesOf } from './policy-rules.ts';
import { doses } from './words.ts';
import type { Award, CeilingRule, Leftover } from './allocation.ts';
import type { Policy } from './policy.ts';

const CAP_WORDS: Readonly<Record<CeilingRule, string>> = {
  request: 'has what it asked for, in whole packs',
  throughput: 'held to what it can give',
  storage: 'storage is full',
  'shared-storage': 'storage is full, shared with other products',
  'no-receiving-day': 'cannot receive in the week',
  'beyond-use': 'no more can be used in time',
  'days-of-stock': 'has enough stock',
  'share-of-supply': 'reached the largest share of supply',
  suspended: 'suspended',
  supply: 'has all there is',
  fixed: 'already ordered or promised',
  'use-it-or-lose-it': 'held to what it has shown it gives',
  'smallest-clinic': 'less than the smallest clinic it runs',
};

const carried = (micro: number): string =>
  micro > 0 ? `; ${doses(micro)} owed next week` : micro < 0 ? `; ${doses(micro)} counted against it next week` : '';

/**
 * What decided an award, in a few words. A fair share that became whole packs is told with what earlier weeks owed: beside that the
 * award lies above or below its fair share, and "rounded" alone would mislead.
 */
export const whyInBrief = (award: Award, policy?: Policy): string => {
  const lines = award.explanation;
  const override = lines.find((line) => line.kind === 'override');
  if (override) return `decided by a person: ${override.reason}`;
  if (award.packs === 0 && award.requestDoses > 0 && award.requestDoses < award.packDoses) return 'asked for less than a pack';
  const none = lines.find((line) => line.kind === 'no-weight');
  if (none) return none.weights.length === 0 ? 'no stage in force is for its group' : `nothing to share by: it has no ${none.weights.join(', ')} on record`;
  const bound = lines.find((line) => line.kind === 'cap' || line.kind === 'group-limit');
  if (bound?.kind === 'cap') return CAP_WORDS[bound.rule];
  const title = (id: string) => (policy && nodesOf(policy.tree).find((node) => node.id === id)?.title) ?? id;
  const inFull = bound?.kind === 'group-limit' ? `its group, ${title(bound.node)}, is full` : 'its fair share';
  const old = lines.find((line) => line.kind === 'debt-brought')?.micro ?? 0;
  const rounding = lines.find((line) => line.kind === 'rounding');
  const past = old === 0 ? '' : old > 0 ? ` and ${doses(old)} owed from before` : ` less ${doses(old)} it was ahead`;
  const packs = rounding === undefined && old === 0 ? '' : ', in whole packs';
  return `${inFull}${past}${packs}${rounding === undefined ? '' : carried(rounding.carriedMicro)}`;
};

const LEFT_WORDS: Readonly<Record<Leftover['reason'], string>> = {
  'every-ceiling-reached': 'every site has all it may take',
  'reserve-held': 'held in a reserve',
  'no-stage-places-the-rest': 'no stage of the policy places the rest',
  none: '',
  'no-combination-fits': 'no combination of packs fits',
};
/** Why packs of a pool stay in supply, in a few words; empty when none do. */
export const leftInBrief = (reason: Leftover['reason']): string => LEFT_WORDS[reason];

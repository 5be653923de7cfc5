import { nodesOf } from '../policy/policy-rules.ts';
import { isHubNode } from '../tree.ts';
import { doses, isUnderPack, plural, requestIsOf } from './words.ts';
import { noHubInBrief } from './hub.ts';
import type { Award, CeilingRule, Leftover, LeftReason } from '../allocation.ts';
import type { RequestIs } from '../inputs.ts';
import type { Policy } from '../policy/policy.ts';

const REQUEST_WORDS: Readonly<Record<RequestIs | 'asked', string>> = {
  asked: 'has what it asked for, in whole packs',
  due: 'asked for none; has packs for its second doses due',
  withdrawn: 'withdrew its request; keeps what is promised',
  answer: 'has what it took of its offers of this week',
  promised: 'has what is promised to it',
};
const CAP_WORDS: Readonly<Record<Exclude<CeilingRule, 'request'>, string>> = {
  throughput: 'held to what it can give',
  storage: 'storage is full',
  'shared-storage': 'storage is full, shared with other products',
  'no-receiving-day': 'cannot receive in the week',
  'beyond-use': 'no more can be used in time',
  'vials-beyond-use': 'vials keep there for days only, and no more can be used in them',
  'days-of-stock': 'has enough stock',
  'share-of-supply': 'reached the largest share of supply',
  suspended: 'suspended',
  supply: 'has all there is',
  fixed: 'already ordered or promised',
  'use-it-or-lose-it': 'held to what it has shown it gives',
  'smallest-clinic': 'less than the smallest clinic it runs',
};

/** Whether all it was given is for second doses that fall due. */
const isDueOnly = ({ explanation }: Award): boolean => {
  const given = explanation.filter((line) => line.kind === 'stage' && line.micro > 0);
  return given.length > 0 && given.every((line) => line.kind === 'stage' && line.stageKind === 'second-doses');
};

const carried = (micro: number): string =>
  micro > 0 ? `; ${doses(micro)} owed next week` : micro < 0 ? `; ${doses(micro)} counted against it next week` : '';

/**
 * What decided an award, in a few words. A fair share that became whole packs is told with what earlier weeks owed: beside that the
 * award lies above or below its fair share, and "rounded" alone would mislead.
 */
export const whyInBrief = (award: Award, policy?: Policy): string => {
  const lines = award.explanation.filter((line) => line.kind !== 'request-is');
  const override = lines.find((line) => line.kind === 'override');
  if (override) return `decided by a person: ${override.reason}`;
  const hub = lines.find((line) => line.kind === 'from-hub');
  if (hub) return `${doses(hub.micro)} by the vial from hub ${hub.hub}`;
  const noHub = lines.find((line) => line.kind === 'no-hub');
  if (noHub) return noHubInBrief(noHub);
  const waiting = lines.find((line) => line.kind === 'due-unserved');
  if (waiting) return `no pack for ${plural(waiting.dueDoses, 'second dose')} due from ${waiting.day} on: others come first`;
  if (isUnderPack(award)) return 'asked for less than a pack; to be owed what it cannot get, ask for one at least';
  const none = lines.find((line) => line.kind === 'no-weight');
  if (none)
    return none.weights.length === 0 ? 'no stage in force is for its group' : `nothing to share by: it has no ${none.weights.join(', ')} on record`;
  const bound = lines.find((line) => line.kind === 'cap' || line.kind === 'group-limit');
  if (bound?.kind === 'cap') return bound.rule === 'request' ? REQUEST_WORDS[requestIsOf(award) ?? 'asked'] : CAP_WORDS[bound.rule];
  const title = (id: string) => (policy && nodesOf(policy.tree).find((node) => node.id === id)?.title) ?? id;
  const empty = lines.find((line) => line.kind === 'nothing-left' || line.kind === 'nothing-due');
  if (empty) return empty.kind === 'nothing-left' ? 'nothing was left when its turn came' : 'no second dose of its falls due in time';
  if (lines.length === 0) return 'told with the other packs of the product';
  if (lines.every((line) => line.kind === 'other-packs')) return 'of the share told with the other packs';
  const limit = lines.find((line) => line.kind === 'stage-limit');
  const most = limit && `the most ${policy?.stages.find(({ id }) => id === limit.stage)?.title ?? limit.stage} gives one site`;
  const inFull =
    bound?.kind === 'group-limit'
      ? isHubNode(bound.node) ? 'all that it and the sites it shares packs with may have' : `its group, ${title(bound.node)}, is full`
      : (most ?? (isDueOnly(award) ? 'packs for its second doses due' : 'its fair share'));
  const old = lines.find((line) => line.kind === 'debt-brought')?.micro ?? 0;
  const rounding = lines.find((line) => line.kind === 'rounding');
  const past = old === 0 ? '' : old > 0 ? ` and ${doses(old)} owed from before` : ` less ${doses(old)} it was ahead`;
  const packs = rounding === undefined && old === 0 ? '' : ', in whole packs';
  return `${inFull}${past}${packs}${rounding === undefined ? '' : carried(rounding.carriedMicro)}`;
};

const LEFT_WORDS: Readonly<Record<LeftReason, string>> = {
  'every-ceiling-reached': 'every site has all it may take',
  'reserve-held': 'held in a reserve',
  'set-by-a-person': "a person's decision gave it back",
  'group-maximum': 'a group has reached its most',
  'stage-limit': 'a stage gives one site no more',
  'no-weight': 'sites that asked have nothing on record to share by',
  'no-stage-places-the-rest': 'no stage of the policy places the rest',
  'due-served': 'second doses due in time are served, and no other stage places the rest',
  none: '',
  'no-combination-fits': 'no combination of packs fits',
};
/** Why packs of a pool stay in supply, in a few words, with the groups that are full; empty when none do. */
export const leftInBrief = (left: Pick<Leftover, 'reason' | 'besides' | 'nodes'> | undefined, policy?: Policy): string => {
  const title = (id: string) => (policy && nodesOf(policy.tree).find((node) => node.id === id)?.title) ?? id;
  const nodes = (left?.nodes ?? []).map(title).join(', ');
  return [left?.reason ?? 'none', ...(left?.besides ?? [])]
    .map((reason) => (reason === 'group-maximum' && nodes !== '' ? `${nodes}: at the most a group may have` : LEFT_WORDS[reason]))
    .join('; ');
};

/** The public is told no more than the policy says: that a group is full would tell what it got. One sentence stands for all such reasons. */
const PUBLIC_REASONS: readonly LeftReason[] = ['every-ceiling-reached', 'reserve-held', 'no-combination-fits', 'none'];
export const leftInPublic = (reason: LeftReason): string =>
  PUBLIC_REASONS.includes(reason) ? LEFT_WORDS[reason] : 'the policy places no more of it this week';

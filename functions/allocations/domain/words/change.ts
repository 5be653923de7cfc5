import { count, packsInWords, plural, titleOf as groupTitleOf } from './words.ts';
import type { RequestIs } from '../inputs.ts';
import type { Cap, Minimum, Policy } from '../policy/policy.ts';
import type { Effect } from '../explain/what-if.ts';

const titleOf = (policy: Policy | undefined, stage: string): string => policy?.stages.find((item) => item.id === stage)?.title ?? stage;

const groupTitle = (policy: Policy | undefined, node: string): string => (policy === undefined ? node : groupTitleOf(policy, node));

/** Every cap and every minimum: a kind without its name does not compile. */
const CAP_NAMES: { readonly [K in Cap['kind'] | Minimum['kind']]: string } = {
  throughput: 'what it can give in the weeks ahead',
  storage: 'its storage',
  'beyond-use': 'beyond-use time',
  'days-of-stock': 'days of stock',
  'share-of-supply': 'the largest share of supply',
  'use-it-or-lose-it': 'use it or lose it',
  'smallest-clinic': 'the smallest clinic',
  'all-or-nothing': 'all or nothing',
};

/** What stood for a request that was not asked for. */
const INSTEAD_OF: { readonly [K in RequestIs]: (doses: string) => string } = {
  due: (doses) => `none, for which ${doses} second doses due stand`,
  withdrawn: (doses) => `withdrawing its request (${doses} are promised)`,
  answer: (doses) => `taking ${doses} of its offers`,
  promised: (doses) => `less than the ${doses} it was promised`,
};

const changeInWords = ({ change }: Effect, policy: Policy | undefined): string => {
  switch (change.kind) {
    case 'request':
      return `Had it asked for ${count(change.toDoses)} doses instead of ${change.requestIs ? INSTEAD_OF[change.requestIs](count(change.fromDoses)) : count(change.fromDoses)}`;
    case 'supply':
      return `Had the supply been ${plural(change.toPacks, 'pack')} instead of ${count(change.fromPacks)}`;
    case 'cap-lifted':
      return `Without the limit by ${CAP_NAMES[change.rule]}`;
    case 'minimum-lifted':
      return `Without the minimum ${CAP_NAMES[change.rule]}`;
    case 'reserve-off':
      return `Without the reserve "${titleOf(policy, change.stage)}"`;
    case 'old-debt-forgotten':
      return 'Without what rounding owed from earlier weeks';
    case 'weight':
      return `Had its weights (population and the like) been ${count(change.morePercent)} % larger`;
    case 'group-maximum-lifted':
      return `Had its group, ${groupTitle(policy, change.node)}, no maximum`;
    case 'other-minimums-lifted':
      return `Had other groups (${change.nodes.map((node) => groupTitle(policy, node)).join(', ')}) no minimum`;
    case 'stage-limit-lifted':
      return `Had ${titleOf(policy, change.stage)} no limit for one site`;
    case 'not-suspended':
      return 'Were it not suspended';
    case 'more-due':
      return `Had ${plural(change.toDoses, 'second dose')} of its been due instead of ${count(change.fromDoses)}`;
    case 'override-lifted':
      return `A person set this award (${change.reason}), so nothing else moves it. Without that`;
    case 'any-day':
      return 'Could it take deliveries on any day, and were it never closed';
    case 'nothing-on-hand':
      return `Had it had nothing on hand or on its way instead of ${plural(change.fromDoses, 'dose')}`;
  }
};

/** What a change would have done, as a sentence. */
export const effectInWords = (effect: Effect, packDoses?: number, policy?: Policy): string => {
  const { packs, packsAfter } = effect;
  const said = changeInWords(effect, policy);
  if (packsAfter === undefined) return `${said}: the policy's bounds or a person's decision could not be kept.`;
  if (effect.othersPacks !== undefined)
    return `${said}: no difference for it; other sites of the group, which come first, would have ${plural(effect.othersPacks, 'pack')} more.`;
  if (effect.doses !== undefined && effect.dosesAfter !== undefined)
    return effect.doses === effect.dosesAfter
      ? `${said}: no difference.`
      : `${said}: ${plural(effect.dosesAfter, 'dose')} instead of ${count(effect.doses)}.`;
  const after = packDoses === undefined ? plural(packsAfter, 'pack') : packsInWords(packsAfter, packDoses);
  return packsAfter === packs ? `${said}: no difference.` : `${said}: ${after} instead of ${count(packs)}.`;
};

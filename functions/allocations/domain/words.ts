import { formatMicro } from './quantity.ts';
import type { Award, CeilingRule, ExplanationLine } from './allocation.ts';
import type { Policy } from './policy.ts';
import type { Effect } from './what-if.ts';

/** The explanation in a coordinator's words. The data is the explanation; these sentences only say it. */

const doses = (micro: number): string => {
  const text = formatMicro(Math.abs(micro));
  return `${text} ${text === '1' ? 'dose' : 'doses'}`;
};

const CEILING_WORDS: Readonly<Record<CeilingRule, string>> = {
  request: 'what was asked for',
  throughput: 'what the site gives in the weeks ahead',
  storage: 'what its storage can hold',
  'beyond-use': 'what can be used before the vaccine runs out',
  'days-of-stock': 'the days of stock a site may hold, less what is on hand',
  'share-of-supply': 'the largest share of supply one site may have',
  suspended: 'the site is suspended',
  supply: 'all there is',
  fixed: 'what is already ordered or promised',
  'use-it-or-lose-it': 'what it has shown it gives',
  'smallest-clinic': 'that is under its smallest clinic, which it takes whole or not at all',
};

const STAGE_WORDS: Readonly<Record<string, string>> = {
  floors: 'minimum of its group',
  'second-doses': 'second doses falling due',
  tier: 'priority group',
  reserve: 'reserve',
  open: 'open pool',
  returned: 'reserve doses nobody could use, returned to the pool',
};

const debtWords = (micro: number): string => {
  if (micro === 0) return 'nothing is carried to next week';
  return micro > 0 ? `${doses(micro)} are owed to the site next week` : `${doses(micro)} will be set against next week`;
};

/** Use-it-or-lose-it is told with its threshold, and that it punishes no late report. */
const ceilingInWords = (rule: CeilingRule, policy: Policy): string => {
  const cap = policy.caps.find((item) => item.kind === rule);
  if (cap?.kind !== 'use-it-or-lose-it') return CEILING_WORDS[rule];
  const weeks = `in each of the last ${cap.weeks} weeks it gave under ${cap.threshold} of the doses it had`;
  return `${CEILING_WORDS[rule]}; ${weeks}, doses not reported yet counted in (a late report alone lowers nothing)`;
};

/** One line of an award in words. `policy` lends its stages' titles. */
export const lineInWords = (line: ExplanationLine, policy: Policy): string => {
  switch (line.kind) {
    case 'fixed':
      return `${doses(line.micro)} already ordered or promised this week`;
    case 'stage': {
      const title = policy.stages.find((stage) => stage.id === line.stage)?.title ?? line.stage;
      return `${doses(line.micro)} from ${title} (${STAGE_WORDS[line.stageKind] ?? line.stageKind})`;
    }
    case 'whole-packs':
      return `${doses(line.micro)} less, because the pool goes out in whole packs`;
    case 'debt-brought':
      return `${doses(line.micro)} ${line.micro > 0 ? 'owed from earlier weeks' : 'received early in past weeks, taken off'}`;
    case 'rounding':
      return `${doses(line.micro)} ${line.micro > 0 ? 'more' : 'less'} to reach whole packs; ${debtWords(line.carriedMicro)}`;
    case 'override':
      return `${doses(line.micro)} ${line.micro < 0 ? 'less' : 'more'} by decision: ${line.reason}`;
    case 'written-off':
      return `${doses(line.writtenOffMicro)} of rounding debt ended: a debt is at most a pack, and a pool's debts sum to nothing`;
    case 'cap':
      return `no more than ${line.limitDoses} doses: ${ceilingInWords(line.rule, policy)}`;
    case 'hub-shares':
      return `${doses(line.micro)} more, which it takes for other sites and shares with them by the vial`;
    case 'from-hub':
      return `${doses(line.micro)} of this come by the vial from ${line.hub}, not in packs of its own`;
    case 'other-packs':
      return line.micro > 0
        ? `${doses(line.micro)} of the share set out with the packs of ${line.packDoses}`
        : `${doses(line.micro)} of this share come in other packs`;
    case 'group-limit':
      return `the group ${line.node} has reached its most, ${line.limitDoses} doses`;
  }
};

/** An award and its lines in words, first line the award itself. A site left with nothing is told so, and what it may do. */
export const awardInWords = (award: Award, policy: Policy): string[] => {
  const given = `${award.packs} packs of ${award.packDoses} doses = ${award.doses} doses`;
  const head = `${award.siteId}: ${given} of ${award.requestDoses} asked for`;
  const byHub = award.explanation.some((line) => line.kind === 'from-hub');
  const small = award.requestDoses > 0 && award.requestDoses < award.packDoses && !byHub;
  const advice = small ? ['the request is under one pack: ask for a shared pack, a redistribution site or a transfer'] : [];
  return [head, ...award.explanation.map((line) => lineInWords(line, policy)), ...advice];
};

const changeInWords = ({ change }: Effect): string => {
  switch (change.kind) {
    case 'request':
      return `asking for ${change.toDoses} doses instead of ${change.fromDoses}`;
    case 'supply':
      return `a supply of ${change.toPacks} packs instead of ${change.fromPacks}`;
    case 'cap-lifted':
      return `without the cap ${change.rule}`;
    case 'minimum-lifted':
      return `without the minimum ${change.rule}`;
    case 'reserve-off':
      return `without the reserve ${change.stage}`;
    case 'old-debt-forgotten':
      return 'without rounding debt from earlier weeks';
  }
};

/** What a change would have done, in words. */
export const effectInWords = (effect: Effect): string =>
  effect.packsAfter === effect.packs
    ? `${changeInWords(effect)}: no difference (${effect.packs} packs)`
    : `${changeInWords(effect)}: ${effect.packsAfter} packs instead of ${effect.packs}`;

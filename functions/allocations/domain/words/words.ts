import { productOf } from '../../../../shared/codes/products.ts';
import { nodesOf } from '../policy/policy-rules.ts';
import { MICRO, floorDiv } from '../quantity.ts';
import { isHubNode } from '../tree.ts';
import { hubLineInWords } from './hub.ts';
import type { Award, CeilingRule, ExplanationLine } from '../allocation.ts';
import type { RequestIs, RunInputs } from '../inputs.ts';
import type { Policy } from '../policy/policy.ts';

/** The explanation in a coordinator's words, for the API and the command line. The data explains; these sentences only say it. */

/** What a site is called; its id where nobody named it. */
export type NameOf = (siteId: string) => string;
export const namesIn = (inputs: Pick<RunInputs, 'sites'>): NameOf => {
  const names = new Map(inputs.sites.map(({ siteId, name }) => [siteId, name ?? siteId]));
  return (siteId) => names.get(siteId) ?? siteId;
};
const asWritten: NameOf = (siteId) => siteId;

const TENTH = MICRO / 10;
const THOUSANDS = /\B(?=(\d{3})+$)/g;
/** 1170 -> `1,170`. */
export const count = (whole: number): string => String(whole).replace(THOUSANDS, ',');
export const plural = (many: number, one: string): string => `${count(many)} ${one}${many === 1 ? '' : 's'}`;

/** Micro-doses as doses to a tenth, half a tenth away from nought: `1,170`, `12.5`, `under 0.1`. */
export const doses = (micro: number): string => {
  const tenths = floorDiv(Math.abs(micro) + TENTH / 2, TENTH);
  if (tenths === 0 && micro !== 0) return 'under 0.1 doses';
  const rest = tenths % 10;
  return `${count(floorDiv(tenths, 10))}${rest === 0 ? '' : `.${rest}`} ${tenths === 10 ? 'dose' : 'doses'}`;
};

/** `Janssen`; the NDC only where no name is known. */
export const productInWords = (ndc: string): string => productOf(ndc)?.name ?? `NDC ${ndc}`;
/** `2 packs of 1,170`. */
export const packsInWords = (packs: number, packDoses: number): string => `${plural(packs, 'pack')} of ${count(packDoses)}`;

/** A pool as people call it: `Pfizer-BioNTech 12+ (purple), dose 1, packs of 1,170`. */
export const poolName = ({ product, doseNumber, packDoses }: Pick<Award, 'product' | 'doseNumber' | 'packDoses'>): string =>
  `${productInWords(product)}, dose ${doseNumber}, packs of ${count(packDoses)}`;

const CEILING_WORDS: Readonly<Record<CeilingRule, string>> = {
  request: 'what it asked for',
  throughput: 'what it gives in the weeks ahead',
  storage: 'what its storage can still hold',
  'shared-storage': 'what its storage can still hold beside what other products of this week take of it',
  'no-receiving-day': 'it can take a delivery on no day of the week: it receives on none, or is closed',
  'beyond-use': 'what can be used before the vaccine runs out',
  'vials-beyond-use': 'what it gives in the days that its units keep vials out of a hub\'s pack, less what it has',
  'days-of-stock': 'the days of stock it may hold, less what is on hand or on its way',
  'share-of-supply': 'the largest share of supply that one site may have',
  suspended: 'the site is suspended',
  supply: 'all there is',
  fixed: 'what is already ordered or promised',
  'use-it-or-lose-it': 'what it has shown it gives',
  'smallest-clinic': 'its smallest clinic needs more, and it takes that whole or not at all',
};

/** Use-it-or-lose-it is told with its threshold, and that it punishes no late report; days of stock with those on which a site is closed. */
export const ceilingInWords = (rule: CeilingRule, policy: Policy, openDays?: number): string => {
  const cap = policy.caps.find((item) => item.kind === rule);
  if (cap?.kind === 'days-of-stock' && openDays !== undefined)
    return `${CEILING_WORDS[rule]}; of ${plural(cap.days, 'day')} after a delivery it is open on ${count(openDays)}`;
  if (cap?.kind !== 'use-it-or-lose-it') return CEILING_WORDS[rule];
  const weeks = `in each of the last ${cap.weeks} weeks it gave under ${cap.threshold} of the doses it had`;
  return `${CEILING_WORDS[rule]}; ${weeks}, doses not reported yet counted in (a late report alone lowers nothing)`;
};

const STAGE_WORDS: Readonly<Record<string, string>> = {
  floors: 'so that its group has its minimum',
  'second-doses': 'for second doses falling due, in whole packs',
  tier: 'as a priority group',
  reserve: 'from a reserve',
  open: 'as its share of the open pool',
  returned: 'as its share of reserve doses that nobody else could use',
};

const carriedInWords = (micro: number): string => {
  if (micro === 0) return 'nothing is carried to next week';
  return micro > 0 ? `${doses(micro)} are owed to it next week` : `${doses(micro)} will be counted against it next week`;
};

/** What the request of an award is, where it is not what the site asked for. */
export const requestIsOf = ({ explanation }: Pick<Award, 'explanation'>): RequestIs | undefined =>
  explanation.find((line) => line.kind === 'request-is')?.what;

const ASKED_WORDS: Readonly<Record<RequestIs, string>> = {
  due: 'it asked for none',
  withdrawn: 'it withdrew its request',
  answer: 'it declined an offer of this week, or took less of it',
  promised: 'it was promised more than it asked for',
};
/** The same as what an award can be no more than. */
const REQUEST_AS_LIMIT: Readonly<Record<RequestIs, string>> = {
  due: 'whole packs for its second doses due, as it asked for none',
  withdrawn: 'what is promised to it, as it withdrew its request',
  answer: 'what it took of its offers of this week',
  promised: 'what is promised to it',
};
const requestInWords = (what: RequestIs, requestDoses: number): string => {
  const many = `${plural(requestDoses, 'dose')} ${requestDoses === 1 ? 'stands' : 'stand'} for its request: `;
  return `${many}${what === 'due' ? 'its second doses due by the end of the week, in whole packs' : what === 'answer' ? 'no more than it took is offered again' : 'what is already promised to it'}.`;
};

/** What a group of the policy's tree is called. */
export const titleOf = (policy: Policy, id: string): string => nodesOf(policy.tree).find((node) => node.id === id)?.title ?? id;

const stageTitle = (policy: Policy, id: string): string => policy.stages.find((stage) => stage.id === id)?.title ?? id;

/** One line of an award as a sentence. `policy` lends its titles; `what`: what its request is, where that is not what it asked for. */
const lineInWords = (line: ExplanationLine, policy: Policy, nameOf: NameOf, what: RequestIs | undefined): string => {
  switch (line.kind) {
    case 'fixed':
      return line.promisedDoses !== undefined
        ? `Of its award ${doses(line.promisedDoses * MICRO)} are already ordered or promised this week and stay.`
        : `${doses(line.micro)} are already ordered or promised this week and stay.`;
    case 'request-is':
      return requestInWords(line.what, line.doses);
    case 'stage':
      return `${doses(line.micro)} ${STAGE_WORDS[line.stageKind] ?? line.stageKind}: ${stageTitle(policy, line.stage)}.`;
    case 'whole-packs':
      return line.micro > 0
        ? `${doses(line.micro)} more, which nobody asked for: what it and the sites that share with it asked for is rounded up to whole packs, and what is over stays with it.`
        : `${doses(line.micro)} less, because the last doses shared out do not fill a pack.`;
    case 'debt-brought':
      return line.micro > 0
        ? `${doses(line.micro)} more, owed to it from earlier weeks.`
        : `${doses(line.micro)} less, because packs put it ahead by that in earlier weeks.`;
    case 'rounding':
      return `${doses(line.micro)} ${line.micro > 0 ? 'more' : 'less'}, because packs are not opened; ${carriedInWords(line.carriedMicro)}.`;
    case 'override':
      return line.micro === 0
        ? `Left as it is by a person's decision: ${line.reason}.`
        : `${doses(line.micro)} ${line.micro < 0 ? 'less' : 'more'} by a person's decision: ${line.reason}.`;
    case 'written-off':
      return line.writtenOffMicro > 0
        ? `${doses(line.writtenOffMicro)} of what it was owed end here: what rounding owes is at most a pack and sums to nothing over all sites.`
        : `${doses(line.writtenOffMicro)} of what was counted against it end here: what rounding owes sums to nothing over all sites.`;
    case 'cap':
      return `It can have no more than ${doses(line.limitDoses * MICRO)}: ${line.rule === 'request' && what ? REQUEST_AS_LIMIT[what] : ceilingInWords(line.rule, policy, line.openDays)}.`;
    case 'no-weight':
      return line.weights.length === 0
        ? 'No stage of the policy that is in force this week is for its group.'
        : `Nothing is shared out to it: the policy shares by ${line.weights.join(', ')}, and it has none on record.`;
    case 'stage-limit':
      return `It has the most that ${stageTitle(policy, line.stage)} gives one site: ${doses(line.limitDoses * MICRO)}.`;
    case 'others-minimum':
      return `Minimums of other groups come first: ${line.nodes.map((node) => titleOf(policy, node)).join(', ')} ${line.nodes.length === 1 ? 'is' : 'are each'} at the least.`;
    case 'guarantee-kept':
      return `The guarantee ${stageTitle(policy, line.stage)} is kept in whole packs, ${doses(line.limitDoses * MICRO)}, before others are rounded.`;
    case 'nothing-left':
      return 'Nothing was left when its turn came: what stages gave others before it was all there is.';
    case 'nothing-due':
      return 'The policy shares these doses by second doses falling due, and none of its fall due in time.';
    case 'due-unserved': {
      const after = line.after.length === 0 ? '' : `, after what comes before them (${line.after.map((id) => stageTitle(policy, id)).join(', ')})`;
      return `${plural(line.dueDoses, 'second dose')} of its, due from ${line.day} on, get no pack: packs go to the doses due earliest, and of one day to those that serve the most${after}.`;
    }
    case 'hub-shares':
    case 'from-hub':
    case 'no-hub':
      return hubLineInWords(line, nameOf, doses);
    case 'other-packs':
      return line.micro > 0
        ? `${doses(line.micro)} of the share that is set out with the packs of ${count(line.packDoses)}.`
        : `${doses(line.micro)} of this share come in other packs.`;
    case 'group-limit':
      if (isHubNode(line.node))
        return `All that it and the sites that share by the vial with it may have in whole packs is used up: ${doses(line.limitDoses * MICRO)}.`;
      if (line.limitDoses === 0) return `Its group, ${titleOf(policy, line.node)}, may have less than one pack this week, and packs are not opened.`;
      return `Its group, ${titleOf(policy, line.node)}, has reached its most: ${doses(line.limitDoses * MICRO)}.`;
  }
};

const CANNOT_TAKE: readonly CeilingRule[] = ['suspended', 'no-receiving-day'];
/**
 * Whether a site got nothing for asking for less than a pack: not if it asked for none, can take none, has second doses due that others' come before, or
 * a person decided it.
 */
export const isUnderPack = ({ packs, packDoses, requestDoses, explanation }: Award): boolean =>
  packs === 0 &&
  requestDoses > 0 &&
  requestDoses < packDoses &&
  !explanation.some(
    (line) =>
      line.kind === 'override' ||
      line.kind === 'request-is' ||
      line.kind === 'due-unserved' ||
      line.kind === 'no-hub' ||
      (line.kind === 'cap' && CANNOT_TAKE.includes(line.rule)),
  );

/**
 * An award and its lines in sentences, the first being the award itself. Amounts are to a tenth of a dose; the lines as data add up to
 * the millionth. A site left with nothing is told so, and what it may do.
 */
export const awardInWords = (award: Award, policy: Policy, nameOf: NameOf = asWritten): string[] => {
  const { packs, packDoses, requestDoses } = award;
  const of = `of ${productInWords(award.product)}, dose ${award.doseNumber}`;
  const what = requestIsOf(award);
  const hub = award.explanation.find((line) => line.kind === 'from-hub');
  const byVial = hub && `${hub.micro === 0 ? 'nothing' : doses(hub.micro)} by the vial from ${nameOf(hub.hub)}`;
  const whole = packs === 0 ? `nothing in packs of ${count(packDoses)}` : `${packsInWords(packs, packDoses)} = ${doses(award.doses * MICRO)}`;
  const head = `${nameOf(award.siteId)}: ${byVial ?? whole} ${of}; ${what === undefined ? `it asked for ${requestDoses === 0 ? 'none' : count(requestDoses)}` : ASKED_WORDS[what]}.`;
  const isSmall = byVial === undefined && isUnderPack(award);
  const advice = isSmall
    ? [
        'The request is under one pack: ask for at least one (what of its share it cannot get this week is owed to it), or for a shared pack, a redistribution site or a transfer.',
      ]
    : [];
  return [head, ...award.explanation.map((line) => lineInWords(line, policy, nameOf, what)), ...advice];
};

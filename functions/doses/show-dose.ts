import type { DoseItem, DoseJudgement } from '../../shared/published/dose.ts';
import { doseIdOf } from '../../shared/published/dose-keys.ts';
import { isDateImpossible } from '../../shared/published/source-class.ts';
import { decrementReasons, type DecrementReason } from './domain/decrement.ts';
import { listedSiteOf } from './domain/dose-facts.ts';
import { isGiven } from './domain/same-dose/pair-facts.ts';
import { validityWords } from './domain/validity/validity-of-dose.ts';
import { fromDose } from './domain/worklist.ts';

const explanationOf = ({ kind, why }: DoseItem['decrement']): string =>
  kind === 'matched' ? 'one dose was taken from its account' : (decrementReasons[why as DecrementReason] ?? kind);

const ruleWords: Readonly<Record<string, string>> = {
  decided: 'a person decided so',
  'same-id': 'both name the event by the same id',
  'told-apart': 'one message tells two doses apart',
  'perhaps-repeated': 'one message tells of it twice, at another place of the body or another way',
  repeated: 'one message tells of it twice',
  'told-and-given': 'one was told by who gave it, the other as history of the same day or the next',
  'told-twice': 'both tell history of the same day or the next',
  'given-twice-by-one-sender': 'one sender told twice of a dose of the same day',
  'given-by-two-senders': 'two senders both say that they gave it that day',
  'two-on-one-day': 'two doses of one vaccine group were given the same day, of another lot or product',
  scored: 'by weight of days, vaccine, lot, product and source',
};

/** Why two reports are thought to tell one dose, in words. */
export const judgementWords = ({ outcome, counts, rule, score, reasons }: DoseJudgement): string =>
  `${outcome === 'same' ? 'the same dose' : 'perhaps the same dose'}, counted ${counts === 'once' ? 'once' : 'twice for now'}: ${ruleWords[rule] ?? rule}${score === undefined ? '' : ` (${score})`}${reasons.length === 0 ? '' : `; ${reasons.join(', ').replaceAll('-', ' ')}`}`;

/** A dose as answers show it. Of another report only that there is one: whose it is, is not for a site to know. */
export const shownDose = (dose: DoseItem) => ({
  ...dose,
  ...fromDose(dose),
  doseId: doseIdOf(dose),
  decrement: { ...dose.decrement, explanation: explanationOf(dose.decrement) },
  counted: isGiven(dose) && dose.witnessOf === undefined && !isDateImpossible(dose),
  ...(dose.judged === undefined ? {} : { likeness: { outcome: dose.judged.outcome, counts: dose.judged.counts, rule: dose.judged.rule } }),
  validity: (dose.validity ?? []).map((fact) => ({ fact, explanation: validityWords[fact] })),
});

/** The same for people of the organization that told it: the site at which it was told, when it is none of theirs, is somebody else's; the facility is as they sent it. */
export const shownToItsOwn = ({ siteId, ...dose }: DoseItem) =>
  shownDose(siteId === undefined || listedSiteOf(dose) === undefined ? dose : { ...dose, siteId });

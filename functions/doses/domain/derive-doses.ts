import { canonicalJson } from '../../../shared/kernel/ids.ts';
import type { DoseItem } from '../../../shared/published/dose.ts';
import { doseIdOf } from '../../../shared/published/dose-keys.ts';
import { withLink } from './dose-facts.ts';
import { judgeDoses } from './same-dose/judge-doses.ts';
import { isGiven } from './same-dose/pair-facts.ts';
import { shortIntervals } from './validity/short-intervals.ts';
import { withFact } from './validity/validity-of-dose.ts';

/** The dose with its validity facts; none is no field. */
export const withValidity = ({ validity: _, ...dose }: DoseItem, validity: NonNullable<DoseItem['validity']>): DoseItem =>
  validity.length === 0 ? dose : { ...dose, validity };

/** What a dose says of itself only because of the other doses of its person. */
export const derivedOf = ({ witnessOf, judged, validity }: DoseItem): string =>
  canonicalJson([witnessOf, judged, validity?.includes('interval-short') === true]);

/**
 * Every dose of a person with what follows from all of them together: which reports tell one dose, which one is kept, and which doses came
 * too early. The same doses always give the same result, so it may be worked out again at any time.
 */
export const deriveDoses = (doses: readonly DoseItem[]): DoseItem[] => {
  const links = judgeDoses(doses);
  const linked = doses.map((dose) => (isGiven(dose) ? withLink(dose, links.get(doseIdOf(dose)) ?? {}) : dose));
  const short = shortIntervals(linked.filter((dose) => isGiven(dose) && dose.witnessOf === undefined));
  return linked.map((dose) =>
    isGiven(dose) ? withValidity(dose, withFact(dose.validity ?? [], 'interval-short', short.has(doseIdOf(dose)))) : dose,
  );
};

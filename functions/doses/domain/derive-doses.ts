import { canonicalJson } from '../../../shared/kernel/ids.ts';
import type { DoseItem, DoseJudgement } from '../../../shared/published/dose.ts';
import { doseIdOf } from '../../../shared/published/dose-keys.ts';
import { isOwnAffair } from './as-told.ts';
import { withLink } from './dose-facts.ts';
import { judgeDoses, type DoseLink } from './same-dose/judge-doses.ts';
import { decidedRule } from './same-dose/judge-pair.ts';
import { isGiven } from './same-dose/pair-facts.ts';
import { shortIntervals } from './validity/short-intervals.ts';
import { withFact } from './validity/validity-of-dose.ts';

/** The dose with its validity facts; none is no field. */
export const withValidity = ({ validity: _, ...dose }: DoseItem, validity: NonNullable<DoseItem['validity']>): DoseItem =>
  validity.length === 0 ? dose : { ...dose, validity };

/**
 * How a dose stands to the others that its own organization told, whoever else told any: counted for one of them, or beside one. Worked out
 * once for all doses of an organization; where nobody else told any, it is what is known of all.
 * @param doses every dose of the person, with what follows from all of them
 */
export const amongItsOwn = (doses: readonly DoseItem[]): ((dose: DoseItem) => DoseJudgement['counts'] | undefined) => {
  const known = new Map<string, ReadonlyMap<string, DoseLink>>();
  const linkOf = (dose: DoseItem): DoseLink | undefined => {
    const own = doses.filter(({ organizationId }) => organizationId === dose.organizationId);
    if (own.length === doses.length) return dose;
    const links = known.get(dose.organizationId) ?? judgeDoses(own);
    known.set(dose.organizationId, links);
    return links.get(doseIdOf(dose));
  };
  return (dose) => {
    const link = linkOf(dose);
    return link !== undefined && (isOwnAffair(link) || link.judged?.rule === decidedRule) ? link.judged?.counts : undefined;
  };
};

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

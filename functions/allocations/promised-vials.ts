import { isByVial, type AwardItem, type ByVialAward } from '../../shared/published/award.ts';
import { promisedStates, type Promised } from './promised.ts';

/** Doses of a week that a site was offered, or took, by the vial out of its hub's packs. */
export interface Vials {
  readonly siteId: string;
  readonly awardId: string;
  readonly week: string;
  readonly hub: string;
  readonly product: string;
  readonly doseNumber: number;
  readonly packDoses: number;
  readonly doses: number;
}

const vialsOf = (award: ByVialAward): Vials => {
  const { siteId, awardId, week, ndc: product, doseNumber, packDoses, byVial, acceptedDoses, doses } = award;
  return { siteId, awardId, week, hub: byVial.hub, product, doseNumber, packDoses, doses: acceptedDoses ?? doses };
};

/** Doses that awards of a hub hold, of what is promised. */
const heldIn = (awardIds: readonly string[], hub: string, promised: readonly Promised[]): number =>
  promised
    .filter(({ siteId, awardId }) => siteId === hub && awardIds.includes(awardId))
    .reduce((sum, { packs, packDoses }) => sum + packs * packDoses, 0);

/**
 * Vials that sites took and that their hub's promised packs still hold. Where a hub's packs are not promised any more (it declined, its
 * order was cancelled, a cut took them back), or are not enough for all who share them, what was taken of them ends whole: so vials
 * promised never exceed the packs promised, which they are inside of.
 */
export const takenVials = (awards: readonly AwardItem[], promised: readonly Promised[]): Vials[] =>
  awards
    .filter(isByVial)
    .filter(({ state, byVial: { outOf, hub, leastDoses } }) => promisedStates.includes(state) && heldIn(outOf, hub, promised) >= leastDoses)
    .map(vialsOf)
    .filter(({ doses }) => doses > 0);

/** Vials of the published run that nobody answered yet. */
export const openVials = (awards: readonly AwardItem[], runId: string | undefined): Vials[] =>
  awards.filter(isByVial).filter((award) => award.state === 'offered' && award.runId === runId).map(vialsOf);

/**
 * Vials that sites took before their hub answered for all the packs they come out of: they stand while those are on offer, so publishing
 * another run ends them; where the hub's time to answer is over they have ended already. `runId`: the published run.
 */
export const unansweredVials = (awards: readonly AwardItem[], promised: readonly Promised[], runId: string | undefined): Vials[] => {
  const onOffer = ({ hub, outOf }: ByVialAward['byVial']): number =>
    awards
      .filter(({ siteId, awardId, state, runId: of }) => siteId === hub && outOf.includes(awardId) && state === 'offered' && of === runId)
      .reduce((sum, { doses }) => sum + doses, 0);
  return awards
    .filter(isByVial)
    .filter(({ state, byVial }) => {
      const held = heldIn(byVial.outOf, byVial.hub, promised);
      return promisedStates.includes(state) && held < byVial.leastDoses && held + onOffer(byVial) >= byVial.leastDoses;
    })
    .map(vialsOf)
    .filter(({ doses }) => doses > 0);
};

import { awardKey, type AwardItem, type ByVialAward } from '../../shared/published/award.ts';
import type { Award } from './domain/allocation.ts';
import type { RunAward, RunItem } from './schemas-run-items.ts';

/** Engine award -> stored award. */
export const storedAward = ({ product: ndc, explanation, ...award }: Award, words: string[]): RunAward => ({
  ...award,
  ndc,
  explanation: [...explanation],
  words,
});

/** The offer of doses that come by the vial, out of awards of the site's hub. */
export const vialOfferOf = (
  award: RunAward,
  doses: number,
  byVial: ByVialAward['byVial'],
  run: Pick<RunItem, 'runId' | 'week'>,
  awardId: string,
): AwardItem => ({ ...offerOf({ ...award, packs: 0 }, 0, run, awardId), doses, byVial });

/** The offer of a run at a site, under the key that names the run. */
export const offerOf = (award: RunAward, fixedPacks: number, run: Pick<RunItem, 'runId' | 'week'>, awardId: string): AwardItem => {
  const packs = award.packs - fixedPacks;
  const name = { week: run.week, ndc: award.ndc, doseNumber: award.doseNumber, packDoses: award.packDoses, runId: run.runId };
  return {
    ...awardKey(award.siteId, name), ...name, type: 'award', schema: 1, version: 1, awardId, siteId: award.siteId,
    packs, doses: packs * award.packDoses, state: 'offered', channel: 'jurisdiction',
  };
};

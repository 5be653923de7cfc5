import type { AwardState, WeekPointer } from '../../../shared/published/award.ts';

/** An award as its item is stored; the week's pointer and the clock say what it is now. */
interface Stored {
  readonly state: AwardState;
  readonly runId: string;
  readonly awardId: string;
}

/** Why the packs that doses come out of by the vial are not the hub's any more. */
export type HubEnd = 'declined' | 'lapsed' | 'cut' | 'cancelled';
const HUB_END: { readonly [K in HubEnd]: string } = {
  declined: 'declined the packs they come out of',
  lapsed: 'did not take the packs they come out of in time, or a newer run of the week was published before it did',
  cut: 'lost the packs they come out of to a cut of supply',
  cancelled: 'does not get the packs they come out of: its order was cancelled',
};
export const hubEndInWords = (hub: string, end: HubEnd): string => `These doses ended: ${hub}, the hub of this site, ${HUB_END[end]}.`;

/** What an award by the vial is now: it stands while its hub holds the packs, whatever a cut took back of other awards. */
export const vialStandingOf = (stored: Stored, hubHolds: boolean, pointer: WeekPointer | undefined, now: string, answerBy: string): AwardState => {
  if (stored.state === 'offered') return hubHolds ? standingOf(stored, pointer, now, answerBy) : 'lapsed';
  return stored.state === 'declined' || hubHolds ? stored.state : 'withdrawn';
};

/** What is told of an offer that a newer run of its week replaced: no offer of the old run can be answered any more. */
export const replacedInWords = ({ state, runId }: Pick<Stored, 'state' | 'runId'>, pointer: WeekPointer | undefined): string[] =>
  state === 'offered' && pointer !== undefined && pointer.runId !== runId
    ? [`It lapsed when a newer run of the week was published (${pointer.runId}): look at that run's offers.`]
    : [];

/** What a site is told of what it accepted and a cut of supply took back. */
export const withdrawnInWords = 'These doses ended: a cut of supply took back what was accepted of them and not ordered yet.';

/**
 * What an award is now. An offer lapses when its time is over or another run of the week was published; an accepted award that was not
 * ordered is withdrawn when a run was published that took it back after a cut of supply. One write of the pointer does it for thousands of sites.
 * `answerBy`: the instant until which offers may be answered.
 */
export const standingOf = ({ state, runId, awardId }: Stored, pointer: WeekPointer | undefined, now: string, answerBy: string): AwardState => {
  if (state === 'offered') return pointer?.runId !== runId || now >= answerBy ? 'lapsed' : 'offered';
  const isOpen = state === 'accepted' || state === 'reduced';
  return isOpen && (pointer?.revoked ?? []).includes(awardId) ? 'withdrawn' : state;
};

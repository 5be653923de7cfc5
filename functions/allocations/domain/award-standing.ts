import type { AwardState, WeekPointer } from '../../../shared/published/award.ts';

/** An award as its item is stored; the week's pointer and the clock say what it is now. */
interface Stored {
  readonly state: AwardState;
  readonly runId: string;
}

/** What is told of an offer that a newer run of its week replaced: no offer of the old run can be answered any more. */
export const replacedInWords = ({ state, runId }: Stored, pointer: WeekPointer | undefined): string[] =>
  state === 'offered' && pointer !== undefined && pointer.runId !== runId ? [`It lapsed when a newer run of the week was published (${pointer.runId}): look at that run's offers.`] : [];

/**
 * What an award is now. An offer lapses when its time is over or another run of the week was published; an accepted award that was not
 * ordered is withdrawn when a run was published that keeps ordered doses only. One write of the pointer does it for thousands of sites.
 * `answerBy`: the instant until which offers may be answered.
 */
export const standingOf = ({ state, runId }: Stored, pointer: WeekPointer | undefined, now: string, answerBy: string): AwardState => {
  if (state === 'offered') return pointer?.runId !== runId || now >= answerBy ? 'lapsed' : 'offered';
  const isOpen = state === 'accepted' || state === 'reduced';
  return isOpen && (pointer?.revoked ?? []).includes(runId) ? 'withdrawn' : state;
};

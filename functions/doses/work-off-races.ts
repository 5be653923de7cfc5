import { isCrowd } from '../../shared/platform/dynamo.ts';

/** Others wrote first every time: nothing is wrong with what was to be stored, it only has to come later. */
export class LostRace extends Error {
  override name = 'LostRace';
}

export interface RaceOptions {
  /** Whether there is still time for one more try. */
  readonly mayGoOn: () => boolean;
  readonly sleep?: (ms: number) => Promise<void>;
  readonly random?: () => number;
}

const firstPauseMs = 50;
const longestPauseMs = 5_000;
/** Far above what patients who share a key can lose: a key is written by its first thirty records and by none after them. */
const maxTries = 40;

const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
const isLost = (cause: unknown): boolean => cause instanceof LostRace || isCrowd(cause);

/**
 * Runs the works of one invocation, each as soon as it comes. One that loses its race waits for its turn: from then on the losers go one
 * after the other, so that they race only against other invocations, and each is tried, after a pause by chance, until it gets through or
 * `mayGoOn` says no. Any other failure is thrown at once. A work must be one that may be done twice.
 */
export const makeWorkOffRaces = ({ mayGoOn, sleep = wait, random = Math.random }: RaceOptions) => {
  let turn: Promise<unknown> = Promise.resolve();

  const again = async (work: () => Promise<void>, first: unknown): Promise<void> => {
    let cause = first;
    for (let tries = 1; tries < maxTries && mayGoOn(); tries += 1) {
      await sleep(random() * Math.min(longestPauseMs, firstPauseMs * 2 ** (tries - 1)));
      try {
        return await work();
      } catch (next) {
        if (!isLost(next)) throw next;
        cause = next;
      }
    }
    throw cause;
  };

  return async (work: () => Promise<void>): Promise<void> => {
    try {
      await work();
    } catch (cause) {
      if (!isLost(cause)) throw cause;
      const mine = turn.then(() => again(work, cause));
      turn = mine.catch(() => undefined);
      await mine;
    }
  };
};
export type WorkOffRaces = ReturnType<typeof makeWorkOffRaces>;

/** A worker's turn at a run has no time left: it ends with a word to who waits, not with a cut. */
export class OutOfTime extends Error {
  override name = 'OutOfTime';
}

/** One delivery of a run's job: when it was asked for, and whether there is time to go on. */
export interface Turn {
  readonly now: string;
  /** Throws OutOfTime when there is not. */
  check(): void;
}

/** The run's clock: wall time plus an offset, so that 2021 can be replayed with an unchanged bundle. It never stands still. */
export interface Clock {
  /** Milliseconds since the epoch, as the emulated services stamp them. */
  now(): number;
  iso(): string;
  /** Moves the clock to an instant; from there it runs forward with wall time. Throws on a text that is no instant. */
  set(instant: string | number | Date): void;
}

/** A clock at wall time, or at `start` when one is given. */
export const makeClock = (start?: string | number | Date, wall: () => number = Date.now): Clock => {
  let offsetMs = 0;
  const clock: Clock = {
    now: () => wall() + offsetMs,
    iso: () => new Date(clock.now()).toISOString(),
    set: (instant) => {
      const target = new Date(instant).getTime();
      if (Number.isNaN(target)) throw new Error('The clock takes an ISO instant, a Date or milliseconds since the epoch.');
      offsetMs = target - wall();
    },
  };
  if (start !== undefined) clock.set(start);
  return clock;
};

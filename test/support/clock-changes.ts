import type { LocalTime } from '../../infra/config.ts';

const minuteMs = 60_000;
const dayMs = 1_440 * minuteMs;
const years = { from: 2020, to: 2031 } as const;

/** Instants at which the wall clock of the zone shows this day and time: one, or none or two when the clocks change. */
const instantsOf = (clock: Intl.DateTimeFormat, day: number, time: LocalTime): number => {
  const wall = day + (time.hour * 60 + time.minute) * minuteMs;
  const wanted = new Date(wall).toISOString().slice(0, 16);
  const shown = (instant: number): string => clock.format(instant).replace(', ', 'T').replace(' ', 'T');
  // Offsets before and after the night are all that can apply in it.
  const offsets = new Set([wall - dayMs, wall + dayMs].map((instant) => Date.parse(`${shown(instant)}:00Z`) - instant));
  return [...offsets].filter((offset) => shown(wall - offset) === wanted).length;
};

/** Schedules whose time does not come, or comes twice, on some day: `nightly 2021-03-14`. */
export const schedulesThatSlip = (schedules: Readonly<Record<string, LocalTime>>, timeZone: string): string[] => {
  const clock = new Intl.DateTimeFormat('sv-SE', {
    timeZone, year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit', hourCycle: 'h23',
  });
  const slips: string[] = [];
  for (let day = Date.UTC(years.from, 0, 1); day < Date.UTC(years.to, 0, 1); day += dayMs)
    for (const [name, time] of Object.entries(schedules))
      if (instantsOf(clock, day, time) !== 1) slips.push(`${name} ${new Date(day).toISOString().slice(0, 10)}`);
  return slips;
};

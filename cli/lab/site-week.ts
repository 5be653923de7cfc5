import { addDays, daysBetween } from '../../shared/kernel/dates.ts';
import type { LabSite } from './generate-sites.ts';
import { VACCINE_FACTS, VACCINES } from './vaccines.ts';
import type { Vaccine } from './vaccines.ts';

interface DueDoses {
  /** Monday of the week in which they fall due, and of the week of the first doses. */
  readonly week: string;
  readonly firstWeek: string;
  doses: number;
}

type Shelf = Record<Vaccine, number>;

/** A site as the weeks pass: what lies on its shelves, and the second doses it owes. */
export interface SiteState {
  readonly site: LabSite;
  readonly first: Shelf;
  readonly second: Shelf;
  readonly due: Record<Vaccine, DueDoses[]>;
}

const shelf = (): Shelf => ({ pfizer: 0, moderna: 0, janssen: 0 });
export const openSite = (site: LabSite): SiteState => ({
  site,
  first: shelf(),
  second: shelf(),
  due: { pfizer: [], moderna: [], janssen: [] },
});

const DAYS_A_WEEK = 7;
/** The latest day of a second dose, after the first (both vaccines). */
const LATEST_DAYS = 42;

/** Second doses due before a day that are not on the shelf. */
export const lackingBefore = (state: SiteState, vaccine: Vaccine, day: string): number => {
  const due = state.due[vaccine].reduce((sum, row) => (row.week < day ? sum + row.doses : sum), 0);
  return Math.max(0, due - state.second[vaccine]);
};

/** Due second doses less what is on the shelf, earliest served first: what the engine is told. */
export const dueBeyondShelf = (state: SiteState, vaccine: Vaccine): { day: string; doses: number }[] => {
  let onShelf = state.second[vaccine];
  return state.due[vaccine].flatMap(({ week, doses }) => {
    const covered = Math.min(onShelf, doses);
    onShelf -= covered;
    return doses > covered ? [{ day: week, doses: doses - covered }] : [];
  });
};

/** Residents of 15 and over who want a dose and have none yet, by town. */
export type Wanting = Map<string, number>;

/** First doses the people a site serves would still take. */
export const wantedAt = ({ serves }: LabSite, wanting: Wanting): number =>
  [...serves].reduce((sum, [town, part]) => sum + part * (wanting.get(town) ?? 0), 0);

const takeFromTowns = ({ serves }: LabSite, wanting: Wanting, doses: number): void => {
  const all = [...serves].reduce((sum, [town, part]) => sum + part * (wanting.get(town) ?? 0), 0);
  if (all === 0) return;
  for (const [town, part] of serves) {
    const left = wanting.get(town) ?? 0;
    wanting.set(town, Math.max(0, left - (doses * part * left) / all));
  }
};

export interface Given {
  first: number;
  second: number;
  /** Second doses that fell due this week and were not there; all that are overdue for want of vaccine; those past day 42. */
  stockOut: number;
  overdue: number;
  pastLatest: number;
  /** Second doses due and on the shelf, but more than the site could give. */
  beyondCapacity: number;
}
export const nothingGiven = (): Given => ({ first: 0, second: 0, stockOut: 0, overdue: 0, pastLatest: 0, beyondCapacity: 0 });

const giveSecond = (state: SiteState, vaccine: Vaccine, week: string, capacity: number, given: Given): number => {
  let left = capacity;
  for (const row of state.due[vaccine]) {
    if (row.week > week) break;
    const there = Math.min(row.doses, state.second[vaccine]);
    const served = Math.min(there, left);
    const lacking = row.doses - there;
    state.second[vaccine] -= served;
    left -= served;
    given.second += served;
    given.beyondCapacity += there - served;
    given.overdue += lacking;
    if (row.week === week) given.stockOut += lacking;
    if (daysBetween(row.firstWeek, week) > LATEST_DAYS) given.pastLatest += lacking;
    row.doses -= served;
  }
  state.due[vaccine] = state.due[vaccine].filter(({ doses }) => doses > 0);
  return left;
};

/** One site's week: due second doses, earliest first; then first doses, as far as shelves, staff and people go. Adds to `given`. */
export const giveDoses = (state: SiteState, week: string, wanting: Wanting, given: Given): void => {
  let capacity = state.site.weeklyDoses;
  for (const vaccine of VACCINES) capacity = giveSecond(state, vaccine, week, capacity, given);
  for (const vaccine of VACCINES) {
    const doses = Math.min(state.first[vaccine], capacity, Math.floor(wantedAt(state.site, wanting)));
    if (doses === 0) continue;
    state.first[vaccine] -= doses;
    capacity -= doses;
    given.first += doses;
    takeFromTowns(state.site, wanting, doses);
    const after = VACCINE_FACTS[vaccine].secondAfterWeeks;
    if (after !== undefined) state.due[vaccine].push({ week: addDays(week, after * DAYS_A_WEEK), firstWeek: week, doses });
  }
};

import { createHash } from 'node:crypto';
import type { Stage } from '../../functions/allocations/domain/policy/policy.ts';

/** Second doses and dated stages for the oracle, one pack and one day at a time: slow, plain, and by no road of the engine's. */
export interface DueSite {
  readonly id: string;
  readonly due: readonly { readonly day: string; readonly doses: number }[];
  /** The most packs every cap but the request allows. */
  readonly most: number;
  readonly debt: number;
}

const dayAfter = (day: string, days: number): string => new Date(Date.parse(day) + days * 86_400_000).toISOString().slice(0, 10);

/** Whether a stage is of this dose number and has one of the week's seven days. */
export const runsIn = (stage: Stage, week: string, doseNumber: number): boolean => {
  if (stage.doseNumbers && !stage.doseNumbers.includes(doseNumber)) return false;
  if (stage.kind === 'second-doses' && doseNumber === 1) return false;
  if (stage.kind !== 'tier') return true;
  const days = [0, 1, 2, 3, 4, 5, 6].map((by) => dayAfter(week, by));
  return days.some((day) => (stage.from ?? day) <= day && (stage.to === undefined || day < stage.to));
};

interface PackNeeded {
  readonly site: DueSite;
  readonly day: string;
  readonly served: number;
  /** Its place among the site's packs of the same day and use, and how many they are: turns go to the lesser (2 place - 1) / count. */
  place: number;
  count: number;
}

const packsOf = (site: DueSite, pack: number, end: string): PackNeeded[] => {
  const people = site.due.filter(({ day }) => day < end).flatMap(({ day, doses }) => Array<string>(doses).fill(day)).sort();
  const packs: PackNeeded[] = [];
  for (let from = 0; from < people.length && packs.length < site.most; from += pack) {
    const served = people.slice(from, from + pack);
    packs.push({ site, day: served[0] ?? '', served: served.length, place: 0, count: 0 });
  }
  for (const needed of packs) {
    const alike = packs.filter(({ day, served }) => day === needed.day && served === needed.served);
    needed.place = alike.indexOf(needed) + 1;
    needed.count = alike.length;
  }
  return packs;
};

const ticket = (week: string, id: string): string => createHash('sha256').update(`${week} ${id}`).digest('hex');

/** Asks for every pack in the order of its urgency; a site refused once asks no more. `give` takes doses, and says whether it gave. */
export const servePacks = (
  sites: readonly DueSite[], pack: number, week: string, withinWeeks: number, give: (site: DueSite, doses: number) => boolean,
): void => {
  const queue = sites.flatMap((site) => packsOf(site, pack, dayAfter(week, withinWeeks * 7)));
  queue.sort((a, b) => {
    if (a.day !== b.day) return a.day < b.day ? -1 : 1;
    if (a.served !== b.served) return b.served - a.served;
    const turn = (2 * a.place - 1) * b.count - (2 * b.place - 1) * a.count;
    if (turn !== 0) return turn;
    if (a.site.debt !== b.site.debt) return b.site.debt - a.site.debt;
    return ticket(week, a.site.id) < ticket(week, b.site.id) ? -1 : 1;
  });
  const refused = new Set<DueSite>();
  for (const { site } of queue) if (!refused.has(site) && !give(site, pack)) refused.add(site);
};

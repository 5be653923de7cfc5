import { addDays } from '../../../shared/kernel/dates.ts';
import { floorDiv, mulDiv, parseShare } from './quantity.ts';
import { canReceive, mostDaysOpen } from './receiving.ts';
import { roomLeft } from './rooms.ts';
import type { CeilingRule } from './allocation.ts';
import type { ServedLine } from './hubs/kept-by-vial.ts';
import type { SiteInput, SiteLine, SupplyLine } from './inputs.ts';
import type { Cap } from './policy/policy.ts';

/** What a site was given earlier in the same run: of this product and dose number, of everything, and by kinds of storage. */
export interface Taken {
  readonly lineDoses: number;
  readonly allDoses: number;
  readonly storedIn: (kinds: readonly string[]) => number;
}

export interface Ceiling {
  readonly rule: CeilingRule;
  readonly doses: number;
  /** Of the days of stock, those on which the site is open, where they are fewer. */
  readonly openDays?: number;
}

const DAYS_A_WEEK = 7;

type Facts = readonly [site: SiteInput, line: ServedLine, taken: Taken, supply: SupplyLine];
type CapRule<K extends Cap['kind']> = (cap: Extract<Cap, { kind: K }>, ...facts: Facts) => number | undefined;

const less = (doses: number | undefined, taken: number): number | undefined => (doses === undefined ? undefined : doses - taken);

const least = (a: number | undefined, b: number | undefined): number | undefined => (a === undefined ? b : b === undefined ? a : Math.min(a, b));

/** Of vials that a site's units keep for days only, what it gives in those days: they are storage for no more. */
const vialDays = (line: ServedLine, taken: Taken): number | undefined =>
  line.servedByVial === true ? less(line.beyondUseDoses, taken.lineDoses) : undefined;

/** The most doses each kind of cap leaves a site; undefined where the figure it needs is not known, which caps nothing. */
const CAP_DOSES: { readonly [K in Cap['kind']]: CapRule<K> } = {
  throughput: (cap, site, _line, taken) => (site.throughputDoses === undefined ? undefined : site.throughputDoses * cap.weeks - taken.allDoses),
  storage: (cap, site, line, taken) => least(storageLeft([cap], site, line, taken), vialDays(line, taken)),
  'beyond-use': (_cap, _site, line, taken) => less(line.beyondUseDoses, taken.lineDoses),
  'days-of-stock': (cap, site, line, taken) =>
    site.throughputDoses === undefined
      ? undefined
      : floorDiv(site.throughputDoses * mostDaysOpen(site.receiving, cap.days), DAYS_A_WEEK) -
        line.onHandDoses -
        (line.inTransitDoses ?? 0) -
        taken.lineDoses,
  'share-of-supply': (cap, _site, _line, _taken, supply) => {
    const share = parseShare(cap.share);
    return share && mulDiv(supply.packs * supply.packDoses, share.num, share.den);
  },
  'use-it-or-lose-it': (cap, _site, line, taken, supply) => {
    const shown = usedBelow(cap, line);
    return shown === undefined ? undefined : Math.max(shown, cap.leastPacks * supply.packDoses) - taken.lineDoses;
  },
};

/**
 * The most a site has shown it gives in a week, when in each of the last weeks it gave less than the threshold of what it had.
 * Doses still to be reported are counted in, at the upper end of their estimate; a week that is not known well enough is not in
 * the list, and a week without stock proves nothing: late reports alone lower no ceiling. The weeks must follow each other: a gap
 * is a week nothing is known of.
 */
const usedBelow = (cap: Extract<Cap, { kind: 'use-it-or-lose-it' }>, line: SiteLine): number | undefined => {
  const share = parseShare(cap.threshold);
  const last = [...(line.use ?? [])].sort((a, b) => (a.week < b.week ? -1 : 1)).slice(-cap.weeks);
  const isInARow = last.every(({ week }, at) => at === 0 || week === addDays(last[at - 1]?.week ?? week, DAYS_A_WEEK));
  if (!share || last.length < cap.weeks || !isInARow) return undefined;
  const below = last.every((week) => week.givenAtMostDoses * share.den < week.availableDoses * share.num);
  return below ? Math.max(...last.map((week) => week.givenAtMostDoses)) : undefined;
};

const capDoses = <K extends Cap['kind']>(cap: Extract<Cap, { kind: K }>, ...facts: Facts): number | undefined =>
  (CAP_DOSES[cap.kind] as CapRule<K>)(cap, ...facts);

/** Doses that the storage of a site still takes in, where the policy caps by storage and its room is known. */
export const storageLeft = (caps: readonly Cap[], site: SiteInput, line: SiteLine, taken: Taken): number | undefined => {
  if (!caps.some(({ kind }) => kind === 'storage')) return undefined;
  return least(less(line.storageDoses, taken.lineDoses), roomLeft(site, line, taken.storedIn)?.doses);
};

/** The ceiling of a cap, with what its explanation has to say of it. */
const ceilingBy = (cap: Cap, doses: number, site: SiteInput, line: ServedLine, taken: Taken): Ceiling => {
  if ((cap.kind === 'storage' || cap.kind === 'beyond-use') && vialDays(line, taken) === doses) return { rule: 'vials-beyond-use', doses };
  if (cap.kind === 'storage') {
    const room = roomLeft(site, line, taken.storedIn);
    return { rule: room?.shared === true && room.doses === doses ? 'shared-storage' : 'storage', doses };
  }
  const openDays = cap.kind === 'days-of-stock' ? mostDaysOpen(site.receiving, cap.days) : undefined;
  return { rule: cap.kind, doses, ...(cap.kind === 'days-of-stock' && openDays !== undefined && openDays < cap.days && { openDays }) };
};

/** The lowest ceiling over a site's award, in doses, and the rule that sets it; of equals, the first named. */
export const ceilingOf = (caps: readonly Cap[], site: SiteInput, line: ServedLine, taken: Taken, supply: SupplyLine): Ceiling => {
  if (site.suspended) return { rule: 'suspended', doses: 0 };
  if (!canReceive(site)) return { rule: 'no-receiving-day', doses: 0 };
  let lowest: Ceiling = { rule: 'request', doses: line.requestDoses - taken.lineDoses };
  const all = supply.packs * supply.packDoses;
  for (const cap of caps) {
    const doses = capDoses(cap, site, line, taken, supply);
    if (doses !== undefined && doses < lowest.doses) lowest = ceilingBy(cap, doses, site, line, taken);
  }
  if (all < lowest.doses) lowest = { rule: 'supply', doses: all };
  return lowest.doses < 0 ? { ...lowest, doses: 0 } : lowest;
};

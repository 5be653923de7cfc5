import { vaccineGroupsOf } from '../../../shared/codes/vaccine-groups.ts';
import { daysBetween } from '../../../shared/kernel/dates.ts';
import type { DoseItem } from '../../../shared/published/dose.ts';
import { lotsAlike } from './same-dose/lot-forms.ts';
import { windowDays } from './same-dose/windows.ts';
import type { ReportedDose } from './vxu/types.ts';

/** The doses of the record that an order group may mean. Those that another group of the same message speaks of are left out of `under`. */
export interface Standing {
  /** The dose of that id, day and vaccine, or the one that was once told so; of a group without id the one that says the same. */
  readonly same: DoseItem | undefined;
  /** Other doses under the id, deleted ones included. */
  readonly under: readonly DoseItem[];
  /** The first place of the id holds a dose. */
  readonly isTaken: boolean;
  /** Doses of the record, for a deletion whose id is not known. */
  readonly lookAlikes: readonly DoseItem[];
}

export type WhichRemark = 'unknown-key' | 'reused-id' | 'deleted-differs' | 'deleted-alike';
export type Target =
  | { kind: 'add'; under: 'usual' | 'other'; remark?: WhichRemark }
  | { kind: 'change'; head: DoseItem; remark?: WhichRemark }
  /** Nothing is known under the id; `contradicts`: the one dose of that day and vaccine is of another lot or maker. */
  | { kind: 'unknown'; remark?: 'contradicts' }
  /** More than one dose is known, and which of them is meant cannot be told. */
  | { kind: 'several' };

type Told = Pick<ReportedDose, 'action' | 'givenOn' | 'cvx'> & Partial<Pick<ReportedDose, 'lot' | 'mvx'>>;
type Meant = Pick<DoseItem, 'givenOn' | 'cvx'>;

export const isSameEvent = (head: Meant, dose: Meant): boolean => head.givenOn === dose.givenOn && head.cvx === dose.cvx;

const only = <T>(found: readonly T[]): T | undefined => (found.length === 1 ? found[0] : undefined);

/** Whether the day may be a corrected one: nearer than any two doses of a series with that vaccine are given (the windows of one dose told twice). */
const isNear = (head: Meant, dose: Meant): boolean => {
  const groups = vaccineGroupsOf(dose.cvx);
  return (
    head.cvx === dose.cvx &&
    groups.length > 0 &&
    Math.abs(daysBetween(head.givenOn, dose.givenOn)) <= windowDays({ groups, told: 'none', lot: 'same' })
  );
};

/** One of several doses under an id, by the first of these that fits one of them alone: the day, the vaccine, the vaccine on a near day. */
const fittingOne = (doses: readonly DoseItem[], dose: Told): DoseItem | undefined =>
  [
    ({ givenOn }: Meant) => givenOn === dose.givenOn,
    ({ cvx }: Meant) => cvx === dose.cvx,
    (head: Meant) => isNear(head, dose),
  ].map((fits) => only(doses.filter(fits))).find((head) => head !== undefined);

/** Whether lot or maker, where both tell them, are not the same. */
const contradicts = (head: DoseItem, { lot, mvx }: Told): boolean =>
  (head.mvx ?? mvx) !== (mvx ?? head.mvx) || lotsAlike(head.lot, lot) === 'different';

const changing = (head: DoseItem): Target => ({ kind: 'change', head });

const byAction: Readonly<Record<Told['action'], (dose: Told, under: readonly DoseItem[], standing: Standing) => Target>> = {
  /** An add under a known id is that dose corrected when the day is the same or near; on any other day another dose: senders reuse their ids. */
  A: (dose, under, { isTaken }) => {
    const corrected = only(under.filter((head) => head.givenOn === dose.givenOn)) ?? only(under.filter((head) => isNear(head, dose)));
    if (corrected !== undefined) return changing(corrected);
    return isTaken ? { kind: 'add', under: 'other', remark: 'reused-id' } : { kind: 'add', under: 'usual' };
  },
  U: (dose, under, { isTaken }) => {
    const head = only(under) ?? fittingOne(under, dose);
    if (head !== undefined) return changing(head);
    if (under.length > 1) return { kind: 'several' };
    return isTaken ? { kind: 'add', under: 'other', remark: 'reused-id' } : { kind: 'add', under: 'usual', remark: 'unknown-key' };
  },
  D: (dose, under, { lookAlikes }) => {
    const head = only(under);
    if (head !== undefined) return { kind: 'change', head, remark: 'deleted-differs' };
    if (under.length > 1) return { kind: 'several' };
    const alike = only(lookAlikes.filter((one) => one.state !== 'deleted' && isSameEvent(one, dose)));
    if (alike === undefined) return { kind: 'unknown' };
    return contradicts(alike, dose) ? { kind: 'unknown', remark: 'contradicts' } : { kind: 'change', head: alike, remark: 'deleted-alike' };
  },
};

/**
 * Which stored dose an order group means (HL7-66 to HL7-70): the one of its id, day and vaccine; else what the action makes of the others under
 * the id. No dose may vanish because a sender reuses its ids: of several, one is changed only when it alone fits (ADR 0030). Deleted doses
 * count only where no other is left.
 */
export const whichDose = (dose: Told, standing: Standing): Target => {
  if (standing.same !== undefined) return changing(standing.same);
  const left = standing.under.filter(({ state }) => state !== 'deleted');
  return byAction[dose.action](dose, left.length > 0 ? left : standing.under, standing);
};

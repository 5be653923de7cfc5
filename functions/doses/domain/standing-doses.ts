import type { DoseItem } from '../../../shared/published/dose.ts';
import { toldApartOf } from './dose-facts.ts';
import { doseKeysFor, toldApartBy, type DoseKeys } from './record-ids.ts';
import type { MatchingKey } from './match-keys.ts';
import type { ReportedDose } from './vxu/types.ts';
import { isSameEvent, type Standing } from './which-dose.ts';

/** An order group with the places a dose of it may have. */
export interface Placed {
  readonly dose: ReportedDose;
  readonly keys: DoseKeys;
  /** What tells it from another without an id. */
  readonly apart: string;
}
export const placed = (recordId: string, dose: ReportedDose, key: MatchingKey): Placed => {
  const apart = toldApartOf(dose);
  return { dose, apart, keys: doseKeysFor(recordId, dose, apart, key) };
};

/** What stands in its two places now. */
export interface Occupants {
  readonly usual: DoseItem | undefined;
  readonly other: DoseItem | undefined;
}

const nameOf = ({ pk, sk }: Pick<DoseItem, 'pk' | 'sk'>): string => `${pk}|${sk}`;

const hasId = ({ filler }: DoseItem, id: NonNullable<ReportedDose['id']>): boolean => filler?.id === id.id && filler.authority === id.authority;
/** Of what was not given two without an id are one only when they are about the same. */
const saysWithoutId = (head: DoseItem, { dose, apart }: Placed): boolean =>
  head.filler === undefined &&
  isSameEvent(head, dose) &&
  head.completion === dose.completion &&
  (dose.completion !== 'NA' || isToldAlike(head, apart));
const isToldAlike = (head: DoseItem, apart: string): boolean =>
  toldApartBy(head.completion, { ...head, observations: head.observations ?? [] }) === apart;

/**
 * What the doses of a record are to one order group (see `Standing`).
 * @param ofRecord every dose of the record
 * @param isMeant whether another group of the same message speaks of a dose: that one is not to be changed twice
 */
export const standingOf = (
  one: Placed,
  { usual, other }: Occupants,
  ofRecord: readonly DoseItem[],
  isMeant: (dose: DoseItem) => boolean,
): Standing => {
  const {
    dose: { id, action, completion },
    dose,
    apart,
  } = one;
  const isUnderIt = (head: DoseItem): boolean => (id === undefined ? saysWithoutId(head, one) : hasId(head, id));
  const inPlace = usual === undefined || (id === undefined && completion === 'NA' && !isUnderIt(usual)) ? [] : [usual];
  const candidates = [
    ...new Map([...inPlace, ...(other === undefined ? [] : [other]), ...ofRecord.filter(isUnderIt)].map((head) => [nameOf(head), head])).values(),
  ];
  const fitting = candidates.filter((head) => isSameEvent(head, dose) && (id !== undefined || isToldAlike(head, apart)));
  // To its sender a dose that a hand corrected has the day and vaccine that it told.
  const told = id === undefined ? [] : candidates.filter(({ byHand }) => byHand !== undefined && isSameEvent(byHand, dose));
  const same = [...fitting, ...told].find(({ state }) => state !== 'deleted') ?? fitting[0] ?? told[0] ?? other;
  return {
    same,
    under: candidates.filter((head) => head !== same && !isMeant(head)),
    isTaken: usual !== undefined,
    lookAlikes: action === 'D' && candidates.length === 0 ? ofRecord.filter((head) => !isMeant(head)) : [],
  };
};

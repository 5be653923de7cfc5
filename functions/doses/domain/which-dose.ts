import type { DoseItem } from '../../../shared/published/dose.ts';
import type { ReportedDose } from './vxu-types.ts';

/** What stands under the two keys a dose may have, and the doses of the record that were given the same day of the same vaccine. */
export interface Standing {
  readonly usual: DoseItem | undefined;
  readonly other: DoseItem | undefined;
  /** The id was used before in this very message. */
  readonly repeatsId: boolean;
  readonly lookAlikes: readonly DoseItem[];
}

export type Target =
  | { kind: 'add'; under: 'usual' | 'other'; remark?: 'unknown-key' | 'reused-id' }
  | { kind: 'change'; head: DoseItem }
  | { kind: 'unknown' };

type Told = Pick<ReportedDose, 'action' | 'givenOn' | 'cvx'>;

const isSameEvent = (head: DoseItem, dose: Told): boolean => head.givenOn === dose.givenOn && head.cvx === dose.cvx;

/** The single dose that looks like it and stands; undefined when there is none, or more than one. */
const onlyLookAlike = (lookAlikes: readonly DoseItem[], dose: Told): DoseItem | undefined => {
  const found = lookAlikes.filter((head) => head.state !== 'deleted' && isSameEvent(head, dose));
  return found.length === 1 ? found[0] : undefined;
};

/**
 * Which stored dose an order group means (HL7-66 to HL7-70). The rule, in order: the key with the same day and vaccine; the key's other
 * dose of that day and vaccine; for an add with the key of the same day, that dose corrected; for an update or delete, the key's dose;
 * a delete of an unknown key, the single dose that looks like it. An add whose key means another day is another dose: no dose may vanish
 * because a sender reuses its ids.
 */
export const whichDose = (dose: Told, { usual, other, repeatsId, lookAlikes }: Standing): Target => {
  if (usual !== undefined && isSameEvent(usual, dose)) return { kind: 'change', head: usual };
  if (other !== undefined) return { kind: 'change', head: other };
  if (usual !== undefined && !repeatsId && (dose.action !== 'A' || usual.givenOn === dose.givenOn)) return { kind: 'change', head: usual };
  if (dose.action === 'D') {
    const head = onlyLookAlike(lookAlikes, dose);
    return head === undefined ? { kind: 'unknown' } : { kind: 'change', head };
  }
  if (usual !== undefined) return { kind: 'add', under: 'other', remark: 'reused-id' };
  return dose.action === 'U' ? { kind: 'add', under: 'usual', remark: 'unknown-key' } : { kind: 'add', under: 'usual' };
};

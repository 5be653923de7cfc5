import { z } from 'zod';
import { instant } from '../../../../shared/contracts/common.ts';
import { entityFields } from '../../../../shared/contracts/stored.ts';
import { maxApart, maxRelinks, type PersonItem } from '../../../../shared/published/person.ts';

/** A person with more records than this is looked at by somebody before it gets another; and as many are moved in one transaction. */
export const maxRecordsAPerson = 50;

export const relinkKinds = ['merge', 'link', 'unlink'] as const;

/**
 * That records were linked to another person by somebody's decision. It remembers exactly what it moved, so that undoing it puts that back,
 * whatever was added since. Doses never move: they lie under their record. Ids only.
 */
export const relinkItem = z.object({
  ...entityFields,
  type: z.literal('relink'),
  relinkId: z.string(),
  /** merge: all records of a person. link: one record to a person. unlink: one record to a person of its own. */
  kind: z.enum(relinkKinds),
  /** Persons, by id. */
  from: z.string(),
  to: z.string(),
  recordIds: z.array(z.string()).min(1),
  /** What `to` took over besides the records, and gives up again when it is undone. */
  carried: z.object({ apartFrom: z.array(z.string()), optOut: z.boolean() }),
  state: z.enum(['standing', 'undone']),
  at: instant,
  actor: z.string(),
  reviewId: z.string().optional(),
  undoneAt: instant.optional(),
  undoneBy: z.string().optional(),
  /** Records that stayed with `to` when it was undone because they came later: somebody must say whose they are. */
  stayed: z.array(z.string()).optional(),
  requestDigest: z.string(),
});
export type RelinkItem = z.infer<typeof relinkItem>;

/** Two persons after records moved from one to the other. Versions are raised. */
export interface Moved {
  readonly from: PersonItem;
  readonly to: PersonItem;
  readonly carried: RelinkItem['carried'];
}

export const relinkRefusals = {
  'same-person': 'they are one person already',
  'kept-apart': 'it was decided that they are different people: take that decision back first',
  'was-merged': 'one of them was merged into another person since: look at that one',
  'too-many-records': 'a person holds at most 50 records',
  'too-many-decisions': 'too much was decided about one of them',
  'only-record': 'it is the only record of its person',
  'not-there': 'the records that were moved are not where they were moved to any more',
} as const;
export type RelinkRefusal = keyof typeof relinkRefusals;
export type Planned = ({ readonly kind: 'planned' } & Moved) | { readonly kind: 'refused'; readonly why: RelinkRefusal };

const refused = (why: RelinkRefusal): Planned => ({ kind: 'refused', why });

export const areApart = (a: PersonItem, b: PersonItem): boolean =>
  a.apartFrom?.includes(b.personId) === true || b.apartFrom?.includes(a.personId) === true;

const union = (one: readonly string[] = [], other: readonly string[] = []): string[] => [...new Set([...one, ...other])];
const without = (all: readonly string[] = [], some: readonly string[]): string[] => all.filter((id) => !some.includes(id));

/** An optional list: absent when there is nothing in it. */
const listed = <K extends string>(name: K, values: readonly string[]): Partial<Record<K, string[]>> =>
  (values.length === 0 ? {} : { [name]: [...values] }) as Partial<Record<K, string[]>>;

/** Records go from one person to the other: who has none left leads to where they went, who gets some stands for itself. */
const moved = (from: PersonItem, to: PersonItem, recordIds: readonly string[], relinkId: string): { from: PersonItem; to: PersonItem } => {
  const { mergedInto: _, ...giver } = from;
  const { mergedInto: __, ...taker } = to;
  const left = without(from.recordIds, recordIds);
  return {
    from: {
      ...giver,
      version: from.version + 1,
      recordIds: left,
      relinkIds: union(from.relinkIds, [relinkId]),
      ...(left.length === 0 ? { mergedInto: to.personId } : {}),
    },
    to: {
      ...taker,
      version: to.version + 1,
      recordIds: union(to.recordIds, recordIds),
      relinkIds: union(to.relinkIds, [relinkId]),
      ...listed('formerRecipIds', union(to.formerRecipIds, [from.recipId, ...(from.formerRecipIds ?? [])])),
    },
  };
};

const tooMuch = ({ from, to }: Pick<Moved, 'from' | 'to'>): RelinkRefusal | undefined => {
  if (to.recordIds.length > maxRecordsAPerson) return 'too-many-records';
  const lists = [from.relinkIds, to.relinkIds, to.formerRecipIds].some((list) => (list?.length ?? 0) > maxRelinks);
  return lists || (to.apartFrom?.length ?? 0) > maxApart ? 'too-many-decisions' : undefined;
};

/**
 * Records of one person are linked to another: all of them (a merge), or one. With all of them `to` takes over who they are not, and that
 * they opted out: it is the same human being.
 */
export const planLink = (from: PersonItem, to: PersonItem, recordIds: readonly string[], relinkId: string): Planned => {
  if (from.personId === to.personId) return refused('same-person');
  if (from.mergedInto !== undefined || to.mergedInto !== undefined) return refused('was-merged');
  if (areApart(from, to)) return refused('kept-apart');
  if (recordIds.length === 0 || without(recordIds, from.recordIds).length > 0) return refused('not-there');
  const next = moved(from, to, recordIds, relinkId);
  const isWhole = next.from.recordIds.length === 0;
  const apartFrom = isWhole ? without(from.apartFrom, to.apartFrom ?? []) : [];
  const optOut = isWhole && to.optOut === undefined ? from.optOut : undefined;
  const taker: PersonItem = { ...next.to, ...listed('apartFrom', union(to.apartFrom, apartFrom)), ...(optOut === undefined ? {} : { optOut }) };
  const why = tooMuch({ from: next.from, to: taker });
  return why === undefined ? { kind: 'planned', from: next.from, to: taker, carried: { apartFrom, optOut: optOut !== undefined } } : refused(why);
};

/** A record goes to a person of its own; the two are kept apart from then on. `own` is new, or a person that has no record now. */
export const planUnlink = (from: PersonItem, own: PersonItem, recordId: string, relinkId: string): Planned => {
  if (from.mergedInto !== undefined) return refused('was-merged');
  if (!from.recordIds.includes(recordId)) return refused('not-there');
  if (from.recordIds.length === 1) return refused('only-record');
  const next = moved(from, own, [recordId], relinkId);
  const giver = { ...next.from, apartFrom: union(from.apartFrom, [own.personId]) };
  const taker = { ...next.to, apartFrom: union(own.apartFrom, [from.personId]) };
  const why = tooMuch({ from: taker, to: giver }) ?? tooMuch({ from: giver, to: taker });
  return why === undefined ? { kind: 'planned', from: giver, to: taker, carried: { apartFrom: [], optOut: false } } : refused(why);
};

export type Undone = ({ readonly kind: 'planned'; readonly back: readonly string[]; readonly stayed: readonly string[] } & Pick<Moved, 'from' | 'to'>)
  | { readonly kind: 'refused'; readonly why: RelinkRefusal };

/**
 * Puts back what a decision moved and is still there. Records that came to `to` later stay with it; they are named, for somebody to look at
 * when the whole of a person had gone there: new ones may have found it by what was known of either.
 */
export const planUndo = (relink: RelinkItem, from: PersonItem, to: PersonItem, createdLater: (recordId: string) => boolean): Undone => {
  if (to.mergedInto !== undefined || (from.mergedInto !== undefined && from.mergedInto !== to.personId))
    return { kind: 'refused', why: 'was-merged' };
  const back = relink.recordIds.filter((id) => to.recordIds.includes(id));
  if (back.length === 0) return { kind: 'refused', why: 'not-there' };
  const next = moved(to, from, back, relink.relinkId);
  const { apartFrom: __, optOut, ...rest } = next.from;
  const isUnlink = relink.kind === 'unlink';
  const keeps = without(to.apartFrom, [...relink.carried.apartFrom, ...(isUnlink ? [from.personId] : [])]);
  // An opt-out that was decided anew since is not the one that came along.
  const cameAlong = relink.carried.optOut && optOut?.on === from.optOut?.on;
  const giver: PersonItem = { ...rest, ...listed('apartFrom', keeps), ...(optOut === undefined || cameAlong ? {} : { optOut }) };
  const { apartFrom: ___, ...taker } = next.to;
  const takerApart = isUnlink ? without(from.apartFrom, [to.personId]) : (from.apartFrom ?? []);
  const receiver: PersonItem = { ...taker, ...listed('apartFrom', takerApart) };
  const why = tooMuch({ from: giver, to: receiver });
  if (why !== undefined) return { kind: 'refused', why };
  const stayed = relink.kind === 'merge' ? giver.recordIds.filter((id) => createdLater(id)) : [];
  return { kind: 'planned', from: receiver, to: giver, back, stayed };
};

/** Two persons that are two people, from now on; or not decided any more. */
export const setApart = (a: PersonItem, b: PersonItem, apart: boolean): { a: PersonItem; b: PersonItem } => {
  const next = (one: PersonItem, other: PersonItem): PersonItem => {
    const { apartFrom: _, ...rest } = one;
    const ids = apart ? union(one.apartFrom, [other.personId]) : without(one.apartFrom, [other.personId]);
    return { ...rest, version: one.version + 1, ...listed('apartFrom', ids) };
  };
  return { a: next(a, b), b: next(b, a) };
};

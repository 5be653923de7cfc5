import { localDay } from '../../../shared/kernel/dates.ts';
import { createdId, requestDigest } from '../../../shared/kernel/ids.ts';
import { maxDecisionAttempts } from '../../../shared/kernel/limits.ts';
import { personKey } from '../../../shared/published/dose-keys.ts';
import type { PersonItem } from '../../../shared/published/person.ts';
import type { MatchingKey } from '../domain/match-keys.ts';
import { planLink, planUnlink, type Moved, type Planned, type RelinkItem, type RelinkRefusal } from '../domain/persons/relink.ts';
import { ownPersonIdsFor, recipIdFor } from '../domain/record-ids.ts';
import type { CompareAgain } from './compare-again.ts';
import { relinkKey, type MergeStore, type RelinkWrite } from './store-merges.ts';

export interface MergeDeps {
  readonly merges: MergeStore;
  readonly timeZone: string;
  readonly compareAgain: CompareAgain;
  readonly matchingKey: MatchingKey;
}

/** Whose act it is, when, and why. */
export interface Act {
  readonly actor: string;
  readonly now: string;
  readonly reason: string;
}

export type RelinkOutcome =
  | { kind: 'relinked' | 'repeated'; relink: RelinkItem }
  | { kind: 'key-reused' }
  | { kind: 'not-found' }
  | { kind: 'refused'; why: RelinkRefusal }
  /** The person is not the one that was read any more. */
  | { kind: 'stale' }
  /** Others were faster every time; try later. */
  | { kind: 'contended' };

interface Link {
  readonly relinkId: string;
  readonly kind: RelinkItem['kind'];
  readonly recordIds: readonly string[];
  readonly reviewId?: string | undefined;
  readonly digest: string;
}

/** Everything that linking records anew writes, from what was planned. */
export const relinkWrite = (
  { from, to, carried }: Moved,
  { relinkId, kind, recordIds, reviewId, digest }: Link,
  { actor, now, reason }: Act,
  zone: string,
): RelinkWrite => {
  const entry = { at: now, actor, action: kind, from: from.personId, to: to.personId, reason };
  const [moved] = recordIds;
  const [left] = from.recordIds;
  return {
    persons: [
      { next: from, entry },
      { next: to, entry },
    ],
    moves: { recordIds, from: from.personId, to: to.personId },
    relink: {
      ...relinkKey(relinkId),
      type: 'relink',
      schema: 1,
      version: 1,
      relinkId,
      kind,
      from: from.personId,
      to: to.personId,
      recordIds: [...recordIds],
      carried,
      state: 'standing',
      at: now,
      actor,
      requestDigest: digest,
      ...(reviewId === undefined ? {} : { reviewId }),
    },
    marked: [moved, left].filter((id) => id !== undefined),
    localDay: localDay(now, zone),
  };
};

interface Asked {
  readonly personId: string;
  readonly ifMatch: number;
  readonly idempotencyKey: string;
}
/** What to do with the person that was read; `not-found` when something else is missing. */
type Plan = (person: PersonItem, relinkId: string) => Promise<{ kind: 'not-found' } | { planned: Planned; recordIds: readonly string[] }>;

/**
 * A decision about one person, made over the version that was read. Its id derives from the Idempotency-Key: a repeat meets itself. A dose
 * written at the same moment raises the person's version, so one of the two is decided again.
 */
const makeRelinking = ({ merges, timeZone, compareAgain }: Omit<MergeDeps, 'matchingKey'>) => {
  const relinking = async (
    kind: RelinkItem['kind'],
    body: object,
    { personId, ifMatch, idempotencyKey }: Asked,
    act: Act,
    plan: Plan,
  ): Promise<RelinkOutcome> => {
    const relinkId = createdId('rel', kind, act.actor, idempotencyKey);
    const digest = requestDigest({ personId, ...body });
    for (let attempt = 1; attempt <= maxDecisionAttempts; attempt += 1) {
      const stored = await merges.relink(relinkId);
      if (stored !== undefined) return stored.requestDigest === digest ? { kind: 'repeated', relink: stored } : { kind: 'key-reused' };
      const person = await merges.person(personId);
      if (person === undefined) return { kind: 'not-found' };
      if (person.version !== ifMatch) return { kind: 'stale' };
      const next = await plan(person, relinkId);
      if ('kind' in next) return next;
      if (next.planned.kind === 'refused') return next.planned;
      const write = relinkWrite(next.planned, { relinkId, kind, recordIds: next.recordIds, digest }, act, timeZone);
      if ((await merges.relinked(write)).kind === 'committed') return { kind: 'relinked', relink: write.relink };
    }
    return { kind: 'contended' };
  };
  return async (kind: RelinkItem['kind'], body: object, asked: Asked, act: Act, plan: Plan): Promise<RelinkOutcome> => {
    const outcome = await relinking(kind, body, asked, act, plan);
    if ('relink' in outcome) await compareAgain([outcome.relink.from, outcome.relink.to], act);
    return outcome;
  };
};

/** Merges another person into this one: all its records are linked here, its recip_id is CDC's no more, and whoever is led to it goes on here. */
export const makeMergePersons = (deps: Omit<MergeDeps, 'matchingKey'>) => {
  const relinking = makeRelinking(deps);
  return (asked: Asked, otherId: string, act: Act): Promise<RelinkOutcome> =>
    relinking('merge', { otherId, reason: act.reason }, asked, act, async (person, relinkId) => {
      const other = otherId === person.personId ? person : await deps.merges.person(otherId);
      if (other === undefined) return { kind: 'not-found' };
      return { planned: planLink(other, person, other.recordIds, relinkId), recordIds: other.recordIds };
    });
};

/** Takes one record out of its person, to a person of its own. */
export const makeUnlinkRecord = (deps: MergeDeps) => {
  const { merges, matchingKey } = deps;
  const relinking = makeRelinking(deps);

  /** The person that came with the record, if it has no other records now; else one that nobody had before. */
  const ownPerson = async (recordId: string, holder: string, now: string): Promise<PersonItem | undefined> => {
    for (const personId of ownPersonIdsFor(recordId, matchingKey)) {
      if (personId === holder) continue;
      const standing = await merges.person(personId);
      if (standing === undefined)
        return {
          ...personKey(personId),
          type: 'person',
          schema: 1,
          version: 0,
          personId,
          recordIds: [],
          recipId: recipIdFor(personId, matchingKey),
          createdAt: now,
        };
      if (standing.recordIds.length === 0) return standing;
    }
    return undefined;
  };

  return (asked: Asked, recordId: string, act: Act): Promise<RelinkOutcome> =>
    relinking('unlink', { recordId, reason: act.reason }, asked, act, async (person, relinkId) => {
      const own = await ownPerson(recordId, person.personId, act.now);
      if (own === undefined || !person.recordIds.includes(recordId)) return { kind: 'not-found' };
      return { planned: planUnlink(person, own, recordId, relinkId), recordIds: [recordId] };
    });
};

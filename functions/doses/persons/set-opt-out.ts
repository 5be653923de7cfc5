import { localDay } from '../../../shared/kernel/dates.ts';
import { maxDecisionAttempts } from '../../../shared/kernel/limits.ts';
import type { PersonItem } from '../../../shared/published/person.ts';
import type { Act } from './merge-persons.ts';
import type { MergeStore } from './store-merges.ts';

export type OptOutOutcome =
  | { kind: 'decided' | 'repeated'; person: PersonItem }
  | { kind: 'not-found' }
  /** The day has not come yet. */
  | { kind: 'in-future' }
  | { kind: 'was-merged'; into: string }
  | { kind: 'illegal-move'; from: string; legalFrom: readonly string[] }
  | { kind: 'stale' }
  | { kind: 'contended' };

/**
 * The jurisdiction's own decision that a person is not to be in the registry's answers (HL7-98), by the day it was made, or its end. Apart
 * from the wish a sender tells (PD1-12). In force as soon as it is written.
 */
export const makeSetOptOut = ({ merges, timeZone }: { merges: Pick<MergeStore, 'person' | 'optOut'>; timeZone: string }) =>
  async (personId: string, ifMatch: number, on: string | undefined, { actor, now, reason }: Act): Promise<OptOutOutcome> => {
    const today = localDay(now, timeZone);
    if (on !== undefined && on > today) return { kind: 'in-future' };
    for (let attempt = 1; attempt <= maxDecisionAttempts; attempt += 1) {
      const person = await merges.person(personId);
      if (person === undefined) return { kind: 'not-found' };
      if (person.version === ifMatch + 1 && person.optOut?.on === on) return { kind: 'repeated', person };
      if (person.version !== ifMatch) return { kind: 'stale' };
      if (person.mergedInto !== undefined) return { kind: 'was-merged', into: person.mergedInto };
      if (on === undefined && person.optOut === undefined) return { kind: 'illegal-move', from: 'no opt-out', legalFrom: ['opt-out'] };
      const { optOut, ...rest } = person;
      const next: PersonItem = { ...rest, version: person.version + 1, ...(on === undefined ? {} : { optOut: { on } }) };
      const entry = {
        at: now,
        actor,
        action: on === undefined ? 'lift opt-out' : 'opt out',
        reason,
        ...(optOut === undefined ? {} : { from: optOut.on }),
        ...(on === undefined ? {} : { to: on }),
      };
      if ((await merges.optOut({ next, entry }, today)).kind === 'committed') return { kind: 'decided', person: next };
    }
    return { kind: 'contended' };
  };

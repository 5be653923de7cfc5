import type { Page, PageRequest } from '../../../shared/platform/dynamo.ts';
import type { DoseItem } from '../../../shared/published/dose.ts';
import { recordIdOf } from '../../../shared/published/dose-keys.ts';
import { isOptedOut } from '../domain/persons/hidden.ts';
import { isMeant } from '../domain/recall.ts';
import { isGiven } from '../domain/same-dose/pair-facts.ts';
import type { ReadLog } from '../persons/store-reads.ts';
import type { DoseStore } from '../store-doses.ts';
import type { PersonStore } from '../store-persons.ts';
import type { RecallStore } from '../store-recalls.ts';
import type { LotStore } from './store-lots.ts';

/** Reads that are entered at once: a page names no more persons. */
export const maxTraced = 50;

export interface TraceRecallDeps {
  readonly lots: LotStore;
  readonly recalls: Pick<RecallStore, 'recall'>;
  readonly doses: Pick<DoseStore, 'dose'>;
  readonly persons: Pick<PersonStore, 'personOfRecord'>;
  readonly reads: Pick<ReadLog, 'enter'>;
}

export interface TracedDose {
  readonly dose: DoseItem;
  readonly personId: string;
}

/**
 * Who got a recalled lot: doses that the recall means, standing or lifted, with the person of each, page by page. That they were looked at is
 * entered for every person of the page before it is answered. Somebody who opted out is not among them.
 */
export const makeTraceRecall = ({ lots, recalls, doses, persons, reads }: TraceRecallDeps) =>
  async (recallId: string, { limit, cursor }: PageRequest, { actor, now, correlationId }: { actor: string; now: string; correlationId: string }): Promise<Page<TracedDose> | undefined> => {
    const recall = await recalls.recall(recallId);
    if (recall === undefined) return undefined;
    const page = await lots.doses(await lots.partitionsOf(recall.lot), { limit: Math.min(limit, maxTraced), cursor });
    const found = await Promise.all(page.items.map(async (key) => {
      const [dose, person] = await Promise.all([doses.dose(key), persons.personOfRecord(recordIdOf(key))]);
      const isOfIt = dose !== undefined && person !== undefined && isGiven(dose) && !isOptedOut(person) && isMeant({ ...recall, state: 'standing' }, dose);
      return isOfIt ? [{ dose, personId: person.personId }] : [];
    }));
    const items = found.flat();
    await reads.enter([...new Set(items.map(({ personId }) => personId))], { at: now, actor, what: 'recall', of: recallId }, correlationId);
    return { ...page, items };
  };
export type TraceRecall = ReturnType<typeof makeTraceRecall>;

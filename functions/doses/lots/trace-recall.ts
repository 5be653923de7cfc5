import type { Page, PageRequest } from '../../../shared/platform/dynamo.ts';
import type { DoseItem } from '../../../shared/published/dose.ts';
import { recordIdOf } from '../../../shared/published/dose-keys.ts';
import { isOptedOut } from '../domain/persons/hidden.ts';
import { matchOfRecall, type LotMatch, type RecallItem } from '../domain/recall.ts';
import { isGiven } from '../domain/same-dose/pair-facts.ts';
import type { ReadLog } from '../persons/store-reads.ts';
import type { DoseStore } from '../store-doses.ts';
import type { PersonStore } from '../store-persons.ts';
import type { RecallStore } from '../store-recalls.ts';
import type { LotStore } from './store-lots.ts';

/** Reads that are entered at once: a page names no more persons. */
export const maxTraced = 50;
/** Pages without a dose of the lot that one answer looks through. */
const maxLooks = 20;

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
  readonly lotMatch: LotMatch;
  /** Given before the day from which the recall holds. */
  readonly beforeFrom: boolean;
}

/**
 * Who got a recalled lot, whether it stands or was lifted: every dose of it, marked when it was given before the day from which the recall holds
 * or when its lot only looks like it, with the person of each, page by page. That they were looked at is entered for every person of the page
 * before it is answered. Somebody who opted out is not among them.
 */
export const makeTraceRecall = ({ lots, recalls, doses, persons, reads }: TraceRecallDeps) => {
  const traced = async (key: { pk: string; sk: string }, recall: RecallItem): Promise<TracedDose[]> => {
    const [dose, person] = await Promise.all([doses.dose(key), persons.personOfRecord(recordIdOf(key))]);
    if (dose === undefined || person === undefined || !isGiven(dose) || isOptedOut(person)) return [];
    const lotMatch = matchOfRecall(recall, dose);
    return lotMatch === undefined ? [] : [{ dose, personId: person.personId, lotMatch, beforeFrom: dose.givenOn < recall.from }];
  };

  return async (
    recallId: string,
    { limit, cursor: start }: PageRequest,
    { actor, now, correlationId }: { actor: string; now: string; correlationId: string },
  ): Promise<Page<TracedDose> | undefined> => {
    const recall = await recalls.recall(recallId);
    if (recall === undefined) return undefined;
    const partitions = await lots.partitionsOf(recall.lot);
    let [items, cursor]: [TracedDose[], string | undefined] = [[], start];
    for (let looks = 0; items.length === 0 && looks < maxLooks; looks += 1) {
      const page = await lots.doses(partitions, { limit: Math.min(limit, maxTraced), cursor });
      items = (await Promise.all(page.items.map((key) => traced(key, recall)))).flat();
      cursor = page.nextCursor;
      if (cursor === undefined) break;
    }
    await reads.enter([...new Set(items.map(({ personId }) => personId))], { at: now, actor, what: 'recall', of: recallId }, correlationId);
    return { items, ...(cursor === undefined ? {} : { nextCursor: cursor }) };
  };
};
export type TraceRecall = ReturnType<typeof makeTraceRecall>;

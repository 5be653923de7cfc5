import type { DynamoDBBatchResponse, DynamoDBRecord } from 'aws-lambda';
import { z } from 'zod';
import { once } from '../../shared/kernel/once.ts';
import type { makeLog } from '../../shared/platform/log.ts';
import { changeOf, type Change } from '../../shared/platform/stream.ts';
import { recordIdOf } from '../../shared/published/dose-keys.ts';
import type { Advanced } from './advance-contributions.ts';

/** What a change of the doses table may say of whose it is. Images of other types are passed by. */
const image = z.union([
  z.object({ type: z.literal('person'), personId: z.string() }),
  z.object({ type: z.literal('record'), personId: z.string() }),
  z.object({ type: z.literal('dose'), pk: z.string() }),
]);
type Image = z.output<typeof image>;

const imagesOf = ({ before, after }: Change): Image[] =>
  [before, after].flatMap((one) => {
    const known = image.safeParse(one);
    return known.success ? [known.data] : [];
  });

export interface CountDeps {
  readonly personIdOfRecord: (recordId: string) => Promise<string | undefined>;
  readonly advance: (personIds: Iterable<string>) => Promise<Advanced>;
  readonly countedUpTo: (now: string) => Promise<void>;
  readonly log: ReturnType<typeof makeLog>;
}

/**
 * Counts a batch of the doses stream: finds the persons its changes concern, brings each to what is stored now, and gives back the changes
 * of those that could not be done. A batch may be seen twice, in any order and beside another: only what is stored decides.
 */
export const makeCountChanges =
  ({ personIdOfRecord, advance, countedUpTo, log }: CountDeps) =>
  async (records: readonly DynamoDBRecord[]): Promise<DynamoDBBatchResponse> => {
    const ownerOf = once(personIdOfRecord);
    const personsOf = async (record: DynamoDBRecord): Promise<string[]> => {
      const ids = await Promise.all(
        imagesOf(changeOf(record)).map((one) => (one.type === 'dose' ? ownerOf(recordIdOf(one)) : Promise.resolve(one.personId))),
      );
      return ids.filter((id) => id !== undefined);
    };

    const found = await Promise.allSettled(records.map(personsOf));
    const persons = new Set(found.flatMap((one) => (one.status === 'fulfilled' ? one.value : [])));
    const { failed, counted } = await advance(persons);

    const failures = records.flatMap((record, at) => {
      const one = found[at];
      const cause: unknown = one?.status === 'rejected' ? one.reason : one?.value.map((id) => failed.get(id)).find((fault) => fault !== undefined);
      if (cause === undefined) return [];
      log.with({ eventId: record.eventID ?? '' }).error('RECORD_FAULT', { cause });
      return [{ itemIdentifier: record.dynamodb?.SequenceNumber ?? '' }];
    });
    if (failures.length === 0) await countedUpTo(records.map((record) => changeOf(record).now).reduce((a, b) => (a > b ? a : b), ''));
    log.info('BATCH_DONE', { changes: records.length, persons: persons.size, counted: counted.size, failed: failures.length });
    return { batchItemFailures: failures };
  };

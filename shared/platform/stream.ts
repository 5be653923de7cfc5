import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import type { DynamoDBBatchResponse, DynamoDBRecord, DynamoDBStreamEvent } from 'aws-lambda';
import type { Log } from './log.ts';

/** One change of a table. Images are unparsed: the reader passes them through its schema. */
export interface Change {
  before: unknown;
  after: unknown;
  /** When the change was made: the worker's clock. */
  now: string;
}

const imageOf = (image: unknown): unknown => (image === undefined ? undefined : unmarshall(image as Record<string, AttributeValue>));

export const changeOf = ({ dynamodb }: DynamoDBRecord): Change => ({
  before: imageOf(dynamodb?.OldImage),
  after: imageOf(dynamodb?.NewImage),
  now: new Date((dynamodb?.ApproximateCreationDateTime ?? 0) * 1000).toISOString(),
});

/**
 * Works through a batch in the order of the stream and stops at the first failure, which the event source then retries from there: an
 * earlier change of an item is never taken after a later one of the same batch. Every `work` must bear to see a change twice.
 */
export const eachChange = async (event: DynamoDBStreamEvent, log: Log, work: (change: Change) => Promise<void>): Promise<DynamoDBBatchResponse> => {
  for (const [done, record] of event.Records.entries()) {
    try {
      await work(changeOf(record));
    } catch (cause) {
      log.error('RECORD_FAULT', { fields: { eventId: record.eventID }, cause });
      log.info('BATCH_DONE', { done, failed: 1 });
      return { batchItemFailures: [{ itemIdentifier: record.dynamodb?.SequenceNumber ?? '' }] };
    }
  }
  log.info('BATCH_DONE', { done: event.Records.length, failed: 0 });
  return { batchItemFailures: [] };
};

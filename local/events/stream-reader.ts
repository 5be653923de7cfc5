import type { DynamoDBRecord } from 'aws-lambda';
import type { Clock } from '../clock.ts';
import type { Kept } from '../kept.ts';
import { DynamoDbFault } from '../storage/dynamodb-call.ts';
import type { DynamoDbCall } from '../storage/dynamodb-call.ts';
import type { Table } from '../storage/dynamodb-tables.ts';

export interface StreamRecord extends DynamoDBRecord {
  readonly shardId: string;
}

/** Reads one table's stream from where it was left, shard after shard. */
export interface StreamReader {
  /**
   * Gives new records to `take`, oldest first, stamped with the run's clock as they are read. Throws when the table could not be read
   * to its end; what was taken is not read again.
   */
  read(take: (records: readonly StreamRecord[]) => void): Promise<void>;
  /** Everything up to this record is dealt with; a restart begins after it. */
  checkpoint(record: StreamRecord): void;
}

interface Shard {
  readonly ShardId: string;
}

export interface StreamReaderDeps {
  readonly table: Table;
  readonly region: string;
  readonly call: DynamoDbCall;
  readonly clock: Clock;
  readonly kept: Kept;
  /** Name under which the position is kept. */
  readonly name: string;
  readonly startingPosition: string;
}

const READ_LIMIT = 1000;

export const makeStreamReader = (deps: StreamReaderDeps): StreamReader => {
  const { table, call, kept, name } = deps;
  const iterators = new Map<string, string | undefined>();
  const lastRead = new Map<string, string>();
  const positionKey = (shardId: string): string => `stream/${name}/${shardId}`;

  const openShard = async (streamArn: string, shardId: string): Promise<void> => {
    const open = async (position: object): Promise<void> => {
      const { ShardIterator } = await call<{ ShardIterator: string }>('GetShardIterator', {
        StreamArn: streamArn,
        ShardId: shardId,
        ...position,
      });
      iterators.set(shardId, ShardIterator);
    };
    const after = lastRead.get(shardId) ?? kept.get(positionKey(shardId));
    if (after === undefined) await open({ ShardIteratorType: deps.startingPosition });
    else
      await open({ ShardIteratorType: 'AFTER_SEQUENCE_NUMBER', SequenceNumber: after }).catch(() =>
        open({ ShardIteratorType: 'TRIM_HORIZON' }),
      );
  };

  /** Opens shards that appeared since. */
  const openShards = async (): Promise<void> => {
    const {
      Table: { LatestStreamArn },
    } = await call<{ Table: { LatestStreamArn: string } }>('DescribeTable', { TableName: table.name });
    const {
      StreamDescription: { Shards },
    } = await call<{ StreamDescription: { Shards: Shard[] } }>('DescribeStream', { StreamArn: LatestStreamArn });
    for (const { ShardId } of Shards) if (!iterators.has(ShardId)) await openShard(LatestStreamArn, ShardId);
  };

  const readShard = async (shardId: string, iterator: string): Promise<StreamRecord[]> => {
    const { Records, NextShardIterator } = await call<{ Records: DynamoDBRecord[]; NextShardIterator?: string }>('GetRecords', {
      ShardIterator: iterator,
      Limit: READ_LIMIT,
    }).catch((error: unknown) => {
      // A refused iterator is of no more use; one that was not answered is asked again.
      if (error instanceof DynamoDbFault) iterators.delete(shardId);
      throw error;
    });
    iterators.set(shardId, NextShardIterator);
    const sequence = Records.at(-1)?.dynamodb?.SequenceNumber;
    if (sequence !== undefined) lastRead.set(shardId, sequence);
    return Records.map((record) => ({ ...stamped(record, deps), shardId }));
  };

  return {
    read: async (take) => {
      if (![...iterators.values()].some((iterator) => iterator !== undefined)) await openShards();
      for (const [shardId, iterator] of iterators) if (iterator !== undefined) take(await readShard(shardId, iterator));
    },
    checkpoint: ({ shardId, dynamodb }) => {
      const sequence = dynamodb?.SequenceNumber;
      if (sequence !== undefined) kept.set(positionKey(shardId), sequence);
    },
  };
};

/**
 * DynamoDB Local rounds ApproximateCreationDateTime to the minute and knows nothing of the run's clock, so the time of reading
 * stands in for it: readers are woken by each write, and the time is right to the second unless the reader has fallen behind.
 */
const stamped = (record: DynamoDBRecord, { table, region, clock }: StreamReaderDeps): DynamoDBRecord => ({
  ...record,
  awsRegion: region,
  eventSourceARN: table.stream?.arn ?? '',
  dynamodb: { ...record.dynamodb, ApproximateCreationDateTime: Math.floor(clock.now() / 1000) },
});

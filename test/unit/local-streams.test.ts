import { afterEach, describe, expect, it } from '@jest/globals';
import type { Clock } from '../../local/clock.ts';
import type { Mapping } from '../../local/events/mapping.ts';
import { makeStreamReader, type StreamRecord } from '../../local/events/stream-reader.ts';
import { startStreamWorker, type StreamWorker } from '../../local/events/stream-worker.ts';
import type { Kept } from '../../local/kept.ts';
import type { LambdaFunction } from '../../local/lambda/pool.ts';
import { DynamoDbFault, type DynamoDbCall } from '../../local/storage/dynamodb-call.ts';
import type { Table } from '../../local/storage/dynamodb-tables.ts';

/** A stream of the named shards, each with its records; `fails` throws before a shard is read. */
const readerOf = (shards: Record<string, string[]>, fails: (shard: string) => void) => {
  const asked: string[] = [];
  const call = ((operation: string, input: { ShardId?: string; ShardIterator?: string }) => {
    asked.push(operation);
    if (operation === 'DescribeTable') return { Table: { LatestStreamArn: 'arn' } };
    if (operation === 'DescribeStream') return { StreamDescription: { Shards: Object.keys(shards).map((ShardId) => ({ ShardId })) } };
    if (operation === 'GetShardIterator') return { ShardIterator: `${input.ShardId} 0` };
    const [shard = '', from = '0'] = (input.ShardIterator ?? '').split(' ');
    fails(shard);
    const names = (shards[shard] ?? []).slice(Number(from));
    return { Records: names.map((name) => ({ eventID: name, dynamodb: { SequenceNumber: name } })), NextShardIterator: `${shard} ${Number(from) + names.length}` };
  }) as unknown as DynamoDbCall;
  const kept = { get: () => undefined, set: () => undefined } as unknown as Kept;
  const clock = { now: () => 0, iso: () => '' } as unknown as Clock;
  const reader = makeStreamReader({
    table: { name: 'test' } as Table, region: 'us-east-1', kept, clock, name: 'reader', startingPosition: 'TRIM_HORIZON',
    call: async (operation, input) => call(operation, input),
  });
  return { reader, asked, clock };
};

describe('a reader whose source fails at times', () => {
  it('keeps what other shards gave, and goes on where it stopped', async () => {
    const down = { is: true };
    const { reader, asked } = readerOf({ one: ['a', 'b'], two: ['c'] }, (shard) => {
      if (shard === 'two' && down.is) throw new Error('no answer');
    });
    const got: (string | undefined)[] = [];
    const take = (records: readonly StreamRecord[]): void => void got.push(...records.map(({ eventID }) => eventID));
    await expect(reader.read(take)).rejects.toThrow('no answer');
    down.is = false;
    await reader.read(take);
    expect(got).toEqual(['a', 'b', 'c']);
    expect(asked.filter((operation) => operation === 'GetShardIterator')).toHaveLength(2);
  });

  it('opens a shard anew whose iterator is refused', async () => {
    const old = { is: true };
    const { reader } = readerOf({ one: ['a'] }, () => {
      if (old.is) throw new DynamoDbFault('ExpiredIteratorException', 'GetRecords');
    });
    const got: (string | undefined)[] = [];
    const take = (records: readonly StreamRecord[]): void => void got.push(...records.map(({ eventID }) => eventID));
    await expect(reader.read(take)).rejects.toThrow('ExpiredIteratorException');
    old.is = false;
    await reader.read(take);
    expect(got).toEqual(['a']);
  });
});

describe('a worker whose source fails at times', () => {
  let worker: StreamWorker | undefined;
  afterEach(async () => {
    worker?.halt();
    await worker?.ended();
  });

  it('is not drained before it has read what there is', async () => {
    const down = { is: true };
    const { reader, clock } = readerOf({ one: ['a'] }, () => {
      if (down.is) throw new Error('no answer');
    });
    const invoked: unknown[] = [];
    const target = {
      shape: { arn: 'arn', roleArn: 'role' },
      invoke: (event: unknown) => {
        invoked.push(event);
        return Promise.resolve({ kind: 'success', payload: 'null', requestId: 'x' });
      },
    } as unknown as LambdaFunction;
    const mapping = { id: 'reader', batchSize: 10, filters: [], maxRetries: -1, bisects: false, reportsItemFailures: false } as unknown as Mapping;
    worker = startStreamWorker(mapping, { reader, target, clock, sendTo: () => undefined, streamArn: 'arn' });
    expect(await worker.drained()).toBe(false);
    down.is = false;
    worker.wake();
    while (!(await worker.drained())) await new Promise((resolve) => setTimeout(resolve, 5));
    expect(invoked).toHaveLength(1);
  });
});

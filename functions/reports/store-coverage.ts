import { ScanCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { z } from 'zod';
import { instant } from '../../shared/contracts/common.ts';
import { entityFields } from '../../shared/contracts/stored.ts';
import { commit, getItem, queryAll, type CommitOutcome, type Dynamo, type Key, type TransactItem } from '../../shared/platform/dynamo.ts';
import { countedUpToKey, figuresKey, figuresSite, figuresWeek, siteFiguresItem } from '../../shared/published/site-figures.ts';
import { countOf, type CounterAdds } from './domain/counter-items.ts';
import { DIMENSIONS, type Contribution, type CounterDelta, type Dimension } from './domain/coverage.ts';
import { dimensionOfPractice, practiceOfDimension } from './domain/practice-weeks.ts';
import { dimensionOfSite, siteOfDimension } from './domain/site-figures.ts';
import { practiceWeekItem, practiceWeekKey, weekOfPractices } from './store-practices.ts';

const mark = z.int().min(0).optional();

/** What a person adds to the counters now. `version` is its own lock; `v` is the version of the person it was worked out from. */
export const contributionItem = z.object({
  ...entityFields,
  type: z.literal('contribution'),
  personId: z.string(),
  v: z.int().min(0),
  town: z.string(),
  county: z.string(),
  sex: z.string(),
  race: z.string(),
  doses: z.array(z.string()),
  first: mark,
  complete: mark,
  additional: mark,
  due: z.string().optional(),
});
export type ContributionItem = z.infer<typeof contributionItem>;

const contributionKey = (personId: string): { pk: string; sk: string } => ({ pk: `CONTRIBUTION#${personId}`, sk: 'CONTRIBUTION' });
const counterPartition = (dimension: Dimension, shard: number): string => `COVERAGE#${dimension}#${shard}`;
/** Counters of people lie by dimension, those of a site with what allocations may read of it, practices by week and without shards. */
const counterKey = (dimension: CounterDelta['dimension'], day: string, shard: number): Key => {
  const practice = practiceOfDimension(dimension);
  if (practice !== undefined) return practiceWeekKey(day, practice);
  const siteId = siteOfDimension(dimension);
  return siteId === undefined ? { pk: counterPartition(dimension as Dimension, shard), sk: day } : figuresKey(siteId, day, shard);
};
const counterType = (dimension: CounterDelta['dimension']): string =>
  practiceOfDimension(dimension) !== undefined ? 'practice-week' : siteOfDimension(dimension) === undefined ? 'coverage-counter' : 'site-figures';
const counterItem = z.looseObject({ pk: z.string(), sk: z.string(), type: z.literal('coverage-counter') });
const asOfKey = countedUpToKey;
const asOfItem = z.object({ asOf: instant });
/** A few hundred days of a large item each. */
const maxCounterPages = 2_000;
const pageSize = 100;

export const contributionOfItem = ({ v, town, county, sex, race, doses, first, complete, additional, due }: ContributionItem): Contribution => ({
  v, town, county, sex, race, doses,
  ...(first === undefined ? {} : { first }), ...(complete === undefined ? {} : { complete }), ...(additional === undefined ? {} : { additional }),
  ...(due === undefined ? {} : { due }),
});

/** One person's move: from the item that was read (absent: version 0) to the next contribution. */
export interface ContributionMove {
  readonly personId: string;
  readonly readVersion: number;
  readonly next: Contribution;
}

const toCounts = (item: Record<string, unknown>, dimension: CounterDelta['dimension'], day: string): CounterDelta[] =>
  Object.entries(item).flatMap(([attribute, delta]) => {
    const count = countOf(attribute);
    return count === undefined || typeof delta !== 'number' ? [] : [{ ...count, dimension, day, delta }];
  });

/** Contributions and counters. `shards` may grow and must never shrink: every shard that was ever written is summed. */
export const makeCoverageStore = (dynamo: Dynamo, table: string, shards: number) => {
  const contributionPut = ({ personId, readVersion, next }: ContributionMove): TransactItem => ({
    Put: {
      TableName: table,
      Item: { ...contributionKey(personId), type: 'contribution', schema: 1, version: readVersion + 1, personId, ...next },
      ...(readVersion === 0
        ? { ConditionExpression: 'attribute_not_exists(pk)' }
        : {
            ConditionExpression: '#version = :read',
            ExpressionAttributeNames: { '#version': 'version' },
            ExpressionAttributeValues: { ':read': readVersion },
          }),
    },
  });
  const counterUpdate = ({ dimension, day, adds }: CounterAdds, shard: number): TransactItem => {
    const named = [...adds].map(([attribute, count], at) => ({ attribute, count, name: `#n${at}`, value: `:n${at}` }));
    return {
      Update: {
        TableName: table,
        Key: counterKey(dimension, day, shard),
        UpdateExpression: `SET #type = :type, #schema = :schema ADD ${named.map(({ name, value }) => `${name} ${value}`).join(', ')}`,
        ExpressionAttributeNames: {
          '#type': 'type',
          '#schema': 'schema',
          ...Object.fromEntries(named.map(({ name, attribute }) => [name, attribute])),
        },
        ExpressionAttributeValues: {
          ':type': counterType(dimension),
          ':schema': 1,
          ...Object.fromEntries(named.map(({ value, count }) => [value, count])),
        },
      },
    };
  };
  /** Every item of a type. Only the recount worker may ask: it reads the whole table. */
  async function* scanned<T extends z.ZodType>(type: string, schema: T): AsyncGenerator<z.output<T>> {
    let start: Record<string, unknown> | undefined;
    do {
      const { Items = [], LastEvaluatedKey } = await dynamo.send(
        new ScanCommand({
          TableName: table,
          FilterExpression: '#type = :wanted',
          ExpressionAttributeNames: { '#type': 'type' },
          ExpressionAttributeValues: { ':wanted': type },
          ConsistentRead: true,
          ExclusiveStartKey: start,
        }),
      );
      for (const item of Items) yield schema.parse(item);
      start = LastEvaluatedKey;
    } while (start !== undefined);
  }
  /** Every count of a dimension between two days, shard by shard, not summed. */
  async function* counts(dimension: Dimension, from: string, to: string): AsyncGenerator<CounterDelta> {
    for (let shard = 0; shard < shards; shard += 1) {
      const query = { table, pk: counterPartition(dimension, shard), sk: { between: [from, to] as const }, consistent: true };
      for await (const item of queryAll(dynamo, query, counterItem, { pageSize, maxPages: maxCounterPages }))
        yield * toCounts(item, dimension, item.sk);
    }
  }
  return {
    contribution: (personId: string): Promise<ContributionItem | undefined> => getItem(dynamo, table, contributionKey(personId), contributionItem),

    /** Advances persons and adds what they change, all or nothing. `failed` positions are those of `moves`. */
    advance: (moves: readonly ContributionMove[], counters: readonly CounterAdds[], shard: number): Promise<CommitOutcome> =>
      commit(dynamo, [...moves.map(contributionPut), ...counters.map((adds) => counterUpdate(adds, shard % shards))]),

    /** Adds to counters only while they are as they were read: how a repair stays exact beside live counting. */
    repair(adds: CounterAdds, read: ReadonlyMap<string, number>): Promise<CommitOutcome> {
      const { Update } = counterUpdate(adds, 0);
      const conditions = [...adds.adds.keys()].map((attribute, at) => (read.has(attribute) ? `#n${at} = :r${at}` : `attribute_not_exists(#n${at})`));
      const values = Object.fromEntries(
        [...adds.adds.keys()].flatMap((attribute, at) => (read.has(attribute) ? [[`:r${at}`, read.get(attribute)]] : [])),
      );
      return commit(dynamo, [{
        Update: {
          ...Update, TableName: table, Key: Update?.Key, UpdateExpression: Update?.UpdateExpression,
          ConditionExpression: conditions.join(' AND '), ExpressionAttributeValues: { ...Update?.ExpressionAttributeValues, ...values },
        },
      }]);
    },
    /** Shard 0 of a counter item by attribute, for a repair. */
    async readShardZero(dimension: CounterDelta['dimension'], day: string): Promise<Map<string, number>> {
      const item = await getItem(dynamo, table, counterKey(dimension, day, 0), counterItem.or(siteFiguresItem).or(practiceWeekItem));
      return new Map(
        Object.entries(item ?? {}).flatMap(([attribute, count]) =>
          countOf(attribute) !== undefined && typeof count === 'number' ? [[attribute, count]] : [],
        ),
      );
    },

    counts,
    /** Every counter there is, of people, of sites and of practices. Only the recount worker may ask. */
    async *allCounts(): AsyncGenerator<CounterDelta> {
      for (const dimension of DIMENSIONS) yield* counts(dimension, '0000-01-01', '9999-12-31');
      for await (const item of scanned('site-figures', siteFiguresItem)) yield* toCounts(item, dimensionOfSite(figuresSite(item)), figuresWeek(item));
      for await (const item of scanned('practice-week', practiceWeekItem)) yield* toCounts(item, dimensionOfPractice(item.sk), weekOfPractices(item));
    },
    /** Every contribution. Only the recount worker may ask: it reads the whole table. */
    contributions: (): AsyncGenerator<ContributionItem> => scanned('contribution', contributionItem),

    asOf: async (): Promise<string | undefined> => (await getItem(dynamo, table, asOfKey, asOfItem))?.asOf,
    /** The newest change that was counted. It only moves forward; an older batch leaves it. */
    async countedUpTo(now: string): Promise<void> {
      try {
        await dynamo.send(
          new UpdateCommand({
            TableName: table,
            Key: asOfKey,
            UpdateExpression: 'SET asOf = :now, #type = :type, #schema = :schema',
            ConditionExpression: 'attribute_not_exists(asOf) OR asOf < :now',
            ExpressionAttributeNames: { '#type': 'type', '#schema': 'schema' },
            ExpressionAttributeValues: { ':now': now, ':type': 'coverage-as-of', ':schema': 1 },
          }),
        );
      } catch (error) {
        if (!(error instanceof Error && error.name === 'ConditionalCheckFailedException')) throw error;
      }
    },
  };
};
export type CoverageStore = ReturnType<typeof makeCoverageStore>;

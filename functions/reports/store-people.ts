import { ScanCommand } from '@aws-sdk/lib-dynamodb';
import { z } from 'zod';
import { readMany } from '../../shared/platform/batch-get.ts';
import { getItem, queryAll, queryPage, type Dynamo } from '../../shared/platform/dynamo.ts';
import { dayEntry, doseItem, doseVersionItem, type DoseItem, type DoseVersionItem } from '../../shared/published/dose.ts';
import {
  changeDayPartitions, dosePrefix, doseVersionKey, personKey, recordKey, reportDayPartitions,
} from '../../shared/published/dose-keys.ts';
import { personItem, recordItem, type PersonItem, type RecordItem } from '../../shared/published/person.ts';
import type { PersonView } from './domain/person-history.ts';

/** Far above the doses of any patient; guards against an endless read. */
const maxDosePages = 20;
/** A day of a shard: two million doses. */
const maxDayPages = 10_000;

type ItemKey = { pk: string; sk: string };
export type DayEntry = z.output<typeof dayEntry>;
export interface PersonsPage {
  persons: PersonItem[];
  /** Where the next page starts; undefined at the end. */
  next?: ItemKey;
}
const scanKey = z.object({ pk: z.string(), sk: z.string() });

/** What reports reads of the doses table, always consistently but for the day indexes. */
export const makePeopleStore = (dynamo: Dynamo, table: string) => {
  const record = (recordId: string): Promise<RecordItem | undefined> => getItem(dynamo, table, recordKey(recordId), recordItem);
  const heads = async (recordId: string): Promise<DoseItem[]> => {
    const found: DoseItem[] = [];
    const query = { table, pk: recordKey(recordId).pk, sk: { beginsWith: dosePrefix }, consistent: true };
    for await (const item of queryAll(dynamo, query, doseItem.or(doseVersionItem), { maxPages: maxDosePages }))
      if (item.type === 'dose') found.push(item);
    return found;
  };
  async function* entriesOf(partitions: readonly string[]): AsyncGenerator<DayEntry> {
    for (const pk of partitions) yield* queryAll(dynamo, { table, index: 'gsi2', pk }, dayEntry, { maxPages: maxDayPages });
  }
  return {
    record,
    /** Heads of doses, in no order; keys that lead nowhere are left out. */
    doses: (keys: readonly ItemKey[]): Promise<DoseItem[]> => readMany(dynamo, table, keys, doseItem),
    /** A dose as it was at a version: the head, or what lies beside it since it was superseded. */
    async doseAt(key: ItemKey, version: number): Promise<DoseItem | DoseVersionItem | undefined> {
      const head = await getItem(dynamo, table, key, doseItem);
      return head === undefined || head.version === version ? head : getItem(dynamo, table, doseVersionKey(key, version), doseVersionItem);
    },
    /** A person with all that is linked to it; undefined while there is none. A link to a record that is not there yet is passed by. */
    async view(personId: string): Promise<PersonView | undefined> {
      const person = await getItem(dynamo, table, personKey(personId), personItem);
      if (person === undefined) return undefined;
      const parts = await Promise.all(person.recordIds.map(async (id) => ({ record: await record(id), doses: await heads(id) })));
      return { person, records: parts.flatMap((part) => part.record ?? []), doses: parts.flatMap(({ doses }) => doses) };
    },
    /** Doses by the local day of their first report: keys only, from an index that may lag. */
    reportedOn: (day: string): AsyncGenerator<DayEntry> => entriesOf(reportDayPartitions(day)),
    async hasReports(day: string): Promise<boolean> {
      const pages = await Promise.all(reportDayPartitions(day).map((pk) => queryPage(dynamo, { table, index: 'gsi2', pk }, dayEntry, { limit: 1 })));
      return pages.some(({ items }) => items.length > 0);
    },
    /** Former versions of doses and of records by the local day on which they were superseded. */
    changedOn: (day: string): AsyncGenerator<DayEntry> => entriesOf(changeDayPartitions(day)),
    /** Which of these persons are not there. */
    async missing(personIds: readonly string[]): Promise<string[]> {
      const found = new Set((await readMany(dynamo, table, personIds.map(personKey), personItem)).map(({ personId }) => personId));
      return personIds.filter((id) => !found.has(id));
    },
    /** One page of all persons. Only the recount worker may ask: it reads the whole table. */
    async personsPage(start: ItemKey | undefined): Promise<PersonsPage> {
      const { Items = [], LastEvaluatedKey } = await dynamo.send(
        new ScanCommand({
          TableName: table,
          FilterExpression: '#type = :person',
          ExpressionAttributeNames: { '#type': 'type' },
          ExpressionAttributeValues: { ':person': 'person' },
          ConsistentRead: true,
          ExclusiveStartKey: start,
        }),
      );
      return {
        persons: Items.map((item) => personItem.parse(item)),
        ...(LastEvaluatedKey === undefined ? {} : { next: scanKey.parse(LastEvaluatedKey) }),
      };
    },
  };
};
export type PeopleStore = ReturnType<typeof makePeopleStore>;

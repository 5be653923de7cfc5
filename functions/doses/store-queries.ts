import { commit, queryPage, type Dynamo, type Page, type PageRequest, type TransactItem } from '../../shared/platform/dynamo.ts';
import { disclosureItem, queryItem, type DisclosureItem, type QueryItem } from './domain/query/audit.ts';

const queriesPartition = (senderId: string): string => `QUERIES#${senderId}`;
const disclosuresPartition = (personId: string): string => `DISCLOSURES#${personId}`;

export type AskedQuery = Omit<QueryItem, 'pk' | 'sk' | 'type' | 'schema' | 'expiresAt'>;

const secondsADay = 86_400;

/** Who asked for whom. Written in one transaction before the answer goes out; nothing is ever changed. */
export const makeQueryStore = (dynamo: Dynamo, table: string, auditDays: number) => ({
  async note({ answer, outcome, persons, ...asked }: AskedQuery): Promise<void> {
    const sk = `${asked.askedAt}#${asked.queryId}`;
    const query = { ...asked, expiresAt: Math.floor(Date.parse(asked.askedAt) / 1000) + auditDays * secondsADay };
    const items: (QueryItem | DisclosureItem)[] = [
      { pk: queriesPartition(query.senderId), sk, type: 'query', schema: 1, ...query, answer, outcome, persons },
      ...persons.map(({ personId, kind }): DisclosureItem => ({
        pk: disclosuresPartition(personId),
        sk,
        type: 'disclosure',
        schema: 1,
        ...query,
        personId,
        kind,
      })),
    ];
    const noted = await commit(
      dynamo,
      items.map((Item): TransactItem => ({ Put: { TableName: table, Item } })),
    );
    if (noted.kind !== 'committed') throw new Error('A query could not be noted');
  },
  ofSender: (senderId: string, page: PageRequest): Promise<Page<QueryItem>> =>
    queryPage(dynamo, { table, pk: queriesPartition(senderId), newestFirst: true }, queryItem, page),
  ofPerson: (personId: string, page: PageRequest): Promise<Page<DisclosureItem>> =>
    queryPage(dynamo, { table, pk: disclosuresPartition(personId), newestFirst: true }, disclosureItem, page),
});
export type QueryStore = ReturnType<typeof makeQueryStore>;

import { PutCommand, ScanCommand } from '@aws-sdk/lib-dynamodb';
import { z } from 'zod';
import type { HistoryEntry } from '../../shared/contracts/common.ts';
import { accountKey, accountSchema, entriesPartition, type Account, type AccountRef } from '../../shared/ledger/account.ts';
import { effectSchema, type Effect } from '../../shared/ledger/buckets.ts';
import { accountUpdate } from '../../shared/ledger/items.ts';
import { entrySchema } from '../../shared/ledger/movement.ts';
import { commit, getItem, queryAll, queryPage, type Dynamo, type Page, type PageRequest } from '../../shared/platform/dynamo.ts';
import { historyPut } from '../../shared/platform/entity.ts';
import { siteItem, siteKey } from '../../shared/published/site.ts';
import { balanceLine, finding } from './schemas.ts';

export type BalanceLine = z.infer<typeof balanceLine>;
export type Finding = z.infer<typeof finding>;

/** A dose that moved stock is its own ledger entry; the account index of the doses table lists those of an account. */
const doseEntry = z.object({ effect: effectSchema });
const storedLine = balanceLine.extend({ reconciledAt: z.string() });
const maxScanPages = 10_000;

/** What the reconciliation job reads and writes. It is the only one in this context that scans, and no request waits for it. */
export const makeReconciliationStore = (dynamo: Dynamo, tables: { inventory: string; doses: string; enrollment: string }) => ({
  async *accounts(): AsyncGenerator<Account> {
    let start: Record<string, unknown> | undefined;
    for (let page = 0; page < maxScanPages; page += 1) {
      const { Items = [], LastEvaluatedKey } = await dynamo.send(
        new ScanCommand({
          TableName: tables.inventory,
          FilterExpression: '#type = :account',
          ExpressionAttributeNames: { '#type': 'type' },
          ExpressionAttributeValues: { ':account': 'account' },
          ConsistentRead: true,
          ExclusiveStartKey: start,
        }),
      );
      for (const item of Items) yield accountSchema.parse(item);
      if (LastEvaluatedKey === undefined) return;
      start = LastEvaluatedKey;
    }
    throw new Error(`The inventory table holds more than ${maxScanPages} pages`);
  },
  account: (ref: AccountRef) => getItem(dynamo, tables.inventory, accountKey(ref), accountSchema),
  async *effects(ref: AccountRef): AsyncGenerator<Effect> {
    for await (const { effect } of queryAll(dynamo, { table: tables.inventory, pk: entriesPartition(ref), consistent: true }, entrySchema))
      yield effect;
    for await (const { effect } of queryAll(dynamo, { table: tables.doses, index: 'gsi1', pk: entriesPartition(ref) }, doseEntry)) yield effect;
  },
  isFederal: async (siteId: string): Promise<boolean> =>
    (await getItem(dynamo, tables.enrollment, siteKey(siteId), siteItem))?.supplyAccount !== 'jurisdiction',
  async saveLine(day: string, line: BalanceLine, reconciledAt: string): Promise<void> {
    const sk = line.scope.startsWith('sit_') ? `SITE#${line.scope}` : `0#${line.scope}`;
    await dynamo.send(
      new PutCommand({ TableName: tables.inventory, Item: { pk: `BALANCES#${day}`, sk, type: 'balance-line', schema: 1, ...line, reconciledAt } }),
    );
  },
  /** Adds what the entries say an account lacks, if nobody has moved it since it was read. Leaves its trail beside the account. */
  async repair(account: Account, lacking: Effect, entry: HistoryEntry): Promise<boolean> {
    const change = accountUpdate(tables.inventory, { ref: account.ref, effect: lacking, facts: {}, exactVersion: account.version });
    const outcome = await commit(dynamo, [change, historyPut(tables.inventory, accountKey(account.ref), entry)]);
    return outcome.kind === 'committed';
  },
  async saveFinding(day: string, found: Finding): Promise<void> {
    const sk = `${found.siteId}#${found.ndc}#${found.lot}#${found.funding}`;
    await dynamo.send(new PutCommand({ TableName: tables.inventory, Item: { pk: `FINDINGS#${day}`, sk, type: 'finding', schema: 1, ...found } }));
  },
});
export type ReconciliationStore = ReturnType<typeof makeReconciliationStore>;

/** What the API shows of a day's reconciliation. */
export const makeReconciliationReader = (dynamo: Dynamo, table: string) => ({
  lines: (day: string, page: PageRequest): Promise<Page<z.output<typeof storedLine>>> =>
    queryPage(dynamo, { table, pk: `BALANCES#${day}` }, storedLine, page),
  findings: (day: string, page: PageRequest): Promise<Page<Finding>> => queryPage(dynamo, { table, pk: `FINDINGS#${day}` }, finding, page),
});

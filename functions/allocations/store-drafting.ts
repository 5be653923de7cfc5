import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { gunzipSync, gzipSync } from 'node:zlib';
import { z } from 'zod';
import type { HistoryEntry } from '../../shared/contracts/common.ts';
import { queryAll, type Dynamo, type TransactItem } from '../../shared/platform/dynamo.ts';
import { commitCreation, createPut, historyPut } from '../../shared/platform/entity.ts';
import { anyRunItem, draftForm, type AnyRunItem, type DraftForm, type DraftingItem } from './schemas-run-items.ts';
import { collect, runKey } from './store.ts';

/** What a run was asked to be, compressed and cut to what an item holds: a policy and five hundred overrides may be more than one. */
const formPart = z.object({ data: z.string() });
const mostPartChars = 300_000;
const mostFormBytes = 8_000_000;

const formPuts = (table: string, runId: string, form: DraftForm): TransactItem[] => {
  const text = gzipSync(JSON.stringify(form)).toString('base64');
  return Array.from({ length: Math.ceil(text.length / mostPartChars) }, (_, at) => ({
    Put: {
      TableName: table,
      Item: {
        pk: runKey(runId).pk,
        sk: `FORM#${String(at).padStart(3, '0')}`,
        type: 'run-form',
        schema: 1,
        data: text.slice(at * mostPartChars, (at + 1) * mostPartChars),
      },
    },
  }));
};

/** Runs that are asked for: what they are to be, and how far their drafting is. */
export const makeDraftingStore = (dynamo: Dynamo, table: string) => ({
  /** A run and what was asked, in one write. A repeat of the request meets the run in whatever state it is by now. */
  ask: (run: DraftingItem, form: DraftForm, entry: HistoryEntry) =>
    commitCreation<AnyRunItem>(dynamo, run, anyRunItem, [createPut(table, run), historyPut(table, run, entry), ...formPuts(table, run.runId, form)]),
  async form(runId: string): Promise<DraftForm> {
    const parts = await collect(queryAll(dynamo, { table, pk: runKey(runId).pk, sk: { beginsWith: 'FORM#' }, consistent: true }, formPart));
    const bytes = gunzipSync(Buffer.from(parts.map(({ data }) => data).join(''), 'base64'), { maxOutputLength: mostFormBytes });
    return draftForm.parse(JSON.parse(bytes.toString()));
  },
  /** How many sites were read. No version of the run: it may be told by two deliveries at once, and too late. */
  async tell(runId: string, sitesRead: number, sites: number): Promise<void> {
    try {
      await dynamo.send(new UpdateCommand({
        TableName: table,
        Key: runKey(runId),
        UpdateExpression: 'SET sitesRead = :read, sites = :sites',
        ConditionExpression: '#state = :drafting',
        ExpressionAttributeNames: { '#state': 'state' },
        ExpressionAttributeValues: { ':read': sitesRead, ':sites': sites, ':drafting': 'drafting' },
      }));
    } catch (error) {
      // Another delivery of the same request was first: there is nobody left to be told.
      if (!(error instanceof Error && error.name === 'ConditionalCheckFailedException')) throw error;
    }
  },
});
export type DraftingStore = ReturnType<typeof makeDraftingStore>;

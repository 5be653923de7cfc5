import type { DynamoDBBatchResponse, DynamoDBStreamEvent } from 'aws-lambda';
import { lookAgainSeconds, type LotMessage } from '../../shared/contracts/lot-message.ts';
import { accountSchema } from '../../shared/ledger/account.ts';
import { eachChange } from '../../shared/platform/stream.ts';
import { makeInventoryDeps } from './deps-workers.ts';

const { log, queue } = makeInventoryDeps();

/**
 * Accounts in which doses came to hand, however they did: counted at the dock or from a transfer, released, found, given back. The doses of the site that wait
 * for the lot are looked for again a little later. Asking twice is harmless.
 */
export const handler = (event: DynamoDBStreamEvent): Promise<DynamoDBBatchResponse> =>
  eachChange(event, log, async ({ before, after }) => {
    const [was, is] = [accountSchema.safeParse(before).data, accountSchema.safeParse(after).data];
    if (is === undefined || is.buckets.onHand <= (was?.buckets.onHand ?? 0)) return;
    await queue.send({ siteId: is.ref.siteId, arrived: { lot: is.ref.lot } } satisfies LotMessage, lookAgainSeconds);
  });

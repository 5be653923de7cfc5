import type { DynamoDBBatchResponse, DynamoDBStreamEvent } from 'aws-lambda';
import { z } from 'zod';
import { eachChange } from '../../shared/platform/stream.ts';
import { awardNameOf } from '../../shared/published/award.ts';
import { makeStreamDeps } from './deps.ts';

const { store, log } = makeStreamDeps();
const orderOfAward = z.looseObject({ type: z.literal('order'), siteId: z.string(), awardId: z.string() });

/** Orders as they are placed: their awards become ordered. Seeing an order twice, or late, changes nothing. */
export const handler = (event: DynamoDBStreamEvent): Promise<DynamoDBBatchResponse> =>
  eachChange(event, log, async ({ after }) => {
    const order = orderOfAward.safeParse(after);
    const name = order.success ? awardNameOf(order.data.awardId) : undefined;
    if (order.success && name !== undefined) await store.markOrdered(order.data.siteId, name);
  });

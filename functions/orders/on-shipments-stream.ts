import type { DynamoDBBatchResponse, DynamoDBStreamEvent } from 'aws-lambda';
import { z } from 'zod';
import { eachChange } from '../../shared/platform/stream.ts';
import { shipmentLineItem } from '../../shared/published/shipment-line.ts';
import { makeWorkerDeps } from './deps.ts';
import { makeFollowShipments } from './follow-shipments.ts';

const { store, log } = makeWorkerDeps();
const follow = makeFollowShipments(store);
const actor = 'orders-on-shipments-stream';

/** Only lines of the jurisdiction's own supply were ordered here; everything else in the stream is passed by. */
const own = z.looseObject({ type: z.literal('shipment-line'), supply: z.literal('jurisdiction'), siteId: z.string() });

/** Shipment lines as they change: orders show what was shipped and received. */
export const handler = (event: DynamoDBStreamEvent): Promise<DynamoDBBatchResponse> =>
  eachChange(event, log, async ({ after, now }) => {
    const known = own.safeParse(after);
    if (!known.success) return;
    await follow.changed(shipmentLineItem.parse(after), known.data.siteId, { actor, now });
  });

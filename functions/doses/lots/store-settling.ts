import { z } from 'zod';
import { commit, type Dynamo, type Key } from '../../../shared/platform/dynamo.ts';

/** A request that the worker did not close by then failed for good, and no longer stands in the way of another. */
const voidAfterMs = 15 * 60_000;

const settling = z.object({ type: z.literal('settling'), siteId: z.string(), state: z.enum(['open', 'closed']), askedAt: z.string() });

/** One item a site, written over by each request. */
const settlingKey = (siteId: string): Key => ({ pk: `SETTLING#${siteId}`, sk: 'SETTLING' });

const conditionNames = { '#state': 'state' };

/** Whether a site has asked for all its waiting doses to be looked for again, and that is not done yet: so that it is under way once. */
export const makeSettlingStore = (dynamo: Dynamo, table: string) => ({
  /** Opens a request of a site, unless one is open: then says since when. */
  async open(siteId: string, { at, by }: { readonly at: string; readonly by: string }): Promise<{ kind: 'opened' } | { kind: 'under-way'; askedAt: string }> {
    const Item = { ...settlingKey(siteId), type: 'settling', schema: 1, siteId, state: 'open', askedAt: at, askedBy: by };
    const written = await commit(dynamo, [{
      Put: {
        TableName: table,
        Item,
        ConditionExpression: 'attribute_not_exists(pk) OR #state = :closed OR askedAt < :void',
        ExpressionAttributeNames: conditionNames,
        ExpressionAttributeValues: { ':closed': 'closed', ':void': new Date(Date.parse(at) - voidAfterMs).toISOString() },
      },
    }]);
    return written.kind === 'committed' ? { kind: 'opened' } : { kind: 'under-way', askedAt: settling.parse(written.failed.get(0)).askedAt };
  },

  /** Closes the request of that instant; one that was closed, or overtaken by a later one, stays as it is. */
  async close(siteId: string, askedAt: string): Promise<void> {
    await commit(dynamo, [{
      Update: {
        TableName: table,
        Key: settlingKey(siteId),
        UpdateExpression: 'SET #state = :closed',
        ConditionExpression: '#state = :open AND askedAt = :askedAt',
        ExpressionAttributeNames: conditionNames,
        ExpressionAttributeValues: { ':closed': 'closed', ':open': 'open', ':askedAt': askedAt },
      },
    }]);
  },
});
export type SettlingStore = ReturnType<typeof makeSettlingStore>;

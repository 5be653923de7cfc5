import { PutCommand } from '@aws-sdk/lib-dynamodb';
import { z } from 'zod';
import { getItem, type Dynamo } from '../../shared/platform/dynamo.ts';

const count = z.int().min(0);

/** How far a recount has come with comparing persons. */
export const recountProgress = z.object({
  personsDone: z.boolean(),
  next: z.object({ pk: z.string(), sk: z.string() }).optional(),
  persons: count,
  wrong: count,
  repaired: count,
  wrongIds: z.array(z.string()),
});
export type RecountProgress = z.infer<typeof recountProgress>;

const progressKey = (id: string): { pk: string; sk: string } => ({ pk: `RECOUNT#${id}`, sk: 'PROGRESS' });
const fresh: RecountProgress = { personsDone: false, persons: 0, wrong: 0, repaired: 0, wrongIds: [] };

export const makeRecountStore = (dynamo: Dynamo, table: string) => ({
  read: async (id: string): Promise<RecountProgress> => (await getItem(dynamo, table, progressKey(id), recountProgress)) ?? fresh,
  async save(id: string, state: RecountProgress): Promise<void> {
    await dynamo.send(new PutCommand({ TableName: table, Item: { ...progressKey(id), type: 'recount-progress', schema: 1, ...state } }));
  },
});
export type RecountStore = ReturnType<typeof makeRecountStore>;

import { z } from 'zod';
import { day, instant } from '../../../shared/contracts/common.ts';
import { entityFields } from '../../../shared/contracts/stored.ts';
import { commit, getItem, type CommitOutcome, type Dynamo, type TransactItem } from '../../../shared/platform/dynamo.ts';
import { createPut, replacePut } from '../../../shared/platform/entity.ts';
import { decrement, doseItem, doseStates, stockEffect, validityFacts } from '../../../shared/published/dose.ts';

/**
 * A dose of somebody who opted out: what its account must know, and nothing of whose it is. It lies under a keyed hash of its own, under which
 * a repeat, a correction or a deletion of it finds it again and nobody else can. Of a dose told before that, what was told since: without stock.
 */
export const unseenDose = z.object({
  ...entityFields,
  type: z.literal('unseen-dose'),
  state: z.enum(doseStates),
  givenOn: day,
  cvx: z.string(),
  decrement,
  alone: doseItem.shape.alone,
  effect: stockEffect.optional(),
  gsi1pk: z.string().optional(),
  gsi1sk: z.string().optional(),
  /** Keyed digest of what was told. */
  digest: z.string(),
  /** What an answer to a repeat shows of the first telling. The original of the message is empty. */
  receivedAt: instant.optional(),
  messageId: z.string().optional(),
  changedAt: instant.optional(),
  reason: z.string().optional(),
  validity: z.array(z.enum(validityFacts)).optional(),
  lotReceivedOn: day.optional(),
});
export type UnseenDose = z.infer<typeof unseenDose>;

/** `hash` is keyed and not that of the dose itself. */
export const unseenKey = (hash: string): { pk: string; sk: string } => ({ pk: `UNSEEN#${hash}`, sk: 'DOSE#0' });

/** Doses without a patient. */
export const makeUnseenStore = (dynamo: Dynamo, table: string) => ({
  dose: (key: { pk: string; sk: string }): Promise<UnseenDose | undefined> => getItem(dynamo, table, key, unseenDose),
  /** With what it moves and the accounts it is the first of, over the version that was read. */
  write: (next: UnseenDose, isFirst: boolean, moves: readonly TransactItem[], accounts: readonly object[]): Promise<CommitOutcome> =>
    commit(dynamo, [
      isFirst ? createPut(table, next) : replacePut(table, next),
      ...moves,
      ...accounts.map((item) => ({ Put: { TableName: table, Item: { ...item } } })),
    ]),
});
export type UnseenStore = ReturnType<typeof makeUnseenStore>;

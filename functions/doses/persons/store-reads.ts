import { z } from 'zod';
import { instant } from '../../../shared/contracts/common.ts';
import { commit, queryPage, type Dynamo, type Page, type PageRequest, type TransactItem } from '../../../shared/platform/dynamo.ts';
import { personKey } from '../../../shared/published/dose-keys.ts';

/** That somebody of the registry saw a person or an original message: who, when, and by what. */
export const readEntry = z.object({
  at: instant,
  actor: z.string(),
  what: z.enum(['person', 'review', 'dose', 'message', 'recall']),
  of: z.string().optional(),
});
export type ReadEntry = z.infer<typeof readEntry>;
const readItem = readEntry.extend({ pk: z.string(), sk: z.string(), type: z.literal('read'), schema: z.literal(1), expiresAt: z.number() });

const sortPrefix = 'READ#';
/** A transaction holds more, an answer shows no more persons. */
const maxAtOnce = 50;
const secondsADay = 86_400;

/** The audit of reads: entered before the answer goes out, kept as long as the jurisdiction's audit. */
export const makeReadLog = (dynamo: Dynamo, table: string, auditDays: number) => {
  const put = (pk: string, entry: ReadEntry, correlationId: string): TransactItem => {
    const expiresAt = Math.floor(Date.parse(entry.at) / 1000) + auditDays * secondsADay;
    return { Put: { TableName: table, Item: { pk, sk: `${sortPrefix}${entry.at}#${correlationId}`, type: 'read', schema: 1, ...entry, expiresAt } } };
  };
  const list = (pk: string, page: PageRequest): Promise<Page<ReadEntry>> =>
    queryPage(dynamo, { table, pk, sk: { beginsWith: sortPrefix }, newestFirst: true }, readItem, page);
  const ofPerson = (personId: string): string => personKey(personId).pk;
  const ofMessage = (messageId: string): string => `MESSAGE#${messageId}`;
  return {
    /** @param correlationId of the request: two reads at one instant are two entries */
    async enter(personIds: readonly string[], entry: ReadEntry, correlationId: string): Promise<void> {
      const puts = personIds.slice(0, maxAtOnce).map((personId) => put(ofPerson(personId), entry, correlationId));
      if (puts.length > 0) await commit(dynamo, puts);
    },
    async enterMessage(messageId: string, at: string, actor: string, correlationId: string): Promise<void> {
      await commit(dynamo, [put(ofMessage(messageId), { at, actor, what: 'message' }, correlationId)]);
    },
    ofPerson: (personId: string, page: PageRequest) => list(ofPerson(personId), page),
    ofMessage: (messageId: string, page: PageRequest) => list(ofMessage(messageId), page),
  };
};
export type ReadLog = ReturnType<typeof makeReadLog>;

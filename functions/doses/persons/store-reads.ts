import { z } from 'zod';
import { instant } from '../../../shared/contracts/common.ts';
import { commit, queryPage, type Dynamo, type Page, type PageRequest } from '../../../shared/platform/dynamo.ts';
import { personKey } from '../../../shared/published/dose.ts';

/** That somebody of the registry saw a person: who, when, and by what. */
export const readEntry = z.object({ at: instant, actor: z.string(), what: z.enum(['person', 'review', 'dose']), of: z.string().optional() });
export type ReadEntry = z.infer<typeof readEntry>;
const readItem = readEntry.extend({ pk: z.string(), sk: z.string(), type: z.literal('read'), schema: z.literal(1), expiresAt: z.number() });

const sortPrefix = 'READ#';
/** A transaction holds more, an answer shows no more persons. */
const maxAtOnce = 50;
const secondsADay = 86_400;

/** The audit of reads: entered before the answer goes out, kept as long as the jurisdiction's audit. */
export const makeReadLog = (dynamo: Dynamo, table: string, auditDays: number) => ({
  /** @param correlationId of the request: two reads at one instant are two entries */
  async enter(personIds: readonly string[], entry: ReadEntry, correlationId: string): Promise<void> {
    const expiresAt = Math.floor(Date.parse(entry.at) / 1000) + auditDays * secondsADay;
    const puts = personIds.slice(0, maxAtOnce).map((personId) => ({
      Put: { TableName: table, Item: { pk: personKey(personId).pk, sk: `${sortPrefix}${entry.at}#${correlationId}`, type: 'read', schema: 1, ...entry, expiresAt } },
    }));
    if (puts.length > 0) await commit(dynamo, puts);
  },
  reads: (personId: string, page: PageRequest): Promise<Page<ReadEntry>> =>
    queryPage(dynamo, { table, pk: personKey(personId).pk, sk: { beginsWith: sortPrefix }, newestFirst: true }, readItem, page),
});
export type ReadLog = ReturnType<typeof makeReadLog>;

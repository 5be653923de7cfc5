import type { Context, SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import { lotMessage, type LotMessage } from '../../shared/contracts/lot-message.ts';
import { parseJson } from '../../shared/platform/json.ts';
import { makeLotDeps } from './deps-workers.ts';

type Remaining = Pick<Context, 'getRemainingTimeInMillis'>;

/** Before the time limit, as long as a page of doses may take. */
const reserveMs = 60_000;

const { log, queue, lookAgain } = makeLotDeps();

/** The job, and whose: ids alone. */
const named = (message: LotMessage): { job: string; of: string } =>
  'arrived' in message
    ? { job: 'settle-waiting', of: message.siteId }
    : { job: 'judge-lot', of: 'recallId' in message ? message.recallId : message.excursionId };

const work = async ({ body, attributes }: SQSRecord, context: Remaining): Promise<void> => {
  const parsed = parseJson(body);
  const message = lotMessage.parse(parsed.kind === 'json' ? parsed.value : undefined);
  const now = new Date(Number(attributes.SentTimestamp)).toISOString();
  const outcome = await lookAgain(message, { now, hasTime: () => context.getRemainingTimeInMillis() > reserveMs });
  if (outcome.kind === 'to-be-continued') await queue.send({ ...message, cursor: outcome.cursor } satisfies LotMessage);
  log.info('JOB_DONE', { ...named(message), outcome: outcome.kind, looked: outcome.looked, changed: outcome.changed });
};

/**
 * Judges doses again whose lot was recalled, or whose unit had an excursion, after they were given, and looks again for stock that doses wait for. What fails
 * stays on the queue and begins where its message says; what was judged or settled is not written again.
 */
export const handler = async (event: SQSEvent, context: Remaining): Promise<SQSBatchResponse> => {
  const batchItemFailures: SQSBatchResponse['batchItemFailures'] = [];
  for (const record of event.Records) {
    try {
      await work(record, context);
    } catch (cause) {
      log.error('RECORD_FAULT', { fields: { messageId: record.messageId }, cause });
      batchItemFailures.push({ itemIdentifier: record.messageId });
    }
  }
  log.info('BATCH_DONE', { done: event.Records.length - batchItemFailures.length, failed: batchItemFailures.length });
  return { batchItemFailures };
};

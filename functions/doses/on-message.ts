import type { SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import { messageReference } from '../../shared/contracts/message-reference.ts';
import { parseJson } from '../../shared/platform/json.ts';
import { makeMessageDeps } from './deps.ts';

const { log, reportReference } = makeMessageDeps();

const work = async ({ body }: SQSRecord): Promise<void> => {
  const parsed = parseJson(body);
  await (await reportReference())(messageReference.parse(parsed.kind === 'json' ? parsed.value : undefined));
};

/** One group after the other within itself: when one of its messages fails, the later ones go back unread, so that order holds. */
const workGroup = async (records: readonly SQSRecord[]): Promise<readonly SQSRecord[]> => {
  for (const [done, record] of records.entries()) {
    try {
      await work(record);
    } catch (cause) {
      log.error('RECORD_FAULT', { fields: { messageId: record.messageId }, cause });
      return records.slice(done);
    }
  }
  return [];
};

/** Takes messages of uploaded files: a patient's in order, patients side by side. What fails stays on the queue with what follows it. */
export const handler = async (event: SQSEvent): Promise<SQSBatchResponse> => {
  const groups = Map.groupBy(event.Records, ({ messageId, attributes }) => attributes.MessageGroupId ?? messageId);
  const failed = (await Promise.all([...groups.values()].map(workGroup))).flat();
  log.info('BATCH_DONE', { done: event.Records.length - failed.length, failed: failed.length });
  return { batchItemFailures: failed.map(({ messageId }) => ({ itemIdentifier: messageId })) };
};

import type { Context, SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import { uploadMessage, type GoOn } from '../../shared/contracts/upload-message.ts';
import { parseJson } from '../../shared/platform/json.ts';
import { makeUploadDeps } from './deps.ts';

/** Before the time limit, as long as a part of a file may take. */
const reserveMs = 60_000;

const { log, queue, readUpload } = makeUploadDeps();

const work = async ({ body, attributes }: SQSRecord, context: Pick<Context, 'getRemainingTimeInMillis'>): Promise<void> => {
  const parsed = parseJson(body);
  const now = new Date(Number(attributes.SentTimestamp)).toISOString();
  const read = await readUpload();
  for (const key of uploadMessage.parse(parsed.kind === 'json' ? parsed.value : undefined)) {
    const outcome = await read(key, now, () => context.getRemainingTimeInMillis() > reserveMs);
    if (outcome === 'to-be-continued') await queue.send({ goOnWith: key } satisfies GoOn);
    log.info('JOB_DONE', { outcome });
  }
};

/** Reads the files that the uploads queue names. What fails stays on the queue; what was answered is not written again. */
export const handler = async (event: SQSEvent, context: Pick<Context, 'getRemainingTimeInMillis'>): Promise<SQSBatchResponse> => {
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

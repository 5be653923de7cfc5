import type { Context, SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import { uploadMessage, type Gather, type GoOn, type UploadJob } from '../../shared/contracts/upload-message.ts';
import { parseJson } from '../../shared/platform/json.ts';
import { makeUploadDeps } from './deps-workers.ts';

type Remaining = Pick<Context, 'getRemainingTimeInMillis'>;

/** Before the time limit, as long as a part of a file may take. */
const reserveMs = 60_000;
/** Between two looks whether all answers are there: 1 s, then twice as long each time that nothing came. SQS delays no longer. */
const longestPauseSeconds = 900;

const { log, queue, readUpload, gatherAnswers } = makeUploadDeps();

/** As long as a message may wait or lie aside, fourteen days: then a person looks (the runbook says how it is taken up again). */
const mostTries = 1_350;

const gatherLater = (key: string, tries: number, again?: number): Promise<void> =>
  queue.send({ gatherFor: key, tries, ...(again === undefined ? {} : { again }) } satisfies Gather, Math.min(2 ** tries, longestPauseSeconds));

const read = async (key: string, now: string, context: Remaining): Promise<string> => {
  const outcome = await (await readUpload())(key, now, () => context.getRemainingTimeInMillis() > reserveMs);
  if (outcome === 'to-be-continued') await queue.send({ goOnWith: key } satisfies GoOn);
  if (outcome === 'done') await gatherLater(key, 0);
  return outcome;
};

const gather = async ({ key, tries, again }: Extract<UploadJob, { job: 'gather' }>, now: string): Promise<string> => {
  const outcome = await gatherAnswers(key, now, again);
  if (outcome.kind === 'waiting' && tries >= mostTries) return 'given-up';
  if (outcome.kind === 'waiting') await gatherLater(key, outcome.moved ? 0 : tries + 1, again);
  return outcome.kind;
};

const work = async ({ body, attributes }: SQSRecord, context: Remaining): Promise<void> => {
  const parsed = parseJson(body);
  const now = new Date(Number(attributes.SentTimestamp)).toISOString();
  const jobs: UploadJob[] = uploadMessage.parse(parsed.kind === 'json' ? parsed.value : undefined);
  for (const job of jobs) {
    const outcome = job.job === 'read' ? await read(job.key, now, context) : await gather(job, now);
    log.info('JOB_DONE', { job: job.job, outcome });
  }
};

/**
 * Hands over the files that the uploads queue names, and puts their answers together. What fails stays on the queue; what was answered is
 * not written again.
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

import type { Context, SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import { mostRunDeliveries, runMessage, type RunMessage } from '../../shared/contracts/run-message.ts';
import { parseJson } from '../../shared/platform/json.ts';
import { makeRunDeps } from './deps.ts';
import { makeDraftRun } from './draft-run.ts';
import { makeGiveUp } from './give-up-run.ts';
import { makePublishRun } from './publish-run.ts';
import { OutOfTime, type Turn } from './turn.ts';

type Remaining = Pick<Context, 'getRemainingTimeInMillis'>;

/** Before the time limit, to say on the run that there is no time left. */
const reserveMs = 20_000;

const { log, store, runs, figures, ...deps } = makeRunDeps();
const draftRun = makeDraftRun({ store, runs, ...deps });
const publishRun = makePublishRun(store, runs, figures);
const giveUp = makeGiveUp(store);

const messageOf = ({ body }: SQSRecord): RunMessage => {
  const parsed = parseJson(body);
  return runMessage.parse(parsed.kind === 'json' ? parsed.value : undefined);
};
const sentAt = ({ attributes }: SQSRecord): string => new Date(Number(attributes.SentTimestamp)).toISOString();

const work = async (record: SQSRecord, context: Remaining): Promise<void> => {
  const { runId, job } = messageOf(record);
  const check = (): void => {
    if (context.getRemainingTimeInMillis() < reserveMs) throw new OutOfTime();
  };
  const turn: Turn = { now: sentAt(record), check };
  const outcome = job === 'draft' ? await draftRun(runId, turn) : await publishRun(runId, turn);
  log.info('JOB_DONE', { job, runId, outcome });
};

/**
 * Drafts and publishes the runs that its queue names. What fails stays on the queue; the last delivery says on the run that it came to
 * nothing, so that nobody waits for it, and goes to the dead letters.
 */
export const handler = async ({ Records }: SQSEvent, context: Remaining): Promise<SQSBatchResponse> => {
  const batchItemFailures: SQSBatchResponse['batchItemFailures'] = [];
  for (const record of Records) {
    try {
      await work(record, context);
    } catch (cause) {
      log.error('RECORD_FAULT', { fields: { messageId: record.messageId }, cause });
      batchItemFailures.push({ itemIdentifier: record.messageId });
      if (Number(record.attributes.ApproximateReceiveCount) >= mostRunDeliveries)
        await giveUp(messageOf(record), sentAt(record)).catch((second: unknown) => {
          log.error('RECORD_FAULT', { fields: { messageId: record.messageId, giving: 'up' }, cause: second });
        });
    }
  }
  return { batchItemFailures };
};

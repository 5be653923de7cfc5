import type { Context, SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import { messageReference, messageTries, type MessageReference } from '../../shared/contracts/message-reference.ts';
import { parseJson } from '../../shared/platform/json.ts';
import { makeMessageDeps } from './deps-workers.ts';
import { makeWorkOffRaces, type WorkOffRaces } from './work-off-races.ts';

/** Before the time limit, for the try that is under way. */
const reserveMs = 45_000;

const { log, reportReference, setAside } = makeMessageDeps();

const referenceOf = ({ body }: SQSRecord): MessageReference => {
  const parsed = parseJson(body);
  return messageReference.parse(parsed.kind === 'json' ? parsed.value : undefined);
};

const work = async (record: SQSRecord): Promise<void> => (await reportReference())(referenceOf(record));

/** Before the last try, of which nobody may hear any more: the place in the answers is held, and an answer of the message itself takes it. */
const holdPlace = async (record: SQSRecord): Promise<void> => {
  if (Number(record.attributes.ApproximateReceiveCount) < messageTries) return;
  try {
    await (await setAside())(referenceOf(record));
  } catch (cause) {
    log.error('RECORD_FAULT', { fields: { messageId: record.messageId }, cause });
  }
};

/** One group after the other within itself: when one of its messages fails, the later ones go back unread, so that order holds. */
const workGroup = async (records: readonly SQSRecord[], workOff: WorkOffRaces): Promise<readonly SQSRecord[]> => {
  for (const [done, record] of records.entries()) {
    try {
      await workOff(() => work(record));
    } catch (cause) {
      log.error('RECORD_FAULT', { fields: { messageId: record.messageId }, cause });
      return records.slice(done);
    }
  }
  return [];
};

/**
 * Takes messages of uploaded files: a patient's in order, patients side by side. A message that others were faster than is tried again
 * within the run; what fails otherwise stays on the queue with what follows it.
 */
export const handler = async (event: SQSEvent, context: Pick<Context, 'getRemainingTimeInMillis'>): Promise<SQSBatchResponse> => {
  const workOff = makeWorkOffRaces({ mayGoOn: () => context.getRemainingTimeInMillis() > reserveMs });
  await Promise.all(event.Records.map(holdPlace));
  const groups = Map.groupBy(event.Records, ({ messageId, attributes }) => attributes.MessageGroupId ?? messageId);
  const failed = (await Promise.all([...groups.values()].map((records) => workGroup(records, workOff)))).flat();
  log.info('BATCH_DONE', { done: event.Records.length - failed.length, failed: failed.length });
  return { batchItemFailures: failed.map(({ messageId }) => ({ itemIdentifier: messageId })) };
};

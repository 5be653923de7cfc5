import type { SQSBatchResponse, SQSEvent } from 'aws-lambda';
import { exportMessage } from '../../shared/contracts/export-message.ts';
import { parseJson } from '../../shared/platform/json.ts';
import { makeExportDeps } from './deps.ts';
import { makeExportTable } from './export-table.ts';

const { log, ...deps } = makeExportDeps();
const exportTable = makeExportTable(deps);

/** Each message of the exports queue: one table as CSV. What fails stays on the queue. */
export const handler = async ({ Records }: SQSEvent): Promise<SQSBatchResponse> => {
  const batchItemFailures: SQSBatchResponse['batchItemFailures'] = [];
  for (const { messageId, body } of Records) {
    const own = log.with({ messageId });
    try {
      const parsed = parseJson(body);
      const message = exportMessage.parse(parsed.kind === 'json' ? parsed.value : undefined);
      own.info('JOB_DONE', { job: 'export', table: message.table, day: message.day, ...(await exportTable(message)) });
    } catch (cause) {
      own.error('RECORD_FAULT', { cause });
      batchItemFailures.push({ itemIdentifier: messageId });
    }
  }
  return { batchItemFailures };
};

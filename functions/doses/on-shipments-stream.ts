import type { DynamoDBBatchResponse, DynamoDBStreamEvent } from 'aws-lambda';
import { lookAgainSeconds, type LotMessage } from '../../shared/contracts/lot-message.ts';
import { eachChange } from '../../shared/platform/stream.ts';
import { publishedExcursion } from '../../shared/published/excursion.ts';
import { makeExcursionDeps } from './deps-workers.ts';

const { log, queue } = makeExcursionDeps();

/** What has a bearing on doses: when it is known which vaccine lay there, and what was decided about it. */
const telling = new Set(['quarantined', 'released', 'wasted']);

/** Excursions as they are reported and decided: the doses given from the unit are looked at again a little later. Asking twice is harmless. */
export const handler = (event: DynamoDBStreamEvent): Promise<DynamoDBBatchResponse> =>
  eachChange(event, log, async ({ before, after }) => {
    const [was, is] = [publishedExcursion.safeParse(before).data, publishedExcursion.safeParse(after).data];
    if (is === undefined || !telling.has(is.state) || was?.state === is.state) return;
    await queue.send({ siteId: is.siteId, excursionId: is.excursionId } satisfies LotMessage, lookAgainSeconds);
  });

import { CreateBucketCommand, GetObjectCommand } from '@aws-sdk/client-s3';
import { CreateQueueCommand, SQSClient } from '@aws-sdk/client-sqs';
import { call, type Answer, type Call } from './api.ts';
import type { DoseRoom } from './dose-room.ts';
import { fileKey } from './nights.ts';
import { streamEvent } from './stream-event.ts';

/** The reports context over the tables of a dose room: what it makes of what the doses context stored. */
export interface DoseReports {
  /** Counts every stored item, as the stream would, and answers the epidemiologist by a dimension over 2021. */
  coverage(dimension: string): Promise<Answer['body']>;
  night(event: { scheduledTime: string }): Promise<unknown>;
  recount(event: { scheduledTime: string; id: string }): Promise<unknown>;
  /** CDC's first file of a day; empty when there is none. */
  fileOf(day: string): Promise<string>;
  restatements(day: string): Promise<{ doseId: string; change: string }[]>;
}

/** Opens it with a bucket for submissions and a queue of exports that nobody reads. */
export const openDoseReports = async (room: DoseRoom): Promise<DoseReports> => {
  const { s3 } = room;
  Object.assign(process.env, {
    COUNTER_SHARDS: '2', SUBMISSIONS_BUCKET: 'submissions', EXPORTS_BUCKET: 'exports', AWS_ENDPOINT_URL_SQS: s3.endpoint, EXPORTS_QUEUE_URL: `${s3.endpoint}/000000000000/exports`,
  });
  await s3.client.send(new CreateBucketCommand({ Bucket: 'submissions' }));
  const sqs = new SQSClient({});
  await sqs.send(new CreateQueueCommand({ QueueName: 'exports' }));
  sqs.destroy();
  const [api, stream, nightly, recount] = await Promise.all([
    import('../../functions/reports/http.ts'), import('../../functions/reports/on-doses-stream.ts'),
    import('../../functions/reports/on-nightly.ts'), import('../../functions/reports/on-recount.ts'),
  ]);
  const read = async (request: Pick<Call, 'route' | 'query'>): Promise<Answer['body']> => {
    const { status, text, body } = await call(api.handler, { role: 'dph-epidemiologist', ...request });
    if (status !== 200) throw new Error(text);
    return body;
  };
  return {
    async coverage(dimension) {
      await stream.handler(streamEvent(await room.items()));
      return read({ route: 'GET /coverage', query: { dimension, from: '2021-01-01', to: '2021-12-31' } });
    },
    night: (event) => nightly.handler(event),
    recount: (event) => recount.handler(event),
    async fileOf(day) {
      const file = await s3.client.send(new GetObjectCommand({ Bucket: 'submissions', Key: fileKey(day) })).catch((error: unknown) => {
        if (error instanceof Error && error.name === 'NoSuchKey') return undefined;
        throw error;
      });
      return (await file?.Body?.transformToString()) ?? '';
    },
    restatements: async (day) => (await read({ route: 'GET /restatements', query: { day, limit: '200' } }))['items'] as { doseId: string; change: string }[],
  };
};

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { CreateQueueCommand, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { ListObjectsV2Command } from '@aws-sdk/client-s3';
import type { SQSBatchResponse, SQSEvent } from 'aws-lambda';
import { messagesPerPart } from '../../functions/doses/read-upload.ts';
import { splitBatch } from '../../shared/hl7/index.ts';
import type { Answer, Call } from '../support/api.ts';
import { call } from '../support/api.ts';
import { openDoseRoom, order, vxu, type DoseRoom } from '../support/dose-room.ts';

let room: DoseRoom;
let worker: (event: SQSEvent, context: { getRemainingTimeInMillis: () => number }) => Promise<SQSBatchResponse>;
let sqs: SQSClient;
let queueUrl = '';

beforeAll(async () => {
  room = await openDoseRoom('dosesUpload');
  await room.stock({}, 5000);
  sqs = new SQSClient({ endpoint: room.s3.endpoint, region: 'us-east-1', credentials: { accessKeyId: 'test', secretAccessKey: 'test' } });
  queueUrl = (await sqs.send(new CreateQueueCommand({ QueueName: 'uploads' }))).QueueUrl ?? '';
  Object.assign(process.env, { UPLOADS_QUEUE_URL: queueUrl, AWS_ENDPOINT_URL_SQS: room.s3.endpoint });
  worker = (await import('../../functions/doses/on-upload.ts')).handler;
});
afterAll(async () => {
  sqs.destroy();
  await room.stop();
});

const asEhr = (request: Call): Promise<Answer> => call(room.handler, { subject: 'elm-ehr', role: 'ehr-system', ...request });
const record = (body: object, n = 1) => ({ messageId: `m${n}`, body: JSON.stringify(body), attributes: { SentTimestamp: String(Date.parse('2021-03-08T16:00:00.000Z')) } });
const created = (key: string) => ({ Records: [{ s3: { object: { key: encodeURIComponent(key).replaceAll('%2F', '/') } } }] });
const run = (bodies: object[], remainingMs = 200_000): Promise<SQSBatchResponse> =>
  worker({ Records: bodies.map((body, n) => record(body, n)) } as unknown as SQSEvent, { getRemainingTimeInMillis: () => remainingMs });

let keys = 0;
/** Asks for an address, puts the file there as a browser would, and gives the upload's id and the key S3 tells of. */
const put = async (file: string): Promise<{ uploadId: string; key: string }> => {
  const { body } = await asEhr({ route: 'POST /uploads', key: `upload-key-${(keys += 1)}` });
  expect((await fetch(String(body['address']), { method: 'PUT', body: file })).status).toBe(200);
  return { uploadId: String(body['uploadId']), key: `uploads/ehr_elm-ehr/${String(body['uploadId'])}` };
};
const read = (uploadId: string): Promise<Answer> => asEhr({ route: 'GET /uploads/{uploadId}', params: { uploadId } });
const answersOf = async ({ body }: Answer): Promise<string[]> => {
  const files = await Promise.all((body['answerFiles'] as string[]).map(async (address) => (await fetch(address)).text()));
  return files.flatMap((file) => splitBatch(file).flatMap((item) => (item.kind === 'message' ? [item.text] : [])));
};
const message = (n: number, more: object = {}): string => vxu({ controlId: `U${n}`, id: `U${n}`, given: `Up${[...String(n)].map((d) => 'abcdefghij'[Number(d)]).join('')}`, orders: order({ filler: `U${n}^ELM`, ...more }) });
const batch = (messages: string[], count = messages.length): string => `FHS|^~\\&|EHR|ELM|||20210308||file1.hl7||FC1\rBHS|^~\\&|EHR|ELM\r${messages.join('')}BTS|${count}\rFTS|1\r`;

describe('an uploaded file', () => {
  it('has every message answered in order, one bad one costing only itself', async () => {
    const { uploadId, key } = await put(batch([message(1), message(2).replace('|2.5.1|', '|2.3|'), message(3)], 7));
    expect((await read(uploadId)).body).toMatchObject({ state: 'waiting', messages: 0 });
    expect(await run([created(key)])).toEqual({ batchItemFailures: [] });
    const done = await read(uploadId);
    expect(done.body).toMatchObject({ state: 'done', messages: 3, answers: { AA: 2, AE: 0, AR: 1 }, remarks: ['BTS counts 7, found were 3'], finishedAt: '2021-03-08T16:00:00.000Z' });
    const acks = await answersOf(done);
    expect(acks.map((ack) => /MSA\|(\w\w)\|(\w+)/.exec(ack)?.slice(1))).toEqual([['AA', 'U1'], ['AR', 'U2'], ['AA', 'U3']]);
    expect((await room.account())?.buckets.administered).toBe(2);
  });

  it('read twice, or by two at once, writes nothing twice', async () => {
    const before = (await room.account())?.buckets.administered ?? 0;
    const { uploadId, key } = await put(batch([message(11), message(12)]));
    await Promise.all([run([created(key)]), run([created(key)])]);
    const done = await read(uploadId);
    await run([created(key)]);
    expect((await read(uploadId)).body['messages']).toBe(2);
    expect(await answersOf(await read(uploadId))).toEqual(await answersOf(done));
    expect((await room.account())?.buckets.administered).toBe(before + 2);
  });

  it('that one run cannot finish is noted part by part and goes on by a reference', async () => {
    const many = Array.from({ length: messagesPerPart + 5 }, (_, n) => message(1000 + n).replace('|2.5.1|', '|2.3|'));
    const { uploadId, key } = await put(many.join(''));
    expect(await run([created(key)], 1000)).toEqual({ batchItemFailures: [] });
    expect((await read(uploadId)).body).toMatchObject({ state: 'reading', messages: messagesPerPart });
    const { Messages: [waiting] = [] } = await sqs.send(new ReceiveMessageCommand({ QueueUrl: queueUrl }));
    expect(JSON.parse(waiting?.Body ?? '')).toEqual({ goOnWith: key });
    await run([{ goOnWith: key }], 1000);
    const done = await read(uploadId);
    expect(done.body).toMatchObject({ state: 'done', messages: messagesPerPart + 5, answers: { AR: messagesPerPart + 5 } });
    expect((await answersOf(done)).length).toBe(messagesPerPart + 5);
  }, 120_000);

  it('that holds no message says so', async () => {
    const { uploadId, key } = await put('Dear DPH,\nplease find enclosed\n');
    await run([created(key)]);
    expect((await read(uploadId)).body).toMatchObject({ state: 'done', messages: 0, remarks: ['2 lines belong to no message and were ignored', 'the file holds no HL7 message'] });
  });

  it('is shown to nobody else, and other objects of the bucket are left alone', async () => {
    const { uploadId } = await put(message(31));
    expect((await room.asNurse({ route: 'GET /uploads/{uploadId}', params: { uploadId } })).status).toBe(404);
    expect(await run([created('answers/ehr_elm-ehr/x/000001.hl7'), { Event: 's3:TestEvent' }])).toEqual({ batchItemFailures: [] });
    expect((await asEhr({ route: 'POST /uploads', subject: 'shut-ehr', key: 'shut-key-1' })).status).toBe(403);
  });

  it('whose object is gone stays on the queue, and the others are done', async () => {
    const { body } = await asEhr({ route: 'POST /uploads', key: 'upload-key-missing' });
    const { uploadId, key } = await put(batch([message(41)]));
    const answer = await run([created(`uploads/ehr_elm-ehr/${String(body['uploadId'])}`), created(key), { nonsense: true }]);
    expect(answer).toEqual({ batchItemFailures: [{ itemIdentifier: 'm0' }, { itemIdentifier: 'm2' }] });
    expect((await read(uploadId)).body['state']).toBe('done');
  });

  it('leaves no object whose key names a patient', async () => {
    const { Contents = [] } = await room.s3.client.send(new ListObjectsV2Command({ Bucket: 'messages' }));
    expect(Contents.length).toBeGreaterThan(0);
    for (const { Key } of Contents) expect(Key).toMatch(/^messages\/\d{4}-\d\d-\d\d\/ehr_elm-ehr\/msg_[0-9a-z]{26}\.hl7$/);
  });
});

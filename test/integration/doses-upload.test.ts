import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ListObjectsV2Command } from '@aws-sdk/client-s3';
import { makeAnswerMessage } from '../../functions/doses/answer-message.ts';
import { makeSetAside } from '../../functions/doses/set-aside.ts';
import type { MessageReference } from '../../shared/contracts/message-reference.ts';
import { makeUploadStore, messagesPerPart } from '../../functions/doses/store-uploads.ts';
import { splitBatch } from '../../shared/hl7/index.ts';
import type { Answer, Call } from '../support/api.ts';
import { call } from '../support/api.ts';
import { openDoseRoom, order, vxu, type DoseRoom } from '../support/dose-room.ts';
import { openUploadDesk, receivedAt, s3Event as created, type UploadDesk } from '../support/upload-desk.ts';

let room: DoseRoom;
let desk: UploadDesk;

beforeAll(async () => {
  room = await openDoseRoom('dosesUpload');
  await room.stock({}, 5000);
  desk = await openUploadDesk(room.s3.endpoint);
});
afterAll(async () => {
  desk.stop();
  await room.stop();
});

const asEhr = (request: Call): Promise<Answer> => call(room.handler, { subject: 'elm-ehr', role: 'ehr-system', ...request });
/** Hands a file over, lets every message of it be answered, and puts the answers together. */
const work = async (key: string): Promise<void> => {
  expect(await desk.run([created(key)])).toEqual({ batchItemFailures: [] });
  await desk.drain();
  await desk.run([{ gatherFor: key, tries: 0 }]);
};

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
    await work(key);
    const done = await read(uploadId);
    expect(done.body).toMatchObject({ state: 'done', messages: 3, answers: { AA: 2, AE: 0, AR: 1 }, remarks: ['BTS counts 7, found were 3'], finishedAt: receivedAt });
    const acks = await answersOf(done);
    expect(acks.map((ack) => /MSA\|(\w\w)\|(\w+)/.exec(ack)?.slice(1))).toEqual([['AA', 'U1'], ['AR', 'U2'], ['AA', 'U3']]);
    expect((await room.account())?.buckets.administered).toBe(2);
    // A support call names MSH-10 of the answer: it is the id of the message.
    const controlId = /\|ACK\^V04\^ACK\|(\w+)/.exec(acks[0] ?? '')?.[1] ?? '';
    expect((await call(room.handler, { subject: 'epi', role: 'dph-epidemiologist', route: 'GET /messages/{messageId}', params: { messageId: `msg_${controlId}` } })).text).toBe(message(1));
  });

  it('read twice, or by two at once, writes nothing twice', async () => {
    const before = (await room.account())?.buckets.administered ?? 0;
    const { uploadId, key } = await put(batch([message(11), message(12)]));
    await Promise.all([desk.run([created(key)]), desk.run([created(key)])]);
    await desk.drain();
    await Promise.all([desk.run([{ gatherFor: key, tries: 0 }]), desk.run([{ gatherFor: key, tries: 0 }])]);
    const done = await read(uploadId);
    await work(key);
    expect((await read(uploadId)).body).toMatchObject({ state: 'done', messages: 2 });
    expect(await answersOf(await read(uploadId))).toEqual(await answersOf(done));
    expect((await room.account())?.buckets.administered).toBe(before + 2);
  });

  it('is handed over with references alone: ids, a place in the file and a time', async () => {
    const { uploadId, key } = await put(batch([message(21)]));
    await desk.run([created(key)]);
    const [waiting] = await desk.receive();
    const body = JSON.parse(waiting?.Body ?? '') as Record<string, unknown>;
    expect(body).toEqual({ uploadId, position: 1, receivedAt, objectKey: expect.stringMatching(/^messages\/2021-03-08\/ehr_elm-ehr\/msg_[0-9a-z]{20}\.hl7$/) as unknown });
    expect(waiting?.Attributes?.['MessageGroupId']).toMatch(/^[0-9a-z]{26}$/);
    expect(await desk.run([{ gatherFor: key, tries: 3 }])).toEqual({ batchItemFailures: [] });
    expect((await read(uploadId)).body).toMatchObject({ state: 'waiting', messages: 0 });
    await desk.take([waiting ?? {}]);
    await desk.run([{ gatherFor: key, tries: 4 }]);
    expect((await read(uploadId)).body).toMatchObject({ state: 'done', messages: 1 });
  });

  it('keeps the order of one patient and lets the others pass; a failure holds back only what follows it', async () => {
    const { uploadId, key } = await put(batch([message(51), message(52), message(53)]));
    const again = await put(batch([message(51, { lot: '1808980' })]));
    await desk.run([created(key), created(again.key)]);
    const first = await desk.receive();
    const positions = first.map(({ Body = '' }) => JSON.parse(Body) as { uploadId: string; position: number });
    expect(positions.filter((reference) => reference.uploadId === uploadId).map(({ position }) => position).sort()).toEqual([1, 2, 3]);
    // The second file speaks of the patient of the first message: it waits until that one is done.
    expect(positions.some((reference) => reference.uploadId === again.uploadId)).toBe(false);
    const broken = { ...first[0], Body: JSON.stringify({ ...positions[0], objectKey: 'messages/gone' }) };
    expect(await desk.take([broken, { ...first[1], Attributes: broken.Attributes }, ...first.slice(2)])).toEqual({
      batchItemFailures: [{ itemIdentifier: first[0]?.MessageId }, { itemIdentifier: first[1]?.MessageId }],
    });
    await desk.take(first.slice(0, 2));
    await desk.drain();
    await desk.run([{ gatherFor: key, tries: 0 }, { gatherFor: again.key, tries: 0 }]);
    expect((await read(uploadId)).body).toMatchObject({ state: 'done', answers: { AA: 3 } });
    // Its lot never came: a warning.
    expect((await read(again.uploadId)).body).toMatchObject({ state: 'done', answers: { AE: 1 } });
  });

  it('of twenty new patients who share their keys is taken at the first try, whoever writes first: none is left for a second, none set aside', async () => {
    const { key, uploadId } = await put(batch(Array.from({ length: 20 }, (_, n) =>
      vxu({ controlId: `R${n}`, id: `R${n}`, family: 'Streamer', given: `Flo${n % 3}`, orders: order({ filler: `R${n}^ELM` }) }))));
    await desk.run([created(key)]);
    // Two runs of the worker side by side, as its queue starts them.
    const runs = [await desk.receive(), await desk.receive()];
    expect(runs.map((run) => run.length)).toEqual([10, 10]);
    const answers = await Promise.all(runs.map((run) => desk.take(run)));
    expect(answers.flatMap(({ batchItemFailures }) => batchItemFailures)).toEqual([]);
    await desk.run([{ gatherFor: key, tries: 0 }]);
    expect((await read(uploadId)).body).toMatchObject({ state: 'done', messages: 20, answers: { AR: 0 } });
  });

  it('that one run cannot hand over goes on by a reference, and shows its answers part by part', async () => {
    const many = Array.from({ length: messagesPerPart + 5 }, (_, n) => message(1000 + n).replace('|2.5.1|', '|2.3|'));
    const { uploadId, key } = await put(many.join(''));
    expect(await desk.run([created(key)], 1000)).toEqual({ batchItemFailures: [] });
    await desk.drain();
    await desk.run([{ gatherFor: key, tries: 0 }]);
    expect((await read(uploadId)).body).toMatchObject({ state: 'reading', messages: messagesPerPart });
    await desk.run([{ goOnWith: key }], 1000);
    await desk.drain();
    await desk.run([{ gatherFor: key, tries: 0 }]);
    const done = await read(uploadId);
    expect(done.body).toMatchObject({ state: 'done', messages: messagesPerPart + 5, answers: { AR: messagesPerPart + 5 } });
    expect((await answersOf(done)).length).toBe(messagesPerPart + 5);
  }, 120_000);

  it('answers AR, 207 in the place of a message that is set aside, and its own answer when it is sent back (HL7-84)', async () => {
    const { uploadId, key } = await put(batch([message(61), message(62), message(63)]));
    await desk.run([created(key)]);
    const waiting = await desk.receive();
    const aside = waiting.find(({ Body = '' }) => (JSON.parse(Body) as { position: number }).position === 2) ?? {};
    const reference = JSON.parse(aside.Body ?? '') as MessageReference;
    await desk.take(waiting.filter((one) => one !== aside));
    const broken = { ...aside, Body: JSON.stringify({ ...reference, objectKey: 'messages/gone' }), Attributes: { ...aside.Attributes, ApproximateReceiveCount: '4' } };
    expect((await desk.take([broken])).batchItemFailures).toHaveLength(1);
    await desk.run([{ gatherFor: key, tries: 0 }]);
    expect((await read(uploadId)).body).toMatchObject({ messages: 0 });
    expect((await desk.take([{ ...broken, Attributes: { ...aside.Attributes, ApproximateReceiveCount: '5' } }])).batchItemFailures).toHaveLength(1);
    await desk.run([{ gatherFor: key, tries: 1 }]);
    const first = await read(uploadId);
    expect(first.body).toMatchObject({ state: 'done', messages: 3, answers: { AA: 2, AE: 0, AR: 1 } });
    const [, place = ''] = await answersOf(first);
    expect(place).toMatch(/\rMSA\|AR\|.*\rERR\|\|\|207\^.*set aside/);

    await desk.take([aside]);
    // Twice, as the queue may tell it.
    for (let times = 0; times < 2; times += 1) await desk.run([{ gatherFor: key, tries: 0, again: 1 }]);
    const last = await read(uploadId);
    expect(last.body).toMatchObject({ state: 'done', messages: 3, answers: { AA: 3, AE: 0, AR: 0 } });
    const acks = await answersOf(last);
    expect(acks.map((ack) => /MSA\|(\w\w)\|(\w+)/.exec(ack)?.slice(1))).toEqual([['AA', 'U61'], ['AA', 'U62'], ['AA', 'U63']]);
    expect(/\|ACK\^V04\^ACK\|(\w+)/.exec(acks[1] ?? '')?.[1]).not.toBe(/\|ACK\^V04\^ACK\|(\w+)/.exec(place)?.[1]);
    // A last try that succeeds leaves its own answer, and one that is sent back and fails again takes nothing away.
    await desk.take([{ ...aside, Attributes: { ...aside.Attributes, ApproximateReceiveCount: '5' } }, { ...broken, Attributes: { ...aside.Attributes, ApproximateReceiveCount: '5' } }]);
    await desk.run([{ gatherFor: key, tries: 0, again: 1 }]);
    expect((await read(uploadId)).body).toMatchObject({ answers: { AA: 3, AE: 0, AR: 0 } });
  });

  it('that is set aside is answered with its own control id; later than a fortnight nobody looks any more', async () => {
    const held: { answer: string; ack: string }[] = [];
    const setAside = makeSetAside({
      uploads: { holdPlace: (_, answered) => { held.push(answered); return Promise.resolve({ kind: 'committed' }); } },
      messages: { original: () => Promise.resolve(message(71)) }, answerMessage: makeAnswerMessage({ code: 'CTA', timeZone: 'America/New_York' }), matchingKey: 'k',
    });
    await setAside({ uploadId: 'upl_1', position: 1, objectKey: 'k', receivedAt });
    expect(held).toEqual([{ answer: 'AR', ack: expect.stringContaining('\rMSA|AR|U71\r') as unknown }]);
    const { uploadId, key } = await put(batch([message(72)]));
    await desk.run([created(key)]);
    expect(await desk.run([{ gatherFor: key, tries: 1_350 }])).toEqual({ batchItemFailures: [] });
    expect((await read(uploadId)).body).toMatchObject({ state: 'waiting' });
    await desk.drain();
  });

  it('that holds no message says so', async () => {
    const { uploadId, key } = await put('Dear DPH,\nplease find enclosed\n');
    await work(key);
    expect((await read(uploadId)).body).toMatchObject({ state: 'done', messages: 0, remarks: ['2 lines belong to no message and were ignored', 'the file holds no HL7 message'] });
  });

  it('is shown to nobody else, and other objects of the bucket are left alone', async () => {
    const { uploadId } = await put(message(31));
    expect((await room.asNurse({ route: 'GET /uploads/{uploadId}', params: { uploadId } })).status).toBe(404);
    expect(await desk.run([created('answers/ehr_elm-ehr/x/000001.hl7'), { Event: 's3:TestEvent' }])).toEqual({ batchItemFailures: [] });
    expect((await asEhr({ route: 'POST /uploads', subject: 'shut-ehr', key: 'shut-key-1' })).status).toBe(403);
  });

  it('whose object is gone stays on the queue, and the others are done', async () => {
    const { body } = await asEhr({ route: 'POST /uploads', key: 'upload-key-missing' });
    const { uploadId, key } = await put(batch([message(41)]));
    const answer = await desk.run([created(`uploads/ehr_elm-ehr/${String(body['uploadId'])}`), created(key), { nonsense: true }]);
    expect(answer).toEqual({ batchItemFailures: [{ itemIdentifier: 'm0' }, { itemIdentifier: 'm2' }] });
    await desk.drain();
    await desk.run([{ gatherFor: key, tries: 0 }]);
    expect((await read(uploadId)).body['state']).toBe('done');
  });

  it('has its queries answered by histories, noted like any query, in a batch by HTTP too; what was asked is not kept', async () => {
    const asking = (n: number): string => ['MSH|^~\\&|EHR|ELM|DOSELINE|CTA|20210309100000-0500||QBP^Q11^QBP_Q11|QU' + n + '|P|2.5.1|||ER|AL|||||Z34^CDCPHINVS|ELM',
      `QPD|Z34^Request Immunization History^CDCPHINVS|T${n}|U71^^^ELM^MR|Okafor^Uphb||19560312`, 'RCP|I|5^RD&records&HL70126', ''].join('\r');
    const { uploadId, key } = await put(batch([message(71, {}), asking(1), 'MSH|^~\\&|EHR|ELM|||20210309||QBP^Q11^QBP_Q11|QU9|P|2.5.1\r']));
    await desk.run([created(key)]);
    const waiting = await desk.receive();
    for (const { Body = '' } of waiting) expect(Body).not.toMatch(/Okafor|19560312|U71/);
    await desk.take(waiting);
    await desk.drain();
    // Delivered again after its original was let go: answered already, and nothing fails.
    expect(await desk.take(waiting)).toEqual({ batchItemFailures: [] });
    await desk.run([{ gatherFor: key, tries: 0 }]);
    const done = await read(uploadId);
    expect(done.body).toMatchObject({ state: 'done', answers: { AA: 2, AE: 1, AR: 0 } });
    const [, history = '', fault = ''] = await answersOf(done);
    expect(history).toMatch(/Z32\^CDCPHINVS[\s\S]*MSA\|AA\|QU1[\s\S]*RXA\|0\|1\|20210308/);
    expect(fault).toMatch(/MSA\|AE\|QU9\r[\s\S]*QPD is required/);
    const audited = await call(room.handler, { route: 'GET /senders/{senderId}/queries', params: { senderId: 'ehr_elm-ehr' }, subject: 'auditor', role: 'auditor' });
    expect(audited.body['items']).toMatchObject([{ answer: 'Z32', outcome: 'OK', persons: [{ kind: 'history' }] }]);
    const objects = (await room.s3.client.send(new ListObjectsV2Command({ Bucket: 'messages' }))).Contents ?? [];
    expect(objects.filter(({ Size }) => Size === 0)).toHaveLength(2);
    const { text } = await room.sendHl7(batch([message(72), asking(2)]));
    expect(splitBatch(text).flatMap((item) => (item.kind === 'message' ? [/\|(Z\d\d)\^/.exec(item.text)?.[1]] : []))).toEqual(['Z23', 'Z32']);
  });

  it('an answer longer than an item may be comes back whole', async () => {
    const { dynamo, tables } = room.suite;
    const store = makeUploadStore(dynamo, tables['DOSES_TABLE'] ?? '');
    const ack = 'MSH|^~\\&|a history of many doses\r'.repeat(20_000);
    await store.keepAnswer({ uploadId: 'upl_long', position: 1, objectKey: 'k', receivedAt }, { answer: 'AA', ack });
    expect((await store.answersOfPart('upl_long', 1)).map((item) => item.ack === ack)).toEqual([true]);
  });

  it('leaves no object whose key names a patient', async () => {
    const { Contents = [] } = await room.s3.client.send(new ListObjectsV2Command({ Bucket: 'messages' }));
    expect(Contents.length).toBeGreaterThan(0);
    for (const { Key } of Contents) expect(Key).toMatch(/^messages\/\d{4}-\d\d-\d\d\/ehr_elm-ehr\/msg_[0-9a-z]{20}\.hl7$/);
  });
});

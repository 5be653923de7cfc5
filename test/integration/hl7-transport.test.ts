import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { GetObjectCommand, ListObjectsV2Command } from '@aws-sdk/client-s3';
import { readMessage, splitBatch } from '../../shared/hl7/index.ts';
import { makeAnswerMessage } from '../../functions/doses/answer-message.ts';
import { faultInMessage, messageHandlers } from '../../functions/doses/http-messages.ts';
import { mostAnsweredAtOnce } from '../../functions/doses/receive-batch.ts';
import { makeAnswerFault } from '../../functions/doses/receive-message.ts';
import { messageRoutes } from '../../functions/doses/routes-messages.ts';
import { makeApi } from '../../shared/platform/http.ts';
import { call, type Answer, type Handler } from '../support/api.ts';
import { captureOutput, type Captured } from '../support/captured-output.ts';
import { order, vxu } from '../support/dose-room.ts';
import type { Asked, Trouble } from '../support/dynamo-proxy.ts';
import { readBatchFiles } from '../support/hl7-corpus.ts';
import { near, openHouse, type House } from '../support/house.ts';

let house: House;
let handler: Handler;
beforeAll(async () => {
  process.env['AWS_MAX_ATTEMPTS'] = '2';
  house = await openHouse('hl7-transport', { logLevel: 'DEBUG' });
  handler = house.apis.find(({ context }) => context === 'doses')!.handler;
}, 60_000);
let output: Captured;
beforeEach(() => { output = captureOutput(); });
afterEach(() => { output.stop(); house.dynamo.trouble(undefined); });
afterAll(async () => {
  delete process.env['AWS_MAX_ATTEMPTS'];
  await house.stop();
});

const send = (body: string, subject: string = near.machine, to: Handler = handler): Promise<Answer> => call(to, { route: 'POST /hl7', body, subject, role: 'ehr-system' });
const objectText = async (Bucket: string, Key: string): Promise<string | undefined> => (await house.s3.client.send(new GetObjectCommand({ Bucket, Key }))).Body?.transformToString();
const objectKeys = async (Bucket: string): Promise<string[]> => ((await house.s3.client.send(new ListObjectsV2Command({ Bucket }))).Contents ?? []).flatMap(({ Key }) => Key ?? []);
const message = (key: string): string => vxu({ controlId: key, id: key, given: `Bat${key.replace(/\d/g, '')}`, orders: order({ filler: `${key}^ELM`, source: '01^^NIP001' }) });
const query = 'MSH|^~\\&|EHR|ELM|DOSELINE|CTA|20210309100000-0500||QBP^Q11^QBP_Q11|FQ1|P|2.5.1|||ER|AL|||||Z34^CDCPHINVS|ELM\rQPD|Z34^Request Immunization History^CDCPHINVS|T1|F1^^^ELM^MR\rRCP|I|5^RD&records&HL70126\r';
const answersOf = (text: string): string[] => splitBatch(text).flatMap((item) => (item.kind === 'message' ? [item.text] : []));
const codes = (text: string): string[] => answersOf(text).map((answer) => readMessage(answer).first('MSA')?.value(1) ?? '');

describe('A batch by HTTP (HL7-82 to HL7-85)', () => {
  it('all 11 files of the corpus get one answer to each message, in a batch where there was one', async () => {
    for (const { file, bytes } of readBatchFiles()) {
      const sent = new TextDecoder().decode(bytes);
      const { status, text } = await send(sent);
      const asked = splitBatch(sent).flatMap((item) => (item.kind === 'message' ? [readMessage(item.text).header?.exact(10) ?? ''] : []));
      expect([file, status]).toEqual([file, 200]);
      expect(text).toMatch(/^FHS\|\^~\\&\|DOSELINE\|CTA\|.*\rBHS\|(.*\r)+BTS\|1.*\rFTS\|1\r$/);
      expect(answersOf(text).map((answer) => readMessage(answer).first('MSA')?.exact(2))).toEqual(asked);
    }
  });

  it('each batch of a file is answered as a batch, under its own id (HL7-84)', async () => {
    const { text } = await send(`FHS|^~\\&|E||||||||F1\rBHS|^~\\&|E||||||||B1\r${message('one')}BTS|1\rBHS|^~\\&|E||||||||B2\r${message('two')}BTS|1\rFTS|2\r`);
    expect(text.split('\r').filter((line) => /^(?:.HS|MSA|.TS)/.test(line)).map((line) => line.replace(/^(.HS).*\|/, '$1 '))).toEqual(['FHS F1', 'BHS B1', expect.stringMatching(/^MSA/), 'BTS|1', 'BHS B2', expect.stringMatching(/^MSA/), 'BTS|1', 'FTS|2']);
  });

  it('a wrong count costs nothing and is told in BTS-2 (HL7-83)', async () => {
    const { text } = await send(`FHS|^~\\&|E\rBHS|^~\\&|E\r${message('count')}BTS|4\rFTS|1\r`);
    expect(text).toContain('\rBTS|1|BTS counts 4, found were 1\r');
    expect(codes(text)).toHaveLength(1);
  });

  it('messages without an envelope are answered each by itself, one bad one costing only itself, and again with the same bytes', async () => {
    const sent = `${message('one')}${message('two').replace('VXU^V04^VXU_V04', 'ADT^A01')}${message('three')}${query}`;
    const { text } = await send(sent);
    expect(codes(text)).toEqual([expect.stringMatching(/A[AE]/), 'AR', expect.stringMatching(/A[AE]/), 'AA']);
    expect(answersOf((await send(sent)).text).slice(0, 3)).toEqual(answersOf(text).slice(0, 3));
  });

  it('one message in its envelope, and an envelope around nothing', async () => {
    expect(codes((await send(`BHS|^~\\&|E\r${message('alone')}BTS|1\r`)).text)).toHaveLength(1);
    expect((await send('FHS|^~\\&|E\rBHS|^~\\&|E\rBTS|0\rFTS|1\r')).text).toMatch(/\rBTS\|0\|the batch holds no HL7 message\rFTS/);
  });

  it('more messages than are answered at once become an upload, the same one for the same batch', async () => {
    const sent = Array.from({ length: mostAnsweredAtOnce + 1 }, (_, at) => message(`many${at}`)).join('');
    const [first, again] = [await send(sent), await send(sent)];
    expect([first.status, first.body['state'], first.body['address']]).toEqual([202, 'waiting', undefined]);
    expect(again.body['uploadId']).toBe(first.body['uploadId']);
    const upload = await call(handler, { route: 'GET /uploads/{uploadId}', params: { uploadId: String(first.body['uploadId']) }, subject: near.machine, role: 'ehr-system' });
    // Nor is an address shown later: the file is here already.
    expect([upload.status, upload.body['state'], upload.body['address']]).toEqual([200, 'waiting', undefined]);
    expect(await objectText('uploads', `uploads/${near.interfaceId}/${String(first.body['uploadId'])}`)).toBe(sent);
  });

  it('a client that may not send is told so for each message', async () => {
    const { status, text } = await send(Array.from({ length: 30 }, (_, at) => message(`closed${at}`)).join(''), 'unknown-ehr');
    expect([status, new Set(codes(text))]).toEqual([200, new Set(['AE'])]);
    expect(codes(text)).toHaveLength(30);
  });
});

describe('Trouble on our side (HL7-16)', () => {
  const told = (text: string): boolean => /^MSH\|.*\rMSA\|AR\|.*\rERR\|\|\|207\^Application internal error\^HL70357\|E\|\|\|\|Something failed on our side - send the message again/.test(text);
  const about = (table: string) => ({ body }: Asked): Trouble | undefined => (body.includes(`"${table}"`) ? 'refused' : undefined);

  it.each<[string, (asked: Asked) => Trouble | undefined]>([
    ['the doses table', about('doses_table')], ['the enrollment table', about('enrollment_table')], ['the inventory table', about('inventory_table')],
    ['every table', () => 'server-error'], ['every table, busy', () => 'throttled'], ['writes', ({ operation }) => (operation.startsWith('Transact') || operation === 'PutItem' ? 'refused' : undefined)],
  ])('%s: never a 5xx, the message is asked for again, and again it is answered', async (what, trouble) => {
    const key = `F${what.replace(/\W/g, '')}`;
    const report = vxu({ controlId: key, id: key, family: key, given: 'Faulty', birth: `19${String(41 + key.length)}0312`, orders: order({ filler: `${key}^ELM`, facility: `CLINIC ${near.siteId}` }) });
    house.dynamo.trouble(trouble);
    const answers = [await send(report), ...(what === 'the inventory table' ? [] : [await send(query)])];
    house.dynamo.trouble(undefined);
    for (const { status, text } of answers) expect([status, told(text), text]).toEqual([200, true, text]);
    const correlationId = /name ([0-9a-f-]{36})/.exec(answers[0]?.text ?? '')?.[1] ?? '?';
    expect(output.lines.filter((line) => line.includes('REQUEST_FAULT') && line.includes(correlationId))).toHaveLength(1);
    expect(output.lines.join()).not.toMatch(/Faulty|0312/);
    const again = await send(report);
    expect(again.text).toMatch(/\rMSA\|A[AE]\|/);
    expect((await send(query)).text).toMatch(/\rMSA\|AA\|/);
  });

  it('keeps the original where it can', async () => {
    house.dynamo.trouble(about('doses_table'));
    await send(vxu({ controlId: 'KEEPME', id: 'KEEPME' }));
    house.dynamo.trouble(undefined);
    const keys = await objectKeys('messages');
    const kept = await Promise.all(keys.map((key) => objectText('messages', key)));
    expect(kept.some((text) => text?.includes('|KEEPME|'))).toBe(true);
  });

  it('the secret, or anything before the use case: the same answer by the outer door, and the same for SOAP as a fault', async () => {
    const answerFault = makeAnswerFault(makeAnswerMessage({ code: 'CTA', timeZone: 'America/New_York' }));
    const broken = () => Promise.reject(new Error('no secret'));
    const api = { dynamo: house.suite.dynamo, enrollmentTable: house.suite.tables['ENROLLMENT_TABLE'] ?? '', log: { info: () => undefined, warn: () => undefined, error: () => undefined } };
    const outer = makeApi(messageRoutes, messageHandlers({ receivers: broken, findSender: broken, serveSoap: broken, queries: {} as never, signIns: {} as never, interfaceStanding: broken }), { ...api, inItsFormat: faultInMessage({ answerFault }) });
    const { status, text } = await send(message('secret'), near.machine, outer);
    expect([status, told(text)]).toEqual([200, true]);
    const soap = await call(outer, { route: 'POST /soap', body: '<x xmlns="urn:cdc:iisb:2014"/>' });
    expect([soap.status, soap.text]).toEqual([500, expect.stringContaining('<Value>Receiver</Value>')]);
  });

  it('the bucket of originals', async () => {
    await house.s3.stop();
    const { status, text } = await send(message('bucket'));
    expect([status, told(text)]).toEqual([200, true]);
  });

  it('who may not send at all is told so by status, as everywhere', async () => {
    expect((await call(handler, { route: 'POST /hl7', body: message('x'), subject: 'someone', role: 'auditor' })).status).toBe(403);
  });
});

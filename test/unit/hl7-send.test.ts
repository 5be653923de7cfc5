import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import { contextAt } from '../../cli/hl7/check-files.ts';
import type { Endpoint } from '../../cli/hl7/post-message.ts';
import { answersOf, isStranger, sendFiles, sentText, tallyOf, tallyText, type Sent } from '../../cli/hl7/send-files.ts';
import { readSoapAnswer, submitSingleMessage } from '../../cli/hl7/soap-request.ts';
import { vxu } from '../support/vxu.ts';

const ackOf = (code: string, err = ''): string => `MSH|^~\\&|D|C|||20210401||ACK^V04^ACK|1|P|2.5.1\rMSA|${code}|CTRL-1\r${err}`;
const BUSY = 'ERR||PID^1|207^Application internal error^HL70357|E||||Too many writers at once - send the message again\r';
const HIDDEN = 'ERR|||207^Application internal error^HL70357|E||||Queries are not answered here - message rejected\r';

type Reply = { readonly status?: number; readonly headers?: Record<string, string>; readonly body?: string } | 'hang up' | 'say nothing';
let stop: () => void = () => undefined;
afterEach(() => stop());

/** A registry that answers as told, one reply after the other, the last one for ever; keeps what it got. */
const registry = async (...replies: readonly Reply[]): Promise<{ url: string; got: string[]; types: string[]; authorization: (string | undefined)[] }> => {
  const [got, types, authorization]: [string[], string[], (string | undefined)[]] = [[], [], []];
  const server = createServer((request: IncomingMessage, response: ServerResponse) => {
    const pieces: Buffer[] = [];
    request.on('data', (piece: Buffer) => pieces.push(piece));
    request.on('end', () => {
      const reply = replies[Math.min(got.length, replies.length - 1)];
      got.push(Buffer.concat(pieces).toString());
      types.push(request.headers['content-type'] ?? '');
      authorization.push(request.headers.authorization);
      if (reply === 'hang up') return void request.socket.destroy();
      if (reply === 'say nothing' || reply === undefined) return;
      response.writeHead(reply.status ?? 200, reply.headers).end(reply.body ?? ackOf('AA'));
    });
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', () => { done(); }));
  stop = () => { server.closeAllConnections(); server.close(); };
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hl7`, got, types, authorization };
};

const waits: number[] = [];
const send = (url: string, texts: readonly string[], more: Partial<Endpoint> = {}, parallel = 1): Promise<Sent[]> => {
  waits.length = 0;
  return sendFiles(texts.map((text, at) => ({ file: `m${at}.hl7`, bytes: Buffer.from(text) })), {
    endpoint: { url, timeoutMs: 300, mostAttempts: 4, pauseMs: (attempt) => 100 * attempt, ...more },
    context: contextAt('CTA', '2021-04-01T17:00:00.000Z'), parallel, sleep: (ms) => { waits.push(ms); return Promise.resolve(); }, progress: () => undefined,
  });
};

describe('a message that is not answered at once', () => {
  it.each<readonly [string, Reply, number]>([
    ['a fault of the server', { status: 503 }, 3],
    ['too many requests', { status: 429, headers: { 'retry-after': '2' } }, 3],
    ['a connection that breaks', 'hang up', 3],
    ['no answer in time', 'say nothing', 3],
    ['AR that asks to send again', { body: ackOf('AR', BUSY) }, 3],
  ])('%s is sent again and then taken', async (_, reply, tries) => {
    const { url, got } = await registry(reply, reply, {});
    expect(await send(url, [vxu()])).toMatchObject([{ ack: 'AA', attempts: tries }]);
    expect(new Set(got)).toEqual(new Set([vxu()]));
    expect(waits).toHaveLength(tries - 1);
  });
  it('waits as long as the server asks', async () => {
    const { url } = await registry({ status: 429, headers: { 'retry-after': '2' } }, {});
    await send(url, [vxu()]);
    expect(waits).toEqual([2_000]);
  });
  it.each<readonly [string, Reply, string]>([
    ['a caller without the right', { status: 403 }, 'HTTP 403'],
    ['a message too large', { status: 413 }, 'HTTP 413'],
    ['an answer that is no HL7', { body: '<html>' }, 'the answer is no HL7 acknowledgement'],
  ])('%s is not tried again and says why', async (_, reply, failure) => {
    const { url, got } = await registry(reply);
    expect(await send(url, [vxu()])).toMatchObject([{ ack: 'none', attempts: 1, failure }]);
    expect(got).toHaveLength(1);
  });
  it('a caller that is not known stops it all: one request, and the rest was not sent', async () => {
    const { url, got } = await registry({ status: 401 });
    const sent = await send(url, [vxu(), vxu({ set: { 'MSH-10': 'B' } }), vxu({ set: { 'MSH-10': 'C' } })]);
    expect(got).toHaveLength(1);
    expect(sent.map(({ outcome, attempts }) => [outcome, attempts])).toEqual([['refused', 1], ['unsent', 0], ['unsent', 0]]);
    expect(isStranger(sent)).toBe(true);
    expect(sentText(sent)).toMatch(/3 messages: 0 answered, 1 refused, 2 not sent[\s\S]*Stopped: the other side does not know the caller\. .* 2 messages were not sent/);
  });
  it('one refusal of another kind costs only itself, and each end is counted (negative control of the stop)', async () => {
    const { url } = await registry({ status: 403 }, {}, { body: '<html>' });
    const sent = await send(url, [vxu(), vxu({ set: { 'MSH-10': 'B' } }), vxu({ set: { 'MSH-10': 'C' } })]);
    expect(tallyText(tallyOf(sent))).toBe('1 answered, 1 refused, 1 failed');
    expect(isStranger(sent)).toBe(false);
    expect(sentText(sent)).not.toContain('Stopped');
  });
  it('AR for another reason is an answer, not a wish to try again', async () => {
    const { url } = await registry({ body: ackOf('AR', HIDDEN) });
    expect(await send(url, [vxu()])).toMatchObject([{ ack: 'AR', attempts: 1 }]);
  });
  it('gives up after the tries it was given', async () => {
    const { url, got } = await registry({ status: 500 });
    expect(await send(url, [vxu()])).toMatchObject([{ ack: 'none', attempts: 4, failure: 'HTTP 500' }]);
    expect(got).toHaveLength(4);
  });
});

it('messages of one patient keep their order, however many are sent at once', async () => {
  const { url, got } = await registry({});
  const texts = Array.from({ length: 30 }, (_, at) => vxu({ set: { 'MSH-10': `C${at}`, 'PID-3': `P${at % 3}^^^A^MR` } }));
  const sent = await send(url, texts, {}, 8);
  expect(sent.map(({ file }) => file)).toEqual(texts.map((_, at) => `m${at}.hl7`));
  for (const patient of ['P0', 'P1', 'P2']) {
    const ids = got.filter((text) => text.includes(`|${patient}^`)).map((text) => Number(/\|C(\d+)\|/.exec(text)?.[1]));
    expect(ids).toEqual(ids.toSorted((a, b) => a - b));
    expect(ids).toHaveLength(10);
  }
});

it('faults are told with the rules of those the message itself decides', async () => {
  const line = 'ERR||RXA^1^15^1^1|101^Required field missing^HL70357|W||||RXA-15 lot number is missing\r';
  const { url } = await registry({ body: ackOf('AE', line + BUSY.replace('|E|', '|W|')) });
  const sent = await send(url, [vxu({ set: { 'RXA-15': '' } })]);
  expect(sent[0]?.errors.map(({ rule }) => rule)).toEqual(['HL7-56', undefined]);
  expect(answersOf(sent)).toEqual({ AE: 1 });
  expect(sentText(sent)).toMatch(/W +HL7-56 +RXA\^15\^1\^1/);
});

it('a date in the future is one by the clock of the registry, which may replay another year', async () => {
  const line = 'ERR||RXA^1^3^1^1|102^Data type error^HL70357|E|1^Illogical date error^HL70533|||RXA-3 date given lies in the future - field ignored\r';
  const { url } = await registry({ body: ackOf('AE', line).replace('||20210401|', '||20210301120000-0500|') });
  const [sent] = await send(url, [vxu({ set: { 'RXA-3': '20210331' } })]);
  expect(sent?.errors.map(({ rule, text }) => [rule, text])).toEqual([['HL7-80', 'RXA-3 date given lies in the future - field ignored']]);
});

describe('by SOAP', () => {
  const soap = { username: 'elm', password: 'a&b', facilityId: 'F1' };
  const wrap = (body: string): string => `<?xml version="1.0"?><s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope"><s:Body>${body}</s:Body></s:Envelope>`;
  const returned = wrap(`<c:submitSingleMessageResponse xmlns:c="urn:cdc:iisb:2011"><c:return>${ackOf('AA').replaceAll('&', '&amp;').replaceAll('\r', '&#xD;')}</c:return></c:submitSingleMessageResponse>`);
  const fault = (name: string): string => wrap(`<s:Fault><s:Code><s:Value>s:Receiver</s:Value></s:Code><s:Reason><s:Text xml:lang="en">Security fault</s:Text></s:Reason><s:Detail><${name} xmlns="urn:cdc:iisb:2011"><Code>10</Code><Reason>Security</Reason><Detail>Invalid</Detail></${name}></s:Detail></s:Fault>`);

  it('the request says who sends and keeps every CR (SOAP-21)', async () => {
    const { url, got, types } = await registry({ body: returned });
    expect(await send(url, [vxu()], { soap })).toMatchObject([{ ack: 'AA' }]);
    expect(types).toEqual(['application/soap+xml; charset=utf-8; action="urn:cdc:iisb:2011:submitSingleMessage"']);
    expect(got[0]).toContain('<username>elm</username><password>a&amp;b</password><facilityID>F1</facilityID><hl7Message>MSH|^~\\&amp;|');
    expect(got[0]?.split('&#xD;')).toHaveLength(vxu().split('\r').length);
  });
  it('a security fault is told and not tried again; the general one is', async () => {
    const refused = await registry({ status: 500, body: fault('SecurityFault') });
    expect(await send(refused.url, [vxu()], { soap })).toMatchObject([{ ack: 'none', attempts: 1, failure: 'SOAP fault SecurityFault: Security fault: Invalid' }]);
    stop();
    const general = await registry({ status: 500, body: fault('fault') }, { body: returned });
    expect(await send(general.url, [vxu()], { soap })).toMatchObject([{ ack: 'AA', attempts: 2 }]);
  });
  it('what XML cannot carry is replaced, so that the request stays readable', () => {
    expect(submitSingleMessage('A\u0000B\r', {})).toContain('<hl7Message>A\uFFFDB&#xD;</hl7Message>');
    expect(readSoapAnswer('<a><b></a>')).toEqual({ kind: 'unreadable' });
    expect(readSoapAnswer('no xml')).toEqual({ kind: 'unreadable' });
  });
});

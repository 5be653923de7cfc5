import { PutObjectCommand } from '@aws-sdk/client-s3';
import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { PutCommand } from '@aws-sdk/lib-dynamodb';
import { describe, expect, it } from '@jest/globals';
import type { Route } from '../../shared/contracts/route.ts';
import { makeApi, reject, type Handlers } from '../../shared/platform/http.ts';
import { makeLog } from '../../shared/platform/log.ts';
import type { Handler } from '../support/api.ts';
import { answerTo, eventBy } from '../support/callers.ts';
import { canary } from '../support/canaries.ts';
import { leaksInBuckets, leaksInQueues, leaksInTables } from '../support/sinks.ts';
import { misplaced, nobody, objects, openSweep } from '../support/sweep.ts';
import { told } from '../support/sweep-input.ts';

const { family, given, birthDate, street, phone } = canary;
const born = birthDate.replaceAll('-', '');
const sweep = openSweep('controls');

describe('The sweep itself', () => {
  const route: Route = { id: 'leaky', method: 'POST', path: '/leaky', action: 'public', summary: 'leaks', accepts: 'text/plain', responses: { 200: { description: 'ok' } } };
  const api = (handle: () => Promise<{ status: number }>): Handler => {
    const handlers: Handlers<Route[]> = { leaky: handle };
    return makeApi([route], handlers, { dynamo: sweep.house.suite.dynamo, enrollmentTable: 'none', log: makeLog('leaky') });
  };
  const ask = async (handler: Handler): Promise<void> => {
    const answer = await answerTo(handler, eventBy(nobody, { route: 'POST /leaky', body: told }));
    sweep.leaked('leaky', answer.told);
  };

  it('passes a handler that throws her name: the platform tells it to nobody', async () => {
    await ask(api(() => Promise.reject(new Error(`no account of ${told}\n    at ${family}`))));
    await ask(api(() => Promise.reject(Object.assign(new Error('fault'), { cause: told, input: told }))));
    expect(sweep.output.lines.join('')).toContain('REQUEST_FAULT');
    expect(sweep.found()).toEqual([]);
  });

  it.each([
    ['an error that quotes', () => Promise.reject(new Error('x')).catch(() => reject(400, 'invalid-request', `no such name ${given} ${family}`))],
    ['a console line', () => { console.log({ patient: { born: birthDate } }); return Promise.resolve({ status: 200 }); }],
    ['a line of the logger', () => { makeLog('leaky').info('JOB_DONE', { who: `${family.toUpperCase()}, ${given}` }); return Promise.resolve({ status: 200 }); }],
    ['stderr', () => { process.stderr.write(`warning: ${phone}\n`); return Promise.resolve({ status: 200 }); }],
    ['a line in base64', () => { console.error(Buffer.from(`{"pk":"NAME#${family}#${given}"}`).toString('base64url')); return Promise.resolve({ status: 200 }); }],
    ['a date as Americans write it', () => { console.warn('11/27/1923'); return Promise.resolve({ status: 200 }); }],
  ])('catches %s', async (_what, leak) => {
    await ask(api(leak));
    expect(sweep.found()).not.toEqual([]);
  });

  it('catches a key, an attribute, an object and a queue message that tell of her', async () => {
    const put = (Item: object) => sweep.house.suite.dynamo.send(new PutCommand({ TableName: sweep.house.suite.tables['DOSES_TABLE'] ?? '', Item: { ...Item } }));
    await put({ pk: `NAME#${family}`, sk: 'x', type: 'record' });
    await put({ pk: 'PERSON#1', sk: 'PERSON', type: 'person', nested: [{ born }] });
    await sweep.house.s3.client.send(new PutObjectCommand({ Bucket: 'messages', Key: `messages/${family}.hl7`, Body: 'x' }));
    await sweep.house.s3.client.send(new PutObjectCommand({ Bucket: 'uploads', Key: 'answers/1.hl7', Body: `ERR|||${given}` }));
    const sqs = new SQSClient({ endpoint: sweep.house.s3.endpoint, region: 'us-east-1', credentials: { accessKeyId: 'test', secretAccessKey: 'test' } });
    await sqs.send(new SendMessageCommand({ QueueUrl: sweep.house.queueUrls['exports'] ?? '', MessageBody: `{"for":"${street}"}` }));
    expect(await leaksInTables(sweep.house, misplaced)).toEqual(expect.arrayContaining([expect.stringContaining('record.pk'), expect.stringContaining('person.nested')]));
    expect(await leaksInBuckets(sweep.house, objects)).toEqual([expect.stringContaining('name of an object'), expect.stringContaining('answers/1.hl7')]);
    expect((await leaksInQueues(sweep.house)).leaks).toEqual([expect.stringContaining('larkspurrow')]);
  });
});

import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { ReceiveMessageCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { DynamoDBDocumentClient, ScanCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { join } from 'node:path';
import { enrollOrganization, enrollSite, onboardInterface } from '../../cli/play/enroll.ts';
import { callersOf } from '../../cli/system.ts';
import { startLocal, type LocalRun } from '../../local/start.ts';
import { canary, toldBy } from '../support/canaries.ts';
import { asFrame, hl7Message, jsonDoses, told } from '../support/sweep-input.ts';

const zone = '2021-03-08T15:00:00.000Z';
const waitMs = 60_000;
const hl7Type = 'x-application/hl7-v2+er7';
const site = { name: 'Elm Street Clinic', address: { street: '1 Elm Street', city: 'Hartford', county: '09003', state: 'CT', zip: '06106' }, providerType: 3, pin: '100001' };

let run: LocalRun;
/** Everything that was answered by an error or an acknowledgement. */
const answers: { what: string; text: string }[] = [];
let siteId = '';
let tokens: { machine: string; nurse: string };

const send = async (what: string, method: string, path: string, token: string, body: string | undefined, headers: Record<string, string> = {}): Promise<string> => {
  const response = await fetch(`${run.apiUrl.replace(/\/$/, '')}${path}`, { method, headers: { authorization: token === '' ? '' : `Bearer ${token}`, ...headers }, ...(body === undefined ? {} : { body }) });
  const text = await response.text();
  if (response.status >= 400 || path === '/hl7') answers.push({ what: `${what} (${response.status})`, text: text.split('\r').filter((line) => !/^(MSH|MSA)/.test(line)).join('\r') + JSON.stringify([...response.headers]) });
  return text;
};

beforeAll(async () => {
  run = await startLocal({ outDir: join(import.meta.dirname, '../../cdk.out'), port: 0, clock: zone, redeliverAfterMs: 20 });
  const callers = callersOf(run);
  const [nurse, reviewer, machine] = [await callers.person('nurse', 'provider-staff'), await callers.person('reviewer', 'dph-reviewer'), (await run.tokens()).find(({ role }) => role.includes('ehr'))];
  if (machine === undefined) throw new Error('the template has no machine client for EHRs');
  tokens = { machine: machine.token, nurse: await run.tokenFor({ sub: 'nurse', groups: ['provider-staff'] }) };
  const organizationId = await enrollOrganization(nurse, reviewer, 'Elm Street Health', 1);
  siteId = await enrollSite(nurse, reviewer, organizationId, site);
  await onboardInterface(nurse, reviewer, organizationId, machine.subject, [siteId]);
}, waitMs * 2);
afterAll(() => run.stop());

const report = async (): Promise<void> => {
  const messages = [hl7Message('l1', { facility: site.name }), hl7Message('l1', { facility: site.name, lot: 'OTHER77' }), hl7Message('l2', { facility: site.name, lot: canary.family }), told, asFrame, '', hl7Message('l3').slice(0, 300), hl7Message('l4').replace('VXU^V04', canary.family)];
  for (const [index, body] of messages.entries()) await send(`message ${index}`, 'POST', '/hl7', tokens.machine, body, { 'content-type': hl7Type });
  const doses = JSON.stringify(jsonDoses());
  for (const [index, body] of [doses, doses.slice(0, -9), `${told}${doses}`, asFrame, JSON.stringify([told]), doses.replace('"F"', `"${canary.family}"`)].entries())
    await send(`JSON ${index}`, 'POST', `/sites/${siteId}/doses`, tokens.nurse, body, { 'content-type': 'application/json', 'idempotency-key': `local-key-${index}` });
  for (const path of [`/sites/${canary.family}/doses?day=${canary.birthDate}`, `/sites/${siteId}/doses/${canary.family}`, `/sites/${siteId}/doses?cursor=${canary.family}`, `/patients/${canary.family}/${canary.birthDate}`, `/organizations?state=${canary.family}`])
    for (const token of [tokens.nurse, tokens.machine, '', canary.family]) await send(path, 'GET', path, token, undefined, { 'x-patient': canary.given, 'user-agent': `${canary.family}/1.0` });
};

describe('The whole system on this machine, told of a patient rightly and wrongly', () => {
  it('takes her in by HL7, JSON and a file, counts her and tells CDC', async () => {
    await report();
    const { address } = JSON.parse(await send('an upload', 'POST', '/uploads', tokens.machine, undefined, { 'idempotency-key': 'local-upload-1' })) as { address: string };
    expect((await fetch(address, { method: 'PUT', body: `${hl7Message('f1', { facility: site.name })}${told}\r${hl7Message('f2', { facility: site.name })}PID|${told}\r` })).status).toBe(200);
    await run.idle(waitMs);
    // A file that was promised and never came: its message fails until it lies in the dead-letter queue.
    const { uploadId } = JSON.parse(await send('another upload', 'POST', '/uploads', tokens.machine, undefined, { 'idempotency-key': 'local-upload-2' })) as { uploadId: string };
    const items = await everything();
    const waiting = items.find((item) => item['uploadId'] === uploadId);
    const client = sqs();
    const uploads = run.queues.find(({ logicalId }) => logicalId.startsWith('UploadsQueue') && !logicalId.includes('DeadLetters'));
    await client.send(new SendMessageCommand({ QueueUrl: uploads?.url ?? '', MessageBody: JSON.stringify({ goOnWith: waiting?.['objectKey'] }) }));
    client.destroy();
    await run.idle(waitMs);
    for (const schedule of run.schedules) await run.fire(schedule.name, { scheduledTime: '2021-03-10T08:00:00.000Z' });
    await run.idle(waitMs);
    expect((await everything()).some(({ type }) => type === 'record')).toBe(true);
    expect(run.logLines().length).toBeGreaterThan(20);
  }, waitMs * 3);

  it('tells of her in no log line of a function or of the gateway', () => {
    expect(run.logLines().flatMap(({ source, line }) => toldBy(line).map((what) => `${source}: ${what}: ${line.slice(0, 120)}`))).toEqual([]);
  });

  it('tells of her in no error and no acknowledgement', () => {
    expect(answers.length).toBeGreaterThan(20);
    expect(answers.flatMap(({ what, text }) => toldBy(text).map((leak) => `${what}: ${leak}`))).toEqual([]);
  });

  it('holds her in no key, and in no item but her record and what CDC was told', async () => {
    const leaks = (await everything()).flatMap((item) => Object.entries(item).flatMap(([attribute, value]) => {
      const isHers = !/^(pk|sk|gsi\d..)$/.test(attribute) && (item['type'] === 'record' || (item['type'] === 'manifest-chunk' && attribute === 'events') || (/^(dose|worklist)/.test(String(item['type'])) && attribute === 'lot'));
      return isHers ? [] : toldBy(JSON.stringify(value)).map((what) => `${String(item['type'])}.${attribute}: ${what}`);
    }));
    expect(leaks).toEqual([]);
  });

  it('holds her in no message of a queue, dead letters among them', async () => {
    const client = sqs();
    const bodies: string[] = [];
    for (const { url } of run.queues) for (;;) {
      const { Messages = [] } = await client.send(new ReceiveMessageCommand({ QueueUrl: url, MaxNumberOfMessages: 10, WaitTimeSeconds: 0, MessageAttributeNames: ['All'] }));
      if (Messages.length === 0) break;
      bodies.push(...Messages.map((message) => JSON.stringify(message)));
    }
    client.destroy();
    expect(bodies.length).toBeGreaterThan(0);
    expect(bodies.flatMap(toldBy)).toEqual([]);
  });
});

const sqs = (): SQSClient => new SQSClient({ endpoint: run.s3Url, region: run.database.region, credentials: run.operator });

const everything = async (): Promise<Record<string, unknown>[]> => {
  const { endpoint, region, accessKeyId } = run.database;
  const client = DynamoDBDocumentClient.from(new DynamoDBClient({ endpoint, region, credentials: { accessKeyId, secretAccessKey: 'local' } }));
  const items: Record<string, unknown>[] = [];
  for (const { name } of run.tables) items.push(...((await client.send(new ScanCommand({ TableName: name }))).Items ?? []));
  client.destroy();
  return items;
};

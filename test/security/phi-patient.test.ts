import { GetObjectCommand, ListObjectsV2Command, PutObjectCommand } from '@aws-sdk/client-s3';
import { ScanCommand } from '@aws-sdk/lib-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import { describe, expect, it } from '@jest/globals';
import { allRoutes } from '../../infra/routes.ts';
import { canary, toldBy } from '../support/canaries.ts';
import { near } from '../support/house.ts';
import { queryFor } from '../support/request-samples.ts';
import { leaksInBuckets, leaksInQueues, leaksInTables } from '../support/sinks.ts';
import { callersOf, machine, nurse, objects, openSweep, patientPlaces, routeNamed, showsPatients, sqsEvent } from '../support/sweep.ts';
import { hl7Message, jsonDoses, told } from '../support/sweep-input.ts';

const sweep = openSweep('patient');
const names = [canary.family, canary.given, canary.middle, canary.maiden, canary.relative].map((name) => name.toLowerCase());

const itemsOfDoses = async (): Promise<Record<string, unknown>[]> =>
  (await sweep.house.suite.dynamo.send(new ScanCommand({ TableName: sweep.house.suite.tables['DOSES_TABLE'] ?? '' }))).Items ?? [];

const objectsOf = async (Bucket: string): Promise<{ key: string; text: string }[]> => {
  const { client } = sweep.house.s3;
  const { Contents = [] } = await client.send(new ListObjectsV2Command({ Bucket }));
  return Promise.all(Contents.map(async ({ Key = '' }) => ({ key: Key, text: (await (await client.send(new GetObjectCommand({ Bucket, Key }))).Body?.transformToString()) ?? '' })));
};

const leaksAtRest = async (): Promise<string[]> => [
  ...await leaksInTables(sweep.house, patientPlaces), ...await leaksInBuckets(sweep.house, objects), ...(await leaksInQueues(sweep.house)).leaks,
];

describe('A patient who was reported as she should be', () => {
  it('is in her record and in the original message, and nowhere else', async () => {
    const hl7 = routeNamed('reportHl7');
    const json = routeNamed('reportDoses');
    const answers = [
      await sweep.send('a new dose', hl7, machine, { body: hl7Message('clean-1') }),
      await sweep.send('the same again', hl7, machine, { body: hl7Message('clean-1') }),
      await sweep.send('corrected', hl7, machine, { body: hl7Message('clean-1', { lot: 'OTHER77' }) }),
      await sweep.send('deleted', hl7, machine, { body: hl7Message('clean-1', { action: 'D' }) }),
      await sweep.send('refused by her', hl7, machine, { body: hl7Message('clean-2', { completion: 'RE', refusal: '00^^NIP002' }) }),
      await sweep.send('by hand', hl7, nurse, { body: hl7Message('clean-3') }),
      await sweep.send('JSON', json, nurse, { body: jsonDoses(), key: 'sweep-clean-1' }),
      await sweep.send('JSON again', json, nurse, { body: jsonDoses(), key: 'sweep-clean-1' }),
      await sweep.send('JSON under a key that was used', json, nurse, { body: jsonDoses({ lot: 'X1' }), key: 'sweep-clean-1' }),
    ];
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200, 200, 201, 200, 422]);
    const items = await itemsOfDoses();
    expect(items.some((item) => item['type'] === 'record' && toldBy(JSON.stringify(item)).includes(names[0] ?? ''))).toBe(true);
    expect(items.map(({ type }) => String(type))).toEqual(expect.arrayContaining(['record', 'person', 'key', 'dose', 'dose-version', 'message']));
    expect(await leaksAtRest()).toEqual([]);
    expect(sweep.found()).toEqual([]);
  });

  it('is not told by the lists of her site, nor by any other', async () => {
    for (const route of allRoutes.filter(({ method, id }) => method === 'GET' && !showsPatients.has(id))) for (const caller of callersOf(route)) {
      const { text } = await sweep.send('read', route, caller, { query: queryFor(route, () => '2021-03-08') });
      sweep.leaked(route.id, text);
    }
    expect(sweep.found()).toEqual([]);
  });

  it('is told by none of what the workers do with her: counting, the CDC file, exports, uploads, recounts', async () => {
    const upload = await sweep.send('an upload', routeNamed('requestUpload'), machine, {});
    const { uploadId } = JSON.parse(upload.text) as { uploadId: string };
    const Key = `uploads/${near.interfaceId}/${uploadId}`;
    const Body = `FHS|^~\\&|\rBHS|^~\\&|\r${hl7Message('file-1')}${hl7Message('file-2')}${told}\rPID|${told}\rMSH|broken ${told}\rBTS|9\rFTS|1\r`;
    await sweep.house.s3.client.send(new PutObjectCommand({ Bucket: 'uploads', Key, Body }));
    await sweep.work('doses-on-upload', sqsEvent({ Records: [{ s3: { object: { key: Key } } }] }));
    const references = (await sweep.waiting('messages')).map((body, n) => ({ messageId: `r${n}`, body, attributes: { SentTimestamp: '1615219200000' } }));
    expect(references.length).toBe(3);
    await sweep.work('doses-on-message', { Records: references });
    await sweep.work('doses-on-upload', sqsEvent({ gatherFor: Key, tries: 0 }));
    const items = await itemsOfDoses();
    await sweep.work('reports-on-doses-stream', {
      Records: items.map((item, index) => ({ eventID: `e${index}`, eventName: 'INSERT', dynamodb: { ApproximateCreationDateTime: 1615215600, SequenceNumber: `${index + 1}`, NewImage: marshall(item, { removeUndefinedValues: true }) } })),
    });
    for (const name of ['reports-on-nightly', 'reports-on-recount', 'inventory-on-reconcile']) await sweep.work(name, { scheduledTime: '2021-03-10T08:00:00.000Z' });
    for (const table of ['enrollment', 'doses', 'reports', 'inventory']) await sweep.work('reports-on-export', sqsEvent({ table, day: '2021-03-09', requestedAt: '2021-03-10T08:00:00.000Z' }));
    expect(await leaksAtRest()).toEqual([]);
    expect(sweep.found()).toEqual([]);
  });

  it('is in the CDC file by birth date and address as CDC asks, and by no name, in neither the file nor its manifest', async () => {
    const files = await objectsOf('submissions');
    expect(files.some(({ text }) => toldBy(text).includes(canary.birthDate))).toBe(true);
    expect(files.flatMap(({ key, text }) => toldBy(text).filter((what) => names.includes(what)).map((what) => `${key}: ${what}`))).toEqual([]);
  });

  it('is in the export of records for epidemiologists, and acknowledgements of her file tell nothing of her', async () => {
    expect((await objectsOf('exports')).filter(({ text }) => toldBy(text).length > 0).map(({ key }) => key.split('/').at(-1))).toEqual(['record.csv']);
    expect((await objectsOf('uploads')).filter(({ key }) => key.startsWith('answers/')).length).toBeGreaterThan(0);
  });
});

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Role } from '../../shared/contracts/permissions.ts';
import { PutCommand } from '@aws-sdk/lib-dynamodb';
import { byState } from '../../functions/enrollment/store.ts';
import { enrolledSite } from '../support/enrolled.ts';
import { call, type Answer, type Call, type Handler } from '../support/api.ts';
import { corrected, doseIdFor, doseOf, personOf, recordOf, storedDoses } from '../support/dose-items.ts';
import { openS3, type EmulatedS3 } from '../support/emulated-s3.ts';
import { streamEvent } from '../support/stream-event.ts';
import { openSuite, type Suite } from '../support/suite.ts';

const day = '2021-03-12';
let suite: Suite;
let s3: EmulatedS3;
let handler: Handler;

const elsewhere = { residence: 'outside', state: 'NY', zip: '10001' } as const;
const nowhere = { residence: 'unknown' } as const;

/** Four active sites and a closed one, and a week in February: Elm reported in time, Oak the week after, Ash nothing; Yew applied later. */
const practicesOfFebruary = async (count: (event: ReturnType<typeof streamEvent>) => Promise<unknown>): Promise<void> => {
  const sites = [['sit_elm', 'active'], ['sit_oak', 'active'], ['sit_ash', 'active'], ['sit_yew', 'active', '2021-02-20T15:00:00.000Z'], ['sit_fir', 'closed']] as const;
  for (const [siteId, state, createdAt = '2021-01-04T15:00:00.000Z'] of sites) {
    const site = await enrolledSite(suite, siteId, { state, createdAt, address: { city: siteId === 'sit_ash' ? 'Storrs Mansfield' : 'Hartford', state: 'CT', zip: '06106' } });
    await suite.dynamo.send(new PutCommand({ TableName: suite.tables['ENROLLMENT_TABLE'] ?? '', Item: { ...site, ...byState('SITE', state, siteId) } }));
  }
  const given = { givenOn: '2021-02-10' };
  await storedDoses(suite, ...['gil', 'hal', 'ida'].flatMap((name) => [personOf(name), recordOf(name)]),
    doseOf('gil', 1, { ...given, siteId: 'sit_oak', receivedAt: '2021-02-15T05:30:00.000Z' }),
    // Reported on Sunday night of the jurisdiction, Monday by the clock of the world.
    doseOf('hal', 1, { ...given, receivedAt: '2021-02-15T04:30:00.000Z' }), doseOf('ida', 1, { ...given, siteId: 'sit_fir' }));
  await count(streamEvent(['gil', 'hal', 'ida'].map((name) => personOf(name)), '2021-03-12T17:00:00.000Z'));
};

/** The system with one day behind it: doses counted, the night run, tables exported. */
beforeAll(async () => {
  suite = await openSuite('reportsapi');
  s3 = await openS3({ SUBMISSIONS_BUCKET: 'submissions', EXPORTS_BUCKET: 'exports' });
  Object.assign(process.env, { COUNTER_SHARDS: '3', EXPORTS_QUEUE_URL: `${s3.endpoint}/000000000000/exports`, AWS_ENDPOINT_URL_SQS: s3.endpoint });
  const { CreateQueueCommand, SQSClient } = await import('@aws-sdk/client-sqs');
  const sqs = new SQSClient({});
  await sqs.send(new CreateQueueCommand({ QueueName: 'exports' }));
  await enrolledSite(suite, 'sit_elm');
  await storedDoses(suite, ...['ada', 'ben', 'cleo', 'dan'].flatMap((name) => [personOf(name), doseOf(name, 1)]),
    recordOf('ada'), recordOf('ben', { sex: 'M', home: { residence: 'inside', town: 'Union', county: '09013', state: 'CT', zip: '06076' } }),
    recordOf('cleo', { home: elsewhere }), recordOf('dan', { home: nowhere, addresses: [] }),
    personOf('eve'), recordOf('eve', { birthDate: '2021-03-20' }), doseOf('eve', 1, { siteId: undefined }));
  const stream = await import('../../functions/reports/on-doses-stream.ts');
  await stream.handler(streamEvent(['ada', 'ben', 'cleo', 'dan'].map((name) => personOf(name)), '2021-03-12T17:00:00.000Z'));
  const nightly = await import('../../functions/reports/on-nightly.ts');
  await nightly.handler({ scheduledTime: '2021-03-13T08:00:00Z' });
  const { next, former } = corrected(doseOf('ada', 1), '2021-03-13T15:00:00.000Z', { lot: 'X2' });
  await storedDoses(suite, next, former);
  await nightly.handler({ scheduledTime: '2021-03-14T08:00:00Z' });
  const { ReceiveMessageCommand } = await import('@aws-sdk/client-sqs');
  const { Messages = [] } = await sqs.send(new ReceiveMessageCommand({ QueueUrl: process.env['EXPORTS_QUEUE_URL'], MaxNumberOfMessages: 10 }));
  const exporting = await import('../../functions/reports/on-export.ts');
  await exporting.handler({ Records: Messages.map(({ MessageId: messageId = '', Body: body = '' }) => ({ messageId, body })) } as unknown as Parameters<typeof exporting.handler>[0]);
  sqs.destroy();
  await practicesOfFebruary(stream.handler);
  handler = (await import('../../functions/reports/http.ts')).handler;
});
afterAll(async () => {
  await s3.stop();
  await suite.stop();
});

const get = (path: Call['route'], more: Partial<Call> = {}, role: Role = 'dph-epidemiologist'): Promise<Answer> => call(handler, { route: path, role, subject: 'epi', ...more });
const coverage = (dimension: string, more: Record<string, string> = {}) => get('GET /coverage', { query: { dimension, from: '2021-03-01', to: '2021-03-31', ...more }, now: '2021-03-13T15:00:00.000Z' });

describe('Coverage', () => {
  it('says by town who is vaccinated, of how many, as of when, and who cannot be placed', async () => {
    const { status, body } = await coverage('town');
    expect(status).toBe(200);
    expect(body).toMatchObject({
      dimension: 'town', asOf: '2021-03-12T17:00:00.000Z',
      rows: [
        { value: 'Hartford', first: 1, complete: 0, dosesGiven: 1, population: expect.any(Number) as unknown, firstPercent: expect.any(Number) as unknown },
        { value: 'Union', first: 1 },
      ],
      unplaced: { first: 1 }, outside: { first: 1 }, practices: { reporting: 1, enrolled: 4, fromWeek: '2021-03-01', toWeek: '2021-03-08' },
    });
    expect(body['rule']).toMatchObject({ numerator: expect.stringContaining('whatever the interval') as unknown });
  });

  it.each([
    ['county', ['09003', '09013']], ['sex', ['F', 'M']], ['ageGroup', ['25-44']], ['raceEthnicity', ['2106-3']], ['product', ['208']], ['total', ['residents']],
  ])('can be asked for by %s', async (dimension, values) => {
    const { body } = await coverage(dimension);
    expect((body['rows'] as { value: string }[]).map(({ value }) => value)).toEqual(values);
  });

  it('gives single days when asked, and no percentage of a day', async () => {
    const { body } = await coverage('total', { by: 'day' });
    expect(body['rows']).toEqual([{ day, value: 'residents', name: 'Connecticut', first: 2, complete: 0, additional: 0, dosesGiven: 2 }]);
  });

  it.each([
    ['a day before the first', { to: '2021-02-01' }], ['more days than it can read', { from: '2011-01-01' }], ['too many single days', { from: '2020-12-01', by: 'day' }],
    ['no real day', { from: '2021-02-30' }], ['a dimension that is none', { dimension: 'name' }],
  ])('refuses %s', async (_name, query) => {
    const { status, body } = await coverage('town', query);
    expect([status, (body['errors'] as unknown[]).length > 0]).toEqual([400, true]);
  });
});

describe('Coverage for those outside the department', () => {
  const outside = (query: Record<string, string>, role: Role) => get('GET /coverage', { query: { dimension: 'total', from: '2021-03-01', to: '2021-03-31', ...query }, now: '2021-04-02T12:00:00.000Z' }, role);
  const unseen = { first: null, complete: null, additional: null, dosesGiven: null, suppressed: true, leftOut: ['2021-03'] };

  it.each<Role>(['provider-staff', 'auditor'])('leaves the two people of March out, and the two who live elsewhere or nowhere known, when %s asks', async (role) => {
    const { status, body } = await outside({}, role);
    expect([status, body]).toMatchObject([200, { exact: false, rows: [{ value: 'residents', ...unseen }], unplaced: unseen, outside: unseen }]);
  });

  it.each<Role>(['dph-reviewer', 'dph-allocator', 'dph-inventory', 'dph-epidemiologist'])('is exact when %s of the department asks', async (role) => {
    expect((await outside({}, role)).body).toMatchObject({ exact: true, rows: [{ value: 'residents', first: 2 }], unplaced: { first: 1 } });
  });

  it('tells how many practices stand behind it, and names none', async () => {
    const { body } = await outside({ from: '2021-02-01', to: '2021-02-28' }, 'provider-staff');
    expect(body['practices']).toMatchObject({ reporting: 2, enrolled: 4, fromWeek: '2021-02-01', toWeek: '2021-02-22' });
    expect(JSON.stringify(body)).not.toContain('sit_');
    // The week of the last day of January is one that February has no day of.
    expect((await outside({ from: '2021-01-01', to: '2021-01-31' }, 'auditor')).body['practices']).toMatchObject({ reporting: 0, enrolled: 3, fromWeek: '2020-12-28', toWeek: '2021-01-25' });
  });

  it('refuses single days and parts of a month to those who see no exact figures', async () => {
    const { status, body } = await outside({ by: 'day', to: '2021-03-12' }, 'provider-staff');
    expect([status, (body['errors'] as { path: string }[]).map(({ path }) => path)]).toEqual([400, ['query.by', 'query.to']]);
  });
});

describe('Practices of a week', () => {
  const reporting = (query: Record<string, string>, role?: Role) => get('GET /reporting', { query, now: '2021-03-13T15:00:00.000Z' }, role);
  const shares = { reportingPercent: 66.7, inTimePercent: 33.3, reportedInWeekPercent: 50 };
  const february = { enrolled: 3, reporting: 2, inTime: 1, late: 1, silent: 1, dosesGiven: 2, reportedInWeek: 1, ...shares };

  it('are in time, late or silent, each with its town and doses, and counted with the weeks before', async () => {
    const { status, body } = await reporting({ week: '2021-02-10' });
    expect([status, body]).toMatchObject([200, { week: '2021-02-08', lastDay: '2021-02-14', isOver: true, asOf: '2021-03-12T17:00:00.000Z', counts: february }]);
    expect(body['items']).toMatchObject([
      { siteId: 'sit_ash', town: 'Mansfield', dosesGiven: 0, reportedInWeek: 0, state: 'silent' },
      { siteId: 'sit_elm', town: 'Hartford', dosesGiven: 1, reportedInWeek: 1, state: 'in-time' },
      { siteId: 'sit_oak', dosesGiven: 1, reportedInWeek: 0, state: 'late' },
    ]);
    const trend = body['trend'] as object[];
    expect(trend).toHaveLength(8);
    expect([trend[0], trend[6], trend[7]]).toMatchObject([{ week: '2020-12-21', enrolled: 0 }, { week: '2021-02-01', enrolled: 3, silent: 3 }, { week: '2021-02-08', ...february }]);
  });

  it('of the present week are those up to now', async () => {
    const { body } = await reporting({});
    expect(body).toMatchObject({ week: '2021-03-08', isOver: false, counts: { enrolled: 4, reporting: 1, silent: 3, dosesGiven: 4, reportedInWeek: 4 } });
  });

  it('can be asked for by state, page by page, with counts on the first', async () => {
    const found: unknown[] = [];
    const counted: boolean[] = [];
    let cursor: string | undefined;
    do {
      const { body } = await reporting({ week: '2021-02-08', state: 'silent', limit: '1', ...(cursor === undefined ? {} : { cursor }) });
      found.push(...(body['items'] as { siteId: string }[]).map(({ siteId }) => siteId));
      counted.push('counts' in body);
      cursor = body['nextCursor'] as string | undefined;
    } while (cursor !== undefined);
    expect(found).toEqual(['sit_ash']);
    expect([counted[0], counted.slice(1).some(Boolean), counted.length >= 4]).toEqual([true, false, true]);
  });

  it.each<[Role, number]>([['dph-reviewer', 200], ['dph-allocator', 200], ['auditor', 403], ['provider-staff', 403], ['local-health-director', 403]])('are shown to %s: %i', async (role, status) => {
    expect((await reporting({}, role)).status).toBe(status);
  });

  it.each([['no real day', { week: '2021-02-30' }], ['a week that has not begun', { week: '2021-03-15' }], ['a state that is none', { state: 'asleep' }], ['a cursor of something else', { cursor: 'x' }]])('are refused for %s', async (_what, query) => {
    expect((await reporting(query)).status).toBe(400);
  });
});

describe('Submissions', () => {
  it('are listed newest first, with state, counts, files and hashes', async () => {
    const { body } = await get('GET /submissions', { query: { from: '2021-03-01', to: '2021-03-31' } });
    expect(body['items']).toMatchObject([{ submissionId: '2021-03-13_new_01', records: 0 }, { submissionId: '2021-03-12_new_01', state: 'built', records: 4, held: 1 }]);
    const one = await get('GET /submissions/{submissionId}', { params: { submissionId: '2021-03-12_new_01' } });
    expect(one.body).toEqual((body['items'] as unknown[])[1]);
    expect(one.version).toBe(3);
    const turned = await get('GET /submissions', { query: { from: '2021-03-31', to: '2021-03-01' } });
    expect(turned).toMatchObject({ status: 400, body: { errors: [{ path: 'query.to', message: 'must not be before from' }] } });
  });

  it('hand out the file by an address that works for a few minutes', async () => {
    const { body } = await get('GET /submissions/{submissionId}/file', { params: { submissionId: '2021-03-12_new_01' } });
    expect(body).toMatchObject({ name: '20210312_01_CTA.txt', expiresInSeconds: 900 });
    const file = await (await fetch(String(body['url']))).text();
    expect(file.split('\r\n').length).toBe(6);
    expect(file).toContain(doseIdFor('ada', 1));
    const second = await get('GET /submissions/{submissionId}/file', { params: { submissionId: '2021-03-12_new_01' }, query: { sequence: '2' } });
    expect(second.status).toBe(404);
  });

  it('name the events that could not be sent and why, those that wait still too, and nothing of a patient', async () => {
    const held = { doseId: doseIdFor('eve', 1), doseVersion: 1, faults: [{ field: 'recip_dob', reason: 'after-event' }], explanation: 'recip_dob is later than the day of the dose' };
    const ofDay = (submissionId: string): Promise<Answer> => get('GET /submissions/{submissionId}/held', { params: { submissionId } });
    expect((await ofDay('2021-03-12_new_01')).body).toEqual({ items: [{ ...held, submissionId: '2021-03-12_new_01' }] });
    expect((await get('GET /held-events', {}, 'auditor')).body).toEqual({ items: [{ ...held, submissionId: '2021-03-13_new_01' }] });
    expect((await get('GET /held-events', {}, 'dph-inventory')).status).toBe(403);
  });

  it.each(['2021-03-15_new_01', 'nonsense', '../../x'])('are not found under %s', async (submissionId) => {
    expect((await get('GET /submissions/{submissionId}', { params: { submissionId } })).status).toBe(404);
    expect((await get('GET /submissions/{submissionId}/held', { params: { submissionId } })).status).toBe(404);
  });

  it('are followed by a ledger of what changed since', async () => {
    const { body } = await get('GET /restatements', { query: { day: '2021-03-13' } });
    expect(body['items']).toEqual([{
      day: '2021-03-13', doseId: doseIdFor('ada', 1), change: 'update', fields: ['lot_number'], sentVersion: 1, nowVersion: 2, submissionId: '2021-03-12_new_01', recordedAt: '2021-03-14T08:00:00.000Z',
    }]);
  });
});

describe('Exports', () => {
  it('are listed by day and read by address', async () => {
    const answers = await Promise.all(['2021-03-12', '2021-03-13'].map((of) => get('GET /exports', { query: { day: of } })));
    const tables = answers.flatMap(({ body }) => body['items'] as { day: string; table: string; files: { file: string }[] }[]);
    expect(tables.length).toBe(10);
    const one = tables.find(({ files }) => files.length > 0);
    if (one === undefined) throw new Error('no files');
    const { body } = await get('GET /exports/{day}/{table}/{file}', { params: { day: one.day, table: one.table, file: one.files[0]?.file ?? '' } });
    expect((await (await fetch(String(body['url']))).text()).startsWith('pk,sk,type,schema,version')).toBe(true);
  });

  it('are not found when there are none', async () => {
    expect((await get('GET /exports', { query: { day: '2020-01-01' } })).body).toEqual({ items: [] });
    expect((await get('GET /exports/{day}/{table}/{file}', { params: { day, table: 'doses', file: 'secrets.csv' } })).status).toBe(404);
  });
});

describe('Who may read reports', () => {
  const routes = { coverage: 'GET /coverage', submissions: 'GET /submissions', exports: 'GET /exports' } as const;
  const query = { coverage: { dimension: 'town', from: day, to: day }, submissions: { from: day, to: day }, exports: { day } };
  it.each<[Role, keyof typeof routes, number]>([
    ['provider-staff', 'submissions', 403], ['ehr-system', 'coverage', 403], ['auditor', 'submissions', 200], ['auditor', 'exports', 403],
    ['dph-reviewer', 'coverage', 200], ['dph-reviewer', 'exports', 403], ['local-health-director', 'coverage', 403],
  ])('%s asking for %s gets %i', async (role, what, status) => {
    expect((await get(routes[what], { query: query[what] }, role)).status).toBe(status);
  });
});

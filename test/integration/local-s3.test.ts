import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startLocal } from '../../local/start.ts';
import type { LocalRun } from '../../local/start.ts';
import { arnOf, probeFunction, writeAssembly } from '../support/local-assembly.ts';
import { callerOf } from '../support/local-caller.ts';
import type { ProbeCall } from '../support/local-probe.ts';

const bucketArn = (id: string, path: string) => ({ 'Fn::Join': ['', [arnOf(id), path]] });
const LOCK_DAYS = 10;

let run: LocalRun;
beforeAll(async () => {
  const outDir = writeAssembly({
    one: {
      Resources: {
        Plain: { Type: 'AWS::S3::Bucket', Properties: { BucketName: 'test-plain' } },
        Exports: {
          Type: 'AWS::S3::Bucket',
          Properties: { BucketName: 'test-exports', VersioningConfiguration: { Status: 'Enabled' } },
        },
        Locked: {
          Type: 'AWS::S3::Bucket',
          Properties: {
            BucketName: 'test-locked',
            ObjectLockEnabled: true,
            ObjectLockConfiguration: { Rule: { DefaultRetention: { Mode: 'COMPLIANCE', Days: LOCK_DAYS } } },
          },
        },
        ...probeFunction('All', [{ Action: 's3:*', Resource: ['arn:aws:s3:::test-*', 'arn:aws:s3:::test-*/*'] }]),
        ...probeFunction('Few', [{ Action: ['s3:GetObject', 's3:PutObject'], Resource: bucketArn('Exports', '/mine/*') }]),
      },
    },
  });
  run = await startLocal({ outDir, port: 0, clock: '2021-03-12T17:00:00Z' });
});
afterAll(() => run.stop());

const [all, few] = [callerOf(() => run, 'all'), callerOf(() => run, 'few')];

describe('S3 through the front', () => {
  const put = (Bucket: string, Key: string, Body: string, more: object = {}): ProbeCall => ({
    service: 's3',
    command: 'PutObject',
    input: { Bucket, Key, Body, ...more },
  });
  const get = (Bucket: string, Key: string, more: object = {}): ProbeCall => ({
    service: 's3',
    command: 'GetObject',
    input: { Bucket, Key, ...more },
  });

  it('writes once when told so, also when two write at the same time', async () => {
    const once = (body: string) => all(put('test-plain', 'once.txt', body, { IfNoneMatch: '*' }));
    const answers = await Promise.all([once('a'), once('b'), once('c')]);
    expect(answers.filter(({ error }) => error === undefined)).toHaveLength(1);
    expect(await once('d')).toMatchObject({ error: 'PreconditionFailed' });
    expect(await all(put('test-plain', 'once.txt', 'e'))).not.toHaveProperty('error');
  });

  it('writes over what is still as it was read', async () => {
    const { ETag } = (await all(put('test-plain', 'etag.txt', 'one'))) as { ETag?: string };
    expect(await all(put('test-plain', 'etag.txt', 'two', { IfMatch: '"stale"' }))).toMatchObject({
      error: 'PreconditionFailed',
    });
    expect(await all(put('test-plain', 'etag.txt', 'two', { IfMatch: ETag }))).not.toHaveProperty('error');
  });

  it('keeps the versions of a versioned bucket', async () => {
    const first = await all(put('test-exports', 'a/b.csv', 'first'));
    const second = await all(put('test-exports', 'a/b.csv', 'second'));
    expect(await all(get('test-exports', 'a/b.csv'))).toMatchObject({ body: 'second', VersionId: second.VersionId });
    expect(await all(get('test-exports', 'a/b.csv', { VersionId: first.VersionId }))).toMatchObject({
      body: 'first',
      VersionId: first.VersionId,
    });
    await all({ service: 's3', command: 'DeleteObject', input: { Bucket: 'test-exports', Key: 'a/b.csv' } });
    expect(await all(get('test-exports', 'a/b.csv'))).toMatchObject({ error: 'NoSuchKey' });
    const { Versions = [], DeleteMarkers = [] } = (await all({
      service: 's3',
      command: 'ListObjectVersions',
      input: { Bucket: 'test-exports', Prefix: 'a/' },
    })) as { Versions?: object[]; DeleteMarkers?: object[] };
    expect([Versions.length, DeleteMarkers.length]).toEqual([2, 1]);
    expect(await all(get('test-exports', 'a/b.csv', { VersionId: first.VersionId }))).toMatchObject({ body: 'first' });
  });

  it("lets nobody delete a version under Object Lock until the run's clock has passed its retention", async () => {
    const { VersionId } = await all(put('test-locked', 'day.csv', 'sent to CDC'));
    const forGood = (versionId: unknown): ProbeCall => ({
      service: 's3',
      command: 'DeleteObject',
      input: { Bucket: 'test-locked', Key: 'day.csv', VersionId: versionId },
    });
    expect(await all(forGood(VersionId))).toMatchObject({ error: 'AccessDenied' });
    expect(
      await all({
        service: 's3',
        command: 'DeleteObjects',
        input: { Bucket: 'test-locked', Delete: { Objects: [{ Key: 'day.csv', VersionId }] } },
      }),
    ).toMatchObject({ Errors: [{ Code: 'AccessDenied' }] });
    await all(put('test-locked', 'day.csv', 'another'));
    expect(await all(get('test-locked', 'day.csv', { VersionId }))).toMatchObject({ body: 'sent to CDC' });
    const before = run.clock.now();
    run.clock.set(before + (LOCK_DAYS + 1) * 86_400_000);
    expect(await all(forGood(VersionId))).not.toHaveProperty('error');
    run.clock.set(before);
  });

  it('puts large files in parts and reads them back', async () => {
    const upload = { Bucket: 'test-exports', Key: 'parts.bin' };
    const { UploadId } = (await all({ service: 's3', command: 'CreateMultipartUpload', input: upload })) as { UploadId?: string };
    const { ETag } = (await all({
      service: 's3',
      command: 'UploadPart',
      input: { ...upload, UploadId, PartNumber: 1, Body: 'part one' },
    })) as { ETag?: string };
    const done = await all({
      service: 's3',
      command: 'CompleteMultipartUpload',
      input: { ...upload, UploadId, MultipartUpload: { Parts: [{ PartNumber: 1, ETag }] } },
    });
    expect(done).toHaveProperty('VersionId');
    expect(await all(get('test-exports', 'parts.bin'))).toMatchObject({ body: 'part one' });
  });

  it.each<[string, ProbeCall]>([
    ['another prefix', put('test-exports', 'theirs/x', 'x')],
    ['another bucket', get('test-plain', 'once.txt')],
    ['listing', { service: 's3', command: 'ListObjectsV2', input: { Bucket: 'test-exports' } }],
    ['to know whether a key exists, when it may not list', get('test-exports', 'mine/nothing')],
  ])('denies %s', async (_name, call) => {
    expect(await few(call)).toMatchObject({ error: 'AccessDenied' });
  });

  it('tells who may list that a key does not exist', async () => {
    expect(await all(get('test-exports', 'mine/nothing'))).toMatchObject({ error: 'NoSuchKey' });
  });

  it('refuses what it does not emulate, where fauxqs would say yes and do nothing', async () => {
    expect(
      await all({
        service: 's3',
        command: 'PutObjectTagging',
        input: { Bucket: 'test-plain', Key: 'x', Tagging: { TagSet: [] } },
      }),
    ).toMatchObject({ error: 'NotImplemented' });
  });
});

describe('presigned URLs', () => {
  const presign = async (caller: typeof all, Key: string) =>
    (await caller({ presign: 'PutObject', input: { Bucket: 'test-exports', Key, ContentType: 'text/csv' } })).url ?? '';
  const upload = async (url: string) =>
    (await fetch(url, { method: 'PUT', body: 'a,b', headers: { 'content-type': 'text/csv' } })).status;

  it('let their holder do what was signed', async () => {
    expect(await upload(await presign(few, 'mine/up.csv'))).toBe(200);
    expect(
      await all({ service: 's3', command: 'GetObject', input: { Bucket: 'test-exports', Key: 'mine/up.csv' } }),
    ).toMatchObject({ body: 'a,b' });
  });

  it('take a body that the client calls a form, as curl does with --data-binary', async () => {
    const { url = '' } = await few({ presign: 'PutObject', input: { Bucket: 'test-exports', Key: 'mine/form.hl7' } });
    const body = 'MSH|^~\\&|a=1&b=2\rPID|1\r';
    expect((await fetch(url, { method: 'PUT', body, headers: { 'content-type': 'application/x-www-form-urlencoded' } })).status).toBe(200);
    expect(await all({ service: 's3', command: 'GetObject', input: { Bucket: 'test-exports', Key: 'mine/form.hl7' } })).toMatchObject({ body });
  });

  it.each<[string, (url: string) => string]>([
    ['another key', (url) => url.replace('mine/up.csv', 'mine/other.csv')],
    ['a longer life', (url) => url.replace('X-Amz-Expires=60', 'X-Amz-Expires=6000')],
    ['no signature', (url) => url.replace(/&X-Amz-Signature=[^&]+/, '').replace(/X-Amz-Credential=[^&]+&/, '')],
  ])('do not work with %s', async (_name, change) => {
    const url = await presign(few, 'mine/up.csv');
    expect(change(url)).not.toBe(url);
    expect(await upload(change(url))).toBe(403);
  });

  it('allow no more than the role that signed them', async () => {
    expect(await upload(await presign(few, 'theirs/up.csv'))).toBe(403);
  });
});

import { describe, expect, it } from '@jest/globals';
import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import type { S3Client } from '@aws-sdk/client-s3';
import { makeWritableBucket } from '../../shared/platform/bucket-writer.ts';

interface Input { Key: string; Body: Uint8Array; IfNoneMatch?: string; PartNumber: number; ChecksumAlgorithm?: string; MultipartUpload: { Parts: { PartNumber: number }[] } }

/** S3 as far as it matters here, with the conditional writes that the emulator of the integration tests lacks. */
const fakeS3 = () => {
  const objects = new Map<string, Buffer>();
  const parts: Buffer[] = [];
  const calls: string[] = [];
  const refuse = ({ Key, IfNoneMatch }: Input): void => {
    if (IfNoneMatch === '*' && objects.has(Key)) throw Object.assign(new Error('exists'), { name: 'PreconditionFailed' });
  };
  const answers: Record<string, (input: Input) => unknown> = {
    PutObjectCommand: (input) => { refuse(input); objects.set(input.Key, Buffer.from(input.Body)); return {}; },
    CreateMultipartUploadCommand: () => { parts.length = 0; return { UploadId: 'u' }; },
    UploadPartCommand: ({ PartNumber, Body }) => { parts[PartNumber - 1] = Buffer.from(Body); return { ETag: `e${PartNumber}` }; },
    CompleteMultipartUploadCommand: (input) => { refuse(input); objects.set(input.Key, Buffer.concat(parts)); return {}; },
    GetObjectCommand: ({ Key }) => ({ Body: Readable.from([objects.get(Key)]) }),
  };
  const send = (command: { constructor: { name: string }; input: Input }): Promise<unknown> => {
    const { name } = command.constructor;
    calls.push(name.replace('Command', ''));
    if (name.startsWith('Put') || name.startsWith('Upload')) expect(command.input.ChecksumAlgorithm).toBe('SHA256');
    return Promise.resolve().then(() => answers[name]?.(command.input));
  };
  return { objects, calls, bucket: makeWritableBucket('b', () => Promise.resolve({ send } as unknown as S3Client)) };
};
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const megabyte = 'x'.repeat(1024 * 1024);

describe('An object that is written piece by piece', () => {
  it('is one put when it is small', async () => {
    const { bucket, objects, calls } = fakeS3();
    const writer = bucket.open('k', 'text/plain');
    await writer.write(bytes('a'));
    await writer.write(bytes('b'));
    expect(objects.size).toBe(0);
    expect(await writer.close()).toEqual({ bytes: 2, sha256: createHash('sha256').update('ab').digest('hex') });
    expect([objects.get('k')?.toString(), calls]).toEqual(['ab', ['PutObject']]);
  });

  it('goes in parts when it is large, and is whole at the end', async () => {
    const { bucket, objects, calls } = fakeS3();
    const writer = bucket.open('k', 'text/plain');
    const hash = createHash('sha256');
    for (let n = 0; n < 20; n += 1) {
      await writer.write(bytes(`${n}${megabyte}`));
      hash.update(`${n}${megabyte}`);
    }
    const { sha256 } = await writer.close();
    expect([sha256, createHash('sha256').update(objects.get('k') ?? '').digest('hex')]).toEqual(Array(2).fill(hash.digest('hex')));
    expect(calls.filter((name) => name === 'UploadPart').length).toBe(3);
  });

  it.each([['small', 'same'], ['large', megabyte.repeat(9)]])('that is there already and the same stays as it is (%s)', async (_name, text) => {
    const { bucket, objects } = fakeS3();
    objects.set('k', Buffer.from(text));
    const writer = bucket.open('k', 'text/plain', { once: true });
    await writer.write(bytes(text));
    expect((await writer.close()).bytes).toBe(text.length);
  });

  it('that is there with other bytes is a fault, and stays', async () => {
    const { bucket, objects } = fakeS3();
    objects.set('k', Buffer.from('other'));
    const writer = bucket.open('k', 'text/plain', { once: true });
    await writer.write(bytes('this'));
    await expect(writer.close()).rejects.toThrow('Another object');
    expect(objects.get('k')?.toString()).toBe('other');
  });

  it('is overwritten when nobody asked for once', async () => {
    const { bucket, objects } = fakeS3();
    objects.set('k', Buffer.from('other'));
    await bucket.open('k', 'text/plain').close();
    expect(objects.get('k')?.length).toBe(0);
  });

  it('named by its content is put once', async () => {
    const { bucket, objects } = fakeS3();
    await bucket.putOnce('k', 'first', 'text/plain');
    await bucket.putOnce('k', 'second', 'text/plain');
    expect(objects.get('k')?.toString()).toBe('first');
  });
});

import { createHash } from 'node:crypto';
import type { S3Client } from '@aws-sdk/client-s3';
import { makeBucket, s3Client, type Bucket } from './bucket.ts';

/** S3 takes parts of 5 MB or more and at most 10,000 of them; this is all of an object that is ever in memory. */
const partBytes = 8 * 1024 * 1024;

/** What an object turned out to hold. */
export interface Written {
  readonly bytes: number;
  readonly sha256: string;
}

/** An object being written piece by piece. Nobody sees it before `close`. */
export interface ObjectWriter {
  write(piece: Uint8Array): Promise<void>;
  close(): Promise<Written>;
}

export interface WritableBucket extends Bucket {
  /** Puts an object unless there is one with that key: for keys that follow from the content. */
  putOnce(key: string, body: string, contentType: string): Promise<void>;
  /** Opens an object of any size. With `once`, an object that is there stays; it must hold the same bytes, or `close` throws. */
  open(key: string, contentType: string, options?: { once?: boolean }): ObjectWriter;
}

/** 412: it is there. 409: another writer of the same key was at it in the same moment; what it writes is the same. */
const isThere = (error: unknown): boolean =>
  error instanceof Error && (error.name === 'PreconditionFailed' || error.name === 'ConditionalRequestConflict');

/** A bucket under Object Lock takes nothing without a checksum, so every request carries one. */
const checksum = { ChecksumAlgorithm: 'SHA256' } as const;
const encrypted = { ServerSideEncryption: 'aws:kms' } as const;

/** A bucket into which files are written as streams of pieces. */
export const makeWritableBucket = (name: string, client: () => Promise<S3Client> = s3Client): WritableBucket => {
  const bucket = makeBucket(name, client);

  const put = async (key: string, Body: Uint8Array, ContentType: string, once: boolean): Promise<'put' | 'there'> => {
    const { PutObjectCommand } = await import('@aws-sdk/client-s3');
    const condition = once ? { IfNoneMatch: '*' } : {};
    try {
      await (await client()).send(new PutObjectCommand({ Bucket: name, Key: key, Body, ContentType, ...encrypted, ...checksum, ...condition }));
      return 'put';
    } catch (error) {
      if (once && isThere(error)) return 'there';
      throw error;
    }
  };

  /** Parts of one large object, sent one after another. */
  const startParts = async (key: string, ContentType: string) => {
    const s3 = await client();
    const { CompleteMultipartUploadCommand, CreateMultipartUploadCommand, UploadPartCommand } = await import('@aws-sdk/client-s3');
    const { UploadId } = await s3.send(new CreateMultipartUploadCommand({ Bucket: name, Key: key, ContentType, ...encrypted, ...checksum }));
    const upload = { Bucket: name, Key: key, UploadId };
    const Parts: { PartNumber: number; ETag: string | undefined; ChecksumSHA256: string | undefined }[] = [];
    return {
      async send(Body: Uint8Array): Promise<void> {
        const PartNumber = Parts.length + 1;
        const { ETag, ChecksumSHA256 } = await s3.send(new UploadPartCommand({ ...upload, PartNumber, Body, ...checksum }));
        Parts.push({ PartNumber, ETag, ChecksumSHA256 });
      },
      async complete(once: boolean): Promise<'put' | 'there'> {
        try {
          await s3.send(new CompleteMultipartUploadCommand({ ...upload, MultipartUpload: { Parts }, ...(once ? { IfNoneMatch: '*' } : {}) }));
          return 'put';
        } catch (error) {
          if (once && isThere(error)) return 'there';
          throw error;
        }
      },
    };
  };

  const hashOf = async (key: string): Promise<string> => {
    const hash = createHash('sha256');
    for await (const piece of (await bucket.pieces(key)) ?? []) hash.update(piece);
    return hash.digest('hex');
  };

  return {
    ...bucket,
    putOnce: async (key, body, contentType) => void (await put(key, Buffer.from(body), contentType, true)),
    open(key, contentType, { once = false } = {}) {
      const hash = createHash('sha256');
      let bytes = 0;
      let held: Uint8Array[] = [];
      let heldBytes = 0;
      let parts: Awaited<ReturnType<typeof startParts>> | undefined;
      const taken = (): Uint8Array => {
        const whole = Buffer.concat(held);
        held = [];
        heldBytes = 0;
        return whole;
      };
      return {
        async write(piece) {
          hash.update(piece);
          bytes += piece.byteLength;
          held.push(piece);
          heldBytes += piece.byteLength;
          if (heldBytes < partBytes) return;
          parts ??= await startParts(key, contentType);
          await parts.send(taken());
        },
        async close() {
          const sha256 = hash.digest('hex');
          if (parts !== undefined && heldBytes > 0) await parts.send(taken());
          const outcome = parts === undefined ? await put(key, taken(), contentType, once) : await parts.complete(once);
          if (outcome === 'there' && (await hashOf(key)) !== sha256) throw new Error('Another object lies under the key of this one');
          return { bytes, sha256 };
        },
      };
    },
  };
};

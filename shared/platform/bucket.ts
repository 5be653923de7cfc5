import type { S3Client } from '@aws-sdk/client-s3';

/** Presigned addresses are handed to a browser or a script at once; nobody needs them longer. */
export const presignedSeconds = 900;

/** One bucket. Keys never hold patient data; bodies may. */
export interface Bucket {
  put(key: string, body: string | Uint8Array, contentType: string): Promise<void>;
  /** Undefined when there is no such object. */
  text(key: string): Promise<string | undefined>;
  /** The body in pieces as they come, for objects of any size; undefined when there is no such object. */
  pieces(key: string): Promise<AsyncIterable<Uint8Array> | undefined>;
  /** An address at which one PUT is accepted for `presignedSeconds`. */
  addressToPut(key: string): Promise<string>;
  addressToGet(key: string): Promise<string>;
}

let shared: Promise<S3Client> | undefined;

/** Loaded at the first use, so that requests without an object do not pay for it; one client for all buckets. */
export const s3Client = (): Promise<S3Client> => {
  shared ??= import('@aws-sdk/client-s3').then(
    ({ S3Client: Client }) => new Client({ forcePathStyle: true, requestChecksumCalculation: 'WHEN_REQUIRED' }),
  );
  return shared;
};

const isMissing = (error: unknown): boolean => error instanceof Error && (error.name === 'NoSuchKey' || error.name === 'NotFound');

/** The bucket of that name. Its own settings encrypt, version and expire what is put; a put asks for the key management service by name. */
export const makeBucket = (name: string, client: () => Promise<S3Client> = s3Client): Bucket => {
  const read = async (key: string) => {
    const { GetObjectCommand } = await import('@aws-sdk/client-s3');
    try {
      return (await (await client()).send(new GetObjectCommand({ Bucket: name, Key: key }))).Body;
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw error;
    }
  };
  return {
    async put(key, body, contentType) {
      const { PutObjectCommand } = await import('@aws-sdk/client-s3');
      await (
        await client()
      ).send(
        new PutObjectCommand({
          Bucket: name,
          Key: key,
          Body: typeof body === 'string' ? Buffer.from(body) : body,
          ContentType: contentType,
          ServerSideEncryption: 'aws:kms',
        }),
      );
    },
    text: async (key) => (await read(key))?.transformToString('utf-8'),
    pieces: async (key) => (await read(key)) as AsyncIterable<Uint8Array> | undefined,
    async addressToPut(key) {
      const [{ PutObjectCommand }, { getSignedUrl }] = await Promise.all([import('@aws-sdk/client-s3'), import('@aws-sdk/s3-request-presigner')]);
      return getSignedUrl(await client(), new PutObjectCommand({ Bucket: name, Key: key }), { expiresIn: presignedSeconds });
    },
    async addressToGet(key) {
      const [{ GetObjectCommand }, { getSignedUrl }] = await Promise.all([import('@aws-sdk/client-s3'), import('@aws-sdk/s3-request-presigner')]);
      return getSignedUrl(await client(), new GetObjectCommand({ Bucket: name, Key: key }), { expiresIn: presignedSeconds });
    },
  };
};

import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3';
import { buildApp } from 'fauxqs';

export interface EmulatedS3 {
  readonly endpoint: string;
  readonly client: S3Client;
  stop(): Promise<void>;
}

/** An empty S3 on loopback with the buckets named by environment variables; call it after openSuite and before importing a Lambda. */
export const openS3 = async (buckets: Record<string, string>): Promise<EmulatedS3> => {
  const app = buildApp({ logger: false });
  const endpoint = await app.listen({ port: 0, host: '127.0.0.1' });
  const client = new S3Client({ endpoint, region: 'us-east-1', forcePathStyle: true, credentials: { accessKeyId: 'test', secretAccessKey: 'test' } });
  for (const Bucket of Object.values(buckets)) await client.send(new CreateBucketCommand({ Bucket }));
  Object.assign(process.env, buckets, { AWS_ENDPOINT_URL_S3: endpoint });
  return { endpoint, client, stop: async () => { client.destroy(); await app.close(); } };
};

// Bundled by test/support/local-assembly.ts into the functions of small test templates. It does what the event or its
// environment says.
import * as dynamodb from '@aws-sdk/client-dynamodb';
import * as s3 from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import * as secrets from '@aws-sdk/client-secrets-manager';
import * as sqs from '@aws-sdk/client-sqs';

export interface ProbeCall {
  readonly service?: 'dynamodb' | 's3' | 'sqs' | 'secrets';
  /** Name of the SDK's command without `Command`, or `Presign` for a signed URL of a `PutObject` or `GetObject`. */
  readonly command?: string;
  readonly presign?: 'PutObject' | 'GetObject';
  readonly input?: object;
  readonly act?: 'throw' | 'exit' | 'hang' | 'malformed' | 'environment' | 'echo';
}

type Client = { send(command: unknown): Promise<object> };
type Command = new (input: object) => unknown;

const once = { maxAttempts: 1 };
const services: Record<string, { client: Client; commands: Record<string, unknown> }> = {
  dynamodb: { client: new dynamodb.DynamoDBClient(once), commands: dynamodb },
  s3: { client: new s3.S3Client(once), commands: s3 },
  sqs: { client: new sqs.SQSClient(once), commands: sqs },
  secrets: { client: new secrets.SecretsManagerClient(once), commands: secrets },
};

const callService = async ({ service = 'dynamodb', command = '', input = {} }: ProbeCall): Promise<unknown> => {
  const { client, commands } = services[service] ?? services['dynamodb']!;
  try {
    const {
      $metadata: _metadata,
      Body,
      ...answer
    } = (await client.send(new (commands[`${command}Command`] as Command)(input))) as {
      $metadata?: unknown;
      Body?: { transformToString(): Promise<string> };
    };
    return { ...answer, ...(Body === undefined ? {} : { body: await Body.transformToString() }) };
  } catch (error) {
    const { name, message, CancellationReasons } = error as Error & { CancellationReasons?: unknown };
    return { error: name, message, CancellationReasons };
  }
};

const acts: Record<string, (event: unknown) => unknown> = {
  throw: () => {
    throw new Error('told to fail');
  },
  exit: () => process.exit(3),
  hang: () =>
    new Promise(() => {
      setInterval(() => undefined, 1000);
    }),
  malformed: () => ({ hello: 'no status code is fine, an unknown key is not' }),
  environment: () => ({ statusCode: 200, body: JSON.stringify({ ...process.env }) }),
  echo: (event) => ({ statusCode: 201, headers: { 'X-Own': 'yes', ETag: '"3"' }, body: JSON.stringify(event) }),
};

const perform = async (call: ProbeCall, event: unknown): Promise<unknown> => {
  if (call.act !== undefined) return acts[call.act]?.(event);
  if (call.presign !== undefined) {
    const command = new (s3[`${call.presign}Command`] as unknown as Command)(call.input ?? {});
    return {
      url: await getSignedUrl(services['s3']!.client as unknown as s3.S3Client, command as s3.PutObjectCommand, {
        expiresIn: 60,
      }),
    };
  }
  return callService(call);
};

/** Called directly with a ProbeCall, or through the gateway with one as the body. */
export const probe = async (
  event: ProbeCall & { body?: string | null; isBase64Encoded?: boolean; requestContext?: unknown },
): Promise<unknown> => {
  if (event.requestContext === undefined) return perform(event, event);
  const body = event.isBase64Encoded === true ? Buffer.from(event.body ?? '', 'base64').toString() : event.body;
  const call = (body === undefined || body === null ? { act: 'echo' } : JSON.parse(body)) as ProbeCall;
  const answer = await perform(call, event);
  return call.act === undefined ? { statusCode: 200, body: JSON.stringify(answer) } : answer;
};

interface AnyRecord {
  messageId?: string;
  body?: string;
  attributes?: Record<string, string>;
  dynamodb?: {
    SequenceNumber: string;
    ApproximateCreationDateTime: number;
    NewImage?: Record<string, { S?: string; N?: string }>;
  };
}

/** How often each stream record came; a stream is read by one instance at a time. */
const failures = new Map<string, number>();

/** A worker: logs each batch; a record fails as often as its `failures` say, its batch throws when its `how` is `throw`. */
export const consume = (event: { Records: AnyRecord[] }): object => {
  const items = event.Records.map((record) => {
    const own =
      record.dynamodb === undefined
        ? (JSON.parse(record.body ?? '{}') as Record<string, string>)
        : Object.fromEntries(
            Object.entries(record.dynamodb.NewImage ?? {}).map(([name, value]) => [name, value.S ?? value.N ?? '']),
          );
    return { own, id: record.dynamodb?.SequenceNumber ?? record.messageId ?? '', record };
  });
  const failed = items.filter(({ own, id, record }) => {
    const before = failures.get(id) ?? 0;
    failures.set(id, before + 1);
    const received = record.attributes === undefined ? before : Number(record.attributes['ApproximateReceiveCount']) - 1;
    return received < Number(own['failures'] ?? 0);
  });
  console.log(
    JSON.stringify({
      batch: items.map(({ own }) => own['name']),
      failed: failed.map(({ own }) => own['name']),
      at: items.map(({ record }) => record.attributes?.['SentTimestamp'] ?? record.dynamodb?.ApproximateCreationDateTime),
    }),
  );
  if (failed.some(({ own }) => own['how'] === 'throw')) throw new Error('told to fail the batch');
  return { batchItemFailures: failed.map(({ id }) => ({ itemIdentifier: id })) };
};

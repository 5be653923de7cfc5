import type { JsonObject } from '../template/assembly.ts';
import type { Resource, Template } from '../template.ts';
import { optionalText } from '../template/values.ts';
import type { Need } from './evaluate.ts';

/** The customer key of each table, bucket, queue and secret, by the ARN of what it protects. */
export type Keys = ReadonlyMap<string, string>;

const firstOf = (value: unknown): JsonObject => (Array.isArray(value) ? ((value[0] ?? {}) as JsonObject) : {});

/** Where a type of resource names its key. */
const places: Readonly<Record<string, (properties: JsonObject) => unknown>> = {
  'AWS::DynamoDB::GlobalTable': ({ Replicas }) =>
    (firstOf(Replicas)['SSESpecification'] as JsonObject | undefined)?.['KMSMasterKeyId'],
  'AWS::DynamoDB::Table': ({ SSESpecification }) => (SSESpecification as JsonObject | undefined)?.['KMSMasterKeyId'],
  'AWS::S3::Bucket': ({ BucketEncryption }) => {
    const rule = firstOf((BucketEncryption as JsonObject | undefined)?.['ServerSideEncryptionConfiguration']);
    return (rule['ServerSideEncryptionByDefault'] as JsonObject | undefined)?.['KMSMasterKeyID'];
  },
  'AWS::SQS::Queue': ({ KmsMasterKeyId }) => KmsMasterKeyId,
  'AWS::SecretsManager::Secret': ({ KmsKeyId }) => KmsKeyId,
};

/** Keys of the template only: AWS's own keys ask nothing of a caller. */
export const readKeys = (template: Template): Keys => {
  const own = template.ofType('AWS::KMS::Key');
  const keyOf = ({ type, properties }: Resource): string | undefined => {
    const named = optionalText(places[type]?.(properties) as string | undefined);
    return own.find(({ arn, ref }) => arn === named || ref === named)?.arn;
  };
  return new Map(
    template.ofType(...Object.keys(places)).flatMap((resource) => {
      const key = keyOf(resource);
      return key === undefined ? [] : [[resource.arn, key] as const];
    }),
  );
};

/** What a caller must be able to do with the key when it does something to what the key protects. */
const uses: Readonly<Record<string, readonly string[]>> = {
  's3:GetObject': ['kms:Decrypt'],
  's3:GetObjectVersion': ['kms:Decrypt'],
  's3:PutObject': ['kms:GenerateDataKey'],
  'sqs:ReceiveMessage': ['kms:Decrypt'],
  'sqs:SendMessage': ['kms:GenerateDataKey', 'kms:Decrypt'],
  'secretsmanager:GetSecretValue': ['kms:Decrypt'],
  'secretsmanager:PutSecretValue': ['kms:GenerateDataKey'],
};

/** The permissions on keys that come with the needs of a call. DynamoDB decrypts for its caller whatever the caller does. */
export const keyNeeds = (keys: Keys, needs: readonly Need[]): Need[] =>
  needs.flatMap(({ action, resource }) => {
    const [service = ''] = action.split(':');
    const protectedArn =
      service === 'dynamodb' ? resource.split(/\/(?:index|stream)\//)[0] : service === 's3' ? resource.split('/')[0] : resource;
    const key = keys.get(protectedArn ?? '');
    const actions = service === 'dynamodb' ? ['kms:Decrypt'] : (uses[action] ?? []);
    if (key === undefined) return [];
    const via = `${service}.${key.split(':')[3] ?? ''}.amazonaws.com`;
    return actions.map((use) => ({ action: use, resource: key, context: { 'kms:ViaService': [via] } }));
  });

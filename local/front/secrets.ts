import { randomInt } from 'node:crypto';
import type { Kept } from '../kept.ts';
import { keepOnce } from '../kept.ts';
import type { JsonObject } from '../template/assembly.ts';
import type { Resource, Template } from '../template.ts';
import type { Caller, Callers } from './caller.ts';
import { jsonError, jsonReply } from './reply.ts';
import type { Reply, ServiceCall } from './reply.ts';

export interface Secret {
  readonly name: string;
  readonly arn: string;
  readonly value: () => string;
  readonly replace: (value: string) => void;
}

const LOWER = 'abcdefghijklmnopqrstuvwxyz';
const DIGITS = '0123456789';
const PUNCTUATION = '!"#$%&\'()*+,-./:;<=>?@[\\]^_`{|}~';
const DEFAULT_LENGTH = 32;

/**
 * The secrets of the template with a value each, generated as declared and kept, so that keyed hashes stay the same after a
 * restart.
 */
export const readSecrets = (template: Template, kept: Kept): Secret[] =>
  template.ofType('AWS::SecretsManager::Secret').map((resource) => {
    const key = `secret/${resource.id}`;
    const value = (): string => keepOnce(kept, key, () => initialValue(resource));
    const name =
      typeof resource.properties['Name'] === 'string'
        ? resource.properties['Name']
        : (resource.arn.split(':secret:')[1]?.slice(0, -7) ?? resource.logicalId);
    return {
      name,
      arn: resource.arn,
      value,
      replace: (next) => {
        kept.set(key, next);
      },
    };
  });

const initialValue = ({ properties }: Resource): string => {
  if (typeof properties['SecretString'] === 'string') return properties['SecretString'];
  const rule = properties['GenerateSecretString'] as JsonObject | undefined;
  if (rule === undefined) return '';
  const drawn = draw(rule);
  const { SecretStringTemplate: template, GenerateStringKey: field } = rule;
  return typeof template === 'string' && typeof field === 'string'
    ? JSON.stringify({ ...(JSON.parse(template) as object), [field]: drawn })
    : drawn;
};

const draw = (rule: JsonObject): string => {
  const alphabet = [
    rule['ExcludeLowercase'] === true ? '' : LOWER,
    rule['ExcludeUppercase'] === true ? '' : LOWER.toUpperCase(),
    rule['ExcludeNumbers'] === true ? '' : DIGITS,
    rule['ExcludePunctuation'] === true ? '' : PUNCTUATION,
    rule['IncludeSpace'] === true ? ' ' : '',
  ].join('');
  const excluded = typeof rule['ExcludeCharacters'] === 'string' ? rule['ExcludeCharacters'] : '';
  const allowed = [...alphabet].filter((char) => !excluded.includes(char));
  return Array.from({ length: Number(rule['PasswordLength'] ?? DEFAULT_LENGTH) }, () => allowed[randomInt(allowed.length)]).join(
    '',
  );
};

type Operation = (secret: Secret, input: { SecretString?: string }) => object;

const operations: Readonly<Record<string, Operation>> = {
  DescribeSecret: ({ name, arn }) => ({ ARN: arn, Name: name }),
  GetSecretValue: ({ name, arn, value }) => ({
    ARN: arn,
    Name: name,
    SecretString: value(),
    VersionId: 'local',
    VersionStages: ['AWSCURRENT'],
  }),
  PutSecretValue: ({ name, arn, replace }, { SecretString = '' }) => {
    replace(SecretString);
    return { ARN: arn, Name: name, VersionId: 'local', VersionStages: ['AWSCURRENT'] };
  },
};

/** Secrets Manager for functions. */
export const makeSecretsFront =
  ({ secrets, callers }: { secrets: readonly Secret[]; callers: Callers }) =>
  (caller: Caller, call: ServiceCall): Reply => {
    const operation = String(call.headers['x-amz-target']).split('.')[1] ?? '';
    const input = JSON.parse(call.body.toString()) as { SecretId?: string; SecretString?: string };
    const secret = secrets.find(({ name, arn }) => input.SecretId === name || input.SecretId === arn);
    const action = `secretsmanager:${operation}`;
    const perform = operations[operation];
    if (perform === undefined || callers.lacks(caller, [{ action, resource: secret?.arn ?? '*' }]) !== undefined) {
      return jsonError(
        'AccessDeniedException',
        `User: ${caller.roleArn} (${caller.name}) is not authorized to perform: ${action} on resource: ${input.SecretId ?? ''}`,
      );
    }
    return secret === undefined
      ? jsonError('ResourceNotFoundException', "Secrets Manager can't find the specified secret.")
      : jsonReply(200, perform(secret, input));
  };

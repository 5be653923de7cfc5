import type { Json, JsonObject } from '../template/assembly.ts';
import type { Resource, Template } from '../template.ts';
import { unjudgeable } from './conditions.ts';
import { readKeys } from './keys.ts';
import type { Keys } from './keys.ts';
import type { Condition } from './conditions.ts';

export interface Statement {
  readonly effect: 'Allow' | 'Deny';
  readonly actions: readonly string[];
  readonly notActions: readonly string[];
  readonly resources: readonly string[];
  readonly notResources: readonly string[];
  readonly conditions: readonly Condition[];
}

export interface Policies {
  /** Statements of each role, by its ARN. */
  readonly roles: ReadonlyMap<string, readonly Statement[]>;
  /** Deny statements of bucket and queue policies that hold for every caller. */
  readonly denials: readonly Statement[];
  readonly keys: Keys;
}

/** AWS's own policies that the template may attach: they grant only what the local run does itself (logs, traces, polling). */
const managedByAws = [
  'AWSLambdaBasicExecutionRole',
  'AWSLambdaVPCAccessExecutionRole',
  'AWSXRayDaemonWriteAccess',
  'AWSXrayWriteOnlyAccess',
  'CloudWatchLambdaInsightsExecutionRolePolicy',
  'AmazonAPIGatewayPushToCloudWatchLogs',
];

/** Services whose calls the front answers; a statement about another service is never asked for. */
const enforced = ['dynamodb', 'sqs', 's3', 'secretsmanager', 'lambda', 'kms'];

/** Everything the synthesised policies say. Throws on a condition or a managed policy that the local run cannot judge. */
export const readPolicies = (template: Template): Policies => {
  const roles = template.ofType('AWS::IAM::Role');
  const attached = template.ofType('AWS::IAM::Policy', 'AWS::IAM::ManagedPolicy');
  return {
    roles: new Map(
      roles.map((role) => [
        role.arn,
        [
          ...inline(
            role,
            attached.map(({ ref }) => ref),
          ),
          ...attached
            .filter((policy) => isAttached(policy, role))
            .flatMap((policy) => statementsOf(policy.id, policy.properties['PolicyDocument'])),
        ],
      ]),
    ),
    keys: readKeys(template),
    denials: template
      .ofType('AWS::S3::BucketPolicy', 'AWS::SQS::QueuePolicy')
      .flatMap(({ id, properties }) => statementsOf(id, properties['PolicyDocument'], isForEverybody))
      .filter(({ effect }) => effect === 'Deny'),
  };
};

const isAttached = (policy: Resource, role: Resource): boolean =>
  asTexts(policy.properties['Roles']).includes(role.ref) || asTexts(role.properties['ManagedPolicyArns']).includes(policy.ref);

const inline = ({ id, properties }: Resource, own: readonly string[]): Statement[] => {
  for (const policyArn of asTexts(properties['ManagedPolicyArns'])) {
    const known = managedByAws.some((name) => policyArn.endsWith(`/${name}`)) || own.includes(policyArn);
    if (!known) throw new Error(`${id}: the managed policy ${policyArn} is not known to the local run`);
  }
  return ((properties['Policies'] ?? []) as JsonObject[]).flatMap(({ PolicyDocument }) => statementsOf(id, PolicyDocument));
};

type RawStatement = Record<string, Json | undefined>;

const statementsOf = (
  id: string,
  document: Json | undefined,
  wanted: (raw: RawStatement) => boolean = () => true,
): Statement[] => {
  const raw = ((document ?? {}) as JsonObject)['Statement'] ?? [];
  return (Array.isArray(raw) ? raw : [raw])
    .map((statement) => statement as RawStatement)
    .filter(wanted)
    .flatMap((statement) => {
      const read = statementOf(statement);
      if (!concernsUs(read)) return [];
      const [unjudged] = read.conditions.map(unjudgeable).filter((reason) => reason !== undefined);
      if (unjudged !== undefined) throw new Error(`${id}: the local run cannot judge ${unjudged} of a policy`);
      return [read];
    });
};

const concernsUs = ({ actions, notActions }: Statement): boolean =>
  notActions.length > 0 ||
  actions.some((action) => action === '*' || enforced.includes(action.split(':')[0]?.toLowerCase() ?? ''));

const isForEverybody = ({ Principal }: RawStatement): boolean =>
  Principal === '*' || asTexts((Principal as JsonObject | undefined)?.['AWS']).includes('*');

const statementOf = (raw: RawStatement): Statement => ({
  effect: raw['Effect'] === 'Deny' ? 'Deny' : 'Allow',
  actions: asTexts(raw['Action']),
  notActions: asTexts(raw['NotAction']),
  resources: asTexts(raw['Resource']),
  notResources: asTexts(raw['NotResource']),
  conditions: Object.entries((raw['Condition'] ?? {}) as Record<string, JsonObject>).flatMap(([operator, keys]) =>
    Object.entries(keys).map(([key, values]) => ({ operator, key, values: asTexts(values) })),
  ),
});

const asTexts = (value: Json | undefined): string[] => {
  if (value === undefined || value === null) return [];
  return (Array.isArray(value) ? value : [value]).map(String);
};

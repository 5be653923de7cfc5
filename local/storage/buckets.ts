import type { JsonObject } from '../template/assembly.ts';
import type { Resource, Template } from '../template.ts';
import type { S3Store } from './fauxqs.ts';
import { text } from '../template/values.ts';

export interface Bucket {
  readonly logicalId: string;
  readonly name: string;
  readonly arn: string;
  readonly versioned: boolean;
  /** Retention that a new version gets, when Object Lock is on and has a default rule. */
  readonly retention: { readonly mode: string; readonly days: number } | undefined;
  readonly locked: boolean;
  readonly notifications: readonly Notification[];
}

/** Which events of a bucket go where. */
export interface Notification {
  readonly events: readonly string[];
  readonly targetArn: string;
  readonly prefix: string;
  readonly suffix: string;
}

const DAYS_IN_YEAR = 365;

/** The buckets of the template, created in fauxqs when it does not hold them yet. */
export const createBuckets = (template: Template, store: S3Store): Bucket[] =>
  template.ofType('AWS::S3::Bucket').map((resource) => {
    const { properties, ref, arn, logicalId } = resource;
    if (!store.hasBucket(ref)) store.createBucket(ref);
    const locked = properties['ObjectLockEnabled'] === true;
    return {
      logicalId,
      arn,
      locked,
      name: ref,
      versioned: locked || (properties['VersioningConfiguration'] as JsonObject | undefined)?.['Status'] === 'Enabled',
      retention: locked ? retentionOf(properties) : undefined,
      notifications: [...ownNotifications(resource), ...customNotifications(resource, template)],
    };
  });

const retentionOf = (properties: JsonObject): Bucket['retention'] => {
  const rule = (properties['ObjectLockConfiguration'] as { Rule?: { DefaultRetention?: JsonObject } } | undefined)?.Rule
    ?.DefaultRetention;
  if (rule === undefined) return undefined;
  const { Mode = 'GOVERNANCE', Days = 0, Years = 0 } = rule;
  return { mode: text(Mode), days: Number(Days) + Number(Years) * DAYS_IN_YEAR };
};

const ownNotifications = ({ id, properties }: Resource): Notification[] => {
  const configuration = (properties['NotificationConfiguration'] ?? {}) as Record<string, JsonObject[]>;
  if (configuration['EventBridgeConfiguration'] !== undefined)
    throw new Error(`${id}: events to EventBridge are not emulated; name a queue or a function`);
  const read = (list: string, target: string): Notification[] =>
    (configuration[list] ?? []).map((entry) => notificationOf([entry['Event']], entry[target], rulesOf(entry, 'S3Key')));
  return [...read('QueueConfigurations', 'Queue'), ...read('LambdaConfigurations', 'Function')];
};

/** The same, as the CDK writes it: in the API's own form, on a custom resource of its own. */
const customNotifications = (bucket: Resource, template: Template): Notification[] =>
  template
    .ofType('Custom::S3BucketNotifications')
    .filter(({ properties }) => properties['BucketName'] === bucket.ref)
    .flatMap(({ properties }) => {
      const configuration = (properties['NotificationConfiguration'] ?? {}) as Record<string, JsonObject[]>;
      const read = (list: string, target: string): Notification[] =>
        (configuration[list] ?? []).map((entry) =>
          notificationOf((entry['Events'] ?? []) as unknown[], entry[target], rulesOf(entry, 'Key')),
        );
      return [...read('QueueConfigurations', 'QueueArn'), ...read('LambdaFunctionConfigurations', 'LambdaFunctionArn')];
    });

type Rule = { Name: string; Value: string };

const rulesOf = (entry: JsonObject, holder: string): Rule[] => {
  const filter = entry['Filter'] as Record<string, { Rules?: Rule[]; FilterRules?: Rule[] }> | undefined;
  return filter?.[holder]?.Rules ?? filter?.[holder]?.FilterRules ?? [];
};

const notificationOf = (events: readonly unknown[], target: unknown, rules: readonly Rule[]): Notification => {
  const rule = (name: string): string => rules.find(({ Name }) => Name.toLowerCase() === name)?.Value ?? '';
  return { events: events.map(String), targetArn: String(target), prefix: rule('prefix'), suffix: rule('suffix') };
};

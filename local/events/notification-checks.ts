import type { Json, JsonObject } from '../template/assembly.ts';
import type { Template } from '../template.ts';
import type { Bucket } from '../storage/buckets.ts';
import { fits } from '../iam/wildcard.ts';
import { text } from '../template/values.ts';

const S3 = 's3.amazonaws.com';

/** CloudFormation fails when S3 may not reach what a bucket's notifications name; so does the start. */
export const checkNotifications = (
  template: Template,
  buckets: readonly Bucket[],
  mayInvoke: (principal: string, functionArn: string, sourceArn: string) => boolean,
): void => {
  for (const bucket of buckets) {
    for (const { targetArn } of bucket.notifications) {
      const allowed = targetArn.includes(':sqs:') ? queueTakes(template, targetArn) : mayInvoke(S3, targetArn, bucket.arn);
      if (!allowed) throw new Error(`The bucket ${bucket.logicalId} sends events to ${targetArn}, which does not let S3 in`);
    }
  }
};

const queueTakes = (template: Template, queueArn: string): boolean =>
  template
    .ofType('AWS::SQS::QueuePolicy')
    .flatMap(({ properties }) => list((properties['PolicyDocument'] as JsonObject)['Statement']))
    .some((raw) => {
      const { Effect, Principal, Action, Resource } = raw as JsonObject;
      return (
        Effect === 'Allow' &&
        list((Principal as JsonObject | null)?.['Service']).includes(S3) &&
        list(Action).some((action) => fits(text(action), 'sqs:SendMessage', { ignoreCase: true })) &&
        list(Resource).some((resource) => fits(text(resource), queueArn))
      );
    });

const list = (value: Json | undefined): Json[] =>
  value === undefined || value === null ? [] : Array.isArray(value) ? value : [value];

import type { Clock } from '../clock.ts';
import { fits } from '../iam/wildcard.ts';
import type { Bucket, Notification } from '../storage/buckets.ts';
import type { S3Store } from '../storage/fauxqs.ts';
import type { Version } from '../storage/versions.ts';

export interface ObjectEventsDeps {
  readonly store: S3Store;
  readonly clock: Clock;
  readonly region: string;
  /** Hands a notification to a queue or to a function. */
  deliver(targetArn: string, event: object): void;
}

/** S3's notifications of created objects, to what the template names for the bucket, its prefix and its suffix. */
export const makeObjectEvents =
  (deps: ObjectEventsDeps) =>
  (bucket: Bucket, key: string, eventName: string, version: Version | undefined): void => {
    for (const notification of bucket.notifications.filter((candidate) => concerns(candidate, key, eventName))) {
      deps.deliver(notification.targetArn, { Records: [recordOf(deps, bucket, key, eventName, version)] });
    }
  };

const concerns = ({ events, prefix, suffix }: Notification, key: string, eventName: string): boolean =>
  events.some((event) => fits(event.replace(/^s3:/, ''), eventName)) && key.startsWith(prefix) && key.endsWith(suffix);

const recordOf = (
  { store, clock, region }: ObjectEventsDeps,
  bucket: Bucket,
  key: string,
  eventName: string,
  version: Version | undefined,
): object => {
  const { contentLength, etag } = store.headObject(bucket.name, key);
  return {
    eventVersion: '2.1',
    eventSource: 'aws:s3',
    awsRegion: region,
    eventTime: clock.iso(),
    eventName,
    userIdentity: { principalId: 'local' },
    requestParameters: { sourceIPAddress: '127.0.0.1' },
    responseElements: {},
    s3: {
      s3SchemaVersion: '1.0',
      configurationId: 'local',
      bucket: { name: bucket.name, ownerIdentity: { principalId: 'local' }, arn: bucket.arn },
      object: {
        key: encodeURIComponent(key).replaceAll('%2F', '/').replaceAll('%20', '+'),
        size: contentLength,
        eTag: etag.replaceAll('"', ''),
        sequencer: clock.now().toString(16).toUpperCase(),
        ...(version === undefined ? {} : { versionId: version.id }),
      },
    },
  };
};

import { randomBytes } from 'node:crypto';
import type { Clock } from '../clock.ts';
import type { Bucket } from './buckets.ts';
import type { S3Store } from './fauxqs.ts';

export interface Version {
  readonly id: string;
  readonly key: string;
  readonly isMarker: boolean;
  /** Milliseconds by the run's clock until which nobody may delete it. */
  readonly retainUntilMs: number | undefined;
  readonly mode: string | undefined;
}

/**
 * Versions of objects, which fauxqs does not keep. The current object lies in fauxqs under its own key; each version lies beside
 * it in a second bucket under `<key>/<version id>`, so versions survive a restart as far as fauxqs's objects do.
 */
export interface Versions {
  /** Name of the second bucket, and the key of a version in it. */
  place(bucket: Bucket, version: Version): { bucket: string; key: string };
  /** Oldest first. */
  list(bucket: Bucket, key: string): readonly Version[];
  keys(bucket: Bucket, prefix: string): readonly string[];
  /** Records the current object as a new version, with the bucket's default retention unless one is given. */
  record(bucket: Bucket, key: string, retention?: { mode: string; untilMs: number }): Version;
  /** What a plain DELETE does: the object is gone, its versions stay, and a marker is the newest of them. */
  mark(bucket: Bucket, key: string): Version;
  /** Deletes one version for good; the one before it becomes current. */
  remove(bucket: Bucket, version: Version): void;
}

const DAY_MS = 86_400_000;

export const secondBucket = (name: string): string => `${name.slice(0, 52)}--versions`;

export const makeVersions = (store: S3Store, buckets: readonly Bucket[], clock: Clock): Versions => {
  const known = new Map<string, Version[]>();
  let last = 0;
  const of = (bucket: Bucket, key: string): Version[] => {
    const name = `${bucket.name}/${key}`;
    const versions = known.get(name) ?? [];
    known.set(name, versions);
    return versions;
  };
  /** Sorts by time of creation as text. */
  const newId = (): string => {
    last = Math.max(last + 1, Date.now());
    return `${last.toString(36).padStart(10, '0')}${randomBytes(8).toString('hex')}`;
  };
  const place = (bucket: Bucket, { key, id }: Version): { bucket: string; key: string } => ({
    bucket: secondBucket(bucket.name),
    key: `${key}/${id}`,
  });

  const keep = (
    bucket: Bucket,
    version: Version,
    body: Buffer,
    contentType?: string,
    metadata: Record<string, string> = {},
  ): Version => {
    const own = Object.fromEntries(
      Object.entries({
        'version-mode': version.mode,
        'version-until': version.retainUntilMs?.toString(),
        'version-marker': version.isMarker ? 'yes' : undefined,
      }).filter((entry): entry is [string, string] => entry[1] !== undefined),
    );
    const { bucket: second, key } = place(bucket, version);
    store.putObject(second, key, body, contentType, { ...metadata, ...own });
    of(bucket, version.key).push(version);
    return version;
  };

  for (const bucket of buckets.filter(({ versioned }) => versioned)) restore(store, bucket, of);

  return {
    place,
    list: of,
    keys: ({ name }, prefix) =>
      [...known]
        .filter(([path, versions]) => versions.length > 0 && path.startsWith(`${name}/${prefix}`))
        .map(([path]) => path.slice(name.length + 1))
        .sort(),
    record: (bucket, key, retention) => {
      const current = store.getObject(bucket.name, key);
      const byRule =
        bucket.retention === undefined
          ? undefined
          : { mode: bucket.retention.mode, untilMs: clock.now() + bucket.retention.days * DAY_MS };
      const { mode, untilMs } = retention ?? byRule ?? {};
      return keep(
        bucket,
        { id: newId(), key, isMarker: false, retainUntilMs: untilMs, mode },
        current.body,
        current.contentType,
        current.metadata,
      );
    },
    mark: (bucket, key) => {
      store.deleteObject(bucket.name, key);
      return keep(bucket, { id: newId(), key, isMarker: true, retainUntilMs: undefined, mode: undefined }, Buffer.alloc(0));
    },
    remove: (bucket, version) => {
      const { bucket: second, key } = place(bucket, version);
      store.deleteObject(second, key);
      const versions = of(bucket, version.key);
      versions.splice(versions.indexOf(version), 1);
      const newest = versions.at(-1);
      if (newest === undefined || newest.isMarker) {
        store.deleteObject(bucket.name, version.key);
        return;
      }
      const before = place(bucket, newest);
      const { body, contentType, metadata } = store.getObject(before.bucket, before.key);
      store.putObject(bucket.name, version.key, body, contentType, plain(metadata));
    },
  };
};

const plain = (metadata: Record<string, string>): Record<string, string> =>
  Object.fromEntries(Object.entries(metadata).filter(([name]) => !name.startsWith('version-')));

const ALL = 1_000_000;

/** Reads back what a data directory kept. */
const restore = (store: S3Store, bucket: Bucket, of: (bucket: Bucket, key: string) => Version[]): void => {
  const second = secondBucket(bucket.name);
  if (!store.hasBucket(second)) store.createBucket(second);
  const kept = store.listObjects(second, { maxKeys: ALL }).objects.map(({ key: path, metadata }) => {
    const slash = path.lastIndexOf('/');
    const until = metadata['version-until'];
    return {
      id: path.slice(slash + 1),
      key: path.slice(0, slash),
      isMarker: metadata['version-marker'] === 'yes',
      retainUntilMs: until === undefined ? undefined : Number(until),
      mode: metadata['version-mode'],
    };
  });
  for (const version of kept.sort((one, other) => (one.id < other.id ? -1 : 1))) of(bucket, version.key).push(version);
};

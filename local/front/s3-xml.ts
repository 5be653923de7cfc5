import type { Bucket } from '../storage/buckets.ts';
import type { S3Store } from '../storage/fauxqs.ts';
import type { Version, Versions } from '../storage/versions.ts';
import { s3Error } from './reply.ts';
import type { Reply } from './reply.ts';

const ENTITIES: readonly (readonly [string, string])[] = [
  ['&', '&amp;'],
  ['<', '&lt;'],
  ['>', '&gt;'],
  ['"', '&quot;'],
  ["'", '&apos;'],
];

export const escapeXml = (text: string): string => ENTITIES.reduce((done, [char, entity]) => done.replaceAll(char, entity), text);
export const unescapeXml = (text: string): string =>
  ENTITIES.toReversed().reduce((done, [char, entity]) => done.replaceAll(entity, char), text);

export const xmlReply = (xml: string): Reply => ({
  status: 200,
  headers: { 'content-type': 'application/xml' },
  body: Buffer.from(`<?xml version="1.0" encoding="UTF-8"?>\n${xml}`),
});

/** All versions and delete markers under a prefix, in one page. */
export const listVersions = (bucket: Bucket, versions: Versions, store: S3Store, prefix: string): Reply => {
  const rows = versions.keys(bucket, prefix).flatMap((key) => {
    const all = versions.list(bucket, key);
    return all.toReversed().map((version) => versionRow(bucket, versions, store, version, version === all.at(-1)));
  });
  return xmlReply(
    `<ListVersionsResult><Name>${bucket.name}</Name><Prefix>${escapeXml(prefix)}</Prefix><IsTruncated>false</IsTruncated>${rows.join('')}</ListVersionsResult>`,
  );
};

const versionRow = (bucket: Bucket, versions: Versions, store: S3Store, version: Version, isLatest: boolean): string => {
  const place = versions.place(bucket, version);
  const { etag, contentLength, lastModified } = store.headObject(place.bucket, place.key);
  const row = `<Key>${escapeXml(version.key)}</Key><VersionId>${version.id}</VersionId><IsLatest>${isLatest}</IsLatest><LastModified>${lastModified.toISOString()}</LastModified>`;
  if (version.isMarker) return `<DeleteMarker>${row}</DeleteMarker>`;
  return `<Version>${row}<ETag>${escapeXml(etag)}</ETag><Size>${contentLength}</Size><StorageClass>STANDARD</StorageClass></Version>`;
};

export const retentionXml = (all: readonly Version[], versionId: string | undefined): Reply => {
  const version = versionId === undefined ? all.at(-1) : all.find(({ id }) => id === versionId);
  if (version?.retainUntilMs === undefined)
    return s3Error(404, 'NoSuchObjectLockConfiguration', 'The specified object does not have a ObjectLock configuration');
  return xmlReply(
    `<Retention><Mode>${version.mode ?? ''}</Mode><RetainUntilDate>${new Date(version.retainUntilMs).toISOString()}</RetainUntilDate></Retention>`,
  );
};

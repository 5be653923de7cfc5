import type { Bucket } from '../storage/buckets.ts';
import type { Version } from '../storage/versions.ts';
import type { Caller } from './caller.ts';
import { s3Error } from './reply.ts';
import type { Reply, ServiceCall } from './reply.ts';
import type { S3FrontDeps } from './s3.ts';
import type { S3Request } from './s3-request.ts';
import { escapeXml, unescapeXml, xmlReply } from './s3-xml.ts';

export interface S3Deletes {
  one(request: S3Request, bucket: Bucket, call: ServiceCall): Reply;
  many(bucket: Bucket, caller: Caller, call: ServiceCall): Reply;
}

type Outcome = { readonly kind: 'deleted'; readonly version: Version | undefined } | { readonly kind: 'locked' };

/** Deletes as S3 does them with versions and Object Lock: a plain delete leaves a marker, a version under retention stays. */
export const makeS3Deletes = ({ store, versions, clock, callers }: S3FrontDeps): S3Deletes => {
  const remove = (bucket: Bucket, key: string, versionId: string | undefined, bypass: boolean): Outcome => {
    if (!bucket.versioned) {
      store.deleteObject(bucket.name, key);
      return { kind: 'deleted', version: undefined };
    }
    if (versionId === undefined) return { kind: 'deleted', version: versions.mark(bucket, key) };
    const version = versions.list(bucket, key).find(({ id }) => id === versionId);
    if (version === undefined) return { kind: 'deleted', version: undefined };
    if (isLocked(version, clock.now()) && !(bypass && version.mode === 'GOVERNANCE')) return { kind: 'locked' };
    versions.remove(bucket, version);
    return { kind: 'deleted', version };
  };

  const one = ({ key, versionId }: S3Request, bucket: Bucket, { headers }: ServiceCall): Reply => {
    const outcome = remove(bucket, key, versionId, headers['x-amz-bypass-governance-retention'] === 'true');
    if (outcome.kind === 'locked') return s3Error(403, 'AccessDenied', 'Access Denied because object protected by object lock.');
    const { version } = outcome;
    return {
      status: 204,
      body: Buffer.alloc(0),
      headers:
        version === undefined
          ? {}
          : { 'x-amz-version-id': version.id, ...(version.isMarker ? { 'x-amz-delete-marker': 'true' } : {}) },
    };
  };

  const many = (bucket: Bucket, caller: Caller, { body, headers }: ServiceCall): Reply => {
    const bypass = headers['x-amz-bypass-governance-retention'] === 'true';
    const answers = [...body.toString().matchAll(/<Object>(.*?)<\/Object>/gs)].map(([, object = '']) => {
      const key = unescapeXml(/<Key>(.*?)<\/Key>/s.exec(object)?.[1] ?? '');
      const versionId = /<VersionId>(.*?)<\/VersionId>/.exec(object)?.[1];
      const action = versionId === undefined ? 's3:DeleteObject' : 's3:DeleteObjectVersion';
      const resource = `${bucket.arn}/${key}`;
      const needs = [{ action, resource }, ...(bypass ? [{ action: 's3:BypassGovernanceRetention', resource }] : [])];
      const allowed = callers.lacks(caller, needs) === undefined;
      const outcome = allowed ? remove(bucket, key, versionId, bypass) : { kind: 'locked' as const };
      if (outcome.kind === 'deleted') return `<Deleted><Key>${escapeXml(key)}</Key></Deleted>`;
      return `<Error><Key>${escapeXml(key)}</Key><Code>AccessDenied</Code><Message>Access Denied</Message></Error>`;
    });
    return xmlReply(`<DeleteResult>${answers.join('')}</DeleteResult>`);
  };

  return { one, many };
};

const isLocked = ({ retainUntilMs }: Version, nowMs: number): boolean => retainUntilMs !== undefined && nowMs < retainUntilMs;

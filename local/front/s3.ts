import type { Clock } from '../clock.ts';
import type { Bucket } from '../storage/buckets.ts';
import type { S3Store } from '../storage/fauxqs.ts';
import type { Version, Versions } from '../storage/versions.ts';
import type { Caller, Callers } from './caller.ts';
import { checkPresigned } from './presigned.ts';
import { forward, s3Error } from './reply.ts';
import type { Reply, ServiceCall } from './reply.ts';
import { readS3Request, s3Needs } from './s3-request.ts';
import type { S3Request } from './s3-request.ts';
import { makeS3Deletes } from './s3-deletes.ts';
import { listVersions, retentionXml } from './s3-xml.ts';

export interface S3FrontDeps {
  readonly fauxqsUrl: string;
  readonly store: S3Store;
  readonly buckets: readonly Bucket[];
  readonly versions: Versions;
  readonly callers: Callers;
  readonly clock: Clock;
  /** Told of each created object, so that notifications go out. */
  onCreated(bucket: Bucket, key: string, eventName: string, version: Version | undefined): void;
}

export interface S3Front {
  (caller: Caller | undefined, call: ServiceCall): Promise<Reply>;
}

const CREATES: Readonly<Record<string, string>> = {
  PutObject: 'ObjectCreated:Put',
  CopyObject: 'ObjectCreated:Copy',
  CompleteUpload: 'ObjectCreated:CompleteMultipartUpload',
};

/** `curl --data-binary` calls every body a form, and fauxqs would read it as one. */
const asBytes = (headers: ServiceCall['headers']): ServiceCall['headers'] =>
  headers['content-type'] === 'application/x-www-form-urlencoded' ? { ...headers, 'content-type': 'application/octet-stream' } : headers;

/** S3 for functions and for presigned URLs: permissions, conditional writes, versions and locks first, then fauxqs. */
export const makeS3Front = (deps: S3FrontDeps): S3Front => {
  const { callers, buckets, versions, store } = deps;
  /** Keys that a conditional write under way has claimed. */
  const claimed = new Set<string>();
  const deletes = makeS3Deletes(deps);

  const create = async (request: S3Request, bucket: Bucket, call: ServiceCall): Promise<Reply> => {
    const path = `${bucket.name}/${request.key}`;
    const conditional = call.headers['if-none-match'] !== undefined || call.headers['if-match'] !== undefined;
    if (conditional && claimed.has(path))
      return s3Error(
        409,
        'ConditionalRequestConflict',
        'The conditional request cannot succeed due to a conflicting operation against this resource.',
      );
    const failed = failedPrecondition(call, currentEtag(store, bucket, request.key));
    if (failed) return s3Error(412, 'PreconditionFailed', 'At least one of the pre-conditions you specified did not hold');
    if (conditional) claimed.add(path);
    try {
      const { 'if-none-match': _none, 'if-match': _match, ...headers } = call.headers;
      const reply = await forward(deps.fauxqsUrl, { ...call, headers: asBytes(headers) });
      if (reply.status >= 300) return reply;
      const version = bucket.versioned ? versions.record(bucket, request.key, askedRetention(call)) : undefined;
      deps.onCreated(bucket, request.key, CREATES[request.operation] ?? 'ObjectCreated:Put', version);
      return version === undefined ? reply : { ...reply, headers: { ...reply.headers, 'x-amz-version-id': version.id } };
    } finally {
      if (conditional) claimed.delete(path);
    }
  };

  const read = async (request: S3Request, bucket: Bucket, call: ServiceCall, mayList: boolean): Promise<Reply> => {
    const all = versions.list(bucket, request.key);
    const version = request.versionId === undefined ? all.at(-1) : all.find(({ id }) => id === request.versionId);
    if (request.versionId !== undefined) {
      if (version === undefined) return s3Error(404, 'NoSuchVersion', 'The specified version does not exist.');
      if (version.isMarker) return s3Error(405, 'MethodNotAllowed', 'The specified method is not allowed against this resource.');
    }
    const place = request.versionId === undefined || version === undefined ? undefined : versions.place(bucket, version);
    const url = new URL(call.url);
    if (place !== undefined) {
      url.pathname = `/${place.bucket}/${place.key.split('/').map(encodeURIComponent).join('/')}`;
      url.searchParams.delete('versionId');
    }
    const reply = await forward(deps.fauxqsUrl, { ...call, url });
    if (reply.status === 404 && !mayList) return s3Error(403, 'AccessDenied', 'Access Denied');
    const shown = Object.fromEntries(Object.entries(reply.headers).filter(([name]) => !name.startsWith('x-amz-meta-version-')));
    return {
      ...reply,
      headers: { ...shown, ...(version === undefined || version.isMarker ? {} : { 'x-amz-version-id': version.id }) },
    };
  };

  const perform = (request: S3Request, bucket: Bucket, caller: Caller, call: ServiceCall): Promise<Reply> | Reply => {
    switch (request.operation) {
      case 'PutObject':
      case 'CopyObject':
      case 'CompleteUpload':
        return create(request, bucket, call);
      case 'GetObject':
      case 'HeadObject':
        return read(
          request,
          bucket,
          call,
          callers.lacks(caller, [{ action: 's3:ListBucket', resource: bucket.arn, context: { 's3:prefix': [request.key] } }]) ===
            undefined,
        );
      case 'DeleteObject':
        return deletes.one(request, bucket, call);
      case 'DeleteObjects':
        return deletes.many(bucket, caller, call);
      case 'ListVersions':
        return listVersions(bucket, versions, store, call.url.searchParams.get('prefix') ?? '');
      case 'GetRetention':
        return retentionXml(versions.list(bucket, request.key), request.versionId);
      case 'ListBuckets':
      case 'ListObjects':
      case 'HeadBucket':
      case 'CreateUpload':
      case 'UploadPart':
      case 'AbortUpload':
        return forward(deps.fauxqsUrl, call);
    }
  };

  return async (caller, call) => {
    if (caller === undefined) return s3Error(403, 'AccessDenied', 'Access Denied');
    const presigned = checkPresigned(call, caller);
    if (presigned.kind === 'refused') return s3Error(403, presigned.code, presigned.message);
    const request = readS3Request(call);
    if (request === undefined) return s3Error(501, 'NotImplemented', 'The local run does not emulate this operation.');
    const denied = request.operation === 'DeleteObjects' ? undefined : callers.lacks(caller, s3Needs(request, call));
    if (denied !== undefined)
      return s3Error(
        403,
        'AccessDenied',
        `User: ${caller.roleArn} (${caller.name}) is not authorized to perform: ${denied.action} on resource: ${denied.resource}`,
      );
    const bucket = buckets.find(({ name }) => name === request.bucket);
    if (bucket === undefined) return s3Error(404, 'NoSuchBucket', 'The specified bucket does not exist');
    return perform(request, bucket, caller, call);
  };
};

const currentEtag = (store: S3Store, bucket: Bucket, key: string): string | undefined => {
  try {
    return store.headObject(bucket.name, key).etag;
  } catch {
    return undefined;
  }
};

/** If-None-Match takes only `*` on a write; If-Match names the ETag that must be there. */
const failedPrecondition = ({ headers }: ServiceCall, etag: string | undefined): boolean => {
  if (headers['if-none-match'] === '*' && etag !== undefined) return true;
  const wanted = headers['if-match'];
  return wanted !== undefined && wanted !== etag;
};

const askedRetention = ({ headers }: ServiceCall): { mode: string; untilMs: number } | undefined => {
  const mode = headers['x-amz-object-lock-mode'];
  const until = Date.parse(String(headers['x-amz-object-lock-retain-until-date']));
  return typeof mode === 'string' && !Number.isNaN(until) ? { mode, untilMs: until } : undefined;
};

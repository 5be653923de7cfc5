import type { Need } from '../iam/evaluate.ts';
import type { ServiceCall } from './reply.ts';

/**
 * What an S3 request asks for. Every request is one of these; anything else is refused, because fauxqs would answer 200 and do
 * nothing.
 */
export type S3Operation =
  | 'ListBuckets'
  | 'ListObjects'
  | 'ListVersions'
  | 'HeadBucket'
  | 'DeleteObjects'
  | 'GetObject'
  | 'HeadObject'
  | 'PutObject'
  | 'CopyObject'
  | 'DeleteObject'
  | 'GetRetention'
  | 'CreateUpload'
  | 'UploadPart'
  | 'CompleteUpload'
  | 'AbortUpload';

export interface S3Request {
  readonly operation: S3Operation;
  readonly bucket: string;
  readonly key: string;
  readonly versionId: string | undefined;
}

/** Query parameters that choose another operation than the method and the path alone. */
const SUBRESOURCES = [
  'acl',
  'cors',
  'encryption',
  'legal-hold',
  'lifecycle',
  'location',
  'logging',
  'notification',
  'object-lock',
  'policy',
  'replication',
  'retention',
  'tagging',
  'torrent',
  'uploads',
  'versioning',
  'versions',
  'website',
  'attributes',
  'delete',
  'select',
  'restore',
];

export const readS3Request = ({ method, url, headers }: ServiceCall): S3Request | undefined => {
  const [bucket = '', ...rest] = url.pathname.slice(1).split('/').map(decodeURIComponent);
  const key = rest.join('/');
  const query = url.searchParams;
  const subresource = SUBRESOURCES.find((name) => query.has(name)) ?? '';
  const upload = query.has('uploadId') ? 'upload' : '';
  const level = bucket === '' ? 'service' : key === '' ? 'bucket' : 'object';
  const copy = headers['x-amz-copy-source'] === undefined ? '' : 'copy';
  const operation = operations[[method, level, subresource, upload, copy].filter((part) => part !== '').join(' ')];
  return operation === undefined ? undefined : { operation, bucket, key, versionId: query.get('versionId') ?? undefined };
};

const operations: Readonly<Record<string, S3Operation>> = {
  'GET service': 'ListBuckets',
  'GET bucket': 'ListObjects',
  'GET bucket versions': 'ListVersions',
  'HEAD bucket': 'HeadBucket',
  'POST bucket delete': 'DeleteObjects',
  'GET object': 'GetObject',
  'GET object retention': 'GetRetention',
  'HEAD object': 'HeadObject',
  'PUT object': 'PutObject',
  'PUT object copy': 'CopyObject',
  'DELETE object': 'DeleteObject',
  'POST object uploads': 'CreateUpload',
  'PUT object upload': 'UploadPart',
  'POST object upload': 'CompleteUpload',
  'DELETE object upload': 'AbortUpload',
};

/** The permission an operation takes on its bucket or object. */
const actions: Readonly<Record<S3Operation, string>> = {
  ListBuckets: 's3:ListAllMyBuckets',
  ListObjects: 's3:ListBucket',
  ListVersions: 's3:ListBucketVersions',
  HeadBucket: 's3:ListBucket',
  DeleteObjects: 's3:DeleteObject',
  GetObject: 's3:GetObject',
  HeadObject: 's3:GetObject',
  PutObject: 's3:PutObject',
  CopyObject: 's3:PutObject',
  DeleteObject: 's3:DeleteObject',
  GetRetention: 's3:GetObjectRetention',
  CreateUpload: 's3:PutObject',
  UploadPart: 's3:PutObject',
  CompleteUpload: 's3:PutObject',
  AbortUpload: 's3:AbortMultipartUpload',
};

/** Actions that have a second name when one version is meant. */
const ofVersion = new Set(['s3:GetObject', 's3:DeleteObject']);

/** The permissions a request takes. Keys of a bulk delete are checked one by one by the caller of this. */
export const s3Needs = ({ operation, bucket, key, versionId }: S3Request, { headers, url }: ServiceCall): Need[] => {
  const resource = key === '' ? `arn:aws:s3:::${bucket}` : `arn:aws:s3:::${bucket}/${key}`;
  const plain = actions[operation];
  const action = versionId !== undefined && ofVersion.has(plain) ? `${plain}Version` : plain;
  const needs: Need[] = [
    {
      action,
      resource,
      ...(operation === 'ListObjects' ? { context: { 's3:prefix': [url.searchParams.get('prefix') ?? ''] } } : {}),
    },
  ];
  if (headers['x-amz-object-lock-mode'] !== undefined) needs.push({ action: 's3:PutObjectRetention', resource });
  if (headers['x-amz-bypass-governance-retention'] === 'true') needs.push({ action: 's3:BypassGovernanceRetention', resource });
  const source = headers['x-amz-copy-source'];
  if (typeof source === 'string')
    needs.push({ action: 's3:GetObject', resource: `arn:aws:s3:::${decodeURIComponent(source).replace(/^\//, '')}` });
  return needs;
};

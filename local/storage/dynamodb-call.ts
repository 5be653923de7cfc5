/** A raw call of DynamoDB Local's JSON protocol. There is no SDK client for streams in the project, and none is needed. */
export interface DynamoDbCall {
  <T>(operation: string, input: unknown): Promise<T>;
}

export interface DynamoDbTarget {
  readonly endpoint: string;
  readonly region: string;
  /** Each distinct access key id is an empty database of its own in the same process. */
  readonly databaseKey: string;
}

export class DynamoDbFault extends Error {
  override name = 'DynamoDbFault';
  readonly code: string;
  constructor(code: string, operation: string) {
    super(`${operation}: ${code}`);
    this.code = code;
  }
}

/** DynamoDB Local reads the key id and the region out of this header and checks no signature. */
export const credentialHeader = ({ region, databaseKey }: DynamoDbTarget): string =>
  `AWS4-HMAC-SHA256 Credential=${databaseKey}/20210101/${region}/dynamodb/aws4_request, SignedHeaders=host, Signature=local`;

const streamOperations = new Set(['DescribeStream', 'GetShardIterator', 'GetRecords', 'ListStreams']);

export const makeDynamoDbCall =
  (target: DynamoDbTarget): DynamoDbCall =>
  async <T>(operation: string, input: unknown): Promise<T> => {
    const service = streamOperations.has(operation) ? 'DynamoDBStreams_20120810' : 'DynamoDB_20120810';
    const response = await fetch(target.endpoint, {
      method: 'POST',
      body: JSON.stringify(input),
      headers: {
        'content-type': 'application/x-amz-json-1.0',
        'x-amz-target': `${service}.${operation}`,
        authorization: credentialHeader(target),
      },
    });
    const answer = (await response.json()) as { __type?: string };
    if (!response.ok) throw new DynamoDbFault(answer.__type?.split('#').pop() ?? String(response.status), operation);
    return answer as T;
  };

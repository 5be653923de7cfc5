import type { DynamoRequest, TableOf } from '../iam/dynamodb-needs.ts';
import { dynamoNeeds } from '../iam/dynamodb-needs.ts';
import { credentialHeader } from '../storage/dynamodb-call.ts';
import type { DynamoDbTarget } from '../storage/dynamodb-call.ts';
import type { Caller, Callers } from './caller.ts';
import { makeConflicts } from './conflicts.ts';
import { forward, jsonError, jsonReply } from './reply.ts';
import type { Reply, ServiceCall } from './reply.ts';

export interface DynamoFront {
  (caller: Caller, call: ServiceCall): Promise<Reply>;
}

export interface DynamoFrontDeps {
  readonly target: DynamoDbTarget;
  readonly callers: Callers;
  readonly tableOf: TableOf;
  /** Told after each write, so that stream readers look at once. */
  readonly onWrite: (tableNames: readonly string[]) => void;
}

const NAMESPACE = 'com.amazonaws.dynamodb.v20120810#';
const WRITES = new Set(['PutItem', 'UpdateItem', 'DeleteItem', 'BatchWriteItem', 'TransactWriteItems']);

/** DynamoDB for functions: permissions and conflicts first, then DynamoDB Local under the run's own database key. */
export const makeDynamoFront = ({ target, callers, tableOf, onWrite }: DynamoFrontDeps): DynamoFront => {
  const conflicts = makeConflicts(tableOf);
  const authorization = credentialHeader(target);

  return async (caller, call) => {
    const operation = String(call.headers['x-amz-target']).split('.')[1] ?? '';
    const request = JSON.parse(call.body.toString()) as DynamoRequest;
    const needs = dynamoNeeds(operation, request, tableOf);
    if (needs === undefined) return accessDenied(caller, { action: `dynamodb:${operation}`, resource: '*' });
    const denied = callers.lacks(caller, needs);
    if (denied !== undefined) return accessDenied(caller, denied);
    const hold = conflicts.begin(operation, request);
    if (hold.kind === 'conflict') return conflictReply(operation, hold.positions);
    try {
      return await forward(target.endpoint, call, { authorization });
    } finally {
      hold.release();
      if (WRITES.has(operation)) onWrite(tablesOf(request));
    }
  };
};

const tablesOf = (request: DynamoRequest): string[] => [
  ...(request.TableName === undefined ? [] : [request.TableName]),
  ...Object.keys(request.RequestItems ?? {}),
  ...(request.TransactItems ?? []).flatMap((item) => Object.values(item).map(({ TableName = '' }) => TableName)),
];

const accessDenied = ({ roleArn, name }: Caller, { action, resource }: { action: string; resource: string }): Reply =>
  jsonError(
    'AccessDeniedException',
    `User: ${roleArn} (${name}) is not authorized to perform: ${action} on resource: ${resource} because no identity-based policy allows the ${action} action`,
    'com.amazon.coral.service#',
  );

const conflictReply = (operation: string, positions: readonly boolean[]): Reply => {
  if (!operation.startsWith('Transact'))
    return jsonError('TransactionConflictException', 'Transaction is ongoing for the item', NAMESPACE);
  const codes = positions.map((conflict) => (conflict ? 'TransactionConflict' : 'None'));
  const message = `Transaction cancelled, please refer cancellation reasons for specific reasons [${codes.join(', ')}]`;
  return jsonReply(400, {
    __type: `${NAMESPACE}TransactionCanceledException`,
    Message: message,
    message,
    CancellationReasons: codes.map((Code) =>
      Code === 'None' ? { Code } : { Code, Message: 'Transaction is ongoing for the item' },
    ),
  });
};

import { startDynamoDbLocal } from './dynamodb-local.ts';

/** One DynamoDB Local for every suite of a run: each suite takes an access key id of its own, hence an empty database of its own. */
export default async (): Promise<void> => {
  const local = await startDynamoDbLocal();
  process.env['DYNAMODB_ENDPOINT'] = local.endpoint;
  (globalThis as { stopDynamoDbLocal?: () => Promise<void> }).stopDynamoDbLocal = () => local.stop();
};

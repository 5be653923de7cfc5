export default async (): Promise<void> => {
  await (globalThis as { stopDynamoDbLocal?: () => Promise<void> }).stopDynamoDbLocal?.();
};

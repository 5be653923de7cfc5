/** Reads a secret once in the life of a Lambda; a read that fails is tried again at the next call. The value is never logged. */
export const makeSecret = (name: string): (() => Promise<string>) => {
  let value: Promise<string> | undefined;
  const read = async (): Promise<string> => {
    const { GetSecretValueCommand, SecretsManagerClient } = await import('@aws-sdk/client-secrets-manager');
    const { SecretString } = await new SecretsManagerClient({}).send(new GetSecretValueCommand({ SecretId: name }));
    if (SecretString === undefined || SecretString === '') throw new Error('A secret has no value');
    return SecretString;
  };
  return () => {
    value ??= read().catch((error: unknown) => {
      value = undefined;
      throw error;
    });
    return value;
  };
};

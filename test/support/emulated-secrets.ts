import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface EmulatedSecrets {
  stop(): Promise<void>;
}

/** A Secrets Manager on loopback that knows the given secrets by name and answers GetSecretValue. */
export const openSecrets = async (secrets: Record<string, string>): Promise<EmulatedSecrets> => {
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (piece: Buffer) => { body += piece.toString(); });
    request.on('end', () => {
      const name = (JSON.parse(body) as { SecretId: string }).SecretId;
      const value = secrets[name];
      response.writeHead(value === undefined ? 400 : 200, { 'content-type': 'application/x-amz-json-1.1' });
      response.end(JSON.stringify(value === undefined ? { __type: 'ResourceNotFoundException' } : { Name: name, SecretString: value }));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  process.env['AWS_ENDPOINT_URL_SECRETS_MANAGER'] = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { stop: () => new Promise((resolve) => { server.closeAllConnections(); server.close(() => { resolve(); }); }) };
};

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { APIGatewayProxyEvent } from 'aws-lambda';
import { startLocal } from '../../local/start.ts';
import type { LocalRun } from '../../local/start.ts';
import { testApi, testPool } from '../support/local-api.ts';
import { probeFunction, writeAssembly } from '../support/local-assembly.ts';

const portal = ['doseline/portal'];
const NOON = '2021-03-12T17:00:00.000Z';

let run: LocalRun;
let token: string;
beforeAll(async () => {
  const outDir = writeAssembly({
    one: {
      Resources: {
        ...testPool,
        ...probeFunction('Fn', []),
        ...probeFunction('Stranger', []),
        ...probeFunction('Quick', [], { Timeout: 3, Environment: { Variables: { OWN: 'value' } } }),
        ...testApi(
          [
            { on: 'Plain', method: 'GET', target: 'Fn' },
            { on: 'Plain', method: 'POST', target: 'Quick' },
            { on: 'Plain', method: 'PUT', target: 'Stranger' },
            { on: 'Sites', method: 'POST', target: 'Fn', scopes: portal, required: 'Idempotency-Key' },
            { on: 'Doses', method: 'GET', target: 'Fn', scopes: portal },
            { on: 'Doses', method: 'POST', target: 'Fn', scopes: ['doseline/submit'] },
            { on: 'Site', method: 'GET', target: 'Fn', scopes: [] },
          ],
          ['Fn', 'Quick'],
        ),
      },
    },
  });
  run = await startLocal({ outDir, port: 0, clock: NOON });
  token = await run.tokenFor({ sub: 'pat', groups: ['provider-staff', 'auditor'] });
});
afterAll(() => run.stop());

const ask = (path: string, init: RequestInit & { headers?: Record<string, string> } = {}) => fetch(run.apiUrl + path, init);
const act = (what: string) => ask('/plain', { method: 'POST', body: JSON.stringify({ act: what }) });
const bearer = (value: string) => ({ headers: { authorization: `Bearer ${value}` } });

describe('the gateway of the local run', () => {
  it('gives a function the proxy event of API Gateway', async () => {
    const answer = await ask('/sites/S%201/doses?page=1&page=2&q=a%20b', {
      headers: { Authorization: token, 'X-Trace': 'one', 'User-Agent': 'test' },
    });
    expect(answer.status).toBe(201);
    expect(answer.headers.get('x-own')).toBe('yes');
    expect(answer.headers.get('etag')).toBe('"3"');
    const event = (await answer.json()) as APIGatewayProxyEvent;
    expect(event).toMatchObject({
      resource: '/sites/{siteId}/doses',
      path: '/sites/S%201/doses',
      httpMethod: 'GET',
      pathParameters: { siteId: 'S 1' },
      queryStringParameters: { page: '2', q: 'a b' },
      multiValueQueryStringParameters: { page: ['1', '2'], q: ['a b'] },
      stageVariables: null,
      body: null,
      isBase64Encoded: false,
      requestContext: {
        stage: 'v1',
        resourcePath: '/sites/{siteId}/doses',
        httpMethod: 'GET',
        accountId: '000000000000',
        identity: { sourceIp: '127.0.0.1', userAgent: 'test' },
      },
    });
    expect(event.multiValueHeaders['X-Trace'] ?? event.multiValueHeaders['x-trace']).toEqual(['one']);
    expect(event.requestContext.requestId).toBe(answer.headers.get('x-amzn-requestid'));
    expect(event.requestContext.authorizer?.['claims']).toMatchObject({
      sub: 'pat',
      'cognito:groups': 'provider-staff,auditor',
      token_use: 'access',
      scope: 'openid doseline/portal',
      iss: run.issuerUrl,
    });
    expect((event.requestContext.authorizer?.['claims'] as { exp: string }).exp).toMatch(
      /^\w{3} \w{3} \d\d \d\d:\d\d:\d\d UTC \d{4}$/,
    );
  });

  it("stamps events with the run's clock, which runs forward from where it was set", async () => {
    const epoch = async () => ((await (await ask('/plain')).json()) as APIGatewayProxyEvent).requestContext.requestTimeEpoch;
    const first = await epoch();
    expect(first - Date.parse(NOON)).toBeLessThan(600_000);
    run.clock.set('2021-06-01T00:00:00Z');
    expect(await epoch()).toBeGreaterThanOrEqual(Date.parse('2021-06-01T00:00:00Z'));
    run.clock.set(NOON);
  });

  it.each<[string, () => Promise<Response>, number, string]>([
    ['no token', () => ask('/sites/1/doses'), 401, 'UNAUTHORIZED'],
    ['a token that nobody signed', () => ask('/sites/1/doses', bearer('a.b.c')), 401, 'UNAUTHORIZED'],
    ['a signature that was changed', () => ask('/sites/1/doses', bearer(`${token.slice(0, -6)}AAAAAA`)), 401, 'UNAUTHORIZED'],
    ['a token without the scope', async () => ask('/sites/1/doses', { method: 'POST', ...bearer(token) }), 403, 'ACCESS_DENIED'],
    ['a method whose authorizer wants an ID token', () => ask('/sites/1', bearer(token)), 401, 'UNAUTHORIZED'],
    ['a required header left out', () => ask('/sites', { method: 'POST', ...bearer(token) }), 400, 'BAD_REQUEST_PARAMETERS'],
    ['a path that is not there', () => ask('/nowhere'), 404, 'MISSING_AUTHENTICATION_TOKEN'],
    ['a method that is not there', () => ask('/plain', { method: 'DELETE' }), 404, 'MISSING_AUTHENTICATION_TOKEN'],
    [
      'more than 10 MB',
      () => ask('/plain', { method: 'POST', body: 'x'.repeat(10 * 1024 * 1024 + 1) }),
      413,
      'REQUEST_TOO_LARGE',
    ],
    [
      'more than Lambda takes',
      () => ask('/plain', { method: 'POST', body: 'x'.repeat(6 * 1024 * 1024) }),
      413,
      'REQUEST_TOO_LARGE',
    ],
    ['a function without a permission for the API', () => ask('/plain', { method: 'PUT' }), 500, 'API_CONFIGURATION_ERROR'],
    ['a function that throws', () => act('throw'), 502, 'INTEGRATION_FAILURE'],
    ['a function that ends its process', () => act('exit'), 502, 'INTEGRATION_FAILURE'],
    ['a function that never answers', () => act('hang'), 502, 'INTEGRATION_FAILURE'],
    ['an answer that is none', () => act('malformed'), 502, 'INTEGRATION_FAILURE'],
  ])('answers %s', async (_name, call, status, type) => {
    const answer = await call();
    expect([answer.status, answer.headers.get('x-amzn-errortype')]).toEqual([status, type]);
  });

  it('lets the required header and the scope through (negative control)', async () => {
    expect((await ask('/sites', { method: 'POST', headers: { authorization: token, 'idempotency-key': 'k' } })).status).toBe(201);
  });

  it('works on after a function crashed and after one timed out', async () => {
    await act('exit');
    expect((await act('echo')).status).toBe(201);
    expect(
      run
        .logLines('test-quick')
        .map(({ line }) => line)
        .join('\n'),
    ).toContain('Task timed out after 3.00 seconds');
  });

  it('refuses a token that has expired', async () => {
    const short = await run.tokenFor({ sub: 'pat', clientId: 'short' });
    await new Promise((resolve) => {
      setTimeout(resolve, 2100);
    });
    const answer = await ask('/sites/1/doses', bearer(short));
    expect([answer.status, answer.headers.get('x-amzn-errortype')]).toEqual([401, 'EXPIRED_TOKEN']);
  });

  it('uses the template of a declared gateway response', async () => {
    const answer = await ask('/nowhere');
    expect(answer.headers.get('content-type')).toBe('application/problem+json');
    expect(await answer.json()).toEqual({ title: 'none such', id: answer.headers.get('x-amzn-requestid') });
  });

  it('gives a body of a declared binary type as base64, any other as text', async () => {
    const post = async (type: string) => {
      const headers = { authorization: token, 'idempotency-key': 'k', 'content-type': type };
      const { body, isBase64Encoded } = (await (
        await ask('/sites', { method: 'POST', body: '{"act":"echo"}', headers })
      ).json()) as APIGatewayProxyEvent;
      return [body, isBase64Encoded];
    };
    expect(await post('application/json; charset=utf-8')).toEqual(['{"act":"echo"}', false]);
    expect(await post('application/pdf')).toEqual([Buffer.from('{"act":"echo"}').toString('base64'), true]);
  });

  it('gives a function its own environment and nothing of the process that runs it', async () => {
    process.env['LEAK'] = 'secret of the host';
    const environment = (await (await act('environment')).json()) as Record<string, string>;
    expect(environment).toMatchObject({ OWN: 'value', AWS_REGION: 'us-east-1', AWS_LAMBDA_FUNCTION_NAME: 'test-quick' });
    expect(environment['LEAK']).toBeUndefined();
    expect(environment['PATH']).toBeUndefined();
  });

  it("writes the stage's access log, without what the format does not name", async () => {
    await ask('/sites/77/doses?name=Canary', bearer(token));
    const lines = run.logLines('api-access').map(({ line }) => JSON.parse(line) as Record<string, string>);
    expect(lines.at(-1)).toMatchObject({ status: '201', route: '/sites/{siteId}/doses', sub: 'pat', waf: '-' });
    expect(JSON.stringify(lines)).not.toContain('Canary');
  });
});

describe('tokens of the local run', () => {
  const grant = async (form: Record<string, string>) => {
    const answer = await fetch(`${run.issuerUrl}/oauth2/token`, {
      method: 'POST',
      body: new URLSearchParams({ grant_type: 'client_credentials', ...form }),
    });
    return [answer.status, (await answer.json()) as { error?: string; access_token?: string }] as const;
  };
  const machine = () => {
    const client = run.clients.find(({ name }) => name === 'ehr');
    return { client_id: client?.id ?? '', client_secret: client?.secret ?? '' };
  };

  it('give a machine client its scope for its secret', async () => {
    const [status, { access_token: value = '' }] = await grant(machine());
    expect(status).toBe(200);
    const answer = await ask('/sites/1/doses', { method: 'POST', headers: { authorization: `Bearer ${value}` } });
    expect(answer.status).toBe(201);
    const event = (await answer.json()) as APIGatewayProxyEvent;
    expect(event.requestContext.authorizer?.['claims']).toMatchObject({
      sub: machine().client_id,
      client_id: machine().client_id,
      scope: 'doseline/submit',
    });
  });

  it.each<[string, () => Record<string, string>, string]>([
    ['a wrong secret', () => ({ ...machine(), client_secret: 'guess' }), 'invalid_client'],
    ['a client that is not in the template', () => ({ client_id: 'ghost', client_secret: 'x' }), 'invalid_client'],
    [
      'a client without a secret',
      () => ({ client_id: run.clients.find(({ name }) => name === 'portal')?.id ?? '', client_secret: '' }),
      'invalid_client',
    ],
    ['a scope that the template does not grant the client', () => ({ ...machine(), scope: 'doseline/portal' }), 'invalid_scope'],
    [
      'a flow that the template does not grant the client',
      () => ({ ...machine(), grant_type: 'password' }),
      'unauthorized_client',
    ],
  ])('refuse %s', async (_name, form, error) => {
    expect(await grant(form())).toEqual([400, { error }]);
  });

  it("can be had nowhere else: the mock issuer's own endpoints are closed", async () => {
    for (const path of ['/token', '/authorize', '/userinfo', '/oauth2/introspect'])
      expect((await fetch(run.issuerUrl + path)).status).toBe(404);
    expect((await fetch(`${run.issuerUrl}/.well-known/jwks.json`)).status).toBe(200);
  });

  it.each<[string, Parameters<LocalRun['tokenFor']>[0]]>([
    ['a group that is not in the template', { sub: 'x', groups: ['king'] }],
    ['a scope that the template does not grant the client', { sub: 'x', scopes: ['doseline/submit'] }],
    ['a client that is not in the template', { sub: 'x', clientId: 'ghost' }],
  ])('for people refuse %s', async (_name, person) => {
    await expect(run.tokenFor(person)).rejects.toThrow('template');
  });

  it('are ready for each group and each machine client', async () => {
    expect((await run.tokens()).map(({ role, subject }) => [role, subject])).toEqual([
      ['provider-staff', 'local-provider-staff'],
      ['auditor', 'local-auditor'],
      ['ehr', machine().client_id],
    ]);
  });
});

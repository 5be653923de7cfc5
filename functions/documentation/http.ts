import document from '../../docs/api/openapi.json' with { type: 'json' };
import { makeDynamo } from '../../shared/platform/dynamo.ts';
import { makeApi, type Handlers } from '../../shared/platform/http.ts';
import { makeLog } from '../../shared/platform/log.ts';
import { pageOf, type ApiDocument } from './page.ts';
import { routes } from './routes.ts';

/** The page shows text only, so a browser may be told to run nothing at all. */
const pageHeaders = { 'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'", 'cache-control': 'public, max-age=300' };

const handlers: Handlers<typeof routes> = {
  readApiPage: () => Promise.resolve({ status: 200, body: pageOf(document as unknown as ApiDocument), headers: pageHeaders }),
  readOpenApi: () => Promise.resolve({ status: 200, body: document, headers: { 'cache-control': 'public, max-age=300' } }),
};

// Its routes are public, so no membership is ever read: the table's name is never used.
export const handler = makeApi(routes, handlers, { dynamo: makeDynamo(), enrollmentTable: '', log: makeLog('documentation-api') });

import type { Route } from '../../shared/contracts/route.ts';

export const routes = [
  {
    id: 'readApiPage',
    method: 'GET',
    path: '/docs',
    action: 'public',
    summary: 'This API, as a page for people',
    responses: { 200: { description: 'A page', mediaType: 'text/html' } },
  },
  {
    id: 'readOpenApi',
    method: 'GET',
    path: '/openapi.json',
    action: 'public',
    summary: 'This API as an OpenAPI 3.1 document',
    responses: { 200: { description: 'The document' } },
  },
] as const satisfies readonly Route[];

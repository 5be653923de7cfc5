import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Route } from '../../shared/contracts/route.ts';
import { allRoutes } from '../../infra/routes.ts';
import { doseColumns } from '../../functions/doses/domain/csv/columns.ts';
import { answerTo, eventBy, paramsOf } from '../support/callers.ts';
import { cell } from '../support/dose-file.ts';
import { near, openHouse, type House } from '../support/house.ts';
import { bodyFor, queryFor } from '../support/request-samples.ts';
import { sharedPath } from '../support/shared.ts';
import { callersOf, routeNamed } from '../support/sweep.ts';

let house: House;
beforeAll(async () => { house = await openHouse('odd'); });
afterAll(() => house.stop());

/** Values at the edges of what a type holds: they may fit a schema and be no days, counts or names that anything can be done with. */
const days = ['0001-01-01', '9999-12-31', '9999-12-31T23:59:59.999Z', '0001-01-01T00:00:00.000Z'];
const numbers = [0, -1, Number.MAX_SAFE_INTEGER, 1e21, 0.1];
const odd: Readonly<Record<'string' | 'number', readonly unknown[]>> = {
  number: numbers,
  string: [...days, '\u0000', '\ud800', '__proto__', '#', '%', 'x'.repeat(3_000)],
};

/** A document with one leaf at a time replaced by each odd value of its type. */
const withOddLeaves = (value: unknown): unknown[] => {
  if (Array.isArray(value)) return [[], ...withOddLeaves(value[0]).map((part) => [part, ...(value.slice(1) as unknown[])])];
  if (value !== null && typeof value === 'object')
    return Object.entries(value).flatMap(([name, part]) => withOddLeaves(part).map((changed) => ({ ...value, [name]: changed })));
  return typeof value === 'string' || typeof value === 'number' ? [...odd[typeof value as 'string' | 'number']] : [];
};

/** Each leaf of a body is tried with every third value, another third at the next leaf; with all of them by `ODD_VALUES=all`. */
const asksAll = process.env['ODD_VALUES'] === 'all';
let keys = 0;
const faultsOf = async (route: Route): Promise<string[]> => {
  const faults = new Set<string>();
  const right = bodyFor(route, () => 'x');
  const caller = callersOf(route).at(-1);
  const api = house.apis.find(({ routes }) => routes.includes(route));
  if (caller === undefined || api === undefined) return [];
  const own = paramsOf(route, { siteId: near.siteId, organizationId: near.organizationId });
  const ask = async ({ params, ...more }: { body?: unknown; params?: object; query?: object }): Promise<void> => {
    const call = { route: `${route.method} ${route.path}` as const, key: `odd-value-${(keys += 1)}`, ifMatch: 1, body: right, ...more, params: { ...own, ...params } };
    const { status } = await answerTo(api.handler, eventBy(caller, call as Parameters<typeof eventBy>[1]));
    if (status >= 500) faults.add(`${status}: ${JSON.stringify({ params, ...more }).slice(0, 300)}`);
  };
  // What strange names do in a path or a query is told by tenancy.test.ts.
  const query = queryFor(route, () => 'x');
  const inQuery = (name: string) => (value: unknown) => ({ query: { ...query, [name]: String(value) } });
  const all = [
    ...withOddLeaves(right).filter((_, at) => asksAll || at % 3 === 0).map((body) => ({ body })),
    ...Object.keys(own).flatMap((name) => days.map((value) => ({ params: { [name]: value } }))),
    ...Object.keys(query).flatMap((name) => [...days, ...numbers].map(inQuery(name))),
    ...(route.query === undefined ? [] : numbers.map(inQuery('limit'))),
  ];
  for (const more of all) await ask(more);
  return [...faults];
};

/** A row as it is, and a row for each odd text in each of its cells. */
const withOddCells = (row: readonly string[]): string[][] => [[...row], ...row.flatMap((_, at) => odd.string.map((text) => row.with(at, String(text))))];
const csv = (rows: readonly (readonly string[])[]): string => rows.map((row) => `${row.map((text) => `"${text}"`).join(',')}\r\n`).join('');
const shipments = (): string => {
  const [head = '', first = ''] = readFileSync(sharedPath('data/tiberius_shipments_janssen_CT_2021-03.csv'), 'utf8').split(/\r?\n/);
  return csv([head.split(','), ...withOddCells(first.split(','))]);
};
const files: readonly [id: string, body: () => string][] = [
  ['importShipments', shipments],
  ['takeOrderResponses', () => csv([['ORDER_REFERENCE', 'STATUS', 'ORDER_NUMBER', 'ORDER_LINE_NUMBER', 'REASON'], ...withOddCells(['ord_1-1', 'ACCEPTED', '0508970444', '000010', 'x'])])],
  ['reportDoseFile', () => csv([doseColumns.map(({ name }) => name), ...withOddCells(doseColumns.map(({ name }) => cell()[name] ?? ''))])],
];

describe('A value that a type can hold and nothing can be done with', () => {
  it.each(allRoutes.map((route) => [route.id, route] as const))('is never our fault: %s', async (_id, route) => {
    expect(await faultsOf(route)).toEqual([]);
  });

  it.each(files)('is never our fault in a cell of a file: %s', async (id, body) => {
    const route = routeNamed(id);
    const caller = callersOf(route).at(-1);
    const api = house.apis.find(({ routes }) => routes.includes(route));
    if (caller === undefined || api === undefined) throw new Error(`nobody may call ${id}`);
    const { status, text } = await answerTo(api.handler, eventBy(caller, { route: `${route.method as 'POST'} ${route.path}`, key: 'odd-file-1', body: body(), params: paramsOf(route, { siteId: near.siteId }) }));
    expect([status, text.length > 200]).toEqual([200, true]);
  });
});

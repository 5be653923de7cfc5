import { movesFrom } from '../../shared/kernel/transitions.ts';
import { makeApi, reject, type ApiResponse, type Handlers } from '../../shared/platform/http.ts';
import { writeTableFile } from '../../shared/platform/table-file.ts';
import { orderKey, type OrderItem } from '../../shared/published/order-line.ts';
import { makeBuildOrderFile } from './build-order-file.ts';
import { makeDecideOrder, type DecideOutcome } from './decide-order.ts';
import { makeDeps } from './deps.ts';
import { orderLineMachine } from './domain/machine.ts';
import { makeFollowShipments } from './follow-shipments.ts';
import { orderFileProfile } from './order-file-profile.ts';
import { makePlaceOrder, type PlaceOutcome } from './place-order.ts';
import { routes } from './routes.ts';
import { makeTakeResponses } from './take-responses.ts';

const shown = (item: OrderItem): object => ({ ...item, nextMoves: movesFrom(orderLineMachine, item.state) });
const answered = (status: number, item: OrderItem): ApiResponse => ({ status, body: shown(item), version: item.version });

const placed = (outcome: PlaceOutcome): ApiResponse => {
  switch (outcome.kind) {
    case 'created':
      return answered(201, outcome.item);
    case 'repeated':
      return answered(200, outcome.item);
    case 'key-reused':
      return reject(422, 'idempotency-key-reused');
    case 'no-award':
      return reject(404, 'not-found', 'This site has no such award.');
    case 'award-not-open':
      return reject(409, 'illegal-move', `The award is ${outcome.state}; an order needs one that was accepted or reduced.`);
    case 'site-not-active':
      return reject(409, 'conflict', 'The site is not active in this programme.');
    case 'no-carton':
      return reject(409, 'conflict', 'No carton that was sold that week makes up the packs of this award.');
    case 'unknown-cartons':
      return reject(
        400,
        'invalid-request',
        undefined,
        outcome.at.map((at) => ({ path: `body.lines[${at}].saleNdc`, message: 'must be the unit-of-sale NDC of a carton with one product' })),
      );
    case 'contended':
      return reject(409, 'try-again');
  }
};

const decided = (outcome: DecideOutcome): ApiResponse => {
  switch (outcome.kind) {
    case 'moved':
      return answered(200, outcome.item);
    case 'not-found':
      return reject(404, 'not-found');
    case 'stale':
      return reject(412, 'stale-version', 'Read it again and repeat what you meant to do.');
    case 'illegal-move':
      return reject(409, 'illegal-move', `It is ${outcome.from}; this is possible from ${outcome.legalFrom.join(', ')}.`);
  }
};

const { store, api, jurisdiction } = makeDeps();
const placeOrder = makePlaceOrder(store);
const decideOrder = makeDecideOrder(store);
const buildOrderFile = makeBuildOrderFile(store, jurisdiction);
const takeResponses = makeTakeResponses(store, makeFollowShipments(store));

const handlers: Handlers<typeof routes> = {
  placeOrder: async ({ params, body, principal, now, idempotencyKey }) =>
    placed(await placeOrder(params.siteId, body, { actor: principal.subject, now, idempotencyKey })),
  listSiteOrders: async ({ params, query }) => {
    const page = await store.ordersOf(params.siteId, query);
    return { status: 200, body: { ...page, items: page.items.map(shown) } };
  },
  readOrder: async ({ params }) => {
    const order = await store.order(params.siteId, params.orderId);
    return order === undefined ? reject(404, 'not-found') : answered(200, order);
  },
  readOrderHistory: async ({ params, query }) => ({ status: 200, body: await store.history(orderKey(params.siteId, params.orderId), query) }),
  decideOrder: async ({ params, body, principal, now, ifMatch }) =>
    decided(await decideOrder(params.siteId, params.orderId, { ...body, actor: principal.subject, now, ifMatch })),
  listOrders: async ({ query }) => {
    const page = await store.ordersInState(query.state, query);
    return { status: 200, body: { ...page, items: page.items.map(shown) } };
  },
  buildOrderFile: async ({ body, principal, now, idempotencyKey }) => {
    const outcome = await buildOrderFile(body, { actor: principal.subject, now, idempotencyKey });
    switch (outcome.kind) {
      case 'created':
        return { status: 201, body: outcome.item, version: outcome.item.version };
      case 'repeated':
        return { status: 200, body: outcome.item, version: outcome.item.version };
      case 'key-reused':
        return reject(422, 'idempotency-key-reused');
      case 'nothing-approved':
        return reject(409, 'conflict', 'No order is approved and waiting to be sent.');
      case 'contended':
        return reject(409, 'try-again');
    }
  },
  readOrderFile: async ({ params }) => {
    const file = await store.orderFile(params.fileId);
    if (file === undefined) return reject(404, 'not-found');
    if (file.state !== 'built') return reject(409, 'conflict', 'It is not finished; send the request that began it again.');
    const headers = { 'content-disposition': `attachment; filename="${file.fileId}.csv"` };
    return { status: 200, body: writeTableFile(await store.fileRows(file.fileId), orderFileProfile), version: file.version, headers };
  },
  takeOrderResponses: async ({ body, principal, now }) => {
    const outcome = await takeResponses(body, { actor: principal.subject, now });
    return outcome.kind === 'taken' ? { status: 200, body: outcome.answer } : reject(400, 'invalid-request', undefined, outcome.faults);
  },
};

export const handler = makeApi(routes, handlers, api);

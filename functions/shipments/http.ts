import { movesFrom } from '../../shared/kernel/transitions.ts';
import { makeApi, reject, type ApiResponse, type Handlers } from '../../shared/platform/http.ts';
import { shipmentLineKey, type ShipmentLineItem } from '../../shared/published/shipment-line.ts';
import { makeAssignByHand, type AssignByHandOutcome } from './assign-line.ts';
import { makeDecideExcursion, type DecideExcursionOutcome } from './decide-excursion.ts';
import { makeDeps } from './deps.ts';
import { excursionMachine, lineMachine } from './domain/machines.ts';
import { makeFederalBalances } from './federal-balances.ts';
import { makeFindHolder } from './find-site.ts';
import { makeImportShipments } from './import-shipments.ts';
import { makeDecideLine, makeReceiveLine, type DecideLineOutcome, type ReceiveOutcome } from './receive-line.ts';
import { makeReportExcursion, type ReportOutcome } from './report-excursion.ts';
import { routes } from './routes.ts';
import type { ExcursionItem, HeldItem, LineKeyItem } from './schemas.ts';

const shownLine = (line: ShipmentLineItem): object => ({ ...line, nextMoves: movesFrom(lineMachine, line.state) });
const lineAnswer = (line: ShipmentLineItem): ApiResponse => ({ status: 200, body: shownLine(line), version: line.version });
const shownExcursion = (item: ExcursionItem, held?: readonly HeldItem[]): object => ({
  ...item,
  nextMoves: movesFrom(excursionMachine, item.state),
  ...(held === undefined ? {} : { held }),
});
const excursionAnswer = (status: number, item: ExcursionItem): ApiResponse => ({ status, body: shownExcursion(item), version: item.version });
const shownUnassigned = ({ facts, why, version }: LineKeyItem): object => ({ ...facts, why, version });

const stale = (): never => reject(412, 'stale-version', 'Read it again and repeat what you meant to do.');
const illegal = ({ from, legalFrom }: { from: string; legalFrom: readonly string[] }): never =>
  reject(409, 'illegal-move', `It is ${from}; this is possible from ${legalFrom.join(', ')}.`);
const faultyField = (path: string, message: string): never => reject(400, 'invalid-request', undefined, [{ path, message }]);

const assigned = (outcome: AssignByHandOutcome): ApiResponse => {
  switch (outcome.kind) {
    case 'assigned':
    case 'repeated':
      return lineAnswer(outcome.line);
    case 'not-found':
      return reject(404, 'not-found');
    case 'stale':
      return stale();
    case 'no-such-site':
      return faultyField('body.siteId', 'names no enrolled site');
    case 'not-supplied':
      return reject(409, 'conflict', 'This site is not supplied by the jurisdiction.');
    case 'already-assigned':
      return reject(409, 'illegal-move', 'The line is at another site already.');
  }
};

const moved = (outcome: ReceiveOutcome | DecideLineOutcome): ApiResponse => {
  switch (outcome.kind) {
    case 'moved':
    case 'repeated':
      return lineAnswer(outcome.line);
    case 'not-found':
      return reject(404, 'not-found');
    case 'stale':
      return stale();
    case 'illegal-move':
      return illegal(outcome);
    case 'does-not-add-up':
      return faultyField(
        'body.received',
        `received, damaged and short add up to ${outcome.counted}; ${outcome.announced} doses were announced: say how many are short, or count more than announced without a shortage`,
      );
    case 'no-such-unit':
      return faultyField('body.storageUnit', 'is no storage unit of this site');
    case 'forbidden':
      return faultyField('body.storageUnit', `this product must never lie in a ${outcome.unitKind}`);
    case 'no-longer-held':
      return reject(409, 'conflict', 'Its doses are no longer all in quarantine.');
    case 'contended':
      return reject(409, 'try-again');
  }
};

const reported = (outcome: ReportOutcome): ApiResponse => {
  switch (outcome.kind) {
    case 'created':
      return excursionAnswer(201, outcome.item);
    case 'repeated':
      return excursionAnswer(200, outcome.item);
    case 'key-reused':
      return reject(422, 'idempotency-key-reused');
    case 'no-such-unit':
      return faultyField('body.unitId', 'is no storage unit of this site');
    case 'not-over':
      return faultyField('body.to', 'must not be in the future: report an excursion once it is over');
    case 'contended':
      return reject(409, 'try-again');
  }
};

const decided = (outcome: DecideExcursionOutcome): ApiResponse => {
  switch (outcome.kind) {
    case 'moved':
    case 'repeated':
      return excursionAnswer(200, outcome.item);
    case 'not-found':
      return reject(404, 'not-found');
    case 'stale':
      return stale();
    case 'illegal-move':
      return illegal(outcome);
    case 'no-longer-held':
      return reject(409, 'conflict', `Doses of ${outcome.ndcs.join(', ')} are no longer all in quarantine; the other accounts are decided.`);
  }
};

const { store, excursions, api, jurisdiction } = makeDeps();
const importShipments = makeImportShipments(store, () => makeFindHolder(store, jurisdiction));
const assignByHand = makeAssignByHand(store);
const receiveLine = makeReceiveLine(store, jurisdiction.timeZone);
const decideLine = makeDecideLine(store, jurisdiction.timeZone);
const federalBalances = makeFederalBalances(store);
const reportExcursion = makeReportExcursion(store, excursions);
const decideExcursion = makeDecideExcursion(store, excursions);

const handlers: Handlers<typeof routes> = {
  importShipments: async ({ body, principal, now }) => {
    const outcome = await importShipments(body, { actor: principal.subject, now });
    return outcome.kind === 'imported' ? { status: 200, body: outcome.answer } : reject(400, 'invalid-request', undefined, outcome.faults);
  },
  listShipments: async ({ query }) => {
    const page = await store.linesInState(query.supply, query.state, query);
    return { status: 200, body: { ...page, items: page.items.map(shownLine) } };
  },
  listFederalBalances: async ({ query }) => ({ status: 200, body: await federalBalances(query) }),
  listUnassignedShipments: async ({ query }) => {
    const page = await store.unassigned(query);
    return { status: 200, body: { ...page, items: page.items.map(shownUnassigned) } };
  },
  assignShipment: async ({ params, body, principal, now, ifMatch }) =>
    assigned(await assignByHand(params.lineId, body.siteId, { actor: principal.subject, now, ifMatch })),
  listSiteShipments: async ({ params, query }) => {
    const page = await store.linesOf(params.siteId, query);
    return { status: 200, body: { ...page, items: page.items.map(shownLine) } };
  },
  readShipment: async ({ params }) => {
    const line = await store.line(params.siteId, params.lineId);
    return line === undefined ? reject(404, 'not-found') : lineAnswer(line);
  },
  readShipmentHistory: async ({ params, query }) => ({
    status: 200,
    body: await store.history(shipmentLineKey(params.siteId, params.lineId), query),
  }),
  receiveShipment: async ({ params, body, principal, now, ifMatch }) =>
    moved(await receiveLine(params.siteId, params.lineId, body, { actor: principal.subject, now, ifMatch })),
  decideShipment: async ({ params, body, principal, now, ifMatch }) =>
    moved(await decideLine(params.siteId, params.lineId, body, { actor: principal.subject, now, ifMatch })),
  reportExcursion: async ({ params, body, principal, now, idempotencyKey }) =>
    reported(await reportExcursion(params.siteId, body, { actor: principal.subject, now, idempotencyKey })),
  listSiteExcursions: async ({ params, query }) => {
    const page = await excursions.excursionsOf(params.siteId, query);
    return { status: 200, body: { ...page, items: page.items.map((item) => shownExcursion(item)) } };
  },
  readExcursion: async ({ params }) => {
    const item = await excursions.excursion(params.siteId, params.excursionId);
    if (item === undefined) return reject(404, 'not-found');
    return { status: 200, body: shownExcursion(item, await excursions.allHeld(params.siteId, params.excursionId)), version: item.version };
  },
  decideExcursion: async ({ params, body, principal, now, ifMatch }) =>
    decided(await decideExcursion(params.siteId, params.excursionId, body, { actor: principal.subject, now, ifMatch })),
  listExcursions: async ({ query }) => {
    const page = await excursions.excursionsInState(query.state, query);
    return { status: 200, body: { ...page, items: page.items.map((item) => shownExcursion(item)) } };
  },
};

export const handler = makeApi(routes, handlers, api);

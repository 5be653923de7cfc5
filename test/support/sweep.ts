import type { APIGatewayProxyEvent } from 'aws-lambda';
import { afterAll, afterEach, beforeAll, beforeEach } from '@jest/globals';
import { may } from '../../shared/contracts/permissions.ts';
import { needsToken, type Route } from '../../shared/contracts/route.ts';
import { allRoutes } from '../../infra/routes.ts';
import type { Call } from './api.ts';
import { answerTo, eventBy, paramsOf, type Answered, type Caller } from './callers.ts';
import { toldBy } from './canaries.ts';
import { captureOutput, type Captured } from './captured-output.ts';
import { loadWorkers, near, openHouse, type House } from './house.ts';
import { waitingIn, type AllowedAttribute, type AllowedObject } from './sinks.ts';

/** Where she may be told, in a phase in which every word of her was sent in its own field. */
export const patientPlaces: readonly AllowedAttribute[] = [
  { table: 'DOSES_TABLE', type: 'record', attributes: 'any but keys', why: 'the patient record itself, and its former versions' },
  { table: 'REPORTS_TABLE', type: 'manifest-chunk', attributes: ['events'], why: 'what a file to CDC was made from, so that it can be made again' },
];
/** Where text lies as it was sent because the sender put it into that field: a name told as a lot, a reason, an organization. */
export const misplaced: readonly AllowedAttribute[] = [
  ...patientPlaces,
  ...['dose', 'dose-version', 'worklist'].map((type): AllowedAttribute => ({ table: 'DOSES_TABLE', type, attributes: 'any but keys', why: 'codes, lots and remarks as sent' })),
  ...['lot-recall', 'history'].map((type): AllowedAttribute => ({ table: 'DOSES_TABLE', type, attributes: 'any but keys', why: 'lots and reasons as the department typed them' })),
  ...['organization', 'site', 'interface', 'member'].map((type): AllowedAttribute => ({ table: 'ENROLLMENT_TABLE', type, attributes: 'any but keys', why: 'the provider’s own form' })),
  ...['supply', 'standing', 'request', 'run', 'history'].map((type): AllowedAttribute => ({ table: 'ALLOCATIONS_TABLE', type, attributes: 'any but keys', why: 'forms and reasons of DPH and of sites' })),
  ...['order', 'order-file', 'history'].map((type): AllowedAttribute => ({ table: 'ORDERS_TABLE', type, attributes: 'any but keys', why: 'forms and reasons' })),
  ...['shipment-line', 'line-key', 'excursion', 'history'].map((type): AllowedAttribute => ({ table: 'SHIPMENTS_TABLE', type, attributes: 'any but keys', why: 'the names of providers in a shipment file, and remarks' })),
  ...['entry', 'transfer'].map((type): AllowedAttribute => ({ table: 'INVENTORY_TABLE', type, attributes: ['reason'], why: 'why somebody moved doses' })),
];
export const objects: readonly AllowedObject[] = [
  { bucket: 'messages', key: /^messages\//, why: 'the message as it was sent' },
  { bucket: 'uploads', key: /^uploads\//, why: 'the file as it was sent' },
  { bucket: 'exports', key: /\/doses\/.*\/record\.csv$/, why: 'the export of patient records, for epidemiologists' },
  { bucket: 'submissions', key: /./, why: 'the CDC file (birth date and address) and its manifest; names are looked for below' },
];

export const nurse: Caller = { subject: near.staff, groups: ['provider-staff'] };
export const machine: Caller = { subject: near.machine, groups: ['ehr-system'] };
const jurisdiction: Caller = { subject: 'dph', groups: ['dph-reviewer', 'dph-allocator', 'dph-inventory', 'dph-epidemiologist', 'local-health-director', 'auditor'] };
export const stranger: Caller = { subject: 'newcomer', groups: ['provider-staff'] };
export const nobody: Caller = { subject: '', groups: undefined };
export const callersOf = ({ action }: Route): Caller[] => [nurse, machine, jurisdiction].filter(({ groups }) => needsToken(action) && groups?.some((role) => may(role, action)) === true);

/** Answers that are there to show a patient. */
export const showsPatients = new Set(['readDose', 'readMessage', 'readFhirPatient', 'readFhirImmunization', 'searchFhirPatients', 'searchFhirPatientsByForm', 'searchFhirImmunizations']);
/** Answers of doses that are of lots, in the words of the department. */
const showsLots = new Set(['recordRecall', 'listRecalls', 'changeRecall', 'listSiteRecalls']);

export const routeNamed = (id: string): Route => {
  const route = allRoutes.find((each) => each.id === id);
  if (route === undefined) throw new Error(`no ${id}`);
  return route;
};

export const sqsEvent = (...bodies: unknown[]): object => ({
  Records: bodies.map((body, index) => ({ messageId: `m${index}`, body: typeof body === 'string' ? body : JSON.stringify(body), attributes: { SentTimestamp: '1615215600000' } })),
});

/** An acknowledgement without what it must echo: who wrote to whom, and the message's number. */
const withoutEcho = (text: string): string => text.split('\r').filter((line) => !/^(MSH|MSA|BHS|FHS)/.test(line)).join('\r');

export interface Sweep {
  readonly house: House;
  readonly output: Captured;
  /** How many calls and worker runs there were. */
  readonly asked: number;
  /** Notes what a text tells of her. */
  leaked(where: string, text: string): void;
  /** Leaks of this test so far: of answers, and of everything that was written out. */
  found(): string[];
  /** Calls a route; errors, acknowledgements and every answer that shows no patient must not tell of her. */
  send(what: string, route: Route, caller: Caller, more: Partial<Call>, change?: (event: APIGatewayProxyEvent) => APIGatewayProxyEvent): Promise<Answered>;
  /** Bodies of the messages that wait on a queue, which are taken off it; none may tell of her. */
  waiting(queue: string): Promise<string[]>;
  /** Runs a worker; what it throws is what Lambda would write into the log. */
  work(name: string, event: unknown): Promise<void>;
}

/** Opens a house for a test file; every test of it starts with empty output and no leaks. */
export const openSweep = (name: string): Sweep => {
  let house: House | undefined;
  let workers: Awaited<ReturnType<typeof loadWorkers>> = new Map();
  let output: Captured | undefined;
  let leaks: string[] = [];
  let asked = 0;
  let keys = 0;
  beforeAll(async () => {
    house = await openHouse(name, { logLevel: 'DEBUG' });
    workers = await loadWorkers();
  });
  afterAll(() => house?.stop());
  beforeEach(() => { output = captureOutput(); leaks = []; });
  afterEach(() => { output?.stop(); });
  const open = <T>(thing: T | undefined): T => {
    if (thing === undefined) throw new Error('The sweep is open only inside a test');
    return thing;
  };
  const leaked = (where: string, text: string): void => { leaks.push(...toldBy(text).map((what) => `${where}: ${what}`)); };
  const context = { getRemainingTimeInMillis: () => 300_000, functionName: 'sweep', awsRequestId: 'r' };
  return {
    get house() { return open(house); },
    get output() { return open(output); },
    get asked() { return asked; },
    leaked,
    found: () => {
      for (const line of open(output).lines) leaked(`a log line (${/"message":"(\w+)"/.exec(line)?.[1] ?? line.slice(0, 60)})`, line);
      return [...new Set(leaks)];
    },
    send: async (what, route, caller, more, change = (event) => event) => {
      const api = open(house).apis.find(({ routes }) => routes.includes(route));
      if (api === undefined) throw new Error(`Nobody answers ${route.id}`);
      const event = eventBy(caller, {
        route: `${route.method} ${route.path}`, key: `sweep-key-${(keys += 1)}`, ifMatch: 1, ...more,
        params: { ...paramsOf(route, { siteId: near.siteId, organizationId: near.organizationId }), ...more.params },
      });
      asked += 1;
      const answer = await answerTo(api.handler, change(event));
      const mayEcho = answer.status < 400 && (api.context !== 'doses' || showsPatients.has(route.id) || showsLots.has(route.id));
      if (!mayEcho) leaked(`${route.id}, ${what}, answered ${answer.status}`, route.accepts?.includes('hl7') === true ? withoutEcho(answer.text) : answer.told);
      return answer;
    },
    waiting: async (queue) => {
      const messages = await waitingIn(open(house), [open(house).queueUrls[queue] ?? '']);
      for (const { Body, Attributes } of messages) leaked(`the queue ${queue}`, JSON.stringify([Body, Attributes]));
      return messages.map(({ Body = '' }) => Body);
    },
    work: async (worker, event) => {
      const run = workers.get(worker);
      if (run === undefined) throw new Error(`There is no worker ${worker}`);
      asked += 1;
      try {
        leaked(`${worker}: its answer`, JSON.stringify((await run(event, context)) ?? null));
      } catch (error) {
        leaked(`${worker}: what it threw`, error instanceof Error ? `${error.name} ${error.message} ${error.stack ?? ''}` : String(error));
      }
    },
  };
};

import type { Role } from '../shared/contracts/permissions.ts';
import type { Callers } from './front/caller.ts';
import type { Policies } from './iam/policies.ts';
import type { Issuer } from './identity/issuer.ts';
import type { LambdaFunction } from './lambda/pool.ts';
import { pause } from './loopback.ts';
import type { Ports, Storage } from './parts.ts';
import { called, unfinishedWork } from './run.ts';
import type { LocalRun, ReadyToken } from './run.ts';
import { fireSchedule } from './schedules.ts';
import type { Schedule } from './schedules.ts';
import type { Wiring } from './wiring.ts';

export interface RunParts {
  readonly ports: Ports;
  readonly storage: Storage;
  readonly issuer: Issuer;
  readonly callers: Callers;
  readonly functions: readonly LambdaFunction[];
  readonly policies: Policies;
  readonly schedules: readonly Schedule[];
  readonly wiring: Wiring;
  readonly functionOf: (arn: string) => LambdaFunction | undefined;
  readonly expire: () => Promise<number>;
  readonly stop: () => Promise<void>;
}

const IDLE_POLL_MS = 50;
const IDLE_TIMEOUT_MS = 60_000;

/** The running parts as the one thing that tests and the command-line tool hold. */
export const present = (parts: RunParts): LocalRun => {
  const { ports, storage, issuer, callers, functions, functionOf, policies, schedules, wiring, expire, stop } = parts;
  const { clock, logs, target, tables, queues, buckets, fauxqs } = storage;
  const named = functions.map(({ shape }) => ({
    name: shape.name,
    logicalId: shape.logicalId,
    environment: shape.environment,
    arn: shape.arn,
  }));

  const unfinished = (workers = wiring.workers): Promise<string[]> =>
    unfinishedWork({
      workers,
      functionsBusy: () => functions.reduce((sum, each) => sum + each.busy(), 0),
      asyncBusy: wiring.calls.busy,
    });
  /** Twice in a row, because a function that ended between two looks may have written something. */
  const isIdle = async (): Promise<boolean> => (await unfinished()).length === 0 && (await unfinished()).length === 0;

  return {
    apiUrl: ports.api.url,
    adminUrl: ports.admin.url,
    s3Url: ports.front.url,
    issuerUrl: issuer.url,
    clock,
    tables,
    queues,
    buckets,
    schedules,
    isIdle,
    expire,
    stop,
    functions: named,
    clients: issuer.pools.flatMap((pool) => pool.clients),
    objects: fauxqs.s3,
    database: { endpoint: target.endpoint, region: target.region, accessKeyId: target.databaseKey },
    operator: callers.operator,
    tokens: () => readyTokens(issuer),
    tokenFor: issuer.tokenFor,
    invoke: (name, event) => {
      const found = functionOf(called('function', named, name).arn);
      return found === undefined ? Promise.reject(new Error(`There is no function ${name}`)) : found.invoke(event);
    },
    fire: (name, { scheduledTime } = {}) => {
      const scheduledMs = scheduledTime === undefined ? clock.now() : new Date(scheduledTime).getTime();
      return fireSchedule(called('schedule', schedules, name), scheduledMs, {
        functionOf,
        calls: wiring.calls,
        sendTo: wiring.sendTo,
        policies,
      });
    },
    idle: async (timeoutMs = IDLE_TIMEOUT_MS) => {
      const deadline = Date.now() + timeoutMs;
      while (!(await isIdle())) {
        // A delay lets pass what is under way: once nothing is, nobody need wait for it.
        const isQuiet = (await unfinished(wiring.workers.filter((worker) => worker.isOnlyDelayed?.() !== true))).length === 0;
        if (isQuiet) for (const worker of wiring.workers) worker.skipDelays?.();
        if (Date.now() > deadline) throw new Error(`Not idle after ${timeoutMs} ms: ${(await unfinished()).join(', ')}`);
        await pause(IDLE_POLL_MS);
      }
    },
    logLines: (source) => logs.lines(source),
    onLogLine: (listener) => {
      logs.onLine(listener);
    },
  };
};

/** Roles of which a week needs two people: who proposes a run may not publish it. */
const neededTwice: ReadonlySet<string> = new Set<Role>(['dph-allocator']);
const peopleOf = (role: string): string[] => [`local-${role}`, ...(neededTwice.has(role) ? [`local-second-${role}`] : [])];

/** People get the name of their group, machines are their client. */
const readyTokens = async (issuer: Issuer): Promise<ReadyToken[]> => {
  const tokens: ReadyToken[] = [];
  for (const { groups, clients } of issuer.pools) {
    for (const role of groups)
      for (const subject of peopleOf(role)) tokens.push({ role, subject, token: await issuer.tokenFor({ sub: subject, groups: [role] }) });
    for (const client of clients.filter(({ secret }) => secret !== undefined)) {
      tokens.push({ role: client.name, subject: client.id, token: await issuer.machineToken(client, client.scopes) });
    }
  }
  return tokens;
};

import { adminListener } from './admin.ts';
import { awsFront } from './aws-front.ts';
import { checkNotifications } from './events/notification-checks.ts';
import { makeObjectEvents } from './events/object-events.ts';
import { makeCallers } from './front/caller.ts';
import { makeDynamoFront } from './front/dynamodb.ts';
import { makeS3Front } from './front/s3.ts';
import { makeSecretsFront, readSecrets } from './front/secrets.ts';
import { makeSqsFront } from './front/sqs.ts';
import { readApis } from './gateway/api-shape.ts';
import { gatewayListener } from './gateway/server.ts';
import { readPolicies } from './iam/policies.ts';
import type { Policies } from './iam/policies.ts';
import { makeIssuer } from './identity/issuer.ts';
import { issuerListener } from './identity/token-endpoint.ts';
import { readUserPools } from './identity/user-pool.ts';
import { readFunctions } from './lambda/functions.ts';
import { makePermissions, unqualified } from './lambda/permissions.ts';
import { makeFunction } from './lambda/pool.ts';
import type { LambdaFunction } from './lambda/pool.ts';
import { openPorts, openStorage } from './parts.ts';
import type { Ends, Ports, Storage } from './parts.ts';
import { present } from './present.ts';
import type { LocalOptions, LocalRun } from './run.ts';
import { readSchedules } from './schedules.ts';
import { expireItems } from './storage/ttl.ts';
import { loadTemplate } from './template.ts';
import type { Template } from './template.ts';
import { send, startWiring } from './wiring.ts';
import type { Wiring } from './wiring.ts';
import { text } from './template/values.ts';

export type { LocalOptions, LocalRun } from './run.ts';

const TTL_EVERY_MS = 60_000;
const REDELIVER_AFTER_MS = 500;

/**
 * Starts the whole system of a synthesised folder on this machine. Whatever was started is ended again when a later part fails.
 * Throws when the folder holds what the local run does not know, naming it.
 */
export const startLocal = async (options: LocalOptions): Promise<LocalRun> => {
  const ends: Ends = [];
  const stop = async (): Promise<void> => {
    for (let end = ends.pop(); end !== undefined; end = ends.pop()) await end();
  };
  try {
    return await assemble(options, ends, stop);
  } catch (error) {
    await stop();
    throw error;
  }
};

const assemble = async (options: LocalOptions, ends: Ends, stop: () => Promise<void>): Promise<LocalRun> => {
  const ports = await openPorts(options, ends);
  const template = loadTemplate(options.outDir, { frontUrl: ports.front.url, issuerUrl: ports.issuer.url });
  const policies = readPolicies(template);
  const schedules = readSchedules(template);
  const apis = readApis(template);
  const storage = await openStorage(template, options, ends);
  const issuer = await makeIssuer(ports.issuer.url, readUserPools(template, storage.kept));
  const callers = makeCallers(() => policies);
  const functions = readFunctions({
    template,
    frontUrl: ports.front.url,
    credentials: ({ ref, properties }) => callers.credentialsFor(ref, text(properties['Role'])),
  }).map((shape) => makeFunction(shape, storage.logs));
  const functionOf = (arn: string): LambdaFunction | undefined => functions.find(({ shape }) => shape.arn === unqualified(arn));
  const mayInvoke = makePermissions(template);
  checkNotifications(template, storage.buckets, mayInvoke);

  const wiring = openFront({
    template,
    policies,
    ports,
    storage,
    functionOf,
    callers,
    redeliverAfterMs: options.redeliverAfterMs ?? REDELIVER_AFTER_MS,
  });
  // Last first: workers take nothing more, functions end, what the workers had under way comes back.
  ends.push(
    () => wiring.ended(),
    async () => {
      await Promise.all(functions.map((each) => each.stop()));
    },
    () => {
      wiring.halt();
    },
  );
  ports.issuer.serve(issuerListener(issuer));
  const { clock, logs, tables, call } = storage;
  const gatewayDeps = {
    issuer,
    clock,
    logs,
    functionOf,
    mayInvoke: (functionArn: string, sourceArn: string) => mayInvoke('apigateway.amazonaws.com', functionArn, sourceArn),
  };
  const [api, ...more] = apis;
  if (more.length > 0) throw new Error(`The template has ${apis.length} REST APIs; the local run serves one`);
  if (api !== undefined) ports.api.serve(gatewayListener(api, gatewayDeps));

  const expire = (): Promise<number> => expireItems(tables, call, clock);
  const expiring = setInterval(() => {
    expire().catch(() => 0);
  }, TTL_EVERY_MS);
  ends.push(() => {
    clearInterval(expiring);
  });
  const run = present({ ports, storage, issuer, callers, functions, functionOf, policies, schedules, wiring, expire, stop });
  ports.admin.serve(adminListener(run));
  return run;
};

interface FrontDeps {
  readonly template: Template;
  readonly policies: Policies;
  readonly ports: Ports;
  readonly storage: Storage;
  readonly callers: ReturnType<typeof makeCallers>;
  readonly redeliverAfterMs: number;
  readonly functionOf: (arn: string) => LambdaFunction | undefined;
}

/** Opens the front before the first worker may call through it; then starts the workers. */
const openFront = ({ template, policies, ports, storage, functionOf, callers, redeliverAfterMs }: FrontDeps): Wiring => {
  const { fauxqs, clock, kept, call, tables, queues, buckets, versions, target, logs } = storage;
  const late: { wiring?: Wiring } = {};
  const onCreated = makeObjectEvents({
    store: fauxqs.s3,
    clock,
    region: template.region,
    deliver: (targetArn, event) => {
      const queue = queues.find(({ arn }) => arn === targetArn);
      const listener = functionOf(targetArn);
      if (queue !== undefined) send(queue, JSON.stringify(event), fauxqs.sqs);
      else if (listener !== undefined) void late.wiring?.calls.call(listener, event).catch(() => undefined);
    },
  });
  ports.front.serve(
    awsFront(
      {
        callers,
        dynamodb: makeDynamoFront({
          target,
          callers,
          tableOf: (nameOrArn) => tables.find(({ name, arn }) => name === nameOrArn || arn === nameOrArn),
          onWrite: (names) => {
            late.wiring?.onWrite(names);
          },
        }),
        s3: makeS3Front({ fauxqsUrl: fauxqs.url, store: fauxqs.s3, buckets, versions, callers, clock, onCreated }),
        sqs: makeSqsFront({ fauxqsUrl: fauxqs.url, queues, callers }),
        secrets: makeSecretsFront({ secrets: readSecrets(template, kept), callers }),
      },
      logs,
    ),
  );
  return (late.wiring = startWiring({
    template,
    policies,
    clock,
    kept,
    call,
    sqs: fauxqs.sqs,
    tables,
    queues,
    redeliverAfterMs,
    functionOf,
  }));
};

import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { answerJson, LOOPBACK, readBody } from './loopback.ts';
import { browseObjects } from './browse.ts';
import type { LocalRun } from './run.ts';
import { resourceTypes } from './template/resource-types.ts';

interface AdminCall {
  readonly run: LocalRun;
  readonly name: string;
  readonly url: URL;
  readonly body: unknown;
}

type Route = (call: AdminCall) => unknown;

/** The run's own API for the command-line tool and for people. It exists only here, listens on loopback, and takes no token. */
const routes: Readonly<Record<string, Route>> = {
  'GET ': ({ run: { apiUrl, s3Url, adminUrl, issuerUrl, database } }) => ({ apiUrl, s3Url, adminUrl, issuerUrl, database }),
  'GET clock': ({ run }) => ({ now: run.clock.iso() }),
  'POST clock': ({ run, body }) => {
    run.clock.set((body as { instant: string }).instant);
    return { now: run.clock.iso() };
  },
  'GET logs': ({ run, url }) => run.logLines(url.searchParams.get('source') ?? undefined),
  'GET schedules': ({ run }) => run.schedules,
  'POST schedules': async ({ run, name, body }) => (await run.fire(name, body ?? {})) ?? { kind: 'sent' },
  'GET functions': ({ run }) => run.functions.map(({ name, logicalId }) => ({ name, logicalId })),
  'POST invoke': ({ run, name, body }) => run.invoke(name, body ?? {}),
  'GET tokens': ({ run }) => run.tokens(),
  'POST tokens': async ({ run, body }) => ({ token: await run.tokenFor(body as { sub: string }) }),
  'GET clients': ({ run }) =>
    run.clients.map(({ name, id, secret, scopes }) => ({ name, id, secret, scopes, tokenUrl: `${run.issuerUrl}/oauth2/token` })),
  'GET tables': ({ run }) => run.tables,
  'GET queues': ({ run }) =>
    run.queues.map(({ logicalId, name, url, store }) => ({
      logicalId,
      name,
      url,
      waiting: Number(store.getAttribute('ApproximateNumberOfMessages')),
      inFlight: Number(store.getAttribute('ApproximateNumberOfMessagesNotVisible')),
    })),
  'GET buckets': ({ run }) => run.buckets,
  'GET resources': () => resourceTypes,
  'GET idle': async ({ run }) => ({ idle: await run.isIdle() }),
  'POST expire': async ({ run }) => ({ expired: await run.expire() }),
};

const PREFIX = '/_local';
const LOCAL_NAMES = new Set([LOOPBACK, 'localhost']);

export const adminListener =
  (run: LocalRun): RequestListener =>
  (request, response) => {
    const url = URL.parse(`http://${LOOPBACK}${request.url ?? '/'}`) ?? new URL(`http://${LOOPBACK}/`);
    if (!isLocal(request)) {
      answerJson(response, 403, { error: 'Only programs on this machine may ask.' });
      return;
    }
    if (request.method === 'GET' && url.pathname.startsWith(`${PREFIX}/s3`)) {
      browseObjects(run, url, response);
      return;
    }
    answer(run, request, response, url).catch((error: unknown) => {
      answerJson(response, 400, { error: (error as Error).message });
    });
  };

/** A web page elsewhere that points its own name at loopback, or posts across origins, is refused. */
const isLocal = ({ headers }: IncomingMessage): boolean => {
  const origin = headers.origin === undefined ? undefined : (URL.parse(headers.origin)?.hostname ?? '');
  return LOCAL_NAMES.has((headers.host ?? '').split(':')[0] ?? '') && (origin === undefined || LOCAL_NAMES.has(origin));
};

const answer = async (run: LocalRun, request: IncomingMessage, response: ServerResponse, url: URL): Promise<void> => {
  const [place = '', ...name] = url.pathname
    .replace(PREFIX, '')
    .split('/')
    .filter((part) => part !== '')
    .map(decodeURIComponent);
  const route = url.pathname.startsWith(PREFIX) ? routes[`${request.method ?? ''} ${place}`] : undefined;
  if (route === undefined) {
    answerJson(response, 404, {
      error: 'There is no such thing.',
      there: Object.keys(routes).map((known) => known.replace(' ', ` ${PREFIX}/`)),
    });
    return;
  }
  const text = (await readBody(request))?.toString() ?? '';
  answerJson(
    response,
    200,
    await route({ run, url, name: name.join('/'), body: text === '' ? undefined : (JSON.parse(text) as unknown) }),
  );
};

// Runs inside a worker thread: one function, one event at a time, an environment of its own.
import { parentPort, workerData } from 'node:worker_threads';
import { pathToFileURL } from 'node:url';
import { failureOf } from './protocol.ts';
import type { ThreadData, ThreadMessage, ThreadRequest } from './protocol.ts';

type Handler = (event: unknown, context: unknown) => unknown;

const { file, exported } = workerData as ThreadData;
const tell = (message: ThreadMessage): void => {
  parentPort?.postMessage(message);
};

const load = async (): Promise<Handler> => {
  const loaded = (await import(pathToFileURL(file).href)) as Record<string, unknown> & { default?: Record<string, unknown> };
  const handler = loaded[exported] ?? loaded.default?.[exported];
  if (typeof handler !== 'function') throw new Error(`${exported} is not a function that the bundle exports`);
  return handler as Handler;
};

const contextOf = ({ deadlineMs, ...facts }: ThreadRequest['context']): object => ({
  ...facts,
  functionVersion: '$LATEST',
  logStreamName: 'local',
  callbackWaitsForEmptyEventLoop: true,
  getRemainingTimeInMillis: () => Math.max(0, deadlineMs - Date.now()),
});

try {
  const handler = await load();
  parentPort?.on('message', ({ event, context }: ThreadRequest) => {
    Promise.resolve()
      .then(() => handler(JSON.parse(event), contextOf(context)))
      .then((result) => {
        tell({ kind: 'result', payload: JSON.stringify(result) ?? 'null' });
      })
      .catch((error: unknown) => {
        const failure = failureOf(error);
        console.error(`ERROR Invoke Error ${JSON.stringify(failure)}`);
        tell({ kind: 'failure', failure });
      });
  });
  tell({ kind: 'ready' });
} catch (error) {
  tell({ kind: 'unloadable', failure: failureOf(error) });
}

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

const outcomeOf = async (handler: Handler, { event, context }: ThreadRequest): Promise<ThreadMessage> => {
  try {
    const result = await handler(JSON.parse(event), contextOf(context));
    return { kind: 'result', payload: JSON.stringify(result) ?? 'null' };
  } catch (error) {
    const failure = failureOf(error);
    console.error(`ERROR Invoke Error ${JSON.stringify(failure)}`);
    return { kind: 'failure', failure };
  }
};

/** Output and results take different ways out of a thread: who has the result has every line that was written before it. */
const written = async (): Promise<void> => {
  await Promise.all([process.stdout, process.stderr].map((stream) => new Promise((resolve) => stream.write('', resolve))));
};

try {
  const handler = await load();
  const answer = async (request: ThreadRequest): Promise<void> => {
    const outcome = await outcomeOf(handler, request);
    await written();
    tell(outcome);
  };
  parentPort?.on('message', (request: ThreadRequest) => void answer(request));
  tell({ kind: 'ready' });
} catch (error) {
  tell({ kind: 'unloadable', failure: failureOf(error) });
}

import { randomUUID } from 'node:crypto';
import { Worker } from 'node:worker_threads';
import type { FunctionFailure, ThreadData, ThreadMessage, ThreadRequest } from './protocol.ts';

export type Invocation =
  | { readonly kind: 'success'; readonly payload: string; readonly requestId: string }
  | { readonly kind: 'failure'; readonly failure: FunctionFailure; readonly requestId: string };

/** What the template says of a function, resolved. */
export interface FunctionShape {
  readonly logicalId: string;
  readonly name: string;
  readonly arn: string;
  readonly file: string;
  readonly exported: string;
  readonly timeoutMs: number;
  readonly memoryMb: number;
  readonly environment: Readonly<Record<string, string>>;
  /** Reserved concurrency, when the template has it. */
  readonly reserved: number | undefined;
  readonly roleArn: string;
}

/** One execution environment: one event at a time. It is dead after a timeout, a crash or a bundle that does not load. */
export interface Instance {
  readonly alive: boolean;
  run(event: string): Promise<Invocation>;
  stop(): Promise<void>;
}

/** Lambda gives a bundle 10 s to load and, when they do not do, once more the time of the function itself. */
const INIT_LIMIT_MS = 10_000;

/** Starts a thread for a function. It takes events at once; the time to load the bundle does not count against the timeout. */
export const startInstance = (shape: FunctionShape, onOutput: (text: string) => void): Instance => {
  const data: ThreadData = { file: shape.file, exported: shape.exported };
  const worker = new Worker(new URL('./thread.ts', import.meta.url), {
    workerData: data,
    env: { ...shape.environment },
    stdout: true,
    stderr: true,
    execArgv: [],
    resourceLimits: { maxOldGenerationSizeMb: Math.max(shape.memoryMb, 128) },
  });
  for (const stream of [worker.stdout, worker.stderr])
    stream.on('data', (chunk: Buffer) => {
      onOutput(chunk.toString());
    });

  const state = { alive: true, settle: undefined as ((invocation: FunctionFailure | string) => void) | undefined };
  const ready = Promise.withResolvers<FunctionFailure | undefined>();
  const end = (failure: FunctionFailure): void => {
    state.alive = false;
    ready.resolve(failure);
    state.settle?.(failure);
  };
  worker.on('message', (message: ThreadMessage) => {
    if (message.kind === 'ready') ready.resolve(undefined);
    else if (message.kind === 'unloadable') end(message.failure);
    else state.settle?.(message.kind === 'result' ? message.payload : message.failure);
  });
  worker.on('error', (error: Error) => {
    end({ errorType: 'Runtime.UnhandledError', errorMessage: error.message });
  });
  worker.on('exit', (code) => {
    end({ errorType: 'Runtime.ExitError', errorMessage: `the function's process ended with status ${code}` });
  });

  const stop = async (): Promise<void> => {
    state.alive = false;
    await worker.terminate();
  };

  const run = async (event: string): Promise<Invocation> => {
    const requestId = randomUUID();
    const unloadable = await within(ready.promise, INIT_LIMIT_MS + shape.timeoutMs, () => ({
      errorType: 'Runtime.InitTimeout',
      errorMessage: `the bundle took more than ${(INIT_LIMIT_MS + shape.timeoutMs) / 1000} s to load`,
    }));
    if (unloadable !== undefined) {
      await stop();
      return { kind: 'failure', failure: unloadable, requestId };
    }
    const settled = Promise.withResolvers<FunctionFailure | string>();
    state.settle = settled.resolve;
    worker.postMessage(requestFor(shape, event, requestId));
    const outcome = await within(settled.promise, shape.timeoutMs, () => timedOut(shape, requestId));
    state.settle = undefined;
    if (typeof outcome === 'string') return { kind: 'success', payload: outcome, requestId };
    if (outcome.errorType === TIMED_OUT) await stop();
    return { kind: 'failure', failure: outcome, requestId };
  };

  return {
    get alive() {
      return state.alive;
    },
    run,
    stop,
  };
};

const TIMED_OUT = 'Sandbox.Timedout';

const timedOut = ({ timeoutMs }: FunctionShape, requestId: string): FunctionFailure => ({
  errorType: TIMED_OUT,
  errorMessage: `RequestId: ${requestId} Error: Task timed out after ${(timeoutMs / 1000).toFixed(2)} seconds`,
});

const requestFor = (shape: FunctionShape, event: string, requestId: string): ThreadRequest => ({
  event,
  context: {
    functionName: shape.name,
    invokedFunctionArn: shape.arn,
    memoryLimitInMB: String(shape.memoryMb),
    logGroupName: `/aws/lambda/${shape.name}`,
    awsRequestId: requestId,
    deadlineMs: Date.now() + shape.timeoutMs,
  },
});

/** The promise's value, or the fallback's when it takes longer. */
const within = async <T>(promise: Promise<T>, limitMs: number, fallback: () => T): Promise<T> => {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<T>((resolve) => {
    timer = setTimeout(() => {
      resolve(fallback());
    }, limitMs);
  });
  try {
    return await Promise.race([promise, limit]);
  } finally {
    clearTimeout(timer);
  }
};

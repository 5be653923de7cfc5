import type { Logs } from '../logs.ts';
import { startInstance } from './instance.ts';
import type { FunctionShape, Instance, Invocation } from './instance.ts';

/** A function that can be called: instances start when they are needed and stay warm. */
export interface LambdaFunction {
  readonly shape: FunctionShape;
  /** Calls wait for a free instance when all are busy; AWS would throttle beyond the account's or the reserved concurrency. */
  invoke(event: unknown): Promise<Invocation>;
  /** Calls that are running or waiting. */
  busy(): number;
  stop(): Promise<void>;
}

const MAX_INSTANCES = 4;
/** A synchronous call's event and answer, each (Lambda quota). */
export const MAX_PAYLOAD_BYTES = 6 * 1024 * 1024;

export const makeFunction = (shape: FunctionShape, logs: Logs): LambdaFunction => {
  const most = Math.min(shape.reserved ?? MAX_INSTANCES, MAX_INSTANCES);
  const idle: Instance[] = [];
  const all = new Set<Instance>();
  const waiting: ((instance: Instance) => void)[] = [];
  const state = { busy: 0, stopped: false };

  const start = (): Instance => {
    const instance = startInstance(shape, (text) => {
      logs.write(shape.name, text);
    });
    all.add(instance);
    return instance;
  };
  const take = (): Promise<Instance> => {
    const free = idle.pop();
    if (free !== undefined) return Promise.resolve(free);
    if (all.size < most) return Promise.resolve(start());
    return new Promise((resolve) => {
      waiting.push(resolve);
    });
  };
  const giveBack = (instance: Instance): void => {
    if (!instance.alive) all.delete(instance);
    const next = waiting.shift();
    if (next !== undefined) next(instance.alive ? instance : start());
    else if (instance.alive) idle.push(instance);
  };

  const invoke = async (event: unknown): Promise<Invocation> => {
    if (state.stopped) throw new Error(`${shape.name} is stopped`);
    if (most === 0) return refused('TooManyRequestsException', 'reserved concurrency is 0');
    state.busy += 1;
    const instance = await take();
    try {
      return withinLimits(await instance.run(JSON.stringify(event)), shape, logs);
    } finally {
      state.busy -= 1;
      giveBack(instance);
    }
  };

  return {
    shape,
    invoke,
    busy: () => state.busy,
    stop: async () => {
      state.stopped = true;
      await Promise.all([...all].map((instance) => instance.stop()));
    },
  };
};

const refused = (errorType: string, errorMessage: string): Invocation => ({
  kind: 'failure',
  failure: { errorType, errorMessage },
  requestId: '',
});

const withinLimits = (invocation: Invocation, shape: FunctionShape, logs: Logs): Invocation => {
  if (invocation.kind === 'failure') {
    const { errorType } = invocation.failure;
    if (errorType.startsWith('Sandbox.') || errorType.startsWith('Runtime.'))
      logs.write(shape.name, `${errorType}: ${invocation.failure.errorMessage}`);
    return invocation;
  }
  if (Buffer.byteLength(invocation.payload) <= MAX_PAYLOAD_BYTES) return invocation;
  return refused('Function.ResponseSizeTooLarge', 'the answer is larger than 6 MB');
};

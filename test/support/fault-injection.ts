import { TransactionCanceledException } from '@aws-sdk/client-dynamodb';
import { seededRandom } from './seeded-random.ts';

/** Share of calls (0 to 1) that meet each fault. The sum must not exceed 1. */
export interface FaultRates {
  /** HTTP 500 before the call. */
  readonly serverError?: number;
  /** Throttled before the call. */
  readonly throttle?: number;
  /** TransactionCanceledException with TransactionConflict on every item, before the call; only TransactWriteItems meets it. */
  readonly conflict?: number;
  /** The call is made and takes effect, then the connection breaks: the caller cannot know. */
  readonly lostResponse?: number;
}

/** The rates at which the published experiments were made: 12 % each. */
export const USUAL_RATES: FaultRates = { serverError: 0.12, throttle: 0.12, conflict: 0.12, lostResponse: 0.12 };

export interface Faults {
  /** How often each fault was really injected; assert on it, or a green run proves nothing. */
  readonly injected: Record<keyof FaultRates, number>;
  /** Ends the injection; the client works normally again. */
  stop(): void;
}

/** Any SDK client: each service types its own stack, so what is needed of it is told by its shape alone. */
interface FaultyClient { readonly middlewareStack: { remove(name: string): boolean } }
interface Stack { add(middleware: Middleware, options: { step: 'deserialize'; name: string; priority: 'high' }): void }
type Call = (args: { input: object; request: unknown }) => Promise<{ response: unknown; output: object & { $metadata: object } }>;
type Middleware = (next: Call, context: Record<string, unknown>) => Call;

const MIDDLEWARE_NAME = 'injectFaults';
const HTTP_INTERNAL_ERROR = 500;

/**
 * Makes an SDK client (DynamoDB, S3, SQS ...) fail at the given rates, by a seeded draw per attempt.
 * The faults sit inside the SDK's own retry loop, so its retries are exercised too.
 */
export const withFaults = (client: FaultyClient, { seed, rates }: { seed: number; rates: FaultRates }): Faults => {
  const random = seededRandom(seed);
  const injected = { serverError: 0, throttle: 0, conflict: 0, lostResponse: 0 };
  const stack = client.middlewareStack as unknown as Stack;
  stack.add((next, context) => async (args) => {
    const fault = draw(random(), rates);
    if (fault === undefined) return next(args);
    const items = transactItems(args.input);
    if (fault === 'conflict' && (context['commandName'] !== 'TransactWriteItemsCommand' || items === 0)) return next(args);
    // read to its end (we stand outside the deserializer), else the socket would never be free again; a refusal is lost as well
    if (fault === 'lostResponse') await next(args).catch(() => undefined);
    injected[fault] += 1;
    throw FAULTS[fault](items);
  }, { step: 'deserialize', name: MIDDLEWARE_NAME, priority: 'high' });
  return { injected, stop: () => { client.middlewareStack.remove(MIDDLEWARE_NAME); } };
};

const draw = (value: number, rates: FaultRates): keyof FaultRates | undefined => {
  let upTo = 0;
  for (const fault of ['serverError', 'throttle', 'conflict', 'lostResponse'] as const) {
    upTo += rates[fault] ?? 0;
    if (value < upTo) return fault;
  }
  return undefined;
};

const transactItems = (input: object): number =>
  'TransactItems' in input && Array.isArray(input.TransactItems) ? input.TransactItems.length : 0;

const FAULTS: Record<keyof FaultRates, (items: number) => Error> = {
  serverError: () => Object.assign(new Error('injected: internal server error'),
    { name: 'InternalServerError', $fault: 'server', $metadata: { httpStatusCode: HTTP_INTERNAL_ERROR } }),
  throttle: () => Object.assign(new Error('injected: throttled'),
    { name: 'ThrottlingException', $fault: 'client', $metadata: { httpStatusCode: 400 } }),
  conflict: (items) => new TransactionCanceledException({
    message: 'injected: transaction conflict',
    $metadata: { httpStatusCode: 400 },
    CancellationReasons: Array.from({ length: items }, () => ({ Code: 'TransactionConflict' })),
  }),
  lostResponse: () => Object.assign(new Error('injected: connection reset after the call'), { name: 'Error', code: 'ECONNRESET' }),
};

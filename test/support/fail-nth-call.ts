/** A client as far as it is needed here: each service types its own stack. */
interface StoppableClient { readonly middlewareStack: { remove(name: string): boolean } }
type Call = (args: unknown) => Promise<unknown>;
interface Stack { add(middleware: (next: Call) => Call, options: { step: 'initialize'; name: string; priority: 'high' }): void }

const name = 'failNthCall';

/**
 * Makes a client fail at its nth call and at every later one, as if the process had been killed before it (and so after the call before).
 * Stands outside the SDK's retries. The answer counts the calls; `Infinity` only counts. Undo with `failNthCall.restore(client)`.
 */
export const failNthCall = (client: StoppableClient, n: number): { calls: number } => {
  const seen = { calls: 0 };
  (client.middlewareStack as unknown as Stack).add((next) => async (args) => {
    seen.calls += 1;
    if (seen.calls < n) return next(args);
    throw new Error('stopped');
  }, { step: 'initialize', name, priority: 'high' });
  return seen;
};
failNthCall.restore = (client: StoppableClient): boolean => client.middlewareStack.remove(name);

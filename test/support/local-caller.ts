import type { LocalRun } from '../../local/start.ts';
import type { ProbeCall } from './local-probe.ts';

/** What the probe answered: the SDK's output, or the error it met. */
export type Answer = Record<string, unknown> & {
  error?: string;
  message?: string;
  body?: string;
  VersionId?: string;
  url?: string;
};

/** Has a probe function of a run make an SDK call under its own role. Throws when the function itself fails. */
export const callerOf =
  (run: () => LocalRun, name: string) =>
  async (call: ProbeCall): Promise<Answer> => {
    const invocation = await run().invoke(name, call);
    if (invocation.kind === 'failure') throw new Error(invocation.failure.errorMessage);
    return JSON.parse(invocation.payload) as Answer;
  };

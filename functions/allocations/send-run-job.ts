import type { RunMessage } from '../../shared/contracts/run-message.ts';
import type { Queue } from '../../shared/platform/queue.ts';

/** Tells the worker of runs what is to be done. Twice is harmless: it looks at the run first. */
export type SendRunJob = (message: RunMessage) => Promise<void>;
export const makeSendRunJob = (queue: Queue): SendRunJob => (message) => queue.send(message);

import { Logger } from '@aws-lambda-powertools/logger';

/** Every line that Doseline logs carries one of these codes. A line holds codes, ids and counts: never a body, a name or an error's message. */
export const logEvents = {
  REQUEST_DONE: 'a request was answered',
  REQUEST_FAULT: 'a request failed for a reason that is ours',
  RECORD_FAULT: 'a message or stream record failed and stays where it was',
  RECORD_DROPPED: 'a message or record was refused for good',
  BATCH_DONE: 'a batch of messages or stream records was worked through',
  JOB_DONE: 'a scheduled job or one of its steps ended',
  BALANCE_BROKEN: 'a ledger or a counter does not agree with its entries',
  SIGN_INS_REFUSED: 'an address failed to sign in too often and has to wait',
  RACE_LOST: 'a decision was made again because another writer was first',
} as const;
export type LogEvent = keyof typeof logEvents;

export type LogFields = Readonly<Record<string, string | number | boolean | undefined>>;
/** What a failure line may carry besides; only the kind and the frames of `cause` are written. */
export interface Failure {
  fields?: LogFields;
  cause?: unknown;
}

export interface Log {
  info(event: LogEvent, fields?: LogFields): void;
  warn(event: LogEvent, fields?: LogFields): void;
  error(event: LogEvent, failure?: Failure): void;
}

const frame = /^\s+at .*:\d+:\d+\)?$/;

/** A code of the system, like ECONNRESET. */
const systemCode = /^E[A-Z_]{3,40}$/;
const codeOf = (cause: Error): { code?: string } =>
  'code' in cause && typeof cause.code === 'string' && systemCode.test(cause.code) ? { code: cause.code } : {};

/** What may be told of a thrown thing: its kind and the places it passed. Messages can quote what was sent, lines that look like places among it. */
export const faultFields = (cause: unknown): { fault: string; code?: string; frames: string } => {
  if (!(cause instanceof Error)) return { fault: typeof cause, frames: '' };
  const { message, stack = '' } = cause;
  const places = stack.includes(message) ? stack.slice(stack.indexOf(message) + message.length) : stack;
  const frames = places.split('\n').filter((line) => frame.test(line)).slice(0, 6);
  return { fault: cause.name, ...codeOf(cause), frames: frames.map((line) => line.trim()).join(' < ') };
};

/** A logger bound to its fields. There are no shared keys: parallel records never write into each other's lines. */
export const makeLog = (
  service: string,
  bound: LogFields = {},
  logger = new Logger({ serviceName: service }),
): Log & { with(fields: LogFields): Log } => ({
  info: (event, fields) => logger.info(event, { ...bound, ...fields }),
  warn: (event, fields) => logger.warn(event, { ...bound, ...fields }),
  error: (event, { cause, fields } = {}) => logger.error(event, { ...bound, ...fields, ...(cause === undefined ? {} : faultFields(cause)) }),
  with: (fields) => makeLog(service, { ...bound, ...fields }, logger),
});

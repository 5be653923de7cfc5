import type { Logs } from '../logs.ts';

export type LogContext = Readonly<Record<string, string | number | undefined>>;

export const ACCESS_LOG = 'api-access';

/** The line of the stage's access log format; what the format asks for and the call does not have is a dash. */
export const accessLine = (format: string, context: LogContext): string =>
  format.replaceAll(/\$context\.([A-Za-z][A-Za-z0-9_.:]*[A-Za-z0-9])/g, (_whole, name: string) => String(context[name] ?? '-'));

export const logAccess = (logs: Logs, format: string | undefined, context: LogContext): void => {
  if (format !== undefined) logs.write(ACCESS_LOG, accessLine(format, context));
};

import { appendFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';

export interface LogLine {
  /** Name of the function, or `api-access` for the gateway's access log. */
  readonly source: string;
  readonly line: string;
}

/** What CloudWatch Logs would hold: every line a function or the gateway wrote, in order of arrival. */
export interface Logs {
  write(source: string, text: string): void;
  lines(source?: string): readonly LogLine[];
  onLine(listener: (line: LogLine) => void): void;
}

/** Beyond this many lines the oldest are dropped from memory; a run with a data directory keeps them all in its files. */
const MAX_LINES = 200_000;

export const makeLogs = (dataDir?: string): Logs => {
  const kept: LogLine[] = [];
  const listeners: ((line: LogLine) => void)[] = [];
  const directory = dataDir === undefined ? undefined : join(dataDir, 'logs');
  if (directory !== undefined) mkdirSync(directory, { recursive: true });
  return {
    write: (source, text) => {
      const lines = text
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => ({ source, line }));
      kept.push(...lines);
      if (kept.length > MAX_LINES) kept.splice(0, kept.length - MAX_LINES);
      if (directory !== undefined && lines.length > 0) {
        appendFileSync(join(directory, `${source}.log`), lines.map(({ line }) => `${line}\n`).join(''));
      }
      for (const listener of listeners) lines.forEach(listener);
    },
    lines: (source) => (source === undefined ? kept : kept.filter((line) => line.source === source)),
    onLine: (listener) => {
      listeners.push(listener);
    },
  };
};

/** Everything a process writes while a piece of work runs: what CloudWatch Logs would hold. */
export interface Captured {
  readonly lines: readonly string[];
  stop(): void;
}

const levels = ['log', 'info', 'warn', 'error', 'debug', 'trace'] as const;

/** Takes over stdout, stderr and the console until `stop`. */
export const captureOutput = (): Captured => {
  const lines: string[] = [];
  const keep = (text: unknown): void => { lines.push(...String(text).split('\n').filter((line) => line !== '')); };
  const streams = [process.stdout, process.stderr].map((stream) => ({ stream, write: stream.write.bind(stream) }));
  for (const { stream } of streams) stream.write = ((piece: unknown) => { keep(piece); return true; });
  const before = Object.fromEntries(levels.map((level) => [level, console[level].bind(console)]));
  for (const level of levels) console[level] = (...told: unknown[]) => { told.forEach((part) => { keep(part instanceof Error ? `${part.stack ?? ''} ${part.message}` : typeof part === 'string' ? part : JSON.stringify(part)); }); };
  return {
    lines,
    stop: () => {
      for (const { stream, write } of streams) stream.write = write;
      Object.assign(console, before);
    },
  };
};

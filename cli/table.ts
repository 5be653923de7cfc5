export type Cell = string | number;

const shown = (cell: Cell): string => (typeof cell === 'number' ? cell.toLocaleString('en-US') : cell);

/** Rows under a heading, numbers to the right: for people. `--json` prints the rows themselves. */
export const table = (columns: readonly string[], rows: readonly (readonly Cell[])[]): string => {
  const widths = columns.map((title, column) => Math.max(title.length, ...rows.map((row) => shown(row[column] ?? '').length)));
  const line = (cells: readonly Cell[]): string =>
    cells
      .map((cell, column) => (typeof cell === 'number' ? shown(cell).padStart(widths[column] ?? 0) : shown(cell).padEnd(widths[column] ?? 0)))
      .join('  ')
      .trimEnd();
  const heading = columns.map((title, column) =>
    typeof rows[0]?.[column] === 'number' ? title.padStart(widths[column] ?? 0) : title.padEnd(widths[column] ?? 0),
  );
  return [heading.join('  ').trimEnd(), widths.map((width) => '-'.repeat(width)).join('  '), ...rows.map(line)].join('\n');
};

/** One line a step, with what it came to: the progress display of long commands. Goes to stderr, so that stdout stays data. */
export const makeProgress = (isQuiet = false) => {
  const started = performance.now();
  const say = (text: string): void => {
    if (!isQuiet) process.stderr.write(`${text}\n`);
  };
  const step = async <T>(title: string, run: () => Promise<T>, told: (result: T) => string = () => ''): Promise<T> => {
    const seconds = ((performance.now() - started) / 1000).toFixed(1).padStart(6);
    const isTerminal = process.stderr.isTTY && !isQuiet;
    if (isTerminal) process.stderr.write(`${seconds}s  ${title} ...`);
    const result = await run();
    const text = told(result);
    say(`${isTerminal ? '\r' : ''}${seconds}s  ${title}${text === '' ? '' : `: ${text}`}`);
    return result;
  };
  return { say, step };
};
export type Progress = ReturnType<typeof makeProgress>;

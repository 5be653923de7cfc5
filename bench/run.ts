import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

// `npm run bench [-- names...] [-- --json]`: runs the benchmarks one after the other and prints what they measured beside what they aim
// at. It judges nothing: a slow machine is no failure.

/** What a benchmark measured. Every bench module exports one function, `bench...`, that resolves to this. */
export interface BenchResult {
  title: string;
  /** One row a measurement; the columns name their units. */
  rows: Record<string, string | number>[];
  /** Ours against the named peer or floor, measured in the same run. */
  ratio: number;
  /** The aim in words. */
  aim: string;
  /** Set by a benchmark whose aim is more than its ratio. */
  isMet?: boolean;
}

/** The benchmarks, and when the ratio of each meets its aim. */
const benches: Readonly<Record<string, (ratio: number) => boolean>> = {
  'dose-units': (ratio) => ratio <= 1,
  'dose-message': (ratio) => ratio <= 2,
  arrival: (ratio) => ratio <= 1,
  'api-import': (ratio) => ratio <= 1.3,
  match: (ratio) => ratio <= 1.25,
  'hl7-parse': (ratio) => ratio >= 1,
  'hl7-path': (ratio) => ratio >= 0.1,
  'hl7-mutations': (ratio) => ratio === 0,
  cvrs: (ratio) => ratio <= 2,
  allocation: (ratio) => ratio <= 10,
  'allocation-runs': (ratio) => ratio <= 0.5,
};

const table = (rows: BenchResult['rows']): string => {
  const columns = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  const widths = columns.map((column) => Math.max(column.length, ...rows.map((row) => String(row[column] ?? '').length)));
  const line = (cells: readonly (string | number)[]): string =>
    cells
      .map((cell, at) => (typeof cell === 'number' || /^[\d.]+$/.test(cell) ? String(cell).padStart(widths[at] ?? 0) : cell.padEnd(widths[at] ?? 0)))
      .join('  ')
      .trimEnd();
  return [line(columns), line(widths.map((width) => '-'.repeat(width))), ...rows.map((row) => line(columns.map((column) => row[column] ?? '')))].join(
    '\n',
  );
};

type Bench = () => Promise<BenchResult>;

/** The one benchmark of a module; undefined when there is no such module yet. */
const load = async (name: string): Promise<Bench | undefined> => {
  const file = join(import.meta.dirname, `${name}.ts`);
  if (!existsSync(file)) return undefined;
  const module = (await import(pathToFileURL(file).href)) as Record<string, unknown>;
  const [bench] = Object.entries(module)
    .filter(([exported, value]) => exported.startsWith('bench') && typeof value === 'function')
    .map(([, value]) => value as Bench);
  return bench;
};

interface Report extends BenchResult {
  name: string;
  isMet: boolean;
  seconds: number;
}

const measure = async (name: string, bench: Bench): Promise<Report> => {
  const started = performance.now();
  const result = await bench();
  return { name, isMet: benches[name]?.(result.ratio) ?? false, ...result, seconds: Math.round((performance.now() - started) / 100) / 10 };
};

const main = async (): Promise<void> => {
  const options = process.argv.slice(2);
  const isJson = options.includes('--json');
  const say = (text: string): void => { if (!isJson) console.log(text); };
  const asked = options.filter((option) => !option.startsWith('--'));
  const unknown = asked.filter((name) => !(name in benches));
  if (unknown.length > 0) {
    console.error(`There is no benchmark ${unknown.join(', ')}. There are: ${Object.keys(benches).join(', ')}`);
    process.exitCode = 2;
    return;
  }
  const reports: (Report | { name: string; missing: string })[] = [];
  for (const name of asked.length > 0 ? asked : Object.keys(benches)) {
    try {
      const bench = await load(name);
      if (bench === undefined) throw new Error(`bench/${name}.ts exports no benchmark`);
      const report = await measure(name, bench);
      reports.push(report);
      say(
        `\n${report.title} (${name}, ${report.seconds} s)\n\n${table(report.rows)}\n\nratio ${report.ratio.toFixed(2)}; aim: ${report.aim}: ${report.isMet ? 'met' : 'NOT met'}`,
      );
    } catch (error) {
      const missing = error instanceof Error ? error.message : String(error);
      reports.push({ name, missing });
      say(`\n${name}: not measured: ${missing}`);
    }
  }
  if (isJson) console.log(JSON.stringify(reports, undefined, 2));
};

await main();

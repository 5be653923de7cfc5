import { Command, InvalidArgumentError } from 'commander';
import type { ApiClient } from './api-client.ts';
import { clientOf } from './commands/figures.ts';
import { table, type Cell } from './table.ts';

type Option = readonly [flags: string, description: string, parse?: (text: string) => string];
export type Row = Record<string, unknown>;

/** One thing that can be done with the API, as a command: what it takes, what it asks for, which fields people are shown. */
export interface WeekVerb {
  readonly name: string;
  readonly description: string;
  readonly args?: readonly (readonly [name: string, description: string])[];
  readonly required?: readonly Option[];
  readonly options?: readonly Option[];
  readonly columns: readonly string[];
  /** The rows of the table, where the answer is not one itself. */
  readonly rows?: (answer: never) => readonly Row[];
  readonly run: (api: ApiClient, args: readonly string[], options: Readonly<Record<string, string>>) => Promise<Row | readonly Row[]>;
}

/** A piece of a path, as it is sent. */
export const part = encodeURIComponent;

export const wholeNumber = (text: string): string => {
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError('must be a whole number');
  return text;
};

const cellOf = (value: unknown): Cell =>
  typeof value === 'number' || typeof value === 'string' ? value : value === undefined ? '-' : JSON.stringify(value);

const textOf = (answer: Row | readonly Row[], columns: readonly string[]): string => {
  const rows = Array.isArray(answer) ? (answer as readonly Row[]) : [answer as Row];
  return rows.length === 0 ? 'None.' : table(columns, rows.map((row) => columns.map((column) => cellOf(row[column]))));
};

/** A table for people, the answer as it is for programs. Exit code 1 with the API's own words where it refuses. */
export const makeWeekVerb = ({ name, description, args = [], required = [], options = [], columns, rows, run }: WeekVerb): Command => {
  const command = new Command(name).description(description);
  for (const [argument, what] of args) command.argument(argument, what);
  for (const [flags, what, parse = String] of required) command.requiredOption(flags, what, parse);
  for (const [flags, what, parse = String] of options) command.option(flags, what, parse);
  return command
    .option('--api <url>', 'the API, when it is not the system that runs here')
    .option('--token <token>', 'a token for it')
    .option('--admin <url>', 'a system that runs elsewhere on this machine')
    .option('--json', 'the answer as it is')
    .action(async () => {
      const { json, ...where } = command.opts<{ json?: true; api?: string; token?: string; admin?: string }>();
      const answer = await run(await clientOf(where), command.args, command.opts<Record<string, string>>());
      process.stdout.write(
        `${json === undefined ? textOf(rows === undefined ? answer : rows(answer as never), columns) : JSON.stringify(answer, null, 2)}\n`,
      );
    });
};

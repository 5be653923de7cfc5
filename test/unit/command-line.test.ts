import { describe, expect, it } from '@jest/globals';
import { CommanderError, type Command } from 'commander';
import { commandNames, makeProgram } from '../../cli/program.ts';
import { doseline } from '../support/command.ts';

interface Leaf {
  readonly words: string;
  readonly command: Command;
}
const leavesOf = (command: Command, words: readonly string[] = []): Leaf[] =>
  command.commands.length === 0 ? [{ words: words.join(' '), command }] : command.commands.flatMap((each) => leavesOf(each, [...words, each.name()]));

const program = await makeProgram();
const leaves = leavesOf(program);
const named = leaves.map(({ words, command }) => [words, command] as const);

/** What prints no figures: why `--json` would say nothing. */
const noJson: Readonly<Record<string, string>> = { 'doses template': 'prints a CSV file, which is for programs already' };

describe('The command-line tool', () => {
  it('lists every command, and each with its name alone', async () => {
    expect(program.commands.map((command) => command.name())).toEqual(commandNames);
    for (const name of commandNames) expect(program.helpInformation()).toMatch(new RegExp(`^  ${name} .*\\w`, 'm'));
    const alone = await Promise.all(commandNames.map(async (name) => (await makeProgram(name)).commands.map((command) => command.name())));
    expect(alone.every((names, at) => names.includes(commandNames[at] ?? ''))).toBe(true);
    expect(Math.max(...alone.map((names) => names.length))).toBeLessThan(commandNames.length / 2);
  });

  it.each(named)('%s --help says what it does and what each argument and option is', (_words, command) => {
    const help = command.helpInformation();
    expect(command.description().split(' ').length).toBeGreaterThan(3);
    for (const { description, flags } of command.options) expect({ flags, words: description.split(' ').length > 1 }).toEqual({ flags, words: true });
    for (const argument of command.registeredArguments) expect({ argument: argument.name(), words: argument.description.split(' ').length > 1 }).toEqual({ argument: argument.name(), words: true });
    expect(help).toContain('--help');
  });

  it.each(named)('%s prints JSON for programs, unless it says why not', (words, command) => {
    expect(command.options.some(({ long }) => long === '--json')).toBe(!Object.hasOwn(noJson, words));
  });

  it.each(named)('%s asked wrongly, ends with 1 and says whose help to read', async (words) => {
    const strict = (command: Command): void => {
      command.exitOverride().configureOutput({ writeErr: (text) => said.push(text) });
      command.commands.forEach(strict);
    };
    const said: string[] = [];
    const asked = await makeProgram(words.split(' ')[0]);
    strict(asked);
    const ended = await asked.parseAsync([...words.split(' '), '--no-such-option'], { from: 'user' }).catch((error: unknown) => error);
    expect(ended).toBeInstanceOf(CommanderError);
    expect(ended).toMatchObject({ exitCode: 1 });
    expect(said.join('')).toMatch(/no-such-option|required option/);
    expect(said.join('')).toContain(`(doseline ${words} --help shows`);
  });

  it.each<[string, string[], number, string]>([
    ['nobody asked for anything', ['--help'], 0, ''],
    ['the command is none', ['figure'], 1, 'Did you mean figures?'],
    ['the system does not run', ['tokens', '--admin', 'http://127.0.0.1:9'], 1, 'No system answers at http://127.0.0.1:9'],
  ])('as a program ends with its code and without a stack when %s', async (_what, words, code, says) => {
    const ended = await doseline(...words);
    expect(ended.code).toBe(code);
    expect(ended.stderr).toContain(says);
    expect(ended.stderr).not.toContain('    at ');
  });
});

import { Command } from 'commander';

interface Shelf {
  readonly names: readonly string[];
  readonly load: () => Promise<readonly Command[]>;
}
/** Where each command is. One that is named is loaded alone: most need nothing of what the others do. */
const shelves: readonly Shelf[] = [
  { names: ['start'], load: async () => [(await import('./commands/start.ts')).startCommand] },
  { names: ['replay'], load: async () => [(await import('./commands/replay.ts')).replayCommand] },
  { names: ['allocate'], load: async () => [(await import('./commands/allocate.ts')).allocateCommand] },
  { names: ['lab'], load: async () => [(await import('./commands/lab.ts')).labCommand] },
  { names: ['runs'], load: async () => [(await import('./commands/runs.ts')).runsCommand] },
  { names: ['supply', 'policies', 'awards', 'debts'], load: async () => (await import('./commands/week.ts')).weekCommands },
  {
    names: ['requests', 'attestations', 'disputes', 'standing', 'figure-rules'],
    load: async () => (await import('./commands/site-week.ts')).siteWeekCommands,
  },
  { names: ['match'], load: async () => [(await import('./commands/match.ts')).matchCommand] },
  { names: ['doses'], load: async () => [(await import('./commands/doses.ts')).dosesCommand] },
  { names: ['hl7'], load: async () => [(await import('./commands/hl7.ts')).hl7Command] },
  { names: ['quality'], load: async () => [(await import('./commands/quality.ts')).qualityCommand] },
  { names: ['practices'], load: async () => [(await import('./commands/practices.ts')).practicesCommand] },
  { names: ['figures', 'outlook'], load: async () => (await import('./commands/figures.ts')).figureCommands },
  {
    names: ['run', 'reconcile', 'recount', 'resources', 'tokens', 'clock'],
    load: async () => (await import('./commands/operate.ts')).operateCommands,
  },
];
export const commandNames: readonly string[] = shelves.flatMap(({ names }) => names);

const withHint = (command: Command): void => {
  command.showHelpAfterError(`(${[...wordsOf(command), '--help'].join(' ')} shows what there is)`);
  command.commands.forEach(withHint);
};
const wordsOf = (command: Command): string[] => (command.parent === null ? [command.name()] : [...wordsOf(command.parent), command.name()]);

/** The tool with the command that is asked for, or with all of them when none is (its help, a name that is none). */
export const makeProgram = async (asked?: string): Promise<Command> => {
  const named = shelves.filter(({ names }) => asked !== undefined && names.includes(asked));
  const program = new Command('doseline')
    .description('Vaccine distribution of one jurisdiction: run it on this machine, replay real input, operate it.')
    .addHelpText('after', `
doseline <command> --help says what a command takes. Where commands have a --json, it prints the same for programs; progress and faults go to stderr.
Exit code: 0 done; 1 not done, stderr says why; others are in the command's own help.`);
  for (const shelf of named.length > 0 ? named : shelves) for (const command of await shelf.load()) program.addCommand(command);
  withHint(program);
  return program;
};

import { Command } from 'commander';
import { allocateCommand } from './commands/allocate.ts';
import { figureCommands } from './commands/figures.ts';
import { dosesCommand } from './commands/doses.ts';
import { hl7Command } from './commands/hl7.ts';
import { labCommand } from './commands/lab.ts';
import { matchCommand } from './commands/match.ts';
import { operateCommands } from './commands/operate.ts';
import { qualityCommand } from './commands/quality.ts';
import { replayCommand } from './commands/replay.ts';
import { runsCommand } from './commands/runs.ts';
import { startCommand } from './commands/start.ts';

const program = new Command('doseline')
  .description('Vaccine distribution of one jurisdiction: run it on this machine, replay real input, operate it.')
  .showHelpAfterError('(--help shows what there is)')
  .addCommand(startCommand)
  .addCommand(replayCommand)
  .addCommand(allocateCommand)
  .addCommand(labCommand)
  .addCommand(runsCommand)
  .addCommand(matchCommand)
  .addCommand(dosesCommand)
  .addCommand(hl7Command)
  .addCommand(qualityCommand);
for (const command of [...figureCommands, ...operateCommands]) program.addCommand(command);

/** A mistake of the caller is told in one line; anything else with its stack. Either way the exit code is 1. */
const fail = (error: unknown): void => {
  const isUnreachable = error instanceof TypeError && error.message === 'fetch failed';
  const isExpected = error instanceof Error && (isUnreachable || ['ApiError', 'UsageError'].includes(error.name));
  process.stderr.write(`\n${isUnreachable ? 'Nobody answers at that address.' : isExpected ? error.message : error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  process.exitCode = 1;
};

await program.parseAsync().catch(fail);

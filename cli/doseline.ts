import { makeProgram } from './program.ts';

/** A mistake of the caller is told in one line; anything else with its stack. Either way the exit code is 1. */
const fail = (error: unknown): void => {
  const isUnreachable = error instanceof TypeError && error.message === 'fetch failed';
  const isExpected = error instanceof Error && (isUnreachable || ['ApiError', 'UsageError'].includes(error.name));
  process.stderr.write(
    `\n${isUnreachable ? 'Nobody answers at that address.' : isExpected ? error.message : error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`,
  );
  process.exitCode = 1;
};

// Who reads the output may stop before its end (`| head`): then nothing is left to do.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit();
});

const program = await makeProgram(process.argv[2]);
await program.parseAsync().catch(fail);

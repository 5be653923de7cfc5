import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { Command, InvalidArgumentError } from 'commander';
import { startMllp } from '../../local/mllp.ts';
import type { LocalRun } from '../../local/start.ts';
import { jurisdictionFor } from '../../shared/codes/jurisdiction.ts';
import { instantOf } from '../../shared/kernel/dates.ts';
import { balanceTable, exportTable, isBalanced, submissionTable } from '../play/outcome.ts';
import { playedWeek } from '../play/story.ts';
import { playWeek } from '../play/week.ts';
import { leaveAddress, loggedErrors, startSystem, takeAddressBack } from '../system.ts';
import { makeProgress, table } from '../table.ts';

interface StartOptions {
  fresh?: true;
  data?: string;
  port?: number;
  once?: true;
  mllp?: number;
  mllpClient: string;
  jurisdiction: string;
  play: boolean;
  json?: true;
  out?: string;
}

/** Where a kept run leaves its clock: a played week lies in 2021 and must not jump to today. */
const clockFile = 'clock.txt';

const port = (text: string): number => {
  const number = Number(text);
  if (!Number.isInteger(number) || number < 0 || number > 65_535) throw new InvalidArgumentError('must be a port, 0 to 65535');
  return number;
};

/** Where to look once it is up, and the tokens to look with. */
const welcome = async (run: LocalRun): Promise<string> => {
  const tokens = await run.tokens();
  return [
    '',
    `API             ${run.apiUrl}`,
    `its page        ${run.apiUrl}/docs`,
    `its document    ${run.apiUrl}/openapi.json`,
    `S3, to browse   ${run.adminUrl}/_local/s3`,
    `this run        ${run.adminUrl}/_local/   (clock, logs, schedules, tokens; only on this machine)`,
    '',
    'Ready-made tokens (curl -H "authorization: Bearer ..."):',
    ...tokens.map(({ role, subject, token }) => `\n${role} (${subject})\n${token}`),
    '',
    'In another terminal: npm run doseline -- run nightly --day 2021-03-12',
    'Ctrl-C ends everything.',
  ].join('\n');
};

/** A listener for EHR test tools that speak MLLP; everything on it is sent as one machine client. */
const openMllp = async (run: LocalRun, { mllp, mllpClient }: StartOptions, progress: { say(line: string): void }): Promise<() => Promise<void>> => {
  if (mllp === undefined) return () => Promise.resolve();
  const token = async (): Promise<string> => {
    const found = (await run.tokens()).find(({ role }) => role === mllpClient);
    if (found === undefined) throw new Error(`there is no machine client ${mllpClient}`);
    return found.token;
  };
  await token();
  const listener = await startMllp({
    port: mllp,
    apiUrl: run.apiUrl,
    token,
    onTrouble: (what) => progress.say(`MLLP: ${what}; the connection was closed`),
  });
  progress.say(`MLLP            127.0.0.1:${listener.port}, as ${mllpClient}`);
  return () => listener.stop();
};

const untilInterrupted = (): Promise<void> =>
  new Promise((done) => {
    // Kept on: a terminal sends Ctrl-C to the whole group, so it may arrive twice, and the second must not cut the ending short.
    process.on('SIGINT', () => done());
    process.on('SIGTERM', () => done());
  });

export const startCommand = new Command('start')
  .description('Start the whole system on this machine, play one week of the programme, and stay up')
  .option('--fresh', 'forget what --data kept')
  .option('--data <dir>', 'keep tables, queues and objects in this folder; started again with it, the system goes on where it stopped')
  .option('--port <number>', 'port of the API (default 8400, or any free one)', port)
  .option('--mllp <port>', 'listen for HL7 over MLLP on this port of this machine, for EHR test tools', port)
  .option('--mllp-client <name>', 'machine client as which those messages are sent', 'sample-ehr')
  .option('--jurisdiction <code>', 'awardee code', 'CTA')
  .option('--once', 'play, check the balances, and end; exit code 1 when anything does not balance')
  .option('--no-play', 'play nothing: empty, or what --data holds')
  .option('--out <dir>', 'start from this synthesised folder instead of synthesising')
  .option('--json', 'print what happened as JSON')
  .action(async (options: StartOptions) => {
    const progress = makeProgress();
    const dataDir = options.data === undefined ? undefined : resolve(options.data);
    if (dataDir !== undefined && options.fresh === true) rmSync(dataDir, { recursive: true, force: true });
    const goesOn = dataDir !== undefined && existsSync(join(dataDir, clockFile));
    const plays = options.play && !goesOn;
    const kept = goesOn ? readFileSync(join(dataDir, clockFile), 'utf8') : undefined;
    const clock = kept ?? (options.play ? instantOf(playedWeek, '00:00', jurisdictionFor(options.jurisdiction).timeZone) : undefined);
    const run = await startSystem(progress, {
      port: options.port,
      dataDir,
      clock,
      outDir: options.out === undefined ? undefined : resolve(options.out),
    });
    const interrupted = untilInterrupted();
    let closeMllp = (): Promise<void> => Promise.resolve();
    try {
      leaveAddress(run);
      if (goesOn) progress.say(`${dataDir ?? ''} holds an earlier run: it goes on from there (--fresh forgets it and plays the week anew)`);
      if (plays) {
        const { events, outcome, names } = await playWeek(run, progress, options.jurisdiction);
        const balanced = isBalanced(outcome);
        if (options.json === true) process.stdout.write(`${JSON.stringify({ balanced, events, ...outcome }, null, 2)}\n`);
        else
          process.stdout.write(
            `\n${table(['what happened', 'of', 'count'], events)}\n\n${balanceTable(outcome, (siteId) => names.get(siteId) ?? siteId)}\n\n${submissionTable(outcome)}\n\n${exportTable(outcome)}\n\n${
              balanced ? 'Everything balances.' : 'NOT BALANCED: a gap, a finding or a counter is off.'
            } ${outcome.recount.persons} persons recounted, ${outcome.recount.differences} differences.\n`,
          );
        if (!balanced) process.exitCode = 1;
      }
      if (options.once === true) return;
      closeMllp = await openMllp(run, options, progress);
      process.stdout.write(`${await welcome(run)}\n`);
      await interrupted;
      process.stderr.write('\nEnding ...\n');
    } catch (error) {
      process.stderr.write(loggedErrors(run));
      throw error;
    } finally {
      takeAddressBack();
      await closeMllp();
      if (dataDir !== undefined) writeFileSync(join(dataDir, clockFile), run.clock.iso());
      await run.stop();
    }
  });

import { Command, InvalidArgumentError } from 'commander';
import { z } from 'zod';
import { jurisdictionFor } from '../../shared/codes/jurisdiction.ts';
import { addDays, instantOf, isDay } from '../../shared/kernel/dates.ts';
import { runningSystem } from '../system.ts';
import { table } from '../table.ts';
import { UsageError } from '../usage-error.ts';

interface AdminOption {
  admin?: string;
}

const ask = async (options: AdminOption, method: string, path: string, body?: unknown): Promise<unknown> => {
  const { adminUrl } = runningSystem(options.admin);
  const response = await fetch(`${adminUrl}/_local/${path}`, { method, ...(body === undefined ? {} : { body: JSON.stringify(body) }) }).catch(() => {
    throw new UsageError(`No system answers at ${adminUrl}. Start one with \`npm start\`.`);
  });
  const answer: unknown = await response.json();
  if (!response.ok) throw new UsageError((answer as { error: string }).error);
  return answer;
};

/** A function's answer comes as JSON text inside the invocation: shown as what it says. */
const print = (answer: unknown): void => {
  const { payload } = (answer ?? {}) as { payload?: unknown };
  const shown: unknown = typeof payload === 'string' && payload !== '' ? { ...(answer as object), payload: JSON.parse(payload) as unknown } : answer;
  process.stdout.write(`${JSON.stringify(shown, null, 2)}\n`);
};

export const realDay = (text: string): string => {
  if (!isDay(text)) throw new InvalidArgumentError('must be a real day, written YYYY-MM-DD');
  return text;
};

const admin = (command: Command): Command =>
  command.option('--admin <url>', 'a system that runs elsewhere on this machine').option('--json', 'the answer as it is, which is JSON in any case');

/** The morning after a day, at which the nightly work of that day is due. */
const morningAfter = (day: string, jurisdiction: string): string => instantOf(addDays(day, 1), '03:00', jurisdictionFor(jurisdiction).timeZone);

const runSchedule = admin(
  new Command('run')
    .description('Fire a schedule of the running system by hand: nightly, reconcile or recount')
    .argument('<schedule>', 'nightly, reconcile or recount'),
)
  .option('--day <day>', 'as of the morning after this day (YYYY-MM-DD)', realDay)
  .option('--jurisdiction <code>', 'awardee code', 'CTA')
  .action(async (schedule: string, options: AdminOption & { day?: string; jurisdiction: string }) => {
    print(
      await ask(
        options,
        'POST',
        `schedules/${schedule}`,
        options.day === undefined ? {} : { scheduledTime: morningAfter(options.day, options.jurisdiction) },
      ),
    );
  });

const recount = admin(new Command('recount').description('Compare every coverage counter with a recount from the dose records'))
  .option('--repair', 'write what the recount says')
  .action(async (options: AdminOption & { repair?: true }) => {
    const { now } = (await ask(options, 'GET', 'clock')) as { now: string };
    print(await ask(options, 'POST', 'invoke/reports-on-recount', { scheduledTime: now, ...(options.repair === true ? { repair: true } : {}) }));
  });

const reconcile = admin(new Command('reconcile').description('Compare every stock account with its entries and write the balances of the day'))
  .option('--repair', 'after a restore: make accounts what their entries say')
  .action(async (options: AdminOption & { repair?: true }) => {
    const { now } = (await ask(options, 'GET', 'clock')) as { now: string };
    print(await ask(options, 'POST', 'invoke/inventory-on-reconcile', { scheduledTime: now, ...(options.repair === true ? { repair: true } : {}) }));
  });

const resources = new Command('resources')
  .description('What the local run does with each resource type of the template')
  .option('--admin <url>', 'a system that runs elsewhere on this machine')
  .option('--json', 'the answer as it is')
  .action(async (options: AdminOption & { json?: true }) => {
    const types = (await ask(options, 'GET', 'resources')) as Record<string, unknown>;
    if (options.json === true) return print(types);
    process.stdout.write(
      `${table(
        ['resource type', 'locally'],
        Object.entries(types).map(([type, how]) => [type, typeof how === 'string' ? how : JSON.stringify(how)]),
      )}\n`,
    );
  });

/** One token as it is, to be put into a variable; without a name all that are ready. */
const tokens = admin(
  new Command('tokens').description(
    'Ready-made tokens of the running system, one for each role and a second dph-allocator, who publishes what the first proposed. With --subject: a token for a person of that name, alone',
  ),
)
  .option('--subject <name>', 'who asks; needs --role')
  .option('--role <role>', 'what they are: dph-allocator, provider-staff ...')
  .action(async ({ subject, role, ...options }: AdminOption & { subject?: string; role?: string }) => {
    if ((subject === undefined) !== (role === undefined))
      throw new UsageError('Give both --subject and --role, or neither for the ready-made tokens.');
    if (subject === undefined || role === undefined) return print(await ask(options, 'GET', 'tokens'));
    const { token } = (await ask(options, 'POST', 'tokens', { sub: subject, groups: [role] })) as { token: string };
    process.stdout.write(`${token}\n`);
  });

const instantText = (text: string): string => {
  if (!z.iso.datetime({ offset: true }).safeParse(text).success) throw new InvalidArgumentError('must be an instant such as 2021-03-09T17:05:00Z');
  return text;
};

const clock = admin(
  new Command('clock').description(
    "The running system's clock, or set it, to pass a cut-off or a week; from there it runs on. Tokens made before may have run out then. Delays of queues (stock that came is heard of after three minutes) run by the wall clock, not by this one",
  ),
)
  .argument('[instant]', 'an instant with its zone, such as 2021-03-09T17:05:00Z', instantText)
  .action(async (instant: string | undefined, options: AdminOption) =>
    print(await (instant === undefined ? ask(options, 'GET', 'clock') : ask(options, 'POST', 'clock', { instant }))),
  );

export const operateCommands: readonly Command[] = [runSchedule, reconcile, recount, resources, tokens, clock];

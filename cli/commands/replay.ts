import { resolve } from 'node:path';
import { Command } from 'commander';
import { jurisdictionFor } from '../../shared/codes/jurisdiction.ts';
import { instantOf } from '../../shared/kernel/dates.ts';
import { balanceTable, exportTable, isBalanced, submissionTable } from '../play/outcome.ts';
import { replayMarch } from '../replay/march.ts';
import type { Answers } from '../replay/post-messages.ts';
import { readShipments, readVxus } from '../replay/read-input.ts';
import { loggedErrors, startSystem } from '../system.ts';
import { makeProgress, table } from '../table.ts';

const answerTable = (answers: readonly Answers[]): string => {
  const codes = [...new Set(answers.flatMap((answer) => Object.keys(answer.codes)))].sort();
  return table(
    ['messages', 'posted', ...codes],
    answers.map((answer) => [answer.kind, answer.posted, ...codes.map((code) => answer.codes[code] ?? 0)]),
  );
};

const faultTable = (answers: readonly Answers[]): string =>
  answers
    .map(
      ({ kind, faults }) =>
        `What the acknowledgements of "${kind}" say most often:\n${faults.map(({ text, count }) => `  ${String(count).padStart(5)}  ${text}`).join('\n')}`,
    )
    .join('\n\n');

export const replayCommand = new Command('replay')
  .description('Replay real shipments and real HL7 messages through a fresh system on this machine')
  .requiredOption('--shipments <file>', 'shipment lines as Tiberius writes them (CSV)')
  .requiredOption('--messages <dir>', 'a folder of HL7 messages; every VXU in it is posted')
  .option('--jurisdiction <code>', 'awardee code', 'CTA')
  .option('--out <dir>', 'start from this synthesised folder instead of synthesising')
  .option('--json', 'print the result as JSON')
  .action(async (options: { shipments: string; messages: string; jurisdiction: string; json?: true; out?: string }) => {
    const progress = makeProgress();
    const { text, rows } = readShipments(options.shipments);
    const messages = readVxus(options.messages);
    const run = await startSystem(progress, {
      port: 0,
      outDir: options.out === undefined ? undefined : resolve(options.out),
      clock: instantOf('2021-02-01', '00:00', jurisdictionFor(options.jurisdiction).timeZone),
    });
    try {
      const result = await replayMarch(run, { csv: text, rows, messages }, progress, options.jurisdiction);
      const answered = result.answers.every(({ codes }) => codes['none'] === undefined);
      const balanced = isBalanced(result.outcome) && answered;
      if (options.json === true)
        process.stdout.write(`${JSON.stringify({ balanced, ...result, names: Object.fromEntries(result.names) }, null, 2)}\n`);
      else
        process.stdout.write(
          [
            '',
            table(['what happened', 'of', 'count'], result.events),
            answerTable(result.answers),
            faultTable(result.answers),
            table(
              ['doses told for the sites', 'because', 'doses'],
              result.stock.map(({ kind, explanation, doses }) => [kind, explanation, doses]),
            ),
            balanceTable(result.outcome, (siteId) => result.names.get(siteId) ?? siteId),
            submissionTable(result.outcome),
            exportTable(result.outcome),
            `${balanced ? 'Everything balances and every message was answered.' : 'NOT BALANCED, or a message had no answer.'} ${result.outcome.recount.persons} persons recounted, ${result.outcome.recount.differences} differences.`,
            '',
          ].join('\n\n'),
        );
      if (!balanced) process.exitCode = 1;
    } catch (error) {
      process.stderr.write(loggedErrors(run));
      throw error;
    } finally {
      await run.stop();
    }
  });

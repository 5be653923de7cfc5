import { Command, InvalidArgumentError } from 'commander';
import { jurisdictionFor } from '../../shared/codes/jurisdiction.ts';
import { instantOf, isDay } from '../../shared/kernel/dates.ts';
import { checkFile, contextAt, type Checked } from '../hl7/check-files.ts';
import { faultList, markdownSummary, messageTable, summaryText } from '../hl7/check-report.ts';
import { explainFile, explanationText } from '../hl7/explain-file.ts';
import { readMessageFiles } from '../hl7/message-files.ts';

/** With --strict: something that was sent would be lost. */
const somethingLost = 2;

interface CheckOptions {
  jurisdiction: string;
  asOf?: string;
  faults?: true;
  summary?: true;
  markdown?: true;
  strict?: true;
  json?: true;
}

const realDay = (text: string): string => {
  if (!isDay(text)) throw new InvalidArgumentError('must be a real day, written YYYY-MM-DD');
  return text;
};

const arrivalOf = ({ asOf, jurisdiction }: Pick<CheckOptions, 'asOf' | 'jurisdiction'>): string =>
  asOf === undefined ? new Date().toISOString() : instantOf(asOf, '12:00', jurisdictionFor(jurisdiction).timeZone);

const shown = (checked: readonly Checked[], { json, markdown, summary, faults }: CheckOptions): string => {
  if (json === true) return JSON.stringify({ messages: checked.map(({ card }) => card) }, null, 2);
  if (markdown === true) return markdownSummary(checked);
  if (summary === true) return summaryText(checked);
  return `${faults === true || checked.length === 1 ? faultList(checked) : messageTable(checked)}\n\n${summaryText(checked)}`;
};

const check = new Command('check')
  .description('What the registry would answer to each message, and why, without sending anything')
  .argument('<path>', 'a file of one or more messages, or a folder of such files')
  .option('--as-of <day>', 'as if the messages arrived on this day (YYYY-MM-DD); without it, now', realDay)
  .option('--jurisdiction <code>', 'awardee code', 'CTA')
  .option('--faults', 'every fault of every message, not a line a message')
  .option('--summary', 'only the summary by folder')
  .option('--markdown', 'the summary as Markdown')
  .option('--strict', 'exit code 2 when anything that was sent would be lost')
  .option('--json', 'print {"messages":[{"file","ack","errors"}]}, one entry a message')
  .addHelpText('after', `
What only the registry's own records can tell is not in it: whether RXA-11.4 names an enrolled site of the sender, whether stock is there,
whether an id is known, and whose record it is. None of these refuses a message.
Exit code: 0 when the report was printed, 1 when there is nothing to read, 2 with --strict when a dose or a message would be lost.`)
  .action((path: string, options: CheckOptions) => {
    const context = contextAt(options.jurisdiction, arrivalOf(options));
    const checked = readMessageFiles(path).flatMap((file) => checkFile(file, context));
    process.stdout.write(`${shown(checked, options)}\n`);
    const isLost = checked.some(({ card }) => card.errors.some(({ severity }) => severity === 'E'));
    if (options.strict === true && isLost) process.exitCode = somethingLost;
  });

const explain = new Command('explain')
  .description('A message in words: what each field is, says and means, and which rules it meets')
  .argument('<path>', 'a file of one or more messages, or a folder of such files')
  .option('--as-of <day>', 'as if the message arrived on this day (YYYY-MM-DD); without it, now', realDay)
  .option('--jurisdiction <code>', 'awardee code', 'CTA')
  .option('--json', 'print {"messages":[{"file","ack","fate","segments","faults"}]}')
  .action((path: string, options: Pick<CheckOptions, 'asOf' | 'jurisdiction' | 'json'>) => {
    const context = contextAt(options.jurisdiction, arrivalOf(options));
    const messages = readMessageFiles(path).flatMap((file) => explainFile(file, context));
    process.stdout.write(`${options.json === true ? JSON.stringify({ messages }, null, 2) : explanationText(messages)}\n`);
  });

export const hl7Command = new Command('hl7').description('For those who send HL7 messages: check, send and explain them').addCommand(check).addCommand(explain);

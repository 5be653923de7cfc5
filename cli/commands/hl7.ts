import { readFileSync, writeFileSync } from 'node:fs';
import { Command, InvalidArgumentError } from 'commander';
import { jurisdictionFor } from '../../shared/codes/jurisdiction.ts';
import { instantOf, isDay } from '../../shared/kernel/dates.ts';
import { checkFile, contextAt, type Checked } from '../hl7/check-files.ts';
import { faultList, markdownSummary, messageTable, summaryText, withPrinted } from '../hl7/check-report.ts';
import { explainFile, explanationText } from '../hl7/explain-file.ts';
import { fileRemarks, readMessageFiles, remarksText, type FileRemarks } from '../hl7/message-files.ts';
import { answersOf, isStranger, sendFiles, sentText, tallyOf, tallyText } from '../hl7/send-files.ts';
import { makeProgress } from '../table.ts';
import { UsageError } from '../usage-error.ts';

/** With --strict: something that was sent would be lost. */
const somethingLost = 2;
/** The other side does not know the caller. */
const unknownCaller = 3;

interface CheckOptions {
  jurisdiction: string;
  asOf?: string;
  faults?: true;
  summary?: true;
  markdown?: true;
  into?: string;
  strict?: true;
  json?: true;
}

const realDay = (text: string): string => {
  if (!isDay(text)) throw new InvalidArgumentError('must be a real day, written YYYY-MM-DD');
  return text;
};

const arrivalOf = ({ asOf, jurisdiction }: Pick<CheckOptions, 'asOf' | 'jurisdiction'>): string =>
  asOf === undefined ? new Date().toISOString() : instantOf(asOf, '12:00', jurisdictionFor(jurisdiction).timeZone);

const shown = (checked: readonly Checked[], files: readonly FileRemarks[], { json, markdown, summary, faults }: CheckOptions): string => {
  if (json === true) return JSON.stringify({ messages: checked.map(({ card }) => card), ...(files.length === 0 ? {} : { files }) }, null, 2);
  if (markdown === true) return markdownSummary(checked);
  const ofFiles = files.length === 0 ? '' : `${remarksText(files)}\n\n`;
  if (summary === true) return `${ofFiles}${summaryText(checked)}`;
  return `${faults === true || checked.length === 1 ? faultList(checked) : messageTable(checked)}\n\n${ofFiles}${summaryText(checked)}`;
};

const check = new Command('check')
  .description('What the registry would answer to each message, and why, without sending anything')
  .argument('<path>', 'a file of one or more messages, or a folder of such files')
  .option('--as-of <day>', 'as if the messages arrived on this day (YYYY-MM-DD); without it, now', realDay)
  .option('--jurisdiction <code>', 'awardee code', 'CTA')
  .option('--faults', 'every fault of every message, not a line a message')
  .option('--summary', 'only the summary by folder')
  .option('--markdown', 'the summary as Markdown')
  .option('--into <file>', 'write the Markdown between the marks of this document')
  .option('--strict', 'exit code 2 when anything that was sent would be lost')
  .option(
    '--json',
    'print {"messages":[{"file","ack","errors"}]}, one entry a message; and {"files":[{"file","remarks"}]} where a file itself is odd',
  )
  .addHelpText(
    'after',
    `
What only the registry's own records can tell is not in it: whether RXA-11.4 names an enrolled site of the sender, whether stock is there,
whether an id is known, and whose record it is. None of these refuses a message.
Exit code: 0 when the report was printed, 1 when there is nothing to read, 2 with --strict when a dose or a message would be lost.`,
  )
  .action((path: string, options: CheckOptions) => {
    const context = contextAt(options.jurisdiction, arrivalOf(options));
    const files = readMessageFiles(path);
    const checked = files.flatMap((file) => checkFile(file, context));
    if (options.into === undefined) process.stdout.write(`${shown(checked, files.flatMap(fileRemarks), options)}\n`);
    else writeFileSync(options.into, withPrinted(readFileSync(options.into, 'utf8'), markdownSummary(checked)));
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

interface SendOptions {
  to: string;
  soap?: true;
  token?: string;
  username?: string;
  password?: string;
  facility?: string;
  parallel: number;
  attempts: number;
  timeout: number;
  out?: string;
  jurisdiction: string;
  strict?: true;
  json?: true;
}

const countUpTo = (largest: number) => (text: string): number => {
  const count = Number(text);
  if (!Number.isInteger(count) || count < 1 || count > largest) throw new InvalidArgumentError(`must be a number from 1 to ${largest}`);
  return count;
};

/** The address as given; the root of an API means its route for single messages. */
const addressOf = (to: string, isSoap: boolean): string => {
  if (!URL.canParse(to)) throw new UsageError(`${to} is no URL.`);
  const url = new URL(to);
  if (url.pathname === '/' && !isSoap) url.pathname = '/hl7';
  return url.toString();
};

const pauseMs = (attempt: number): number => Math.min(200 * 2 ** attempt, 10_000);

const send = new Command('send')
  .description('Send messages to a registry, one answer each; safe to run again')
  .argument('<path>', 'a file of one or more messages, or a folder of such files')
  .requiredOption('--to <url>', 'where they go: an API (its /hl7 is added), or a SOAP endpoint with --soap')
  .option('--soap', 'by the CDC WSDL of 2011 (SOAP 1.2, submitSingleMessage)')
  .option('--token <token>', 'bearer token of the client (else DOSELINE_TOKEN)')
  .option('--username <name>', 'user of the SOAP request')
  .option('--password <word>', 'its password (else DOSELINE_PASSWORD)')
  .option('--facility <id>', 'facilityID of the SOAP request')
  .option('--parallel <number>', 'messages under way at once; those of one patient keep their order', countUpTo(64), 1)
  .option('--attempts <number>', 'tries of a message that was not answered or put off', countUpTo(20), 6)
  .option('--timeout <seconds>', 'longest wait for an answer', countUpTo(600), 30)
  .option('--out <dir>', 'keep every answer in this folder')
  .option('--jurisdiction <code>', 'awardee code, for the rules named beside the faults', 'CTA')
  .option('--strict', 'exit code 2 when anything that was sent was lost')
  .option('--json', 'print {"outcomes","answers","messages"} as JSON')
  .addHelpText('after', `
Tried again: 5xx, 429, no answer in time, no connection, and AR with 207 that asks for it. The same message twice is stored once.
Refused and not tried again: other 4xx, and faults that the SOAP contract names. At 401 (by SOAP, a SecurityFault) it stops.
Exit code: 0 when every message was answered, 1 when one was refused or not answered (or nothing could be read), 2 with --strict when an answer
tells of a loss, 3 when it stopped because the caller is not known there.`)
  .action(async (path: string, options: SendOptions) => {
    const isSoap = options.soap === true;
    const say = makeProgress(options.json === true).say;
    const sent = await sendFiles(readMessageFiles(path), {
      endpoint: {
        url: addressOf(options.to, isSoap),
        token: options.token ?? process.env['DOSELINE_TOKEN'],
        timeoutMs: options.timeout * 1_000,
        mostAttempts: options.attempts,
        pauseMs,
        ...(isSoap && {
          soap: { username: options.username, password: options.password ?? process.env['DOSELINE_PASSWORD'], facilityId: options.facility },
        }),
      },
      context: contextAt(options.jurisdiction, new Date().toISOString()),
      parallel: options.parallel,
      out: options.out,
      sleep: (ms) => new Promise((done) => setTimeout(done, ms)),
      progress: (soFar, all) => {
        const done = soFar.answered + soFar.refused + soFar.failed + soFar.unsent;
        if (done === all || done % 100 === 0) say(`${done} of ${all}: ${tallyText(soFar)}`);
      },
    });
    process.stdout.write(
      `${options.json === true ? JSON.stringify({ outcomes: tallyOf(sent), answers: answersOf(sent), messages: sent }, null, 2) : sentText(sent)}\n`,
    );
    if (isStranger(sent)) process.exitCode = unknownCaller;
    else if (sent.some(({ ack }) => ack === 'none')) process.exitCode = 1;
    else if (options.strict === true && sent.some(({ ack, errors }) => ack === 'AR' || errors.some(({ severity }) => severity === 'E')))
      process.exitCode = somethingLost;
  });

export const hl7Command = new Command('hl7')
  .description('For those who send HL7 messages: check, send and explain them')
  .addCommand(check)
  .addCommand(send)
  .addCommand(explain);

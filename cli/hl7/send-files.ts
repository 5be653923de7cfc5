import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { judgeMessage } from '../../functions/doses/domain/judge-message.ts';
import type { VxuContext } from '../../functions/doses/domain/vxu/types.ts';
import { locationText, momentOf, readHl7Date, userText, type Message } from '../../shared/hl7/index.ts';
import { table, type Cell } from '../table.ts';
import { messagesOf, type MessageFile } from './message-files.ts';
import { postMessage, type Endpoint, type Posted } from './post-message.ts';

/** One message as it was answered. `rule` is known where the message itself tells it; what the registry's own records add has none. */
export interface Sent {
  file: string;
  /** `refused`: the other side will not take it. `failed`: no answer in all tries. `unsent`: it was stopped before. */
  outcome: 'answered' | 'refused' | 'failed' | 'unsent';
  ack: string;
  attempts: number;
  errors: { location: string; code: string; severity: string; rule?: string; text: string }[];
  /** Why there is no acknowledgement. */
  failure?: string;
}

interface Outgoing {
  readonly file: string;
  /** Of how many messages in the file this is which, from 1. */
  readonly number: number;
  readonly of: number;
  readonly text: Uint8Array | string;
  readonly message: Message;
}

const keyOf = (location: string, code: string, text: string): string => JSON.stringify([location, code, text]);

/** When the registry took the message, by its own clock: a running system may replay another year, and "in the future" is judged there. */
const takenAt = (answer: Message, { receivedAt, timeZone }: VxuContext): string => {
  const sent = readHl7Date(answer.header?.value(7) ?? '');
  return (sent === undefined ? undefined : momentOf(sent, timeZone)) ?? receivedAt;
};

/** The faults of an acknowledgement, with the rule of those that the offline check knows too. */
const errorsOf = (answer: Message, request: Message, context: VxuContext): Sent['errors'] => {
  const rules = new Map(
    judgeMessage(request, { ...context, receivedAt: takenAt(answer, context) }).faults.map((fault) => [
      keyOf(locationText(fault.location), fault.code, userText(fault)),
      fault.rule,
    ]),
  );
  return answer.all('ERR').map((err) => {
    const [location, code, severity, text] = [err.text(2), err.value(3), err.value(4), err.value(8)];
    const rule = rules.get(keyOf(location, code, text));
    return { location, code, severity, ...(rule !== undefined && { rule }), text };
  });
};

const sentOf = ({ file, message }: Outgoing, posted: Posted, context: VxuContext): Sent =>
  posted.kind === 'answered'
    ? {
        file,
        outcome: posted.kind,
        ack: posted.message.first('MSA')?.value(1) ?? '',
        attempts: posted.attempts,
        errors: errorsOf(posted.message, message, context),
      }
    : { file, outcome: posted.kind, ack: 'none', attempts: posted.attempts, errors: [], failure: posted.why };

/** Messages of one patient keep their order: they go down the same lane (PID-3, else QPD-3, else the control id). */
const laneOf = (message: Message, lanes: number): number => {
  const name = message.first('PID')?.value(3) ?? message.first('QPD')?.value(3) ?? message.header?.value(10) ?? '';
  let sum = 0;
  for (const character of name) sum = (sum * 31 + (character.codePointAt(0) ?? 0)) % 1_000_003;
  return sum % lanes;
};

const keepAnswer = (folder: string, { file, number, of }: Outgoing, text: string): void => {
  const path = join(folder, `${file.replace(/^[/.]+/, '')}${of > 1 ? `.${number}` : ''}.ack.hl7`);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
};

/** How many messages came to which end so far. */
export type Tally = Readonly<Record<Sent['outcome'], number>>;
export const tallyText = ({ answered, refused, failed, unsent }: Tally): string =>
  [
    `${answered} answered`,
    ...(refused > 0 ? [`${refused} refused`] : []),
    ...(failed > 0 ? [`${failed} failed`] : []),
    ...(unsent > 0 ? [`${unsent} not sent`] : []),
  ].join(', ');
export const tallyOf = (sent: readonly Sent[]): Tally => {
  const tally = { answered: 0, refused: 0, failed: 0, unsent: 0 };
  for (const { outcome } of sent) tally[outcome] += 1;
  return tally;
};

const unsent = 'not sent: the other side does not know the caller';

export interface Sending {
  readonly endpoint: Endpoint;
  readonly context: VxuContext;
  /** Lanes that run at once. */
  readonly parallel: number;
  /** Where the answers go, as they came. */
  readonly out?: string | undefined;
  readonly sleep: (ms: number) => Promise<void>;
  readonly progress: (soFar: Tally, all: number) => void;
}

/**
 * Sends every message of the files, in their order for each patient, and gives the answers in the order of the files. Stops when the other side
 * does not know the caller: every other message would only be refused too.
 */
export const sendFiles = async (files: readonly MessageFile[], { endpoint, context, parallel, out, sleep, progress }: Sending): Promise<Sent[]> => {
  const outgoing = files.flatMap(({ file, bytes }) =>
    messagesOf(bytes).map((found, at, all): Outgoing => ({ file, number: at + 1, of: all.length, ...found })),
  );
  const results: Sent[] = [];
  const lanes = Array.from({ length: parallel }, (): number[] => []);
  outgoing.forEach(({ message }, index) => lanes[laneOf(message, parallel)]?.push(index));
  const tally = { answered: 0, refused: 0, failed: 0, unsent: 0 };
  let isStopped = false;
  await Promise.all(lanes.map(async (lane) => {
    for (const index of lane) {
      const one = outgoing[index] as Outgoing;
      if (isStopped) {
        results[index] = { file: one.file, outcome: 'unsent', ack: 'none', attempts: 0, errors: [], failure: unsent };
        tally.unsent += 1;
        continue;
      }
      const posted = await postMessage(one.text, endpoint, sleep);
      if (out !== undefined && posted.kind === 'answered') keepAnswer(out, one, posted.text);
      results[index] = sentOf(one, posted, context);
      tally[posted.kind] += 1;
      isStopped ||= posted.kind === 'refused' && posted.isStranger;
      progress(tally, outgoing.length);
    }
  }));
  return results;
};

const most = 12;
const countOf = (names: readonly string[]): [string, number][] => {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return [...counts].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1));
};

export const answersOf = (sent: readonly Sent[]): Record<string, number> =>
  Object.fromEntries(countOf(sent.map(({ ack }) => ack)).sort(([a], [b]) => (a < b ? -1 : 1)));

/** It was stopped, because the caller is not known there. */
export const isStranger = (sent: readonly Sent[]): boolean =>
  sent.some(({ outcome, failure = '' }) => outcome === 'unsent' || (outcome === 'refused' && /^(?:HTTP 401|SOAP fault SecurityFault)/.test(failure)));

/** How many of each answer, what caused them, and what was not answered at all. */
export const sentText = (sent: readonly Sent[]): string => {
  const faults = countOf(sent.flatMap(({ errors }) => [...new Set(errors.filter(({ severity }) => severity !== 'I')
    .map(({ severity, rule = '', location, text }) => JSON.stringify([severity, rule, location.replace(/^(\w+)\^\d+/, '$1'), text])))]));
  const rows = faults.slice(0, most).map(([fault, messages]): Cell[] => [...(JSON.parse(fault) as string[]), messages]);
  const failures = sent.filter(({ failure, outcome }) => failure !== undefined && outcome !== 'unsent');
  const left = sent.filter(({ outcome }) => outcome === 'unsent').length;
  return [
    `${sent.length} messages: ${tallyText(tallyOf(sent))}`,
    table(['answer', 'messages'], Object.entries(answersOf(sent))),
    ...(rows.length > 0 ? [table(['', 'rule', 'place', 'in words', 'messages'], rows)] : []),
    ...(failures.length > 0
      ? [
          table(
            ['not answered', 'tries', 'because'],
            failures.slice(0, most).map(({ file, attempts, failure = '' }) => [file, attempts, failure]),
          ),
        ]
      : []),
    ...(isStranger(sent)
      ? [
          `Stopped: the other side does not know the caller. Its token or password is missing, wrong or has run out. ${left} messages were not sent; send the same again with a good one, nothing is stored twice.`,
        ]
      : []),
  ].join('\n\n');
};

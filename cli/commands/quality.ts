import { Command, InvalidArgumentError } from 'commander';
import type { QualityReport } from '../../functions/doses/domain/quality/quality-report.ts';
import { table, type Cell } from '../table.ts';
import { clientOf } from './figures.ts';

interface QualityOptions {
  api?: string;
  token?: string;
  admin?: string;
  sender?: string;
  day?: string;
  weeks: string;
  trial?: true;
  json?: true;
}

interface Ranked {
  week: string;
  items: {
    senderId: string;
    mode: string;
    score?: number;
    messages: number;
    answers: QualityReport['answers'];
    dosesSent: number;
    dosesLost: number;
    mostFrequent: QualityReport['rules'];
  }[];
}
interface OfSender {
  senderId: string;
  mode: string;
  weeks: (QualityReport & { week: string })[];
  total: QualityReport;
}

const percent = (share: number | undefined): string => (share === undefined ? '-' : `${(100 * share).toFixed(1)}%`);
const points = (score: number | undefined): string => (score === undefined ? '-' : score.toFixed(1));

const rankedText = ({ week, items }: Ranked): string =>
  items.length === 0
    ? `Nobody reported in the week of ${week}.`
    : [
      `Week of ${week}, the worst first`,
      table(['sender', 'messages of', 'score', 'messages', 'AA', 'AE', 'AR', 'doses', 'lost', 'most frequent faults'], items.map((one): Cell[] => [
        one.senderId, one.mode, points(one.score), one.messages, one.answers.AA, one.answers.AE, one.answers.AR, one.dosesSent, one.dosesLost,
        one.mostFrequent.map(({ rule, severity, share }) => `${severity} ${rule} ${percent(share)}`).join(', '),
      ])),
    ].join('\n\n');

const within = ({ timeliness, doses }: QualityReport): string =>
  doses.new === 0 ? '-' : percent(timeliness.slice(0, 3).reduce((sum, { share = 0 }) => sum + share, 0));

const senderText = ({ senderId, weeks, total }: OfSender): string => {
  const { patients, newDoses } = total.completeness;
  return [
    `${senderId}: ${total.messages} messages, score ${points(total.score)}`,
    table(
      ['week of', 'score', 'messages', 'AA', 'AE', 'AR', 'doses sent', 'taken', 'within 3 days'],
      weeks.map((one): Cell[] => [
        one.week,
        points(one.score),
        one.messages,
        one.answers.AA,
        one.answers.AE,
        one.answers.AR,
        one.doses.sent,
        one.doses.taken,
        within(one),
      ]),
    ),
    ...(total.queries.asked === 0
      ? []
      : [
          `${total.queries.asked} queries: ${total.queries.found} found one person or a list, ${total.queries.nobody} nobody, ${total.queries.tooMany} too many, ${total.queries.AE + total.queries.AR} at fault`,
        ]),
    table(
      ['filled in', 'of', 'times', 'share'],
      [
        ...patients.map((one): Cell[] => [one.field, 'patients', one.filled, percent(one.share)]),
        ...newDoses.map((one): Cell[] => [one.field, 'new doses', one.filled, percent(one.share)]),
      ],
    ),
    table(
      ['reported', 'new doses', 'share'],
      total.timeliness.map(({ reported, doses, share }): Cell[] => [reported, doses, percent(share)]),
    ),
    ...(total.rules.length === 0
      ? []
      : [
          table(
            ['rule', '', 'messages', 'share', 'about'],
            total.rules.map(({ rule, severity, messages, share, about }): Cell[] => [rule, severity, messages, percent(share), about]),
          ),
        ]),
  ].join('\n\n');
};

const aWeek = (text: string): string => {
  if (!/^(?:[1-9]|1[0-2])$/.test(text)) throw new InvalidArgumentError('must be a number from 1 to 12');
  return text;
};

export const qualityCommand = new Command('quality')
  .description('How well senders report: all of a week, the worst first, or one week by week')
  .option('--api <url>', 'the API, when it is not the system that runs here')
  .option('--token <token>', 'a token for it (else DOSELINE_TOKEN)')
  .option('--admin <url>', 'a system that runs elsewhere on this machine')
  .option('--sender <id>', 'one sender: its interface, or the subject of a person')
  .option('--day <day>', 'a day of the (last) week; without it, today')
  .option('--weeks <number>', 'weeks of one sender, up to 12', aWeek, '8')
  .option('--trial', 'messages of an interface in test, not those in earnest')
  .option('--json', 'the answer as it is')
  .action(async (options: QualityOptions) => {
    const token = options.token ?? (options.api === undefined ? undefined : process.env['DOSELINE_TOKEN']);
    const api = await clientOf({ ...options, ...(token === undefined ? {} : { token }) });
    const day: Record<string, string> = options.day === undefined ? {} : { day: options.day };
    if (options.sender === undefined) {
      const { body } = await api.get<Ranked>('/senders', day);
      process.stdout.write(`${options.json === true ? JSON.stringify(body, null, 2) : rankedText(body)}\n`);
      return;
    }
    const mode = options.trial === true ? 'trial' : 'live';
    const { body } = await api.get<OfSender>(`/senders/${encodeURIComponent(options.sender)}/quality`, { ...day, weeks: options.weeks, mode });
    process.stdout.write(`${options.json === true ? JSON.stringify(body, null, 2) : senderText(body)}\n`);
  });

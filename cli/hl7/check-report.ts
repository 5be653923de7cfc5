import { fates, type Fate } from '../../functions/doses/domain/judge-message.ts';
import { table, type Cell } from '../table.ts';
import { UsageError } from '../usage-error.ts';
import type { Checked, ReportCard } from './check-files.ts';
import { familyOf } from './message-files.ts';

type Fault = ReportCard['errors'][number];

/** Causes listed for each fate of a folder. */
const causesListed = 4;
const worst: Readonly<Record<Fault['severity'], number>> = { E: 0, W: 1, I: 2 };

/** `E HL7-49 RXA-5`: severity, rule and field, without the occurrence, so that like faults count together. */
const causeOf = ({ severity, rule, location }: Fault): string => {
  const [segment = '', , field] = location.split('^');
  return `${severity} ${rule}${segment === '' ? '' : ` ${segment}${field === undefined || field === '' ? '' : `-${field}`}`}`;
};

/** What a fault cost stands beside the fault that caused it (HL7-34); only the latter is a cause. */
const consequences = new Set(['E HL7-22 RXA', 'E HL7-26 RXA', 'E HL7-27 PID', 'E HL7-30', 'E HL7-26 ORC', 'E HL7-77 RXA', 'E HL7-80 RXA']);
const isConsequence = (fault: Fault): boolean => fault.rule === 'HL7-22' || (consequences.has(causeOf(fault)) && !fault.text.startsWith('ORC'));

/** The faults that decided the fate of a message: errors where something was lost, warnings where nothing was. */
const decidingFaults = ({ card: { errors } }: Checked): Fault[] => {
  const errorsFound = errors.filter((fault) => fault.severity === 'E' && !isConsequence(fault));
  const found = errorsFound.length > 0 ? errorsFound : errors.filter(({ severity }) => severity !== 'I');
  return found;
};

/** How many messages each cause decided, most frequent first. */
const countCauses = (
  checked: readonly Checked[],
  faultsOf: (one: Checked) => readonly Fault[],
): [cause: string, messages: number, text: string][] => {
  const counts = new Map<string, { messages: number; text: string }>();
  for (const one of checked) {
    for (const [cause, text] of new Map(faultsOf(one).map((fault) => [causeOf(fault), fault.text]))) {
      const standing = counts.get(cause);
      counts.set(cause, { messages: (standing?.messages ?? 0) + 1, text: standing?.text ?? text });
    }
  }
  return [...counts]
    .map(([cause, { messages, text }]): [string, number, string] => [cause, messages, text])
    .sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1));
};

const groupBy = <K extends string>(checked: readonly Checked[], keyOf: (one: Checked) => K): [key: K, Checked[]][] => {
  const groups = new Map<K, Checked[]>();
  for (const one of checked) groups.set(keyOf(one), [...(groups.get(keyOf(one)) ?? []), one]);
  return [...groups];
};

const kinds = ['VXU', 'QBP', 'other'] as const;
/** By kind of message, then by folder: answers and queries that lie beside the doses would else hide how doses fare. */
const byFamily = (checked: readonly Checked[]): { kind: Checked['kind']; family: string; all: Checked[] }[] =>
  groupBy(checked, ({ kind, card }) => `${kinds.indexOf(kind)} ${familyOf(card.file)}`)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, all]) => ({ kind: all[0]?.kind ?? 'other', family: key.slice(2), all }));

const percent = (part: number, of: number): string => (of === 0 ? '-' : `${((100 * part) / of).toFixed(1)}%`);
const ofFate = (checked: readonly Checked[], fate: Fate): Checked[] => checked.filter((one) => one.fate === fate);
const answers = ['AA', 'AE', 'AR'] as const;

export const familyColumns = ['kind', 'folder', 'messages', ...answers, ...fates, 'doses sent', 'doses taken'] as const;

/** A row for each kind of message in each folder, and one for each kind in all: messages, share of each answer, messages by fate, doses sent and taken. */
export const familyRows = (checked: readonly Checked[]): Cell[][] => {
  const row = (kind: string, name: string, all: readonly Checked[]): Cell[] => [
    kind, name, all.length, ...answers.map((answer) => percent(all.filter(({ card }) => card.ack === answer).length, all.length)),
    ...fates.map((fate) => ofFate(all, fate).length),
    all.reduce((sum, { ordersSent }) => sum + ordersSent, 0), all.reduce((sum, { ordersTaken }) => sum + ordersTaken, 0),
  ];
  const families = byFamily(checked);
  const totals = kinds.flatMap((kind) =>
    families.filter((group) => group.kind === kind).length > 1
      ? [
          row(
            kind,
            'all',
            checked.filter((one) => one.kind === kind),
          ),
        ]
      : [],
  );
  return [...families.map(({ kind, family, all }) => row(kind, family, all)), ...totals];
};

export const causeColumns = ['kind', 'folder', 'what becomes of it', 'messages', 'because of (messages)'] as const;

/** Why: for each folder and each fate but the best, the faults that decided it with the messages they decided. */
export const causeRows = (checked: readonly Checked[]): Cell[][] =>
  byFamily(checked).flatMap(({ kind, family, all }) =>
    fates.filter((fate) => fate !== 'taken' && ofFate(all, fate).length > 0).map((fate): Cell[] => {
      const found = ofFate(all, fate);
      const causes = countCauses(found, decidingFaults);
      const listed = causes.slice(0, causesListed).map(([cause, messages]) => `${cause} (${messages})`);
      return [
        kind,
        family,
        fate,
        found.length,
        [...listed, ...(causes.length > causesListed ? [`and ${causes.length - causesListed} more`] : [])].join(', '),
      ];
    }));

export const ruleColumns = ['fault', 'messages', 'in words'] as const;
/** Every fault that lost something or asks to be mended, by the messages that have it. */
export const ruleRows = (checked: readonly Checked[]): Cell[][] =>
  countCauses(checked, ({ card }) => card.errors.filter((fault) => fault.severity !== 'I'))
    .sort(([a], [b]) => (worst[a.charAt(0) as Fault['severity']] ?? 0) - (worst[b.charAt(0) as Fault['severity']] ?? 0));

const lineOf = ({ severity, location, rule, text }: Fault): string => `    ${severity}  ${location.padEnd(12)} ${rule.padEnd(7)} ${text}`;

const doses = ({ ordersSent, ordersTaken }: Checked): string => (ordersSent === 0 ? 'no dose told' : `${ordersTaken} of ${ordersSent} doses taken`);
const count = (faults: readonly Fault[], severity: Fault['severity']): number => faults.filter((fault) => fault.severity === severity).length;

/** One row a message, with how many faults of each kind it has and the first that counts. */
export const messageTable = (checked: readonly Checked[]): string =>
  table(['message', 'answer', 'what becomes of it', 'doses', 'E', 'W', 'I', 'first of them'], checked.map((one): Cell[] => {
    const { file, ack, errors } = one.card;
    const [first] = decidingFaults(one);
    return [
      file,
      ack,
      one.fate,
      doses(one),
      count(errors, 'E'),
      count(errors, 'W'),
      count(errors, 'I'),
      first === undefined ? '' : `${first.rule} ${first.text}`,
    ];
  }));

/** Every fault of every message, in the order of the answer. */
export const faultList = (checked: readonly Checked[]): string =>
  checked.map((one) => [`${one.card.file}  ${one.card.ack}  ${one.fate}, ${doses(one)}`, ...one.card.errors.map(lineOf)].join('\n')).join('\n\n');

export const summaryText = (checked: readonly Checked[]): string => {
  const causes = causeRows(checked);
  return [table(familyColumns, familyRows(checked)), ...(causes.length > 0 ? [table(causeColumns, causes)] : [])].join('\n\n');
};

/** A table in Markdown, for docs that show what the command prints. */
export const markdownTable = (columns: readonly string[], rows: readonly (readonly Cell[])[]): string =>
  [columns, columns.map(() => '---'), ...rows]
    .map((cells) => `| ${cells.map((cell) => String(cell).replaceAll('|', '\\|')).join(' | ')} |`)
    .join('\n');

const marks = ['<!-- printed from here -->', '<!-- to here -->'] as const;
/** A document with what a command printed between its marks; throws when it has none. */
export const withPrinted = (document: string, printed: string): string => {
  const [from, to] = marks.map((mark) => document.indexOf(mark)) as [number, number];
  if (from < 0 || to < from) throw new UsageError(`The document has no marks ${marks.join(' and ')}.`);
  return `${document.slice(0, from + marks[0].length)}\n\n${printed}\n\n${document.slice(to)}`;
};

export const markdownSummary = (checked: readonly Checked[]): string =>
  [
    '### What becomes of the messages', markdownTable(familyColumns, familyRows(checked)),
    '### Why', markdownTable(causeColumns, causeRows(checked)),
    '### Every fault but remarks', markdownTable(ruleColumns, ruleRows(checked)),
  ].join('\n\n');

import { judgeMessage, fateOf, type Fate } from '../../functions/doses/domain/judge-message.ts';
import type { VxuContext } from '../../functions/doses/domain/vxu/types.ts';
import { locationText, readHl7Date, userText, type AnswerCode, type Fault, type Segment } from '../../shared/hl7/index.ts';
import { meaningOf } from './code-texts.ts';
import { messagesOf, type MessageFile } from './message-files.ts';
import { SEGMENTS, type FieldFact } from './segment-fields.ts';

interface Remark { severity: Fault['severity']; rule: string; location: string; text: string }
export interface ExplainedField { location: string; name: string; value: string; meaning?: string; faults: Remark[] }
export interface ExplainedSegment { segment: string; occurrence: number; name: string; fields: ExplainedField[]; faults: Remark[] }
export interface ExplainedMessage { file: string; ack: AnswerCode; fate: Fate; segments: ExplainedSegment[]; faults: Remark[] }

/** Repetitions that are shown; the rest is counted. */
const mostRepetitions = 20;
const remarkOf = (fault: Fault): Remark => ({
  severity: fault.severity,
  rule: fault.rule,
  location: locationText(fault.location),
  text: userText(fault),
});

/** The parts of one repetition that were sent, each with what it is. */
const partsOf = (segment: Segment, field: number, repetition: number, { parts }: FieldFact): string => {
  if (parts === undefined) return segment.value(field, 1, repetition);
  const numbers = Object.keys(parts).map(Number);
  return numbers.flatMap((component) => {
    const value = segment.value(field, component, repetition);
    return value === '' ? [] : [parts[component] === '' ? value : `${parts[component] ?? ''} ${value}`];
  }).join(', ');
};

const dateText = (value: string): string => {
  const sent = readHl7Date(value);
  if (sent === undefined) return 'no possible date';
  const zone = sent.offsetMinutes === undefined ? (sent.time === undefined ? '' : ', no zone') : `, ${sent.offsetMinutes / 60} h from UTC`;
  return `${sent.date}${sent.time === undefined ? '' : ` ${sent.time}`}${zone}`;
};

const meaningIn = (segment: Segment, field: number, repetition: number, fact: FieldFact): string | undefined => {
  const value = segment.value(field, 1, repetition);
  if (value === '""') return 'erase what is stored';
  const about = segment.name === 'OBX' && field === 5 ? segment.value(3) : '';
  if (fact.isDate === true) return value === '' ? undefined : dateText(value);
  if (about !== '' && value !== '' && meaningOf('observation', about, '')?.endsWith(' on') === true) return dateText(value);
  if (fact.codes === undefined) return undefined;
  const first = value === '' ? undefined : meaningOf(fact.codes, value, about);
  const other = segment.value(field, 4, repetition);
  const second = fact.codes !== 'vaccine' || other === '' ? undefined : meaningOf('vaccine', other, '');
  const meanings = [first, second].filter((text) => text !== undefined);
  return meanings.length > 0 ? meanings.join('; ') : value === '' || fact.codes === 'observed' ? undefined : 'not in the table';
};

const explainField = (segment: Segment, field: number, fact: FieldFact | undefined, faults: Remark[]): ExplainedField => {
  const place = segment.at(field);
  if (fact === undefined) return { location: locationText(place), name: 'not used by the registry', value: segment.text(field).trim(), faults };
  if (segment.name === 'MSH' && field <= 2) return { location: locationText(place), name: fact.name, value: segment.text(field), faults };
  const repetitions = Array.from({ length: Math.min(segment.repetitions(field), mostRepetitions) }, (_, at) => at + 1);
  const values = repetitions.map((repetition) => partsOf(segment, field, repetition, fact)).filter((value) => value !== '');
  const meanings = repetitions.map((repetition) => meaningIn(segment, field, repetition, fact)).filter((text) => text !== undefined);
  const left = segment.repetitions(field) - repetitions.length;
  return {
    location: locationText(place), name: fact.name, value: [...values, ...(left > 0 ? [`and ${left} more`] : [])].join('; '),
    ...(meanings.length > 0 && { meaning: meanings.join('; ') }), faults,
  };
};

const explainSegment = (segment: Segment, faults: readonly Fault[]): ExplainedSegment => {
  const { name, occurrence } = segment;
  const fact = SEGMENTS[name];
  const own = faults.filter(({ location }) => location?.segment === name && location.occurrence === occurrence);
  const numbers = new Set(own.flatMap(({ location }) => location?.field ?? []));
  for (let field = 1; field <= segment.lastField; field += 1)
    if (segment.has(field) || segment.text(field).includes('""') || (name === 'MSH' && field <= 2)) numbers.add(field);
  return {
    segment: name, occurrence, name: fact?.name ?? 'not read by the registry',
    fields: fact === undefined ? [] : [...numbers].sort((a, b) => a - b)
      .map((field) => explainField(segment, field, fact.fields[field], own.filter(({ location }) => location?.field === field).map(remarkOf))),
    faults: own.filter(({ location }) => location?.field === undefined).map(remarkOf),
  };
};

/** Every message of a file in words: what each field is called, says and means, and the rules it meets. */
export const explainFile = ({ file, bytes }: MessageFile, context: VxuContext): ExplainedMessage[] =>
  messagesOf(bytes).map(({ message }) => {
    const judgement = judgeMessage(message, context);
    const segments = message.segments.map((segment) => explainSegment(segment, judgement.faults));
    const isPlaced = ({ location }: Fault): boolean =>
      location !== undefined && message.all(location.segment).some(({ occurrence }) => occurrence === location.occurrence);
    return {
      file,
      ack: judgement.answer,
      fate: fateOf(judgement),
      segments,
      faults: judgement.faults.filter((fault) => !isPlaced(fault)).map(remarkOf),
    };
  });

const remarkLine = ({ severity, rule, text }: Remark): string => `          ${severity} ${rule}: ${text}`;

const fieldLines = (segment: string, { location, name, value, meaning, faults }: ExplainedField): string[] => {
  const [, , field = ''] = location.split('^');
  return [
    `  ${`${segment}-${field}`.padEnd(7)} ${name}: ${value === '' ? '(empty)' : value}${meaning === undefined || meaning === value ? '' : `  = ${meaning}`}`,
    ...faults.map(remarkLine),
  ];
};

/** The same for people. */
export const explanationText = (messages: readonly ExplainedMessage[]): string =>
  messages.map(({ file, ack, fate, segments, faults }) => [
    `${file}: would be answered ${ack} (${fate})`,
    ...faults.map(remarkLine),
    ...segments.flatMap(({ segment, occurrence, name, fields, faults: own }) => [
      '', `${segment} ${occurrence}  ${name}`, ...own.map(remarkLine), ...fields.flatMap((field) => fieldLines(segment, field)),
    ]),
  ].join('\n')).join('\n\n');

import { escape, unescape } from './escape.ts';
import type { Message, Segment } from './read.ts';
import { STANDARD_SEPARATORS } from './separators.ts';
import type { Separators } from './separators.ts';

/** A component: its text, or its sub-components. */
export type Component = string | readonly string[];

/**
 * What a field holds, unescaped: one text, a row of components, several repetitions, or text that is written as it stands
 * (already in the separators of the message).
 */
export type FieldContent =
  | string
  | readonly Component[]
  | { readonly repetitions: readonly (readonly Component[])[] }
  | { readonly verbatim: string };

/** Fields by their HL7 number. */
export type FieldsByNumber = Readonly<Record<number, FieldContent>>;

export type SegmentTree = { readonly name: string; readonly fields: FieldsByNumber };
export type MessageTree = { readonly separators: Separators; readonly segments: readonly SegmentTree[] };

const HEADERS = new Set(['MSH', 'FHS', 'BHS']);

const writeComponent = (component: Component, separators: Separators): string =>
  typeof component === 'string'
    ? escape(component, separators)
    : component.map((part) => escape(part, separators)).join(separators.subcomponent);

const writeComponents = (components: readonly Component[], separators: Separators): string =>
  components.map((component) => writeComponent(component, separators)).join(separators.component);

const writeField = (content: FieldContent, separators: Separators): string => {
  if (typeof content === 'string') return escape(content, separators);
  if ('verbatim' in content) return content.verbatim;
  if ('repetitions' in content) {
    return content.repetitions.map((components) => writeComponents(components, separators)).join(separators.repetition);
  }
  return writeComponents(content, separators);
};

/** One segment without its end. Field numbers are HL7's; fields not given are empty. MSH-1 and MSH-2 come from the separators. */
export const writeSegment = (name: string, fields: FieldsByNumber, separators: Separators = STANDARD_SEPARATORS): string => {
  const header = HEADERS.has(name);
  const numbers = Object.keys(fields).map(Number);
  const last = numbers.reduce((highest, number) => Math.max(highest, number), 0);
  let text = name;
  for (let number = header ? 2 : 1; number <= last; number += 1) {
    const standing: FieldContent = header && number === 2 ? { verbatim: encodingOf(separators) } : '';
    text += separators.field + writeField(fields[number] ?? standing, separators);
  }
  return text;
};

const encodingOf = (separators: Separators): string =>
  separators.component + separators.repetition + separators.escape + separators.subcomponent;

/** A whole message, every segment ended by one CR (HL7-01). */
export const writeMessage = (tree: MessageTree): string =>
  tree.segments.map((segment) => `${writeSegment(segment.name, segment.fields, tree.separators)}\r`).join('');

const contentOf = (segment: Segment, field: number, separators: Separators): FieldContent => {
  const text = segment.text(field);
  if (HEADERS.has(segment.name) && field <= 2) return { verbatim: text };
  return {
    repetitions: text.split(separators.repetition).map((repetition) =>
      repetition.split(separators.component).map((component) =>
        component.split(separators.subcomponent).map((part) => unescape(part, separators)))),
  };
};

/**
 * Everything a message says, cut to the last sub-component and unescaped. `writeMessage(treeOf(readMessage(bytes)))` gives back
 * the same bytes when they are legal: UTF-8, a message from its first byte on, every segment but perhaps the last ended by exactly one
 * CR, and every escape written as the writer writes it, so no lone escape character and no needless `\X41\`.
 */
export const treeOf = (message: Message): MessageTree => ({
  separators: message.separators,
  segments: message.segments.map((segment) => {
    const fields: Record<number, FieldContent> = {};
    for (let field = 1; field <= segment.lastField; field += 1) fields[field] = contentOf(segment, field, message.separators);
    return { name: segment.name, fields };
  }),
});

/** A field of another message in standard separators: as sent when it already is, else cut up and escaped anew. */
export const copyField = (message: Message, segment: Segment | undefined, field: number): FieldContent => {
  if (!segment) return '';
  const text = segment.text(field);
  // What could not be used was read with the standard ones, too.
  const { field: _, ...inField } = message.separators;
  const standing = encodingOf({ field: '', ...inField }) === encodingOf(STANDARD_SEPARATORS) && !text.includes(STANDARD_SEPARATORS.field);
  // Control characters would not survive SOAP.
  if (standing && !/[\u0000-\u001F]/.test(text)) return { verbatim: text };
  return contentOf(segment, field, message.separators);
};

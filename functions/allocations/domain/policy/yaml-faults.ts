import type { DocumentFault } from './document-faults.ts';

/** What a YAML reader says is wrong: its code, its words, and where, in characters from the beginning. */
interface Unreadable {
  readonly code: string;
  readonly message: string;
  readonly pos: readonly [from: number, to: number];
}

const mostQuoted = 40;
/** The field that stands at a place, as far as its line goes. */
const fieldAt = (text: string, at: number): string => (text.slice(at).split('\n')[0] ?? '').trim().slice(0, mostQuoted);

/** A key over several lines is hardly ever meant: what follows it is one level down because its colon is missing. */
const words: Readonly<Record<string, (field: string) => string>> = {
  MULTILINE_IMPLICIT_KEY: (field) => `a colon is missing after \`${field.split(' ')[0] ?? ''}\``,
  TAB_AS_INDENT: () => 'begins with a tab: indent with spaces',
  BAD_INDENT: () => 'is indented otherwise than what it belongs to, or a { or [ before it is not closed',
  DUPLICATE_KEY: (field) => `\`${field.split(':')[0] ?? ''}\` is said twice`,
  MISSING_CHAR: () => 'a quotation mark, a bracket or a comma before it is missing',
  UNEXPECTED_TOKEN: () => 'stands where nothing of its kind can',
};

/** The first thing that keeps a text from being read, in words: those after it mostly follow from it. */
export const yamlFault = (
  text: string,
  [first, ...more]: readonly Unreadable[],
  placeOf: (at: number) => { readonly line: number; readonly col: number },
): DocumentFault[] => {
  if (first === undefined) return [];
  const { line, col } = placeOf(first.pos[0]);
  const said = words[first.code]?.(fieldAt(text, first.pos[0])) ?? `cannot be read (${first.message})`;
  return [{ path: `line ${line}, column ${col}`, message: more.length === 0 ? said : `${said}. What follows is read once that is mended` }];
};

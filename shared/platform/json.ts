export type ParsedJson = { kind: 'json'; value: unknown } | { kind: 'not-json' };

/** The one place where text becomes JSON. `JSON.parse` quotes its input in its message, so its error never leaves here. */
export const parseJson = (text: string): ParsedJson => {
  try {
    return { kind: 'json', value: JSON.parse(text) as unknown };
  } catch {
    return { kind: 'not-json' };
  }
};

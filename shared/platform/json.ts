export type ParsedJson = { kind: 'json'; value: unknown } | { kind: 'not-json' };

/** No body of ours or of FHIR nests half as deep. What reads a value walks it, and at some thousand levels a walk ends in a fault of ours instead of an answer. */
const maxDepth = 128;

const isTooDeep = (text: string): boolean => {
  let depth = 0;
  let isInText = false;
  for (let at = 0; at < text.length; at += 1) {
    const letter = text.charCodeAt(at);
    if (isInText) {
      if (letter === 0x5c) at += 1; // a backslash: what follows does not end the text
      else if (letter === 0x22) isInText = false;
    } else if (letter === 0x22) isInText = true;
    else if (letter === 0x5b || letter === 0x7b) {
      depth += 1;
      if (depth > maxDepth) return true;
    } else if (letter === 0x5d || letter === 0x7d) depth -= 1;
  }
  return false;
};

/** The one place where text becomes JSON. `JSON.parse` quotes its input in its message, so its error never leaves here. */
export const parseJson = (text: string): ParsedJson => {
  if (isTooDeep(text)) return { kind: 'not-json' };
  try {
    return { kind: 'json', value: JSON.parse(text) as unknown };
  } catch {
    return { kind: 'not-json' };
  }
};

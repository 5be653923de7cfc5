/** Most names have nothing to fold: asking is a tenth of the cost of folding. */
const isPlain = (text: string): boolean => /^[A-Za-z]*$/.test(text);

/** A text for comparing: no accents, no punctuation, no blanks, upper case. What was sent stays as it was. */
export const folded = (text: string): string => (isPlain(text) ? text.toUpperCase() : text.normalize('NFD').replace(/[^\p{L}]/gu, '').toUpperCase());

/** The words of a text, each folded: at blanks, hyphens and other signs, but not at an apostrophe (O'Neil is one word). */
export const words = (text: string): string[] => {
  if (isPlain(text)) return text === '' ? [] : [text.toUpperCase()];
  return text.normalize('NFD').replace(/[\p{M}'’`´]/gu, '').toUpperCase().split(/[^\p{L}\p{N}]+/u).filter((word) => word !== '');
};

/**
 * Damerau-Levenshtein distance in its restricted form: insertions, deletions, replacements and swaps of neighbours, each letter
 * touched once. Symmetric.
 * @param most beyond this the caller does not care: the answer is then some number above it
 */
export const editDistance = (one: string, other: string, most = Infinity): number => {
  if (one === other) return 0;
  if (Math.abs(one.length - other.length) > most) return most + 1;
  let beforeLast: number[] = [];
  let last = Array.from({ length: other.length + 1 }, (_, at) => at);
  for (let row = 1; row <= one.length; row += 1) {
    const next = [row];
    let least = row;
    for (let column = 1; column <= other.length; column += 1) {
      const isSame = one[row - 1] === other[column - 1];
      let best = Math.min((last[column] ?? 0) + 1, (next[column - 1] ?? 0) + 1, (last[column - 1] ?? 0) + (isSame ? 0 : 1));
      if (row > 1 && column > 1 && one[row - 1] === other[column - 2] && one[row - 2] === other[column - 1])
        best = Math.min(best, (beforeLast[column - 2] ?? 0) + 1);
      next.push(best);
      least = Math.min(least, best);
    }
    // A swap may still reach back over one row.
    if (least > most + 1) return most + 1;
    beforeLast = last;
    last = next;
  }
  return last[other.length] ?? 0;
};

/** Which letters of a text meet a free equal letter of the other within the window: Jaro's common letters, in order. */
const commonLetters = (one: string, other: string, window: number): string[] => {
  const free = [...other];
  return [...one].filter((letter, at) => {
    const found = free.findIndex((candidate, place) => candidate === letter && Math.abs(place - at) <= window);
    if (found >= 0) free[found] = '';
    return found >= 0;
  });
};

const longestPrefix = 4;
const prefixShare = 0.1;

/** Jaro-Winkler similarity, 0 to 1: forgives letters out of order, prefers a shared beginning. */
export const similarity = (one: string, other: string): number => {
  if (one === other) return 1;
  const window = Math.max(0, Math.floor(Math.max(one.length, other.length) / 2) - 1);
  const [here, there] = [commonLetters(one, other, window), commonLetters(other, one, window)];
  const common = Math.min(here.length, there.length);
  if (common === 0) return 0;
  const halfMoves = here.filter((letter, at) => letter !== there[at]).length / 2;
  const jaro = (common / one.length + common / other.length + (common - halfMoves) / common) / 3;
  let prefix = 0;
  while (prefix < longestPrefix && one[prefix] !== undefined && one[prefix] === other[prefix]) prefix += 1;
  return jaro + prefix * prefixShare * (1 - jaro);
};

/** Shorter words differ by one letter too easily to call that a slip. */
const slipFrom = 3;
const secondSlipFrom = 8;
const nearlyEqual = 0.93;

/** Two spellings of which one may be a slip of the other: one letter, two in long words, or letters out of order. */
export const isSlip = (one: string, other: string): boolean => {
  const length = Math.max(one.length, other.length);
  if (one === other || length < slipFrom) return false;
  const distance = editDistance(one, other, 2);
  return distance === 1 || (distance === 2 && length >= secondSlipFrom) || (distance === 2 && similarity(one, other) >= nearlyEqual);
};

/** Letters that sound alike in most European names share a class; vowels, H, W and Y carry no class. */
const soundClasses: Readonly<Record<string, string>> = {
  B: '1', F: '1', P: '1', V: '1', C: '2', G: '2', J: '2', K: '2', Q: '2', S: '2', X: '2', Z: '2', D: '3', T: '3', L: '4', M: '5', N: '5', R: '6',
};
/** Beginnings that are written in several ways. */
const beginnings: readonly (readonly [RegExp, string])[] = [
  [/^(PH|PF)/, 'F'],
  [/^(KN|GN|PN)/, 'N'],
  [/^WR/, 'R'],
  [/^(TS|CZ)/, 'C'],
  [/^[CQ]/, 'K'],
  [/^X/, 'S'],
  [/^Z/, 'S'],
  [/^[AEIOUY]/, 'A'],
  [/^V/, 'F'],
  [/^G(?=[EIY])/, 'J'],
];
const soundLength = 4;

/** How a folded word begins and sounds, in four signs; '' for what has no Latin letter. Words that sound alike share it, many others too. */
export const soundOf = (word: string): string => {
  const begun = beginnings.reduce((text, [pattern, letter]) => text.replace(pattern, letter), word);
  let sound = '';
  let last = '';
  for (const [at, letter] of [...begun].entries()) {
    const class_ = soundClasses[letter] ?? '';
    if (at === 0) sound = letter;
    else if (class_ !== '' && class_ !== last) sound += class_;
    // H and W between two letters of one class do not part them.
    if (letter !== 'H' && letter !== 'W') last = class_;
  }
  return /^[A-Z]/.test(sound) ? sound.slice(0, soundLength).padEnd(soundLength, '0') : '';
};

const TWO_POW_32 = 2 ** 32;

/** FNV-1a: a seed for each name, so that one more site does not change the draws of the others. */
const hashOf = (text: string): number => {
  let hash = 0x81_1c_9d_c5;
  for (const letter of text) hash = Math.imul(hash ^ (letter.codePointAt(0) ?? 0), 0x01_00_01_93) >>> 0;
  return hash;
};

/** A number in [0, 1) for a seed and a name; the same pair gives the same number on any machine (one mulberry32 step). */
export const drawFor = (seed: number, name: string): number => {
  const state = (hashOf(name) + Math.imul(seed >>> 0, 0x6d_2b_79_f5)) >>> 0;
  let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
  mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
  return ((mixed ^ (mixed >>> 14)) >>> 0) / TWO_POW_32;
};

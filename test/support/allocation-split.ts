/** The least sum of (packs * pack - due)^2 over every whole split within the bounds, by trying them all. */
export const bruteSplit = (
  due: readonly number[],
  low: readonly number[],
  high: readonly number[],
  packs: number,
  packMicro: number,
): bigint | undefined => {
  const [first, ...rest] = due;
  if (first === undefined) return packs === 0 ? 0n : undefined;
  let best: bigint | undefined;
  for (let given = low[0] ?? 0; given <= Math.min(high[0] ?? 0, packs); given += 1) {
    const others = bruteSplit(rest, low.slice(1), high.slice(1), packs - given, packMicro);
    const gap = BigInt(given * packMicro - first);
    if (others !== undefined && (best === undefined || others + gap * gap < best)) best = others + gap * gap;
  }
  return best;
};

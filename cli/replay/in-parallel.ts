/** Requests under way at once: enough to keep two cores busy, few enough for any machine. */
const atOnce = 8;

/** Does something for each thing, some at once, and gives the results in the order of the things. */
export const inParallel = async <T, R>(things: readonly T[], work: (thing: T, index: number) => Promise<R>): Promise<R[]> => {
  const results: R[] = [];
  let next = 0;
  const worker = async (): Promise<void> => {
    for (let index = next++; index < things.length; index = next++) results[index] = await work(things[index] as T, index);
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, things.length) }, worker));
  return results;
};

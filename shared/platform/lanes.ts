/**
 * Works through groups of things: groups side by side in at most `width` lanes, the things of one group one after the other. Group what
 * writes the same item, so that its transactions do not meet. The first failure is thrown after its lane stopped; other lanes end first.
 */
export const inLanes = async <T>(groups: readonly (readonly T[])[], width: number, work: (thing: T) => Promise<void>): Promise<void> => {
  const waiting = [...groups];
  const failures: unknown[] = [];
  const lane = async (): Promise<void> => {
    for (let group = waiting.shift(); group !== undefined && failures.length === 0; group = waiting.shift())
      for (const thing of group) await work(thing);
  };
  await Promise.all(Array.from({ length: Math.min(width, groups.length) }, () => lane().catch((error: unknown) => failures.push(error))));
  if (failures.length > 0) throw failures[0];
};

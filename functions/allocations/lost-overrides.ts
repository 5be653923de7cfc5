import { poolKey, type Override } from './domain/inputs.ts';
import { packsInWords, plural, poolName, type NameOf } from './domain/words/words.ts';
import type { AllocationStore, Pointer } from './store.ts';
import type { RunStore } from './store-runs.ts';

/** So many awards are told one by one; all of them stand in the run that set them. */
const mostTold = 10;

const isOf = (one: Override) => (other: Override): boolean => one.siteId === other.siteId && poolKey(one) === poolKey(other);

/**
 * What the reader of a draft is told of awards that a person set in the published run of the week and that this draft leaves to the
 * engine: a decision of a person ends by a person's, not by silence.
 */
export const lostOverrides = async (
  { store, runs }: { readonly store: AllocationStore; readonly runs: RunStore },
  pointer: Pointer | undefined,
  now: readonly Override[],
  nameOf: NameOf,
): Promise<string[]> => {
  const before = pointer === undefined ? undefined : await store.sharedOut(pointer.runId);
  if (before?.overrides === undefined) return [];
  const { overrides } = await runs.head(before.partsPk);
  const lost = overrides.filter((one) => !now.some(isOf(one)));
  if (lost.length === 0) return [];
  const told = lost
    .slice(0, mostTold)
    .map((one) => `${nameOf(one.siteId)} ${packsInWords(one.packs, one.packDoses)} of ${poolName(one)} (${one.reason})`);
  const more = lost.length > told.length ? `; and ${lost.length - told.length} more` : '';
  return [
    `${plural(lost.length, 'award')} set by a person in run ${before.runId} ${lost.length === 1 ? 'is' : 'are'} not in this draft: ${told.join('; ')}${more}. To keep them, draft it again with the same overrides.`,
  ];
};

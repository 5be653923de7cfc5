import { canonicalDigest } from './domain/canonical.ts';
import { inputsDigest } from './domain/canonical-inputs.ts';
import type { Leftover, RunSummary, SettledDebt } from './domain/allocation.ts';
import type { RunInputs } from './domain/inputs.ts';
import type { Policy } from './domain/policy/policy.ts';
import type { PublicPool } from './domain/explain/public-table.ts';
import { runItem, runSummary, type RunAward, type RunItem } from './schemas-run-items.ts';

const keyOf = ({ siteId, ndc, doseNumber, packDoses }: RunAward): string => JSON.stringify([siteId, ndc, doseNumber, packDoses]);

/** Digest of what was awarded and why, as data. Its words may be put better one day without making it another run. */
export const awardsDigest = (awards: readonly RunAward[]): string =>
  canonicalDigest(
    awards
      .map((award) => ({ award, key: keyOf(award) }))
      .sort((a, b) => (a.key < b.key ? -1 : 1))
      .map(({ award: { words: _words, ...award } }) => award),
  );

/** Digest of everything that decides what is awarded: inputs, policy, engine. */
export const runDigest = (inputs: RunInputs, policy: Policy, engineVersion: string): string =>
  canonicalDigest([inputsDigest(inputs), canonicalDigest(policy), engineVersion]);

/** What the run item holds of the engine's summary and of what is left. */
export const storedSummary = ({ writtenOff, ...summary }: RunSummary, leftover: readonly Leftover[]): Pick<RunItem, 'summary' | 'leftover'> => ({
  summary: runSummary.parse({ ...summary, writtenOff: writtenOff.length }),
  leftover: runItem.shape.leftover.parse(leftover),
});

/** All that comes out of a run and is stored. */
export interface RunResults {
  readonly awards: readonly RunAward[];
  readonly debts: readonly SettledDebt[];
  readonly writtenOff: readonly (SettledDebt & { readonly reason: string })[];
  readonly publicPools: readonly PublicPool[];
  readonly summary: RunItem['summary'];
  readonly leftover: RunItem['leftover'];
}

/** Parts of what comes out, as a replay names them. */
export const resultParts = ['awards', 'debts', 'written-off', 'public-table', 'summary', 'leftover'] as const;
export type ResultPart = (typeof resultParts)[number];

/** One digest for each part, as data: without words, and without the engine's version, which the run tells by itself. */
export const resultDigests = ({ awards, debts, writtenOff, publicPools, summary, leftover }: RunResults): Record<ResultPart, string> => ({
  awards: awardsDigest(awards),
  debts: canonicalDigest(debts),
  'written-off': canonicalDigest(writtenOff),
  'public-table': canonicalDigest(publicPools.map(({ name: _name, whyLeft: _whyLeft, ...pool }) => pool)),
  summary: canonicalDigest({ ...summary, engineVersion: undefined }),
  leftover: canonicalDigest(leftover),
});

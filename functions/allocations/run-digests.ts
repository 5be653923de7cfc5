import { canonicalDigest } from './domain/canonical.ts';
import { inputsDigest } from './domain/canonical-inputs.ts';
import type { RunInputs } from './domain/inputs.ts';
import type { Policy } from './domain/policy.ts';
import type { RunAward } from './schemas-run-items.ts';

const keyOf = ({ siteId, ndc, doseNumber, packDoses }: RunAward): string => JSON.stringify([siteId, ndc, doseNumber, packDoses]);

/** Digest of what was awarded and why, as data. Its words may be put better one day without making it another run. */
export const awardsDigest = (awards: readonly RunAward[]): string =>
  canonicalDigest(awards.map((award) => ({ award, key: keyOf(award) })).sort((a, b) => (a.key < b.key ? -1 : 1)).map(({ award: { words: _words, ...award } }) => award));

/** Digest of everything that decides what is awarded: inputs, policy, engine. */
export const runDigest = (inputs: RunInputs, policy: Policy, engineVersion: string): string => canonicalDigest([inputsDigest(inputs), canonicalDigest(policy), engineVersion]);

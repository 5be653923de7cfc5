import type { Eligibility, FundingObservation } from './hl7-tables.ts';

/** Who owns a dose; part of the key of a stock account. */
export const FUNDING_SOURCES = {
  covid: 'Federal COVID-19 programme',
  vfc: 'Vaccines for Children',
  public: 'Other public (317, state)',
  private: 'Private purchase',
} as const;
export type FundingSource = keyof typeof FUNDING_SOURCES;

export const isFundingSource = (value: string): value is FundingSource => Object.hasOwn(FUNDING_SOURCES, value);

/** What the sender's funding observation (30963-3) says by itself; plain "public" leaves VFC open. */
const BY_OBSERVATION: Record<FundingObservation, FundingSource | 'ambiguous'> = {
  PHC70: 'private', VXC51: 'vfc', VXC52: 'public', VXC50: 'ambiguous',
};
const VFC_ELIGIBLE: ReadonlySet<Eligibility> = new Set(['V02', 'V03', 'V04', 'V05']);
const PUBLIC_ELIGIBLE: ReadonlySet<Eligibility> = new Set(['V22', 'V23', 'V25']);

/**
 * The funding source of a reported dose. A COVID-19 dose of the federal programme is `covid` unless the sender says private.
 * `ambiguous` goes to a worklist: it is never guessed, and the dose itself is never refused for it.
 */
export const fundingOf = (told: {
  readonly covid: boolean; readonly observation?: FundingObservation; readonly eligibility?: Eligibility;
}): FundingSource | 'ambiguous' => {
  const observed = told.observation === undefined ? 'ambiguous' : BY_OBSERVATION[told.observation];
  if (told.covid) return observed === 'private' ? 'private' : 'covid';
  if (observed !== 'ambiguous') return observed;
  if (told.eligibility === undefined) return 'ambiguous';
  if (VFC_ELIGIBLE.has(told.eligibility)) return 'vfc';
  if (PUBLIC_ELIGIBLE.has(told.eligibility)) return 'public';
  return told.observation === undefined && told.eligibility === 'V01' ? 'private' : 'ambiguous';
};

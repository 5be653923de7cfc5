import type { RecordItem } from '../../../../shared/published/person.ts';
import type { MatchPolicy } from '../match/weights.ts';
import { judgePerson, type Verdict } from './evidence.ts';
import type { QueryProfile, Wanted } from './query-types.ts';

/** A person that was found by the keys of a query, with those of its records that the asker may know of; at least one. */
export interface Candidate {
  readonly personId: string;
  readonly records: readonly RecordItem[];
  /** The registry's own number was asked for: it was given out by us, so it names this person. */
  readonly byOurNumber: boolean;
}

export interface Named extends Candidate {
  /** The record that fits best; the asker's own where there is one. */
  readonly shown: RecordItem;
}

/** HL7-90, in the words of QAK-2. */
export type QueryDecision =
  | { readonly kind: 'history'; readonly person: Named }
  | { readonly kind: 'list'; readonly persons: readonly Named[] }
  | { readonly kind: 'too-many' }
  | { readonly kind: 'nobody' };

type Judged = Candidate & { readonly verdict: Verdict; readonly holdsId: boolean; readonly shown: RecordItem | undefined };
const isNamed = (candidate: Judged): candidate is Judged & { readonly shown: RecordItem } => candidate.shown !== undefined;

const judged = (candidate: Candidate, wanted: Wanted, askerOrganizationId: string, policy: MatchPolicy): Judged => {
  const records = candidate.records.map((record) => ({ ...record, isOwn: candidate.byOurNumber || record.organizationId === askerOrganizationId }));
  // Whoever has our own number asks for every record of its person.
  const asked = candidate.byOurNumber ? { ...wanted, ids: records.flatMap(({ ids }) => ids) } : wanted;
  const { verdict, record, holdsId } = judgePerson(asked, records, policy);
  const best = candidate.records.find(({ recordId }) => recordId === record?.recordId);
  const own =
    best?.organizationId === askerOrganizationId ? best : candidate.records.find(({ organizationId }) => organizationId === askerOrganizationId);
  return { ...candidate, verdict, holdsId, shown: best === undefined ? undefined : own ?? best };
};

/** Whether a person would have been told of, or listed: what is withheld from an asker is noted when it is. */
export const wouldFit = (wanted: Wanted, candidate: Candidate, askerOrganizationId: string, policy: MatchPolicy): boolean =>
  isNamed(judged(candidate, wanted, askerOrganizationId, policy));

/**
 * What a query gets (HL7-90, MAT-02): one certain match its history; several certain or possible ones a list for the asker to choose from, when they
 * are no more than it wants and we give; never the first of several. Name and birth date make nobody certain while a number that was asked for
 * is that of somebody else who fits.
 */
export const decideAnswer = (
  profile: QueryProfile, wanted: Wanted, candidates: readonly Candidate[], most: number, askerOrganizationId: string, policy: MatchPolicy,
): QueryDecision => {
  const fitting = candidates.map((candidate) => judged(candidate, wanted, askerOrganizationId, policy)).filter(isNamed);
  const isContested = (one: Judged): boolean => !one.holdsId && fitting.some((other) => other !== one && other.holdsId);
  const certain = fitting.filter((one) => one.verdict === 'certain' && !isContested(one));
  const [only] = certain;
  if (only !== undefined && certain.length === 1) return { kind: 'history', person: only };
  if (fitting.length === 0) return { kind: 'nobody' };
  if (profile === 'Z44') return { kind: fitting.length > 1 ? 'too-many' : 'nobody' };
  return fitting.length <= most ? { kind: 'list', persons: fitting } : { kind: 'too-many' };
};

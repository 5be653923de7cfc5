import { CVRS_FIELDS, type CvrsField } from './cvrs-columns.ts';
import type { CvrsRowOutcome } from './cvrs-row.ts';
import { differingFields, rowDigestOf, withPlaceOf } from './row-digest.ts';

/** What stands of an event, or stood when it was last told: the version of its dose and the digest of its row. */
export interface Told {
  readonly version: number;
  /** `deleted` when there is no event any more, `unsendable:<columns>` when no row can say it. */
  readonly digest: string;
}

export type Restatement = { readonly change: 'update' | 'delete'; readonly fields: readonly CvrsField[]; readonly told: Told };

const gone = 'deleted';
const unsendable = 'unsendable:';

/** Columns in which a state differs from the row in the file. */
const fieldsOf = (sent: string, now: string): CvrsField[] => {
  if (!now.startsWith(unsendable)) return differingFields(sent, now);
  const named = new Set(now.slice(unsendable.length).split(','));
  return CVRS_FIELDS.filter((field) => named.has(field));
};

/**
 * Whether the ledger must say something new of an event that is in a file.
 *
 * @param sent digest of the row in the file
 * @param last what the ledger said last, or the file when it said nothing yet
 * @param now version of the dose and what it would be sent as; `outcome` is undefined when CDC is to have no such event. `sentAs` is the recip_id
 *   of the row in the file, when its record was linked to another person since
 */
export const restatementOf = (
  sent: string,
  last: Told,
  now: { version: number; outcome: CvrsRowOutcome | undefined; sentAs?: string | undefined },
): Restatement | undefined => {
  const { version, outcome, sentAs } = now;
  if (outcome === undefined) return last.digest === gone ? undefined : { change: 'delete', fields: [], told: { version, digest: gone } };
  const digest =
    outcome.kind === 'unsendable' ? `${unsendable}${outcome.faults.map(({ field }) => field).join(',')}` : rowDigestOf(outcome.row, sentAs);
  const isRow = outcome.kind === 'row' && last.digest !== gone && !last.digest.startsWith(unsendable);
  const settled = isRow && version === last.version ? withPlaceOf(last.digest, digest) : digest;
  return settled === last.digest ? undefined : { change: 'update', fields: fieldsOf(sent, settled), told: { version, digest: settled } };
};

import { aliasOf } from '../../../shared/published/site.ts';
import { canonicalJson, keyedDigest } from '../../../shared/kernel/ids.ts';
import { dosePrefix, recordKey } from '../../../shared/published/dose-keys.ts';
import type { MatchingKey } from './match-keys.ts';
import type { ReportedDose, ReportedPatient } from './vxu/types.ts';

/** Whose record it is: the enrolled organization that sends, and the one that answers for the content when it is another (HL7-99). */
export interface RecordAuthority {
  readonly organizationId: string;
  /** MSH-22 or MSH-4 as sent; '' when the organization speaks for itself. */
  readonly responsible: string;
  /** The enrolled site that is meant by it: however it is spelled, and when it is renamed, the record stays the same. */
  readonly responsibleSite?: string | undefined;
}

/** Which identifier of PID-3 is the sender's own record number, wherever in the list it stands. */
export const ownNumber = <T extends { readonly type: string }>(ids: readonly T[]): T | undefined =>
  ['MR', 'PI', 'PT', 'PN'].map((type) => ids.find((id) => id.type === type)).find((id) => id !== undefined) ?? ids[0];

const authorityParts = ({ organizationId, responsible, responsibleSite }: RecordAuthority): [string, string] => [
  organizationId,
  responsibleSite ?? aliasOf(responsible),
];

/** The record a sender means, by its own number for the patient: the same number is the same record, for ever. */
export const recordIdFor = (patient: ReportedPatient, by: RecordAuthority, key: MatchingKey): string => {
  const { id = '', authority = '', type = '' } = ownNumber(patient.ids) ?? {};
  return `rec_${keyedDigest(key, 'record', ...authorityParts(by), authority, type, id)}`;
};

/** The record of another patient under a number that already means somebody: the number alone is no proof (matching.md, MAT-07). */
export const apartRecordIdFor = (patient: ReportedPatient, by: RecordAuthority, key: MatchingKey): string => {
  const { names: [name], birthDate, sex } = patient;
  return `rec_${keyedDigest(key, 'record apart', recordIdFor(patient, by, key), name?.family ?? '', name?.given ?? '', birthDate, sex)}`;
};

/** A record that is taken out of persons, and others linked to it, more often than this needs another look. */
const maxOwnPersons = 5;

/** A new person's ids follow from the record that brought it in, so that two tries make one person. */
export const personIdFor = (recordId: string, key: MatchingKey): string => `per_${keyedDigest(key, 'person', recordId)}`;
/** Persons that may be a record's own when it is taken out of another: first the one that came with it. Each round of taking out uses one at most. */
export const ownPersonIdsFor = (recordId: string, key: MatchingKey): string[] =>
  [personIdFor(recordId, key), ...Array.from({ length: maxOwnPersons }, (_, at) => `per_${keyedDigest(key, 'person apart', recordId, String(at))}`)];
export const recipIdFor = (personId: string, key: MatchingKey): string => `rcp_${keyedDigest(key, 'recip', personId)}`;

type ItemKey = { pk: string; sk: string };
const doseKeyFor = (recordId: string, digest: string): ItemKey => ({ pk: recordKey(recordId).pk, sk: `${dosePrefix}${digest}` });

export interface DoseKeys {
  /** By the sender's own id (HL7-67), or by what was told when there is none. */
  readonly usual: ItemKey;
  /** The same id on another day or for another vaccine is another dose (HL7-68): senders do reuse ORC-3. Without an id, what else tells two apart. */
  readonly other: ItemKey;
}

/** What tells groups without an id apart on one day: of a given dose its vial and where it went, of one not given what it is about (immunity, contraindication …). */
export interface ToldApart {
  readonly lot?: string | undefined;
  readonly route?: string | undefined;
  readonly bodySite?: string | undefined;
  readonly amount?: number | undefined;
  readonly observations: readonly { readonly code: string; readonly value: string }[];
}
export const toldApartBy = (completion: ReportedDose['completion'], { lot, route, bodySite, amount, observations }: ToldApart): string =>
  canonicalJson(
    completion === 'NA' ? observations.map(({ code, value }) => `${code} ${value}`).sort() : [lot ?? '', route ?? '', bodySite ?? '', amount ?? -1],
  );

/** Where a dose is stored, by whom it comes from and what it is. A resend meets itself here. `apart` as `toldApartBy` gives it. */
export const doseKeysFor = (
  recordId: string,
  dose: Pick<ReportedDose, 'id' | 'givenOn' | 'cvx' | 'completion'>,
  apart: string,
  key: MatchingKey,
): DoseKeys => {
  const { id, givenOn, cvx, completion } = dose;
  const parts = id === undefined ? ['dose told', recordId, givenOn, cvx, completion] : ['dose', recordId, id.authority, id.id];
  const more = id === undefined ? [apart] : [givenOn, cvx];
  return { usual: doseKeyFor(recordId, keyedDigest(key, ...parts)), other: doseKeyFor(recordId, keyedDigest(key, ...parts, ...more)) };
};

import type { PersonItem, RecordItem } from '../../../../shared/published/person.ts';

/** Who wants to see a patient: staff and systems of an enrolled organization, or somebody of none (undefined), who owns no record. */
export interface Asker {
  readonly organizationId: string | undefined;
}

type Known = Pick<RecordItem, 'recordId' | 'organizationId' | 'protection'>;

/** Opted out by the jurisdiction's own decision (HL7-98). It is in force from the moment it was written down. */
export const isOptedOut = ({ optOut }: Pick<PersonItem, 'optOut'>): boolean => optOut !== undefined;

/**
 * Whether the patient wishes that records are shared with nobody (PD1-12, HL7-96): some sender says Y, and none said N later. A word without
 * a day is never overruled by another sender's.
 */
export const isProtected = (records: readonly Pick<RecordItem, 'protection'>[]): boolean =>
  records.some(({ protection }) => {
    if (protection?.code !== 'Y') return false;
    const { on } = protection;
    return on === undefined || !records.some(({ protection: other }) => other?.code === 'N' && other.on !== undefined && other.on > on);
  });

/**
 * Whether a record must be to the asker as if it did not exist. Of a person who opted out everything is hidden from everybody; of a patient
 * who is protected each organization sees what it told itself (HL7-97, HL7-98). The jurisdiction's registry staff do not ask by this rule.
 * @param records all records of the person: the latest word of any sender decides about protection
 */
export const isHidden = (
  person: Pick<PersonItem, 'optOut'>, record: Known, asker: Asker, records: readonly Pick<RecordItem, 'protection'>[] = [record],
): boolean => isOptedOut(person) || (isProtected([...records, record]) && record.organizationId !== asker.organizationId);

/** The records of a person that an asker may know of; none when the person is not to be found at all. */
export const visibleRecords = <R extends Known>(person: Pick<PersonItem, 'optOut'>, records: readonly R[], asker: Asker): R[] =>
  records.filter((record) => !isHidden(person, record, asker, records));

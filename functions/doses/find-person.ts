import type { Jurisdiction } from '../../shared/codes/jurisdiction.ts';
import { canonicalJson } from '../../shared/kernel/ids.ts';
import { localDay } from '../../shared/kernel/dates.ts';
import { maxDecisionAttempts } from '../../shared/kernel/limits.ts';
import { letPass } from '../../shared/platform/dynamo.ts';
import { personKey, recordKey } from '../../shared/published/dose-keys.ts';
import { patientFacts, type PatientFacts, type PersonItem, type RecordItem } from '../../shared/published/person.ts';
import type { Telling } from './domain/dose-facts.ts';
import { decideLink, isSamePatient, type Link, type Resembling } from './domain/identity.ts';
import { withRecord } from './domain/match/block.ts';
import { comparePatients } from './domain/match/match-patients.ts';
import { matchKeysOf, type MatchingKey } from './domain/match-keys.ts';
import { factsOf, homeOf, mergePatient } from './domain/patient-record.ts';
import { apartRecordIdFor, personIdFor, recipIdFor, recordIdFor } from './domain/record-ids.ts';
import type { ReportedPatient } from './domain/vxu/types.ts';
import { isOptedOut } from './domain/persons/hidden.ts';
import { areApart, maxRecordsAPerson } from './domain/persons/relink.ts';
import { reviewKey, scoreOf, type ReviewItem } from './domain/persons/review.ts';
import { makeResemblePersons, type Resemblance } from './resemble-persons.ts';
import type { PersonStore, RecordWrite } from './store-persons.ts';

export type FoundPerson =
  /**
   * `isUnseen`: the person opted out and nothing more of it is kept; the record is as it would be and was not written. `keptApart`: whose the
   * record is waits for somebody. `isNumberTaken`: the sender's own number means another patient of its own.
   */
  | { kind: 'found'; record: RecordItem; person: PersonItem; keptApart: boolean; isNumberTaken?: boolean; isUnseen?: boolean }
  /** Only a known record was asked for, and the sender has none of this patient. */
  | { kind: 'nobody' }
  | { kind: 'contended' };

export interface FindPersonDeps {
  readonly persons: PersonStore;
  readonly jurisdiction: Jurisdiction;
  readonly matchingKey: MatchingKey;
}

type Decided = { write: RecordWrite; keptApart: boolean } | { standing: RecordItem; person: PersonItem };

/** A review names no more persons than somebody can look at. */
const maxAsked = 10;

/**
 * Finds the sender's record of a patient, or makes it, with what is told of the patient now; and the person it belongs to. A match
 * links; less keeps apart under a provisional person and asks for a decision; nothing is ever merged into another record.
 */
export const makeFindPerson = ({ persons, jurisdiction, matchingKey }: FindPersonDeps) => {
  const policy = { idKinds: jurisdiction.matchingIds };
  const keysOf = (facts: PatientFacts) => matchKeysOf(facts, matchingKey, policy);
  const resemblePersons = makeResemblePersons({ persons, policy });
  /** The blocks that a record is not in yet, with it. */
  const blocksWith = (recordId: string, hashes: readonly string[], { blocks }: Resemblance, { recordIds }: PersonItem) =>
    hashes.flatMap((hash) => withRecord(hash, blocks.get(hash), recordId, recordIds) ?? []);

  const stamped = (
    facts: PatientFacts,
    { recordId, personId }: { recordId: string; personId: string },
    telling: Telling,
    before?: RecordItem,
  ): RecordItem => ({
    ...facts,
    ...recordKey(recordId),
    type: 'record',
    schema: 1,
    version: (before?.version ?? 0) + 1,
    recordId,
    personId,
    organizationId: telling.organizationId,
    home: homeOf(facts, jurisdiction),
    matchKeys: keysOf(facts).map(({ hash }) => hash),
    createdAt: before?.createdAt ?? telling.receivedAt,
    updatedAt: telling.receivedAt,
    updatedBy: telling.actor,
    messageId: telling.messageId,
  });

  const dayOf = ({ receivedAt }: Pick<Telling, 'receivedAt'>): string => localDay(receivedAt, jurisdiction.timeZone);

  /** @param version of the record that is written with it: each version asks for itself, so that a question decided today is not overwritten */
  const reviewOf = (
    why: string,
    { recordId, version, personId }: RecordItem,
    resembling: readonly Resembling[],
    { receivedAt }: Telling,
  ): ReviewItem => {
    const asked = resembling.slice(0, maxAsked);
    const openedOn = dayOf({ receivedAt });
    return {
      ...reviewKey(openedOn, recordId, String(version)),
      type: 'review',
      schema: 1,
      version: 1,
      state: 'open',
      why,
      recordId,
      personId,
      candidates: asked.map((one) => one.personId),
      scores: asked.map(scoreOf),
      openedOn,
      openedAt: receivedAt,
    };
  };

  /** Those of whom nobody decided yet that they are somebody else: a question that was answered is not asked again. */
  const notYetApart = (person: PersonItem, { resembling, persons: known }: Resemblance): Resembling[] =>
    resembling.filter(({ personId }) => {
      const other = known.get(personId);
      return other === undefined || !areApart(person, other);
    });

  /** The sender speaks again of a record it has here. */
  const decideKnown = async (before: RecordItem, patient: ReportedPatient, telling: Telling): Promise<Decided> => {
    const person = await persons.person(before.personId);
    if (person === undefined) throw new Error('A record names a person that does not exist');
    const known = patientFacts.parse(before);
    const facts = mergePatient(known, patient);
    if (canonicalJson(facts) === canonicalJson(known)) return { standing: before, person };
    const record = stamped(facts, before, telling, before);
    const added = keysOf(facts).filter(({ hash }) => !before.matchKeys.includes(hash));
    const found = await resemblePersons(facts, added, { recordId: before.recordId, personId: person.personId });
    const others = notYetApart(person, found);
    const blocks = blocksWith(before.recordId, added.map(({ hash }) => hash), found, person);
    const review = others.length === 0 ? undefined : reviewOf('resembles-another', record, others, telling);
    return {
      write: { record, before, person: { ...person, version: person.version + 1 }, isNewPerson: false, blocks, review, localDay: dayOf(telling) },
      keptApart: false,
    };
  };

  const newPerson = (recordId: string, telling: Telling, provisional: boolean): PersonItem => {
    const personId = personIdFor(recordId, matchingKey);
    return {
      ...personKey(personId), type: 'person', schema: 1, version: 1, personId, recordIds: [recordId], recipId: recipIdFor(personId, matchingKey),
      createdAt: telling.receivedAt, ...(provisional ? { provisional } : {}),
    };
  };

  /** A person that has as many records as one may have gets no further one by itself. */
  const withRoom = (link: Link, { persons: known, resembling }: Resemblance): Link =>
    link.kind === 'link' && (known.get(link.personId)?.recordIds.length ?? maxRecordsAPerson) >= maxRecordsAPerson
      ? { kind: 'apart', why: 'too-many-records', candidates: resembling.filter(({ personId }) => personId === link.personId) }
      : link;

  /**
   * A record that is new here: whose is it?
   * @param taken the record that already has this number and is of another patient: never left without somebody looking at it (HL7-100)
   */
  const decideNew = async (recordId: string, patient: ReportedPatient, telling: Telling, taken?: RecordItem): Promise<Decided> => {
    const facts = factsOf(patient);
    const keys = keysOf(facts);
    const found = await resemblePersons(facts, keys, { recordId });
    const decided = withRoom(decideLink(found.resembling), found);
    const link: Link =
      decided.kind === 'new' && taken !== undefined ? { kind: 'apart', why: 'id-contradicts', candidates: [compared(facts, taken)] } : decided;
    const linked = link.kind === 'link' ? found.persons.get(link.personId) : undefined;
    const person =
      linked === undefined
        ? newPerson(recordId, telling, link.kind === 'apart')
        : { ...linked, version: linked.version + 1, recordIds: [...linked.recordIds, recordId] };
    const record = stamped(facts, { recordId, personId: person.personId }, telling);
    const review = link.kind === 'apart' ? reviewOf(link.why, record, link.candidates, telling) : undefined;
    const blocks = blocksWith(recordId, record.matchKeys, found, person);
    return {
      write: { record, before: undefined, person, isNewPerson: linked === undefined, blocks, review, localDay: dayOf(telling) },
      keptApart: link.kind === 'apart',
    };
  };

  const compared = (facts: PatientFacts, { personId, recordId, ...record }: RecordItem): Resembling =>
    ({ personId, recordId, comparison: comparePatients(facts, record, policy) });

  /** The record that a sender means: its own number's, or, where that is of another patient, the one kept apart from it. */
  const recordMeant = async (
    patient: ReportedPatient,
    telling: Telling,
  ): Promise<{ recordId: string; known: RecordItem | undefined; taken?: RecordItem }> => {
    const recordId = recordIdFor(patient, telling, matchingKey);
    const known = await persons.record(recordId);
    if (known === undefined || isSamePatient(known, patient)) return { recordId, known };
    const apartId = apartRecordIdFor(patient, telling, matchingKey);
    return { recordId: apartId, known: await persons.record(apartId), taken: known };
  };

  const decide = async (patient: ReportedPatient, telling: Telling): Promise<{ decided: Decided; isNumberTaken: boolean }> => {
    const { recordId, known, taken } = await recordMeant(patient, telling);
    const decided = await (known === undefined ? decideNew(recordId, patient, telling, taken) : decideKnown(known, patient, telling));
    return { decided, isNumberTaken: taken !== undefined };
  };

  /** Of somebody who opted out no record is updated; by the jurisdiction's choice a new one is kept, or nothing more at all (HL7-98). */
  const withOptOut = (decided: Decided): Decided | { unseen: RecordItem; person: PersonItem } => {
    const owner = 'standing' in decided ? decided.person : decided.write.person;
    if (!isOptedOut(owner)) return decided;
    const { record, person, isNew } =
      'standing' in decided
        ? { record: decided.standing, person: decided.person, isNew: false }
        : // What is not written leaves the person as it was read.
          {
            record: decided.write.before ?? decided.write.record,
            person: { ...owner, version: owner.version - 1 },
            isNew: decided.write.before === undefined,
          };
    if (!jurisdiction.optOut.keepsForReports) return { unseen: record, person };
    return isNew ? decided : { standing: record, person };
  };

  /** A record as it stands, with nothing that is told of its patient now; of somebody who opted out it may be one that was never written. */
  const findKnown = async (patient: ReportedPatient, telling: Telling): Promise<FoundPerson> => {
    const { decided: asAnybody, isNumberTaken } = await decide(patient, telling);
    const decided = withOptOut(asAnybody);
    const found = (record: RecordItem, person: PersonItem): FoundPerson => ({ kind: 'found', record, person, keptApart: false, isNumberTaken });
    if ('unseen' in decided)
      return { kind: 'found', record: decided.unseen, person: decided.person, keptApart: false, isNumberTaken, isUnseen: true };
    if ('standing' in decided) return found(decided.standing, decided.person);
    const { before, person } = decided.write;
    return before === undefined ? { kind: 'nobody' } : found(before, { ...person, version: person.version - 1 });
  };

  /** @param most `known`: nothing is written, and a record that is not there is not made */
  return async (patient: ReportedPatient, telling: Telling, most: 'known' | 'any' = 'any'): Promise<FoundPerson> => {
    if (most === 'known') return findKnown(patient, telling);
    for (let attempt = 1; attempt <= maxDecisionAttempts; attempt += 1) {
      const { decided: asAnybody, isNumberTaken } = await decide(patient, telling);
      const decided = withOptOut(asAnybody);
      if ('unseen' in decided)
        return { kind: 'found', record: decided.unseen, person: decided.person, keptApart: false, isNumberTaken, isUnseen: true };
      if ('standing' in decided) return { kind: 'found', record: decided.standing, person: decided.person, keptApart: false, isNumberTaken };
      const outcome = await persons.write(decided.write);
      if (outcome.kind === 'committed')
        return { kind: 'found', record: decided.write.record, person: decided.write.person, keptApart: decided.keptApart, isNumberTaken };
      if (attempt < maxDecisionAttempts) await letPass(attempt);
    }
    return { kind: 'contended' };
  };
};
export type FindPerson = ReturnType<typeof makeFindPerson>;

import type { Jurisdiction } from '../../shared/codes/jurisdiction.ts';
import { canonicalJson } from '../../shared/kernel/ids.ts';
import { localDay } from '../../shared/kernel/dates.ts';
import { maxDecisionAttempts } from '../../shared/kernel/limits.ts';
import { patientFacts, personKey, recordKey, type PatientFacts, type PersonItem, type RecordItem } from '../../shared/published/dose.ts';
import type { Telling } from './domain/dose-facts.ts';
import { decideLink, isSamePatient, type Link } from './domain/identity.ts';
import { matchKeysOf, type MatchingKey } from './domain/match-keys.ts';
import { factsOf, homeOf, mergePatient } from './domain/patient-record.ts';
import { apartRecordIdFor, personIdFor, recipIdFor, recordIdFor } from './domain/record-ids.ts';
import type { ReportedPatient } from './domain/vxu-types.ts';
import { areApart, maxRecordsAPerson } from './domain/persons/relink.ts';
import { reviewKey, type ReviewItem } from './domain/persons/review.ts';
import type { PersonStore, RecordWrite } from './store-persons.ts';

export type FoundPerson =
  | { kind: 'found'; record: RecordItem; person: PersonItem; keptApart: boolean }
  | { kind: 'contended' };


export interface FindPersonDeps {
  readonly persons: PersonStore;
  readonly jurisdiction: Jurisdiction;
  readonly matchingKey: MatchingKey;
}

type Decided = { write: RecordWrite; keptApart: boolean } | { standing: RecordItem; person: PersonItem };

/**
 * Finds the sender's record of a patient, or makes it, with what is told of the patient now; and the person it belongs to. Exact
 * evidence links; weak evidence keeps apart under a provisional person and asks for a decision; nothing is ever merged into another record.
 */
export const makeFindPerson = ({ persons, jurisdiction, matchingKey }: FindPersonDeps) => {
  const stamped = (facts: PatientFacts, { recordId, personId }: { recordId: string; personId: string }, telling: Telling, before?: RecordItem): RecordItem => ({
    ...facts, ...recordKey(recordId), type: 'record', schema: 1, version: (before?.version ?? 0) + 1, recordId, personId,
    organizationId: telling.organizationId,
    home: homeOf(facts, jurisdiction),
    matchKeys: matchKeysOf(facts, matchingKey).map(({ hash }) => hash),
    createdAt: before?.createdAt ?? telling.receivedAt,
    updatedAt: telling.receivedAt, updatedBy: telling.actor, messageId: telling.messageId,
  });

  const dayOf = ({ receivedAt }: Pick<Telling, 'receivedAt'>): string => localDay(receivedAt, jurisdiction.timeZone);

  /** @param version of the record that is written with it: each version asks for itself, so that a question decided today is not overwritten */
  const reviewOf = (why: string, { recordId, version, personId }: RecordItem, candidates: readonly string[], { receivedAt }: Telling): ReviewItem => {
    const openedOn = dayOf({ receivedAt });
    return {
      ...reviewKey(openedOn, recordId, String(version)), type: 'review', schema: 1, version: 1, state: 'open', why, recordId, personId,
      candidates: [...candidates], openedOn, openedAt: receivedAt,
    };
  };

  /** Those of whom nobody decided yet that they are somebody else: a question that was answered is not asked again. */
  const notYetApart = async (person: PersonItem, others: readonly string[]): Promise<string[]> => {
    const known = await Promise.all(others.map((id) => persons.person(id)));
    return others.filter((_, at) => {
      const other = known[at];
      return other === undefined || !areApart(person, other);
    });
  };

  /** The sender speaks again of a record it has here. */
  const decideKnown = async (before: RecordItem, patient: ReportedPatient, telling: Telling): Promise<Decided> => {
    const person = await persons.person(before.personId);
    if (person === undefined) throw new Error('A record names a person that does not exist');
    const known = patientFacts.parse(before);
    const facts = mergePatient(known, patient);
    if (canonicalJson(facts) === canonicalJson(known)) return { standing: before, person };
    const record = stamped(facts, before, telling, before);
    const added = matchKeysOf(facts, matchingKey).filter(({ hash }) => !before.matchKeys.includes(hash));
    const holders = await persons.holders(added);
    const others = await notYetApart(person, [...new Set(holders.map(({ personId }) => personId))].filter((id) => id !== person.personId));
    const claims = added.filter(({ hash }) => !holders.some(({ key }) => key.hash === hash)).map(({ hash }) => hash);
    const review = others.length === 0 ? undefined : reviewOf('name-or-id-of-another', record, others, telling);
    return { write: { record, before, person: { ...person, version: person.version + 1 }, isNewPerson: false, claims, review, localDay: dayOf(telling) }, keptApart: false };
  };

  const newPerson = (recordId: string, telling: Telling, provisional: boolean): PersonItem => {
    const personId = personIdFor(recordId, matchingKey);
    return {
      ...personKey(personId), type: 'person', schema: 1, version: 1, personId, recordIds: [recordId], recipId: recipIdFor(personId, matchingKey),
      createdAt: telling.receivedAt, ...(provisional ? { provisional } : {}),
    };
  };

  /** A record that is new here: whose is it? */
  const decideNew = async (recordId: string, patient: ReportedPatient, telling: Telling): Promise<Decided> => {
    const facts = factsOf(patient);
    const keys = matchKeysOf(facts, matchingKey);
    const holders = await persons.holders(keys);
    const candidates = new Map(
      await Promise.all([...new Set(holders.map(({ personId }) => personId))].map(async (id) => [id, await persons.recordsOf(id)] as const)),
    );
    const asked = decideLink(facts, holders, (personId) => candidates.get(personId)?.records ?? []);
    const linked = asked.kind === 'link' ? candidates.get(asked.personId)?.person : undefined;
    const link: Link = linked !== undefined && linked.recordIds.length >= maxRecordsAPerson ? { kind: 'apart', why: 'several-persons', candidates: [linked.personId] } : asked;
    const isNewPerson = link.kind !== 'link' || linked === undefined;
    const person = isNewPerson ? newPerson(recordId, telling, link.kind === 'apart') : { ...linked, version: linked.version + 1, recordIds: [...linked.recordIds, recordId] };
    const claims = keys.filter(({ hash }) => !holders.some(({ key }) => key.hash === hash)).map(({ hash }) => hash);
    const record = stamped(facts, { recordId, personId: person.personId }, telling);
    const review = link.kind === 'apart' ? reviewOf(link.why, record, link.candidates, telling) : undefined;
    return { write: { record, before: undefined, person, isNewPerson, claims, review, localDay: dayOf(telling) }, keptApart: link.kind === 'apart' };
  };

  const decide = async (patient: ReportedPatient, telling: Telling): Promise<Decided> => {
    const recordId = recordIdFor(patient, telling, matchingKey);
    const known = await persons.record(recordId);
    if (known === undefined) return decideNew(recordId, patient, telling);
    if (isSamePatient(known, patient)) return decideKnown(known, patient, telling);
    const apartId = apartRecordIdFor(patient, telling, matchingKey);
    const apart = await persons.record(apartId);
    return apart === undefined ? decideNew(apartId, patient, telling) : decideKnown(apart, patient, telling);
  };

  return async (patient: ReportedPatient, telling: Telling): Promise<FoundPerson> => {
    for (let attempt = 1; attempt <= maxDecisionAttempts; attempt += 1) {
      const decided = await decide(patient, telling);
      if ('standing' in decided) return { kind: 'found', record: decided.standing, person: decided.person, keptApart: false };
      const outcome = await persons.write(decided.write);
      if (outcome.kind === 'committed') return { kind: 'found', record: decided.write.record, person: decided.write.person, keptApart: decided.keptApart };
    }
    return { kind: 'contended' };
  };
};
export type FindPerson = ReturnType<typeof makeFindPerson>;

import type { Jurisdiction } from '../../../shared/codes/jurisdiction.ts';
import { localDay } from '../../../shared/kernel/dates.ts';
import { canonicalJson, createdId, keyedDigest } from '../../../shared/kernel/ids.ts';
import { inLanes } from '../../../shared/platform/lanes.ts';
import type { RecordItem } from '../../../shared/published/person.ts';
import type { GivenAt } from '../domain/decrement.ts';
import type { Telling } from '../domain/dose-facts.ts';
import { asKept } from '../domain/fhir/as-kept.ts';
import { immunizationIdOf, patientIdOf } from '../domain/fhir/ids.ts';
import { isError, issuesOf, type Issue } from '../domain/fhir/issues.ts';
import { doseExpression } from '../domain/fhir/judge.ts';
import type { MatchingKey } from '../domain/match-keys.ts';
import { isOptedOut } from '../domain/persons/hidden.ts';
import type { Sender } from '../domain/sender.ts';
import type { Stored } from '../domain/store-remarks.ts';
import type { FindPerson } from '../find-person.ts';
import type { FindPlace } from '../find-place.ts';
import type { RecordDoses } from '../record-dose.ts';
import type { QualityStore } from '../quality/store-quality.ts';
import { objectKeyOf, type MessageStore } from '../store-messages.ts';
import type { PersonStore } from '../store-persons.ts';
import { makeTellReport } from '../tell-report.ts';
import { judgeEntries, type Unit } from './judge-entries.ts';
import { measureResources } from './measure-resources.ts';
import type { Entries } from './read-entries.ts';

/** Patients told side by side; the doses of one patient go one after the other. */
const lanes = 4;

export interface TellResourcesDeps {
  readonly messages: MessageStore;
  readonly quality: Pick<QualityStore, 'countOnce'>;
  readonly persons: Pick<PersonStore, 'personOfRecord'>;
  readonly findPerson: FindPerson;
  readonly recordDoses: RecordDoses;
  readonly findPlace: FindPlace;
  readonly jurisdiction: Jurisdiction;
  readonly matchingKey: MatchingKey;
}

/** What became of one resource. `version` is absent in the answer to a repeat. */
export interface Told {
  readonly at: string;
  readonly type: 'Patient' | 'Immunization';
  /** Absent when a deletion met nothing. */
  readonly id?: string;
  readonly version?: number;
  readonly lastModified?: string;
  readonly isNew: boolean;
}

export type TellResourcesOutcome =
  | { readonly kind: 'refused'; readonly issues: readonly Issue[] }
  | { readonly kind: 'key-reused' }
  /** Judged like any other; nothing is stored. */
  | { readonly kind: 'trial'; readonly issues: readonly Issue[] }
  /** Others were faster every time. What was stored stays, and meets itself when the same comes again. */
  | { readonly kind: 'contended' }
  | { readonly kind: 'told'; readonly told: readonly Told[]; readonly issues: readonly Issue[] };

export interface Submission {
  /** As sent: it is kept. */
  readonly text: string;
  readonly body: unknown;
  readonly entries: Entries;
  readonly sender: Sender;
  /** Idempotency-Key or Bundle.identifier. Without one, each resource is met by its own identifier or by what it says. */
  readonly key: string | undefined;
  readonly now: string;
  readonly recordOf: (id: string) => Promise<RecordItem | undefined>;
}

/** What became of the doses of one patient. */
interface UnitTold {
  readonly told: readonly Told[];
  readonly issues: readonly Issue[];
  /** Places of what is not kept, because its patient opted out. */
  readonly unseen: readonly string[];
}

/** The request without the resources of patients who opted out; undefined when nothing is left. */
const withoutUnseen = (body: unknown, unseen: readonly string[]): unknown => {
  const { entry } = body as { entry?: unknown };
  if (!Array.isArray(entry)) return undefined;
  return { ...(body as object), entry: entry.filter((_, index) => !unseen.includes(`Bundle.entry[${index}].resource`)) };
};

const splitMade = (made: readonly string[]): Told[] =>
  made.map((one) => {
    const [type = '', id = '', at = ''] = one.split(' ');
    return { at, type: type as Told['type'], ...(id === '' ? {} : { id }), isNew: false };
  });

/**
 * Takes Patients and Immunizations as a VXU would bring them: the same rules, the same record, stock and counters. Everything is judged
 * before anything is written, and one fault refuses all. The writes themselves are one transaction for each dose: what is cut off half way
 * is completed by sending the same again.
 */
export const makeTellResources = ({
  messages,
  quality,
  persons,
  findPerson,
  recordDoses,
  findPlace,
  jurisdiction,
  matchingKey,
}: TellResourcesDeps) => {
  const { timeZone } = jurisdiction;

  /** The record is named by its id: it is looked up again, and nothing new is said of the patient. */
  const knownPerson =
    (record: RecordItem): FindPerson =>
    async () => {
      const person = await persons.personOfRecord(record.recordId);
      return person === undefined
        ? { kind: 'contended' }
        : { kind: 'found', record, person, keptApart: false, isUnseen: isOptedOut(person) && !jurisdiction.optOut.keepsForReports };
    };

  const tellUnit = async ({ patient, doses }: Unit, sender: Sender, telling: Telling): Promise<UnitTold | undefined> => {
    const places = new Map<number, GivenAt>();
    const orders = await Promise.all(
      doses.map(async ({ dose }, index) => {
        const at = await findPlace(dose.facility, sender);
        places.set(index + 1, at);
        return { ...asKept(dose, at.isSendersOwn ? at.site : undefined), position: index + 1 };
      }),
    );
    const tell = makeTellReport({ recordDoses, patientStands: true, findPerson: patient.kind === 'told' ? findPerson : knownPerson(patient.record) });
    const reported = patient.kind === 'told' ? patient.reported : { ...patient.record, relatives: [], erased: [] };
    const outcome = await tell({ patient: reported as Parameters<typeof tell>[0]['patient'], orders }, telling, ({ position }) =>
      Promise.resolve(places.get(position) ?? { facility: 'missing', isSendersOwn: false }),
    );
    if (outcome.kind === 'contended' || outcome.record === undefined) return undefined;
    const { record } = outcome;
    const placeOf = (position: number): string => doses[position - 1]?.at ?? '';
    return {
      unseen: outcome.isUnseen ? [...(patient.kind === 'told' ? [patient.at] : []), ...doses.map(({ at }) => at)] : [],
      told: [
        ...(patient.kind === 'told' ? [patientTold(patient.at, record, telling)] : []),
        ...outcome.stored.map((stored, index) => doseTold(placeOf(index + 1), stored)),
      ],
      issues: issuesOf(outcome.faults, (fault) =>
        fault.location?.segment === 'RXA' ? doseExpression(placeOf(fault.location.occurrence))(fault) : patient.kind === 'told' ? patient.at : '',
      ),
    };
  };

  const patientTold = (at: string, record: RecordItem, { messageId }: Telling): Told => ({
    at,
    type: 'Patient',
    id: patientIdOf(record.recordId),
    version: record.version,
    lastModified: record.updatedAt,
    isNew: record.version === 1 && record.messageId === messageId,
  });
  const doseTold = (at: string, { kind, dose }: Stored): Told => ({
    at,
    type: 'Immunization',
    isNew: kind === 'recorded',
    ...(dose === undefined ? {} : { id: immunizationIdOf(dose), version: dose.version, lastModified: dose.changedAt ?? dose.receivedAt }),
  });

  /** All units, patients side by side; undefined when one met too many others. */
  const tellAll = async (units: readonly Unit[], sender: Sender, telling: Telling): Promise<UnitTold | undefined> => {
    const results = new Map<Unit, UnitTold | undefined>();
    await inLanes(
      units.map((unit) => [unit]),
      lanes,
      async (unit) => {
        results.set(unit, await tellUnit(unit, sender, telling));
      },
    );
    // Units that take from one account stand in each other's way: whoever lost too often is told again, alone.
    for (const unit of units) if (results.get(unit) === undefined) results.set(unit, await tellUnit(unit, sender, telling));
    const done = units.flatMap((unit) => results.get(unit) ?? []);
    return done.length < units.length
      ? undefined
      : {
          told: done.flatMap(({ told }) => told),
          issues: done.flatMap(({ issues }) => issues),
          unseen: done.flatMap(({ unseen }) => unseen),
        };
  };

  return async ({ text, body, entries, sender, key, now, recordOf }: Submission): Promise<TellResourcesOutcome> => {
    const digest = keyedDigest(matchingKey, 'request', canonicalJson(body));
    const mark = key === undefined ? [digest, now] : [key];
    const messageId = createdId('msg', 'fhir', sender.mode, sender.senderId, sender.organizationId, ...mark);
    const standing = await messages.message(messageId);
    if (standing !== undefined && standing.digest !== digest) return { kind: 'key-reused' };
    if (standing?.made !== undefined) return { kind: 'told', told: splitMade(standing.made), issues: [] };
    const { units, issues } = await judgeEntries(entries, {
      organizationId: sender.organizationId,
      receivedAt: now,
      timeZone,
      recordOf,
      standFor: key === undefined ? undefined : (at) => keyedDigest(matchingKey, 'told', sender.organizationId, key, at),
    });
    const receivedOn = localDay(now, timeZone);
    const count = (all: readonly Issue[]): Promise<void> =>
      quality.countOnce(
        {
          messageId,
          senderId: sender.senderId,
          mode: sender.mode === 'live' ? 'live' : 'trial',
          receivedOn,
          tally: measureResources(units, entries.entries, all, receivedOn),
        },
        digest,
      );
    if (issues.some(isError)) {
      await count(issues);
      return { kind: 'refused', issues };
    }
    if (sender.mode !== 'live') {
      await count(issues);
      return { kind: 'trial', issues };
    }
    const objectKey = objectKeyOf({ localDay: localDay(now, timeZone), senderId: sender.senderId, messageId, form: 'fhir' });
    await messages.keep(objectKey, text, 'fhir');
    const telling: Telling = {
      organizationId: sender.organizationId,
      responsible: '',
      messageId,
      receivedAt: now,
      receivedOn,
      actor: sender.subject,
    };
    const outcome = await tellAll(units, sender, telling);
    if (outcome === undefined) return { kind: 'contended' };
    const hasUnseen = outcome.unseen.length > 0;
    const seen = hasUnseen ? withoutUnseen(body, outcome.unseen) : undefined;
    if (seen !== undefined) await messages.keep(objectKey, canonicalJson(seen), 'fhir');
    else if (hasUnseen) await messages.forget(objectKey, 'fhir');
    const told = entries.entries.flatMap(({ at }) => outcome.told.find((one) => one.at === at) ?? []);
    await messages.finish({
      messageId,
      form: 'fhir',
      senderId: sender.senderId,
      receivedAt: now,
      objectKey,
      digest,
      sent: entries.entries.length,
      stored: told.filter(({ id }) => id !== undefined).length,
      // Ids of somebody who opted out are not kept beside a message: its repeat is decided again.
      ...(hasUnseen ? {} : { made: told.map(({ type, id = '', at }) => `${type} ${id} ${at}`) }),
    });
    await count([...issues, ...outcome.issues]);
    return { kind: 'told', told, issues: [...issues, ...outcome.issues] };
  };
};
export type TellResources = ReturnType<typeof makeTellResources>;

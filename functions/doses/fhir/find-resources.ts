import type { DoseItem } from '../../../shared/published/dose.ts';
import type { RecordItem } from '../../../shared/published/person.ts';
import { recordIdOf } from '../../../shared/published/dose-keys.ts';
import { isCountedOnce } from '../domain/as-told.ts';
import { authorityOf, rowOf } from '../domain/fhir/code-systems.ts';
import { doseKeyOfImmunization, immunizationIdOf, recordIdOfPatient } from '../domain/fhir/ids.ts';
import type { DoseSearch, PatientSearch } from '../domain/fhir/search.ts';
import { folded, matchKeysOf, type MatchingKey } from '../domain/match-keys.ts';
import { isHidden } from '../domain/persons/hidden.ts';
import { recordIdFor } from '../domain/record-ids.ts';
import type { ReportedPatient } from '../domain/vxu/types.ts';
import type { DoseStore } from '../store-doses.ts';
import type { PersonStore } from '../store-persons.ts';
import type { Viewer } from './viewer.ts';

export interface FindResourcesDeps {
  readonly doses: Pick<DoseStore, 'dose' | 'heads'>;
  readonly persons: Pick<PersonStore, 'record' | 'person' | 'recordsOf' | 'holders'>;
  readonly matchingKey: MatchingKey;
}

/** Kinds of numbers a record may be known by (HL70203), in the order in which a sender's own is taken; RI is what we gave to a nameless one. */
const numberTypes = ['MR', 'PI', 'PT', 'PN', 'RI', 'SR', 'SS', 'MA'];
const sexesOf: Readonly<Record<string, readonly string[]>> = { female: ['F'], male: ['M'], other: ['X'], unknown: ['U'] };

/** What a page of a search holds, and whether there is more. */
export interface DosePage {
  readonly record: RecordItem;
  readonly doses: readonly DoseItem[];
  readonly total: number;
  readonly nextAfter: string | undefined;
}

/**
 * Reads and searches what the caller's own organization sent. Everything else, and everything of a person who opted out, is as if it did
 * not exist: which of the two it is cannot be told from the answer.
 */
export const makeFindResources = ({ doses, persons, matchingKey }: FindResourcesDeps) => {
  const visible = async (viewer: Viewer, record: RecordItem | undefined): Promise<RecordItem | undefined> => {
    if (record === undefined || !viewer.seesRecord(record)) return undefined;
    const person = await persons.person(record.personId);
    return person === undefined || isHidden(person, record, { organizationId: record.organizationId }) ? undefined : record;
  };

  /** A record to tell of: opted out or not, its own organization may speak of it, and is answered as of anybody. */
  const toTellOf = async (viewer: Viewer, id: string): Promise<RecordItem | undefined> => {
    const recordId = recordIdOfPatient(id);
    const record = recordId === undefined ? undefined : await persons.record(recordId);
    return record !== undefined && viewer.seesRecord(record) ? record : undefined;
  };

  const patient = async (viewer: Viewer, id: string): Promise<RecordItem | undefined> => {
    const recordId = recordIdOfPatient(id);
    return recordId === undefined ? undefined : visible(viewer, await persons.record(recordId));
  };

  const immunization = async (viewer: Viewer, id: string): Promise<DoseItem | undefined> => {
    const key = doseKeyOfImmunization(id);
    const dose = key === undefined ? undefined : await doses.dose(key);
    if (dose === undefined || !viewer.seesDose(dose)) return undefined;
    return (await visible(viewer, await persons.record(recordIdOf(dose)))) === undefined ? undefined : dose;
  };

  /**
   * Doses of one patient record, the latest first; deleted ones and further reports of one's own dose are read by their id only. That another
   * organization told one too hides nothing (HL7-98).
   */
  const immunizations = async (viewer: Viewer, { recordId, from, until, count, after }: DoseSearch): Promise<DosePage | undefined> => {
    const record = recordId === '' ? undefined : await visible(viewer, await persons.record(recordId));
    if (record === undefined) return undefined;
    const heads = (await doses.heads(recordId)).filter(
      (dose) => dose.state !== 'deleted' && !isCountedOnce(dose) && viewer.seesDose(dose) && dose.givenOn >= from && dose.givenOn <= until,
    );
    const sorted = heads.toSorted((a, b) => (a.givenOn === b.givenOn ? (a.sk < b.sk ? -1 : 1) : a.givenOn < b.givenOn ? 1 : -1));
    const start = after === undefined ? 0 : sorted.findIndex((dose) => immunizationIdOf(dose) === after) + 1;
    const page = sorted.slice(start, start + count);
    const last = page.at(-1);
    return {
      record,
      doses: page,
      total: sorted.length,
      nextAfter: last !== undefined && start + count < sorted.length ? immunizationIdOf(last) : undefined,
    };
  };

  /** Records reached by the keys of the search, by the persons who hold them. */
  const byKeys = async (sought: readonly Parameters<typeof matchKeysOf>[0][]): Promise<RecordItem[]> => {
    const keys = sought.flatMap((identity) => matchKeysOf(identity, matchingKey));
    const holders = await persons.holders(keys);
    const found = await Promise.all([...new Set(holders.map(({ personId }) => personId))].map((personId) => persons.recordsOf(personId)));
    return found.flatMap((one) => one?.records ?? []);
  };

  const byNumber = async (viewer: Viewer, system: string | undefined, value: string): Promise<RecordItem[]> => {
    const asked = viewer.organizationIds.flatMap((organizationId) => {
      const authority = system === undefined ? organizationId : authorityOf(system);
      return numberTypes.map((type) => ({ organizationId, ids: [{ id: value, authority, type }] }));
    });
    const direct = await Promise.all(
      asked.map(({ organizationId, ids }) =>
        persons.record(recordIdFor({ ids } as unknown as ReportedPatient, { organizationId, responsible: '' }, matchingKey)),
      ),
    );
    const nameless = { names: [], birthDate: '', sex: 'U' as const };
    const all = [...direct.filter((record) => record !== undefined), ...(await byKeys(asked.map(({ ids }) => ({ ids, ...nameless }))))];
    return all.filter(({ ids, organizationId }) =>
      ids.some(({ id, authority }) => id === value && authority === (system === undefined ? organizationId : authorityOf(system))),
    );
  };

  const byName = async ({ family, given, birthDate, gender }: Extract<PatientSearch, { by: 'name' }>): Promise<RecordItem[]> => {
    const sexes = rowOf(sexesOf, gender) ?? ['F', 'M', 'X', 'U'];
    const found = await byKeys(sexes.map((sex) => ({ ids: [], names: [{ family, given }], birthDate, sex: sex as 'F' })));
    return found.filter((record) => record.birthDate === birthDate && sexes.includes(record.sex)
      && record.names.some((name) => folded(name.family) === folded(family) && folded(name.given) === folded(given)));
  };

  const patients = async (viewer: Viewer, search: PatientSearch): Promise<RecordItem[]> => {
    const found = search.by === 'identifier' ? await byNumber(viewer, search.system, search.value) : await byName(search);
    const own = new Map(found.map((record) => [record.recordId, record]));
    return (await Promise.all([...own.values()].map((record) => visible(viewer, record)))).filter((record) => record !== undefined);
  };

  return { toTellOf, patient, immunization, immunizations, patients };
};
export type FindResources = ReturnType<typeof makeFindResources>;

import type { z } from 'zod';
import type { Jurisdiction } from '../../shared/codes/jurisdiction.ts';
import { vaccineCodes } from '../../shared/codes/vaccines.ts';
import { writeHl7Time, type Fault } from '../../shared/hl7/index.ts';
import { localDay } from '../../shared/kernel/dates.ts';
import { maxDecisionAttempts } from '../../shared/kernel/limits.ts';
import type { DoseItem } from '../../shared/published/dose.ts';
import { doseIdOf, doseKey, recordIdOf } from '../../shared/published/dose-keys.ts';
import { patientFacts, type PatientFacts } from '../../shared/published/person.ts';
import { listedSiteOf, placeAgain } from './domain/dose-facts.ts';
import { jsonRemarks, type JsonRemark } from './domain/json-paths.ts';
import { remarksOf } from './domain/store-remarks.ts';
import { toldOf, vxuFromJson } from './domain/vxu/from-json.ts';
import { readVxu } from './domain/vxu/read.ts';
import type { ReportedDose } from './domain/vxu/types.ts';
import type { makeRewriteDose } from './record-dose.ts';
import type { doseCorrection } from './schemas.ts';
import type { DoseStore } from './store-doses.ts';
import type { PersonStore } from './store-persons.ts';
import type { StockStore } from './store-stock.ts';

export interface ChangeDoseDeps {
  readonly doses: DoseStore;
  readonly persons: PersonStore;
  readonly sites: Pick<StockStore, 'site'>;
  readonly rewrite: ReturnType<typeof makeRewriteDose>;
  readonly jurisdiction: Jurisdiction;
}

export interface Act {
  readonly actor: string;
  readonly now: string;
  readonly ifMatch: number;
}

export type ChangeDoseOutcome =
  | { kind: 'changed'; dose: DoseItem; remarks: readonly JsonRemark[] }
  | { kind: 'rejected'; remarks: readonly JsonRemark[] }
  | { kind: 'not-found' }
  | { kind: 'no-question' }
  | { kind: 'stale' }
  | { kind: 'illegal-move'; from: string; legalFrom: readonly string[] }
  | { kind: 'contended' };

const standing = ['accepted', 'corrected'];

/** Reads a dose that a site may see: one that its own organization sent for it. */
export const makeReadDose =
  (doses: Pick<DoseStore, 'dose'>) =>
  async (siteId: string, doseId: string): Promise<DoseItem | undefined> => {
    const key = doseKey(doseId);
    const head = key === undefined ? undefined : await doses.dose(key);
    return head !== undefined && listedSiteOf(head) === siteId ? head : undefined;
  };

/** Who has a dose: its site, or the organization that told it, as long as no site has it. */
export type DoseOwner = { readonly siteId: string } | { readonly organizationId: string };

/** Reads a dose that an organization told and that no site of it has: what a site has is read there. */
export const makeReadUnplacedDose =
  (doses: Pick<DoseStore, 'dose'>) =>
  async (organizationId: string, doseId: string): Promise<DoseItem | undefined> => {
    const key = doseKey(doseId);
    const head = key === undefined ? undefined : await doses.dose(key);
    return head !== undefined && head.organizationId === organizationId && listedSiteOf(head) === undefined ? head : undefined;
  };

const makeReadOwned = (doses: Pick<DoseStore, 'dose'>) => {
  const [ofSite, ofOrganization] = [makeReadDose(doses), makeReadUnplacedDose(doses)];
  return (owner: DoseOwner, doseId: string): Promise<DoseItem | undefined> =>
    'siteId' in owner ? ofSite(owner.siteId, doseId) : ofOrganization(owner.organizationId, doseId);
};

/** Undefined when the write lost a race. */
type Write<T> = (head: DoseItem) => Promise<T | undefined>;

/** The checks that correcting and deleting share, and their retries: a lost race reads again, and only another writer of the dose ends it. */
export const changing = async <T,>(
  read: () => Promise<DoseItem | undefined>,
  ifMatch: number,
  write: Write<T | ChangeDoseOutcome>,
): Promise<T | ChangeDoseOutcome> => {
  for (let attempt = 1; attempt <= maxDecisionAttempts; attempt += 1) {
    const head = await read();
    if (head === undefined) return { kind: 'not-found' };
    if (head.version !== ifMatch) return { kind: 'stale' };
    if (head.state === 'deleted') return { kind: 'illegal-move', from: head.state, legalFrom: standing };
    const outcome = await write(head);
    if (outcome !== undefined) return outcome;
  }
  return { kind: 'contended' };
};

const root = 'body.dose';

/** Corrects a dose: what is told now replaces what was told, the old version stays, and stock follows in the same transaction. Where it was given stays as it is. */
export const makeCorrectDose = ({ doses, persons, sites, rewrite, jurisdiction }: ChangeDoseDeps) => {
  const readDose = makeReadOwned(doses);
  const { timeZone } = jurisdiction;

  /** The correction as a dose, judged like any other, or its faults. */
  const judge = (
    head: DoseItem,
    patient: PatientFacts,
    body: z.output<typeof doseCorrection>,
    now: string,
  ): { dose: ReportedDose | undefined; faults: readonly Fault[] } => {
    const text = vxuFromJson(toldOf(patient), body.dose, {
      organizationId: head.organizationId,
      siteId: head.facility ?? head.siteId ?? '',
      controlId: doseIdOf(head),
      time: writeHl7Time(now, timeZone),
      doseId: { id: doseIdOf(head), authority: head.organizationId },
    });
    const report = readVxu(text, { codes: vaccineCodes, receivedAt: now, timeZone });
    const [told] = report.accepted ? report.orders : [];
    if (told === undefined) return { dose: undefined, faults: report.faults };
    const { id: _, facility: __, ...dose } = told;
    const name = head.facility ?? listedSiteOf(head);
    return {
      dose: { ...dose, ...(name === undefined ? {} : { facility: { name } }), ...(head.filler === undefined ? {} : { id: head.filler }) },
      faults: report.faults.filter(({ location }) => location?.segment !== 'PID'),
    };
  };

  return (owner: DoseOwner, doseId: string, body: z.output<typeof doseCorrection>, { actor, now, ifMatch }: Act): Promise<ChangeDoseOutcome> =>
    changing(() => readDose(owner, doseId), ifMatch, async (head) => {
      const recordId = recordIdOf(head);
      const [record, site] = await Promise.all([persons.record(recordId), head.siteId === undefined ? undefined : sites.site(head.siteId)]);
      const person = record === undefined ? undefined : await persons.person(record.personId);
      if (record === undefined || person === undefined || (site === undefined && head.siteId !== undefined))
        throw new Error('A dose has no record, no person or no site');
      const { dose, faults } = judge(head, patientFacts.parse(record), body, now);
      if (dose === undefined) return { kind: 'rejected', remarks: jsonRemarks(faults, root) };
      const at = placeAgain(head, site);
      const { organizationId, responsible = '', messageId, receivedAt } = head;
      const telling = { organizationId, responsible, messageId, receivedAt, receivedOn: localDay(receivedAt, timeZone), actor };
      const change = { at: now, on: localDay(now, timeZone), by: actor, reason: body.reason };
      const next = await rewrite.correct(head, { recordId, born: record.birthDate, person, dose, at, telling }, change);
      return (
        next && { kind: 'changed', dose: next, remarks: jsonRemarks([...faults, ...remarksOf(dose, at, { kind: 'unchanged', dose: next })], root) }
      );
    });
};

/** Deletes a dose: it stays with its state, its stock goes back, and CDC's file of changes will name it. */
export const makeDeleteDose = ({ doses, persons, rewrite, jurisdiction }: Pick<ChangeDoseDeps, 'doses' | 'persons' | 'rewrite' | 'jurisdiction'>) => {
  const readDose = makeReadOwned(doses);
  return (owner: DoseOwner, doseId: string, reason: string, { actor, now, ifMatch }: Act): Promise<ChangeDoseOutcome> =>
    changing(() => readDose(owner, doseId), ifMatch, async (head) => {
      const person = await persons.personOfRecord(recordIdOf(head));
      if (person === undefined) throw new Error('A dose has no person');
      const dose = await rewrite.remove(head, person, { at: now, on: localDay(now, jurisdiction.timeZone), by: actor, reason });
      return dose && { kind: 'changed', dose, remarks: [] };
    });
};

import type { RecordItem } from '../../../shared/published/person.ts';
import { judgeImmunization, judgePatient, type JudgeContext } from '../domain/fhir/judge.ts';
import { isError, type Issue } from '../domain/fhir/issues.ts';
import type { ReportedDose, ReportedPatient } from '../domain/vxu/types.ts';
import { whoseDose, type Entries, type Entry } from './read-entries.ts';

/** The doses of one patient of the request, ready to be told. */
export interface Unit {
  /** The patient as told, with its place in the request; or the record here that the request refers to. */
  readonly patient:
    { readonly kind: 'told'; readonly at: string; readonly reported: ReportedPatient } | { readonly kind: 'known'; readonly record: RecordItem };
  readonly doses: readonly { readonly at: string; readonly dose: ReportedDose }[];
}

export interface JudgedEntries {
  /** Empty when any issue is an error. */
  readonly units: readonly Unit[];
  readonly issues: readonly Issue[];
}

export interface JudgeEntries extends JudgeContext {
  /** Names a record of a patient without an identifier: derived from what makes this submission the same. Undefined when nothing does. */
  readonly standFor: ((at: string) => string) | undefined;
  /** A record that the caller may see. */
  readonly recordOf: (id: string) => Promise<RecordItem | undefined>;
}

interface Draft {
  readonly patient: Unit['patient'] | undefined;
  readonly doses: { at: string; dose: ReportedDose }[];
}

/** Every resource is judged, also when another has failed, so that one answer names all that is wrong. */
export const judgeEntries = async ({ entries, issues: found }: Entries, context: JudgeEntries): Promise<JudgedEntries> => {
  const issues: Issue[] = [...found];
  const drafts = new Map<string, Draft>();

  const readPatient = (at: string, resource: unknown): Draft => {
    const { value, issues: faults } = judgePatient(resource, at, context, context.standFor?.(at));
    issues.push(...faults);
    const draft: Draft = { patient: value === undefined ? undefined : { kind: 'told', at, reported: value }, doses: [] };
    drafts.set(at, draft);
    return draft;
  };

  const knownPatient = async (id: string, entry: Entry): Promise<Draft> => {
    const standing = drafts.get(id);
    if (standing !== undefined) return standing;
    const record = await context.recordOf(id);
    if (record === undefined)
      issues.push({
        severity: 'error',
        code: 'not-found',
        expression: `${entry.at}.patient`,
        text: 'refers to no Patient of this request, and to none that is known here',
      });
    const draft: Draft = { patient: record === undefined ? undefined : { kind: 'known', record }, doses: [] };
    drafts.set(id, draft);
    return draft;
  };

  const draftOf = async (entry: Entry): Promise<Draft | undefined> => {
    const whose = whoseDose(entry, entries);
    switch (whose.kind) {
      case 'unclear':
        issues.push(whose.issue);
        return undefined;
      case 'entry':
        return drafts.get(whose.at);
      case 'contained':
        return readPatient(whose.at, whose.resource);
      case 'known':
        return knownPatient(whose.id, entry);
    }
  };

  for (const { type, at, resource } of entries) if (type === 'Patient') readPatient(at, resource);
  for (const entry of entries) {
    if (entry.type !== 'Immunization') continue;
    const draft = await draftOf(entry);
    const patient = draft?.patient?.kind === 'told' ? draft.patient.reported : draft?.patient?.record;
    const judged = judgeImmunization(entry.resource, entry.at, context, patient);
    issues.push(...judged.issues);
    if (judged.value !== undefined) draft?.doses.push({ at: entry.at, dose: judged.value });
  }
  if (issues.some(isError)) return { units: [], issues };
  return { issues, units: [...drafts.values()].flatMap(({ patient, doses }) => (patient === undefined ? [] : [{ patient, doses }])) };
};

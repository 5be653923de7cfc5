import type { z } from 'zod';
import { vaccineCodes } from '../../../../shared/codes/vaccines.ts';
import { STANDARD_SEPARATORS, writeHl7Time, writeMessage, type Fault, type SegmentTree } from '../../../../shared/hl7/index.ts';
import { readVxu } from '../vxu/read.ts';
import type { ReportedDose, ReportedPatient } from '../vxu/types.ts';
import { extensions } from './code-systems.ts';
import { immunizationResource, patientResource, type ImmunizationResource, type PatientResource } from './elements.ts';
import { doseSegments } from './immunization-in.ts';
import { isError, issuesOf, structureIssues, type Issue } from './issues.ts';
import { patientSegments, type PatientSegments } from './patient-in.ts';
import { elementIssues, immunizationElements, patientElements, type Elements } from './read-elements.ts';

/** What resources are judged against besides their own words. */
export interface JudgeContext {
  /** Enrolled organization that sends: the authority of identifiers without a system. */
  readonly organizationId: string;
  readonly receivedAt: string;
  readonly timeZone: string;
}

/** `value` is there exactly when nothing of the issues is an error. */
export interface Judged<T> {
  readonly value?: T;
  readonly issues: readonly Issue[];
}

const header = ({ organizationId, receivedAt, timeZone }: JudgeContext): SegmentTree => ({
  name: 'MSH',
  fields: {
    3: 'DOSELINE', 4: organizationId, 7: writeHl7Time(receivedAt, timeZone), 9: ['VXU', 'V04', 'VXU_V04'], 10: '1', 11: 'P', 12: '2.5.1',
    15: 'ER', 16: 'AL', 21: ['Z22', 'CDCPHINVS'], 22: organizationId,
  },
});

const read = (segments: readonly SegmentTree[], context: JudgeContext) =>
  readVxu(writeMessage({ separators: STANDARD_SEPARATORS, segments: [header(context), ...segments] }), {
    codes: vaccineCodes, receivedAt: context.receivedAt, timeZone: context.timeZone,
  });

/** Where a field of the patient's segments comes from. */
const patientPlaces: Readonly<Record<string, string>> = {
  'PID-3': 'identifier', 'PID-5': 'name', 'PID-6': `extension('${extensions.mothersMaidenName}')`, 'PID-7': 'birthDate', 'PID-8': 'gender',
  'PID-10': `extension('${extensions.race}')`, 'PID-11': 'address', 'PID-13': 'telecom', 'PID-22': `extension('${extensions.ethnicity}')`,
  'PID-24': 'multipleBirth', 'PID-25': 'multipleBirth', 'PID-29': 'deceased', 'PID-30': 'deceased', 'PD1-12': 'meta.security',
};
const patientExpression = (at: string, from: PatientSegments['from']) => ({ location }: Fault): string => {
  if (location === undefined) return at;
  const { segment, field, repetition = 1, occurrence } = location;
  if (segment === 'NK1') return `${at}.contact[${from['NK1']?.[occurrence - 1] ?? 0}]`;
  const place = `${segment}-${field ?? ''}`;
  const path = patientPlaces[place];
  const index = from[place]?.[repetition - 1];
  return path === undefined ? at : `${at}.${path}${index === undefined ? '' : `[${index}]`}`;
};

/** Where a field of the dose's segments comes from. */
const dosePlaces: Readonly<Record<string, string>> = {
  'ORC-3': 'identifier', 'RXA-3': 'occurrence', 'RXA-5': 'vaccineCode', 'RXA-6': 'doseQuantity', 'RXA-7': 'doseQuantity', 'RXA-9': 'primarySource',
  'RXA-10': 'performer', 'RXA-11': 'location', 'RXA-15': 'lotNumber', 'RXA-16': 'expirationDate', 'RXA-17': 'manufacturer', 'RXA-18': 'statusReason',
  'RXA-20': 'status', 'RXA-21': 'status', 'RXR-1': 'route', 'RXR-2': 'site',
};
/** A fault of the dose in the words of its resource. */
export const doseExpression = (at: string) => ({ location, text }: Pick<Fault, 'location' | 'text'>): string => {
  const { segment = '', field } = location ?? {};
  if (/64994-7|eligibility/.test(text)) return `${at}.programEligibility`;
  if (segment === 'OBX') return `${at}.${text.includes('funding') ? 'fundingSource' : 'protocolApplied'}`;
  const path = dosePlaces[`${segment}-${field ?? ''}`];
  return path === undefined ? at : `${at}.${path}`;
};

const parsed = <T>(resource: unknown, schema: z.ZodType<T>, elements: Elements, at: string): { value?: T; issues: Issue[] } => {
  const issues = elementIssues(resource as Record<string, unknown>, elements, at);
  const checked = schema.safeParse(resource);
  return checked.success ? { value: checked.data, issues } : { issues: [...issues, ...structureIssues(checked.error, at)] };
};

const judged = <T>(value: T | undefined, issues: readonly Issue[]): Judged<T> =>
  ({ issues, ...(value === undefined || issues.some(isError) ? {} : { value }) });

/**
 * A patient by the rules of the guide (HL7-27, HL7-31, HL7-33 …). Without an identifier the submission itself must name the record.
 * @param stand what names the record in this submission when the sender gave it no number
 */
export const judgePatient = (resource: unknown, at: string, context: JudgeContext, stand: string | undefined): Judged<ReportedPatient> => {
  const { value, issues } = parsed<PatientResource>(resource, patientResource, patientElements, at);
  if (value === undefined) return { issues };
  const isNamed = value.identifier?.some(({ value: id = '' }) => id.trim() !== '') === true;
  const patient =
    isNamed || stand === undefined
      ? value
      : { ...value, identifier: [{ system: 'urn:doseline:told', value: stand, type: { coding: [{ code: 'RI' }] } }] };
  const unnamed: Issue[] =
    isNamed || stand === undefined
      ? []
      : [
          {
            severity: 'warning',
            code: 'business-rule',
            expression: `${at}.identifier`,
            text: 'is missing: the record can be met again only by sending the same under the same Idempotency-Key or Bundle.identifier',
          },
        ];
  const written = patientSegments(patient, at);
  const report = read(written.segments, context);
  return judged(report.patient, [...issues, ...unnamed, ...written.issues, ...issuesOf(report.faults, patientExpression(at, written.from))]);
};

/** What a dose is judged against: told now, or as it stands in a record. */
interface WhoseDose {
  readonly ids: readonly { readonly id: string; readonly authority: string; readonly type: string }[];
  readonly names: readonly { readonly family: string; readonly given: string }[];
  readonly birthDate: string;
  readonly sex: string;
  readonly deathDate?: string | undefined;
}

/** Stands in for a patient whose own faults are told elsewhere, so that those of the dose are told too. */
const nobody: WhoseDose = {
  ids: [{ id: '1', authority: 'x', type: 'MR' }], names: [{ family: 'x', given: 'x' }], birthDate: '1900-01-01', sex: 'U',
};

const pidOf = ({ ids: [id], names: [name], birthDate, sex, deathDate }: WhoseDose): SegmentTree => ({
  name: 'PID',
  fields: {
    1: '1',
    3: [id?.id ?? '', '', '', id?.authority ?? '', id?.type ?? ''],
    5: [name?.family ?? '', name?.given ?? '', '', '', '', '', 'L'],
    7: birthDate.replaceAll('-', ''),
    8: sex,
    ...(deathDate === undefined ? {} : { 29: deathDate.replaceAll('-', ''), 30: 'Y' }),
  },
});

/** An immunization by the rules of the guide, with what it says of its patient left to the patient's own resource. */
export const judgeImmunization = (
  resource: unknown,
  at: string,
  context: JudgeContext,
  patient: WhoseDose | undefined,
): Judged<ReportedDose> & { resource?: ImmunizationResource } => {
  const { value, issues } = parsed<ImmunizationResource>(resource, immunizationResource, immunizationElements, at);
  if (value === undefined) return { issues };
  const written = doseSegments(value, at, context);
  const report = read([pidOf(patient ?? nobody), ...written.segments], context);
  const isForeign = written.issues.some(({ expression }) => expression === `${at}.vaccineCode`);
  const faults = report.faults.filter(({ location, rule }) => !/^(PID|MSH|PD1)$/.test(location?.segment ?? '') && !(isForeign && rule === 'HL7-49'));
  return { ...judged(report.orders[0], [...issues, ...written.issues, ...issuesOf(faults, doseExpression(at))]), resource: value };
};

import { STANDARD_SEPARATORS, writeMessage, type FieldContent, type FieldsByNumber, type SegmentTree } from '../../../../shared/hl7/index.ts';
import type { PatientFacts } from '../../../../shared/published/person.ts';
import { ELIGIBILITY_CODE, FUNDING_CODE } from '../hl7-tables.ts';
import type { ToldDose, ToldPatient } from '../told.ts';

export interface Envelope {
  /** Who answers for the content: the site's organization. */
  readonly organizationId: string;
  readonly siteId: string;
  readonly controlId: string;
  /** HL7 time of receipt. */
  readonly time: string;
  /** Undefined when the sender gave none: patient, day and vaccine say then which dose is meant. */
  readonly doseId: { readonly id: string; readonly authority: string } | undefined;
}

const digits = (date: string | undefined): string => (date ?? '').replaceAll('-', '');
const segment = (name: string, fields: FieldsByNumber): SegmentTree => ({ name, fields });
const coded = (code: string | undefined, system: string): FieldContent => (code === undefined ? '' : [code, '', system]);
const yesNo = (value: boolean | undefined): string => (value === undefined ? '' : value ? 'Y' : 'N');

const header = ({ organizationId, time, controlId }: Envelope): SegmentTree =>
  segment('MSH', {
    3: 'DOSELINE',
    4: organizationId,
    7: time,
    9: ['VXU', 'V04', 'VXU_V04'],
    10: controlId,
    11: 'P',
    12: '2.5.1',
    15: 'ER',
    16: 'AL',
    21: ['Z22', 'CDCPHINVS'],
    22: organizationId,
  });

const patientOf = (patient: ToldPatient, { organizationId }: Envelope): SegmentTree[] => {
  const { name, address, phone, email } = patient;
  const phones = [
    ...(phone === undefined ? [] : [['', 'PRN', 'PH', '', '', phone.replace(/\D/g, '').slice(-10, -7), phone.replace(/\D/g, '').slice(-7)]]),
    ...(email === undefined ? [] : [['', 'NET', 'Internet', email]]),
  ];
  return [
    segment('PID', {
      1: '1',
      3: { repetitions: patient.ids.map(({ id, authority, type }) => [id, '', '', authority ?? organizationId, type]) },
      5: [name.family, name.given, name.middle ?? '', name.suffix ?? '', '', '', 'L'],
      6: patient.mothersMaidenName === undefined ? '' : [patient.mothersMaidenName, '', '', '', '', '', 'M'],
      7: digits(patient.birthDate),
      8: patient.sex,
      10: { repetitions: (patient.races ?? []).map((race) => [race, '', 'CDCREC']) },
      11:
        address === undefined
          ? ''
          : [
              address.street ?? '',
              address.other ?? '',
              address.city ?? '',
              address.state ?? '',
              address.zip ?? '',
              'USA',
              'H',
              '',
              address.county ?? '',
            ],
      13: { repetitions: phones },
      22: coded(patient.ethnicity, 'CDCREC'),
      24: yesNo(patient.multipleBirth),
      25: patient.birthOrder === undefined ? '' : String(patient.birthOrder),
    }),
    ...(patient.protected === undefined ? [] : [segment('PD1', { 12: yesNo(patient.protected) })]),
  ];
};

const orderOf = (dose: ToldDose, { siteId, doseId }: Envelope): SegmentTree[] => {
  const { cvx, ndc } = dose.vaccine;
  const isGiven = dose.completion === 'CP' || dose.completion === 'PA';
  const by = dose.administeredBy;
  const observation = (setId: number, code: string, value: string, system: string): SegmentTree =>
    segment('OBX', { 1: String(setId), 2: 'CE', 3: [code, '', 'LN'], 4: '1', 5: [value, '', system], 11: 'F', 14: digits(dose.givenOn) });
  return [
    segment('ORC', { 1: 'RE', 3: doseId === undefined ? '' : [doseId.id, doseId.authority] }),
    segment('RXA', {
      1: '0',
      2: '1',
      3: digits(dose.givenOn),
      5: [...(cvx === undefined ? [] : [cvx, '', 'CVX']), ...(ndc === undefined ? [] : [ndc, '', 'NDC'])],
      6: dose.amount === undefined ? '999' : String(dose.amount),
      7: dose.unit ?? '',
      9: isGiven ? coded(dose.source, 'NIP001') : '',
      10: by === undefined ? '' : [by.id ?? '', by.family ?? '', by.given ?? ''],
      11: ['', '', '', siteId],
      15: dose.lot ?? '',
      16: digits(dose.expiry),
      17: coded(dose.mvx, 'MVX'),
      18: dose.refusal === undefined ? '' : [dose.refusal, dose.refusalText ?? '', 'NIP002'],
      20: dose.completion,
      21: 'A',
    }),
    ...(dose.route === undefined && dose.bodySite === undefined
      ? []
      : [segment('RXR', { 1: coded(dose.route, 'NCIT'), 2: coded(dose.bodySite, 'HL70163') })]),
    ...(dose.eligibility === undefined ? [] : [observation(1, ELIGIBILITY_CODE, dose.eligibility, 'HL70064')]),
    ...(dose.funding === undefined ? [] : [observation(2, FUNDING_CODE, dose.funding, 'CDCPHINVS')]),
  ];
};

/**
 * A dose told in JSON as the VXU an EHR would have sent: so one set of rules judges both, and neither can be laxer than the other.
 * It is read by `readVxu` and its faults go back by `pathOf`.
 */
export const vxuFromJson = (patient: ToldPatient, dose: ToldDose, envelope: Envelope): string =>
  writeMessage({ separators: STANDARD_SEPARATORS, segments: [header(envelope), ...patientOf(patient, envelope), ...orderOf(dose, envelope)] });

/** A stored patient in the words of the JSON interface, for judging a correction of one of its doses. */
export const toldOf = ({ ids, names: [name], birthDate, sex }: PatientFacts): ToldPatient => ({
  ids: ids.map(({ id, authority, type }) => ({ id, authority, type })),
  name: { family: name?.family ?? '', given: name?.given ?? '' },
  birthDate,
  sex,
});

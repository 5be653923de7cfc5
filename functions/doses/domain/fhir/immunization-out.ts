import { cvxOf } from '../../../../shared/codes/cvx.ts';
import { ROUTES, BODY_SITES } from '../../../../shared/codes/administration.ts';
import { NIP001, NIP002, CDCPHINVS_FUNDING, HL70064 } from '../../../../shared/codes/hl7-tables.ts';
import type { DoseItem } from '../../../../shared/published/dose.ts';
import { listedSiteOf } from '../dose-facts.ts';
import { extensions, originCodes, rowOf, systemOf, systems } from './code-systems.ts';
import { immunizationIdOf, patientOfDose } from './ids.ts';
import { present } from './patient-out.ts';

type Json = Record<string, unknown>;

const coded = (system: string, code: string | undefined, words: Readonly<Record<string, string>> = {}): Json | undefined =>
  code === undefined ? undefined : { coding: [present({ system, code, display: rowOf(words, code) })] };

const statusOf = ({ state, completion }: DoseItem): Json => {
  if (state === 'deleted') return { status: 'entered-in-error' };
  return { status: completion === 'CP' || completion === 'PA' ? 'completed' : 'not-done' };
};

/** A refusal in FHIR's word, and in the guide's reason. */
const reasonOf = ({ completion, refusal }: DoseItem): Json | undefined =>
  completion === 'RE'
    ? {
        coding: [
          ...(refusal === undefined ? [] : [present({ system: systems.nip002, code: refusal, display: NIP002[refusal as keyof typeof NIP002] })]),
          { system: systems.actReason, code: 'PATOBJ' },
        ],
      }
    : undefined;

/** Who told of it: the giver, or another source by FHIR's table of origins and CDC's. */
const originOf = ({ completion, source }: DoseItem): Json => {
  const absent = (valueCode: string): Json => ({ _primarySource: { extension: [{ url: extensions.absent, valueCode }] } });
  if (completion === 'RE' || completion === 'NA') return absent('not-applicable');
  if (source === undefined) return absent('unknown');
  if (source === '00') return { primarySource: true };
  const origin = Object.entries(originCodes).find(([, code]) => code === source)?.[0];
  const codings = [
    ...(origin === undefined ? [] : [{ system: systems.origin, code: origin }]),
    ...(source === '01' ? [] : [present({ system: systems.nip001, code: source, display: NIP001[source as keyof typeof NIP001] })]),
  ];
  return { primarySource: false, ...(codings.length === 0 ? {} : { reportOrigin: { coding: codings } }) };
};

const givenBy = ({ administeredBy: by }: DoseItem): Json => {
  if (by === undefined) return {};
  const practitioner = present({
    resourceType: 'Practitioner', id: 'giver',
    identifier: by.id === undefined ? [] : [{ value: by.id }],
    name: by.family === undefined && by.given === undefined ? [] : [present({ family: by.family, given: by.given === undefined ? [] : [by.given] })],
  });
  return {
    contained: [practitioner],
    performer: [{ function: coded(systems.performerFunction, 'AP'), actor: { reference: '#giver' } }],
  };
};

const numberOf = ({ observations }: DoseItem, code: string): number | undefined => {
  const value = Number(observations?.find((one) => one.code === code)?.value);
  return Number.isInteger(value) && value > 0 ? value : undefined;
};

const fhirFunding: Readonly<Record<string, string>> = { PHC70: 'private', VXC50: 'public', VXC51: 'public', VXC52: 'public' };

/** The site that has the dose; else the facility as it was sent, whoever's it is. */
const locationOf = (dose: DoseItem): Json | undefined => {
  const siteId = listedSiteOf(dose);
  if (siteId !== undefined) return { identifier: { system: systems.site, value: siteId } };
  return dose.facility === undefined ? undefined : { display: dose.facility };
};

/** A dose as a US Core Immunization. What it did to stock is not FHIR's matter. */
export const immunizationOf = (dose: DoseItem): Json => {
  const { contained, performer } = givenBy(dose);
  const doseNumber = numberOf(dose, '30973-2');
  return present({
    resourceType: 'Immunization',
    id: immunizationIdOf(dose),
    meta: { versionId: String(dose.version), lastUpdated: dose.changedAt ?? dose.receivedAt },
    contained,
    identifier: dose.filler === undefined ? [] : [{ system: systemOf(dose.filler.authority), value: dose.filler.id }],
    ...statusOf(dose),
    statusReason: reasonOf(dose),
    vaccineCode: {
      coding: [
        present({ system: systems.cvx, code: dose.cvx, display: cvxOf(dose.cvx)?.name }),
        ...(dose.ndc === undefined ? [] : [{ system: systems.ndc, code: dose.ndc }]),
      ],
    },
    patient: { reference: `Patient/${patientOfDose(dose)}` },
    occurrenceDateTime: dose.givenOn,
    recorded: dose.receivedAt,
    ...originOf(dose),
    location: locationOf(dose),
    manufacturer: dose.mvx === undefined ? undefined : { identifier: { system: systems.mvx, value: dose.mvx } },
    lotNumber: dose.lot,
    expirationDate: dose.expiry,
    site: coded(systems.bodySite, dose.bodySite, BODY_SITES),
    route: coded(systems.ncit, dose.route, ROUTES),
    doseQuantity:
      dose.amount === undefined
        ? undefined
        : present({ value: dose.amount, unit: dose.unit, system: dose.unit === undefined ? undefined : systems.ucum, code: dose.unit }),
    performer,
    isSubpotent: dose.completion === 'PA' ? true : undefined,
    programEligibility: dose.eligibility === undefined ? [] : [coded(systems.financialClass, dose.eligibility, HL70064)],
    fundingSource:
      dose.funding === undefined
        ? undefined
        : {
            coding: [
              { system: systems.fundingSource, code: rowOf(fhirFunding, dose.funding) ?? 'public' },
              present({ system: systems.funding, code: dose.funding, display: CDCPHINVS_FUNDING[dose.funding as keyof typeof CDCPHINVS_FUNDING] }),
            ],
          },
    protocolApplied:
      doseNumber === undefined ? [] : [present({ doseNumberPositiveInt: doseNumber, seriesDosesPositiveInt: numberOf(dose, '59782-3') })],
  });
};

import { ROUTES, type Route } from '../../../../shared/codes/administration.ts';
import { CDCPHINVS_FUNDING, HL70064, NIP001, NIP002 } from '../../../../shared/codes/hl7-tables.ts';
import { codeOf } from '../hl7-tables.ts';
import type { Coding, Concept } from './elements.ts';

const ours = 'https://doseline.org/fhir';
/** Code systems by the URI that FHIR gives them; those of CDC that have none stand under ours. */
export const systems = {
  cvx: 'http://hl7.org/fhir/sid/cvx',
  ndc: 'http://hl7.org/fhir/sid/ndc',
  mvx: 'http://hl7.org/fhir/sid/mvx',
  gtin: 'https://www.gs1.org/gtin',
  snomed: 'http://snomed.info/sct',
  ncit: 'http://ncicb.nci.nih.gov/xml/owl/EVS/Thesaurus.owl#',
  bodySite: 'http://terminology.hl7.org/CodeSystem/v2-0163',
  identifierType: 'http://terminology.hl7.org/CodeSystem/v2-0203',
  ssn: 'http://hl7.org/fhir/sid/us-ssn',
  performerFunction: 'http://terminology.hl7.org/CodeSystem/v2-0443',
  origin: 'http://terminology.hl7.org/CodeSystem/immunization-origin',
  fundingSource: 'http://terminology.hl7.org/CodeSystem/immunization-funding-source',
  financialClass: 'http://terminology.hl7.org/CodeSystem/v2-0064',
  actReason: 'http://terminology.hl7.org/CodeSystem/v3-ActReason',
  confidentiality: 'http://terminology.hl7.org/CodeSystem/v3-Confidentiality',
  nullFlavor: 'http://terminology.hl7.org/CodeSystem/v3-NullFlavor',
  cdcRec: 'urn:oid:2.16.840.1.113883.6.238',
  roleCode: 'http://terminology.hl7.org/CodeSystem/v3-RoleCode',
  ucum: 'http://unitsofmeasure.org',
  nip001: `${ours}/CodeSystem/NIP001`,
  nip002: `${ours}/CodeSystem/NIP002`,
  funding: `${ours}/CodeSystem/CDCPHINVS`,
  site: `${ours}/sid/site`,
  told: `${ours}/sid/told`,
  authority: `${ours}/sid/authority`,
} as const;

export const extensions = {
  race: 'http://hl7.org/fhir/us/core/StructureDefinition/us-core-race',
  ethnicity: 'http://hl7.org/fhir/us/core/StructureDefinition/us-core-ethnicity',
  mothersMaidenName: 'http://hl7.org/fhir/StructureDefinition/patient-mothersMaidenName',
  absent: 'http://hl7.org/fhir/StructureDefinition/data-absent-reason',
} as const;

/** A row of a table by a key that somebody sent: names that every object inherits are no rows. */
export const rowOf = <T>(table: Readonly<Record<string, T>>, key: string | undefined): T | undefined =>
  key !== undefined && Object.hasOwn(table, key) ? table[key] : undefined;

const codingsOf = (concept: Concept | undefined): Coding[] => concept?.coding ?? [];

/** The first answer that a coding of the concept gives; `''` when there are codings and none is understood: the rules name it then. */
const firstOf = (concept: Concept | undefined, read: (code: string, system: string | undefined) => string | undefined): string => {
  for (const { code = '', system } of codingsOf(concept)) {
    const found = read(code.trim(), system);
    if (found !== undefined) return found;
  }
  return '';
};
/** A code nobody's table has: it stands for "something was sent that is not understood", without repeating it. */
export const notUnderstood = '?';
const understood = (concept: Concept | undefined, code: string): string => (code === '' && concept !== undefined ? notUnderstood : code);

/** RXA-9 by the table of FHIR's own origins, or by NIP001 itself. */
export const originCodes: Readonly<Record<string, keyof typeof NIP001>> = {
  provider: '02',
  record: '03',
  recall: '04',
  jurisdiction: '05',
  school: '07',
};
export const originOf = (concept: Concept | undefined): string =>
  understood(concept, firstOf(concept, (code) => codeOf(originCodes, code) === undefined ? codeOf(NIP001, code) : originCodes[code]));

/** OBX 30963-3: CDC's own code before FHIR's two words. */
export const fundingOfConcept = (concept: Concept | undefined): string => {
  const exact = firstOf(concept, (code) => codeOf(CDCPHINVS_FUNDING, code));
  const words: Readonly<Record<string, string>> = { private: 'PHC70', public: 'VXC50' };
  return understood(concept, exact === '' ? firstOf(concept, (code) => rowOf(words, code)) : exact);
};

/** OBX 64994-7: HL70064 before FHIR's two words. */
export const eligibilityOf = (concept: Concept | undefined): string => {
  const exact = firstOf(concept, (code) => codeOf(HL70064, code));
  const words: Readonly<Record<string, string>> = { ineligible: 'V01', uninsured: 'V03' };
  return understood(concept, exact === '' ? firstOf(concept, (code) => rowOf(words, code)) : exact);
};

/** Why it was not done: a refusal by its reason (NIP002), or a reason of the provider. */
export type NotDone =
  { readonly kind: 'refused'; readonly reason: keyof typeof NIP002 } | { readonly kind: 'not-given' } | { readonly kind: 'unclear' };
const providerReasons = new Set(['MEDPREC', 'IMMUNE', 'OSTOCK']);
export const notDoneOf = (concept: Concept | undefined): NotDone => {
  const reason = firstOf(concept, (code) => codeOf(NIP002, code));
  if (reason !== '') return { kind: 'refused', reason: reason as keyof typeof NIP002 };
  const known = firstOf(concept, (code) => (code === 'PATOBJ' || providerReasons.has(code) ? code : undefined));
  if (known === 'PATOBJ') return { kind: 'refused', reason: '03' };
  return { kind: known === '' && concept !== undefined ? 'unclear' : 'not-given' };
};

const routeWords: Readonly<Record<string, Route>> = {
  IDINJ: 'C38238', IM: 'C28161', NASINHLC: 'C38284', IVINJ: 'C38276', PO: 'C38288', SQ: 'C38299', TRNSDERM: 'C38305',
  // SNOMED CT
  78421000: 'C28161', 34206005: 'C38299', 372464004: 'C38238', 46713006: 'C38284', 26643006: 'C38288', 47625008: 'C38276', 45890007: 'C38305',
};
const siteWords: Readonly<Record<string, string>> = {
  // SNOMED CT
  368208006: 'LA', 368209003: 'RA', '16217701000119102': 'LD', '16217661000119109': 'RD', 61396006: 'LT', 11207009: 'RT',
};
const translated = (concept: Concept | undefined, words: Readonly<Record<string, string>>, isOwn: (code: string) => boolean): string =>
  understood(concept, firstOf(concept, (code) => (isOwn(code) ? code.toUpperCase() : rowOf(words, code))));
/** RXR-1: NCIT, in its own codes, those of HL7 and SNOMED CT. */
export const routeOfConcept = (concept: Concept | undefined): string =>
  translated(concept, routeWords, (code) => Object.hasOwn(ROUTES, code.toUpperCase())) || '';
/** RXR-2: HL70163, or the arms and thighs of SNOMED CT. */
export const bodySiteOfConcept = (concept: Concept | undefined): string => translated(concept, siteWords, (code) => /^[A-Z]{2,4}$/i.test(code));

/** v3 role codes by HL70063. */
export const relationships: Readonly<Record<string, string>> = {
  MTH: 'MTH', FTH: 'FTH', PRN: 'PAR', GRPRN: 'GRP', SIB: 'SIB', BRO: 'BRO', SIS: 'SIS', SPS: 'SPO', CHILD: 'CHD', GUARD: 'GRD',
};
export const relationshipOf = (concepts: readonly Concept[] | undefined): string =>
  firstOf({ coding: concepts?.flatMap(codingsOf) ?? [] }, (code) => rowOf(relationships, code)) || 'OTH';

/** An assigning authority and the system of an identifier: the same thing in the words of HL7 and of FHIR. */
export const authorityOf = (system: string | undefined): string => {
  if (system === undefined) return '';
  if (system.startsWith('urn:oid:')) return system.slice('urn:oid:'.length);
  if (!system.startsWith(`${systems.authority}/`)) return system;
  const name = system.slice(systems.authority.length + 1);
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
};
export const systemOf = (authority: string): string => {
  if (/^\d+(\.\d+)+$/.test(authority)) return `urn:oid:${authority}`;
  return /^[a-z][a-z0-9+.-]*:\S+$/i.test(authority) ? authority : `${systems.authority}/${encodeURIComponent(authority)}`;
};

export const identifierTypeOf = ({ type, system }: { type?: Concept | undefined; system?: string | undefined }): string =>
  firstOf(type, (code, of) => (of === undefined || of.includes('0203') ? code || undefined : undefined)) || (system === systems.ssn ? 'SS' : 'MR');

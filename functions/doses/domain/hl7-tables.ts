/** Code tables of the Z22 profile, Release 1.5, as far as the reader judges by them (hl7.md section 5). */

export const SEXES = ['F', 'M', 'U'] as const;
/** CDCREC races; UNK and POL (prohibited by law) come from CDC's own extract. */
export const RACES = new Set(['1002-5', '2028-9', '2076-8', '2054-5', '2106-3', '2131-1', 'UNK', 'POL']);
export const ETHNICITIES = new Set(['2135-2', '2186-5', 'UNK', 'POL']);
/** HL70215. */
export const PUBLICITY = new Set(['01', '02', '03', '04', '05', '06', '07', '08', '09', '10', '11', '12']);
/** HL70441. */
export const REGISTRY_STATUS = new Set(['A', 'I', 'L', 'M', 'P', 'U']);

export const COMPLETIONS = ['CP', 'PA', 'RE', 'NA'] as const;
export const ACTIONS = ['A', 'U', 'D'] as const;
/** NIP001: `00` is a new dose, all others tell of an earlier one. */
export const SOURCES = new Set(['00', '01', '02', '03', '04', '05', '06', '07', '08']);
/** NIP002. */
export const REFUSALS = new Set(['00', '01', '02', '03']);

/** HL70162 and everyday words to NCIT (HL7-58). */
export const ROUTE_WORDS: ReadonlyMap<string, string> = new Map([
  ['IM', 'C28161'], ['SC', 'C38299'], ['SQ', 'C38299'], ['ID', 'C38238'], ['IN', 'C38284'], ['NS', 'C38284'],
  ['PO', 'C38288'], ['IV', 'C38276'], ['TD', 'C38305'], ['PERC', 'C38676'],
]);
export const ROUTES = new Set(['C28161', 'C38299', 'C38238', 'C38284', 'C38288', 'C38276', 'C38676', 'C38305']);
/** HL70163; BN (both nostrils) is sent by many though the profile does not list it. */
export const SITES = new Set(['LT', 'LA', 'LD', 'LG', 'LVL', 'LLFA', 'RT', 'RA', 'RD', 'RG', 'RVL', 'RLFA', 'BN']);

/** HL70064. */
export const ELIGIBILITY = new Set(['V01', 'V02', 'V03', 'V04', 'V05', 'V22', 'V23', 'V24', 'V25']);
export const FUNDING = new Set(['PHC70', 'VXC50', 'VXC51', 'VXC52']);

export const ELIGIBILITY_CODE = '64994-7';
export const FUNDING_CODE = '30963-3';

/** LOINC codes of OBX-3 and whether OBX-5 is a date, whatever OBX-2 says (HL7-64). */
export const OBSERVATIONS: ReadonlyMap<string, 'date' | 'other'> = new Map([
  ['69764-9', 'other'], ['29768-9', 'date'], ['29769-7', 'date'], ['30956-7', 'other'], ['38890-0', 'other'],
  ['30945-0', 'other'], ['30946-8', 'date'], ['30944-3', 'date'], ['31044-1', 'other'], ['59784-9', 'other'],
  ['75505-8', 'other'], ['59785-6', 'other'], ['30973-2', 'other'], ['59782-3', 'other'], ['59781-5', 'other'],
  ['59783-1', 'other'], ['59780-7', 'other'], ['59779-9', 'other'], ['30979-9', 'other'], ['30980-7', 'date'],
  ['30981-5', 'date'], ['59777-3', 'date'], ['59778-1', 'date'], ['30982-3', 'other'], ['48767-8', 'other'],
]);

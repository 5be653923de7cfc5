/** Codes of the Z22 profile that only the reader of messages needs; all others are in shared/codes (hl7.md section 5). */

/** HL70215. */
export const PUBLICITY: ReadonlySet<string> = new Set(['01', '02', '03', '04', '05', '06', '07', '08', '09', '10', '11', '12']);
/** HL70441. */
export const REGISTRY_STATUS: ReadonlySet<string> = new Set(['A', 'I', 'L', 'M', 'P', 'U']);

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

/** The code when it is one of a table's, else undefined. */
export const codeOf = <T extends string>(table: Readonly<Record<T, unknown>>, code: string): T | undefined =>
  Object.hasOwn(table, code) ? code as T : undefined;

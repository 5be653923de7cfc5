/** HL7 v2 tables of the immunization guide (release 1.5) that the registry reads or writes. */
export const HL70357 = {
  '0': 'Message accepted',
  '100': 'Segment sequence error',
  '101': 'Required field missing',
  '102': 'Data type error',
  '103': 'Table value not found',
  '200': 'Unsupported message type',
  '201': 'Unsupported event code',
  '202': 'Unsupported processing id',
  '203': 'Unsupported version id',
  '204': 'Unknown key identifier',
  '205': 'Duplicate key identifier',
  '206': 'Application record locked',
  '207': 'Application internal error',
  '999': 'Application error',
} as const;
/** 7 and 8 appear only in the guide's examples. */
export const HL70533 = {
  '1': 'Illogical date error',
  '2': 'Invalid date',
  '3': 'Illogical value error',
  '4': 'Invalid value',
  '5': 'Table value not found',
  '6': 'Required observation missing',
  '7': 'Required data missing',
  '8': 'Data was ignored',
} as const;
/** RXA-9.1: who tells of the dose. 00 is this site's own dose, all others are history. */
export const NIP001 = {
  '00': 'New immunization record',
  '01': 'Historical information - source unspecified',
  '02': 'Historical information - from other provider',
  '03': "Historical information - from parent's written record",
  '04': "Historical information - from parent's recall",
  '05': 'Historical information - from other registry',
  '06': 'Historical information - from birth certificate',
  '07': 'Historical information - from school record',
  '08': 'Historical information - from public agency',
} as const;
/** RXA-18: why a vaccine was refused. */
export const NIP002 = { '00': 'Parental decision', '01': 'Religious exemption', '02': 'Other', '03': 'Patient decision' } as const;
/** RXA-20: completion. */
export const HL70322 = { CP: 'Complete', RE: 'Refused', NA: 'Not administered', PA: 'Partially administered' } as const;
/** RXA-21: action. */
export const HL70323 = { A: 'Add', D: 'Delete', U: 'Update' } as const;
/** OBX 64994-7: eligibility for publicly bought vaccine on the day of the dose. */
export const HL70064 = {
  V01: 'Not VFC eligible',
  V02: 'VFC eligible - Medicaid/Medicaid managed care',
  V03: 'VFC eligible - uninsured',
  V04: 'VFC eligible - American Indian/Alaska Native',
  V05: 'VFC eligible - Federally Qualified Health Center patient (under-insured)',
  V06: 'VFC eligible - state specific eligibility',
  V07: 'VFC eligible - local specific eligibility',
  V08: 'Not VFC eligible - under-insured',
  V22: 'CHIP',
  V23: '317',
  V24: 'Medicare',
  V25: 'State program eligibility',
} as const;
/** OBX 30963-3: whose money bought the dose. */
export const CDCPHINVS_FUNDING = { PHC70: 'Private funds', VXC50: 'Public', VXC51: 'Public VFC', VXC52: 'Public non-VFC' } as const;

export type CompletionStatus = keyof typeof HL70322;
export type ActionCode = keyof typeof HL70323;
export type InformationSource = keyof typeof NIP001;
export type RefusalReason = keyof typeof NIP002;
export type Eligibility = keyof typeof HL70064;
export type FundingObservation = keyof typeof CDCPHINVS_FUNDING;

/**
 * What the matcher looks at. Everything may be missing; `PatientFacts` of shared/published/person.ts is one of these, so that a stored
 * record, a message just read and a line of a file of test pairs are compared alike.
 */
export interface Patient {
  /** The first is the legal one; the others are former names and aliases. */
  readonly names: readonly PatientName[];
  /** `YYYY-MM-DD`; anything else is no birth date. */
  readonly birthDate?: string | undefined;
  readonly sex?: string | undefined;
  readonly multipleBirth?: boolean | undefined;
  readonly birthOrder?: number | undefined;
  readonly addresses?: readonly PatientAddress[] | undefined;
  readonly phones?: readonly PatientPhone[] | undefined;
  readonly mothersMaidenName?: { readonly family: string; readonly given?: string | undefined } | undefined;
  /** Guardians, next of kin, emergency contacts. */
  readonly relatives?: readonly { readonly family: string; readonly given?: string | undefined }[] | undefined;
  readonly ids?: readonly PatientIdentifier[] | undefined;
}

export interface PatientName {
  readonly family: string;
  readonly given: string;
  readonly middle?: string | undefined;
  readonly suffix?: string | undefined;
}

export interface PatientAddress {
  readonly street?: string | undefined;
  readonly city?: string | undefined;
  readonly zip?: string | undefined;
}

export interface PatientPhone {
  readonly number?: string | undefined;
  readonly email?: string | undefined;
}

/** `authority` is '' when the sender did not say who gave the number. */
export interface PatientIdentifier {
  readonly id: string;
  readonly authority: string;
  /** HL70203: MR, PI, SS, MA ... */
  readonly type: string;
}

import type { AnswerCode, Fault } from '../../../../shared/hl7/index.ts';
import type { PatientId } from '../vxu/types.ts';

/** What is asked for: the history alone (Z34), or evaluated with a forecast (Z44). */
export type QueryProfile = 'Z34' | 'Z44';

/** Whom the asker means, as far as it said (QPD-3 to QPD-11). An absent part was not said, or could not be read. */
export type Wanted = {
  readonly ids: readonly PatientId[];
  readonly name?: { readonly family: string; readonly given: string; readonly middle?: string };
  readonly mothersMaidenName?: string;
  readonly birthDate?: string;
  readonly sex?: 'F' | 'M' | 'X';
  readonly address?: { readonly street?: string; readonly zip?: string };
  readonly phone?: string;
  /** One of several children of a birth. */
  readonly multipleBirth?: boolean;
  readonly birthOrder?: number;
};

export type QueryReading = {
  /**
   * `search`: look for the person. `faulty`: say what is missing in a Z33 (HL7-91). `rejected` (AE) and `refused` (AR): the header check or the
   * segments did not let it become a query, so it is answered by an ACK.
   */
  readonly outcome: 'search' | 'faulty' | 'rejected' | 'refused';
  readonly profile: QueryProfile;
  readonly processingId: 'P' | 'T' | 'D' | undefined;
  readonly wanted: Wanted;
  /** The most people the asker wants to hear of, never more than our own limit (HL7-88). */
  readonly most: number;
  readonly faults: readonly Fault[];
  /** MSA-1: AA for whatever can be looked for, also when nobody is found (HL7-90). */
  readonly answer: AnswerCode;
};

import type { BodySite, OTHER_BODY_SITES, Route } from '../../../../shared/codes/administration.ts';
import type {
  ActionCode,
  CompletionStatus,
  Eligibility,
  FundingObservation,
  InformationSource,
  RefusalReason,
} from '../../../../shared/codes/hl7-tables.ts';
import type { Ethnicity, RaceOrUnsaid, Sex } from '../../../../shared/codes/people.ts';
import type { AnswerCode, Fault, Precision } from '../../../../shared/hl7/index.ts';

/** What the reader must know about vaccine codes (`vaccineCodes` of shared/codes); NDC go in as 5-4-2 with hyphens. */
export type VaccineCodes = {
  cvx(code: string): object | undefined;
  /** Unit of use or unit of sale; `useNdc` is the unit of use it stands for. */
  ndc(code: string): { readonly cvx: string; readonly mvx?: string; readonly useNdc: string } | undefined;
  mvx(code: string): object | undefined;
  /** Manufacturers of a vaccine where the list of them is known to be whole; undefined where it is not. */
  makersOf?(cvx: string): ReadonlySet<string> | undefined;
};

/** Everything a message is read against, besides its own text. */
export type VxuContext = {
  readonly codes: VaccineCodes;
  /** Instant of receipt, ISO UTC. */
  readonly receivedAt: string;
  /** IANA zone of the jurisdiction: decides "today" and the zone of a time sent without one. */
  readonly timeZone: string;
  /** HL7 versions taken (HL7-14); default `2.5.1` only. */
  readonly versions?: readonly string[];
  /** Who the transport authenticated; stands in when neither MSH-22 nor MSH-4 names an organization (HL7-99). */
  readonly authenticatedSender?: string;
};

/** Hierarchic designator: a name, or a universal id with its type. */
export type Designator = { readonly name?: string; readonly universalId?: string; readonly universalIdType?: string };

/** Who sent the message and who answers for its content (HL7-99). `responsible` is '' only when nobody is known. */
export type Sender = {
  readonly responsible: string;
  readonly responsibleFrom: 'MSH-22' | 'MSH-4' | 'authenticated' | 'nobody';
  readonly application?: Designator;
  readonly facility?: Designator;
};

export type PatientId = { readonly id: string; readonly authority: string; readonly type: string };
export type PersonName = {
  readonly family: string; readonly given: string; readonly middle?: string; readonly suffix?: string; readonly type?: string;
};
export type Address = {
  readonly street?: string; readonly other?: string; readonly city?: string; readonly state?: string;
  readonly zip?: string; readonly country?: string; readonly county?: string; readonly type?: string;
};
export type Phone = { readonly use?: string; readonly equipment?: string; readonly number?: string; readonly email?: string };
export type Relative = { readonly relationship: string; readonly family: string; readonly given?: string; readonly phones: readonly Phone[] };

/** Fields of a patient that a sender may erase with `""` (HL7-75). */
export type ErasableField =
  | 'mothersMaidenName' | 'races' | 'ethnicity' | 'addresses' | 'phones' | 'multipleBirth' | 'birthOrder'
  | 'deathDate' | 'dead' | 'publicity' | 'protection' | 'registryStatus';

/** A dated code word of PD1. `on` is the day the word is from. */
export type DatedCode<T extends string> = { readonly code: T; readonly on?: string };

/** What the sender says of the patient. An absent field means "no information" (HL7-74), never "none". */
export type ReportedPatient = {
  /** At least one. */
  readonly ids: readonly PatientId[];
  /** Legal name first; at least one with family and given. */
  readonly names: readonly PersonName[];
  readonly birthDate: string;
  readonly sex: Sex;
  readonly mothersMaidenName?: { readonly family: string; readonly given?: string };
  readonly races?: readonly RaceOrUnsaid[];
  readonly ethnicity?: Ethnicity;
  readonly addresses?: readonly Address[];
  readonly phones?: readonly Phone[];
  readonly multipleBirth?: boolean;
  readonly birthOrder?: number;
  readonly dead?: boolean;
  readonly deathDate?: string;
  /** PD1-11, HL70215. */
  readonly publicity?: DatedCode<string>;
  /** PD1-12: Y = do not share, N = may share (HL7-96). */
  readonly protection?: DatedCode<'Y' | 'N'>;
  /** PD1-16, HL70441. */
  readonly registryStatus?: DatedCode<string>;
  readonly relatives: readonly Relative[];
  /** Fields sent as `""`: the stored value goes. */
  readonly erased: readonly ErasableField[];
};

/** RXA-20: given, partly given, refused, not given. */
export type Completion = CompletionStatus;

/** `new`: given now by the sender's side; `historical`: told of an earlier dose (HL7-51). */
export type DoseKind = 'new' | 'historical' | 'refused' | 'not-given';

/** An OBX as sent, for all but funding and eligibility. `understood` is false when the code or value is not one we know. */
export type Observation = {
  readonly code: string;
  readonly system?: string;
  readonly valueType?: string;
  /** OBX-5.1, or the date in ISO form where the code asks for one. */
  readonly value: string;
  readonly valueText?: string;
  readonly valueSystem?: string;
  readonly unit?: string;
  /** OBX-4, groups observations of one order (HL7-61). */
  readonly group?: string;
  readonly observedOn?: string;
  readonly method?: string;
  readonly note?: string;
  readonly understood: boolean;
};

export type Professional = { readonly id?: string; readonly family?: string; readonly given?: string };

/** One order group: one vaccination event as the sender tells it. */
export type ReportedDose = {
  /** Which ORC/RXA pair of the message, from 1; the occurrence of its RXA in ERR-2. */
  readonly position: number;
  /** ORC-3 with its authority (HL7-66); absent when not sent or `9999` (HL7-67). */
  readonly id?: { readonly id: string; readonly authority: string };
  /** RXA-21: add, update, delete (HL7-72). */
  readonly action: ActionCode;
  readonly completion: Completion;
  readonly kind: DoseKind;
  /** RXA-9.1, NIP001 `00` to `08`, when sent and known. */
  readonly source?: InformationSource;
  /** RXA-3, the day given or refused. */
  readonly givenOn: string;
  /** CVX for history (HL7-47). */
  readonly cvx: string;
  /** NDC as sent, 5-4-2, and the unit of use it stands for: the stock key. A carton of several units of use has no `useNdc`. */
  readonly ndc?: string;
  readonly useNdc?: string;
  readonly mvx?: string;
  readonly lot?: string;
  /** As sent, with its precision; `lastDay` is the day it is still good (HL7-81). */
  readonly expiry?: { readonly date: string; readonly precision: Precision; readonly lastDay: string };
  /** Absent = unknown (999). */
  readonly amount?: number;
  readonly unit?: string;
  /** NCIT. */
  readonly route?: Route;
  /** HL70163. */
  readonly site?: BodySite | keyof typeof OTHER_BODY_SITES;
  /** RXA-11.4 (HL7-59). */
  readonly facility?: Designator;
  readonly administeredBy?: Professional;
  readonly orderedBy?: Professional;
  readonly enteredBy?: Professional;
  /** RXA-18, NIP002. */
  readonly refusal?: { readonly code: RefusalReason; readonly text?: string };
  /** OBX 30963-3. */
  readonly funding?: FundingObservation;
  /** OBX 64994-7, HL70064. */
  readonly eligibility?: { readonly code: Eligibility; readonly method?: string };
  readonly observations: readonly Observation[];
  /** HL7-52: said to be new, looks historical; no stock movement before a person has looked. */
  readonly looksHistorical: boolean;
};

/** What one VXU says and how it is answered. */
export type ImmunizationReport = {
  readonly sender: Sender;
  readonly controlId: string;
  /** Only `P` may touch real records or stock (HL7-15). */
  readonly processingId: 'P' | 'T' | 'D' | undefined;
  /** MSH-7 as an instant; the receipt when it cannot be read (HL7-17). */
  readonly sentAt: string;
  /** Present exactly when `accepted`. */
  readonly patient?: ReportedPatient;
  /** The orders that stand; empty for demographics only. */
  readonly orders: readonly ReportedDose[];
  /** How many order groups were sent, lost ones included. */
  readonly ordersSent: number;
  readonly faults: readonly Fault[];
  readonly answer: AnswerCode;
  /** Whether anything of the message is to be stored; AE alone does not tell (HL7-43). */
  readonly accepted: boolean;
};

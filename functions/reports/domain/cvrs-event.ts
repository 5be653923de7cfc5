import type { BodySite, Route } from '../../../shared/codes/administration.ts';
import type { Ethnicity, RaceOrUnsaid, Sex } from '../../../shared/codes/people.ts';
import type { ProviderType } from '../../../shared/codes/provider-types.ts';

export type Said = 'YES' | 'NO' | 'UNK';
export type DoseNumber = 1 | 2 | 3 | 4 | 5 | 6 | 'INV' | 'UNK';

export type CvrsAddress = {
  readonly street?: string; readonly street2?: string; readonly city?: string;
  /** Five-digit FIPS code. */
  readonly county?: string;
  readonly state?: string; readonly zip?: string;
};
export type CvrsRecipient = {
  /** The person's one external id, the same in every report for life. */
  readonly recipId: string;
  readonly first?: string; readonly middle?: string; readonly last?: string;
  /** `YYYY-MM-DD` or `YYYY-MM`. */
  readonly born?: string;
  readonly sex?: Sex;
  readonly races?: readonly RaceOrUnsaid[];
  readonly ethnicity?: Ethnicity;
  readonly address?: CvrsAddress;
  readonly comorbid?: Said;
  readonly serologyPositive?: Said;
};
export type CvrsPlace = {
  readonly responsibleOrg: string; readonly name: string; readonly type?: ProviderType;
  /** Six digits, without the awardee's prefix. */
  readonly pin?: string;
  readonly address?: CvrsAddress;
};

type EventCore = {
  readonly eventId: string;
  /** Local day given, or refused. */
  readonly on: string;
  readonly cvx: string;
  readonly recipient: CvrsRecipient;
  readonly place: CvrsPlace;
};
export type CvrsVaccination = EventCore & {
  readonly kind: 'vaccination';
  readonly doseNumber: DoseNumber; readonly seriesComplete: Said;
  readonly ndc?: string; readonly mvx?: string; readonly lot?: string; readonly expires?: string;
  readonly bodySite?: BodySite; readonly route?: Route;
};
export type CvrsRefusal = EventCore & { readonly kind: 'refusal' };
/** One vaccination or refusal to report. A person with both on one day gives two events. */
export type CvrsEvent = CvrsVaccination | CvrsRefusal;

/** D de-identified, P with a privacy-preserving linkage id, I identified. Version 2 is sent as D. */
export type CvrsExtract =
  | { readonly type: 'D' }
  | { readonly type: 'I' }
  | { readonly type: 'P'; readonly pprlIdOf: (recipId: string) => string | undefined };

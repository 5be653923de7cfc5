import type { FigureRow } from '../../../../shared/published/site-figures.ts';
import type { FederalDoses, SupplyLine } from '../inputs.ts';
import type { DelayPattern } from '../lag.ts';
import type { Correction } from './figure.ts';
import type { FigureRules } from './figure-rules.ts';
import type { StorageUnit } from './storage.ts';
import type { TierCell } from './tiers.ts';

/** What is the same for all sites of a run. */
export interface WeekFacts {
  /** First day of the allocation week, and of the week in which the run is drafted: later reports are not there yet. */
  readonly week: string;
  readonly thisWeek: string;
  /** Day on which everything is read, and day up to which dose records were counted. */
  readonly readOn: string;
  readonly countedUpTo: string;
  readonly supply: readonly SupplyLine[];
  readonly rules: FigureRules;
  /** How reports come in, learned over all sites. */
  readonly pattern: DelayPattern;
  /** Doses shipped on federal accounts in the last weeks, by site and by zip. */
  readonly federal: {
    readonly bySite: ReadonlyMap<string, number>;
    readonly byZip: ReadonlyMap<string, number>;
    readonly weeks: number;
    readonly products: FederalDoses['products'];
  };
}

/** What the department holds of a site. */
export interface StandingFacts {
  readonly siteId: string;
  /** Day on which the department last wrote it. */
  readonly heldSince?: string | undefined;
  readonly siteName?: string | undefined;
  readonly town?: string | undefined;
  readonly county?: string | undefined;
  readonly group: string;
  readonly tags: readonly string[];
  readonly weights: Readonly<Record<string, number>>;
  readonly tiers?: readonly TierCell[] | undefined;
  readonly suspended: boolean;
  readonly throughputDoses?: number | undefined;
  readonly declaredDoses?: number | undefined;
  readonly storageDoses?: number | undefined;
  readonly smallestClinicDoses?: number | undefined;
  readonly priorityResidentsPermille?: number | undefined;
  readonly receivingDays?: readonly string[] | undefined;
  readonly closures?: readonly { readonly from: string; readonly to: string; readonly reason?: string | undefined }[] | undefined;
}

/** A request that came in time, or one that was withdrawn. */
export interface RequestFacts {
  readonly product: string;
  readonly doseNumber: number;
  readonly doses: number;
  readonly onHandDoses: number;
  readonly withdrawn: boolean;
  /** Day on which the site submitted it. */
  readonly askedOn?: string;
}

/** Doses of an earlier week's award that the site took; below nought, what others took of it by the vial. */
export interface AwardFacts {
  readonly week: string;
  readonly product: string;
  readonly doseNumber: number;
  readonly doses: number;
}

/** Packs that earlier runs of this week have promised the site. */
export interface PromiseFacts {
  readonly product: string;
  readonly doseNumber: number;
  readonly packDoses: number;
  readonly packs: number;
  /** Of these, doses whose fate at the dock is known, and doses shipped and not counted yet. */
  readonly arrivedDoses?: number;
  readonly onTheWayDoses?: number;
}

/** Doses of this week that a site was promised by the vial, out of packs of a size that its hub was promised. */
export interface VialFacts {
  readonly product: string;
  readonly doseNumber: number;
  readonly packDoses: number;
  readonly hub: string;
  readonly doses: number;
}

/** Everything that is read about one site. */
export interface SiteFacts {
  readonly standing: StandingFacts;
  /** As enrolment publishes it; undefined when there is no such site any more. */
  readonly site: {
    readonly zip: string;
    readonly state: string;
    readonly storageUnits: readonly StorageUnit[];
    /** Where it lies: a town of the jurisdiction, or, where none is known by its city and zip, the city as it was written. */
    readonly place?: { readonly town: string; readonly isKnown: boolean; readonly county?: string };
  } | undefined;
  readonly rows: readonly FigureRow[];
  /** The ledger's accounts, several a product. */
  readonly accounts: readonly { readonly ndc: string; readonly onHand: number; readonly inTransit: number; readonly transferredIn: number }[];
  readonly received: readonly { readonly ndc: string; readonly day: string; readonly doses: number }[];
  readonly attested: readonly { readonly week: string; readonly doses: number }[];
  readonly corrections: readonly Correction[];
  readonly requests: readonly RequestFacts[];
  readonly awards: readonly AwardFacts[];
  readonly promised: readonly PromiseFacts[];
  /** Vials it took this week out of a hub's packs. */
  readonly vials?: readonly VialFacts[] | undefined;
  /** Of packs it was promised as a hub, vials that others took or are offered this week. */
  readonly forOthers?: readonly Omit<VialFacts, 'hub'>[] | undefined;
  /** Doses that hubs sent it by transfer and that it counted, by the day they were sent. Read only where it had vials awarded. */
  readonly transferred?: readonly { readonly ndc: string; readonly day: string; readonly doses: number }[] | undefined;
  /** The most it said this week it will take, where it declined an offer or took less of it. */
  readonly answered: readonly { readonly product: string; readonly doseNumber: number; readonly mostDoses: number }[];
}

import { CTA } from './jurisdiction-cta.ts';

export type County = { readonly fips: string; readonly name: string; readonly population: number };
export type Town = {
  readonly name: string; readonly population: number; readonly county: string;
  /** At least one census tract of the town has an SVI of 0.75 or more: a coarse equity flag. */
  readonly anyHighSviTract: boolean;
};
/** A list of zips given priority, dated and sourced; `standIn` says that it is not the list the state used. */
export type PriorityZips = {
  readonly version: string;
  readonly from: string;
  readonly standIn: boolean;
  readonly source: string;
  readonly zips: ReadonlySet<string>;
};

/** Everything the code may know of the awardee it serves. Nothing else may assume a state. */
export type Jurisdiction = {
  /** CDC's awardee code, also the submitting entity of CVRS files. */
  readonly code: string;
  readonly name: string;
  readonly timeZone: string;
  readonly stateFips: string;
  readonly usps: string;
  readonly zipPrefixes: readonly string[];
  /** Zips that start like the jurisdiction's but lie elsewhere. */
  readonly foreignZips: ReadonlySet<string>;
  /** Written before a VTrckS PIN on paper and in names; never part of a PIN field. */
  readonly pinPrefix: string;
  readonly counties: () => readonly County[];
  readonly towns: () => readonly Town[];
  /** Post-office names of villages and the town (or towns) they lie in, upper case. */
  readonly postalNames: Readonly<Record<string, readonly string[]>>;
  /** zip -> the towns it is known to serve. Incomplete: an unknown zip answers undefined. */
  readonly townsOfZip: (zip: string) => readonly string[] | undefined;
  readonly priorityZips: () => readonly PriorityZips[];
  /** What becomes of those who opted out by the jurisdiction's own decision: its legal choice. */
  readonly optOut: {
    /**
     * True: what is told of such a person is kept, unseen by anybody, counted and sent to CDC. False: messages and doses told afterwards are not
     * kept, only stock moves, without identity; doses told before stay in the table, out of every answer, count and file.
     */
    readonly keepsForReports: boolean;
  };
  /** How long evidence is kept, in days. */
  readonly retention: {
    /** Original messages, from the day they came. */
    readonly messagesDays: number;
    /** Who looked at whom. What was changed stays as long as what it changed. */
    readonly auditDays: number;
  };
  /** Kinds of identifiers that may be looked at to tell whether two records are of one person; what the law forbids is left out. */
  readonly matchingIds: readonly ('ssn' | 'medicaid' | 'record')[];
  /** Who may not see exact figures is told no count of 1 to `most` people or doses, and none that gives one away (ADR 0025). */
  readonly smallCells: { readonly most: number };
  /** First day on which a further dose counts as "additional" in the jurisdiction's own tables, by the series completed. */
  readonly additionalDoseFrom: { readonly afterOneDoseProduct: string; readonly otherwise: string };
};

const JURISDICTIONS: Readonly<Record<string, Jurisdiction>> = { CTA };

/** The jurisdiction of an awardee code; throws when the deployment names one that has no configuration. */
export const jurisdictionFor = (code: string): Jurisdiction => {
  const found = Object.hasOwn(JURISDICTIONS, code) ? JURISDICTIONS[code] : undefined;
  if (found === undefined) throw new Error(`No configuration for jurisdiction ${code}`);
  return found;
};

import { cvxOf } from '../../../shared/codes/cvx.ts';
import { fundingOf, type FundingSource } from '../../../shared/codes/funding-sources.ts';
import type { Eligibility, FundingObservation } from '../../../shared/codes/hl7-tables.ts';
import { allNdcUses } from '../../../shared/codes/ndc.ts';
import { lotKey } from '../../../shared/ledger/account.ts';
import type { Decrement, SourceClass } from '../../../shared/published/dose.ts';
import { completionRules, sourceClassRules } from '../../../shared/published/source-class.ts';
import type { SiteItem } from '../../../shared/published/site.ts';
import type { Completion } from './vxu/types.ts';

/** Why a dose did or did not touch stock, as people read it. The words are part of a dose record: never reuse one for another reason. */
export const decrementReasons = {
  deleted: 'the dose was deleted',
  'same-dose': 'another report of this dose is counted',
  refused: 'the vaccine was refused',
  'not-given': 'no vaccine was given',
  'other-registry': 'another registry told of it',
  historical: 'it tells of an earlier dose',
  'looks-historical': 'it is called new but looks historical',
  'no-facility': 'the message names no facility',
  'not-our-facility': 'the facility is no enrolled site',
  'foreign-site': 'the facility is not one of the sender\'s sites',
  'federal-account': 'the site\'s vaccine is supplied by a federal programme',
  'no-stock-kept': 'the site keeps no stock here',
  'not-in-programme': 'the site is not in the programme of this vaccine',
  'private-stock': 'the vaccine was bought privately',
  'covid-not-private': 'it was called private, and the site holds the lot from the federal COVID-19 programme',
  'product-unknown': 'no stocked product has this code',
  'only-site': 'no facility was named; the sender has one site',
  'only-product': 'no product code was sent; one stocked product fits',
  'only-lot': 'no lot was sent; one lot is on hand',
  'only-funding': 'the funding source was not clear; the lot has one',
  'same-vaccine': 'the lot is held under another product code of the same vaccine',
  'no-account': 'the site has received no such lot',
  'lot-of-other-product': 'the site holds this lot as another product',
  'product-ambiguous': 'no product code was sent and several products hold the lot',
  'lot-not-named': 'it names no lot, and the site has none of the product on hand',
  'lot-missing': 'no lot was sent and several are on hand',
  'funding-ambiguous': 'the lot is held from several funding sources',
  'funding-differs': 'the lot is held from another funding source',
  'beyond-overfill': 'more doses were given than the lot could yield',
  'lot-in-quarantine': 'the rest of the lot is in quarantine',
  'lot-on-its-way': 'doses of the lot are on their way to the site and not counted yet',
} as const;
export type DecrementReason = keyof typeof decrementReasons;

/** What decides about stock, of a dose that was told. */
export interface DoseAtHand {
  readonly completion: Completion;
  readonly sourceClass: SourceClass;
  readonly looksHistorical: boolean;
  readonly cvx: string;
  /** Unit of use. */
  readonly ndc?: string | undefined;
  readonly lot?: string | undefined;
  readonly funding?: FundingObservation | undefined;
  readonly eligibility?: Eligibility | undefined;
}

/** Where it was given, as far as the message and the enrolment tell. */
export interface GivenAt {
  /** `inferred`: not named, but the sender has one site only. */
  readonly facility: 'named' | 'inferred' | 'missing' | 'unknown';
  /** The enrolled site, whether it is the sender's or not. */
  readonly site?: Pick<SiteItem, 'siteId' | 'programmes' | 'supplyAccount' | 'reportingOnly'> | undefined;
  readonly isSendersOwn: boolean;
}

export const isCovid = (cvx: string): boolean => cvxOf(cvx)?.covid === true;

/** Whose money bought the dose, as far as it was told. */
export const fundingOfDose = ({ cvx, funding, eligibility }: DoseAtHand): FundingSource | 'ambiguous' =>
  fundingOf({
    covid: isCovid(cvx),
    ...(funding === undefined ? {} : { observation: funding }),
    ...(eligibility === undefined ? {} : { eligibility }),
  });

const isProduct = ({ ndc, cvx }: DoseAtHand): boolean => ndc !== undefined || allNdcUses().some((use) => use.cvx === cvx);

export const isToldPrivate = (dose: DoseAtHand): boolean => fundingOfDose(dose) === 'private';

/** For years all COVID-19 vaccine came from the federal programme; who calls it private may hold the lot from there all the same. */
const mayBeProgramme = ({ cvx, lot }: DoseAtHand, { site }: GivenAt): boolean =>
  isCovid(cvx) && lot !== undefined && lotKey(lot) !== '' && site?.programmes.includes('covid-19') === true;

type Row = readonly [kind: 'not-applicable' | 'unresolved', why: DecrementReason, applies: (dose: DoseAtHand, at: GivenAt) => boolean];

/** Doses that touch no stock. The first row that applies decides; a dose that passes all of them is looked for in the site's accounts. */
const withoutStockRows: readonly Row[] = [
  ['not-applicable', 'no-facility', (_, at) => at.facility === 'missing'],
  ['not-applicable', 'not-our-facility', (_, at) => at.site === undefined],
  ['not-applicable', 'foreign-site', (_, at) => !at.isSendersOwn],
  ['not-applicable', 'no-stock-kept', (_, at) => at.site?.supplyAccount === 'none' || at.site?.reportingOnly === true],
  ['not-applicable', 'private-stock', (dose, at) => isToldPrivate(dose) && !mayBeProgramme(dose, at)],
  ['not-applicable', 'not-in-programme', (dose, at) => at.site?.programmes.includes(isCovid(dose.cvx) ? 'covid-19' : 'cvp') !== true],
  ['not-applicable', 'product-unknown', (dose) => !isProduct(dose)],
  ['unresolved', 'looks-historical', (dose) => dose.looksHistorical],
];

/** Why an account yields no more doses: what is known of the rest of its lot says more than that too many were given. */
export const whyNoMore = (lot: { readonly quarantined: number; readonly onItsWay: number } | undefined): DecrementReason => {
  if (lot !== undefined && lot.quarantined > 0) return 'lot-in-quarantine';
  return lot !== undefined && lot.onItsWay > 0 ? 'lot-on-its-way' : 'beyond-overfill';
};

/** Whether a later look at the accounts may settle it: its lot came, was released or was counted anew. What only looks like history is for a person. */
export const waitsForStock = ({ kind, why }: Decrement): boolean => kind === 'unresolved' && why !== 'looks-historical';

/** Why the dose touches no stock (HL7-51 to HL7-59); undefined when its account must be found. */
export const withoutStock = (dose: DoseAtHand, at: GivenAt): Decrement | undefined => {
  const byTable = [completionRules[dose.completion].stock, sourceClassRules[dose.sourceClass].stock].find((rule) => rule !== 'yes');
  if (byTable !== undefined) return { kind: 'not-applicable', why: byTable satisfies DecrementReason };
  const row = withoutStockRows.find(([, , applies]) => applies(dose, at));
  return row === undefined ? undefined : { kind: row[0], why: row[1] };
};

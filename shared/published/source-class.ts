import { cvxOf } from '../codes/cvx.ts';
import type { DoseItem, SourceClass } from './dose.ts';

/** Why a class of records never takes a dose out of a site's stock. */
export type NoStock = 'historical' | 'federal-account' | 'other-registry';
/** Why an event is not in a file to CDC. */
export type NotReported =
  'not-covid' | 'deleted' | 'told-twice' | 'date-impossible' | 'not-given' | 'federal-partner-reports' | 'other-registry-reported' | 'opted-out';

interface ClassRule {
  /** `yes`: its dose is looked for in the accounts of its site. */
  readonly stock: 'yes' | NoStock;
  /** CVRS instructions, inclusion and exclusion criteria. */
  readonly cdc: 'yes' | NotReported;
}

/**
 * The one table over where a record comes from: what it does to stock and whether CDC gets it from us. Doses given here and doses told as
 * history are sent, unless another jurisdiction's registry already sent them; a federal partner reports under its own entity code and
 * gives out of its own stock.
 */
export const sourceClassRules: Readonly<Record<SourceClass, ClassRule>> = {
  own: { stock: 'yes', cdc: 'yes' },
  historical: { stock: 'historical', cdc: 'yes' },
  'federal-partner': { stock: 'federal-account', cdc: 'federal-partner-reports' },
  'other-registry': { stock: 'other-registry', cdc: 'other-registry-reported' },
};

/** The same by what became of the dose (HL70322). Refusals are sent when there are any. */
export const completionRules: Readonly<
  Record<DoseItem['completion'], { readonly stock: 'yes' | 'refused' | 'not-given'; readonly cdc: 'yes' | NotReported }>
> = {
  CP: { stock: 'yes', cdc: 'yes' },
  PA: { stock: 'yes', cdc: 'yes' },
  RE: { stock: 'refused', cdc: 'yes' },
  NA: { stock: 'not-given', cdc: 'not-given' },
};

type Reported = Pick<DoseItem, 'cvx' | 'completion' | 'sourceClass'> & Partial<Pick<DoseItem, 'state' | 'witnessOf' | 'validity'>>;

/** The day told is before there was such a vaccine: nobody knows on which day it was given, so no day and no dose number may count it. */
export const isDateImpossible = ({ validity = [] }: Pick<DoseItem, 'validity'>): boolean => validity.includes('before-vaccine-existed');

/** Why CDC does not get an event from us; the first reason, in the order of the table. Undefined when it does. */
export const notReportedWhy = ({ cvx, state, witnessOf, completion, sourceClass, validity }: Reported): NotReported | undefined => {
  const verdicts: readonly ('yes' | NotReported)[] = [
    cvxOf(cvx)?.covid === true ? 'yes' : 'not-covid',
    state === 'deleted' ? 'deleted' : 'yes',
    completionRules[completion].cdc,
    sourceClassRules[sourceClass].cdc,
    witnessOf === undefined ? 'yes' : 'told-twice',
    isDateImpossible({ validity }) ? 'date-impossible' : 'yes',
  ];
  return verdicts.find((verdict): verdict is NotReported => verdict !== 'yes');
};

import { ownDoses } from './own-doses.ts';
import { floorDiv } from './quantity.ts';
import type { Award, EquitySummary, FederalSummary } from './allocation.ts';
import type { FederalDoses, RunInputs } from './inputs.ts';

const PERMILLE = 1_000;
const permille = (part: number, of: number): number => (of === 0 ? 0 : floorDiv(part * PERMILLE, of));

/** Federal doses by the zip they were delivered to: nobody told the department where those live who got them. */
const equityOf = ({ products }: FederalDoses): EquitySummary => {
  const sum = (of: 'doses' | 'priorityDoses' | 'unplacedDoses') => products.reduce((total, row) => total + row[of], 0);
  const [unknownDoses, priorityDoses] = [sum('unplacedDoses'), sum('priorityDoses')];
  const knownDoses = sum('doses') - unknownDoses;
  return { knownDoses, unknownDoses, priorityDoses, priorityPermille: permille(priorityDoses, knownDoses) };
};

/** The run's own doses of all pools by residents served; undefined when no site's residents are known. */
const ownEquityOf = ({ sites }: RunInputs, awards: readonly Award[]): EquitySummary | undefined => {
  const residents = new Map(sites.map((site) => [site.siteId, site.priorityResidentsPermille]));
  if (sites.every((site) => site.priorityResidentsPermille === undefined)) return undefined;
  let [knownDoses, unknownDoses, priority] = [0, 0, 0];
  for (const award of awards) {
    const own = ownDoses(award);
    const share = residents.get(award.siteId);
    if (share === undefined) unknownDoses += own;
    else {
      knownDoses += own;
      priority += own * share;
    }
  }
  return {
    knownDoses,
    unknownDoses,
    priorityDoses: floorDiv(priority, PERMILLE),
    priorityPermille: knownDoses === 0 ? 0 : floorDiv(priority, knownDoses),
  };
};

/** What went past the jurisdiction beside what this run shares out; undefined where nothing is known of federal doses. */
export const federalOf = (inputs: RunInputs, awards: readonly Award[]): FederalSummary | undefined => {
  if (inputs.federal === undefined) return undefined;
  const { weeks, products } = inputs.federal;
  const own = ownEquityOf(inputs, awards);
  return {
    weeks,
    doses: products.reduce((sum, { doses }) => sum + doses, 0),
    ownDoses: awards.reduce((sum, { doses }) => sum + doses, 0),
    products: products.map(({ product, doses }) => ({ product, doses })).sort((a, b) => (a.product < b.product ? -1 : 1)),
    equity: { federalByDelivery: equityOf(inputs.federal), ...(own && { ownByResidents: own }) },
  };
};

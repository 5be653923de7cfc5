import { addDays } from '../../../shared/kernel/dates.ts';
import { inForce } from './policy/in-force.ts';
import { ceilDiv, floorDiv } from './quantity.ts';
import { canReceive } from './receiving.ts';
import { lineKey, poolKey } from './line-keys.ts';
import type { RunInputs, SupplyLine } from './inputs.ts';
import type { Policy } from './policy/policy.ts';

/** Packs of a product that are shared out for another dose number than they were labelled with. Of the whole run, for all its sites. */
export interface SupplyMove {
  readonly product: string;
  readonly packDoses: number;
  readonly fromDose: number;
  readonly toDose: number;
  readonly packs: number;
  readonly doses: number;
  /** Second doses of the product that are due and count, and those that its supply was labelled for. */
  readonly dueDoses: number;
  readonly labelledDoses: number;
}

/** Second doses that no supply is there for, beside the first doses of the product. */
export interface MissingSecondDoses {
  readonly product: string;
  readonly missingDoses: number;
  readonly firstDoses: number;
  /** Doses due before this day count; absent: all that are known. */
  readonly before?: string;
}

const FIRST = 1;
const SECOND = 2;
const DAYS_A_WEEK = 7;

/** The day before which a dose due is served this week by the policy's stages for second doses; without one, the week's end. */
const servedBefore = ({ week }: RunInputs, { stages }: Policy): string => {
  const served = stages.flatMap((stage) => (stage.kind === 'second-doses' && inForce(stage, week, SECOND) ? [stage.withinWeeks] : []));
  return addDays(week, DAYS_A_WEEK * Math.max(1, ...served));
};

/** The day before which a dose due counts. A policy that moves nothing counts what its stage for second doses serves. */
const endOf = (inputs: RunInputs, policy: Policy): string | undefined => {
  const { secondDoses } = policy;
  if (secondDoses === 'hold-back-all' || secondDoses === 'release') return undefined;
  return secondDoses === undefined ? servedBefore(inputs, policy) : addDays(inputs.week, DAYS_A_WEEK * secondDoses.setAsideWeeks);
};

/** By product, the second doses due at sites that can be sent any. */
const dueDoses = (inputs: RunInputs, end: string | undefined): Map<string, number> => {
  const due = new Map<string, number>();
  for (const site of inputs.sites) {
    if (site.suspended || !canReceive(site)) continue;
    for (const line of site.lines) {
      if (line.doseNumber !== SECOND) continue;
      const doses = line.due.reduce((sum, row) => (end === undefined || row.day < end ? sum + row.doses : sum), 0);
      due.set(line.product, (due.get(line.product) ?? 0) + doses);
    }
  }
  return due;
};

/** By pool, the packs that are promised already: they stay what they are. */
const promisedPacks = ({ sites }: RunInputs): Map<string, number> => {
  const promised = new Map<string, number>();
  for (const { lines } of sites)
    for (const { product, doseNumber, fixed } of lines)
      for (const { packDoses, packs } of fixed) {
        const key = poolKey({ product, doseNumber, packDoses });
        promised.set(key, (promised.get(key) ?? 0) + packs);
      }
  return promised;
};

/**
 * One pack size of a product: its packs by what they are labelled for, and how few and how many may go from first doses to second.
 * `most` below 0: more first doses are promised than are labelled. `moved` below 0: packs of second doses go to first doses.
 */
interface Size {
  readonly packDoses: number;
  readonly second: number;
  readonly fewest: number;
  readonly most: number;
  moved: number;
}

const sizesOf = (supply: readonly SupplyLine[], product: string, promised: ReadonlyMap<string, number>, isMixed: boolean): Size[] => {
  const own = supply.filter((line) => line.product === product);
  const packDosesOf = (doseNumber: number) => own.filter((line) => line.doseNumber === doseNumber).map(({ packDoses }) => packDoses);
  const labelled = [packDosesOf(FIRST), packDosesOf(SECOND)];
  // Only a policy that declares mixed packs may bring a second size among the packs of one dose number.
  const fits = (packDoses: number) => isMixed || labelled.every((sizes) => sizes.every((size) => size === packDoses));
  return [...new Set(labelled.flat())].sort((a, b) => b - a).filter(fits).flatMap((packDoses): Size[] => {
    const packs = (doseNumber: number) => own.find((line) => line.doseNumber === doseNumber && line.packDoses === packDoses)?.packs ?? 0;
    const kept = (doseNumber: number) => promised.get(poolKey({ product, doseNumber, packDoses })) ?? 0;
    const fewest = kept(SECOND) - packs(SECOND);
    const most = packs(FIRST) - kept(FIRST);
    return [{ packDoses, second: packs(SECOND), fewest, most, moved: 0 }];
  });
};

const secondDosesIn = (sizes: readonly Size[]): number => sizes.reduce((sum, { second, moved, packDoses }) => sum + (second + moved) * packDoses, 0);

/**
 * Brings second doses to what is promised of them and to what is due: large packs while they are filled, then the smallest that holds the
 * rest. Only out of first doses that nobody was promised: a size of which more is promised than there is stays, and the draft is refused.
 */
const setAside = (all: readonly Size[], due: number): void => {
  const sizes = all.filter(({ fewest, most }) => most >= Math.max(0, fewest));
  for (const size of sizes) size.moved = Math.max(0, size.fewest);
  const lacking = () => Math.max(0, due - secondDosesIn(all));
  for (const size of sizes) size.moved += Math.min(size.most - size.moved, floorDiv(lacking(), size.packDoses));
  for (const size of sizes.toReversed()) size.moved += Math.min(size.most - size.moved, ceilDiv(lacking(), size.packDoses));
};

/**
 * Gives to first doses what is labelled for second doses and promised to nobody: what is promised of first doses, as far as second doses
 * served this week are left, and then what is beyond all that are due.
 */
const release = (sizes: readonly Size[], due: number, served: number): void => {
  const give = (size: Size, packs: number, leftDoses: number) => {
    const spare = floorDiv(Math.max(0, secondDosesIn(sizes) - leftDoses), size.packDoses);
    size.moved -= Math.max(0, Math.min(packs, size.moved - size.fewest, spare));
  };
  for (const size of sizes) give(size, size.moved - size.most, served);
  for (const size of sizes) give(size, Infinity, due);
};

const movedBy = (supply: readonly SupplyLine[], moves: readonly SupplyMove[]): SupplyLine[] => {
  const lines = new Map(supply.map((line) => [poolKey(line), line]));
  for (const { product, packDoses, fromDose, toDose, packs } of moves) {
    const from = lines.get(poolKey({ product, packDoses, doseNumber: fromDose }));
    if (!from) continue;
    const to = lines.get(poolKey({ product, packDoses, doseNumber: toDose })) ?? { ...from, doseNumber: toDose, packs: 0 };
    lines.set(poolKey(from), { ...from, packs: from.packs - packs });
    lines.set(poolKey(to), { ...to, packs: to.packs + packs });
  }
  return [...lines.values()];
};

export interface Labelled {
  readonly supply: readonly SupplyLine[];
  readonly moves: readonly SupplyMove[];
}

/**
 * The supply as the policy's rule for second doses labels it (`secondDoses`): whole packs of one product and size go from first doses to
 * the second doses due that its own supply does not cover, or, with `release`, from second doses beyond those due to first doses. Packs
 * that are promised stay. Doses of a product are neither made nor lost, and the order of rows carries no meaning. A policy without the
 * rule leaves supply as it is. Neither way pays for a cut: setting aside gives first doses none of the packs of second doses, and where
 * more is promised than is left so, the draft is refused. Which people the packs serve, the earliest due first, is decided when they are shared out.
 */
export const labelSupply = (inputs: RunInputs, policy: Policy): Labelled => {
  const { supply } = inputs;
  if (policy.secondDoses === undefined) return { supply, moves: [] };
  const isMixed = policy.declares.some(({ rule }) => rule === 'mixed-packs');
  const due = dueDoses(inputs, endOf(inputs, policy));
  const served = dueDoses(inputs, servedBefore(inputs, policy));
  const promised = promisedPacks(inputs);
  const moves = [...new Set(supply.map(({ product }) => product))].sort().flatMap((product): SupplyMove[] => {
    const owed = due.get(product) ?? 0;
    const sizes = sizesOf(supply, product, promised, isMixed);
    const labelledDoses = sizes.reduce((sum, { second, packDoses }) => sum + second * packDoses, 0);
    if (policy.secondDoses === 'release') release(sizes, owed, served.get(product) ?? 0);
    else setAside(sizes, owed);
    return sizes.filter(({ moved }) => moved !== 0).map(({ packDoses, moved }): SupplyMove => {
      const [fromDose, toDose] = moved > 0 ? [FIRST, SECOND] : [SECOND, FIRST];
      const packs = Math.abs(moved);
      return { product, packDoses, fromDose, toDose, packs, doses: packs * packDoses, dueDoses: owed, labelledDoses };
    });
  });
  return { supply: moves.length === 0 ? supply : movedBy(supply, moves), moves };
};

/** By product, the second doses due that its supply does not cover while there are first doses of it, whether or not the policy moves any. */
export const missingSecondDoses = (inputs: RunInputs, policy: Policy): MissingSecondDoses[] => {
  const { supply } = labelSupply(inputs, policy);
  const dosesOf = (line: Pick<SupplyLine, 'product' | 'doseNumber'>) =>
    supply.reduce((sum, row) => (lineKey(row) === lineKey(line) ? sum + row.packs * row.packDoses : sum), 0);
  const before = endOf(inputs, policy);
  return [...dueDoses(inputs, before)].sort(([a], [b]) => (a < b ? -1 : 1)).flatMap(([product, owed]): MissingSecondDoses[] => {
    const missingDoses = owed - dosesOf({ product, doseNumber: SECOND });
    const firstDoses = dosesOf({ product, doseNumber: FIRST });
    return missingDoses > 0 && firstDoses > 0 ? [{ product, missingDoses, firstDoses, ...(before !== undefined && { before }) }] : [];
  });
};

import { lowestSquares } from './bound.ts';
import { splitExactly } from './exact.ts';
import { squares, unitsOf } from './model.ts';
import { improveByTrades } from './trades.ts';
import { splitInTurns } from './turns.ts';
import { sumRange } from '../tree.ts';
import type { Optimality } from '../allocation.ts';
import type { JointModel, JointPacks } from './model.ts';

export interface JointSplit {
  readonly packs: JointPacks;
  readonly exact: boolean;
}

/** The best split where the search is small enough, else a good one. */
export const splitJointly = (model: JointModel): JointSplit => {
  const exact = splitExactly(model);
  return exact ? { packs: exact, exact: true } : { packs: improveByTrades(model, splitInTurns(model)), exact: false };
};

const SQUARE_DOSE = 1_000_000_000_000n;
const asNumber = (value: bigint): number =>
  Number(value < BigInt(Number.MAX_SAFE_INTEGER) ? value : BigInt(Number.MAX_SAFE_INTEGER));

/** How good a split is: the best there is, or its own figure beside one that no split placing as many doses can fall below. */
export const certify = (model: JointModel, { packs, exact }: JointSplit, mostUnits: number): Optimality => {
  if (exact) return { kind: 'exact' };
  const units = unitsOf(model, packs);
  const unitDoses = model.unitMicro / 1_000_000;
  return {
    kind: 'within',
    squareDoses: asNumber((squares(model, units) + SQUARE_DOSE - 1n) / SQUARE_DOSE),
    lowestSquareDoses: asNumber(lowestSquares(model, packs) / SQUARE_DOSE),
    placedDoses: sumRange(units, 0, units.length) * unitDoses,
    mostPlacedDoses: mostUnits * unitDoses,
  };
};

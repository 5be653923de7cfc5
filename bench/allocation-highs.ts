import loadHighs from 'highs';
import type { Allocated } from '../functions/allocations/domain/allocation.ts';
import type { RunInputs } from '../functions/allocations/domain/inputs.ts';

const load = loadHighs as unknown as typeof loadHighs.default; // its types are a CommonJS module's, its code is not

/** Seconds after which the solver is stopped, solved or not. */
const MOST_SECONDS = 20;

/**
 * One pool's whole packs as a package solver would find them from the engine's targets: a unit binary for each pack a site could
 * take, costs rising, gap nought. It leaves out targets, debts, groups and explanations; the milliseconds are its solving alone.
 */
export const solvePacks = async (
  inputs: RunInputs,
  run: Allocated,
): Promise<{ ms: number; binaries: number; solved: boolean }> => {
  const highs = await load();
  const [supply] = inputs.supply;
  const awards = run.awards.filter((award) => award.product === supply?.product);
  const packDoses = supply?.packDoses ?? 1;
  const costs = awards.flatMap(({ targetMicro, requestDoses }) => {
    const most = Math.floor(requestDoses / packDoses);
    return Array.from({ length: most }, (_, at) => (2 * at + 1) * packDoses - targetMicro / 500_000);
  });
  const packs = awards.reduce((sum, award) => sum + award.packs, 0);
  const count = costs.length;
  const model = highs.createModel({
    numCols: count,
    numRows: 1,
    colCost: costs,
    colLower: new Float64Array(count),
    colUpper: new Float64Array(count).fill(1),
    rowLower: [packs],
    rowUpper: [packs],
    integrality: costs.map(() => highs.constants.variableType.integer),
    matrix: {
      format: 'csr',
      numRows: 1,
      numCols: count,
      starts: [0, count],
      indices: Array.from(costs.keys()),
      values: new Float64Array(count).fill(1),
    },
  });
  try {
    model.options.set({ output_flag: false, mip_rel_gap: 0, mip_abs_gap: 0, time_limit: MOST_SECONDS });
    const start = performance.now();
    model.run();
    const ms = performance.now() - start;
    return { ms, binaries: count, solved: model.getModelStatus() === highs.constants.modelStatus.optimal };
  } finally {
    model.dispose();
  }
};

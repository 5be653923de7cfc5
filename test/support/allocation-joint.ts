import fc from 'fast-check';
import { unitsOf } from '../../functions/allocations/domain/joint/model.ts';
import { PRODUCT } from './allocation.ts';
import { Programme, UNBOUNDED } from './allocation-highs.ts';
import type { JointModel, JointPacks } from '../../functions/allocations/domain/joint/model.ts';
import type { GroupRange } from '../../functions/allocations/domain/tree.ts';
import type { Term } from './allocation-highs.ts';

/** Which packs a pool has: sizes in units of `unitDoses` doses. Real ones of 2021, and one size with clinics taken whole. */
export const JOINT_KINDS = {
  'trays of 1170 and 450': { units: [13, 5], unitDoses: 90 },
  'cartons of 140 and 100': { units: [7, 5], unitDoses: 20 },
  'one size, clinics whole or not at all': { units: [1], unitDoses: 100 },
} as const;
export type JointKind = keyof typeof JOINT_KINDS;

const supply = (packDoses: number, packs: number) => ({ product: PRODUCT, doseNumber: 1, packDoses, packs });
const group = (id: string, from: number, to: number, children: readonly GroupRange[] = []): GroupRange => ({
  id,
  from,
  to,
  children,
  minPacks: 0,
  maxPacks: Number.MAX_SAFE_INTEGER,
  strict: false,
});

/** A small joint model: two groups with bounds, ceilings, packs already ordered, dues that add up to about what there is. */
export const jointModelOf = (kind: JointKind, wholeClinics = kind.startsWith('one')): fc.Arbitrary<JointModel> => {
  const { units, unitDoses } = JOINT_KINDS[kind];
  const largest = units[0];
  const site = fc.record({
    share: fc.integer({ min: 0, max: 1_000_000 }),
    most: fc.integer({ min: 0, max: largest * 4 + 5 }),
    least: wholeClinics ? fc.integer({ min: 0, max: 5 }) : fc.constant(0),
    fixed: fc.constantFrom(0, 0, 0, 0, 1),
  });
  return fc
    .record({
      sites: fc.array(site, { minLength: 2, maxLength: 5 }),
      packs: fc.tuple(...units.map((size) => fc.integer({ min: 0, max: size === 1 ? 12 : 4 }))),
      border: fc.integer({ min: 0, max: 5 }),
      low: fc.integer({ min: 0, max: largest }),
      high: fc.integer({ min: largest, max: largest * 4 }),
    })
    .map(({ sites, packs, border, low, high }): JointModel => {
      const total = packs.reduce((sum, count, at) => sum + count * (units[at] ?? 0), 0);
      const weight = sites.reduce((sum, item) => sum + item.share, 0) || 1;
      const unitMicro = unitDoses * 1_000_000;
      const cut = Math.min(border, sites.length);
      const [east, west] = [group('east', 0, cut), group('west', cut, sites.length)];
      const tree = group('state', 0, sites.length, [east, west]);
      const last = units.length - 1;
      const ordered = sites.map((item, at): number => (at < (packs[last] ?? 0) ? item.fixed : 0));
      const held = (from: number, to: number) =>
        ordered.slice(from, to).reduce((sum, count) => sum + count * (units[last] ?? 0), 0);
      return {
        tree,
        bounds: new Map([
          [tree, { low: 0, high: total, reach: total }],
          [east, { low, high: Math.max(high, held(0, cut)), reach: total }],
          [west, { low: 0, high: total, reach: total }],
        ]),
        sizes: units.map((size, at) => ({ supply: supply(size * unitDoses, packs[at] ?? 0), units: size })),
        unitMicro,
        due: Float64Array.from(sites, (item) => Math.floor((total * unitMicro * item.share) / weight)),
        most: Float64Array.from(sites, (item, at) => Math.max(item.most, (ordered[at] ?? 0) * (units[last] ?? 0))),
        least: Float64Array.from(sites, (item) => item.least),
        fixed: units.map((_, at) => (at === last ? Float64Array.from(ordered) : new Float64Array(sites.length))),
        units: total,
      };
    });
};

export const placedUnits = (model: JointModel, packs: JointPacks): number =>
  unitsOf(model, packs).reduce((sum, held) => sum + held, 0);

/** One model's rules as rows over whole packs, for a package solver. */
interface Rows {
  readonly units: Term[];
  readonly slack: number;
  readonly packs: readonly (readonly number[])[];
}

/** Costs go to the solver in doses. */
const COST_UNIT = 1_000_000;

const addRules = (programme: Programme, model: JointModel, slackCost: number): Rows => {
  const sites = Array.from(model.due.keys());
  const packs = model.sizes.map(({ supply: { packs: most } }, at) =>
    sites.map((site) => programme.variable({ low: model.fixed[at]?.[site] ?? 0, high: most, whole: true })),
  );
  packs.forEach((row, at) => {
    programme.row(
      row.map((variable): Term => [variable, 1]),
      0,
      model.sizes[at]?.supply.packs ?? 0,
    );
  });
  const held = (site: number): Term[] => packs.map((row, at): Term => [row[site] ?? 0, model.sizes[at]?.units ?? 0]);
  for (const site of sites) {
    const fixed = model.sizes.reduce((sum, size, at) => sum + size.units * (model.fixed[at]?.[site] ?? 0), 0);
    const [least, most] = [Math.max(fixed, model.least[site] ?? 0), model.most[site] ?? 0];
    const open = programme.variable({ high: 1, whole: true });
    programme.row([...held(site), [open, fixed - least]], fixed, UNBOUNDED);
    programme.row([...held(site), [open, -Math.max(0, most - fixed)]], -UNBOUNDED, fixed);
  }
  const slack = programme.variable({ cost: slackCost });
  for (const [range, { low, high }] of model.bounds) {
    const terms = sites.slice(range.from, range.to).flatMap(held);
    programme.row([...terms, [slack, 1]], low, UNBOUNDED);
    programme.row(terms, 0, high);
  }
  const units = sites.flatMap(held);
  programme.row(units, 0, model.units);
  return { units, slack, packs };
};

/** For each model the least shortfall of minimums and, with it, the most units there are to place. */
export const solveReach = (models: readonly JointModel[]): { short: number; units: number }[] => {
  const programme = new Programme();
  const rows = models.map((model) => {
    const added = addRules(programme, model, 10_000);
    const total = programme.variable({ cost: -1 });
    programme.row([...added.units, [total, -1]], 0, 0);
    return { ...added, total };
  });
  const values = programme.solve();
  if (!values) throw new Error('the solver finds no split at all');
  const whole = (value: number | undefined) => Math.round(Math.abs(value ?? 0)); // never -0
  return rows.map(({ slack, total }) => ({ short: whole(values[slack]), units: whole(values[total]) }));
};

/** For each model the packs of least squares that place exactly so many units and miss minimums by so many. */
export const solveSquares = (models: readonly JointModel[], reach: readonly { short: number; units: number }[]): JointPacks[] => {
  const programme = new Programme();
  const rows = models.map((model, at) => {
    const added = addRules(programme, model, 0);
    const { short = 0, units = 0 } = reach[at] ?? {};
    programme.row([[added.slack, 1]], short, short);
    programme.row(added.units, units, units);
    const ranges = [...model.due.keys()].map((site) => [site, site + 1] as const);
    for (const [from, to] of [...ranges, ...model.tree.children.map((child) => [child.from, child.to] as const)]) {
      const due = model.due.slice(from, to).reduce((sum, micro) => sum + micro, 0);
      const unit = Array.from({ length: units }, (_, count) =>
        programme.variable({ cost: ((2 * count + 1) * model.unitMicro - 2 * due) / COST_UNIT, high: 1 }),
      );
      const held = added.packs.flatMap((row, size) =>
        row.slice(from, to).map((variable): Term => [variable, model.sizes[size]?.units ?? 0]),
      );
      if (held.length > 0) programme.row([...held, ...unit.map((variable): Term => [variable, -1])], 0, 0);
    }
    return added;
  });
  const values = programme.solve();
  if (!values) throw new Error('the solver finds no split that places as much as it said');
  return rows.map(({ packs }) => packs.map((row) => Float64Array.from(row, (variable) => Math.round(values[variable] ?? 0))));
};

import { mayHold } from './model.ts';
import { sumRange, upward } from '../tree.ts';
import type { JointModel, JointPacks } from './model.ts';
import type { GroupRange } from '../tree.ts';

/**
 * The exact optimum by dynamic programming up the tree. A state is how many packs of each size a group holds; for each state the
 * least shortfall of minimums and, of those, the least cost. Of the states of the root: the least shortfall, then the most doses
 * placed, then the least cost. Costs are squares without their constant part, divided by a unit: whole numbers below 2^53.
 */

/** Steps within which the search stays exact: some hundred sites of a few packs each, well under a second. */
export const EXACT_STEPS = 4_000_000;

interface Table {
  readonly state: Int32Array;
  readonly short: Float64Array;
  readonly cost: Float64Array;
}

interface Solved {
  readonly table: Table;
  /** Writes the packs that led to a state. */
  readonly give: (state: number, out: JointPacks) => void;
}

/** Packs of each size written as one number, and back. */
interface Space {
  readonly states: number;
  readonly place: readonly number[];
  readonly digits: readonly Int32Array[];
  readonly supply: readonly number[];
  readonly units: Float64Array;
  steps: number;
}

const openSpace = ({ sizes }: JointModel): Space | undefined => {
  const place: number[] = [];
  let states = 1;
  for (const { supply } of sizes) {
    place.push(states);
    states *= supply.packs + 1;
    if (states > EXACT_STEPS) return undefined;
  }
  const digits = sizes.map(({ supply }, at) =>
    Int32Array.from({ length: states }, (_, state) => Math.floor(state / (place[at] ?? 1)) % (supply.packs + 1)),
  );
  const units = Float64Array.from({ length: states }, (_, state) =>
    sizes.reduce((sum, size, at) => sum + size.units * (digits[at]?.[state] ?? 0), 0),
  );
  return { states, place, digits, supply: sizes.map(({ supply }) => supply.packs), units, steps: EXACT_STEPS };
};

/** (units * unit - due)^2 without due^2, divided by the unit. */
const costOf = (model: JointModel, units: number, due: number): number => units * (units * model.unitMicro - 2 * due);

/** Whether every cost that can occur stays a whole number below 2^53. */
const costsStayExact = (model: JointModel): boolean => {
  const levels = BigInt(upward(model.tree).length + 1);
  const due = model.due.reduce((sum, micro) => sum + Math.abs(micro), 0);
  const most = BigInt(model.units) * (BigInt(model.units) * BigInt(model.unitMicro) + 2n * BigInt(due));
  return most * levels <= BigInt(Number.MAX_SAFE_INTEGER);
};

/** What one site may hold: every mix of sizes at or above what is fixed, within its ceiling. */
const siteTable = (model: JointModel, space: Space, site: number): Solved | undefined => {
  const most = model.most[site] ?? 0;
  const fixedState = model.fixed.reduce((sum, fixed, at) => sum + (fixed[site] ?? 0) * (space.place[at] ?? 1), 0);
  const fixedUnits = space.units[fixedState] ?? 0;
  let mixes = [fixedState];
  for (const [at, size] of model.sizes.entries()) {
    mixes = mixes.flatMap((state) => {
      const room = Math.floor((most - (space.units[state] ?? 0)) / size.units);
      const more = Math.max(0, Math.min(room, (space.supply[at] ?? 0) - (space.digits[at]?.[state] ?? 0)));
      return Array.from({ length: more + 1 }, (_, extra) => state + extra * (space.place[at] ?? 1));
    });
    if ((space.steps -= mixes.length) < 0) return undefined;
  }
  const state = Int32Array.from(mixes.filter((mix) => mayHold(model, site, space.units[mix] ?? 0, fixedUnits)));
  const cost = Float64Array.from(state, (mix) => costOf(model, space.units[mix] ?? 0, model.due[site] ?? 0));
  return {
    table: { state, short: new Float64Array(state.length), cost },
    give: (mix, out) => {
      out.forEach((packs, at) => {
        packs[site] = space.digits[at]?.[mix] ?? 0;
      });
    },
  };
};

/** Every sum of a state of two tables that the supply allows, with the best way to it. */
const join = (space: Space, left: Table, right: Table): { table: Table; choice: Int32Array } | undefined => {
  if ((space.steps -= left.state.length * right.state.length) < 0) return undefined;
  const short = new Float64Array(space.states).fill(Infinity);
  const cost = new Float64Array(space.states);
  const choice = new Int32Array(space.states);
  for (let a = 0; a < left.state.length; a += 1) {
    const first = left.state[a] ?? 0;
    for (let b = 0; b < right.state.length; b += 1) {
      const second = right.state[b] ?? 0;
      if (space.digits.some((digit, at) => (digit[first] ?? 0) + (digit[second] ?? 0) > (space.supply[at] ?? 0))) continue;
      const at = first + second;
      const missed = (left.short[a] ?? 0) + (right.short[b] ?? 0);
      const spent = (left.cost[a] ?? 0) + (right.cost[b] ?? 0);
      const before = short[at] ?? Infinity;
      if (missed > before || (missed === before && spent >= (cost[at] ?? 0))) continue;
      short[at] = missed;
      cost[at] = spent;
      choice[at] = second;
    }
  }
  const state = Int32Array.from(short.keys()).filter((at) => (short[at] ?? Infinity) < Infinity);
  const pick = (values: Float64Array) => Float64Array.from(state, (at) => values[at] ?? 0);
  return { table: { state, short: pick(short), cost: pick(cost) }, choice };
};

/** Applies a group's own bounds and cost to the states of what lies below it. */
const close = (model: JointModel, space: Space, group: GroupRange, { state, short, cost }: Table): Table => {
  const { low = 0, high = 0 } = model.bounds.get(group) ?? {};
  const due = group === model.tree ? undefined : sumRange(model.due, group.from, group.to);
  const kept = Array.from(state.keys()).filter((at) => (space.units[state[at] ?? 0] ?? 0) <= high);
  const held = (at: number) => space.units[state[at] ?? 0] ?? 0;
  return {
    state: Int32Array.from(kept, (at) => state[at] ?? 0),
    short: Float64Array.from(kept, (at) => (short[at] ?? 0) + Math.max(0, low - held(at))),
    cost: Float64Array.from(kept, (at) => (cost[at] ?? 0) + (due === undefined ? 0 : costOf(model, held(at), due))),
  };
};

const solveGroup = (model: JointModel, space: Space, group: GroupRange): Solved | undefined => {
  const leaf = group.children.length === 0;
  const count = leaf ? group.to - group.from : group.children.length;
  let table: Table = { state: Int32Array.of(0), short: Float64Array.of(0), cost: Float64Array.of(0) };
  const taken: { readonly solved: Solved; readonly choice: Int32Array }[] = [];
  for (let at = 0; at < count; at += 1) {
    const child = group.children[at];
    const solved = child ? solveGroup(model, space, child) : siteTable(model, space, group.from + at);
    const joined = solved && join(space, table, solved.table);
    if (!joined) return undefined;
    table = joined.table;
    taken.push({ solved, choice: joined.choice });
  }
  const give = (state: number, out: JointPacks): void => {
    let left = state;
    for (const { solved, choice } of taken.toReversed()) {
      const own = choice[left] ?? 0;
      solved.give(own, out);
      left -= own;
    }
  };
  return { table: close(model, space, group, table), give };
};

/** The best split there is, or undefined when the search would take more than `EXACT_STEPS` or a cost could pass 2^53. */
export const splitExactly = (model: JointModel): JointPacks | undefined => {
  const space = costsStayExact(model) ? openSpace(model) : undefined;
  const solved = space && solveGroup(model, space, model.tree);
  if (!space || !solved) return undefined;
  const { state, short, cost } = solved.table;
  const units = (at: number) => space.units[state[at] ?? 0] ?? 0;
  const better = (a: number, b: number): boolean => {
    if (short[a] !== short[b]) return (short[a] ?? 0) < (short[b] ?? 0);
    if (units(a) !== units(b)) return units(a) > units(b);
    return (cost[a] ?? 0) < (cost[b] ?? 0);
  };
  const reached = Array.from(state.keys()).filter((at) => units(at) <= model.units);
  const [first, ...rest] = reached;
  if (first === undefined) throw new RangeError('packs already ordered are over the supply');
  const best = rest.reduce((kept, at) => (better(at, kept) ? at : kept), first);
  const packs = model.sizes.map(() => new Float64Array(model.due.length));
  solved.give(state[best] ?? 0, packs);
  return packs;
};

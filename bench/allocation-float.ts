import type { RunInputs } from '../functions/allocations/domain/inputs.ts';

/**
 * A floating-point sketch of the engine's model for the bench: the same guarantee, tier and open pool by water-filling, packs
 * split over the same towns by largest remainder, without debt. It leaves out what makes the engine slower: exactness, lots drawn
 * by hash, group bounds, explanations, summaries, write-offs. Doses by site, per pool.
 */
export interface FloatPolicy {
  readonly guarantee: number;
  readonly tierShare: number;
}

interface Row {
  readonly weight: number;
  readonly tier: number;
  readonly tagged: boolean;
  readonly ceiling: number;
  readonly leaf: number;
}

/** clamp(level * weight, low, high) adding up to the amount, by pegging. */
const fillFloat = (low: Float64Array, high: Float64Array, weight: Float64Array, amount: number): Float64Array => {
  const out = low.slice();
  let free = Array.from(low.keys()).filter((at) => (weight[at] ?? 0) > 0 && (high[at] ?? 0) > (low[at] ?? 0));
  let left = amount;
  const isFree = new Uint8Array(low.length);
  for (const at of free) isFree[at] = 1;
  low.forEach((value, at) => { if (!isFree[at]) left -= value; });
  while (free.length > 0) {
    const total = free.reduce((sum, at) => sum + (weight[at] ?? 0), 0);
    const level = left / total;
    let excess = 0;
    for (const at of free) {
      const wanted = level * (weight[at] ?? 0);
      excess += Math.max(0, (low[at] ?? 0) - wanted) - Math.max(0, wanted - (high[at] ?? 0));
    }
    const kept: number[] = [];
    for (const at of free) {
      const wanted = level * (weight[at] ?? 0);
      const bound = excess >= 0 ? (low[at] ?? 0) : (high[at] ?? 0);
      if (excess >= 0 ? wanted < bound : wanted > bound) {
        out[at] = bound;
        left -= bound;
      } else kept.push(at);
    }
    if (kept.length === free.length) {
      for (const at of free) out[at] = level * (weight[at] ?? 0);
      break;
    }
    free = kept;
  }
  return out;
};

const sum = (values: Float64Array) => values.reduce((total, value) => total + value, 0);

const stage = (has: Float64Array, room: (at: number) => number, weight: Float64Array, amount: number): Float64Array => {
  const high = has.map((value, at) => ((weight[at] ?? 0) > 0 ? value + room(at) : value));
  return fillFloat(has, high, weight, Math.min(sum(has) + amount, sum(high)));
};

const largestRemainder = (members: readonly number[], due: (at: number) => number, packs: number): Map<number, number> => {
  const given = new Map(members.map((at) => [at, Math.max(0, Math.floor(due(at)))]));
  const left = packs - [...given.values()].reduce((total, value) => total + value, 0);
  const order = [...members].sort((a, b) => due(b) - Math.floor(due(b)) - (due(a) - Math.floor(due(a))));
  for (const at of order.slice(0, Math.max(0, left))) given.set(at, (given.get(at) ?? 0) + 1);
  return given;
};

/** Packs of every site of every pool. */
export const sketchFloat = (inputs: RunInputs, leaves: readonly string[], policy: FloatPolicy): Float64Array[] =>
  inputs.supply.map((supply) => {
    const leafAt = new Map(leaves.map((id, at) => [id, at]));
    const rows = inputs.sites.map((site): Row => {
      const line = site.lines.find((item) => item.product === supply.product);
      const request = Math.min(line?.requestDoses ?? 0, supply.packs * supply.packDoses);
      return {
        weight: site.weights.population ?? 0,
        tier: site.weights['tier-1a'] ?? 0,
        tagged: site.tags.includes('priority'),
        ceiling: Math.floor(request / supply.packDoses) * supply.packDoses,
        leaf: leafAt.get(site.group) ?? 0,
      };
    });
    const total = supply.packs * supply.packDoses;
    const room = (has: Float64Array) => (at: number) => Math.max(0, (rows[at]?.ceiling ?? 0) - (has[at] ?? 0));
    const open = Float64Array.from(rows, (row) => row.weight);
    let has: Float64Array = new Float64Array(rows.length);
    has = stage(has, room(has), open.map((weight, at) => (rows[at]?.tagged ? weight : 0)), total * policy.guarantee);
    const before = has;
    const tier = Float64Array.from(rows, (row) => row.tier);
    const rooms = before.map((_, at) => room(before)(at));
    const gained = fillFloat(new Float64Array(rows.length), rooms, tier, total * policy.tierShare);
    has = before.map((value, at) => value + (gained[at] ?? 0));
    has = stage(has, room(has), open, total - sum(has));
    const members = leaves.map(() => [] as number[]);
    rows.forEach((row, at) => members[row.leaf]?.push(at));
    const dueOf = (at: number) => (has[at] ?? 0) / supply.packDoses;
    const leafDue = members.map((sites) => sites.reduce((due, at) => due + dueOf(at), 0));
    const leafPacks = largestRemainder([...members.keys()], (at) => leafDue[at] ?? 0, Math.floor(sum(has) / supply.packDoses));
    const packs = new Float64Array(rows.length);
    members.forEach((sites, leaf) => {
      for (const [at, given] of largestRemainder(sites, dueOf, leafPacks.get(leaf) ?? 0)) packs[at] = given;
    });
    return packs;
  });

import { nodesOf } from '../../functions/allocations/domain/policy/policy-rules.ts';
import { servePacks, runsIn } from './allocation-due.ts';
import type { DueSite } from './allocation-due.ts';
import type { RunInputs, SiteLine, SupplyLine } from '../../functions/allocations/domain/inputs.ts';
import type { Policy, PolicyNode, Stage } from '../../functions/allocations/domain/policy/policy.ts';

/**
 * An independent solver of small instances, by another road than the engine's. Targets: exact fractions (BigInt); each stage's
 * minimum of sum(q^2/w) over nested bounds is the function A_N(level) = clamp(sum of A_child(level), low, high), whose level is
 * found by halving down to the simplest fraction that fits. (The engine tightens groups from below and pegs sites, in whole
 * micro-doses.)
 * It shares no code with the engine apart from the document's types and the list of tree nodes.
 */
export interface Fraction {
  readonly num: bigint;
  readonly den: bigint;
}

const gcd = (a: bigint, b: bigint): bigint => (b === 0n ? (a < 0n ? -a : a) : gcd(b, a % b));
export const fraction = (num: bigint, den = 1n): Fraction => {
  const common = gcd(num, den) || 1n;
  return { num: num / common, den: den / common };
};
const plus = (a: Fraction, b: Fraction) => fraction(a.num * b.den + b.num * a.den, a.den * b.den);
const minus = (a: Fraction, b: Fraction) => fraction(a.num * b.den - b.num * a.den, a.den * b.den);
const times = (a: Fraction, b: Fraction) => fraction(a.num * b.num, a.den * b.den);
/** a / b for b > 0: nothing here divides by less. */
const over = (a: Fraction, b: Fraction) => fraction(a.num * b.den, a.den * b.num);
const less = (a: Fraction, b: Fraction) => a.num * b.den < b.num * a.den;
const least = (a: Fraction, b: Fraction) => (less(a, b) ? a : b);
const most = (a: Fraction, b: Fraction) => (less(a, b) ? b : a);
const sum = (values: readonly Fraction[]) => values.reduce(plus, ZERO);
const ZERO = fraction(0n);
const whole = (value: number) => fraction(BigInt(value));

const shareIn = (text: string): Fraction => fraction(BigInt(text.replace('%', '')), 100n);
const roundUp = (value: Fraction) => fraction((value.num + value.den - 1n) / value.den);
const roundDown = (value: Fraction) => fraction(value.num / value.den);

interface Site {
  readonly id: string;
  readonly leaf: string;
  readonly tags: readonly string[];
  readonly weights: Readonly<Record<string, number>>;
  readonly ceiling: Fraction;
  readonly due: DueSite;
  has: Fraction;
}

interface Setting {
  readonly policy: Policy;
  readonly sites: readonly Site[];
  readonly pack: Fraction;
  readonly packs: Fraction;
  readonly week: string;
}

const packsBound = (setting: Setting, bound: PolicyNode['min'], round: (value: Fraction) => Fraction): Fraction | undefined => {
  if (!bound) return undefined;
  const packs = 'share' in bound ? times(setting.packs, shareIn(bound.share)) : over(whole(bound.doses), setting.pack);
  return times(round(packs), setting.pack);
};

const sitesUnder = (setting: Setting, node: PolicyNode): Site[] => {
  const ids = new Set(nodesOf(node).map((item) => item.id));
  return setting.sites.filter((site) => ids.has(site.leaf));
};

const highOf = (setting: Setting, node: PolicyNode) => packsBound(setting, node.max, roundDown);
/** What a site may take toward a minimum: nothing without weight in the floors stage. */
const countedCeiling = (setting: Setting, site: Site): Fraction => {
  const floors = setting.policy.stages.find((stage) => stage.kind === 'floors');
  return floors && pourOf(setting, floors).weight(site) === 0n ? ZERO : site.ceiling;
};
const lowOf = (setting: Setting, node: PolicyNode): Fraction => {
  const usable = sum(sitesUnder(setting, node).map((site) => countedCeiling(setting, site)));
  return least(packsBound(setting, node.min, roundUp) ?? ZERO, usable);
};

/** Whether nested bounds clash anywhere: the least a group must take against the most it can. */
const feasible = (setting: Setting): boolean => {
  let ok = true;
  const range = (node: PolicyNode): [Fraction, Fraction] => {
    const below = (node.children ?? []).map(range);
    const ceilings = sum(sitesUnder(setting, node).map((site) => countedCeiling(setting, site)));
    const low = most(sum(below.map((item) => item[0])), lowOf(setting, node));
    let high = node.children ? sum(below.map((item) => item[1])) : ceilings;
    high = least(high, highOf(setting, node) ?? high);
    if (node === setting.policy.tree) high = least(high, times(setting.packs, setting.pack));
    if (less(high, low)) ok = false;
    return [low, high];
  };
  range(setting.policy.tree);
  return ok;
};

interface Pour {
  readonly stage: Stage;
  readonly onTop: boolean;
  readonly weight: (site: Site) => bigint;
  readonly limit: (site: Site) => Fraction | undefined;
}

const siteAt = (pour: Pour, site: Site, level: Fraction): Fraction => {
  const weight = pour.weight(site);
  if (weight === 0n) return site.has;
  const limit = pour.limit(site);
  const high = limit ? least(site.ceiling, plus(site.has, limit)) : site.ceiling;
  const wanted = times(level, fraction(weight));
  return most(site.has, least(high, pour.onTop ? plus(site.has, wanted) : wanted));
};

/** The levels at which a group's own bounds stop it, found once for each group, the lowest first. */
type Stops = Map<PolicyNode, { readonly low?: Fraction; readonly high?: Fraction }>;

/** What each site has at a level: on the way down every group holds the level between its own stops. */
const solveNode = (setting: Setting, pour: Pour, stops: Stops, node: PolicyNode, level: Fraction): [Site, Fraction][] => {
  const { low, high } = stops.get(node) ?? {};
  const raised = low ? most(low, level) : level;
  const own = high ? least(high, raised) : raised;
  return node.children
    ? node.children.flatMap((child) => solveNode(setting, pour, stops, child, own))
    : setting.sites.filter((site) => site.leaf === node.id).map((site) => [site, siteAt(pour, site, own)]);
};

const HIGHEST = fraction(1_000_000n);

const stopsOf = (setting: Setting, pour: Pour): Stops => {
  const stops: Stops = new Map();
  for (const node of nodesOf(setting.policy.tree).reverse()) {
    const totalOf = (level: Fraction) => sum(solveNode(setting, pour, stops, node, level).map((item) => item[1]));
    const top = totalOf(HIGHEST);
    const high = highOf(setting, node);
    const low = pour.stage.kind === 'floors' ? least(lowOf(setting, node), high ? least(high, top) : top) : undefined;
    const stop = {
      ...(low && less(totalOf(ZERO), low) && { low: levelFor(totalOf, low) }),
      ...(high && less(high, top) && { high: levelFor(totalOf, high) }),
    };
    stops.set(node, stop);
  }
  return stops;
};

/** The simplest fraction between two others, ends included (Stern and Brocot): in a narrow enough range, the one looked for. */
const simplest = (low: Fraction, high: Fraction): Fraction => {
  const floor = low.num / low.den;
  if (floor * low.den === low.num) return fraction(floor);
  if ((floor + 1n) * high.den <= high.num) return fraction(floor + 1n);
  const inner = simplest(
    { num: high.den, den: high.num - floor * high.den },
    { num: low.den, den: low.num - floor * low.den },
  );
  return fraction(floor * inner.num + inner.den, inner.num);
};

/** The level at which a rising, piecewise straight function of fractions reaches a value, exactly. */
const levelFor = (rise: (level: Fraction) => Fraction, value: Fraction): Fraction => {
  let [low, high] = [ZERO, HIGHEST];
  if (!less(rise(low), value)) return low;
  if (!less(value, rise(high))) return high;
  for (;;) {
    const guess = simplest(low, high);
    const got = rise(guess);
    if (got.num === value.num && got.den === value.den) return guess;
    const middle = over(plus(low, high), fraction(2n));
    if (less(rise(middle), value)) low = middle;
    else high = middle;
  }
};

const place = (setting: Setting, pour: Pour, amount: Fraction): Fraction => {
  const before = sum(setting.sites.map((site) => site.has));
  const stops = stopsOf(setting, pour);
  const at = (level: Fraction) => solveNode(setting, pour, stops, setting.policy.tree, level);
  const totalOf = (level: Fraction) => sum(at(level).map((item) => item[1]));
  const floors = pour.stage.kind === 'floors';
  const goal = floors ? totalOf(ZERO) : least(plus(before, amount), totalOf(HIGHEST));
  for (const [site, has] of at(floors ? ZERO : levelFor(totalOf, goal))) site.has = has;
  return minus(goal, before);
};

const belongs = (setting: Setting, stage: Stage) => (site: Site): boolean => {
  const group = 'group' in stage ? stage.group : undefined;
  if (!group) return true;
  if ('tag' in group) return site.tags.includes(group.tag);
  const node = nodesOf(setting.policy.tree).find((item) => item.id === group.node);
  return node !== undefined && nodesOf(node).some((item) => item.id === site.leaf);
};

const pourOf = (setting: Setting, stage: Stage): Pour => {
  const inGroup = belongs(setting, stage);
  return {
    stage,
    onTop: stage.kind === 'reserve' ? stage.reserve === 'over-and-above' : 'counting' in stage && stage.counting === 'on-top',
    weight: (site) => {
      if (!('weight' in stage) || !inGroup(site)) return 0n;
      const terms = typeof stage.weight === 'string' ? { [stage.weight]: 1 } : stage.weight;
      return Object.entries(terms).reduce((total, [name, factor]) => total + BigInt(factor * (site.weights[name] ?? 0)), 0n);
    },
    limit: (site) => (stage.kind === 'tier' && stage.limit ? whole(site.weights[stage.limit] ?? 0) : undefined),
  };
};

/** The ceiling in whole packs, with or without the request. */
const ceilingIn = (policy: Policy, supply: SupplyLine, line: SiteLine | undefined, asked: boolean): number => {
  const all = supply.packs * supply.packDoses;
  const limits = policy.caps.map((cap) => {
    if (cap.kind === 'storage') return line?.storageDoses ?? all;
    if (cap.kind !== 'share-of-supply') throw new Error(`the oracle knows no cap ${cap.kind}`);
    const share = shareIn(cap.share);
    return Number((BigInt(all) * share.num) / share.den);
  });
  return Math.floor(Math.min(all, asked ? (line?.requestDoses ?? 0) : all, ...limits) / supply.packDoses);
};

/** Serves second doses through the setting's groups, one pack after another; returns the doses used. */
const serve = (setting: Setting, amount: Fraction, within: number): Fraction => {
  const before = sum(setting.sites.map((site) => site.has));
  const room = (site: DueSite, doses: number): boolean =>
    nodesOf(setting.policy.tree).every((node) => {
      const inside = sitesUnder(setting, node);
      const high = highOf(setting, node);
      if (!high || !inside.some((item) => item.due === site)) return true;
      return !less(high, plus(sum(inside.map((item) => item.has)), whole(doses)));
    });
  let left = amount;
  servePacks(setting.sites.map((site) => site.due), Number(setting.pack.num), setting.week, within, (due, doses) => {
    const site = setting.sites.find((item) => item.due === due);
    if (!site || less(left, whole(doses)) || !room(due, doses)) return false;
    site.has = plus(site.has, whole(doses));
    left = minus(left, whole(doses));
    return true;
  });
  return minus(sum(setting.sites.map((site) => site.has)), before);
};

/**
 * Exact targets in doses by site, before the cut to whole packs; undefined when bounds clash. No fixed packs, and no minimums beside
 * second doses.
 */
export const oracleTargets = (inputs: RunInputs, policy: Policy): Map<string, Fraction> | undefined => {
  const supply = inputs.supply[0];
  if (!supply) return new Map();
  const pack = whole(supply.packDoses);
  const total = whole(supply.packs * supply.packDoses);
  const sites = inputs.sites.map((site): Site => {
    const line = site.lines[0];
    const ceiling = times(whole(ceilingIn(policy, supply, line, true)), pack);
    const debt = inputs.debts.find((row) => row.siteId === site.siteId)?.micro ?? 0;
    const due = { id: site.siteId, due: line?.due ?? [], most: ceilingIn(policy, supply, line, false), debt };
    return { id: site.siteId, leaf: site.group, tags: site.tags, weights: site.weights, ceiling, due, has: ZERO };
  });
  const setting: Setting = { policy, sites, pack, packs: whole(supply.packs), week: inputs.week };
  if (!feasible(setting)) return undefined;
  const isPool = (stage: Stage) => stage.kind === 'open' || stage.kind === 'tier';
  const stages = policy.stages.filter((stage) => runsIn(stage, inputs.week, supply.doseNumber));
  let held = ZERO;
  stages.forEach((stage, at) => {
    const setAside = stages.slice(at + 1).map((later) => {
      const kept = later.kind === 'reserve' && later.reserve === 'over-and-above';
      return kept ? times(total, shareIn(later.share)) : ZERO;
    });
    const left = () => most(ZERO, minus(minus(minus(total, held), sum(sites.map((site) => site.has))), sum(setAside)));
    let amount = left();
    if (stage.kind === 'second-doses') {
      serve(setting, amount, stage.withinWeeks);
      return;
    }
    if (stage.kind === 'reserve' && stage.reserve === 'minimum-guarantee') {
      const inside = sum(sites.filter(belongs(setting, stage)).map((site) => site.has));
      amount = least(amount, most(ZERO, minus(times(roundUp(times(setting.packs, shareIn(stage.share))), pack), inside)));
    } else if ('share' in stage && stage.share) amount = least(amount, times(total, shareIn(stage.share)));
    const unused = minus(amount, place(setting, pourOf(setting, stage), amount));
    if (stage.kind === 'reserve' && stage.unused === 'held') {
      held = plus(held, unused);
      return;
    }
    const back = stages.slice(0, at).findLast(isPool);
    const flowsBack = stage.kind === 'reserve' && unused.num > 0n && !stages.slice(at + 1).some(isPool);
    if (flowsBack && back) place(setting, pourOf(setting, back), least(unused, left()));
  });
  return new Map(sites.map((site) => [site.id, site.has]));
};

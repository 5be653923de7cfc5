import { allocate } from '../allocate.ts';
import { inForce } from '../policy/in-force.ts';
import { MAX_WEIGHT, lineKey, poolKey } from '../inputs.ts';
import { nodesOf } from '../policy/policy-rules.ts';
import { MAX_POOL_DOSES, ceilDiv, floorDiv } from '../quantity.ts';
import { relaxedFor } from '../policy/relaxed-policy.ts';
import { labelSupply } from '../set-aside.ts';
import { ownDoses } from '../own-doses.ts';
import type { Award, CeilingRule } from '../allocation.ts';
import type { DebtRow, RequestIs, RunInputs, SiteLine } from '../inputs.ts';
import type { Cap, Minimum, Policy } from '../policy/policy.ts';
import type { Relaxed } from '../policy/relaxed-policy.ts';

/** An award of a run: which site, of which pool. */
export type AwardKey = Pick<DebtRow, 'siteId' | 'product' | 'doseNumber' | 'packDoses'>;

/** One thing that could have been otherwise. */
export type Change =
  | { readonly kind: 'request'; readonly fromDoses: number; readonly toDoses: number; readonly requestIs?: RequestIs }
  | { readonly kind: 'supply'; readonly fromPacks: number; readonly toPacks: number }
  | { readonly kind: 'cap-lifted'; readonly rule: Cap['kind'] }
  | { readonly kind: 'minimum-lifted'; readonly rule: Minimum['kind'] }
  | { readonly kind: 'reserve-off'; readonly stage: string }
  | { readonly kind: 'old-debt-forgotten' }
  | { readonly kind: 'nothing-on-hand'; readonly fromDoses: number }
  | { readonly kind: 'any-day' }
  | Relaxed['change']
  | { readonly kind: 'not-suspended' }
  | { readonly kind: 'more-due'; readonly fromDoses: number; readonly toDoses: number }
  | { readonly kind: 'override-lifted'; readonly reason: string }
  | { readonly kind: 'weight'; readonly morePercent: number };

/** A change and the award it gives, found by running the engine again, never guessed. */
export interface Effect {
  readonly change: Change;
  readonly packs: number;
  /** Undefined when no run is possible with that change: bounds or overrides would clash. */
  readonly packsAfter: number | undefined;
  /** Told where they are not those packs: doses that are the site's own. Vials out of its hub's packs are, what a hub takes for others is not. */
  readonly doses?: number;
  readonly dosesAfter?: number;
  /** Of a group without its maximum, where the site itself gets the same: packs of the pool that other sites of the group would have more. */
  readonly othersPacks?: number;
}

interface Case {
  readonly inputs: RunInputs;
  readonly policy: Policy;
}

/** The awards of a pool; undefined where no run is possible. */
const poolOf = ({ inputs, policy }: Case, key: AwardKey): readonly Award[] | undefined => {
  const run = allocate(inputs, policy);
  return run.kind === 'allocated' ? run.awards.filter((award) => poolKey(award) === poolKey(key)) : undefined;
};
const ofSite = (pool: readonly Award[] | undefined, { siteId }: AwardKey): Award | undefined => pool?.find((award) => award.siteId === siteId);

/** Packs of a pool at the sites of a group of the tree. */
const packsIn = (pool: readonly Award[], { inputs, policy }: Case, group: string): number => {
  const node = nodesOf(policy.tree).find(({ id }) => id === group);
  const leaves = new Set((node === undefined ? [] : nodesOf(node)).map(({ id }) => id));
  const sites = new Set(inputs.sites.filter((site) => leaves.has(site.group)).map(({ siteId }) => siteId));
  return pool.reduce((sum, { siteId, packs }) => (sites.has(siteId) ? sum + packs : sum), 0);
};

/** Pools that do not meet this one in any site are left out: they cannot change its awards. They meet in shared throughput and storage. */
const narrow = (inputs: RunInputs, policy: Policy, key: AwardKey): RunInputs => {
  if (policy.declares.some((item) => item.rule === 'shared-throughput')) return inputs;
  if (policy.caps.some((cap) => cap.kind === 'storage') && inputs.sites.some(({ rooms }) => rooms !== undefined)) return inputs;
  const same = (row: { product: string; doseNumber: number }) => lineKey(row) === lineKey(key);
  const overrides = inputs.overrides?.filter(same);
  const sites = inputs.sites.map((site) => ({ ...site, lines: site.lines.filter(same) }));
  return { ...inputs, sites, supply: inputs.supply.filter(same), debts: inputs.debts.filter(same), ...(overrides && { overrides }) };
};

const withLine = (inputs: RunInputs, key: AwardKey, change: (line: SiteLine) => SiteLine): RunInputs => ({
  ...inputs,
  sites: inputs.sites.map((site) => {
    if (site.siteId !== key.siteId) return site;
    return { ...site, lines: site.lines.map((line) => (lineKey(line) === lineKey(key) ? change(line) : line)) };
  }),
});

const withSupply = (inputs: RunInputs, key: AwardKey, packs: number): RunInputs => ({
  ...inputs,
  supply: inputs.supply.map((line) => (poolKey(line) === poolKey(key) ? { ...line, packs } : line)),
});

const onAnyDay = (inputs: RunInputs, key: AwardKey): RunInputs => ({
  ...inputs,
  sites: inputs.sites.map((site) => (site.siteId === key.siteId ? { ...site, receiving: undefined } : site)),
});

const notSuspended = (inputs: RunInputs, key: AwardKey): RunInputs => ({
  ...inputs,
  sites: inputs.sites.map((site) => (site.siteId === key.siteId ? { ...site, suspended: false } : site)),
});

const dueDoses = (line: SiteLine | undefined): number => (line?.due ?? []).reduce((sum, { doses }) => sum + doses, 0);

/** So many more second doses due at the site on the first day of the week. */
const withMoreDue = (inputs: RunInputs, key: AwardKey, doses: number): RunInputs =>
  withLine(inputs, key, (line) => ({ ...line, due: [...line.due, { day: inputs.week, doses }] }));

const withoutOverride = (inputs: RunInputs, key: AwardKey): RunInputs => ({
  ...inputs,
  overrides: inputs.overrides?.filter((row) => !(row.siteId === key.siteId && poolKey(row) === poolKey(key))),
});

/** A weight is tried up to this much larger. */
const MOST_PERCENT = 100;

const withWeights = (inputs: RunInputs, key: AwardKey, morePercent: number): RunInputs => ({
  ...inputs,
  sites: inputs.sites.map((site) => {
    if (site.siteId !== key.siteId) return site;
    const more = ([name, weight]: [string, number]) => [name, Math.min(MAX_WEIGHT, ceilDiv(weight * (100 + morePercent), 100))] as const;
    return { ...site, weights: Object.fromEntries(Object.entries(site.weights).map(more)) };
  }),
});

/** The smallest step in [1, most] that wins another pack, by doubling and halving; `most` when the largest wins none. */
const leastStep = (most: number, wins: (step: number) => boolean): number => {
  if (!wins(most)) return most;
  let high = 1;
  while (high < most && !wins(high)) high = Math.min(most, high * 2);
  let low = floorDiv(high, 2);
  while (high - low > 1) {
    const middle = low + floorDiv(high - low, 2);
    if (wins(middle)) high = middle;
    else low = middle;
  }
  return high;
};

/** Packs of the pool's size that all sites with its line ask for, and all that supply holds of the line, whatever packs it comes in. */
const packsAsked = (inputs: RunInputs, key: AwardKey): number => {
  const lines = inputs.sites.flatMap((site) => site.lines.filter((line) => lineKey(line) === lineKey(key)));
  return ceilDiv(lines.reduce((sum, line) => sum + Math.max(line.requestDoses, dueDoses(line)), 0), key.packDoses);
};
const packsThere = (inputs: RunInputs, key: AwardKey): number =>
  ceilDiv(inputs.supply.reduce((sum, line) => (lineKey(line) === lineKey(key) ? sum + line.packs * line.packDoses : sum), 0), key.packDoses);

/** Doses of the site before and after, where a hub takes its packs or shares them. */
const inDoses = (before: Award, after: Award | undefined): Pick<Effect, 'doses' | 'dosesAfter'> => {
  const isByVial = [before, after].some((award) => award !== undefined && ownDoses(award) !== award.doses);
  return isByVial ? { doses: ownDoses(before), ...(after && { dosesAfter: ownDoses(after) }) } : {};
};

/** Rules that are not named as the cap is that sets them. */
const CAPS_OF: { readonly [K in CeilingRule]?: readonly Cap['kind'][] } = {
  'shared-storage': ['storage'],
  'vials-beyond-use': ['beyond-use', 'storage'],
};

/** A limit is told where it held the award, or where lifting it for everybody changes the award; elsewhere it says nothing. */
const tellsOfCap = ({ explanation }: Award, cap: Cap['kind'], isOther: boolean): boolean =>
  isOther || explanation.some((line) => line.kind === 'cap' && (CAPS_OF[line.rule] ?? [line.rule]).some((kind) => kind === cap));

/**
 * What would have given a site another award: a larger request, more supply, each cap lifted, each reserve off, no old debt, an empty
 * shelf, deliveries on any day, larger weights; only what takes part in that pool. At most some 60 runs, of the one product alone where
 * products meet nowhere.
 * Every answer comes from a run with that one thing changed; one that changes nothing says so (`packsAfter` = `packs`, and `dosesAfter` = `doses` where doses come by the vial). What people set
 * for other sites is held, and packs that the policy's rule for second doses moved stay moved. An award that a person set is moved by nothing else, so for it there is one answer: what it had been without.
 * Undefined when the site has no award in that pool.
 */
export const whatWouldChange = (asWritten: RunInputs, rules: Policy, key: AwardKey): Effect[] | undefined => {
  const { supply: labelled, moves } = labelSupply(asWritten, rules);
  const inputs = moves.length === 0 ? asWritten : { ...asWritten, supply: [...labelled] };
  const policy = { ...rules, secondDoses: undefined };
  const base = narrow(inputs, policy, key);
  const asItIs = poolOf({ inputs: base, policy }, key);
  const award = ofSite(asItIs, key);
  const supply = base.supply.find((line) => poolKey(line) === poolKey(key));
  if (!asItIs || !award || !supply) return undefined;
  const own = ownDoses(award);
  const gotIn = (changed: Partial<Case>) => ofSite(poolOf({ inputs: base, policy, ...changed }, key), key);
  const wins = (got: Award | undefined) => got !== undefined && ownDoses(got) > own;
  const effect = (change: Change, got: Award | undefined): Effect => ({ change, packs: award.packs, packsAfter: got?.packs, ...inDoses(award, got) });
  const set = base.overrides?.find((row) => row.siteId === key.siteId && poolKey(row) === poolKey(key));
  if (set !== undefined) return [effect({ kind: 'override-lifted', reason: set.reason }, gotIn({ inputs: withoutOverride(base, key) }))];

  const asking = (packs: number) => {
    const doses = (floorDiv(award.requestDoses, key.packDoses) + packs) * key.packDoses;
    return { doses, got: gotIn({ inputs: withLine(base, key, (line) => ({ ...line, requestDoses: doses })) }) };
  };
  const more = (packs: number) => gotIn({ inputs: withSupply(base, key, supply.packs + packs) });
  const requested = asking(leastStep(Math.max(1, packsThere(base, key)), (packs) => wins(asking(packs).got)));
  const mostPacks = floorDiv(MAX_POOL_DOSES, key.packDoses);
  const extra = leastStep(Math.max(1, supply.packs, Math.min(packsAsked(base, key), mostPacks - supply.packs)), (packs) => wins(more(packs)));
  const heavier = (percent: number) => gotIn({ inputs: withWeights(base, key, percent) });
  const byWeight = policy.stages.some((stage) => 'weight' in stage && inForce(stage, base.week, key.doseNumber));
  const morePercent = byWeight ? leastStep(MOST_PERCENT, (percent) => wins(heavier(percent))) : 0;
  const site = base.sites.find(({ siteId }) => siteId === key.siteId);
  const line = site?.lines.find((item) => lineKey(item) === lineKey(key));
  const onHand = (line?.onHandDoses ?? 0) + (line?.inTransitDoses ?? 0);
  const due = (packs: number) => gotIn({ inputs: withMoreDue(base, key, packs * key.packDoses) });
  const servesDue = policy.stages.some((stage) => stage.kind === 'second-doses' && inForce(stage, base.week, key.doseNumber));
  const dueMore = servesDue ? leastStep(Math.max(1, supply.packs), (packs) => wins(due(packs))) : 0;
  const owed = dueDoses(line);
  const request = (toDoses: number): Change => ({
    kind: 'request',
    fromDoses: award.requestDoses,
    toDoses,
    ...(line?.requestIs && { requestIs: line.requestIs }),
  });
  const withoutBound = ({ change, policy: relaxed }: Relaxed): Effect => {
    const pool = poolOf({ inputs: base, policy: relaxed }, key);
    const got = ofSite(pool, key);
    const isSame = got !== undefined && ownDoses(got) === own;
    const others =
      pool !== undefined && isSame && change.kind === 'group-maximum-lifted'
        ? packsIn(pool, { inputs: base, policy }, change.node) - packsIn(asItIs, { inputs: base, policy }, change.node)
        : 0;
    return { ...effect(change, got), ...(others > 0 && { othersPacks: others }) };
  };
  const asItGot = gotIn({ inputs: withLine(base, key, (item) => ({ ...item, requestDoses: own })) });
  return [
    effect(request(requested.doses), requested.got),
    ...(own > 0 && own < award.requestDoses && line?.requestIs === undefined ? [effect(request(own), asItGot)] : []),
    effect({ kind: 'supply', fromPacks: supply.packs, toPacks: supply.packs + extra }, more(extra)),
    ...policy.caps.flatMap((cap) => {
      const got = gotIn({ policy: { ...policy, caps: policy.caps.filter((item) => item !== cap) } });
      return tellsOfCap(award, cap.kind, got === undefined || ownDoses(got) !== own) ? [effect({ kind: 'cap-lifted', rule: cap.kind }, got)] : [];
    }),
    ...(policy.minimums ?? []).map((minimum) => {
      const lifted = { ...policy, minimums: (policy.minimums ?? []).filter((item) => item !== minimum) };
      return effect({ kind: 'minimum-lifted', rule: minimum.kind }, gotIn({ policy: lifted }));
    }),
    ...policy.stages
      .filter((stage) => stage.kind === 'reserve' && inForce(stage, base.week, key.doseNumber))
      .map((stage) => {
        const without = { ...policy, stages: policy.stages.filter((item) => item !== stage) };
        return effect({ kind: 'reserve-off', stage: stage.id }, gotIn({ policy: without }));
      }),
    ...(site === undefined ? [] : relaxedFor(policy, site.group, base.week, key.doseNumber)).map((relaxed) => withoutBound(relaxed)),
    ...(site?.suspended === true ? [effect({ kind: 'not-suspended' }, gotIn({ inputs: notSuspended(base, key) }))] : []),
    ...(servesDue ? [effect({ kind: 'more-due', fromDoses: owed, toDoses: owed + dueMore * key.packDoses }, due(dueMore))] : []),
    ...(base.debts.some((debt) => debt.micro !== 0 && lineKey(debt) === lineKey(key))
      ? [effect({ kind: 'old-debt-forgotten' }, gotIn({ inputs: { ...base, debts: [] } }))]
      : []),
    ...(onHand > 0
      ? [
          effect(
            { kind: 'nothing-on-hand', fromDoses: onHand },
            gotIn({ inputs: withLine(base, key, (item) => ({ ...item, onHandDoses: 0, inTransitDoses: 0 })) }),
          ),
        ]
      : []),
    ...(site?.receiving === undefined ? [] : [effect({ kind: 'any-day' }, gotIn({ inputs: onAnyDay(base, key) }))]),
    ...(byWeight ? [effect({ kind: 'weight', morePercent }, heavier(morePercent))] : []),
  ];
};

import { parseShare } from './quantity.ts';
import type { Policy } from './policy/policy.ts';
import type { Pool } from './pool.ts';
import type { Targets } from './targets/targets.ts';

/**
 * Packs promised before a run. Everything is shared out as if nothing were promised. A site that was promised more than it gets keeps
 * it and stands aside with it, and the rest is shared out again, until nobody is promised more than it gets. So a site that answered
 * its offer gets what it would have got had it not, and a week drafted again with the same supply comes out the same.
 */

/** Sites that stand aside, by rank, with what each had of the shares of stages when it was found to be promised more. */
export type Aside = ReadonlyMap<number, ReadonlyMap<string, number>>;

/** The pool for a round: those who stand aside have exactly what they were promised; of the others nothing is promised. */
export const standAside = (pool: Pool, aside: Aside): Pool => {
  if (!pool.fixedPacks.some((packs) => packs > 0)) return pool;
  const standing = Uint8Array.from(pool.ranks, (rank) => (aside.has(rank) ? 1 : 0));
  const keep = (own: Float64Array, others: Float64Array) => own.map((value, at) => (standing[at] === 1 ? value : (others[at] ?? 0)));
  const none = new Float64Array(pool.sites.length);
  const { openPacks = pool.ceilingPacks } = pool;
  const ceilingPacks = keep(pool.fixedPacks, openPacks);
  return {
    ...pool,
    standing,
    fixedPacks: keep(pool.fixedPacks, none),
    fixedMicro: keep(pool.fixedMicro, none),
    ceilingPacks,
    ceilingMicro: keep(pool.fixedMicro, openPacks.map((packs) => packs * pool.packMicro)),
    dueMicro: keep(pool.fixedMicro, pool.dueMicro),
    ceilings: pool.ceilings.map((ceiling, at) =>
      standing[at] === 1 ? { rule: 'fixed', doses: (pool.fixedPacks[at] ?? 0) * pool.supply.packDoses } : ceiling,
    ),
    floorPacks: ceilingPacks.map((packs, at) => (standing[at] === 1 || pool.counted[at] === 1 ? packs : 0)),
  };
};

/** What a site has of every stage that places a share of supply. */
const sharesOf = (policy: Policy, targets: Targets, at: number): Map<string, number> => {
  const shares = new Map<string, number>();
  for (const part of targets.parts) {
    const stage = policy.stages.find(({ id }) => id === part.stage);
    const ofShare = part.kind === stage?.kind && 'share' in stage && stage.share !== undefined && parseShare(stage.share) !== undefined;
    if (ofShare) shares.set(part.stage, part.gain[at] ?? 0);
  }
  return shares;
};

/** Those who stood aside, and the sites at these places with them. */
export const withAside = (aside: Aside, pool: Pool, policy: Policy, targets: Targets, places: readonly number[]): Aside =>
  new Map([...aside, ...places.map((at) => [pool.ranks[at] ?? 0, sharesOf(policy, targets, at)] as const)]);

/** By stage what all who stand aside had of its share: so much less is left of it for the others. */
export const promisedShares = (aside: Aside): Map<string, number> => {
  const promised = new Map<string, number>();
  for (const shares of aside.values()) for (const [stage, micro] of shares) promised.set(stage, (promised.get(stage) ?? 0) + micro);
  return promised;
};

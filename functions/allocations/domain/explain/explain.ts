import { dueUnserved } from './due-unserved.ts';
import { emptyHanded, fullGroups, groupsAtLeast, keptGuarantee, stageLimits } from './limits.ts';
import { missingWeights } from '../targets/plan.ts';
import { MICRO } from '../quantity.ts';
import { vialDosesOf } from '../hubs/vial-promises.ts';
import type { Award, ExplanationLine } from '../allocation.ts';
import type { SupplyLine } from '../inputs.ts';
import type { KeptGuarantee, StageLimit } from './limits.ts';
import type { Policy } from '../policy/policy.ts';
import type { Pool } from '../pool.ts';
import type { Part, Targets } from '../targets/targets.ts';
import type { GroupRange } from '../tree.ts';

/** All that is known of a pool when its awards are explained; arrays run in the pool's site order. */
export interface Outcome {
  readonly pool: Pool;
  /** The packs these awards are in: the pool's own, or one size of several. */
  readonly supply: SupplyLine;
  readonly targets: Targets;
  /** What each site gets, in micro-doses, whatever packs it comes in: as shared out, and once overrides are applied. */
  readonly sharedMicro: Float64Array;
  readonly finalMicro: Float64Array;
  /** Packs awarded once overrides are applied. */
  readonly packs: Float64Array;
  /** What packs of this award and the site's doses differ by, in words of its own; never asked where they do not differ. */
  readonly otherLine?: (site: number, micro: number) => ExplanationLine;
  /** Why a site that expects under a pack gets nothing by its hub. */
  readonly withoutHub?: (site: number) => ExplanationLine | undefined;
  readonly reasons: ReadonlyMap<number, string>;
  readonly brought: Float64Array;
  /** Debt as settled, and what settling wrote off. */
  readonly carried: Float64Array;
  readonly lost: Float64Array;
}

const partLine = (part: Part, micro: number): ExplanationLine => {
  if (part.kind === 'fixed') return { kind: 'fixed', micro };
  if (part.kind === 'whole-packs') return { kind: 'whole-packs', micro };
  return { kind: 'stage', stage: part.stage, stageKind: part.kind, micro };
};

/** What bound in a pool besides each site's own ceiling, found once for all its sites. */
interface Limits {
  readonly full: readonly (GroupRange | undefined)[];
  readonly stage: readonly (StageLimit | undefined)[];
  readonly atLeast: readonly GroupRange[];
  readonly kept: KeptGuarantee | undefined;
}
const limitsOf = ({ pool, targets, brought, sharedMicro }: Outcome, policy: Policy): Limits => ({
  full: fullGroups(pool, targets),
  stage: stageLimits(pool, targets),
  atLeast: groupsAtLeast(pool, targets),
  kept: keptGuarantee(pool, policy, targets, brought, sharedMicro),
});

/** What bound an award, each a line that moves nothing. */
const boundLines = (outcome: Outcome, limits: Limits, at: number, reached: boolean): ExplanationLine[] => {
  const { pool, targets } = outcome;
  const [ceiling, full, limit] = [pool.ceilings[at], limits.full[at], limits.stage[at]];
  const unserved = full?.byVial === true ? undefined : dueUnserved(outcome, at); // what a hub may have is no contest with others
  if (ceiling && reached) {
    const { rule, doses: limitDoses, openDays } = ceiling;
    return [
      ...(unserved ? [unserved] : []),
      { kind: 'cap', micro: 0, rule, limitDoses, ...(rule === 'days-of-stock' && openDays !== undefined && { openDays }) },
    ];
  }
  const nodes = limits.atLeast.filter(({ from, to }) => at < from || at >= to).map(({ id }) => id);
  const lines: ExplanationLine[] = full ? [{ kind: 'group-limit', micro: 0, node: full.id, limitDoses: full.maxPacks * pool.supply.packDoses }] : [];
  if (limit) lines.push({ kind: 'stage-limit', micro: 0, ...limit });
  if (nodes.length > 0) lines.push({ kind: 'others-minimum', micro: 0, nodes });
  if (unserved) lines.push(unserved);
  const isEmpty = lines.length === 0 && (targets.micro[at] ?? 0) === 0 && (outcome.finalMicro[at] ?? 0) === 0 && (outcome.brought[at] ?? 0) === 0;
  const weights = (outcome.finalMicro[at] ?? 0) === 0 ? missingWeights(pool, targets.steps, at) : undefined;
  if (weights) return [...lines, { kind: 'no-weight', micro: 0, weights }];
  const empty = isEmpty ? emptyHanded(outcome, at) : undefined;
  return empty ? [{ kind: empty, micro: 0 }] : lines;
};

/** Told where what counts as a request is not what the site asked for. */
const requestLines = ({ lines }: Pool, at: number): ExplanationLine[] => {
  const { requestIs: what, requestDoses: doses = 0 } = lines[at] ?? {};
  return what === undefined ? [] : [{ kind: 'request-is', micro: 0, what, doses }];
};

const explainSite = (outcome: Outcome, at: number, limits: Limits): ExplanationLine[] => {
  const { pool, targets } = outcome;
  const lines: ExplanationLine[] = [];
  let stagedMicro = 0; // before the part of a pack taken back: what a ceiling stopped
  for (const part of targets.parts) {
    const micro = part.gain[at] ?? 0;
    if (micro !== 0) lines.push(partLine(part, micro));
    if (part.kind !== 'whole-packs') stagedMicro += micro;
  }
  lines.unshift(...requestLines(pool, at));
  const line = pool.lines[at];
  const promisedDoses = (pool.fixedPacks[at] ?? 0) * pool.supply.packDoses + (line ? vialDosesOf(line, pool.supply) : 0);
  if (promisedDoses > 0 && !lines.some((line) => line.kind === 'fixed')) lines.unshift({ kind: 'fixed', micro: 0, promisedDoses });
  const target = targets.micro[at] ?? 0;
  const brought = outcome.brought[at] ?? 0;
  const final = outcome.finalMicro[at] ?? 0;
  const shared = outcome.sharedMicro[at] ?? 0;
  const rounding = shared - target - brought;
  const carriedMicro = outcome.carried[at] ?? 0;
  const writtenOffMicro = outcome.lost[at] ?? 0;
  if (brought !== 0) lines.push({ kind: 'debt-brought', micro: brought });
  if (rounding !== 0) lines.push({ kind: 'rounding', micro: rounding, carriedMicro });
  const reason = outcome.reasons.get(at);
  if (reason !== undefined) lines.push({ kind: 'override', micro: final - shared, reason });
  if (writtenOffMicro !== 0) lines.push({ kind: 'written-off', micro: 0, writtenOffMicro });
  if (rounding !== 0 && limits.kept) lines.push({ kind: 'guarantee-kept', micro: 0, stage: limits.kept.stage, limitDoses: limits.kept.doses });
  const ceilingMicro = pool.ceilingMicro[at] ?? 0;
  lines.push(...boundLines(outcome, limits, at, stagedMicro === ceilingMicro || final === ceilingMicro));
  const other = (outcome.packs[at] ?? 0) * outcome.supply.packDoses * MICRO - final;
  if (other !== 0 && outcome.otherLine) lines.push(outcome.otherLine(at, other));
  const noHub = reason === undefined ? outcome.withoutHub?.(at) : undefined;
  if (noHub) lines.push(noHub);
  return lines;
};

/** The awards of a pool, each with lines whose micro-doses add up to it: parts of the target, old debt, rounding. */
export const explainPool = (outcome: Outcome, policy: Policy): Award[] => {
  const { pool, targets, packs } = outcome;
  const { product, doseNumber, packDoses } = outcome.supply;
  const limits = limitsOf(outcome, policy);
  return pool.sites.map((site, at) => ({
    siteId: site.siteId,
    product,
    doseNumber,
    packDoses,
    packs: packs[at] ?? 0,
    doses: (packs[at] ?? 0) * packDoses,
    requestDoses: pool.lines[at]?.requestDoses ?? 0,
    targetMicro: targets.micro[at] ?? 0,
    explanation: explainSite(outcome, at, limits),
  }));
};

/** The awards in a size that is not the home of its product's targets: what of a site's share comes in these packs. */
export const explainOtherSize = ({ pool, supply, packs }: Outcome, home: SupplyLine): Award[] =>
  pool.sites.map((site, at): Award => {
    const { product, doseNumber, packDoses } = supply;
    const doses = (packs[at] ?? 0) * packDoses;
    return {
      siteId: site.siteId,
      product,
      doseNumber,
      packDoses,
      packs: packs[at] ?? 0,
      doses,
      requestDoses: pool.lines[at]?.requestDoses ?? 0,
      targetMicro: 0,
      explanation: [
        ...requestLines(pool, at),
        ...(doses > 0 ? [{ kind: 'other-packs', micro: doses * MICRO, packDoses: home.packDoses } as const] : []),
      ],
    };
  });

/** Whether an award's lines add up to it, to the millionth of a dose. */
export const addsUp = (award: Award): boolean =>
  award.explanation.reduce((sum, line) => sum + line.micro, 0) === award.doses * MICRO;

import { MICRO } from './quantity.ts';
import { sumRange, upward } from './tree.ts';
import type { Award, ExplanationLine } from './allocation.ts';
import type { Pool } from './pool.ts';
import type { Part, Targets } from './targets.ts';
import type { GroupRange } from './tree.ts';

/** All that is known of a pool when its awards are explained; arrays run in the pool's site order. */
export interface Outcome {
  readonly pool: Pool;
  readonly targets: Targets;
  /** Packs as shared out, and as awarded once overrides are applied. */
  readonly shared: Float64Array;
  readonly packs: Float64Array;
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

/** For each site the lowest group over it that is filled to its maximum, if one is. */
const fullGroups = (pool: Pool, targets: Targets): (GroupRange | undefined)[] => {
  const full = new Array<GroupRange | undefined>(pool.sites.length).fill(undefined);
  for (const group of upward(pool.tree)) {
    if (sumRange(targets.micro, group.from, group.to) !== group.maxPacks * pool.packMicro) continue;
    for (let at = group.from; at < group.to; at += 1) full[at] ??= group;
  }
  return full;
};

const explainSite = (outcome: Outcome, at: number, full: GroupRange | undefined): ExplanationLine[] => {
  const { pool, targets } = outcome;
  const lines: ExplanationLine[] = [];
  for (const part of targets.parts) {
    const micro = part.gain[at] ?? 0;
    if (micro !== 0) lines.push(partLine(part, micro));
  }
  const target = targets.micro[at] ?? 0;
  const brought = outcome.brought[at] ?? 0;
  const packs = outcome.packs[at] ?? 0;
  const shared = outcome.shared[at] ?? 0;
  const rounding = shared * pool.packMicro - target - brought;
  const carriedMicro = outcome.carried[at] ?? 0;
  const writtenOffMicro = outcome.lost[at] ?? 0;
  if (brought !== 0) lines.push({ kind: 'debt-brought', micro: brought });
  if (rounding !== 0) lines.push({ kind: 'rounding', micro: rounding, carriedMicro });
  const reason = outcome.reasons.get(at);
  if (reason !== undefined) lines.push({ kind: 'override', micro: (packs - shared) * pool.packMicro, reason });
  if (writtenOffMicro !== 0) lines.push({ kind: 'written-off', micro: 0, writtenOffMicro });
  const ceiling = pool.ceilings[at];
  const ceilingPacks = pool.ceilingPacks[at] ?? 0;
  if (ceiling && (target === ceilingPacks * pool.packMicro || packs === ceilingPacks)) {
    lines.push({ kind: 'cap', micro: 0, rule: ceiling.rule, limitDoses: ceiling.doses });
  } else if (full) {
    lines.push({ kind: 'group-limit', micro: 0, node: full.id, limitDoses: full.maxPacks * pool.supply.packDoses });
  }
  return lines;
};

/** The awards of a pool, each with lines whose micro-doses add up to it: parts of the target, old debt, rounding. */
export const explainPool = (outcome: Outcome): Award[] => {
  const { pool, targets, packs } = outcome;
  const { product, doseNumber, packDoses } = pool.supply;
  const full = fullGroups(pool, targets);
  return pool.sites.map((site, at) => ({
    siteId: site.siteId,
    product,
    doseNumber,
    packDoses,
    packs: packs[at] ?? 0,
    doses: (packs[at] ?? 0) * packDoses,
    requestDoses: pool.lines[at]?.requestDoses ?? 0,
    targetMicro: targets.micro[at] ?? 0,
    explanation: explainSite(outcome, at, full[at]),
  }));
};

/** Whether an award's lines add up to it, to the millionth of a dose. */
export const addsUp = (award: Award): boolean =>
  award.explanation.reduce((sum, line) => sum + line.micro, 0) === award.doses * MICRO;

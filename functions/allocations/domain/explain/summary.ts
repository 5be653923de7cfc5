import { mostOfCrossing } from './crossing.ts';
import { equityOf } from './equity.ts';
import { inGroup } from '../targets/plan.ts';
import { ceilDiv, floorDiv, MICRO, parseShare, shareOf } from '../quantity.ts';
import { isShort } from './short-lines.ts';
import { sumRange, upward } from '../tree.ts';
import type { PoolSummary, ReserveSummary } from '../allocation.ts';
import type { Outcome } from './explain.ts';
import type { Policy, Stage } from '../policy/policy.ts';

type Reserve = Extract<Stage, { kind: 'reserve' }>;

const sumWhere = (values: Float64Array, belongs: (at: number) => boolean): number =>
  values.reduce((sum, value, at) => (belongs(at) ? sum + value : sum), 0);

/** What of a guarantee to a crossing group a joint solution could have met; told for pools of one size of pack without hubs. */
const jointMet = ({ pool, supply, packs }: Outcome, stage: Reserve, shareMicro: number, belongs: (at: number) => boolean) => {
  const crossing = stage.reserve === 'minimum-guarantee' && 'tag' in stage.group;
  if (!crossing || pool.supply !== supply || upward(pool.tree).some((group) => group.byVial)) return undefined;
  const most = mostOfCrossing(pool, belongs, sumRange(packs, 0, packs.length));
  return most === undefined ? undefined : Math.min(floorDiv(shareMicro, MICRO), most * supply.packDoses);
};

/** What of a reserve's share those already had who stand aside with more than their share. */
const promisedOf = ({ targets }: Outcome, stage: Reserve): number => targets.promised.get(stage.id) ?? 0;

const reserveSummary = (outcome: Outcome, stage: Reserve): ReserveSummary[] => {
  const { pool, targets, finalMicro } = outcome;
  const part = targets.parts.find((item) => item.stage === stage.id && item.kind === 'reserve');
  const share = parseShare(stage.share);
  if (!part || !share) return [];
  const belongs = inGroup(pool, stage.group);
  const groupTargetMicro = sumWhere(targets.micro, belongs);
  const groupDoses = floorDiv(sumWhere(finalMicro, belongs), MICRO);
  const guaranteed = stage.reserve === 'minimum-guarantee';
  const shareMicro = guaranteed ? ceilDiv(pool.supply.packs * share.num, share.den) * pool.packMicro : shareOf(pool.supplyMicro, share);
  const least = floorDiv(Math.min(shareMicro, groupTargetMicro), MICRO);
  const missing = Math.max(0, floorDiv(shareMicro - part.availableMicro - promisedOf(outcome, stage), MICRO));
  const jointMetDoses = jointMet(outcome, stage, shareMicro, belongs);
  return [
    {
      stage: stage.id,
      reserve: stage.reserve,
      shareMicro,
      usedMicro: part.usedMicro,
      groupTargetMicro,
      groupDoses,
      bound: part.usedMicro > 0 && (!guaranteed || groupTargetMicro <= shareMicro),
      shortDoses: guaranteed ? Math.max(0, least - groupDoses) : missing,
      ...(jointMetDoses !== undefined && { jointMetDoses }),
    },
  ];
};

/** What a run says of one pool as a whole. */
export const summarizePool = (outcome: Outcome, policy: Policy): PoolSummary => {
  const { pool, supply, targets, packs, finalMicro } = outcome;
  const { product, doseNumber, packDoses } = supply;
  const short = (at: number) => {
    const requestBound = pool.ceilings[at]?.rule === 'request' && finalMicro[at] === pool.ceilingMicro[at];
    return isShort({ doses: floorDiv(finalMicro[at] ?? 0, MICRO), requestDoses: pool.lines[at]?.requestDoses ?? 0, packDoses }, requestBound);
  };
  const equity = equityOf(outcome);
  const count = (test: (at: number) => boolean) => pool.sites.reduce((sum, _site, at) => (test(at) ? sum + 1 : sum), 0);
  return {
    product,
    doseNumber,
    packDoses,
    supplyPacks: supply.packs,
    awardedPacks: sumRange(packs, 0, packs.length),
    requestedDoses: pool.lines.reduce((sum, line) => sum + line.requestDoses, 0),
    sitesAsking: count((at) => (pool.lines[at]?.requestDoses ?? 0) > 0),
    sitesShort: count(short),
    sitesUnderOnePack: count((at) => (pool.lines[at]?.requestDoses ?? 0) > 0 && (pool.ceilingPacks[at] ?? 0) === 0),
    stages: targets.parts.map(({ stage, kind, availableMicro, usedMicro }) => ({ stage, kind, availableMicro, usedMicro })),
    reserves: policy.stages.flatMap((stage) => (stage.kind === 'reserve' ? reserveSummary(outcome, stage) : [])),
    groups: upward(pool.tree).map((group) => ({
      node: group.id,
      targetMicro: sumRange(targets.micro, group.from, group.to),
      doses: sumRange(packs, group.from, group.to) * packDoses,
    })),
    ...(equity && { equity }),
  };
};

/** A size that is not the home of its product's targets: its packs alone. Requests, stages and reserves stand at home. */
export const summarizeOtherSize = ({ pool, supply, packs }: Outcome): PoolSummary => {
  const { product, doseNumber, packDoses } = supply;
  return {
    product,
    doseNumber,
    packDoses,
    supplyPacks: supply.packs,
    awardedPacks: sumRange(packs, 0, packs.length),
    requestedDoses: 0,
    sitesAsking: 0,
    sitesShort: 0,
    sitesUnderOnePack: 0,
    stages: [],
    reserves: [],
    groups: upward(pool.tree).map((group) => ({
      node: group.id,
      targetMicro: 0,
      doses: sumRange(packs, group.from, group.to) * packDoses,
    })),
  };
};

import { nodesOf } from '../../functions/allocations/domain/policy/policy-rules.ts';
import { weightOf } from '../../functions/allocations/domain/policy/weights.ts';
import { runsIn } from './allocation-due.ts';
import { Programme } from './allocation-highs.ts';
import { PACK_MICRO, ceilingOf, maximumOf, sitesUnder, supplyPacks } from './allocation-levels.ts';
import type { Allocated } from '../../functions/allocations/domain/allocation.ts';
import type { SiteInput } from '../../functions/allocations/domain/inputs.ts';
import type { Stage } from '../../functions/allocations/domain/policy/policy.ts';
import type { Instance } from './allocation-arbitrary.ts';
import type { Term } from './allocation-highs.ts';

/** Less than this is rounding of the solver. */
const NOTHING = 0.000_001;

interface StageLine {
  readonly stage: string;
  readonly stageKind: string;
}

/** What each site has of the stage lines that are meant. */
export const gainsOf = (run: Allocated, isMeant: (line: StageLine) => boolean): Map<string, number> =>
  new Map(
    run.awards.map((award) => [
      award.siteId,
      award.explanation.reduce((sum, line) => (line.kind === 'stage' && isMeant(line) ? sum + line.micro : sum), 0),
    ]),
  );

const belongsTo = ({ inputs, policy }: Instance, stage: Stage) => {
  const group = 'group' in stage ? stage.group : undefined;
  if (!group) return () => true;
  if ('tag' in group) return (site: SiteInput) => site.tags.includes(group.tag);
  const node = nodesOf(policy.tree).find((item) => item.id === group.node);
  return (site: SiteInput) => node !== undefined && sitesUnder(inputs, node).includes(site);
};

/** A programme of the sites' packs after a stage: from what they had, within their ceilings and every group's maximum. */
const stageProgramme = (instance: Instance, stage: Stage, before: ReadonlyMap<string, number>, square: boolean) => {
  const { inputs, policy } = instance;
  const belongs = belongsTo(instance, stage);
  const onTop =
    stage.kind === 'reserve' ? stage.reserve === 'over-and-above' : 'counting' in stage && stage.counting === 'on-top';
  const programme = new Programme();
  const variableOf = new Map(
    inputs.sites.map((site) => {
      const weight = 'weight' in stage && belongs(site) ? weightOf(site.weights, stage.weight) : 0;
      const had = before.get(site.siteId) ?? 0;
      const limit = stage.kind === 'tier' && stage.limit ? had + (site.weights[stage.limit] ?? 0) / 100 : Infinity;
      const high = weight > 0 ? Math.max(had, Math.min(ceilingOf(instance, site), limit)) : had;
      const bend = square && weight > 0 ? 2 / weight : 0;
      return [site.siteId, programme.variable({ low: had, high, square: bend, cost: square ? (onTop ? -bend * had : 0) : -1 })];
    }),
  );
  for (const node of nodesOf(policy.tree)) {
    const terms = sitesUnder(inputs, node).map((site): Term => [variableOf.get(site.siteId) ?? 0, 1]);
    if (terms.length > 0 && node.max) programme.row(terms, 0, maximumOf(inputs, node));
  }
  const solve = (rows?: number): Map<string, number> => {
    const terms = [...variableOf.values()].map((variable): Term => [variable, 1]);
    if (rows !== undefined) programme.row(terms, rows, rows);
    const values = programme.solve();
    if (!values) throw new Error(`HiGHS finds stage ${stage.id} infeasible`);
    return new Map([...variableOf].map(([id, variable]) => [id, values[variable] ?? 0]));
  };
  return solve;
};

const total = (has: ReadonlyMap<string, number>): number => [...has.values()].reduce((sum, packs) => sum + packs, 0);
const shareIn = (text: string): number => Number(text.replace('%', '')) / 100;
const isPool = (stage: Stage) => stage.kind === 'open' || stage.kind === 'tier';

/**
 * A run's stages by the solver alone, in packs: how much each may place is worked out from the document, how much of it can be placed is
 * a linear programme, and where it goes a quadratic one. Minimums and second doses have no programme: they are taken from the run.
 */
export const solveCourse = (instance: Instance, run: Allocated): { has: Map<string, number>; stages: number } => {
  const { inputs, policy } = instance;
  const supply = supplyPacks(inputs);
  const stages = policy.stages.filter((stage) => runsIn(stage, inputs.week, inputs.supply[0]?.doseNumber ?? 1));
  let has = new Map(run.awards.map((award) => [award.siteId, 0]));
  let [heldPacks, solved] = [0, 0];
  const pour = (stage: Stage, amount: number): number => {
    const before = total(has);
    const most = total(stageProgramme(instance, stage, has, false)());
    const used = Math.max(0, Math.min(amount, most - before));
    if (used > NOTHING) {
      has = stageProgramme(instance, stage, has, true)(before + used);
      solved += 1;
    }
    return amount - used;
  };
  stages.forEach((stage, at) => {
    if (stage.kind === 'floors' || stage.kind === 'second-doses') {
      const gains = gainsOf(run, (line) => line.stage === stage.id);
      for (const [id, micro] of gains) has.set(id, (has.get(id) ?? 0) + micro / PACK_MICRO);
      return;
    }
    const setAside = stages.slice(at + 1).reduce((sum, later) => sum + (later.kind === 'reserve' && later.reserve === 'over-and-above' ? shareIn(later.share) * supply : 0), 0);
    const left = () => Math.max(0, supply - total(has) - heldPacks - setAside);
    let amount = left();
    if (stage.kind === 'reserve' && stage.reserve === 'minimum-guarantee') {
      const belongs = belongsTo(instance, stage);
      const inside = inputs.sites.reduce((sum, site) => sum + (belongs(site) ? (has.get(site.siteId) ?? 0) : 0), 0);
      amount = Math.min(amount, Math.max(0, Math.ceil(shareIn(stage.share) * supply - NOTHING) - inside));
    } else if ('share' in stage && stage.share) amount = Math.min(amount, shareIn(stage.share) * supply);
    const unused = pour(stage, amount);
    if (stage.kind !== 'reserve') return;
    if (stage.unused === 'held') heldPacks += unused;
    else if (!stages.slice(at + 1).some(isPool)) {
      const back = stages.slice(0, at).findLast(isPool);
      if (back && unused > NOTHING) pour(back, Math.min(unused, left()));
    }
  });
  return { has, stages: solved };
};

import type { Allocated, Award, Infeasible, Leftover } from '../../functions/allocations/domain/allocation.ts';
import { compareRuns } from '../../functions/allocations/domain/compare.ts';
import { MICRO } from '../../functions/allocations/domain/quantity.ts';
import type { RunInputs } from '../../functions/allocations/domain/inputs.ts';
import type { Policy } from '../../functions/allocations/domain/policy.ts';
import { productOf } from '../../shared/codes/products.ts';
import { table } from '../table.ts';
import type { Cell } from '../table.ts';

type PoolId = Pick<Award, 'product' | 'doseNumber' | 'packDoses'>;

/** A pool as people call it: `Pfizer-BioNTech 12+ (purple), dose 1, packs of 1170`. */
export const poolName = ({ product, doseNumber, packDoses }: PoolId): string =>
  `${productOf(product)?.name ?? product}, dose ${doseNumber}, packs of ${packDoses}`;

/** A rule without words of its own is told by its name. */
const CAP_WORDS: Readonly<Record<string, string>> = {
  request: 'has what it asked for, in whole packs',
  throughput: 'held to what it can give',
  storage: 'storage is full',
  'beyond-use': 'no more can be used in time',
  'days-of-stock': 'has enough stock',
  'share-of-supply': 'reached the largest share of supply',
  suspended: 'suspended',
  supply: 'has all there is',
  fixed: 'already ordered or promised',
  'smallest-clinic': 'less than the smallest clinic it runs',
};

const oneDecimal = (micro: number): number => Math.round(micro / (MICRO / 10)) / 10;

/** The rule that set an award, in a few words; `--explain` gives all of it. */
export const whyAward = (award: Award): string => {
  if (award.requestDoses > 0 && award.requestDoses < award.packDoses) return 'asked for less than a pack';
  const override = award.explanation.find((line) => line.kind === 'override');
  if (override) return `decided: ${override.reason}`;
  const bound = award.explanation.find((line) => line.kind === 'cap' || line.kind === 'group-limit');
  if (bound?.kind === 'cap') return CAP_WORDS[bound.rule] ?? bound.rule;
  if (bound?.kind === 'group-limit') return `its group ${bound.node} is full`;
  const rounding = award.explanation.find((line) => line.kind === 'rounding');
  if (rounding?.kind !== 'rounding') return 'its fair share';
  if (rounding.carriedMicro === 0) return 'its fair share, rounded to packs';
  return rounding.carriedMicro > 0
    ? `fair share rounded down; owed ${oneDecimal(rounding.carriedMicro)} next week`
    : `fair share rounded up; ${oneDecimal(-rounding.carriedMicro)} off next week`;
};

const LEFT_WORDS: Readonly<Record<string, string>> = {
  'every-ceiling-reached': 'every site has all it may take',
  'reserve-held': 'held in a reserve',
  'no-stage-places-the-rest': 'no stage of the policy places the rest',
  none: '',
  'no-combination-fits': 'no combination of packs fits',
};
const whyLeft = (reason: Leftover['reason']): string => LEFT_WORDS[reason] ?? reason;

const supplyTable = ({ summary, leftover }: Allocated): string =>
  table(
    ['supply', 'packs', 'doses', 'asked', 'awarded', 'sites short', 'packs left', 'why left'],
    summary.pools.map((pool, at): Cell[] => [
      poolName(pool),
      pool.supplyPacks,
      pool.supplyPacks * pool.packDoses,
      pool.requestedDoses,
      pool.awardedPacks * pool.packDoses,
      pool.sitesShort,
      leftover[at]?.packs ?? 0,
      whyLeft(leftover[at]?.reason ?? 'none'),
    ]),
  );

const byName = (a: Award, b: Award): number => (a.siteId < b.siteId ? -1 : a.siteId > b.siteId ? 1 : 0);

const awardTables = (run: Allocated): string[] =>
  run.summary.pools.map((pool) => {
    const awards = run.awards.filter((award) => poolName(award) === poolName(pool)).sort(byName);
    const rows = awards.map((award): Cell[] => [
      award.siteId,
      award.requestDoses,
      oneDecimal(award.targetMicro),
      award.packs,
      award.doses,
      whyAward(award),
    ]);
    return `${poolName(pool)}\n${rows.length === 0 ? 'no site asks for it' : table(['site', 'asked', 'fair share', 'packs', 'doses', 'why'], rows)}`;
  });

const reserveTable = (run: Allocated): string[] => {
  const rows = run.summary.pools.flatMap((pool) =>
    pool.reserves.map((reserve): Cell[] => [
      reserve.stage,
      reserve.reserve,
      poolName(pool),
      oneDecimal(reserve.shareMicro),
      oneDecimal(reserve.groupTargetMicro),
      reserve.groupDoses,
      reserve.bound ? 'bound' : 'did not bind',
      reserve.shortDoses,
    ]),
  );
  return rows.length === 0
    ? []
    : [table(['reserve', 'kind', 'of', 'meant', 'group fair share', 'group doses', 'it', 'short'], rows)];
};

const shortList = (run: Allocated): string => {
  const short = run.awards.filter((award) => award.doses < award.requestDoses).sort(byName);
  if (short.length === 0) return 'No site is short of what it asked for.';
  return `Short of what they asked for:\n${short.map((award) => `  ${award.siteId}: ${award.doses} of ${award.requestDoses} (${poolName(award)}): ${whyAward(award)}`).join('\n')}`;
};

/** One run for people: supply and what is left, reserves, every award with its reason, who was short. */
export const allocationText = (run: Allocated, policy: Policy): string =>
  [
    `Policy ${policy.id} version ${policy.version}: ${policy.title}`,
    supplyTable(run),
    ...reserveTable(run),
    ...awardTables(run),
    shortList(run),
  ].join('\n\n');

/** Where bounds clash, for people. */
export const infeasibleText = (run: Infeasible, policy: Policy): string =>
  [
    `Policy ${policy.id} cannot be kept for ${poolName(run.pool)}.`,
    `In group ${run.node} these rules clash; dropping any one of them ends it:`,
    ...run.rules.map((rule) => `  ${rule}`),
  ].join('\n');

interface Side {
  readonly policy: Policy;
  readonly run: Allocated;
}

/** Two policies side by side: doses by group of the scenario, and every award that differs. */
export const comparisonText = (inputs: RunInputs, before: Side, after: Side): string => {
  const groups = [...new Set(inputs.sites.map((site) => site.group))].sort();
  const groupOf = new Map(inputs.sites.map((site) => [site.siteId, site.group]));
  const doses = ({ run }: Side, group: string): number =>
    run.awards.reduce((sum, award) => (groupOf.get(award.siteId) === group ? sum + award.doses : sum), 0);
  const names = [before.policy.id, after.policy.id];
  const differences = compareRuns(before.run, after.run);
  const list = differences.map((row): Cell[] => [row.siteId, poolName(row), row.packsBefore, row.packsAfter, row.dosesGained]);
  return [
    `${names.join(' against ')}`,
    table(
      ['doses to group', ...names, 'difference'],
      groups.map((group): Cell[] => [
        group,
        doses(before, group),
        doses(after, group),
        doses(after, group) - doses(before, group),
      ]),
    ),
    list.length === 0
      ? 'The two give the same awards.'
      : `${differences.length} awards differ:\n${table(['site', 'of', ...names.map((name) => `packs, ${name}`), 'doses'], list)}`,
  ].join('\n\n');
};

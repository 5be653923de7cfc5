import type { Allocated, Award, Infeasible, WriteOff } from '../../functions/allocations/domain/allocation.ts';
import { shortLines } from '../../functions/allocations/domain/explain/short-lines.ts';
import { compareRuns } from '../../functions/allocations/domain/explain/compare.ts';
import { MICRO } from '../../functions/allocations/domain/quantity.ts';
import type { RunInputs } from '../../functions/allocations/domain/inputs.ts';
import { count, namesIn, poolName, requestIsOf } from '../../functions/allocations/domain/words/words.ts';
import type { NameOf } from '../../functions/allocations/domain/words/words.ts';
import { moveInWords, shortageInWords } from '../../functions/allocations/domain/words/supply.ts';
import { leftInBrief, whyInBrief } from '../../functions/allocations/domain/words/brief.ts';
import type { Policy } from '../../functions/allocations/domain/policy/policy.ts';
import { table } from '../table.ts';
import type { Cell } from '../table.ts';

const oneDecimal = (micro: number): number => Math.round(micro / (MICRO / 10)) / 10;

const supplyTable = ({ run: { summary, leftover }, policy }: Told): string =>
  table(
    ['supply', 'packs', 'doses', 'doses asked', 'doses awarded', 'sites short', 'packs left', 'why left'],
    summary.pools.map((pool, at): Cell[] => [
      poolName(pool),
      pool.supplyPacks,
      pool.supplyPacks * pool.packDoses,
      pool.requestedDoses,
      pool.awardedPacks * pool.packDoses,
      pool.sitesShort,
      leftover[at]?.packs ?? 0,
      leftInBrief(leftover[at], policy),
    ]),
  );

/** What a printed run is told with: its policy's titles, its sites' names. */
interface Told {
  readonly run: Allocated;
  readonly policy: Policy;
  readonly nameOf: NameOf;
}

const byName =
  (nameOf: NameOf) =>
  (a: Award, b: Award): number => {
    const [one, other] = [nameOf(a.siteId), nameOf(b.siteId)];
    return one < other ? -1 : one > other ? 1 : 0;
  };

const awardTables = ({ run, policy, nameOf }: Told): string[] =>
  run.summary.pools.map((pool) => {
    const awards = run.awards.filter((award) => poolName(award) === poolName(pool)).sort(byName(nameOf));
    const rows = awards.map((award): Cell[] => [
      nameOf(award.siteId),
      requestIsOf(award) === 'due' ? `0 (${count(award.requestDoses)} due)` : award.requestDoses,
      oneDecimal(award.targetMicro),
      award.packs,
      award.doses,
      whyInBrief(award, policy),
    ]);
    const head = ['site', 'doses asked', 'fair share, doses', 'packs', 'doses', 'why'];
    return `${poolName(pool)}\n${rows.length === 0 ? 'no site asks for it' : table(head, rows)}`;
  });

const equityTable = ({ summary }: Allocated): string[] => {
  const rows = summary.pools.flatMap((pool): Cell[][] =>
    pool.equity
      ? [
          [
            poolName(pool),
            pool.equity.priorityDoses,
            pool.equity.knownDoses,
            `${(pool.equity.priorityPermille / 10).toFixed(1)} %`,
            pool.equity.unknownDoses,
          ],
        ]
      : [],
  );
  const head = ['doses by residence', 'to priority zips', 'of doses', 'share', 'doses at sites whose residents are not known'];
  return rows.length === 0 ? [] : [table(head, rows)];
};

const WRITE_OFF_WORDS: Readonly<Record<WriteOff['reason'], string>> = {
  'site-left': 'the site left',
  'pack-changed': 'the pack changed',
  'over-one-pack': 'it was over the most a debt may be',
  'balances-another': 'it balances another that ended',
};
const writeOffTable = ({ run, nameOf }: Told): string[] => {
  const rows = run.summary.writtenOff.map((row): Cell[] => [
    nameOf(row.siteId),
    poolName(row),
    oneDecimal(row.micro),
    WRITE_OFF_WORDS[row.reason],
  ]);
  return rows.length === 0 ? [] : [table(['rounding debt that ended', 'of', 'doses', 'why'], rows)];
};

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
    : [table(['reserve', 'kind', 'of', 'meant, doses', 'group fair share', 'group doses', 'it', 'doses short'], rows)];
};

/** Lists are for people: past this many lines they are counted. `--json` has all. */
const MOST_LINES = 200;

const shortList = ({ run, policy, nameOf }: Told): string => {
  const short = shortLines(run.awards).sort((a, b) => byName(nameOf)(a.award, b.award));
  if (short.length === 0) return 'No site is short of what it asked for.';
  const lines = short
    .slice(0, MOST_LINES)
    .map(
      ({ award, lineDoses }) =>
        `  ${nameOf(award.siteId)}: ${count(lineDoses)} of ${count(award.requestDoses)}${requestIsOf(award) === 'due' ? ' due' : ''} (${poolName(award)}): ${whyInBrief(award, policy)}`,
    );
  const more = short.length > MOST_LINES ? [`  and ${count(short.length - MOST_LINES)} more (--json has all)`] : [];
  return [`Short of what they asked for${short.some(({ award }) => requestIsOf(award) === 'due') ? ', or have due' : ''}:`, ...lines, ...more].join(
    '\n',
  );
};

/** Packs moved between dose numbers, and second doses missing beside first ones. */
const secondDoseLines = (run: Allocated, policy: Policy, inputs: RunInputs): string[] => {
  const lines = [...(run.summary.moves ?? []).map(moveInWords), ...shortageInWords(inputs, policy)];
  return lines.length === 0 ? [] : [lines.join('\n')];
};

/** One run for people: supply and what is left, reserves, equity, every award with its reason, debts that ended, who was short. */
export const allocationText = (run: Allocated, policy: Policy, inputs: RunInputs): string => {
  const told = { run, policy, nameOf: namesIn(inputs) };
  return [
    `Policy ${policy.id} version ${policy.version}: ${policy.title}`,
    supplyTable(told),
    ...secondDoseLines(run, policy, inputs),
    ...reserveTable(run),
    ...equityTable(run),
    ...awardTables(told),
    ...writeOffTable(told),
    shortList(told),
  ].join('\n\n');
};

/** Where bounds clash, for people. */
export const infeasibleText = (run: Infeasible, policy: Policy): string =>
  [run, ...(run.others ?? [])]
    .flatMap(({ pool, node, rules, advice }, at) => [
      ...(at === 0 ? [`Policy ${policy.id} cannot be kept for ${poolName(pool)}.`] : ['', `Nor for ${poolName(pool)}.`]),
      advice === undefined ? `In ${node} these rules clash; dropping any one of them ends it:` : `At ${node}:`,
      ...rules.map((rule) => `  ${rule}`),
      ...(advice === undefined ? [] : [`  ${advice}`]),
    ])
    .join('\n');

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
  const nameOf = namesIn(inputs);
  const list = differences.map((row): Cell[] => [nameOf(row.siteId), poolName(row), row.packsBefore, row.packsAfter, row.dosesGained]);
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
      : `${differences.length} awards differ:\n${table(['site', 'of', ...names.map((name) => `packs, ${name}`), 'doses more'], list)}`,
  ].join('\n\n');
};

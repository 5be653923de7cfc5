import { Command } from 'commander';
import type { Allocated } from '../../functions/allocations/domain/allocation.ts';
import { inputsDigest } from '../../functions/allocations/domain/canonical-inputs.ts';
import { compareRuns } from '../../functions/allocations/domain/explain/compare.ts';
import type { RunInputs } from '../../functions/allocations/domain/inputs.ts';
import type { Policy } from '../../functions/allocations/domain/policy/policy.ts';
import { whatWouldChange } from '../../functions/allocations/domain/explain/what-if.ts';
import { awardInWords, namesIn, poolName } from '../../functions/allocations/domain/words/words.ts';
import { effectInWords } from '../../functions/allocations/domain/words/change.ts';
import { allocationText, comparisonText, infeasibleText } from '../lab/print-allocation.ts';
import { readPolicy, readScenario, tryPolicy } from '../lab/scenario.ts';
import type { Tried } from '../lab/scenario.ts';
import { UsageError } from '../usage-error.ts';

interface AllocateOptions {
  scenario: string;
  policy?: string;
  compare?: string;
  explain?: string;
  json?: true;
}

const SITES_NAMED = 50;

/** Everything about the awards of one site: their lines, and what would have changed them, found by running the week again. */
const explainSite = (siteId: string, inputs: RunInputs, policy: Policy, run: Allocated) => {
  const awards = run.awards.filter((award) => award.siteId === siteId);
  if (awards.length === 0)
    throw new UsageError(
      `No site ${siteId} asks for anything in this scenario. Sites: ${inputs.sites.slice(0, SITES_NAMED).map((site) => site.siteId).join(', ')}${inputs.sites.length > SITES_NAMED ? ', ...' : ''}.`,
    );
  return awards.map((award) => {
    const effects = whatWouldChange(inputs, policy, award) ?? [];
    return {
      pool: poolName(award),
      award,
      words: awardInWords(award, policy, namesIn(inputs)),
      effects,
      effectsInWords: effects.map((effect) => effectInWords(effect, award.packDoses, policy)),
    };
  });
};

const explanationText = (explanations: ReturnType<typeof explainSite>): string =>
  explanations
    .map(({ pool, words, effectsInWords }) =>
      [
        pool,
        ...words.map((line, at) => (at === 0 ? line : `  ${line}`)),
        '  What would have changed it:',
        ...effectsInWords.map((line) => `    ${line}`),
      ].join('\n'),
    )
    .join('\n\n');

const INFEASIBLE = 2;

const inText = (inputs: RunInputs, { policy, allocation }: Tried): string =>
  allocation.kind === 'allocated' ? allocationText(allocation, policy, inputs) : infeasibleText(allocation, policy);

/** What is told of each policy that was tried, once where two say the same. */
const notesText = (tried: readonly Tried[]): string[] => [...new Set(tried.flatMap(({ notes = [] }) => notes))];

const run = (options: AllocateOptions): void => {
  const { title, note, policy: meant, inputs } = readScenario(options.scenario);
  const name = options.policy ?? meant;
  if (name === undefined) throw new UsageError('The scenario names no policy: give one with --policy.');
  const tried = [name, ...(options.compare === undefined ? [] : [options.compare])].map((each) =>
    tryPolicy(options.scenario, inputs, readPolicy(each)),
  );
  const [first, second] = tried;
  const explained =
    options.explain !== undefined && first?.allocation.kind === 'allocated'
      ? explainSite(options.explain, inputs, first.policy, first.allocation)
      : undefined;
  if (tried.some(({ allocation }) => allocation.kind === 'infeasible')) process.exitCode = INFEASIBLE;
  const isPair = first?.allocation.kind === 'allocated' && second?.allocation.kind === 'allocated';
  if (options.json === true) {
    const result = {
      title,
      week: inputs.week,
      inputsDigest: inputsDigest(inputs),
      runs: tried,
      ...(isPair && { differences: compareRuns(first.allocation, second.allocation) }),
      ...(explained && { explained }),
    };
    process.stdout.write(`${JSON.stringify(result, null, 2)}\n`);
    return;
  }
  const parts = [[title, ...(note === undefined ? [] : [note.trim()]), `Week of ${inputs.week}`, ...notesText(tried)].join('\n')];
  if (explained) parts.push(explanationText(explained));
  else parts.push(...tried.map((each) => inText(inputs, each)));
  if (isPair)
    parts.push(
      comparisonText(inputs, { policy: first.policy, run: first.allocation }, { policy: second.policy, run: second.allocation }),
    );
  process.stdout.write(`\n${parts.join('\n\n')}\n`);
};

export const allocateCommand = new Command('allocate')
  .description('Share out one week from files alone: no server, nothing is stored')
  .requiredOption('--scenario <file>', 'supply, sites and debts of a week (YAML or JSON)')
  .option('--policy <file|id>', 'a policy document, or the id of a shipped one (default: what the scenario names)')
  .option('--compare <file|id>', 'a second policy, shown beside the first with every award that differs')
  .option('--explain <site>', "every line of one site's awards, and what would have changed them")
  .option('--json', 'print everything as JSON')
  .addHelpText(
    'after',
    `
Examples:
  doseline allocate --scenario docs/examples/scarce-week.yaml
  doseline allocate --scenario docs/examples/scarce-week.yaml --policy connecticut-2021-02 --compare connecticut-2021-03
  doseline allocate --scenario docs/examples/scarce-week.yaml --explain mobile-clinic

Exit code: 0 shared out; 1 a file has faults (each is named by its path); 2 the policy's bounds clash (the rules are named).`,
  )
  .action(run);

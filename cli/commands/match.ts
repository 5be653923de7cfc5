import { Command, Option } from 'commander';
import { compareAll, halfOf, hasSet, judgeNaively, measure, pairsOf, setNames, type Half, type SetName } from '../match/measure.ts';
import { errorText, figuresText, scenariosText, worstErrors, worstScenarios } from '../match/print-match.ts';
import { readPairs, type Pair } from '../match/read-pairs.ts';
import { UsageError } from '../usage-error.ts';

interface MatchOptions {
  pairs: string;
  set?: SetName;
  half?: Half;
  worst: string;
  json?: true;
}

const titles: Readonly<Record<SetName, string>> = {
  all: 'All pairs', unanimous: 'Pairs on which every labeller agreed', 'aira-c': 'Pairs of AIRA-C on which every labeller agreed',
};
const worstFamilies = 10;

const figuresOf = (pairs: readonly Pair[]) => ({ ours: measure(compareAll(pairs)), naive: measure(judgeNaively(pairs)) });

const asJson = (pairs: readonly Pair[], worst: number): object => {
  const compared = compareAll(pairs);
  const sets = setNames.filter((set) => hasSet(set, pairs)).map((set) => {
    const { ours, naive } = figuresOf(pairsOf(set, pairs));
    return [set, { ...ours, naive }];
  });
  return {
    ...measure(compared),
    naive: measure(judgeNaively(pairs)),
    sets: Object.fromEntries(sets) as object,
    worstScenarios: worstScenarios(compared).slice(0, worstFamilies),
    worstErrors: worstErrors(compared, worst).map(({ pair, comparison }) => ({
      line: pair.line,
      scenario: pair.scenario,
      label: pair.label,
      ...comparison,
    })),
  };
};

const asText = (pairs: readonly Pair[], worst: number): string => {
  const compared = compareAll(pairs);
  const sets = setNames.filter((set) => hasSet(set, pairs)).map((set) => {
    const { ours, naive } = figuresOf(pairsOf(set, pairs));
    return figuresText(titles[set], ours, naive);
  });
  return [
    ...sets,
    `The ten worst kinds of scenarios (errors: said otherwise than labelled; missed: labelled Match, said none)\n\n${scenariosText(compared, worstFamilies)}`,
    `The worst errors, of labelled TEST DATA, not of patients\n\n${worstErrors(compared, worst).map(errorText).join('\n\n') || 'None.'}`,
  ].join('\n\n\n');
};

const run = ({ pairs: file, set = 'all', half, worst, json }: MatchOptions): void => {
  if (!/^\d{1,4}$/.test(worst)) throw new UsageError('--worst takes a number.');
  const read = pairsOf(set, readPairs(file)).filter((pair) => half === undefined || halfOf(pair) === half);
  if (read.length === 0) throw new UsageError('The file has no such pairs.');
  process.stdout.write(json === true ? `${JSON.stringify(asJson(read, Number(worst)), undefined, 2)}\n` : `\n${asText(read, Number(worst))}\n`);
};

export const matchCommand = new Command('match')
  .description('Measure the patient matcher on labelled pairs of test patients: no server, nothing is stored')
  .requiredOption('--pairs <file>', 'one JSON object a line: expect, a, b and, if known, test, unanimous, inAIRA-C')
  .addOption(new Option('--set <name>', 'only these pairs').choices(setNames))
  .addOption(new Option('--half <name>', 'only one half of the split by kind of scenario').choices(['tuned', 'held-out']))
  .option('--worst <n>', 'how many errors are explained', '10')
  .option('--json', 'print the figures as JSON: those at the top are over all pairs given')
  .action(run);

import { inWords } from '../../functions/doses/domain/match/match-patients.ts';
import { table, type Cell } from '../table.ts';
import { answers, familyOf, measure, wrongnessOf, type Compared, type Judged, type Measures } from './measure.ts';
import { labels } from './read-pairs.ts';

const shown = (share: number | null): string => (share === null ? '-' : share.toFixed(4));

const confusionText = ({ confusion }: Measures): string =>
  table(
    ['labelled', ...answers.map((answer) => `said ${answer}`)],
    labels.map((label): Cell[] => [label, ...answers.map((answer) => confusion[label][answer])]),
  );

/** Ours and the baseline side by side, and where each pair of labels and answers lies. */
export const figuresText = (title: string, ours: Measures, naive: Measures): string => {
  const row = (name: string, { precision, recall, reviewShare, possibleMerged }: Measures): Cell[] => [
    name,
    shown(precision),
    shown(recall),
    shown(reviewShare),
    shown(possibleMerged),
  ];
  return [
    `${title}: ${ours.pairs} pairs`,
    '',
    confusionText(ours),
    '',
    table(
      ['', 'precision', 'recall', 'review share', 'possible merged'],
      [row('doseline', ours), row('last + first name + birth date equal', naive)],
    ),
  ].join('\n');
};

/** Kinds of scenarios by errors, the worst first. */
export const worstScenarios = (
  judged: readonly Judged[],
): { scenario: string; pairs: number; errors: number; falseLinks: number; missed: number }[] => {
  const byFamily = Map.groupBy(judged, ({ pair }) => familyOf(pair.scenario));
  return [...byFamily]
    .map(([scenario, members]) => ({
      scenario,
      pairs: members.length,
      errors: members.filter((member) => wrongnessOf(member) > 0).length,
      falseLinks: measure(members).confusion['Not a Match'].match,
      missed: measure(members).confusion.Match.none,
    }))
    .filter(({ errors }) => errors > 0)
    .sort((a, b) => b.errors - a.errors || (a.scenario < b.scenario ? -1 : 1));
};

export const scenariosText = (judged: readonly Judged[], most: number): string => {
  const rows = worstScenarios(judged)
    .slice(0, most)
    .map(({ scenario, pairs, errors, falseLinks, missed }): Cell[] => [scenario, pairs, errors, falseLinks, missed]);
  return rows.length === 0 ? 'No scenario has an error.' : table(['scenario', 'pairs', 'errors', 'false links', 'missed'], rows);
};

/** The errors that cost most: false links first, then links of a Possible Match, then misses. */
export const worstErrors = (compared: readonly Compared[], most: number): Compared[] =>
  compared.filter((each) => wrongnessOf(each) > 0).sort((a, b) => wrongnessOf(b) - wrongnessOf(a) || a.pair.line - b.pair.line).slice(0, most);

export const errorText = ({ pair, comparison }: Compared): string =>
  [
    `line ${pair.line}, ${pair.scenario}: labelled ${pair.label}, said ${comparison.answer}`,
    ...inWords(comparison).map((line) => `    ${line}`),
  ].join('\n');

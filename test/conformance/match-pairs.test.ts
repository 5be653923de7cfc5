import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { thresholds } from '../../functions/doses/domain/match/weights.ts';
import { compareAll, familyOf, halfOf, judgeNaively, measure, pairsOf, type Compared } from '../../cli/match/measure.ts';
import { readPairs } from '../../cli/match/read-pairs.ts';
import { doseline } from '../support/command.ts';
import { sharedPath } from '../support/shared.ts';

const file = sharedPath('matching/pairs.jsonl');
const pairs = readPairs(file);
const airaC = compareAll(pairsOf('aira-c', pairs));

describe('the matcher on the pairs of AIRA-C on which every labeller agreed', () => {
  it.each<['both' | 'tuned' | 'held-out', number]>([['both', 1847], ['tuned', 1059], ['held-out', 788]])('of %s halves links nobody wrongly and meets its aims', (half, count) => {
    const { precision, recall, reviewShare, possibleMerged, ...rest } = measure(airaC.filter(({ pair }) => half === 'both' || halfOf(pair) === half));
    expect(rest.pairs).toBe(count);
    expect(precision).toBe(1);
    expect(recall).toBeGreaterThanOrEqual(0.97);
    expect(reviewShare).toBeLessThanOrEqual(0.05);
    expect(possibleMerged).toBeLessThanOrEqual(0.1);
  });

  it('beats last name, first name and birth date equal, which links nine in ten of what people should look at', () => {
    const naive = measure(judgeNaively(airaC.map(({ pair }) => pair)));
    expect(naive.precision).toBeLessThan(1);
    expect(naive.possibleMerged).toBeGreaterThan(0.5);
    expect(measure(airaC).recall).toBeGreaterThan(naive.recall ?? 1);
  });

  it('would merge by the score alone a fifth of what people should look at, and by a low threshold different people (control)', () => {
    const unguarded = airaC.map((each): Compared => ({ ...each, answer: each.comparison.score >= thresholds.match ? 'match' : each.answer }));
    expect(measure(unguarded).possibleMerged).toBeGreaterThan(0.2);
    const careless = airaC.map((each): Compared => ({ ...each, answer: each.comparison.score >= thresholds.possible ? 'match' : each.answer }));
    expect(measure(careless).precision).toBeLessThan(1);
  });
});

describe('the split', () => {
  it('keeps every kind of scenario in one half', () => {
    const halves = Map.groupBy(pairs, ({ scenario }) => familyOf(scenario));
    for (const members of halves.values()) expect(new Set(members.map(halfOf)).size).toBe(1);
    expect(halves.size).toBeGreaterThan(30);
  });
});

describe('all pairs', () => {
  it('link wrongly only the few that are told one by one in docs/matching.md', () => {
    const wrong = compareAll(pairs).filter(({ pair, answer }) => pair.label === 'Not a Match' && answer === 'match');
    const told = readFileSync(join(import.meta.dirname, '../../docs/matching.md'), 'utf8');
    for (const { pair } of wrong) expect(told).toContain(`\`${pair.scenario}\``);
    expect(wrong.length).toBeLessThanOrEqual(10);
  });
});

describe('doseline match', () => {
  it('prints its figures as JSON over the pairs of a file that has only labels and patients', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'doseline-match-'));
    const given = join(directory, 'pairs.jsonl');
    const rows = readFileSync(file, 'utf8').trim().split('\n').slice(0, 60).map((row) => JSON.parse(row) as { expect: string; a: object; b: object });
    writeFileSync(given, rows.map(({ expect: label, a, b }) => JSON.stringify({ expect: label, a, b })).join('\n'));
    const { stdout } = await doseline('match', '--pairs', given, '--json');
    const told = JSON.parse(stdout) as Record<string, unknown>;
    expect(told).toMatchObject({ pairs: 60, precision: 1, confusion: { Match: { none: 0 } } });
    expect(Object.keys(told)).toEqual(expect.arrayContaining(['pairs', 'precision', 'recall', 'reviewShare', 'possibleMerged', 'confusion', 'naive']));
    expect(told['sets']).toEqual({ all: expect.objectContaining({ pairs: 60 }) as object });
  });
  it('names the line that is no pair, and quotes nothing of it', async () => {
    const given = join(mkdtempSync(join(tmpdir(), 'doseline-match-')), 'pairs.jsonl');
    writeFileSync(given, '{"expect":"Match","a":{},"b":{}}\n{"expect":"Perhaps","a":{"nameLast":"Okafor"},"b":{}}\n');
    const { stderr, code } = await doseline('match', '--pairs', given);
    expect(code).toBe(1);
    expect(stderr).toContain('Line 2');
    expect(stderr).not.toContain('Okafor');
  });
});

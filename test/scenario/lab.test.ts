import { describe, expect, it, jest } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { FILES, readConnecticut } from '../../cli/lab/connecticut-data.ts';
import type { ConnecticutData } from '../../cli/lab/connecticut-data.ts';
import { generateSites } from '../../cli/lab/generate-sites.ts';
import { replayWeeks } from '../../cli/lab/replay-weeks.ts';
import type { Replay } from '../../cli/lab/replay-weeks.ts';
import { ownRival, proRata, RIVALS, type Rival } from '../../cli/lab/rivals.ts';
import { labText } from '../../cli/lab/report.ts';
import { labCharts, labJson, runLab } from '../../cli/lab/run-lab.ts';
import { VACCINES } from '../../cli/lab/vaccines.ts';
import type { Doses, Vaccine } from '../../cli/lab/vaccines.ts';
import { policySchema } from '../../functions/allocations/domain/policy/policy.ts';
import { sharedPath } from '../support/shared.ts';

jest.setTimeout(120_000);

const data = readConnecticut(sharedPath('data'));
const lab = runLab(data, 1);
const drawnOf = (id: string) => {
  const found = lab.drawn.find(({ replay }) => replay.rival.id === id);
  if (found === undefined) throw new Error(`no rival ${id}`);
  return found;
};
/** Connecticut's state channel, first doses, 23 weeks (reference: allocation.md section 6). */
const FIRST: Doses = { pfizer: 954_525, moderna: 770_520, janssen: 140_700 };
const ids = RIVALS.map(({ id }) => id);
const tied = RIVALS.filter(({ secondDoses }) => secondDoses.kind === 'tied').map(({ id }) => id);

/** Weeks in which more goes out than had come by then, or a pool gives out more packs than it has. */
const overdrawn = ({ weeks }: Replay, { weeks: supply }: ConnecticutData): string[] =>
  weeks.flatMap(({ week, pools }, at) =>
    VACCINES.flatMap((vaccine) => {
      const secondOf = (past: number): number => (vaccine === 'janssen' ? 0 : (supply[past - (vaccine === 'pfizer' ? 3 : 4)]?.state[vaccine] ?? 0));
      const came = supply.slice(0, at + 1).reduce((sum, { state }, past) => sum + state[vaccine] + secondOf(past), 0);
      const sent = weeks.slice(0, at + 1).flatMap((past) => past.pools).reduce((sum, pool) => sum + (pool.vaccine === vaccine ? pool.awardedPacks * pool.packDoses : 0), 0);
      return sent > came || pools.some((pool) => pool.awardedPacks > pool.packs) ? [`${week} ${vaccine}`] : [];
    }),
  );

describe('the lab shares out the real supply, all of it and no more', () => {
  it.each(VACCINES)('%s: the file holds what the reference says', (vaccine) => {
    expect(data.weeks.reduce((sum, { state }) => sum + state[vaccine], 0)).toBe(FIRST[vaccine]);
  });

  it.each(tied)('%s: first doses awarded, and what the state keeps or carries, add up to the file', (id) => {
    const { replay, measures } = drawnOf(id);
    for (const vaccine of VACCINES) expect(measures.awardedFirst[vaccine] + replay.endStock.first[vaccine]).toBe(FIRST[vaccine]);
  });

  it.each(ids)('%s: first and second doses together never pass what has come, in any week', (id) => {
    const { replay } = drawnOf(id);
    expect(overdrawn(replay, data)).toEqual([]);
  });

  it('a replay that gave out one pack too many would be seen (negative control)', () => {
    const { replay } = drawnOf('pro-rata');
    const broken = {
      ...replay,
      weeks: replay.weeks.map((week, at) =>
        at === 5 ? { ...week, pools: week.pools.map((pool) => ({ ...pool, awardedPacks: pool.awardedPacks + 1 })) } : week,
      ),
    };
    expect(overdrawn(broken, data)).toContain('2021-01-18 pfizer');
  });

  it('all 1,865,745 first doses go out in whole packs when sites take their share', () => {
    const { measures, replay } = drawnOf('pro-rata');
    expect(VACCINES.reduce((sum, vaccine) => sum + measures.awardedFirst[vaccine], 0)).toBe(1_865_745);
    expect(replay.endStock.first).toEqual({ pfizer: 0, moderna: 0, janssen: 0 });
  });

  it.each(ids)('%s: doses by town add up to doses awarded', (id) => {
    const { measures } = drawnOf(id);
    expect(measures.towns.reduce((sum, { firstDoses }) => sum + firstDoses, 0)).toBe(
      VACCINES.reduce((sum, vaccine) => sum + measures.awardedFirst[vaccine], 0),
    );
  });

  it('doses that make no whole pack are carried to the next week, and said so', () => {
    const odd = {
      ...data,
      weeks: data.weeks.map((week, at) =>
        at === 0 ? { ...week, state: { ...week.state, pfizer: week.state.pfizer + 50 } } : week,
      ),
    };
    const none: Rival = { id: 'none', title: '', policyIn: () => proRata, priority: 'stand-in', secondDoses: { kind: 'tied' }, asking: 'share' };
    const replay = replayWeeks(odd, lab.sites, RIVALS[0] ?? none);
    expect(replay.weeks[0]?.carriedDoses).toBe(50);
    const awarded = replay.weeks.reduce(
      (sum, { pools }) =>
        sum +
        pools.reduce(
          (all, pool) => (pool.vaccine === 'pfizer' && pool.doseNumber === 1 ? all + pool.awardedPacks * pool.packDoses : all),
          0,
        ),
      0,
    );
    expect(awarded + replay.endStock.first.pfizer).toBe(FIRST.pfizer + 50);
  });
});

describe('a policy of one\'s own', () => {
  const first = { ...data, weeks: data.weeks.slice(0, 9) };
  const play = (document: object) => replayWeeks(first, lab.sites, ownRival(policySchema.parse({ ...proRata, id: 'mine', ...document })));
  const doses = ({ weeks }: Replay, doseNumber: number): number =>
    weeks.reduce((sum, { pools }) => sum + pools.reduce((all, pool) => (pool.doseNumber === doseNumber ? all + pool.awardedPacks * pool.packDoses : all), 0), 0);

  it('is played over the same weeks: as the rival it copies, or with every second dose held back, of which no more goes out than is there', () => {
    const copied = play({});
    const rest = copied.weeks.map(({ firstBySite }) => firstBySite);
    expect(rest).toEqual(drawnOf('pro-rata').replay.weeks.slice(0, 9).map(({ firstBySite }) => firstBySite));
    const held = play({ secondDoses: 'hold-back-all', stages: [{ id: 'due', kind: 'second-doses', withinWeeks: 3 }, ...proRata.stages] });
    expect(doses(held, 1)).toBeLessThan(doses(copied, 1));
    for (const { pools } of held.weeks) expect(pools.every(({ packs, awardedPacks }) => awardedPacks >= 0 && awardedPacks <= packs)).toBe(true);
  });

  it('that cannot share out a week is refused with the week and why', () => {
    expect(() => play({ stages: [{ id: 'open', kind: 'open', weight: 'elders' }] })).toThrow(/Policy mine cannot share out the week of 2020-12-14: .*elders/);
  });
});

describe('equal seeds give equal bytes', () => {
  it('the same seed gives the same JSON, tables and charts; another seed gives others', () => {
    const [again, other] = [runLab(data, 1), runLab(data, 2)];
    expect(JSON.stringify(labJson(again))).toBe(JSON.stringify(labJson(lab)));
    expect([...labCharts(again)]).toEqual([...labCharts(lab)]);
    expect(labText(again)).toBe(labText(lab));
    expect(JSON.stringify(labJson(other))).not.toBe(JSON.stringify(labJson(lab)));
  });
});

describe('when a reserve binds', () => {
  const reserves = (id: string, vaccine: Vaccine) =>
    drawnOf(id).replay.weeks.flatMap((week) => week.reserves.filter((row) => row.vaccine === vaccine));

  it.each(VACCINES)(
    'a quarter guaranteed to the 34 flagged towns never binds for %s: they hold nearly half the people',
    (vaccine) => {
      expect(reserves('march-34-towns', vaccine).length).toBeGreaterThan(0);
      expect(reserves('march-34-towns', vaccine).filter(({ bound }) => bound)).toEqual([]);
    },
  );

  it('the same guarantee for the stand-in binds for Moderna in every week: a quarter of the people, fewer of the old', () => {
    expect(reserves('march', 'moderna').every(({ bound }) => bound)).toBe(true);
  });

  it.each(VACCINES)('a guarantee that bound is met in whole packs, for %s', (vaccine) => {
    for (const { bound, groupDoses, meantDoses, ofDoses } of reserves('march', vaccine)) {
      expect(meantDoses).toBeGreaterThanOrEqual(ofDoses / 4);
      if (bound) expect(groupDoses).toBeGreaterThanOrEqual(meantDoses);
    }
  });

  it('ten percent over and above gains its group r (1 - a) S, a being its share of the open pool: under a tenth, over a twentieth', () => {
    const weeks = reserves('february', 'moderna');
    expect(weeks.length).toBeGreaterThan(20);
    for (const { gainedDoses, ofDoses } of weeks) {
      expect(gainedDoses).toBeLessThan(0.1 * ofDoses);
      expect(gainedDoses).toBeGreaterThan(0.05 * ofDoses);
    }
  });

  it('as published: no reserve before February, over and above in February, a guarantee from March', () => {
    const kinds = drawnOf('as-published').replay.weeks.map(({ week, reserves: rows }) => [
      week.slice(0, 7),
      [...new Set(rows.map(({ reserve }) => reserve))].join(),
    ]);
    expect([...new Set(kinds.map(([month, kind]) => `${month} ${kind}`))]).toEqual([
      '2020-12 ',
      '2021-01 ',
      '2021-02 over-and-above',
      '2021-03 minimum-guarantee',
      '2021-04 minimum-guarantee',
      '2021-05 minimum-guarantee',
    ]);
  });

  it('favoured towns get more per head under every reserve than without one', () => {
    const end = (id: string): number => drawnOf(id).measures.courses[0]?.inside.at(-1) ?? 0;
    expect(end('march')).toBeGreaterThan(end('pro-rata'));
    expect(end('february')).toBeGreaterThan(end('march'));
  });
});

describe('second doses, stock and demand', () => {
  it('sending a tenth of the second doses out as first doses leaves people waiting (the failure of Pennsylvania)', () => {
    expect(drawnOf('relabel-10').measures.secondDoses.overdueAtEnd).toBeGreaterThan(
      10 * drawnOf('as-published').measures.secondDoses.overdueAtEnd,
    );
  });
  it('setting aside for three weeks nearly ends stock-outs, at the price of later first doses', () => {
    const [wide, narrow] = [drawnOf('set-aside-3'), drawnOf('set-aside-1')];
    expect(wide.measures.secondDoses.stockOuts).toBeLessThan(narrow.measures.secondDoses.stockOuts / 10);
    expect(wide.measures.courses[0]?.inside[10]).toBeLessThan(narrow.measures.courses[0]?.inside[10] ?? 0);
  });
  it('on demand, doses stay with the state instead of lying unused at sites', () => {
    const [pushed, asked] = [drawnOf('as-published').measures.unused, drawnOf('on-demand').measures.unused];
    expect(asked.firstAtEnd).toBeLessThan(pushed.firstAtEnd / 2);
    expect(asked.keptByState).toBeGreaterThan(100_000);
  });
});

describe('what the lab does not claim', () => {
  it('the uptake model misses days it has not seen, so no effect is printed', () => {
    expect(lab.uptake.days[0]?.observed).toEqual({
      flagged: expect.closeTo(40.4, 1),
      rest: expect.closeTo(53.4, 1),
      gap: expect.closeTo(13.0, 1),
    });
    expect(lab.uptake.days[3]?.observed).toEqual({
      flagged: expect.closeTo(70.6, 1),
      rest: expect.closeTo(77.4, 1),
      gap: expect.closeTo(6.8, 1),
    });
    expect([lab.uptake.claims, lab.uptake.effects]).toEqual([false, []]);
    expect(labText(lab)).toContain('NO EFFECT ON UPTAKE IS CLAIMED');
  });
  it('what is generated or stands in is said first', () => {
    expect(labText(lab)).toMatch(/GENERATED from town populations[\s\S]*STAND-IN/);
  });
});

describe('the command', () => {
  const root = fileURLToPath(new URL('../..', import.meta.url));
  const run = (...args: string[]) =>
    spawnSync(process.execPath, ['cli/doseline.ts', 'lab', 'connecticut', ...args], {
      cwd: root,
      encoding: 'utf8',
      maxBuffer: 64 * 1024 * 1024,
    });

  it('prints complete JSON and writes tables and charts', () => {
    const out = mkdtempSync(join(tmpdir(), 'doseline-lab-'));
    const { status, stdout } = run('--from', sharedPath('data'), '--json', '--out', out);
    expect(status).toBe(0);
    expect(stdout).toBe(`${JSON.stringify(labJson(lab), null, 2)}\n`);
    expect(readFileSync(join(out, 'reserve-bound-by-week.svg'), 'utf8')).toMatch(/^<svg /);
    expect(readFileSync(join(out, 'tables.txt'), 'utf8')).toContain('1,865,745');
  });

  it.each([
    ['a folder without the files', (folder: string) => folder, /There is no ct_/],
    [
      'a count that is not one',
      (folder: string) => {
        for (const name of Object.values(FILES)) copyFileSync(sharedPath(`data/${name}`), join(folder, name));
        writeFileSync(join(folder, FILES.weeks), readFileSync(join(folder, FILES.weeks), 'utf8').replace('63300', 'many'));
        return folder;
      },
      /State - Moderna holds "many"/,
    ],
  ])('%s is told in one line, with exit code 1', (_what, prepared, told) => {
    const { status, stderr } = run('--from', prepared(mkdtempSync(join(tmpdir(), 'doseline-lab-'))));
    expect([status, stderr.trim().split('\n').length]).toEqual([1, 1]);
    expect(stderr).toMatch(told);
  });

  it('generates the same sites that the lab used', () => expect(generateSites(data.towns, 1)).toEqual(lab.sites));
});

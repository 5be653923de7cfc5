import { describe, expect, it } from '@jest/globals';
import { readConnecticut } from '../../cli/lab/connecticut-data.ts';
import type { Town } from '../../cli/lab/connecticut-data.ts';
import { eligibleIn, phaseOf } from '../../cli/lab/eligibility.ts';
import { generateSites } from '../../cli/lab/generate-sites.ts';
import { flaggedTowns, priorityTowns, standInTowns } from '../../cli/lab/priority-towns.ts';
import { giveDoses, lackingBefore, nothingGiven, openSite } from '../../cli/lab/site-week.ts';
import { readInWords } from '../../cli/lab/read-changes.ts';
import { notPlayed } from '../../cli/lab/rivals.ts';
import { smallPolicy } from '../support/allocation.ts';
import { sharedPath } from '../support/shared.ts';

const { towns } = readConnecticut(sharedPath('data'));
const people = (names: ReadonlySet<string>): number =>
  towns.filter(({ name }) => names.has(name)).reduce((sum, { population }) => sum + population, 0);
const ALL = people(new Set(towns.map(({ name }) => name)));

describe('the towns are the real ones', () => {
  it('169 towns with 3,565,287 residents, 34 of them flagged with 48.8 percent', () => {
    expect([towns.length, ALL, flaggedTowns(towns).size, (100 * people(flaggedTowns(towns))) / ALL]).toEqual([
      169,
      3_565_287,
      34,
      expect.closeTo(48.78, 2),
    ]);
  });
  it('every town has residents by age from the age file', () => {
    expect(towns.filter(({ agesStandIn, ages }) => agesStandIn || ages.from65 === 0)).toEqual([]);
  });
});

describe('the stand-in for the priority zips', () => {
  it('is the largest flagged towns, as many as come nearest to a quarter of residents', () => {
    const chosen = standInTowns(towns, 0.25);
    const next = towns
      .filter(({ name, flagged }) => flagged && !chosen.has(name))
      .reduce((most, town) => Math.max(most, town.population), 0);
    expect([...chosen]).toEqual([
      'Bridgeport',
      'New Haven',
      'Stamford',
      'Hartford',
      'Waterbury',
      'Norwalk',
      'Danbury',
      'New Britain',
    ]);
    expect(Math.abs(people(chosen) / ALL - 0.25)).toBeLessThan(Math.abs((people(chosen) + next) / ALL - 0.25));
  });
  it('never holds a town without the flag', () => {
    expect([...priorityTowns(towns, 'stand-in')].every((name) => flaggedTowns(towns).has(name))).toBe(true);
  });
});

describe('age weights follow the published phases', () => {
  const town: Town = {
    name: 'x',
    population: 1_000,
    flagged: false,
    agesStandIn: false,
    ages: { from15: 400, from45: 250, from65: 150 },
  };
  it.each([
    ['2020-12-14', 800],
    ['2021-01-11', 800],
    ['2021-01-18', 150],
    ['2021-02-22', 150],
    ['2021-03-01', 550],
    ['2021-03-22', 400],
    ['2021-03-29', 400],
    ['2021-04-05', 800],
    ['2021-05-17', 800],
  ])('the week of %s weighs a town %i', (week, weight) => expect(eligibleIn(town, phaseOf(week))).toBe(weight));
});

describe('generated sites', () => {
  it('are the same for the same seed and others for another', () => {
    expect(generateSites(towns, 7)).toEqual(generateSites(towns, 7));
    expect(generateSites(towns, 7)).not.toEqual(generateSites(towns, 8));
  });
  it.each(['clinic', 'hub'] as const)('every town is served wholly, once, by %ss', (kind) => {
    const parts = new Map<string, number>();
    for (const site of generateSites(towns, 1).filter((item) => item.kind === kind))
      for (const [town, part] of site.serves) parts.set(town, (parts.get(town) ?? 0) + part);
    expect(parts.size).toBe(169);
    for (const part of parts.values()) expect(part).toBeCloseTo(1, 9);
  });
});

describe("a site's week", () => {
  const site = { siteId: 'a', kind: 'clinic' as const, town: 'x', serves: new Map([['x', 1]]), weeklyDoses: 500 };
  const busy = () => {
    const state = openSite(site);
    state.due.moderna.push(
      { week: '2021-03-01', firstWeek: '2021-02-01', doses: 120 },
      { week: '2021-03-08', firstWeek: '2021-02-08', doses: 200 },
    );
    return state;
  };

  it('second doses come before first doses, earliest due first, and what is missing is a stock-out', () => {
    const state = busy();
    state.second.moderna = 150;
    state.first.moderna = 1_000;
    const given = nothingGiven();
    giveDoses(state, '2021-03-08', new Map([['x', 10_000]]), given);
    expect(given).toEqual({ first: 350, second: 150, stockOut: 170, overdue: 170, pastLatest: 0, beyondCapacity: 0 });
    expect(lackingBefore(state, 'moderna', '2021-03-15')).toBe(170);
  });
  it('first doses given fall due four weeks later for Moderna, and never for Janssen', () => {
    const state = openSite(site);
    state.first.moderna = 100;
    state.first.janssen = 100;
    giveDoses(state, '2021-03-08', new Map([['x', 10_000]]), nothingGiven());
    expect(state.due).toEqual({
      pfizer: [],
      moderna: [{ week: '2021-04-05', firstWeek: '2021-03-08', doses: 100 }],
      janssen: [],
    });
  });
  it('nobody is given a dose nobody wants', () => {
    const state = openSite(site);
    state.first.moderna = 300;
    const wanting = new Map([['x', 40.5]]);
    const given = nothingGiven();
    giveDoses(state, '2021-03-08', wanting, given);
    expect([given.first, state.first.moderna, wanting.get('x')]).toEqual([40, 260, 0.5]);
  });
  it('a dose still missing more than 42 days after the first is told', () => {
    const given = nothingGiven();
    giveDoses(busy(), '2021-03-22', new Map(), given);
    expect([given.overdue, given.pastLatest, given.stockOut]).toEqual([320, 120, 0]);
  });
});

describe('a policy of one\'s own', () => {
  it('is told that its hubs have no part in the lab, and which of their sites are none of the lab\'s', () => {
    const sites = ['hartford-hub', 'hartford-1'];
    expect(notPlayed(smallPolicy({}), sites)).toEqual([]);
    expect(notPlayed(smallPolicy({ hubs: [{ hub: 'hartford-hub', members: ['hartford-1'] }] }), sites)).toEqual([expect.stringMatching(/^Hubs have no part in the lab/)]);
    const strange = notPlayed(smallPolicy({ hubs: [{ hub: 'hartford-hob', members: ['sit_w7r4'] }] }), sites);
    expect(strange.slice(1)).toEqual([
      'Hub hartford-hob (is hartford-hub meant?) is no site that this run knows: sit_w7r4 gets nothing by the vial.', 'Hub hartford-hob is to share with sit_w7r4, which this run does not know.',
    ]);
  });
});

describe('what two runs read of a site differently', () => {
  it.each([
    ['.lines[80777-0273-10 1].beyondUseDoses', 'Moderna 18+ (5 mL vial), dose 1: doses it can use before they must be thrown away'],
    ['.lines[59676-0580-05 2].due[2021-03-08].doses', 'Janssen 18+, dose 2: second doses due in the week of 2021-03-08'],
    ['.weights.population', 'its weight population'], ['.throughputDoses', 'doses it gives a week'], ['.rooms[0].doses', '.rooms[0].doses'],
  ])('is told in words where there are some: %s', (path, words) => {
    expect(readInWords(path)).toBe(words);
  });
});

import { readFileSync } from 'node:fs';
import { parse } from 'csv-parse/sync';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { outlookInWords, outlookOf } from '../../functions/allocations/domain/outlook.ts';
import { sharedPath } from '../support/shared.ts';
import type { OutlookInputs, OutlookSite } from '../../functions/allocations/domain/outlook.ts';

const INPUTS: OutlookInputs = {
  week: '2021-03-08',
  supplyDoses: [1_000, 2_000, 1_000, 500, 1_000, 1_000],
  announcedDoses: [2_000],
};
const SITE: OutlookSite = {
  siteId: 'a',
  awardedDoses: [100, 200, 100, 100, 100, 100],
  promisedDoses: [],
  onHandDoses: 50,
  plannedDoses: [200, 100, 100],
};

describe('the weeks ahead', () => {
  it('go on as past weeks went on: announced supply at the parts the site had, the rest as supply moved', () => {
    const { scenarios, weeks } = outlookOf(INPUTS, SITE);
    expect(scenarios).toBe(3);
    expect(weeks).toEqual([
      {
        week: '2021-03-15',
        firmDoses: 0,
        likelyDoses: 200,
        likelyLowDoses: 200,
        likelyHighDoses: 400,
        planningLowDoses: 200,
        planningHighDoses: 400,
        cancelRiskPermille: 0,
      },
      {
        week: '2021-03-22',
        firmDoses: 0,
        likelyDoses: 200,
        likelyLowDoses: 100,
        likelyHighDoses: 400,
        planningLowDoses: 100,
        planningHighDoses: 400,
        cancelRiskPermille: 0,
      },
      {
        week: '2021-03-29',
        firmDoses: 0,
        likelyDoses: 200,
        likelyLowDoses: 100,
        likelyHighDoses: 400,
        planningLowDoses: 100,
        planningHighDoses: 400,
        cancelRiskPermille: 0,
      },
    ]);
  });

  it('put clinics at risk where past weeks would have left them without doses, and say so', () => {
    const busy = outlookOf(INPUTS, { ...SITE, plannedDoses: [200, 200, 260] });
    expect(busy.weeks.map((week) => week.cancelRiskPermille)).toEqual([0, 333, 666]);
    expect(outlookInWords(busy)[1]).toBe(
      'week of 2021-03-22: 0 doses firm, likely 100 to 400, plan between 100 and 400; ' +
        'in 333 of 1,000 past runs of weeks clinics would have been cancelled (3 runs known)',
    );
    expect(outlookInWords(busy)[3]).toBe('History is thin: 3 past runs of weeks are known, and what comes may well lie outside these bands.');
    const settled = outlookOf({ ...INPUTS, supplyDoses: [...INPUTS.supplyDoses, ...INPUTS.supplyDoses] }, { ...SITE, awardedDoses: [...SITE.awardedDoses, ...SITE.awardedDoses] });
    expect([settled.scenarios, settled.isThin, outlookInWords(settled).length]).toEqual([8, false, 3]);
  });

  it('hold what is promised firm, announced supply never, and say nothing of risk without history', () => {
    const fresh = outlookOf({ ...INPUTS, supplyDoses: [1_000] }, { ...SITE, awardedDoses: [100], promisedDoses: [300] });
    expect(fresh.weeks[0]).toMatchObject({ firmDoses: 300, likelyDoses: 300, cancelRiskPermille: undefined });
    expect(outlookInWords(fresh)[0]).toContain('too little history');
  });

  it.each([[1, false], [2, false], [3, true]])('after %i past runs of weeks what is likely, and the risk, are told: %s', (runs, isTold) => {
    const weeks = 3 + runs;
    const outlook = outlookOf({ ...INPUTS, supplyDoses: Array<number>(weeks).fill(1_000) }, { ...SITE, awardedDoses: Array<number>(weeks).fill(720) });
    expect([outlook.scenarios, outlook.isUnknown, outlook.weeks[0]?.cancelRiskPermille !== undefined]).toEqual([runs, !isTold, isTold]);
    expect(outlookInWords(outlook).some((line) => /likely \d|in none of/.test(line))).toBe(isTold);
    expect(outlookInWords(outlook)[0]).toContain(isTold ? 'in none of 3 past runs' : `known: ${runs}, needed: 3`);
  });
});

const weekly = fc.record({ supply: fc.integer({ min: 0, max: 5_000 }), permille: fc.integer({ min: 0, max: 1_000 }) });
const cases = fc.record({
  history: fc.array(weekly, { minLength: 1, maxLength: 12 }),
  announced: fc.array(fc.option(fc.integer({ min: 0, max: 5_000 }), { nil: undefined }), { maxLength: 3 }),
  promised: fc.array(fc.integer({ min: 0, max: 500 }), { maxLength: 3 }),
  planned: fc.array(fc.integer({ min: 0, max: 800 }), { minLength: 3, maxLength: 3 }),
  onHand: fc.integer({ min: 0, max: 500 }),
});
type Case = typeof cases extends fc.Arbitrary<infer T> ? T : never;
const outlookIn = ({ history, announced, promised, planned, onHand }: Case, factor = 1) =>
  outlookOf(
    {
      week: '2021-03-08',
      supplyDoses: history.map((item) => item.supply * factor),
      announcedDoses: announced.map((doses) => doses && doses * factor),
    },
    {
      siteId: 'a',
      awardedDoses: history.map((item) => Math.floor((item.supply * item.permille) / 1_000) * factor),
      promisedDoses: promised.map((doses) => doses * factor),
      onHandDoses: onHand * factor,
      plannedDoses: planned.map((doses) => doses * factor),
    },
  );
const always = (check: (item: Case) => void) => {
  fc.assert(fc.property(cases, check), { numRuns: 300, seed: 307 });
};

describe('every outlook', () => {
  it('has its bands in order, never under what is promised, each risk between none and all', () => {
    always((item) => {
      outlookIn(item).weeks.forEach((week, at) => {
        const bands = [item.promised[at] ?? 0, week.firmDoses, week.planningLowDoses, week.likelyLowDoses, week.likelyDoses, week.likelyHighDoses, week.planningHighDoses];
        expect(bands).toEqual(bands.toSorted((a, b) => a - b));
        expect(week.firmDoses).toBe(item.promised[at] ?? 0);
        if (week.cancelRiskPermille !== undefined) expect(week.cancelRiskPermille).toBeLessThanOrEqual(1_000);
      });
    });
  });

  it('rises with announced supply, and its risk falls with stock on hand and rises with what is planned', () => {
    always((item) => {
      const risks = (changed: Case) => outlookIn(changed).weeks.map((week) => week.cancelRiskPermille ?? 0);
      const base = risks(item);
      risks({ ...item, onHand: item.onHand + 100 }).forEach((risk, at) => {
        expect(risk).toBeLessThanOrEqual(base[at] ?? 0);
      });
      risks({ ...item, planned: item.planned.map((doses) => doses + 50) }).forEach((risk, at) => {
        expect(risk).toBeGreaterThanOrEqual(base[at] ?? 0);
      });
      const more = outlookIn({ ...item, announced: item.announced.map((doses) => doses && doses + 500) });
      outlookIn(item).weeks.forEach((week, at) => {
        expect(more.weeks[at]?.likelyDoses).toBeGreaterThanOrEqual(week.likelyDoses);
      });
    });
  });

  it('does not depend on the unit doses are counted in', () => {
    always((item) => {
      const [one, ten] = [outlookIn(item), outlookIn(item, 10)];
      one.weeks.forEach((week, at) => {
        expect(Math.abs((ten.weeks[at]?.likelyDoses ?? 0) - 10 * week.likelyDoses)).toBeLessThan(10);
      });
    });
  });
});

describe("the outlook over Connecticut's real weeks", () => {
  it('holds the planning band against what came, with nothing announced; the share that fell inside is printed', () => {
    const file = readFileSync(sharedPath('data/ct_weekly_allocation_by_channel_2020-12-14_2021-05-17.csv'), 'utf8');
    const rows = parse<Record<string, string>>(file, { columns: true });
    const supply = rows.map((row) =>
      Object.entries(row).reduce((sum, [name, value]) => (name.startsWith('State - ') ? sum + Number(value || 0) : sum), 0),
    );
    expect(supply.at(-1)).toBeGreaterThan(10_000);
    let [inside, below, judged] = [0, 0, 0];
    const widths: number[] = [];
    for (let now = 10; now + 3 < supply.length; now += 1) {
      const known = supply.slice(0, now + 1);
      const site = { siteId: 'state', awardedDoses: known, promisedDoses: [], onHandDoses: 0, plannedDoses: [] };
      outlookOf({ week: '2021-03-01', supplyDoses: known, announcedDoses: [] }, site).weeks.forEach((week, at) => {
        const came = supply[now + 1 + at] ?? 0;
        judged += 1;
        widths.push(week.planningHighDoses / week.planningLowDoses);
        if (came < week.planningLowDoses) below += 1;
        else if (came <= week.planningHighDoses) inside += 1;
      });
    }
    const width = widths.toSorted((a, b) => a - b)[widths.length >> 1] ?? 0;
    const share = `${inside} of ${judged} weeks inside the planning band, ${below} below it`;
    process.stdout.write(`Outlook of state supply: ${share}; its high is ${width.toFixed(1)} times its low at the median.\n`);
    expect(judged).toBeGreaterThan(20);
    expect(inside).toBeGreaterThan(judged / 2);
  });
});

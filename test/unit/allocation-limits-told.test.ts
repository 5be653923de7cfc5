import { describe, expect, it } from '@jest/globals';
import { shortLines } from '../../functions/allocations/domain/explain/short-lines.ts';
import { awardInWords } from '../../functions/allocations/domain/words/words.ts';
import { leftInBrief, leftInPublic, whyInBrief } from '../../functions/allocations/domain/words/brief.ts';
import { effectInWords } from '../../functions/allocations/domain/words/change.ts';
import { whatWouldChange } from '../../functions/allocations/domain/explain/what-if.ts';
import { PRODUCT, allocated, smallInputs, smallPolicy } from '../support/allocation.ts';

const POOL = { product: PRODUCT, doseNumber: 1, packDoses: 100 };

const bounded = (change: Parameters<typeof smallPolicy>[0] = {}) =>
  smallPolicy({
    tree: { id: 'state', children: [{ id: 'g', title: 'The small group', max: { doses: 300 } }, { id: 'o' }] },
    ...change,
  });
const row = (siteId: string, packs: number) => ({ siteId, ...POOL, packs, reason: 'moved to another clinic' });

describe('supply that is left', () => {
  const one = smallInputs({ packs: 20, sites: [{ id: 'a', group: 'g', requestDoses: 1_000 }, { id: 'b', group: 'o', requestDoses: 300 }] });
  const flat = smallInputs({ packs: 20, sites: [{ id: 'a', requestDoses: 1_000 }, { id: 'b', requestDoses: 1_000 }] });
  const limited = smallInputs({ packs: 20, sites: [{ id: 'a', weights: { population: 5, elderly: 150 } }, { id: 'b', weights: { population: 5, elderly: 250 } }] });
  const unweighed = smallInputs({ packs: 20, sites: [{ id: 'a', weights: { other: 1 } }, { id: 'b', requestDoses: 300 }] });
  const tier = smallPolicy({ stages: [{ id: 'elderly', kind: 'tier', weight: 'elderly', limit: 'elderly' }] });
  it.each([
    ['a group that is full', one, bounded(), { reason: 'group-maximum', nodes: ['g'] }, 'The small group: at the most a group may have'],
    ["a person's decision", { ...flat, overrides: [row('a', 2)] }, smallPolicy({}), { reason: 'set-by-a-person' }, "a person's decision gave it back"],
    ["a tier's limit for one site", limited, tier, { reason: 'stage-limit' }, 'a stage gives one site no more'],
    ['a site with nothing to share by', unweighed, smallPolicy({}), { reason: 'no-weight' }, 'sites that asked have nothing on record to share by'],
    ['sites that have all they may take', smallInputs({ packs: 20, sites: [{ id: 'a', requestDoses: 300 }] }), smallPolicy({}), { reason: 'every-ceiling-reached' }, 'every site has all it may take'],
    ['a full group and a decision', { ...one, overrides: [row('b', 1)] }, bounded(), { reason: 'set-by-a-person', besides: ['group-maximum'], nodes: ['g'] }, "a person's decision gave it back; The small group: at the most a group may have"],
  ])('is told as left by %s', (_name, inputs, policy, left, words) => {
    const [told] = allocated(inputs, policy).leftover;
    const { packs: _packs, ...why } = told ?? { packs: 0 };
    expect(why).toEqual({ ...POOL, ...left });
    expect(leftInBrief(told, policy)).toBe(words);
  });

  it('names no group to the public: that it is full would tell what it got', () => {
    expect(leftInPublic('group-maximum')).toBe('the policy places no more of it this week');
    expect(leftInPublic('every-ceiling-reached')).toBe('every site has all it may take');
  });
});

describe('what bound an award', () => {
  const kinds = (inputs: Parameters<typeof allocated>[0], policy: Parameters<typeof allocated>[1], siteId: string) => {
    const found = allocated(inputs, policy).awards.find((item) => item.siteId === siteId);
    return found && { lines: found.explanation.filter(({ micro }) => micro === 0), brief: whyInBrief(found, policy), words: awardInWords(found, policy).slice(1) };
  };

  it("is a tier's limit, a minimum of another group, or a guarantee kept in whole packs, each with a line", () => {
    const tier = smallPolicy({ stages: [{ id: 'elderly', title: 'The elderly', kind: 'tier', weight: 'elderly', limit: 'elderly' }] });
    const limited = kinds(smallInputs({ packs: 20, sites: [{ id: 'a', weights: { elderly: 100 } }, { id: 'b', weights: { elderly: 200 } }] }), tier, 'a');
    expect(limited).toMatchObject({ lines: [{ kind: 'stage-limit', stage: 'elderly', limitDoses: 100 }], brief: 'the most The elderly gives one site' });
    expect(limited?.words).toContain('It has the most that The elderly gives one site: 100 doses.');

    const floors = smallPolicy({
      tree: { id: 'state', children: [{ id: 'g', title: 'The small group', min: { doses: 300 } }, { id: 'o' }] },
      stages: [{ id: 'floors', kind: 'floors', weight: 'population' }, { id: 'open', kind: 'open', weight: 'population' }],
    });
    const beside = (weight: number) => smallInputs({ packs: 4, sites: [{ id: 'a', group: 'g', weight }, { id: 'b', group: 'o', weight: 9 }] });
    expect(kinds(beside(1), floors, 'b')).toMatchObject({ lines: [{ kind: 'others-minimum', nodes: ['g'] }], words: expect.arrayContaining(['Minimums of other groups come first: The small group is at the least.']) as unknown });
    expect(kinds(beside(100), floors, 'b')?.lines).toEqual([]);

    const guarantee = smallPolicy({
      tree: { id: 'state', children: [{ id: 'g' }, { id: 'o' }] },
      stages: [{ id: 'res', title: 'A quarter', kind: 'reserve', reserve: 'minimum-guarantee', share: '1/4', group: { node: 'g' }, weight: 'population' }, { id: 'open', kind: 'open', weight: 'population' }],
    });
    const ahead = smallInputs({ packs: 4, sites: [{ id: 'a', group: 'g', weight: 1 }, { id: 'b', group: 'o', weight: 99 }], debts: { a: -90_000_000, b: 90_000_000 } });
    expect(kinds(ahead, guarantee, 'b')?.lines).toContainEqual({ kind: 'guarantee-kept', micro: 0, stage: 'res', limitDoses: 100 });
    expect(kinds({ ...ahead, debts: [] }, guarantee, 'b')?.lines).toEqual([]);
  });

  it('is never called a fair share where nothing was left, or nothing is due in time', () => {
    const first = smallPolicy({ tree: { id: 'state', children: [{ id: 'g' }, { id: 'o' }] }, stages: [
      { id: 'first', kind: 'tier', weight: 'population', group: { node: 'g' } }, { id: 'open', kind: 'open', weight: 'population' },
    ] });
    const emptied = smallInputs({ packs: 4, sites: [{ id: 'a', group: 'g' }, { id: 'b', group: 'o' }] });
    expect(kinds(emptied, first, 'b')).toMatchObject({ lines: [{ kind: 'nothing-left', micro: 0 }], brief: 'nothing was left when its turn came' });
    const second = smallPolicy({ stages: [{ id: 'due', kind: 'second-doses', withinWeeks: 1 }] });
    const due = smallInputs({ packs: 4, doseNumber: 2, sites: [{ id: 'a', due: [{ day: '2021-02-08', doses: 100 }] }, { id: 'b', due: [{ day: '2021-03-08', doses: 100 }] }] });
    expect(kinds(due, second, 'b')).toMatchObject({ lines: [{ kind: 'nothing-due', micro: 0 }], brief: 'no second dose of its falls due in time' });
  });

  it('is told of second doses that fall due and get no pack, with the rule and what came before them', () => {
    const second = smallPolicy({ stages: [{ id: 'due', kind: 'second-doses', withinWeeks: 1 }] });
    const rows = (requestDoses: number, more = {}) => smallInputs({ packs: 1, doseNumber: 2, sites: [
      { id: 'a', due: [{ day: '2021-02-08', doses: 30 }] }, { id: 'b', requestDoses, due: [{ day: '2021-02-09', doses: 90 }], more },
    ] });
    const line = { kind: 'due-unserved', micro: 0, dueDoses: 90, day: '2021-02-09', after: [] };
    const brief = 'no pack for 90 second doses due from 2021-02-09 on: others come first';
    expect(kinds(rows(100), second, 'b')).toMatchObject({ lines: [line], brief });
    expect(kinds(rows(100), second, 'b')?.words).toEqual([
      '90 second doses of its, due from 2021-02-09 on, get no pack: packs go to the doses due earliest, and of one day to those that serve the most.',
    ]);
    expect(kinds(rows(60), second, 'b')).toMatchObject({ lines: [line, { kind: 'cap', rule: 'request' }], brief });
    expect(kinds(rows(60), second, 'b')?.words.join(' ')).not.toMatch(/under one pack/);
    expect(kinds(rows(100), second, 'a')?.lines).toEqual([{ kind: 'cap', micro: 0, rule: 'request', limitDoses: 100 }]);
    const floors = smallPolicy({ tree: { id: 'state', min: { doses: 100 } }, stages: [{ id: 'floors', title: 'Minimums', kind: 'floors', weight: 'population' }, { id: 'due', kind: 'second-doses', withinWeeks: 1 }] });
    expect(kinds(rows(100, { weights: { population: 0 } }), floors, 'b')).toMatchObject({ lines: [{ ...line, after: ['floors'] }] });
    expect(kinds(rows(100, { weights: { population: 0 } }), floors, 'b')?.words.join(' ')).toContain('after what comes before them (Minimums).');
  });

  it.each([
    ['is suspended', { suspended: true }, 'suspended'],
    ['can take a delivery on no day', { receiving: { days: [], closed: [] } }, 'cannot receive in the week'],
  ])('is never that it asked for less than a pack where the site %s', (_name, more, brief) => {
    const small = (changed: object) => kinds(smallInputs({ packs: 4, sites: [{ id: 'a', requestDoses: 60, more: changed }] }), smallPolicy({}), 'a');
    expect(small(more)?.brief).toBe(brief);
    expect(small(more)?.words.join(' ')).not.toMatch(/under one pack/);
    expect(small({})?.brief).toMatch(/^asked for less than a pack/);
    expect(small({})?.words.join(' ')).toMatch(/ask for at least one/);
  });
});

describe('what would have changed an award', () => {
  const told = (inputs: Parameters<typeof whatWouldChange>[0], policy: Parameters<typeof whatWouldChange>[1], siteId: string) =>
    (whatWouldChange(inputs, policy, { siteId, ...POOL, doseNumber: inputs.supply[0]?.doseNumber ?? 1 }) ?? []).map((effect) => effectInWords(effect, 100, policy));

  it("tries lifting the group's maximum, other groups' minimums, a tier's limit and a suspension", () => {
    const sites = [{ id: 'a', group: 'g', requestDoses: 1_000 }, { id: 'b', group: 'o', requestDoses: 300 }, { id: 's', group: 'o', more: { suspended: true } }];
    expect(told(smallInputs({ packs: 20, sites }), bounded(), 'a')).toContain('Had its group, The small group, no maximum: 10 packs of 100 instead of 3.');
    expect(told(smallInputs({ packs: 20, sites }), bounded(), 's')).toContain('Were it not suspended: 14 packs of 100 instead of 0.');
    const floors = bounded({
      tree: { id: 'state', children: [{ id: 'g', min: { doses: 300 } }, { id: 'o' }] },
      stages: [{ id: 'floors', kind: 'floors', weight: 'population' }, { id: 'open', kind: 'open', weight: 'population' }],
    });
    expect(told(smallInputs({ packs: 4, sites: [{ id: 'a', group: 'g' }, { id: 'b', group: 'o' }] }), floors, 'b')).toContain('Had other groups (g) no minimum: 2 packs of 100 instead of 1.');
    const tier = smallPolicy({ stages: [{ id: 'elderly', kind: 'tier', weight: 'elderly', limit: 'elderly' }] });
    expect(told(smallInputs({ packs: 20, sites: [{ id: 'a', weights: { elderly: 100 } }] }), tier, 'a')).toContain('Had elderly no limit for one site: 20 packs of 100 instead of 1.');
  });

  it('names only what takes part in the pool: no reserve of other doses, no debts where there are none, no limit that held nothing', () => {
    const stages: Parameters<typeof smallPolicy>[0]['stages'] = [
      { id: 'due', kind: 'second-doses', withinWeeks: 1 },
      { id: 'quarter', kind: 'reserve', reserve: 'minimum-guarantee', share: '1/4', group: { node: 'state' }, weight: 'population', doseNumbers: [1] },
      { id: 'open', kind: 'open', weight: 'population' },
    ];
    const policy = smallPolicy({ stages, caps: [{ kind: 'storage' }] });
    const kindsTold = (doseNumber: number, line = {}, debts: Record<string, number> = {}) =>
      (whatWouldChange(smallInputs({ packs: 4, doseNumber, sites: [{ id: 'a', line }, { id: 'b' }], debts }), policy, { siteId: 'a', ...POOL, doseNumber }) ?? []).map(({ change }) => change.kind);
    expect(kindsTold(2)).toEqual(['request', 'request', 'supply', 'more-due', 'weight']);
    expect(kindsTold(1)).toEqual(['request', 'request', 'supply', 'reserve-off', 'weight']);
    expect(kindsTold(1, { storageDoses: 150 })).toContain('cap-lifted');
    expect(kindsTold(1, {}, { a: 5_000_000, b: -5_000_000 })).toContain('old-debt-forgotten');
  });

  it('tries supply up to what all sites ask for, where twice as much would win nothing', () => {
    const second = smallPolicy({ stages: [{ id: 'due', kind: 'second-doses', withinWeeks: 1 }] });
    const inputs = smallInputs({ packs: 1, doseNumber: 2, sites: [{ id: 'early', due: [{ day: '2021-02-08', doses: 200 }] }, { id: 'late', due: [{ day: '2021-02-09', doses: 90 }] }] });
    expect(told(inputs, second, 'late').join(' ')).not.toMatch(/weights/);
    expect(told(inputs, second, 'late')).toContain('Had the supply been 3 packs instead of 1: 1 pack of 100 instead of 0.');
  });

  it('tries more second doses due', () => {
    const second = smallPolicy({ stages: [{ id: 'due', kind: 'second-doses', withinWeeks: 1 }] });
    const due = smallInputs({ packs: 9, doseNumber: 2, sites: [{ id: 'a', due: [{ day: '2021-02-08', doses: 100 }] }] });
    expect(told(due, second, 'a')).toContain('Had 200 second doses of its been due instead of 100: 2 packs of 100 instead of 1.');
  });
});

describe('sites short of what they asked for', () => {
  const size = (packDoses: number, siteId: string, doses: number) => ({ siteId, ndc: PRODUCT, doseNumber: 1, packDoses, doses, requestDoses: 240, explanation: [] });
  it('are one row a site and product, with the doses of all its packs', () => {
    const rows = [size(140, 'a', 140), size(100, 'a', 100), size(140, 'b', 0), size(100, 'b', 200), { ...size(100, 'a', 0), doseNumber: 2 }];
    expect(shortLines(rows).map(({ award, lineDoses }) => [award.siteId, award.doseNumber, award.packDoses, lineDoses])).toEqual([['b', 1, 100, 200], ['a', 2, 100, 0]]);
  });

  it.each([
    ['one that has what it asked for, in whole packs', { requestDoses: 250 }, 200, false],
    ['one that asked for less than a pack', { requestDoses: 60 }, 0, true],
    ['one whose storage is full', { requestDoses: 250, line: { storageDoses: 100 } }, 100, true],
    ['one that shared with others', { requestDoses: 900, weight: 9 }, 800, true],
  ])('count %s alike in the list and in the summary', (_name, site, doses, short) => {
    const inputs = smallInputs({ packs: 9, sites: [{ id: 'a', ...site }, { id: 'b', requestDoses: 900 }] });
    const run = allocated(inputs, smallPolicy({ caps: [{ kind: 'storage' }] }));
    expect(run.awards.find(({ siteId }) => siteId === 'a')?.doses).toBe(doses);
    const listed = shortLines(run.awards).map(({ award }) => award.siteId);
    expect(listed.includes('a')).toBe(short);
    expect(run.summary.pools[0]?.sitesShort).toBe(listed.length);
  });
});

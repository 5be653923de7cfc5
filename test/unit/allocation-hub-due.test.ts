import { describe, expect, it } from '@jest/globals';
import { promisesInWords } from '../../functions/allocations/say-promises.ts';
import { findFaults } from '../../functions/allocations/domain/inputs.ts';
import { whyInBrief } from '../../functions/allocations/domain/words/brief.ts';
import { awardInWords } from '../../functions/allocations/domain/words/words.ts';
import { strangeHubs } from '../../functions/allocations/domain/hubs/faults.ts';
import { PRODUCT, allocated, packsOf, smallInputs, smallPolicy } from '../support/allocation.ts';
import type { Override } from '../../functions/allocations/domain/inputs.ts';
import type { PolicyDocument } from '../../functions/allocations/domain/policy/policy.ts';
import type { SmallSite } from '../support/allocation.ts';

type Stage = PolicyDocument['stages'][number];
const STAGES = {
  now: { id: 'now', kind: 'second-doses', withinWeeks: 1 },
  soon: { id: 'soon', kind: 'second-doses', withinWeeks: 2 },
  open: { id: 'open', kind: 'open', weight: 'population' },
  floors: { id: 'floors', kind: 'floors', weight: 'population' },
  tenth: { id: 'tenth', kind: 'tier', weight: 'population', share: '10%' },
  elders: { id: 'elders', kind: 'tier', weight: 'elders' },
  few: { id: 'few', kind: 'tier', weight: 'population', limit: 'few' },
  over: { id: 'over', kind: 'reserve', reserve: 'over-and-above', share: '1/2', group: { node: 'west' }, weight: 'population' },
} as const satisfies Record<string, Stage>;
type Plan = readonly (keyof typeof STAGES)[];

const HUBS = [{ hub: 'clinic', members: ['office', 'practice'] }, { hub: 'hospital', members: ['surgery'] }];
/** A site that asks for nothing but what it is said to; doses due tomorrow, next week, or in a month. */
const [TOMORROW, NEXT_WEEK, IN_A_MONTH] = ['2021-02-08', '2021-02-16', '2021-03-08'];
const due = (day: string, doses: number): Pick<SmallSite, 'due'> => ({ due: [{ day, doses }] });
const VIALS_OF_CLINIC = { line: { vials: [{ hub: 'clinic', packDoses: 100, doses: 10 }] } };
const HALVES = { id: 'state', children: [{ id: 'east' }, { id: 'west' }] };
const PACK_FOR_BOTH = { line: { fixed: [{ packDoses: 100, packs: 1, othersDoses: 10 }] } };

interface Week {
  readonly packs: number;
  readonly plan: Plan;
  readonly doseNumber?: number;
  readonly sites: Readonly<Record<string, Partial<SmallSite>>>;
  readonly policy?: Partial<PolicyDocument>;
  readonly overrides?: readonly Override[];
  readonly debts?: Readonly<Record<string, number>>;
}
const outcome = ({ packs, plan, doseNumber = 2, sites, policy = {}, overrides = [], debts = {} }: Week) => {
  const inputs = smallInputs({ packs, doseNumber, debts, sites: Object.entries(sites).map(([id, site]) => ({ id, requestDoses: 0, ...site })) });
  const run = allocated({ ...inputs, ...(overrides.length > 0 && { overrides: [...overrides] }), supply: inputs.supply.map((line) => ({ ...line, vialDoses: 10 })) }, smallPolicy({ stages: plan.map((stage) => STAGES[stage]), hubs: HUBS, ...policy }));
  return { packs: packsOf(run), doses: Object.fromEntries((run.hubShares ?? []).map(({ siteId, doses }) => [siteId, doses])) };
};

describe('second doses due at the sites of a hub', () => {
  it.each<[string, Week, Record<string, number>]>([
    ['and first ones of the hub, of which one pack would hold either, take the packs that both need', { packs: 3, plan: ['now', 'open'], sites: { clinic: { requestDoses: 20 }, office: due(TOMORROW, 81) } }, { clinic: 110, office: 90 }],
    ['after an open stage too', { packs: 3, plan: ['open', 'soon'], sites: { clinic: { requestDoses: 40 }, office: due(TOMORROW, 61) } }, { clinic: 130, office: 70 }],
    ['of a hub whose pack was promised to others in part take another', { packs: 2, plan: ['now'], sites: { clinic: { ...due(TOMORROW, 101), ...PACK_FOR_BOTH }, office: VIALS_OF_CLINIC } }, { clinic: 190, office: 10 }],
    ['are served out of what their sites have together, before a pack is opened for them', { packs: 5, plan: ['now', 'soon'], sites: { clinic: due(TOMORROW, 61), practice: due(NEXT_WEEK, 31) } }, { clinic: 160, practice: 40 }],
    ['of one day are served in proportion, where a pack is too little', { packs: 1, plan: ['now'], sites: { clinic: due(TOMORROW, 160), office: due(TOMORROW, 40) } }, { clinic: 80, office: 20 }],
    ['stay within what their own site can store', { packs: 1, plan: ['now'], sites: { clinic: {}, office: { ...due(TOMORROW, 11), line: { storageDoses: 10 } } }, policy: { caps: [{ kind: 'storage' }] } }, { clinic: 90, office: 10 }],
    ['after the weeks of the policy are nobody\'s claim on what others asked for', { packs: 1, plan: ['soon', 'open'], sites: { clinic: { requestDoses: 100 }, office: due(IN_A_MONTH, 20) } }, { clinic: 100, office: 0 }],
    ['that were promised by the vial are not served twice', { packs: 1, plan: ['now'], sites: { clinic: PACK_FOR_BOTH, office: { ...due(TOMORROW, 1), ...VIALS_OF_CLINIC } } }, { clinic: 90, office: 10 }],
    ['of one promised some of its vials take the packs that all of them need', { packs: 2, plan: ['open', 'now'], sites: { clinic: PACK_FOR_BOTH, office: { ...due(TOMORROW, 101), ...VIALS_OF_CLINIC } } }, { clinic: 90, office: 110 }],
    ['beside one of its sites that asks for some: what is over stays with the hub', { packs: 1, plan: ['open', 'now'], sites: { clinic: {}, office: due(TOMORROW, 1), practice: { requestDoses: 10 } } }, { clinic: 80, office: 10, practice: 10 }],
    ['take the rest of their pack for the hub, though another stage gives its sites part of a vial', { packs: 2, plan: ['tenth', 'now'], sites: { clinic: {}, office: due(TOMORROW, 1), practice: { requestDoses: 10 }, farm: { weight: 2, fixedPacks: 1, requestDoses: 100 } } }, { clinic: 80, office: 10, practice: 10 }],
    ['raise no minimum that was met before them, beside a promised pack of a site that asks for nothing', { packs: 2, plan: ['floors', 'soon'], sites: { hospital: { group: 'east' }, surgery: { ...due(TOMORROW, 1), requestDoses: 10, group: 'east' }, farm: { weight: 10, fixedPacks: 1, group: 'east' } }, policy: { tree: { id: 'state', children: [{ id: 'east', min: { doses: 200 } }] } } }, { hospital: 90, surgery: 10 }],
    ['of a later week come next in a pack that is open', { packs: 3, plan: ['now', 'soon'], sites: { clinic: {}, practice: { requestDoses: 110, due: [{ day: TOMORROW, doses: 1 }, { day: NEXT_WEEK, doses: 10 }] }, farm: { fixedPacks: 1 } } }, { clinic: 80, practice: 20 }],
    ['leave a pack of their minimum to another site: what their own sites have of theirs is kept for them', { packs: 3, plan: ['floors', 'now'], sites: { clinic: { group: 'east' }, office: { group: 'east', weight: 2, requestDoses: 30 }, practice: { group: 'east', weight: 5, requestDoses: 80, ...due(TOMORROW, 1) }, surgery: { group: 'east', requestDoses: 100 } }, policy: { tree: { id: 'state', children: [{ id: 'east', min: { doses: 200 }, max: { doses: 300 } }] } } }, { clinic: 0, practice: 80, office: 20 }],
    ['leave what is beside them to the next stage that shares out all there is', { packs: 2, plan: ['elders', 'now', 'open'], sites: { hospital: due(TOMORROW, 1), surgery: { requestDoses: 10 }, farm: { fixedPacks: 1, weights: { population: 1, elders: 1 } } } }, { hospital: 90, surgery: 10 }],
    ['or to the last before them, where there is none after', { packs: 1, plan: ['open', 'over', 'soon', 'few'], sites: { hospital: { group: 'east', ...due(TOMORROW, 1) }, surgery: { group: 'east', weights: { population: 1, few: 20 }, requestDoses: 60 } }, policy: { tree: HALVES } }, { hospital: 40, surgery: 60 }],
    ['but to no stage of a part of supply', { packs: 1, plan: ['now', 'tenth'], sites: { hospital: due(TOMORROW, 1), surgery: { requestDoses: 10 } } }, { hospital: 100, surgery: 0 }],
    ['nor to one that gives a site so much and no more', { packs: 1, plan: ['now', 'few'], sites: { hospital: {}, surgery: { weights: { population: 1, few: 20 }, requestDoses: 20, ...due(TOMORROW, 1) } } }, { hospital: 90, surgery: 10 }],
  ])('%s', (_case, week, doses) => {
    expect(outcome(week).doses).toEqual(doses);
  });

  it('are told with what comes beside them in one line for a stage, and one row', () => {
    const inputs = smallInputs({ packs: 5, doseNumber: 2, sites: [{ id: 'clinic', requestDoses: 0, ...due(TOMORROW, 12) }, { id: 'office', requestDoses: 90 }, { id: 'practice', requestDoses: 90 }] });
    const { awards, summary } = allocated({ ...inputs, supply: inputs.supply.map((line) => ({ ...line, vialDoses: 10 })) }, smallPolicy({ stages: [STAGES.now, STAGES.open], hubs: HUBS }));
    expect(awards.find(({ siteId }) => siteId === 'office')?.explanation).toContainEqual({ kind: 'stage', stage: 'open', stageKind: 'open', micro: 90_000_000 });
    expect(summary.pools[0]?.stages.filter(({ stage }) => stage === 'open')).toHaveLength(1);
  });

  it('raise no minimum that a person\'s award is held to either', () => {
    const sites = { hospital: { group: 'east' }, surgery: { ...due(TOMORROW, 1), requestDoses: 10, group: 'east' }, farm: { weight: 10, fixedPacks: 1, group: 'east' } };
    const overrides = [{ siteId: 'hospital', product: PRODUCT, doseNumber: 2, packDoses: 100, packs: 0, reason: 'told by telephone' }];
    const { packs } = outcome({ packs: 2, plan: ['floors', 'soon'], sites, overrides, policy: { tree: { id: 'state', children: [{ id: 'east', min: { doses: 200 } }] } } });
    expect(packs).toEqual({ hospital: 0, surgery: 0, farm: 1 });
  });

  it('leave its sites what they asked for beside them in the pack, and the hub the rest, which is told as a pack and not as a group of the policy', () => {
    const inputs = smallInputs({ packs: 5, doseNumber: 2, sites: [{ id: 'clinic', requestDoses: 20, ...due(TOMORROW, 12) }, { id: 'office', requestDoses: 30 }, { id: 'practice', requestDoses: 25 }] });
    const policy = smallPolicy({ stages: [STAGES.now, STAGES.open], hubs: HUBS });
    const run = allocated({ ...inputs, supply: inputs.supply.map((line) => ({ ...line, vialDoses: 10 })) }, policy);
    expect(Object.fromEntries((run.hubShares ?? []).map(({ siteId, doses }) => [siteId, doses]))).toEqual({ clinic: 50, office: 30, practice: 20 });
    expect(run.awards.filter(({ packs }) => packs > 0).map((award) => whyInBrief(award, policy))).toEqual(['all that it and the sites it shares packs with may have']);
  });

  it('and first ones keep the packs that both need when a person sets another site\'s award, and the hub\'s own', () => {
    const week: Week = { packs: 4, plan: ['now', 'open'], sites: { clinic: { requestDoses: 20 }, office: due(TOMORROW, 81), farm: { requestDoses: 200 } } };
    const set = (siteId: string, packs: number) => ({ siteId, product: PRODUCT, doseNumber: 2, packDoses: 100, packs, reason: 'told by telephone' });
    expect(outcome(week).packs).toEqual({ clinic: 2, office: 0, farm: 2 });
    expect(outcome({ ...week, overrides: [set('farm', 1)] }).packs).toEqual({ clinic: 2, office: 0, farm: 1 });
    expect(outcome({ ...week, overrides: [set('clinic', 2)] }).packs).toEqual({ clinic: 2, office: 0, farm: 2 });
  });

  it('leave a site of the hub that asks for a pack to itself', () => {
    const { packs, doses } = outcome({ packs: 2, plan: ['open', 'now'], sites: { clinic: {}, office: due(TOMORROW, 1), practice: { requestDoses: 100 } } });
    expect([packs, doses]).toEqual([{ clinic: 1, office: 0, practice: 1 }, { clinic: 90, office: 10 }]);
  });

  it('need no request of their site, and are no reason to share first doses', () => {
    const week: Week = { packs: 0, plan: ['now'], sites: { clinic: {}, office: due(TOMORROW, 1) } };
    expect(outcome(week).doses).toEqual({ clinic: 0, office: 0 });
    expect(outcome({ ...week, doseNumber: 1 }).doses).toEqual({});
  });

  it('stay within the maximum of their group', () => {
    const tree = { id: 'state', children: [{ id: 'east', max: { doses: 100 } }, { id: 'west' }] };
    const sites = { clinic: { group: 'east' }, practice: { group: 'east', ...due(TOMORROW, 2) }, farm: { group: 'east', ...due(TOMORROW, 1) } };
    expect(outcome({ packs: 2, plan: ['now'], sites, policy: { tree } }).packs).toEqual({ clinic: 1, practice: 0, farm: 0 });
  });
});

describe('a hub is rounded up to whole packs', () => {
  const tree = { id: 'state', children: [{ id: 'east', max: { doses: 400 } }, { id: 'west' }] };
  const asking = (asks: Readonly<Record<string, number>>): Week['sites'] => Object.fromEntries(Object.entries(asks).map(([id, requestDoses]) => [id, { group: 'east', requestDoses }]));

  it('only within the maximum of its group', () => {
    const { packs } = outcome({ doseNumber: 1, packs: 5, plan: ['open'], sites: asking({ clinic: 0, office: 20, practice: 90, hospital: 20, surgery: 90, farm: 100 }), policy: { tree } });
    expect(Object.values(packs).reduce((sum, count) => sum + count, 0)).toBe(4); // and up to it
    const shared = outcome({ doseNumber: 1, packs: 4, plan: ['open'], sites: asking({ clinic: 10, office: 20, practice: 80, hospital: 100, surgery: 10 }), policy: { tree: { id: 'state', children: [{ id: 'east', max: { doses: 300 } }] } } });
    expect(shared.doses).toEqual({ clinic: 100, practice: 80, office: 20, hospital: 100, surgery: 0 }); // what one is rounded up by is room that others have not
  });

  it('only where all its sites have what they may have: none is held back by what another lacks of a pack', () => {
    const week: Week = { doseNumber: 1, packs: 4, plan: ['tenth'], sites: { clinic: {}, office: { requestDoses: 60 }, farm: { requestDoses: 100 } } };
    expect(outcome(week).packs).toEqual({ clinic: 0, office: 0, farm: 0 });
    expect(outcome({ ...week, plan: ['open'] }).doses).toEqual({ clinic: 40, office: 60 });
  });

  it.each<[string, number, Readonly<Record<string, number>>, Readonly<Record<string, number>>]>([
    ['for as many as there are packs, those that lack least first', 1, { office: 40, surgery: 30 }, { clinic: 60, office: 40, hospital: 0, surgery: 0 }],
    ['wherever they stand', 1, { office: 30, surgery: 40 }, { clinic: 0, office: 0, hospital: 60, surgery: 40 }],
    ['each for itself, where there are packs for all', 2, { office: 40, surgery: 30 }, { clinic: 60, office: 40, hospital: 70, surgery: 30 }],
  ])('beside others that have begun a pack: %s', (_which, packs, asks, doses) => {
    expect(outcome({ doseNumber: 1, packs, plan: ['open'], sites: asking({ clinic: 0, hospital: 0, ...asks }), policy: { tree } }).doses).toEqual(doses);
  });

  it('beside one of its sites whom no stage gives a weight', () => {
    const sites = { clinic: { requestDoses: 120 }, office: { requestDoses: 50, weight: 0 } };
    expect(outcome({ doseNumber: 1, packs: 5, plan: ['open'], sites }).doses).toEqual({ clinic: 200, office: 0 });
  });
});

describe('who shares is told from what is left once others share', () => {
  const got = (week: Omit<Week, 'sites'>, sites: Week['sites'], site: string) => { const { doses, packs } = outcome({ ...week, sites }); return doses[site] ?? (packs[site] ?? 0) * 100; };

  it('so that a site which expected a pack of its own, and has none beside those who share, shares too: asking for more costs it nothing', () => {
    const asks = (requestDoses: number) => ({ clinic: { weight: 7, requestDoses: 140 }, office: { weight: 3, requestDoses }, practice: { weight: 3, requestDoses: 40 }, farm: { weight: 6, requestDoses: 90 } });
    expect([50, 200].map((doses) => got({ doseNumber: 1, packs: 2, plan: ['open'] }, asks(doses), 'office'))).toEqual([50, 50]);
  });

  it('but who asks for more may expect a pack of its own no longer: a larger request lowering nothing is no promise (docs/allocation-engine.md, promise 7)', () => {
    const asks = (requestDoses: number) => ({ clinic: { weight: 8, requestDoses: 80 }, office: { weight: 6, requestDoses }, practice: { weight: 3, requestDoses: 110 }, farm: { weight: 6, requestDoses: 140 } });
    expect([180, 220].map((doses) => got({ doseNumber: 1, packs: 3, plan: ['open'] }, asks(doses), 'office'))).toEqual([100, 80]);
  });
});

describe('a hub that no policy names', () => {
  it('is no full group of the policy either: vials that were promised make it one', () => {
    const sites = [{ id: 'clinic', requestDoses: 0, line: { ...PACK_FOR_BOTH.line, mostDoses: 0 } }, { id: 'office', requestDoses: 0, ...VIALS_OF_CLINIC }, { id: 'farm', requestDoses: 200 }];
    const inputs = smallInputs({ packs: 3, sites });
    const policy = smallPolicy({});
    const [clinic] = allocated({ ...inputs, supply: inputs.supply.map((line) => ({ ...line, vialDoses: 10 })) }, policy).awards.filter(({ siteId }) => siteId === 'clinic');
    if (clinic === undefined) throw new Error('no award');
    expect(clinic.explanation).toContainEqual({ kind: 'group-limit', micro: 0, node: 'hub clinic', limitDoses: 100 });
    expect(whyInBrief(clinic, policy)).toBe('all that it and the sites it shares packs with may have');
    expect(awardInWords(clinic, policy)).toContain('All that it and the sites that share by the vial with it may have in whole packs is used up: 100 doses.');
  });
});

describe('hubs that can bring nothing', () => {
  const known = ['clinic', 'office', 'practice', 'surgery'];

  it.each<[string, { hub: string; members: string[] }[], string[]]>([
    ['are none where every site is known and no hub shares another\'s', [{ hub: 'clinic', members: ['office'] }, { hub: 'practice', members: ['surgery'] }], []],
    ['are those that nobody knows', [{ hub: 'clinik', members: ['office', 'surgery'] }], ['Hub clinik (is clinic meant?) is no site that this run knows: office, surgery get nothing by the vial.']],
    ['are those whose sites nobody knows', [{ hub: 'clinic', members: ['office', 'nobody'] }], ['Hub clinic is to share with nobody, which this run does not know.']],
    ['are those in a chain', [{ hub: 'clinic', members: ['office'] }, { hub: 'office', members: ['surgery'] }], ['office shares packs of clinic and is a hub itself, of surgery: in one week it is one or the other.']],
  ])('%s', (_which, hubs, words) => {
    expect(strangeHubs(hubs, known)).toEqual(words);
  });
});

describe('vials promised out of a hub\'s packs', () => {
  const promised = (office: Partial<SmallSite>, doses = 10) => {
    const sites = [{ id: 'clinic', ...PACK_FOR_BOTH }, { id: 'office', ...office, line: { vials: [{ hub: 'clinic', packDoses: 100, doses }], ...office.line } }];
    const inputs = smallInputs({ packs: 3, sites });
    return findFaults({ ...inputs, supply: inputs.supply.map((line) => ({ ...line, vialDoses: 10 })) }, smallPolicy({ hubs: HUBS }));
  };

  it.each<[string, Partial<SmallSite>, number, RegExp[]]>([
    ['within its packs are no fault', {}, 10, []],
    ['of more than its packs are', {}, 110, [/^site office: 110 doses .* from hub clinic, which was promised too few packs for them$/]],
    ['in parts of vials are', {}, 15, [/not whole vials/]],
    ['in another group are', { group: 'elsewhere' }, 10, [/in another group/]],
    ['beside packs of the site\'s own are', { fixedPacks: 1 }, 10, [/packs of its own: it is one or the other/]],
  ])('%s', (_which, office, doses, faults) => {
    const told = promised(office, doses).filter((fault) => fault.includes('by the vial'));
    expect(told).toEqual(faults.map((fault) => expect.stringMatching(fault)));
  });
});

describe('packs that a hub was promised', () => {
  it.each<[string, Week, Record<string, number>]>([
    ['give who was promised vials of them those, and others theirs', { doseNumber: 1, packs: 1, plan: ['open'], sites: { clinic: PACK_FOR_BOTH, office: VIALS_OF_CLINIC, practice: { requestDoses: 10 } } }, { clinic: 80, office: 10, practice: 10 }],
    ['and are more than the share of all give the others their share', { doseNumber: 1, packs: 2, plan: ['open'], sites: { clinic: { fixedPacks: 2 }, practice: { requestDoses: 10 } } }, { clinic: 190, practice: 10 }],
    ['and are more than the share of all are as many as they were', { doseNumber: 1, packs: 3, plan: ['open'], sites: { clinic: { fixedPacks: 2 }, practice: { requestDoses: 10 } } }, { clinic: 190, practice: 10 }],
    ['are no more for what rounding owes it, though its sites have second doses due that no stage serves', { packs: 2, plan: ['open'], debts: { clinic: 50_000_000, office: -50_000_000 }, sites: { clinic: { requestDoses: 10, fixedPacks: 1 }, office: { requestDoses: 100 }, practice: due(TOMORROW, 91) } }, { clinic: 100, practice: 0 }],
  ])('%s', (_which, week, doses) => {
    expect(outcome(week).doses).toEqual(doses);
  });
});

describe('packs of a hub that are taken back', () => {
  it('end the vials that others took of them, and the draft says how many', () => {
    const inputs = smallInputs({ packs: 1, sites: [{ id: 'farm' }] });
    const pool = { product: PRODUCT, doseNumber: 1, packDoses: 100, awardId: 'w', runId: 'run_1' };
    const takenBack = [{ ...pool, siteId: 'clinic', packs: 2, arrivedDoses: 0, onTheWayDoses: 0, kind: 'accepted' as const }];
    const vials = (siteId: string, doses: number) => ({ ...pool, siteId, week: '2021-02-08', hub: 'clinic', doses });
    const said = (endedVials: ReturnType<typeof vials>[], unanswered: ReturnType<typeof vials>[] = []) => promisesInWords(inputs, allocated(inputs, smallPolicy({})), 'ordered', { takenBack, endedVials, unanswered }).join(' ');
    expect(said([vials('office', 30), vials('practice', 20)])).toContain('With them end 50 doses that 2 sites took of them by the vial.');
    expect(said([])).not.toContain('by the vial');
    expect(said([], [vials('office', 30)])).toMatch(/What was accepted of everything else stays, but for vials that no hub has answered for\. It does not keep 30 doses that 1 site took by the vial/);
  });
});

import { runInputsSchema } from '../../functions/allocations/domain/inputs.ts';
import { connecticutFebruary, connecticutMarch, orderOnDemand } from '../../functions/allocations/domain/policy/connecticut.ts';
import { PRODUCT, WEEK, smallPolicy } from './allocation.ts';
import { seededRandom } from './seeded-random.ts';
import type { RunInputs, RunInputsDocument } from '../../functions/allocations/domain/inputs.ts';
import type { Policy, PolicyDocument } from '../../functions/allocations/domain/policy/policy.ts';

/** Weeks whose whole outcome is pinned for an engine version. They never change: what they give tells one engine from another. */
export interface PinnedWeek {
  readonly inputs: RunInputs;
  readonly policy: Policy;
}

type SiteDocument = RunInputsDocument['sites'][number];
const OTHER = '80777-0273-10';
const LEAVES = ['east-1', 'east-2', 'west-1', 'west-2'] as const;
const SECOND: PolicyDocument['stages'][number] = { id: 'due', kind: 'second-doses', withinWeeks: 2, doseNumbers: [2] };
const OPEN: PolicyDocument['stages'][number] = { id: 'open', kind: 'open', weight: 'population' };
const MIXED = { rule: 'mixed-packs' as const, reason: 'two sizes of pack are shipped' };
const DUE_DAYS = ['2021-02-05', '2021-02-09', '2021-02-16', '2021-03-09'];

/** Sixteen sites with every figure a rule may read, in four groups. */
const sitesOf = (seed: number, group: (at: number) => string, packDoses: number): SiteDocument[] => {
  const random = seededRandom(seed);
  const upTo = (most: number): number => Math.floor(random() * (most + 1));
  return Array.from({ length: 16 }, (_, at) => ({
    siteId: `site-${at}`, group: group(at), tags: upTo(2) === 0 ? ['priority'] : [], suspended: at === 7,
    weights: { population: 1 + upTo(900), elders: upTo(90) }, throughputDoses: 200 + upTo(800), smallestClinicDoses: 50 + upTo(200), priorityResidentsPermille: upTo(1_000),
    rooms: [{ kinds: ['freezer'], doses: 300 + upTo(1_200) }, { kinds: ['freezer', 'refrigerator'], doses: 900 + upTo(1_800) }],
    lines: [PRODUCT, OTHER].flatMap((product, place) => [1, 2].map((doseNumber) => ({
      product, doseNumber, requestDoses: upTo(1_400), ...(at % 5 === 2 && doseNumber === 2 && { requestIs: 'due' as const }), onHandDoses: upTo(90), inTransitDoses: upTo(60), storedIn: place === 0 ? ['freezer'] : ['freezer', 'refrigerator'],
      due: doseNumber === 1 ? [] : DUE_DAYS.map((day) => ({ day, doses: upTo(160) })),
      use: ['2021-01-24', '2021-01-31'].map((week) => ({ week, availableDoses: 400, givenDoses: upTo(400), givenAtMostDoses: 100 + upTo(300) })),
      fixed: doseNumber === 1 && upTo(5) === 0 ? [{ packDoses, packs: 1 }] : [],
    }))),
  }));
};

const byLeaf = (at: number): string => LEAVES[at % LEAVES.length] ?? 'east-1';
const byPriority = (at: number): string => (at % 3 === 0 ? 'priority-zips' : 'elsewhere');
/** Debts of neighbours that cancel each other out. */
const debtsOf = (doseNumber: number, packDoses: number): RunInputsDocument['debts'] =>
  [0, 2, 4].flatMap((at) => [1, -1].map((sign, place) => ({ siteId: `site-${at + place}`, product: PRODUCT, doseNumber, packDoses, micro: sign * (11_000_000 + at * 9_000_001) })));

const weekOf = (seed: number, supply: RunInputsDocument['supply'], { group = byLeaf, more = {} }: { group?: (at: number) => string; more?: Partial<RunInputsDocument> } = {}): RunInputs => {
  const packDoses = supply.at(-1)?.packDoses ?? 100;
  return runInputsSchema.parse({ schema: 1, week: WEEK, supply, sites: sitesOf(seed, group, packDoses), debts: debtsOf(1, packDoses), ...more });
};
const pools = (packs: readonly [number, number], packDoses = 100, more: object = {}) =>
  [PRODUCT, OTHER].flatMap((product) => packs.map((count, at) => ({ product, doseNumber: at + 1, packDoses, packs: count, ...more })));

const TREE: PolicyDocument['tree'] = {
  id: 'state',
  children: [
    { id: 'east', max: { share: '45%' }, children: [{ id: 'east-1', max: { share: '20%' } }, { id: 'east-2' }] },
    { id: 'west', min: { share: '30%' }, children: [{ id: 'west-1' }, { id: 'west-2', min: { doses: 300 } }] },
  ],
};
const treed = (stages: PolicyDocument['stages'], more: Partial<PolicyDocument> = {}): Policy => smallPolicy({ tree: TREE, stages: [{ id: 'floors', kind: 'floors', weight: 'population', doseNumbers: [1] }, ...stages], ...more });
const plain: PolicyDocument['tree'] = { id: 'state', children: LEAVES.map((id) => ({ id })) };

/** Sites whose two figures cap them at the same doses; debts near a pack, of a site that left, and of packs that changed. */
const endings = (): RunInputs => {
  const week = weekOf(11, pools([90, 0]));
  const debt = (siteId: string, micro: number, packDoses = 100) => ({ siteId, product: PRODUCT, doseNumber: 1, packDoses, micro });
  return {
    ...week,
    sites: week.sites.map((site) => ({ ...site, lines: site.lines.map((line) => ({ ...line, fixed: [], storageDoses: 240, beyondUseDoses: 240 })) })),
    debts: [debt('site-1', 96_000_000), debt('site-2', -96_000_000), debt('site-5', 71_000_000), debt('gone', -51_000_000), debt('site-9', -20_000_000), debt('site-3', 40_000_000, 60), debt('site-4', -40_000_000, 60)],
  };
};

/** Sites of hubs that keep one product by the vial only, in a refrigerator, for as many doses as they give in days. */
const inRefrigerators = (week: RunInputs, members: readonly string[]): RunInputs => ({
  ...week,
  sites: week.sites.map((site) => (members.includes(site.siteId) ? {
    ...site,
    rooms: [{ kinds: ['freezer'], doses: 0 }, { kinds: ['freezer', 'refrigerator'], doses: 160 }],
    lines: site.lines.map((line) => (line.product === PRODUCT ? { ...line, fixed: [], byVial: { storedIn: ['freezer', 'refrigerator'], beyondUseDoses: 90 } } : line)),
  } : site)),
});

/** Second doses, few a site, at hubs and those who share with them, of one product enough and of one too few; one hub was promised a pack, of which another site has vials. */
const dueAtHubs = (week: RunInputs): RunInputs => ({
  ...week,
  supply: week.supply.map((line) => (line.product === PRODUCT && line.doseNumber === 2 ? { ...line, packs: 9 } : line)),
  sites: week.sites.map((site) => ({
    ...site,
    lines: site.lines.map((line) => ({
      ...line,
      requestDoses: Math.floor(line.requestDoses / 12),
      due: line.due.map((row) => ({ ...row, doses: Math.floor(row.doses / 7) })),
      fixed: [],
      ...(line.doseNumber === 2 && site.siteId === 'site-1' && { fixed: [{ packDoses: 100, packs: 1, othersDoses: 60 }] }),
      ...(line.doseNumber === 2 && site.siteId === 'site-5' && { vials: [{ hub: 'site-1', packDoses: 100, doses: 60 }] }),
    })),
  })),
});

export const PINNED_WEEKS: Readonly<Record<string, PinnedWeek>> = {
  'February: over and above, second doses': { inputs: weekOf(1, pools([31, 11]), { group: byPriority }), policy: connecticutFebruary },
  'March: a guarantee, a second dose short': { inputs: weekOf(2, pools([29, 5]), { group: byPriority }), policy: connecticutMarch },
  'plenty, on demand': { inputs: weekOf(3, pools([300, 90]), { group: () => 'state' }), policy: orderOnDemand },
  'nested bounds, tiers, reserves': {
    inputs: weekOf(4, pools([37, 0])),
    policy: treed([
      { id: 'elders', kind: 'tier', weight: { elders: 3, population: 1 }, share: '20%', limit: 'elders', from: '2021-02-10' },
      { id: 'crossing', kind: 'reserve', reserve: 'minimum-guarantee', share: '25%', group: { tag: 'priority' }, weight: 'elders' },
      { ...OPEN, counting: 'total' },
      { id: 'more', kind: 'reserve', reserve: 'over-and-above', share: '12%', group: { node: 'west-1' }, weight: 'population', unused: 'held' },
    ].map((stage) => (stage.kind === 'tier' ? { ...stage, counting: 'total' } : stage)) as PolicyDocument['stages'], { declares: [{ rule: 'crossing-group', reason: 'priority sites lie in every county' }] }),
  },
  'every cap, packs set aside': {
    inputs: weekOf(5, pools([60, 6])),
    policy: treed([SECOND, { ...OPEN, doseNumbers: [1] }], {
      secondDoses: { setAsideWeeks: 2 },
      caps: [
        { kind: 'throughput', weeks: 2 }, { kind: 'storage' }, { kind: 'beyond-use' }, { kind: 'days-of-stock', days: 10 }, { kind: 'share-of-supply', share: '15%' },
        { kind: 'use-it-or-lose-it', threshold: '70%', weeks: 2 },
      ],
      declares: [{ rule: 'shared-throughput', reason: 'one staff gives all products' }],
    }),
  },
  'debts that end, supply that stays': {
    inputs: endings(),
    policy: smallPolicy({
      tree: { id: 'state', children: [{ id: 'east-1', max: { doses: 500 } }, { id: 'east-2' }, { id: 'west-1' }, { id: 'west-2' }] },
      stages: [{ id: 'tier', kind: 'tier', weight: 'population', group: { node: 'east-2' }, limit: 'elders' }, { ...OPEN, group: { node: 'east-1' } }, { ...OPEN, id: 'rest', weight: 'elders', group: { node: 'west-1' } }],
      caps: [{ kind: 'beyond-use' }, { kind: 'storage' }],
    }),
  },
  'a person decided': {
    inputs: weekOf(6, pools([25, 0]), { more: { overrides: [{ siteId: 'site-3', product: PRODUCT, doseNumber: 1, packDoses: 100, packs: 0, reason: 'the van is being mended' }] } }),
    policy: smallPolicy({ tree: plain, stages: [OPEN] }),
  },
  'two pack sizes': {
    inputs: weekOf(8, [{ product: PRODUCT, doseNumber: 1, packDoses: 450, packs: 7 }, { product: PRODUCT, doseNumber: 1, packDoses: 100, packs: 14 }]),
    policy: smallPolicy({ tree: plain, stages: [OPEN], declares: [MIXED] }),
  },
  'smallest clinics': {
    inputs: weekOf(9, pools([14, 0], 50)),
    policy: smallPolicy({ tree: plain, stages: [OPEN], minimums: [{ kind: 'smallest-clinic' }], declares: [{ rule: 'all-or-nothing', reason: 'a clinic is not opened for ten people' }] }),
  },
  'packs released, some promised': {
    inputs: weekOf(12, pools([2, 46])),
    policy: smallPolicy({ tree: plain, stages: [{ id: 'due', kind: 'second-doses', withinWeeks: 1 }, { ...OPEN, doseNumbers: [1] }], secondDoses: 'release' }),
  },
  'vials in refrigerators, for days': {
    inputs: inRefrigerators(weekOf(13, pools([14, 6], 100, { vialDoses: 10 })), ['site-4', 'site-8', 'site-5']),
    policy: smallPolicy({ tree: plain, stages: [SECOND, OPEN], caps: [{ kind: 'storage' }, { kind: 'beyond-use' }], hubs: [{ hub: 'site-0', members: ['site-4', 'site-8'] }, { hub: 'site-1', members: ['site-5', 'site-9'] }] }),
  },
  'second doses due at hubs': {
    inputs: dueAtHubs(weekOf(14, pools([3, 14], 100, { vialDoses: 10 }))),
    policy: smallPolicy({ tree: plain, stages: [{ ...SECOND, id: 'now', withinWeeks: 1 }, SECOND, OPEN], hubs: [{ hub: 'site-0', members: ['site-4', 'site-8'] }, { hub: 'site-1', members: ['site-5', 'site-9'] }, { hub: 'site-2', members: ['site-6', 'site-10'] }] }),
  },
  'hubs by the vial': {
    inputs: weekOf(10, pools([12, 0], 100, { vialDoses: 10 })),
    policy: smallPolicy({ tree: plain, stages: [OPEN], hubs: [{ hub: 'site-0', members: ['site-4', 'site-8'] }, { hub: 'site-1', members: ['site-5', 'site-9'] }] }),
  },
};

import { describe, expect, it } from '@jest/globals';
import { allocate } from '../../functions/allocations/domain/allocate.ts';
import { makeEarlierAwards } from '../../functions/allocations/gather-site.ts';
import { awardIdOf, awardItem, awardKey, type AwardItem } from '../../shared/published/award.ts';
import { addsUp } from '../../functions/allocations/domain/explain/explain.ts';
import { ownDoses } from '../../functions/allocations/domain/own-doses.ts';
import { publicTableOf } from '../../functions/allocations/domain/explain/public-table.ts';
import { shortLines } from '../../functions/allocations/domain/explain/short-lines.ts';
import { whatWouldChange } from '../../functions/allocations/domain/explain/what-if.ts';
import { whyInBrief } from '../../functions/allocations/domain/words/brief.ts';
import { awardInWords } from '../../functions/allocations/domain/words/words.ts';
import { PRODUCT, allocated, packsOf, smallInputs, smallPolicy } from '../support/allocation.ts';
import type { RunInputs } from '../../functions/allocations/domain/inputs.ts';

const POOL = { product: PRODUCT, doseNumber: 1, packDoses: 100 };
const HUB = smallPolicy({ hubs: [{ hub: 'clinic', members: ['office', 'practice', 'hospital'] }] });
const byVial = (inputs: RunInputs, vialDoses = 10): RunInputs => ({
  ...inputs,
  supply: inputs.supply.map((line) => ({ ...line, vialDoses })),
});

describe('a hub', () => {
  const inputs = byVial(
    smallInputs({
      packs: 10,
      sites: [
        { id: 'clinic', weight: 25 },
        { id: 'office', weight: 3, requestDoses: 60 },
        { id: 'practice', weight: 6, requestDoses: 500 },
        { id: 'hospital', weight: 40 },
        { id: 'pharmacy', weight: 26 },
      ],
    }),
  );
  const run = allocated(inputs, HUB);

  it('takes packs for sites that expect under one and shares them by the vial, to the last vial', () => {
    expect(packsOf(run)).toEqual({ clinic: 3, office: 0, practice: 0, hospital: 4, pharmacy: 3 });
    expect(run.hubShares?.map(({ siteId, vials, doses }) => [siteId, vials, doses])).toEqual([
      ['clinic', 24, 240],
      ['practice', 5, 50],
      ['office', 1, 10],
    ]);
  });

  it('says so on its own award and on theirs, in lines that add up to the packs of each', () => {
    expect(run.awards.every(addsUp)).toBe(true);
    const words = (siteId: string) =>
      run.awards.filter((award) => award.siteId === siteId).flatMap((award) => awardInWords(award, HUB));
    expect(words('clinic')).toEqual([
      'clinic: 3 packs of 100 = 300 doses of Pfizer-BioNTech 12+ (purple), dose 1; it asked for 1,000.',
      '250 doses as its share of the open pool: open.',
      '10 doses less, because packs are not opened; 10 doses are owed to it next week.',
      '60 doses more, which it takes for other sites and sends them by transfer, by the vial: office 10 doses, practice 50 doses.',
    ]);
    expect(words('office')).toEqual([
      'office: 10 doses by the vial from clinic of Pfizer-BioNTech 12+ (purple), dose 1; it asked for 60.',
      '30 doses as its share of the open pool: open.',
      '20 doses less, because packs are not opened; 20 doses are owed to it next week.',
      '10 doses of this come by transfer from clinic, its hub, by the vial: there is nothing to order, and the transfer is counted when it comes.',
    ]);
  });

  it('counts what a site gets by the vial at that site: in brief, and in the list of short sites', () => {
    const ofOffice = run.awards.find(({ siteId }) => siteId === 'office');
    expect(ofOffice && whyInBrief(ofOffice, HUB)).toBe('10 doses by the vial from hub clinic');
    expect(run.awards.reduce((sum, award) => sum + ownDoses(award), 0)).toBe(run.awards.reduce((sum, { doses }) => sum + doses, 0));
    const asks = (site: RunInputs['sites'][number]) => (site.siteId === 'clinic' ? { ...site, lines: site.lines.map((line) => ({ ...line, requestDoses: 1_040 })) } : site);
    const full = allocated({ ...inputs, sites: inputs.sites.map(asks), supply: inputs.supply.map((line) => ({ ...line, packs: 40 })) }, HUB);
    const short = shortLines(full.awards).map(({ award, lineDoses }) => [award.siteId, lineDoses]);
    expect(ownDoses(full.awards.find(({ siteId }) => siteId === 'office') ?? { doses: 0, explanation: [] })).toBe(60);
    expect(short.map(([siteId]) => siteId)).not.toContain('office');
  });

  it('counts it in the public table where the site lies', () => {
    const smalls = ['office', 'practice', 'surgery'];
    const drawn = byVial(smallInputs({ packs: 10, sites: [['clinic', 40], ['hospital', 30], ['pharmacy', 30], ...smalls.map((id) => [id, 7])].map(([id, weight]) => ({ id: String(id), weight: Number(weight) })) }));
    const placed = { ...drawn, sites: drawn.sites.map((site) => ({ ...site, county: 'one', town: smalls.includes(site.siteId) ? 'small' : 'large' })) };
    const policy = smallPolicy({ hubs: [{ hub: 'clinic', members: smalls }] });
    const told = allocated(placed, policy);
    const vials = told.hubShares?.filter(({ siteId }) => smalls.includes(siteId)).reduce((sum, { doses }) => sum + doses, 0) ?? 0;
    expect(vials).toBeGreaterThan(0);
    expect(publicTableOf(placed, policy, told).pools[0]?.counties[0]?.towns).toEqual([{ name: 'large', doses: 1_000 - vials }, { name: 'small', doses: vials }]);
  });

  it('does not stand in the way of a product whose vials nobody told: its sites get their own packs of it', () => {
    const { vialDoses: _unknown, ...line } = inputs.supply[0] ?? { product: PRODUCT, doseNumber: 1, packDoses: 100, packs: 10 };
    const plain = allocated({ ...inputs, supply: [line] }, HUB);
    expect(plain.hubShares).toBeUndefined();
    expect(packsOf(plain)).toEqual(packsOf(allocated({ ...inputs, supply: [line] }, smallPolicy({}))));
  });

  it('says what would have changed vials by the vial: a little more weight is some vials more, no pack', () => {
    const weight = whatWouldChange(inputs, HUB, { siteId: 'office', ...POOL })?.find(({ change }) => change.kind === 'weight');
    expect(weight).toMatchObject({ packs: 0, packsAfter: 0, doses: 10, dosesAfter: 30 });
    expect(weight?.change.kind === 'weight' && weight.change.morePercent).toBeLessThan(100);
  });

  it('leaves sites that expect a pack of their own to themselves', () => {
    expect(run.hubShares?.some((row) => row.siteId === 'hospital')).toBe(false);
  });

  it('gives nothing of its own to sites when it is suspended itself', () => {
    const sites = inputs.sites.map((site) => (site.siteId === 'clinic' ? { ...site, suspended: true } : site));
    expect(allocated({ ...inputs, sites }, HUB).hubShares).toBeUndefined();
  });

  it('shares again what an override gives it, each site told the reason', () => {
    const reason = 'a second team for the week';
    const more = allocated(
      {
        ...inputs,
        overrides: [
          { ...POOL, siteId: 'hospital', packs: 3, reason },
          { ...POOL, siteId: 'clinic', packs: 4, reason },
        ],
      },
      HUB,
    );
    expect(more.hubShares?.reduce((sum, row) => sum + row.doses, 0)).toBe(400);
    expect(more.awards.every(addsUp)).toBe(true);
    expect(more.debts).toEqual(run.debts);
    for (const packs of [0, 1]) {
      expect(allocate({ ...inputs, overrides: [{ ...POOL, siteId: 'office', packs, reason }] }, HUB)).toMatchObject({
        kind: 'infeasible',
        rules: expect.arrayContaining([expect.stringContaining(`override of office: ${packs} pack`), expect.stringMatching(/gets its doses by the vial, out of the packs of its hub, clinic$/)]) as unknown,
      });
    }
  });

  it('keeps packs it has ordered, laid to those who can use them', () => {
    const sites = inputs.sites.map((site) =>
      site.siteId === 'clinic'
        ? { ...site, lines: site.lines.map((line) => ({ ...line, fixed: [{ packDoses: 100, packs: 5 }] })) }
        : site,
    );
    const kept = allocated({ ...inputs, sites }, HUB);
    expect(packsOf(kept).clinic).toBe(5);
    expect(kept.hubShares?.reduce((sum, row) => sum + row.doses, 0)).toBe(500);
    expect(kept.awards.every(addsUp)).toBe(true);
  });

  it.each([
    [
      'packs that are not whole vials',
      byVial(smallInputs({ packs: 1, sites: [{ id: 'clinic' }, { id: 'office' }] }), 15),
      /not whole vials/,
    ],
  ])('refuses %s', (_name, wrong, message) => {
    expect(() => allocate(wrong, HUB)).toThrow(message);
  });

  it('refuses sites of another group, and a policy that names a site twice or gives all or nothing', () => {
    const tree = { id: 'state', children: [{ id: 'east' }, { id: 'west' }] };
    const apart = byVial(
      smallInputs({
        packs: 1,
        sites: [
          { id: 'clinic', group: 'east' },
          { id: 'office', group: 'west' },
        ],
      }),
    );
    expect(() => allocate(apart, { ...HUB, tree })).toThrow(/another group/);
    expect(() =>
      smallPolicy({
        hubs: [
          { hub: 'a', members: ['b'] },
          { hub: 'c', members: ['b'] },
        ],
      }),
    ).toThrow(/named twice/);
    expect(() => smallPolicy({ hubs: [{ hub: 'a', members: ['b', 'a'] }] })).toThrow(/site a is the hub itself, which is no member of its own/);
    expect(() => smallPolicy({ hubs: [{ hub: 'a', members: ['a'] }] })).toThrow(/^(?![^]*named twice)/);
    const declares = [{ rule: 'all-or-nothing' as const, reason: 'clinics have a smallest size' }];
    expect(() =>
      smallPolicy({ declares, minimums: [{ kind: 'smallest-clinic' }], hubs: [{ hub: 'a', members: ['b'] }] }),
    ).toThrow(/one or the other/);
  });
});

describe('a site that expects under a pack', () => {
  const base = byVial(smallInputs({ packs: 10, sites: [{ id: 'clinic', weight: 25 }, { id: 'office', weight: 3, requestDoses: 60 }, { id: 'practice', weight: 6, requestDoses: 500 }, { id: 'hospital', weight: 66 }] }));
  type Site = RunInputs['sites'][number];
  const withClinic = (change: (site: Site) => Site, inputs = base): RunInputs => ({ ...inputs, sites: inputs.sites.map((site) => (site.siteId === 'clinic' ? change(site) : site)) });
  const ofClinic = (more: Partial<Site['lines'][number]>) => (site: Site): Site => ({ ...site, lines: site.lines.map((line) => ({ ...line, ...more })) });
  const noVials = { ...base, supply: base.supply.map(({ vialDoses: _unknown, ...line }) => line) };

  it.each<[string, string, RegExp, RunInputs]>([
    ['did not ask', 'not-asked', /clinic, its hub, asked for none/, withClinic((site) => ({ ...site, lines: [] }))],
    ['is suspended', 'suspended', /clinic, its hub, is suspended/, withClinic((site) => ({ ...site, suspended: true }))],
    ['can receive on no day', 'no-receiving-day', /clinic, its hub, can take a delivery on no day/, withClinic((site) => ({ ...site, receiving: { days: [], closed: [] } }))],
    ['declined its offer', 'declined', /clinic, its hub, declined its offer of this week/, withClinic(ofClinic({ requestDoses: 0, mostDoses: 0 }))],
    ['cannot share packs of unknown vials', 'vials-unknown', /the doses in their vials are not known/, noVials],
    ['has no room for a pack', 'no-packs', /clinic, its hub, gets no pack/, withClinic(ofClinic({ storageDoses: 90 }))],
  ])('is told so when its hub %s, and not to ask for more', (_name, why, words, inputs) => {
    const policy = { ...HUB, caps: [{ kind: 'storage' as const }] };
    const award = allocated(inputs, policy).awards.find(({ siteId }) => siteId === 'office');
    if (award === undefined) throw new Error('no award');
    expect([award.packs, award.explanation.at(-1)]).toEqual([0, { kind: 'no-hub', micro: 0, hub: 'clinic', why }]);
    expect(awardInWords(award, policy).join('\n')).toMatch(words);
    expect(awardInWords(award, policy).join('\n')).not.toMatch(/ask for at least one/);
    expect(whyInBrief(award, policy)).toMatch(/^expects under a pack, and hub clinic/);
  });

  it.each<[string, number, Partial<Site>, Partial<Site['lines'][number]>]>([
    ['its storage bounds what it takes in for them too', 2, {}, { storageDoses: 250 }],
    ['what it gives a week does not', 3, { throughputDoses: 250 }, {}],
    ['nor more than it said it takes in all', 2, {}, { mostDoses: 200 }],
  ])('gets vials of its hub: %s', (_name, packs, site, line) => {
    const policy = smallPolicy({ hubs: [{ hub: 'clinic', members: ['office', 'practice'] }], caps: [{ kind: 'storage' }, { kind: 'throughput', weeks: 1 }], declares: [{ rule: 'shared-throughput', reason: 'one staff gives all' }] });
    const run = allocated(withClinic((one) => ({ ...ofClinic(line)(one), ...site })), policy);
    expect(packsOf(run)['clinic']).toBe(packs);
    expect(run.hubShares?.filter(({ siteId }) => siteId !== 'clinic').every(({ doses }) => doses > 0)).toBe(true);
  });

  it.each<[string, RegExp, RunInputs, Partial<Parameters<typeof smallPolicy>[0]>]>([
    ['its hub has too few packs', /office: 30 doses of .* from hub clinic, which was promised too few packs/, base, {}],
    ['they are no whole vials', /not whole vials/, withClinic(ofClinic({ fixed: [{ packDoses: 100, packs: 1 }] }), noVials), {}],
    ['the policy gives all or nothing', /all-or-nothing minimums/, withClinic(ofClinic({ fixed: [{ packDoses: 100, packs: 1 }] })), { minimums: [{ kind: 'smallest-clinic' }], declares: [{ rule: 'all-or-nothing', reason: 'clinics have a smallest size' }] }],
  ])('was promised vials: a run that cannot keep them is refused when %s', (_name, message, inputs, policy) => {
    const promised = inputs.sites.map((site) => (site.siteId === 'office' ? { ...site, lines: site.lines.map((line) => ({ ...line, vials: [{ hub: 'clinic', packDoses: 100, doses: 30 }] })) } : site));
    expect(() => allocate({ ...inputs, sites: promised }, smallPolicy(policy))).toThrow(message);
  });
});

describe('second doses that earlier awards cover', () => {
  const name = { week: '2021-03-01', ndc: PRODUCT, doseNumber: 2, packDoses: 100, runId: 'run_1' };
  const awardId = awardIdOf(name);
  const award = (siteId: string, more: Partial<AwardItem>): AwardItem =>
    awardItem.parse({ ...awardKey(siteId, name), ...name, type: 'award', schema: 1, version: 2, awardId, siteId, packs: 0, doses: 40, state: 'accepted', channel: 'jurisdiction', ...more });
  const vials = { hub: 'clinic', vialDoses: 10, outOf: [awardId], leastDoses: 60 };
  const covered = (hub: Partial<AwardItem>, office: Partial<AwardItem> = {}) => {
    const stored: Record<string, AwardItem[]> = {
      clinic: [award('clinic', { packs: 3, doses: 300, members: [{ siteId: 'office', doses: 40 }, { siteId: 'practice', doses: 20 }], leastDoses: 60, ...hub })],
      office: [award('office', { byVial: vials, ...office })],
      practice: [award('practice', { doses: 20, state: 'declined', acceptedDoses: 0, byVial: vials })],
    };
    const earlier = makeEarlierAwards(
      { ordersOf: () => Promise.resolve(new Map()), pointer: () => Promise.resolve(undefined) },
      { awardsBetween: (siteId) => Promise.resolve(stored[siteId] ?? []) },
    );
    return Promise.all(['clinic', 'office', 'practice'].map(async (siteId) => (await earlier(siteId, stored[siteId] ?? [])).reduce((sum, { doses }) => sum + doses, 0)));
  };

  it.each<[string, number[], Partial<AwardItem>, Partial<AwardItem>]>([
    ['count vials where they are given, and at the hub what others declined', [260, 40, 0], {}, {}],
    ['count what was taken of an offer', [290, 10, 0], {}, { state: 'reduced', acceptedDoses: 10 }],
    ['count no vials of packs that the hub declined', [0, 0, 0], { state: 'declined', acceptedDoses: 0 }, {}],
  ])('%s', async (_name, doses, hub, office) => {
    expect(await covered(hub, office)).toEqual(doses);
  });
});

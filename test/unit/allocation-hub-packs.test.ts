import { describe, expect, it } from '@jest/globals';
import { whatWouldChange } from '../../functions/allocations/domain/explain/what-if.ts';
import { runInputsSchema } from '../../functions/allocations/domain/inputs.ts';
import { whyInBrief } from '../../functions/allocations/domain/words/brief.ts';
import { effectInWords } from '../../functions/allocations/domain/words/change.ts';
import { awardInWords } from '../../functions/allocations/domain/words/words.ts';
import { PRODUCT, allocated, packsOf, smallInputs, smallPolicy } from '../support/allocation.ts';
import type { RunInputs } from '../../functions/allocations/domain/inputs.ts';
import type { Policy } from '../../functions/allocations/domain/policy/policy.ts';

const byVial = (inputs: RunInputs): RunInputs => ({ ...inputs, supply: inputs.supply.map((line) => ({ ...line, vialDoses: 10 })) });

describe('second doses due at the sites of a hub', () => {
  const policy = smallPolicy({ hubs: [{ hub: 'clinic', members: ['office', 'practice'] }], stages: [{ id: 'due', kind: 'second-doses', withinWeeks: 2 }, { id: 'open', kind: 'open', weight: 'population', doseNumbers: [1] }] });
  const dueAt = (packs: number, due: Readonly<Record<string, number>>, more: Partial<RunInputs['sites'][number]['lines'][number]> = {}, day = '2021-02-08') =>
    byVial(smallInputs({ packs, doseNumber: 2, sites: Object.entries(due).map(([id, doses]) => ({ id, requestDoses: 100, due: [{ day: id === 'practice' ? day : '2021-02-08', doses }], ...(id === 'clinic' && { line: more }) })) }));
  const sharesOf = (inputs: RunInputs) => {
    const { hubShares = [], awards } = allocated(inputs, policy);
    return { packs: awards.reduce((sum, { packs }) => sum + packs, 0), ...Object.fromEntries(hubShares.map(({ siteId, doses }) => [siteId, doses])) };
  };

  it.each<[string, number, Record<string, number>, Record<string, number>]>([
    ['together under a pack: one pack, what is over stays with the hub', 7, { clinic: 60, office: 20, practice: 8 }, { packs: 1, clinic: 70, office: 20, practice: 10 }],
    ['a pack and some: two', 3, { clinic: 160, office: 20 }, { packs: 2, clinic: 180, office: 20 }],
    ['only at a member', 3, { clinic: 0, office: 20 }, { packs: 1, clinic: 80, office: 20 }],
    ['of one day before a site alone that is due fewer', 1, { clinic: 60, office: 20, practice: 8, hospital: 40 }, { packs: 1, clinic: 70, office: 20, practice: 10 }],
    ['after a site alone that is due more', 1, { clinic: 20, office: 20, hospital: 90 }, { packs: 1, clinic: 0, office: 0 }],
  ])('are served in whole packs as one site\'s are: %s', (_case, packs, due, shares) => {
    expect(sharesOf(dueAt(packs, due))).toEqual(shares);
  });

  it('go by the day inside the packs: who is due earlier has all its vials first', () => {
    expect(sharesOf(dueAt(1, { clinic: 60, office: 30, practice: 50 }, {}, '2021-02-12'))).toEqual({ packs: 1, clinic: 60, office: 30, practice: 10 });
  });

  it('are served first out of packs that a person gives the hub, and nobody is told that they get none', () => {
    const inputs = dueAt(1, { clinic: 60, office: 20, practice: 8, hospital: 95 });
    const override = { product: PRODUCT, doseNumber: 2, packDoses: 100, reason: 'the hospital has some in stock' };
    const run = allocated({ ...inputs, overrides: [{ ...override, siteId: 'hospital', packs: 0 }, { ...override, siteId: 'clinic', packs: 1 }] }, policy);
    expect(run.hubShares?.map(({ siteId, doses }) => [siteId, doses]).sort()).toEqual([['clinic', 70], ['office', 20], ['practice', 10]]);
    expect(run.awards.filter(({ siteId }) => siteId !== 'hospital').flatMap(({ explanation }) => explanation.filter(({ kind }) => kind === 'due-unserved'))).toEqual([]);
  });

  it('of a member are served in its own packs in a week in which its hub declined', () => {
    expect(packsOf(allocated(dueAt(4, { clinic: 60, office: 20, practice: 8 }, { mostDoses: 0 }), policy))).toMatchObject({ office: 1, practice: 1 });
  });

  it('stay within what the hub can store', () => {
    const capped = { ...policy, caps: [{ kind: 'storage' as const }] };
    const { hubShares } = allocated(dueAt(3, { clinic: 90, office: 30 }, { storageDoses: 150 }), capped);
    expect(hubShares?.reduce((sum, { doses }) => sum + doses, 0)).toBe(100);
  });
});

describe('first doses asked for by the sites of a hub, where packs are left', () => {
  const policy = smallPolicy({ hubs: [{ hub: 'clinic', members: ['office'] }] });
  const asking = (clinic: number, office: number) => byVial(smallInputs({ packs: 20, sites: [{ id: 'clinic', weight: 40, requestDoses: clinic }, { id: 'office', weight: 2, requestDoses: office }] }));

  it.each([
    [200, 80, 220, 80],
    [100, 80, 120, 80],
    [210, 90, 210, 90],
    [0, 80, 20, 80],
  ])('are rounded up to packs together, and what is over stays with the hub: %d and %d', (clinic, office, hubs, members) => {
    const run = allocated(asking(clinic, office), policy);
    expect(Object.fromEntries(run.hubShares?.map(({ siteId, doses }) => [siteId, doses]) ?? [])).toEqual({ clinic: hubs, office: members });
    expect(run.leftover[0]).toMatchObject({ reason: 'every-ceiling-reached' });
  });

  it('tells the hub what nobody asked for', () => {
    const award = allocated(asking(200, 80), policy).awards.find(({ siteId }) => siteId === 'clinic');
    expect(award && awardInWords(award, policy)).toContain('20 doses more, which nobody asked for: what it and the sites that share with it asked for is rounded up to whole packs, and what is over stays with it.');
  });
});

describe('doses inside the packs of a hub', () => {
  const policy = smallPolicy({ hubs: [{ hub: 'hub', members: ['few', 'some'] }] });
  const promised = { fixed: [{ packDoses: 100, packs: 1, othersDoses: 60 }], mostDoses: 100 };
  it.each<[string, number, object, object, Record<string, number>]>([
    ['what packs hold beyond all shares (60, 7.2, 15.9) stays with the hub', 600, {}, {}, { hub: 80, few: 10, some: 10 }],
    ['what they hold less than all shares (120, 7.2, 15.9) is taken from all in equal doses, not in proportion', 1_200, {}, {}, { hub: 100, few: 0, some: 0 }],
    ['what a hub reduced to comes out of its own part alone', 1_777, promised, { vials: [{ hub: 'hub', packDoses: 100, doses: 60 }] }, { hub: 40, few: 0, some: 60 }],
  ])('are split so that %s', (_what, weight, hubs, some, shares) => {
    const sites = [{ id: 'hub', weight, line: hubs }, { id: 'few', weight: 72 }, { id: 'some', weight: 159, line: some }, { id: 'big', weight: 10_000 - 231 - weight }];
    const run = allocated(byVial(smallInputs({ packs: 10, sites })), policy);
    expect(Object.fromEntries(run.hubShares?.map(({ siteId, doses }) => [siteId, doses]) ?? [])).toEqual(shares);
  });
});

describe('packs that a hub can keep and its sites cannot', () => {
  const every = ['freezer', 'refrigerator', 'ultra-cold'];
  const noPacks = { storedIn: ['freezer', 'ultra-cold'] };
  const fridge = (doses: number) => ({ rooms: [{ kinds: ['freezer', 'ultra-cold'], doses: 0 }, { kinds: every, doses }] });
  const policy = (caps: Policy['caps']) => smallPolicy({ hubs: [{ hub: 'hospital', members: ['clinic'] }], caps });
  const [storage, beyondUse] = [{ kind: 'storage' } as const, { kind: 'beyond-use' } as const];
  interface Clinic { readonly room: number; readonly days?: number; readonly asks?: number; readonly line?: object }
  const asking = ({ room, days, asks = 200, line }: Clinic) =>
    byVial(smallInputs({
      packs: 4,
      sites: [
        { id: 'hospital', weight: 10, requestDoses: 300, more: { rooms: [{ kinds: ['freezer', 'ultra-cold'], doses: 900 }] }, line: noPacks },
        { id: 'clinic', weight: 8, requestDoses: asks, more: fridge(room), line: { ...noPacks, byVial: { storedIn: every, ...(days !== undefined && { beyondUseDoses: days }) }, ...line } },
      ],
    }));
  const clinicOf = (inputs: RunInputs, caps: Policy['caps']) => {
    const run = allocated(inputs, policy(caps));
    const award = run.awards.find(({ siteId }) => siteId === 'clinic');
    return { doses: run.hubShares?.find(({ siteId }) => siteId === 'clinic')?.doses, packs: award?.packs, words: award ? awardInWords(award, policy(caps)) : [], why: award && whyInBrief(award) };
  };

  it.each<[string, Clinic, Policy['caps'], number]>([
    ['by what it asked for', { room: 500, days: 400 }, [storage], 180],
    ['by what it gives in the days its refrigerator keeps them', { room: 500, days: 75 }, [storage], 70],
    ['by the same under a cap of beyond-use alone', { room: 500, days: 75, asks: 90 }, [beyondUse], 70],
    ['by the same under both', { room: 500, days: 75 }, [storage, beyondUse], 70],
    ['by the room of its refrigerator', { room: 45, days: 75 }, [storage, beyondUse], 40],
    ['by its room alone, where what it gives is not known', { room: 120 }, [storage, beyondUse], 120],
    ['by nothing, where the policy has no such cap', { room: 0, days: 0, asks: 90 }, [], 90],
    ['by what is promised to it in packs of its own: it is no site of a hub', { room: 500, days: 75, line: { fixed: [{ packDoses: 100, packs: 1 }] } }, [storage], 0],
  ])('reach a clinic with a refrigerator by the vial, bounded %s', (_what, clinic, caps, doses) => {
    expect(clinicOf(asking(clinic), caps).doses ?? 0).toBe(doses);
  });

  it('reach it in no pack of its own: without the hub it has nothing, and with one nothing beyond its hub\'s', () => {
    expect(packsOf(allocated(asking({ room: 500 }), smallPolicy({ caps: [storage] })))).toEqual({ hospital: 3, clinic: 0 });
    expect(clinicOf(asking({ room: 500 }), [storage]).packs).toBe(0);
  });

  it('are told with the days that bound, and what another cap would have changed', () => {
    const inputs = asking({ room: 500, days: 75, asks: 90 });
    const told = clinicOf(inputs, [storage]);
    expect(told.words).toContain("It can have no more than 75 doses: what it gives in the days that its units keep vials out of a hub's pack, less what it has.");
    expect(told.why).toMatch(/^70 doses by the vial from hub hospital/);
    const effects = whatWouldChange(inputs, policy([storage]), { siteId: 'clinic', product: PRODUCT, doseNumber: 1, packDoses: 100 }) ?? [];
    expect(effects.map((effect) => effectInWords(effect, 100))).toContain('Without the limit by its storage: 90 doses instead of 70.');
  });

  it('do not blame the hub where the clinic can keep not one vial', () => {
    const none = clinicOf(asking({ room: 4, days: 75 }), [storage]);
    expect([none.doses, none.words.at(-1)]).toEqual([0, 'It can have no more than 4 doses: what its storage can still hold.']);
  });

  it('of a second product share the refrigerator, the one shared out first taking its part', () => {
    const week = asking({ room: 100, days: 400 });
    const other = { product: '59676-0580-05', doseNumber: 1, packDoses: 50, packs: 1 };
    const sites = week.sites.map((site) => (site.siteId === 'clinic' ? { ...site, rooms: [...(site.rooms ?? []), { kinds: ['refrigerator'], doses: 100 }], lines: [...site.lines, { product: other.product, doseNumber: 1, requestDoses: 50, storedIn: ['refrigerator'] }] } : site));
    const inputs = runInputsSchema.parse({ ...week, sites, supply: [...week.supply, other] });
    const run = allocated(inputs, policy([storage]));
    const vials = run.hubShares?.find(({ siteId }) => siteId === 'clinic')?.doses ?? 0;
    const packs = run.awards.find(({ siteId, product }) => siteId === 'clinic' && product === other.product)?.packs;
    expect([vials, packs]).toEqual([100, 0]);
  });

  it('stay promised in the refrigerator that they are promised to lie in', () => {
    const promised = { fixed: [], vials: [{ hub: 'hospital', packDoses: 100, doses: 40 }] };
    const inputs = asking({ room: 60, days: 400, line: promised });
    const sites = inputs.sites.map((site) => (site.siteId === 'hospital' ? { ...site, lines: site.lines.map((line) => ({ ...line, fixed: [{ packDoses: 100, packs: 3, othersDoses: 40 }] })) } : site));
    expect(clinicOf({ ...inputs, sites }, [storage]).doses).toBe(60);
  });
});

import { describe, expect, it } from '@jest/globals';
import { awardInWords } from '../../functions/allocations/domain/words/words.ts';
import { PRODUCT, allocated, packsOf, smallInputs, smallPolicy } from '../support/allocation.ts';
import type { RunInputs } from '../../functions/allocations/domain/inputs.ts';

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

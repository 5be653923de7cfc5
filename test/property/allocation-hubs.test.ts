import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { allocate } from '../../functions/allocations/domain/allocate.ts';
import { canonicalJson } from '../../functions/allocations/domain/canonical.ts';
import { addsUp } from '../../functions/allocations/domain/explain/explain.ts';
import { ownDoses } from '../../functions/allocations/domain/own-doses.ts';
import { KINDS, instanceOf } from '../support/allocation-arbitrary.ts';
import { allocated, packsOf, smallInputs, smallPolicy } from '../support/allocation.ts';
import type { Allocated } from '../../functions/allocations/domain/allocation.ts';
import type { RunInputs } from '../../functions/allocations/domain/inputs.ts';
import type { Instance } from '../support/allocation-arbitrary.ts';

const byVial = (inputs: RunInputs): RunInputs => ({ ...inputs, supply: inputs.supply.map((line) => ({ ...line, vialDoses: 10 })) });

/** Any small instance in which the first site of each leaf is the hub of the others there. */
const withHubs = ({ inputs, policy }: Instance): Instance => {
  const leaves = Map.groupBy(inputs.sites, (site) => site.group);
  const hubs = [...leaves.values()].flatMap((sites) => {
    const [hub, ...members] = sites.map((site) => site.siteId);
    return hub !== undefined && members.length > 0 ? [{ hub, members }] : [];
  });
  return { inputs: byVial(inputs), policy: { ...policy, hubs } };
};

describe('hubs under every kind of policy', () => {
  it('share exactly the packs they get, keep supply, bounds, debts and explanations, whatever the order of rows', () => {
    let shared = 0;
    fc.assert(
      fc.property(
        fc.constantFrom(...KINDS).chain((kind) => instanceOf(kind)),
        (instance) => {
          const { inputs, policy } = withHubs(instance);
          const run = allocate(inputs, policy);
          if (run.kind !== 'allocated') return;
          for (const [hub, rows] of Map.groupBy(run.hubShares ?? [], (row) => row.hub)) {
            shared += 1;
            const award = run.awards.find((item) => item.siteId === hub);
            expect(rows.reduce((sum, row) => sum + row.doses, 0)).toBe(award?.doses);
            expect(rows.every((row) => row.vials >= 0 && row.doses === row.vials * 10)).toBe(true);
            const dueOf = (siteId: string) => inputs.sites.find((site) => site.siteId === siteId)?.lines.flatMap(({ due }) => due).reduce((sum, { doses }) => sum + doses, 0) ?? 0;
            const askedBy = (siteId: string) => Math.max(run.awards.find((item) => item.siteId === siteId)?.requestDoses ?? 0, Math.ceil(dueOf(siteId) / 10) * 10); // a request is no ceiling for doses due
            for (const row of rows.filter(({ siteId }) => siteId !== hub)) expect(row.doses).toBeLessThanOrEqual(askedBy(row.siteId));
            const all = rows.reduce((sum, { siteId }) => sum + askedBy(siteId), 0);
            expect(award?.doses).toBeLessThanOrEqual(Math.ceil(all / 100) * 100); // rounded up to a pack, and what is over stays with the hub
          }
          expect(run.awards.reduce((sum, award) => sum + award.packs, 0)).toBeLessThanOrEqual(inputs.supply[0]?.packs ?? 0);
          expect(run.awards.every(addsUp)).toBe(true);
          expect(run.debts.reduce((sum, row) => sum + row.micro, 0)).toBe(0);
          expect(run.debts.every((row) => Math.abs(row.micro) <= 100_000_000)).toBe(true);
          expect(canonicalJson(allocate({ ...inputs, sites: inputs.sites.toReversed() }, policy))).toBe(canonicalJson(run));
        },
      ),
      { numRuns: 400, seed: 251 },
    );
    expect(shared).toBeGreaterThan(100);
  });
});

describe('a hub beside none', () => {
  const GROUP = { hubs: [{ hub: 's0', members: ['s1', 's2'] }] };
  const figures = fc.array(fc.integer({ min: 0, max: 24 }).map((tens) => tens * 10), { minLength: 4, maxLength: 4 });
  const weights = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 4, maxLength: 4 });
  const dosesOf = (run: Allocated) => new Map(run.awards.map((award) => [award.siteId, ownDoses(award)]));

  it('serves second doses that are due whenever packs are left, and of its own those due earliest first, whatever was asked for', () => {
    const [DUE, OPEN] = [{ id: 'due', kind: 'second-doses', withinWeeks: 2 } as const, { id: 'open', kind: 'open', weight: 'population' } as const];
    const policies = [[DUE], [DUE, OPEN], [OPEN, DUE]].map((stages) => smallPolicy({ ...GROUP, stages }));
    const [early, late] = ['2021-02-05', '2021-02-12'];
    const seen = { left: 0, shared: 0, late: 0 };
    const doses = fc.array(fc.integer({ min: 0, max: 130 }), { minLength: 4, maxLength: 4 });
    fc.assert(
      fc.property(fc.constantFrom(...policies), fc.integer({ min: 0, max: 9 }), doses, doses, figures, weights, (policy, packs, now, soon, asked, weighs) => {
        const sites = weighs.map((weight, at) => ({ id: `s${at}`, weight, requestDoses: asked[at] ?? 0, due: [{ day: early, doses: now[at] ?? 0 }, { day: late, doses: soon[at] ?? 0 }] }));
        const run = allocated(byVial(smallInputs({ packs, doseNumber: 2, sites })), policy);
        const got = dosesOf(run);
        const isLeft = (run.leftover[0]?.packs ?? 0) > 0;
        if (isLeft) seen.left += 1;
        sites.forEach(({ id }, at) => { if (isLeft) expect(got.get(id)).toBeGreaterThanOrEqual((now[at] ?? 0) + (soon[at] ?? 0)); });
        const rows = run.hubShares ?? [];
        const isShort = policy === policies[0] && rows.some(({ siteId, doses: given }) => given + 10 <= (now[Number(siteId.slice(1))] ?? 0));
        for (const { siteId, doses: given } of rows) {
          const due = now[Number(siteId.slice(1))] ?? 0;
          if (isShort) expect(given).toBeLessThan(due + 20); // nobody has doses for the later day while one of the earlier is missing, but for parts of vials
          seen.shared += 1;
          if (isShort) seen.late += 1;
        }
        expect(run.awards.every(addsUp)).toBe(true);
      }),
      { numRuns: 600, seed: 91 },
    );
    expect(Math.min(seen.left, seen.shared, seen.late)).toBeGreaterThan(50);
  });

  it('has every member that asked for doses either share its packs or have a pack of its own', () => {
    let [sharing, own, nothing] = [0, 0, 0];
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 9 }), figures, weights, (packs, asked, weighs) => {
        const sites = weighs.map((weight, at) => ({ id: `s${at}`, weight, requestDoses: asked[at] ?? 0 }));
        const run = allocated(byVial(smallInputs({ packs, doseNumber: 1, sites })), smallPolicy({ ...GROUP, stages: [{ id: 'open', kind: 'open', weight: 'population' }] }));
        for (const { id } of sites.slice(1, 3).filter(({ requestDoses }) => requestDoses > 0)) {
          if (run.hubShares?.some(({ siteId }) => siteId === id)) sharing += 1;
          else if ((packsOf(run)[id] ?? 0) > 0) own += 1;
          else nothing += 1;
        }
      }),
      { numRuns: 1_000, seed: 93 },
    );
    expect(nothing).toBe(0);
    expect(Math.min(sharing, own)).toBeGreaterThan(200);
  });

  it('leaves no pack in supply while a site of any hub lacks what it asked for', () => {
    const hubs = [{ hub: 's0', members: ['s1'] }, { hub: 's2', members: ['s3'] }, { hub: 's4', members: ['s5'] }, { hub: 's6', members: ['s7'] }];
    const asks = fc.array(fc.oneof(fc.integer({ min: 0, max: 9 }), fc.integer({ min: 10, max: 24 })).map((tens) => tens * 10), { minLength: 8, maxLength: 8 });
    const seen = { left: 0, used: 0 };
    fc.assert(
      fc.property(asks, fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 8, maxLength: 8 }), fc.integer({ min: 1, max: 9 }), (asked, weighs, packs) => {
        const sites = weighs.map((weight, at) => ({ id: `s${at}`, weight, requestDoses: asked[at] ?? 0 }));
        const run = allocated(byVial(smallInputs({ packs, sites })), smallPolicy({ hubs }));
        const isLeft = (run.leftover[0]?.packs ?? 0) > 0;
        seen[isLeft ? 'left' : 'used'] += 1;
        if (isLeft) for (const { siteId, doses } of run.hubShares ?? []) expect(doses).toBeGreaterThanOrEqual(asked[Number(siteId.slice(1))] ?? 0);
      }),
      { numRuns: 200, seed: 93 },
    );
    expect(Math.min(seen.left, seen.used)).toBeGreaterThan(30);
  });

  it.each<[string, number, Parameters<typeof smallPolicy>[0]['stages'] & object]>([
    ['of first doses', 1, [{ id: 'open', kind: 'open', weight: 'population' }]],
    ['of second doses, some of them due', 2, [{ id: 'due', kind: 'second-doses', withinWeeks: 2 }, { id: 'open', kind: 'open', weight: 'population' }]],
    ['of second doses, some of them due after the rest', 2, [{ id: 'open', kind: 'open', weight: 'population' }, { id: 'due', kind: 'second-doses', withinWeeks: 2 }]],
  ])('loses no site anything that it would have alone, where there are packs for all: %s', (_which, doseNumber, stages) => {
    let [shared, more] = [0, 0];
    const due = fc.array(fc.constantFrom(0, 0, 20, 70, 130), { minLength: 4, maxLength: 4 });
    fc.assert(
      fc.property(figures, weights, due, (asked, weighs, isDue) => {
        const sites = weighs.map((weight, at) => ({
          id: `s${at}`, weight, requestDoses: asked[at] ?? 0, due: doseNumber > 1 ? [{ day: '2021-02-12', doses: isDue[at] ?? 0 }] : [],
        }));
        const inputs = byVial(smallInputs({ packs: 40, doseNumber, sites }));
        const [joined, alone] = [allocated(inputs, smallPolicy({ ...GROUP, stages })), allocated(inputs, smallPolicy({ stages }))];
        if (joined.hubShares) shared += 1;
        for (const [siteId, doses] of dosesOf(alone)) {
          const wanted = Math.max(...sites.filter(({ id }) => id === siteId).flatMap((site) => [site.requestDoses, ...site.due.map((row) => row.doses)]));
          expect(dosesOf(joined).get(siteId)).toBeGreaterThanOrEqual(Math.min(doses, wanted)); // what alone its pack has beyond that, nobody wanted
          if (doses < (dosesOf(joined).get(siteId) ?? 0)) more += 1;
        }
        expect(joined.debts.every(({ micro }) => micro === 0)).toBe(true);
      }),
      { numRuns: 200, seed: 92 },
    );
    expect(Math.min(shared, more)).toBeGreaterThan(50);
  });
});

describe('a week with hubs drafted again with the same supply', () => {
  /** The inputs once hubs at some places took their packs whole, and some of those who share them took their vials; the rest is on offer. */
  const answered = ({ inputs, policy }: Instance, run: Allocated, picks: readonly number[]): Instance => {
    const shares = run.hubShares ?? [];
    const isTaken = (siteId: string): boolean => (picks[inputs.sites.findIndex((site) => site.siteId === siteId) % picks.length] ?? 0) > 0;
    const promised = (siteId: string): Partial<RunInputs['sites'][number]['lines'][number]> => {
      const [own, award] = [shares.find((row) => row.siteId === siteId), run.awards.find((row) => row.siteId === siteId)];
      if (own !== undefined && own.hub !== siteId) return isTaken(siteId) && isTaken(own.hub) && own.doses > 0 ? { vials: [{ hub: own.hub, packDoses: 100, doses: own.doses }] } : {};
      const othersDoses = shares.filter((row) => row.hub === siteId && row.siteId !== siteId).reduce((sum, { doses }) => sum + doses, 0);
      return isTaken(siteId) && award !== undefined && award.packs > 0 ? { fixed: [{ packDoses: 100, packs: award.packs, ...(othersDoses > 0 && { othersDoses }) }] } : {};
    };
    return { policy, inputs: { ...inputs, sites: inputs.sites.map((site) => ({ ...site, lines: site.lines.map((line) => ({ ...line, ...promised(site.siteId) })) })) } };
  };
  /** Two hubs, each with two small sites, and two large ones, under a policy with a reserve for one group or without. */
  const small = fc.integer({ min: 1, max: 9 });
  const asked = fc.integer({ min: 1, max: 90 }).map((tens) => tens * 10);
  const families: fc.Arbitrary<Instance> = fc
    .record({ packs: fc.integer({ min: 2, max: 24 }), weights: fc.array(small, { minLength: 8, maxLength: 8 }), requests: fc.array(asked, { minLength: 8, maxLength: 8 }), hasReserve: fc.boolean() })
    .map(({ packs, weights, requests, hasReserve }) => {
      const sites = weights.map((weight, at) => ({ id: `s${at}`, group: at < 4 ? 'east' : 'west', weight: at % 4 === 1 || at % 4 === 2 ? weight : weight * 8, requestDoses: requests[at] ?? 0 }));
      const reserve = { id: 'r', kind: 'reserve' as const, reserve: 'minimum-guarantee' as const, share: '1/2', group: { node: 'west' }, weight: 'population' };
      const stages = [...(hasReserve ? [reserve] : []), { id: 'open', kind: 'open' as const, weight: 'population' }];
      return { inputs: smallInputs({ packs, sites }), policy: smallPolicy({ tree: { id: 'state', children: [{ id: 'east' }, { id: 'west' }] }, stages }) };
    });
  const always = (check: (instance: Instance, run: Allocated, again: Instance) => void) => {
    fc.assert(
      fc.property(fc.oneof({ weight: 3, arbitrary: families }, fc.constantFrom(...KINDS).chain((kind) => instanceOf(kind))), fc.array(fc.nat({ max: 2 }), { minLength: 8, maxLength: 8 }), (drawn, picks) => {
        const instance = withHubs(drawn);
        const run = allocate(instance.inputs, instance.policy);
        if (run.kind === 'allocated') check(instance, run, answered(instance, run, picks));
      }),
      { numRuns: Number(process.env['ALLOCATION_HUB_CASES'] ?? 300), seed: 77 },
    );
  };
  const dosesOf = (run: Allocated) => Object.fromEntries(run.awards.map((award) => [award.siteId, ownDoses(award)]));

  it('comes out the same, whoever of hubs and their sites answered: to the vial, debts too', () => {
    let vials = 0;
    always((_instance, run, again) => {
      vials += again.inputs.sites.filter(({ lines }) => lines.some((line) => (line.vials ?? []).length > 0)).length;
      const after = allocated(again.inputs, again.policy);
      expect(packsOf(after)).toEqual(packsOf(run));
      expect(dosesOf(after)).toEqual(dosesOf(run));
      expect(after.debts).toEqual(run.debts);
    });
    expect(vials).toBeGreaterThan(100);
  });

  it('keeps every pack and every vial that was promised when supply is halved, and never gives more vials than the hub has', () => {
    let kept = 0;
    always((_instance, _run, { inputs, policy }) => {
      const fixed = inputs.sites.reduce((sum, { lines }) => sum + (lines[0]?.fixed[0]?.packs ?? 0), 0);
      const after = allocate({ ...inputs, supply: inputs.supply.map((line) => ({ ...line, packs: Math.max(fixed, Math.floor(line.packs / 2)) })) }, policy);
      if (after.kind !== 'allocated') return; // bounds in shares of supply may clash with what is promised
      expect(after.awards.reduce((sum, { packs }) => sum + packs, 0)).toBeLessThanOrEqual(Math.max(fixed, Math.floor((inputs.supply[0]?.packs ?? 0) / 2)));
      const [packs, doses] = [packsOf(after), dosesOf(after)];
      for (const { siteId, lines } of inputs.sites) {
        expect(packs[siteId] ?? 0).toBeGreaterThanOrEqual(lines[0]?.fixed[0]?.packs ?? 0);
        const [promised] = lines[0]?.vials ?? [];
        if (promised === undefined) continue;
        kept += 1;
        expect(doses[siteId]).toBeGreaterThanOrEqual(promised.doses);
        expect(after.awards.find((award) => award.siteId === siteId)?.explanation).toContainEqual({ kind: 'from-hub', hub: promised.hub, micro: -(doses[siteId] ?? 0) * 1_000_000 });
      }
      for (const [hub, rows] of Map.groupBy(after.hubShares ?? [], (row) => row.hub)) expect(rows.reduce((sum, row) => sum + row.doses, 0)).toBe((packs[hub] ?? 0) * 100);
      expect(after.awards.every(addsUp)).toBe(true);
    });
    expect(kept).toBeGreaterThan(100);
  });
});

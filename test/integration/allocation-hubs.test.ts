import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { PutCommand } from '@aws-sdk/lib-dynamodb';
import { addDays } from '../../shared/kernel/dates.ts';
import { hubGroup as group, hubSites as sites, janssen, openAllocationDesk, type AllocationDesk, type DeskAward } from '../support/allocation-desk.ts';

let desk: AllocationDesk;
beforeAll(async () => {
  desk = await openAllocationDesk('hubs', sites);
});
afterAll(() => desk.stop());

/** Of the sites with a hub, one that a run gives nothing. */
const emptyHanded = async (runId: string): Promise<string> => {
  for (const siteId of ['sit_ivy', 'sit_oak']) if ((await awardOf(siteId, runId)) === undefined) return siteId;
  throw new Error('both were given something');
};

/** A week with ten packs of 100 (vials of 5), in which everybody asks for more than their share, but who is said otherwise. */
const openWeek = async (asks: Record<string, number> = {}, packs = 10): Promise<string> => {
  desk.nextWeek();
  await desk.supply(packs);
  for (const { siteId } of sites) if (asks[siteId] !== 0) await desk.ask(siteId, asks[siteId] ?? 1_000);
  return desk.published();
};
const awardOf = async (siteId: string, runId: string): Promise<DeskAward | undefined> => (await desk.awardsOf(siteId)).find(({ awardId }) => awardId.endsWith(runId));
const offerTo = async (siteId: string, runId: string): Promise<DeskAward> => {
  const award = await awardOf(siteId, runId);
  if (award === undefined) throw new Error(`no offer to ${siteId}`);
  return award;
};
const taken = async (siteId: string, runId: string): Promise<DeskAward> => {
  const award = await offerTo(siteId, runId);
  const { status, text } = await desk.answer(award, { answer: 'accept' });
  if (status !== 200) throw new Error(text);
  return { ...award, version: award.version + 1 };
};
const read = async (siteId: string, runId: string): Promise<{ body: Record<string, unknown>; words: string }> => {
  const { awardId } = await offerTo(siteId, runId);
  const { body } = await desk.asClinic({ route: 'GET /sites/{siteId}/awards/{awardId}', params: { siteId, awardId }, now: desk.inWeek() });
  return { body, words: (body['words'] as string[]).join('\n') };
};
const explained = async (siteId: string): Promise<{ words: string[]; explanation: { kind: string; micro: number }[] }> => {
  const { body } = await desk.asClinic({ route: 'GET /sites/{siteId}/allocations/{week}', params: { siteId, week: desk.week() }, now: desk.inWeek() });
  return (body['awards'] as { words: string[]; explanation: { kind: string; micro: number }[] }[])[0] ?? { words: [], explanation: [] };
};

/** What the hub has to send in its week. */
const toSend = async (now = desk.inWeek()) => (await desk.asClinic({ route: 'GET /sites/{siteId}/allocations/{week}/vials-to-send', params: { siteId: 'sit_hub', week: desk.week() }, now })).body['items'] as { toSiteId: string; awardId: string; doses: number; sentDoses: number; state: string; words: string }[];

describe('Sites that expect under a pack', () => {
  it('are offered their vials by offers of their own, and the hub is told whose its packs are', async () => {
    const runId = await openWeek();
    const [hub, ivy, oak] = [await read('sit_hub', runId), await read('sit_ivy', runId), await read('sit_oak', runId)];
    const members = hub.body['members'] as { siteId: string; doses: number }[];
    expect(members.map(({ siteId }) => siteId).sort()).toEqual(['sit_ivy', 'sit_oak']);
    expect([ivy.body['packs'], oak.body['packs']]).toEqual([0, 0]);
    for (const { siteId, doses } of members) expect((await offerTo(siteId, runId)).doses).toBe(doses);
    expect(Number(ivy.body['doses']) % 5).toBe(0);
    expect(hub.body['leastDoses']).toBe(Number(ivy.body['doses']) + Number(oak.body['doses']));
    expect(hub.words).toMatch(/sends them by transfer, by the vial: .*sit_ivy \d+ doses, .*sit_oak \d+ doses/);
    expect(hub.words).toMatch(/or decline it, and their offers end/);
    expect(ivy.words).toMatch(/come by transfer from .*sit_hub.*nothing to order/);
    expect(ivy.body).toMatchObject({ byVial: { hub: 'sit_hub', vialDoses: 5, outOf: [hub.body['awardId']] }, nextMoves: ['accept', 'reduce', 'decline'], state: 'offered' });
    const all = await Promise.all(sites.map(({ siteId }) => awardOf(siteId, runId)));
    expect(all.reduce((sum, award) => sum + (award?.packs ?? 0), 0)).toBe(10);
  });

  it('take whole vials of them, order nothing against them, and leave what they decline with the hub, which is told', async () => {
    const runId = await openWeek();
    const [ivy, oak] = [await offerTo('sit_ivy', runId), await offerTo('sit_oak', runId)];
    expect((await desk.answer(oak, { answer: 'reduce', doses: oak.doses - 3 })).text).toMatch(/multiple of the vial of 5/);
    expect((await desk.answer(oak, { answer: 'reduce', doses: oak.doses - 5 })).status).toBe(200);
    expect((await desk.answer(ivy, { answer: 'decline', reason: 'no staff' })).status).toBe(200);
    const { body } = await read('sit_hub', runId);
    expect((body['memberAnswers'] as string[]).sort()).toEqual([
      expect.stringMatching(new RegExp(`sit_ivy declined its ${ivy.doses} doses: they stay with this site`)),
      expect.stringMatching(new RegExp(`sit_oak takes ${oak.doses - 5} of its ${oak.doses} doses: the rest stays with this site`)),
    ]);
    await taken('sit_hub', runId);
    expect((await desk.order(oak)).text).toMatch(/by the vial: its hub sends the doses by transfer/);
    expect((await desk.order(await offerTo('sit_hub', runId))).status).toBe(201);
    const next = await desk.published();
    expect(await awardOf('sit_ivy', next)).toBeUndefined();
    expect(await awardOf('sit_oak', next)).toBeUndefined();
    expect((await read('sit_oak', runId)).body['state']).toBe('reduced');
  });

  it('keep what they took when the week is drafted again, and are offered it again while they did not answer', async () => {
    const runId = await openWeek();
    const [hub, oak] = [await taken('sit_hub', runId), await taken('sit_oak', runId)];
    const ivy = await offerTo('sit_ivy', runId);
    const next = await desk.published();
    expect([await awardOf('sit_hub', next), await awardOf('sit_oak', next)]).toEqual([undefined, undefined]);
    const again = await read('sit_ivy', next);
    expect(again.body).toMatchObject({ doses: ivy.doses, state: 'offered', byVial: { outOf: [hub.awardId], leastDoses: ivy.doses + oak.doses } });
    expect((await read('sit_ivy', runId)).body['state']).toBe('lapsed');
    expect((await desk.answer(await offerTo('sit_ivy', next), { answer: 'accept' })).status).toBe(200);
    expect((await read('sit_oak', runId)).body['state']).toBe('accepted');
  });
});

describe('A hub', () => {
  it('takes no fewer packs than hold what others have of them, and is offered no more than it took, for others either', async () => {
    const runId = await openWeek();
    expect((await desk.answer(await offerTo('sit_hub', runId), { answer: 'reduce', doses: 100 })).status).toBe(200);
    await taken('sit_oak', runId);
    await desk.changeSupply(40);
    expect(await awardOf('sit_hub', await desk.published())).toBeUndefined();
    expect((await read('sit_oak', runId)).body['state']).toBe('accepted');

    const small = await openWeek({ sit_hub: 50, sit_big: 2_000 }, 12);
    const { body } = await read('sit_hub', small);
    const [leastDoses, doses] = [Number(body['leastDoses']), Number(body['doses'])];
    expect([leastDoses > 100, doses]).toEqual([true, 200]);
    const refused = await desk.answer(await offerTo('sit_hub', small), { answer: 'reduce', doses: 100 });
    expect([refused.status, refused.text]).toEqual([422, expect.stringContaining(`must be 200 at least: ${leastDoses} doses of these packs are for other sites by the vial`)]);
  });

  it('that declines is offered nothing for others in the week, and they are told', async () => {
    const runId = await openWeek();
    const [hub, oak, ivy] = [await offerTo('sit_hub', runId), await taken('sit_oak', runId), await offerTo('sit_ivy', runId)];
    expect((await desk.answer(hub, { answer: 'decline', reason: 'freezer broke' })).status).toBe(200);
    expect(await toSend()).toEqual([]);
    expect((await desk.answer(ivy, { answer: 'accept' })).text).toMatch(/These doses ended: .*declined the packs they come out of/);
    const shown = await read('sit_oak', runId);
    expect([shown.body['state'], shown.words]).toEqual(['withdrawn', expect.stringMatching(/These doses ended: .*declined/)]);
    expect((await read('sit_ivy', runId)).body).toMatchObject({ state: 'lapsed', nextMoves: [] });
    const next = await desk.published();
    expect(await awardOf('sit_hub', next)).toBeUndefined();
    expect((await explained(await emptyHanded(next))).words.join('\n')).toMatch(/its hub, declined its offer of this week/);
    expect(oak.state).toBe('offered');
  });

  it('that asked for nothing brings its sites nothing, and they are told so', async () => {
    const { words, explanation } = await explained(await emptyHanded(await openWeek({ sit_hub: 0 })));
    expect(explanation).toContainEqual({ kind: 'no-hub', micro: 0, hub: 'sit_hub', why: 'not-asked' });
    expect(words.join('\n')).toMatch(/its hub, asked for none of these doses/);
    expect(words.join('\n')).not.toMatch(/ask for at least one/);
  });

  it('whose order is cancelled ends what others took of it', async () => {
    const runId = await openWeek();
    await taken('sit_oak', runId);
    const placed = await desk.order(await taken('sit_hub', runId));
    expect((await read('sit_oak', runId)).body['state']).toBe('accepted');
    await desk.cancel('sit_hub', String(placed.body['orderId']));
    expect((await read('sit_oak', runId)).words).toMatch(/its order was cancelled/);
    const next = await desk.published();
    expect((await awardOf('sit_oak', next))?.doses).toBeGreaterThan(0);
  });

  it('that ordered its packs keeps them through a cut, and those who share them keep theirs', async () => {
    const runId = await openWeek();
    const oak = await taken('sit_oak', runId);
    await desk.order(await taken('sit_hub', runId));
    await taken('sit_big', runId);
    await desk.changeSupply(5);
    const next = await desk.published({ keep: 'ordered' });
    expect((await read('sit_big', runId)).body['state']).toBe('withdrawn');
    expect((await read('sit_oak', runId)).body['state']).toBe('accepted');
    const [more, hub] = [(await awardOf('sit_oak', next))?.doses ?? 0, await offerTo('sit_hub', runId)];
    expect(oak.doses + more + ((await awardOf('sit_ivy', next))?.doses ?? 0)).toBeLessThanOrEqual(hub.doses);
  });
});

describe('What a hub has to send', () => {
  it('is told by receiver, once it has the packs and they answered; a transfer that names the award is counted as sent', async () => {
    const runId = await openWeek();
    const [ivy, oak] = [await offerTo('sit_ivy', runId), await taken('sit_oak', runId)];
    expect((await toSend()).every(({ state }) => state === 'unanswered')).toBe(true);
    await taken('sit_hub', runId);
    expect((await toSend()).map(({ toSiteId, state, doses }) => [toSiteId, state, doses])).toEqual([['sit_ivy', 'unanswered', ivy.doses], ['sit_oak', 'to-send', oak.doses]]);
    const Item = (id: string, doses: number, more: object) => ({ pk: 'SITE#sit_oak', sk: `TRANSFER#${id}`, type: 'transfer', transferId: id, fromSiteId: 'sit_hub', toSiteId: 'sit_oak', ndc: janssen, doses, state: 'on-its-way', sentAt: desk.inWeek(), ...more });
    const send = async (id: string, doses: number, more: object): Promise<unknown> => desk.suite.dynamo.send(new PutCommand({ TableName: desk.suite.tables['INVENTORY_TABLE'], Item: Item(id, doses, more) }));
    await send('t1', 5, { awardId: oak.awardId });
    await send('t2', oak.doses, {});
    expect((await toSend())[1]).toMatchObject({ state: 'to-send', sentDoses: 5, words: expect.stringContaining('5 are sent') as unknown });
    await send('t3', oak.doses - 5, { awardId: oak.awardId, ndc: '59267-1000-01' });
    expect((await toSend())[1]).toMatchObject({ state: 'to-send', sentDoses: 5 });
    await send('t3', oak.doses - 5, { awardId: oak.awardId });
    expect((await toSend())[1]).toMatchObject({ state: 'sent', sentDoses: oak.doses });
    await send('t4', 6, { awardId: oak.awardId });
    expect((await toSend())[1]).toMatchObject({ state: 'sent', words: expect.stringContaining('and 6 more than that') as unknown });
    await send('t5', 20, { awardId: oak.awardId, state: 'received', missing: 5, suspect: 15 });
    expect((await toSend())[1]).toMatchObject({ sentDoses: oak.doses + 6 });
    expect((await toSend(`${addDays(desk.week(), 6)}T15:00:00.000Z`))[0]).toMatchObject({ toSiteId: 'sit_ivy', state: 'lapsed', words: expect.stringContaining('they stay with this site') as unknown });
  });
});

describe('A hub that cannot be', () => {
  it('is refused where a standing names it, with who is meant', async () => {
    const set = async (siteId: string, hub: string) => {
      const { version } = await desk.asAnn({ route: 'GET /sites/{siteId}/standing', params: { siteId } });
      const { status, text } = await desk.asAnn({ route: 'PUT /sites/{siteId}/standing', params: { siteId }, body: { group, weights: { population: 600 }, hub }, ifMatch: version ?? 0 });
      return [status, text];
    };
    expect(await set('sit_oak', 'sit_hup')).toEqual([422, expect.stringContaining('is no enrolled site; is sit_hub meant?')]);
    expect(await set('sit_oak', 'sit_oak')).toEqual([422, expect.stringContaining('is the site itself')]);
    expect(await set('sit_oak', 'sit_ivy')).toEqual([422, expect.stringContaining('has a hub itself, sit_hub')]);
    expect(await set('sit_hub', 'sit_big')).toEqual([422, expect.stringContaining('this site is the hub of 2 sites, sit_ivy among them')]);
    expect((await set('sit_oak', 'sit_hub'))[0]).toBe(200);
  });

  it('is told in the notes of a draft where a policy names it', async () => {
    await openWeek();
    const policy = {
      schema: 1, id: 'my-own', version: 1, title: 'My own', tree: { id: 'connecticut', children: [{ id: 'priority-zips' }, { id: group }] }, stages: [{ id: 'open', kind: 'open', weight: 'population' }],
      hubs: [{ hub: 'sit_nobody', members: ['sit_ivy'] }, { hub: 'sit_hub', members: ['sit_oka'] }],
    };
    const notesOf = async (hubs: object[]): Promise<unknown> => (await desk.draft({ policy: { ...policy, hubs } })).body['notes'] ?? [];
    expect(await notesOf(policy.hubs)).toEqual([
      'Hub sit_nobody is no site that this run knows: sit_ivy gets nothing by the vial.',
      'Hub sit_hub is to share with sit_oka (is sit_oak meant?), which this run does not know.',
    ]);
    expect(await notesOf([{ hub: 'sit_hub', members: ['sit_oak'] }])).toEqual([]);
  });
});

describe('What is asked of a run', () => {
  const pool = { ndc: janssen, doseNumber: '1', packDoses: '100' };
  it('says of each award whose its doses are, so that they add up without reading lines', async () => {
    const runId = await openWeek();
    const { body } = await desk.asAnn({ route: 'GET /allocation-runs/{runId}/awards', params: { runId } });
    const rows = body['items'] as { siteId: string; packs: number; doses: number; byVial?: { hub: string; doses: number }; members?: { siteId: string; doses: number }[] }[];
    const hub = rows.find(({ siteId }) => siteId === 'sit_hub');
    for (const siteId of ['sit_ivy', 'sit_oak']) {
      const { doses } = await offerTo(siteId, runId);
      expect(rows.find((row) => row.siteId === siteId)).toMatchObject({ packs: 0, doses: 0, byVial: { hub: 'sit_hub', doses } });
      expect(hub?.members).toContainEqual({ siteId, doses });
    }
    expect(rows.find(({ siteId }) => siteId === 'sit_big')).not.toHaveProperty('members');
  });

  it('counts vials: what would have changed them, two runs side by side, and an override', async () => {
    const runId = await openWeek({ sit_oak: 30 });
    const whatIf = (await desk.asAnn({ route: 'GET /allocation-runs/{runId}/what-if', params: { runId }, query: { siteId: 'sit_oak', ...pool } })).body;
    const effects = whatIf['effects'] as { change: { kind: string }; doses?: number; dosesAfter?: number; words: string }[];
    const request = effects.find(({ change }) => change.kind === 'request');
    const { doses } = await offerTo('sit_oak', runId);
    expect(request).toMatchObject({ doses });
    expect(request?.dosesAfter).toBeGreaterThan(doses);
    expect(request?.words).toMatch(new RegExp(`\\d+ doses instead of ${doses}\\.`));
    const draft = (body: object) => desk.draft(body);
    const overrides = [{ siteId: 'sit_oak', ndc: janssen, doseNumber: 1, packDoses: 100, packs: 1, reason: 'a clinic of its own' }];
    expect((await draft({ overrides })).text).toMatch(/gets its doses by the vial, out of the packs of its hub/);
    const more = await draft({ overrides: [{ ...overrides[0], siteId: 'sit_hub', packs: 50 }] });
    expect(more.text).toMatch(/at most \d+ packs of 100: what it and the sites that share its packs by the vial can take/);
    await desk.changeSupply(12);
    const other = String((await draft({})).body['runId']);
    const compared = (await desk.asAnn({ route: 'GET /allocation-runs/{runId}/differences', params: { runId }, query: { with: other } })).body;
    const ivy = (compared['items'] as { siteId: string; awards: { packsBefore: number; packsAfter: number; dosesGained: number; words: string }[] }[]).find(({ siteId }) => siteId === 'sit_ivy');
    expect(ivy?.awards[0]).toMatchObject({ packsBefore: 0, packsAfter: 0, words: expect.stringMatching(/by the vial, \d+ doses (more|less)/) as unknown });
    expect(Math.abs((ivy?.awards[0]?.dosesGained ?? 0) % 5)).toBe(0);
    expect(ivy?.awards[0]?.dosesGained).not.toBe(0);
  });
});

describe('A site that took less by the vial', () => {
  it('is offered no more than it took by the drafts that follow, though its hub did not answer and what it took ended', async () => {
    const runId = await openWeek();
    const oak = await offerTo('sit_oak', runId);
    await desk.answer(oak, { answer: 'reduce', doses: 20 });
    const [offered, notes]: [number[], unknown[]] = [[], []];
    for (let drafts = 0; drafts < 3; drafts += 1) {
      const { body } = await desk.run();
      notes.push(body['notes']);
      offered.push((await awardOf('sit_oak', String(body['runId'])))?.doses ?? 0);
    }
    expect(notes).toEqual([[expect.stringMatching(/^It does not keep 20 doses that 1 site took by the vial before their hub answered/)], undefined, undefined]);
    expect([oak.doses > 20, Math.min(...offered) > 0, Math.max(...offered) <= 20]).toEqual([true, true, true]);
  });
});

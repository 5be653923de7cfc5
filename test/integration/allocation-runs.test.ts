import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { differencesText, runsText, runText, siteText, type AskedRun, type ShownDifferences, type ShownRun, type ShownSite } from '../../cli/lab/print-runs.ts';
import { janssen, openAllocationDesk, type AllocationDesk } from '../support/allocation-desk.ts';
import type { Answer } from '../support/api.ts';

const sites = [
  { siteId: 'sit_a', group: 'priority-zips', population: 1_000, city: 'Hartford', county: '09003' },
  { siteId: 'sit_b', group: 'elsewhere', population: 2_000, city: 'Avon', county: '09003' },
  { siteId: 'sit_c', group: 'elsewhere', population: 3_000, city: 'Avon', county: '09003' },
  { siteId: 'sit_d', group: 'elsewhere', population: 4_000, city: 'Avon', county: '09003' },
];
const pool = { ndc: janssen, doseNumber: 1, packDoses: 100 };
const poolQuery = { ndc: janssen, doseNumber: '1', packDoses: '100' };
const reason = 'mass clinic moved to the fairground';

let desk: AllocationDesk;
beforeAll(async () => {
  desk = await openAllocationDesk('allocation-runs', sites);
});
afterAll(() => desk.stop());
beforeEach(() => { desk.nextWeek(); });

const asked = async (packs: number, doses = 1_000): Promise<void> => {
  await desk.supply(packs);
  for (const { siteId } of sites) await desk.ask(siteId, doses);
};
type Line = { kind: string; micro: number; reason?: string };
type RunAward = { siteId: string; packs: number; doses: number; requestDoses: number; explanation: Line[]; words: string[] };
const awardsOfRun = async (runId: string, query: Record<string, string> = {}): Promise<RunAward[]> =>
  (await desk.asAnn({ route: 'GET /allocation-runs/{runId}/awards', params: { runId }, query })).body['items'] as RunAward[];
const errorsOf = ({ body }: Answer): { path: string; message: string }[] => (body['errors'] ?? []) as { path: string; message: string }[];

describe('an override by a person', () => {
  it('stands in the award with its reason, is replayed with the run, and moves no other award', async () => {
    await asked(12);
    const plain = await awardsOfRun(String((await desk.draft()).body['runId']));
    const runId = await desk.published({ overrides: [{ siteId: 'sit_d', ...pool, packs: 1, reason }] });
    const awards = await awardsOfRun(runId);
    const moved = awards.filter(({ siteId, packs }) => plain.find((award) => award.siteId === siteId)?.packs !== packs);
    expect(moved.map(({ siteId, packs }) => [siteId, packs])).toEqual([['sit_d', 1]]);
    expect(moved[0]?.explanation).toContainEqual(expect.objectContaining({ kind: 'override', reason }));
    expect(moved[0]?.explanation.reduce((sum, { micro }) => sum + micro, 0)).toBe(100_000_000);
    expect(moved[0]?.words.join('\n')).toContain(`less by a person's decision: ${reason}.`);
    expect(moved[0]?.words[0]).toMatch(/^CLINIC sit_d: 1 pack of 100 = 100 doses of Janssen/);
    const whatIf = async (siteId: string) =>
      (await desk.asAnn({ route: 'GET /allocation-runs/{runId}/what-if', params: { runId }, query: { siteId, ...poolQuery } })).body['effects'] as { change: { kind: string }; packsAfter: number; words: string }[];
    const unset = plain.find(({ siteId }) => siteId === 'sit_d')?.packs ?? 0;
    expect(await whatIf('sit_d')).toMatchObject([{ change: { kind: 'override-lifted', reason }, packs: 1, packsAfter: unset, words: `A person set this award (${reason}), so nothing else moves it. Without that: ${unset} packs of 100 instead of 1.` }]);
    expect((await whatIf('sit_c')).map(({ change }) => change.kind)).toContain('request');
    expect((await desk.asAnn({ route: 'POST /allocation-runs/{runId}/replay', params: { runId } })).body).toMatchObject({ same: true });
    expect((await desk.asAnn({ route: 'GET /allocation-runs/{runId}', params: { runId } })).body).toMatchObject({ overrides: 1, leftover: [{ reason: 'set-by-a-person' }] });
  });

  it('is refused with every clash named, and needs a reason', async () => {
    await asked(12, 300);
    await desk.published({ overrides: [{ siteId: 'sit_d', ...pool, packs: 1, reason }] });
    const notesOf = async (overrides: object[]): Promise<unknown> => (await desk.draft({ overrides })).body['notes'];
    expect(await notesOf([])).toEqual([expect.stringMatching(/^1 award set by a person in run run_\w+ is not in this draft: CLINIC sit_d 1 pack of 100 of Janssen.*fairground/)]);
    expect(await notesOf([{ siteId: 'sit_d', ...pool, packs: 2, reason }])).toBeUndefined(); // a person decided again
    const refused = await desk.draft({ overrides: [{ siteId: 'sit_a', ...pool, packs: 9, reason }, { siteId: 'nobody', ...pool, packs: 1, reason }] });
    expect(refused.status).toBe(422);
    expect(errorsOf(refused).map(({ message }) => message)).toEqual(
      expect.arrayContaining([
        expect.stringContaining('override of CLINIC sit_a (sit_a): 9 packs of 100 asked for, of Janssen 18+, dose 1'), 'at most 3 packs of 100: what it asked for (300 doses)', 'the nearest allowed is 3 packs of 100',
        expect.stringContaining('override of nobody: 1 pack of 100'), expect.stringContaining('it has no request for this product'),
      ]),
    );
    const listed = (await desk.asAnn({ route: 'GET /allocation-runs', query: { week: desk.week() } })).body['items'] as ShownRun[];
    expect(runsText(listed)).toMatch(/refused .*The policy cannot be met at .*9 packs of 100 asked for.* \(and \d+ more\)/);
    expect([...new Set(errorsOf(refused).map(({ path }) => path))]).toEqual(['body.overrides[0]', 'body.overrides[1]']);
    expect(errorsOf(await desk.draft({ overrides: [{ siteId: 'sit_a', ...pool, packs: 1, reason: 'why' }] }))[0]?.path).toBe('body.overrides[0].reason');
    expect(errorsOf(await desk.draft({ overrides: [{ siteId: 'sit_a', ...pool, doseNumber: 2, packs: 1, reason }] }))[0]?.message).toMatch(/there is no supply/);
  });
});

describe('what would have changed an award', () => {
  it('is found by running the week again, for the department and for the site about its own', async () => {
    await asked(10, 250);
    const runId = await desk.published();
    const route = 'GET /allocation-runs/{runId}/what-if' as const;
    const answer = await desk.asAnn({ route, params: { runId }, query: { siteId: 'sit_d', ...poolQuery } });
    const effects = answer.body['effects'] as { change: { kind: string; toDoses?: number }; packs: number; packsAfter: number; words: string }[];
    expect(effects.map(({ change }) => change.kind)).toEqual(['request', 'request', 'supply', 'reserve-off', 'weight']);
    const [request] = effects;
    expect(request?.packsAfter).toBeGreaterThan(request?.packs ?? 0);
    expect(request?.words).toMatch(/^Had it asked for 300 doses instead of 250: 3 packs of 100 instead of 2\.$/);
    const own = await desk.asClinic({ route: 'GET /sites/{siteId}/allocations/{week}/what-if', params: { siteId: 'sit_d', week: desk.week() }, query: poolQuery });
    expect(own.body['effects']).toEqual(answer.body['effects']);
    expect((await desk.asAnn({ route, params: { runId }, query: { siteId: 'nobody', ...poolQuery } })).status).toBe(404);
  });

  it('is told a site that got nothing too, with what was read of it', async () => {
    await asked(2);
    await desk.published();
    const read = await Promise.all(sites.map(({ siteId }) => desk.asClinic({ route: 'GET /sites/{siteId}/allocations/{week}', params: { siteId, week: desk.week() } })));
    const nothing = read.map(({ body }) => body as { read: { siteId: string; weights: object }; awards: RunAward[] }).filter(({ awards }) => awards[0]?.packs === 0);
    expect(nothing.length).toBeGreaterThan(0);
    expect(nothing[0]?.awards[0]?.words[0]).toContain('nothing in packs of 100 of Janssen');
    expect(nothing[0]?.read).toMatchObject({ name: `CLINIC ${nothing[0]?.read.siteId ?? ''}`, weights: { population: expect.any(Number) } });
  });
});

describe('two runs side by side', () => {
  it('differ in what they read, followed and gave, in sum and site by site over pages', async () => {
    await asked(10);
    const before = String((await desk.draft()).body['runId']);
    await desk.changeSupply(14);
    const after = String((await desk.draft({ policy: 'connecticut-2021-02' })).body['runId']);
    const page = async (cursor?: string) =>
      (await desk.asAnn({ route: 'GET /allocation-runs/{runId}/differences', params: { runId: before }, query: { with: after, limit: '3', ...(cursor === undefined ? {} : { cursor }) } })).body as {
        supply: object[]; policy: { path: string }[]; pools: object[]; items: { siteId: string; inputs: object[]; awards: { dosesGained: number; words: string }[] }[]; nextCursor?: string;
      };
    const first = await page();
    expect(first.supply).toEqual([{ path: expect.stringContaining('.packs'), before: 10, after: 14 }]);
    expect(first.policy.map(({ path }) => path)).toContain('.stages[priority-guarantee reserve]');
    expect(first.pools).toMatchObject([{ ndc: janssen, dosesBefore: 1_000, dosesAfter: 1_400 }]);
    const rest = first.nextCursor === undefined ? undefined : await page(first.nextCursor);
    const items = [...first.items, ...(rest?.items ?? [])];
    expect(items.flatMap(({ awards }) => awards).reduce((sum, { dosesGained }) => sum + dosesGained, 0)).toBe(400);
    expect(items.every(({ inputs }) => inputs.length === 0)).toBe(true);
    expect(new Set(items.map(({ siteId }) => siteId)).size).toBe(items.length);
    expect(items[0]?.awards[0]?.words).toMatch(/packs, \d+ doses (more|less)\.$/);
  });
});

describe('a policy as a stored document', () => {
  const document = (version: number, share = '10%') => `
schema: 1
id: shoreline
version: ${version}
title: Shoreline first   # a comment
tree: { id: connecticut, children: [{ id: priority-zips }, { id: elsewhere }] }
stages:
  - { id: open, kind: open, weight: population }
  - { id: shore, kind: reserve, reserve: over-and-above, share: ${share}, group: { node: elsewhere }, weight: population }
`;
  const store = (text: string): Promise<Answer> => desk.asAnn({ route: 'POST /policies', body: { text }, key: desk.key() });

  it('is stored once by id and version, found by a run as id@version, listed beside what is shipped, and never changes', async () => {
    expect((await store(document(1))).status).toBe(201);
    expect((await store(document(1))).status).toBe(200);
    expect((await store(document(1, '20%'))).status).toBe(409);
    expect((await store(document(2, '20%'))).status).toBe(201);
    const listed = (await desk.asAnn({ route: 'GET /policies' })).body['items'] as { policyId: string; policyVersion: number; shipped: boolean }[];
    expect(listed.map(({ policyId, policyVersion, shipped }) => `${policyId}@${policyVersion} ${String(shipped)}`)).toEqual([
      'connecticut-2021-02@1 true', 'connecticut-2021-03@1 true', 'order-on-demand@1 true', 'shoreline@1 false', 'shoreline@2 false',
    ]);
    await asked(10);
    const latest = await desk.draft({ policy: 'shoreline' });
    const first = await desk.draft({ policy: 'shoreline@1' });
    expect([latest.body['policyVersion'], first.body['policyVersion']]).toEqual([2, 1]);
    const read = await desk.asAnn({ route: 'GET /policies/{policyId}/versions/{version}', params: { policyId: 'shoreline', version: '1' } });
    expect(read.body).toMatchObject({ digest: first.body['policyDigest'], policy: { stages: [{ kind: 'open' }, { share: '10%' }] } });
    expect((await desk.asAnn({ route: 'GET /policies/{policyId}/versions/{version}', params: { policyId: 'order-on-demand', version: '1' } })).body).toMatchObject({ shipped: true });
    for (const version of ['3', '0', 'x']) expect((await desk.asAnn({ route: 'GET /policies/{policyId}/versions/{version}', params: { policyId: 'shoreline', version } })).status).toBe(404);
  });

  it('is validated with every fault and its path, in YAML that cannot be read too', async () => {
    const validate = async (body: object) => (await desk.asAnn({ route: 'POST /policy-validations', body })).body;
    expect(await validate({ text: document(9) })).toMatchObject({ valid: true, policyId: 'shoreline', policyVersion: 9 });
    const faulty = await validate({ policy: { schema: 1, id: 'Bad Id', version: 0, title: '', tree: { id: 'x' }, stages: [{ id: 'r', kind: 'reserve', share: '3/2' }] } });
    expect((faulty['faults'] as { path: string }[]).map(({ path }) => path)).toEqual(expect.arrayContaining(['id', 'version', 'title', 'stages[0].share', 'stages[0].group']));
    expect(((await validate({ text: document(9).replace('title:', 'titel:').replace('kind: open', 'kind: tier, share: 0.2') }))['faults'] as { message: string }[]).map(({ message }) => message)).toEqual(expect.arrayContaining(['has a field that is not known here: titel (is title meant?)', 'must be a share such as 1/4 or 25%']));
    const ruled = await validate({ text: document(9).replace('kind: open', 'kind: tier, from: 2021-03-08, to: 2021-03-01').replace('population', 'request') });
    expect((ruled['faults'] as { path: string }[]).map(({ path }) => path)).toEqual(expect.arrayContaining(['stages[0].weight', 'stages[0].to']));
    const both = await validate({ text: document(9).replace('version: 9', 'version: 0').replace('population', 'request') });
    expect((both['faults'] as { path: string }[]).map(({ path }) => path)).toEqual(['version', 'stages[0].weight']);
    expect(await validate({ text: 'a: 1\nstages: [1,' })).toMatchObject({ valid: false, faults: [{ path: 'line 2, column 12' }] });
    expect(await validate({ text: document(9).replace('stages:', 'stages') })).toEqual({ valid: false, faults: [{ path: expect.stringMatching(/^line \d+, column 1$/), message: expect.stringMatching(/^a colon is missing after `stages`/) }] });
    expect(await validate({ text: 'a: *b' })).toMatchObject({ valid: false });
    expect((await store(document(3).replace('open, weight', 'open, weights'))).status).toBe(422);
  });

  it('may be tried out unstored, but not proposed: what is published can be read', async () => {
    await asked(10);
    const policy = { schema: 1, id: 'my-own', version: 1, title: 'My own', tree: { id: 'connecticut', children: [{ id: 'priority-zips' }, { id: 'elsewhere' }] }, stages: [{ id: 'open', kind: 'open', weight: 'population' }] };
    const runId = String((await desk.draft({ policy })).body['runId']);
    expect((await desk.propose(runId)).status).toBe(422);
    await desk.asAnn({ route: 'POST /policies', body: { policy }, key: desk.key() });
    expect((await desk.propose(runId)).status).toBe(200);
  });
});

describe('a rule for second doses', () => {
  const moderna = '80777-0273-10';
  const bare = {
    schema: 1, id: 'second-doses', version: 1, title: 'Second doses first', tree: { id: 'connecticut', children: [{ id: 'priority-zips' }, { id: 'elsewhere' }] },
    stages: [{ id: 'second', kind: 'second-doses', withinWeeks: 2 }, { id: 'open', kind: 'open', weight: 'population', doseNumbers: [1] }],
  };

  it('moves packs between dose numbers before they are shared out, says so, is replayed, and keeps what was promised of them', async () => {
    const policy = { ...bare, secondDoses: 'release' };
    expect((await desk.asAnn({ route: 'POST /policies', body: { policy }, key: desk.key() })).status).toBe(201);
    await desk.supply(0, { ndc: moderna });
    await desk.supply(9, { ndc: moderna, doseNumber: 2 });
    for (const { siteId } of sites) await desk.asClinic({ route: 'PUT /sites/{siteId}/requests/{week}/{ndc}/{doseNumber}', params: { siteId, week: desk.week(), ndc: moderna, doseNumber: '1' }, body: { doses: 900 }, ifMatch: 0 });
    const asLabelled = await desk.draft({ policy: bare });
    expect(asLabelled.body).toMatchObject({ state: 'draft', awardedDoses: 0 });
    const runId = await desk.published({ policy: 'second-doses@1' });
    const whole = (await desk.asAnn({ route: 'GET /allocation-runs/{runId}', params: { runId } })).body;
    expect(whole).toMatchObject({ summary: { moves: [{ product: moderna, packDoses: 100, fromDose: 2, toDose: 1, packs: 9, dueDoses: 0 }] }, supplyDoses: 900, awardedDoses: 900 });
    expect(whole['notes']).toContainEqual(expect.stringContaining('9 packs of 100 = 900 doses of supply for dose 2 go to dose 1'));
    expect((await desk.asAnn({ route: 'POST /allocation-runs/{runId}/replay', params: { runId } })).body).toMatchObject({ same: true });
    const [offer] = await desk.awardsOf('sit_d');
    if (offer === undefined) throw new Error('nothing was offered to sit_d');
    expect((await desk.answer(offer, { answer: 'accept' })).status).toBe(200);
    expect((await desk.draft({ policy: 'second-doses@1' })).body).toMatchObject({ state: 'draft', awardsDigest: expect.any(String), awardedDoses: 900 });
    expect(await desk.draft({ policy: bare })).toMatchObject({ status: 409 });
  });
});

describe('the public table', () => {
  const table = (): Promise<Answer> => desk.asNobody({ route: 'GET /public/allocations/{week}', params: { week: desk.week() } });

  it('needs no token, is there only once a run is published, and tells no town of fewer than three sites', async () => {
    await asked(12);
    expect((await table()).status).toBe(404);
    const runId = await desk.published();
    const { status, body } = await table();
    expect(status).toBe(200);
    expect(body).toMatchObject({ runId, policyId: 'connecticut-2021-03', policyVersion: 1, supply: [{ packs: 12 }] });
    const [pool_] = body['pools'] as { awardedDoses: number; counties: { name: string; fips?: string; doses: number | null; towns: { name: string; doses: number | null }[] }[] }[];
    expect(pool_?.awardedDoses).toBe(1_200);
    expect(pool_?.counties).toMatchObject([{ name: 'Hartford', fips: '09003', doses: 1_200 }]);
    // Hartford has one site; Avon has three and would tell it by subtraction.
    expect(pool_?.counties[0]?.towns.map(({ doses }) => doses)).toEqual([null, null]);
    expect(JSON.stringify(body)).not.toMatch(/sit_|CLINIC/);
  });
});

describe('the command line', () => {
  it('prints what the API answers: runs, one as a whole, a site with what would have changed it, two side by side', async () => {
    await asked(10);
    const before = String((await desk.draft()).body['runId']);
    const after = String((await desk.draft({ policy: 'connecticut-2021-02' })).body['runId']);
    const get = async <T>(route: `GET /${string}`, params: Record<string, string>, query: Record<string, string> = {}) => (await desk.asAnn({ route, params, query })).body as T;
    const runs = await get<{ items: ShownRun[] }>('GET /allocation-runs', {}, { week: desk.week() });
    expect(runsText(runs.items)).toMatch(/connecticut-2021-03@1 +1,000 +1,000/);
    const text = runText(await get<ShownRun>('GET /allocation-runs/{runId}', { runId: before }));
    expect(text).toMatch(/Janssen 18\+, dose 1, packs of 100 +10 +4,000 +1,000 +4 +4 +0 +0/);
    expect(text).toMatch(/priority-guarantee +minimum-guarantee .* bound/);
    const site = siteText(await get<ShownSite>('GET /allocation-runs/{runId}/sites/{siteId}', { runId: before, siteId: 'sit_d' }), [['Had it asked for more: no difference.']]);
    expect(site).toMatch(/CLINIC sit_d: \d packs of 100 = \d00 doses of Janssen[^]*share of the open pool[^]*What would have changed it:\n {4}Had it/);
    const both = differencesText(await get<ShownDifferences>('GET /allocation-runs/{runId}/differences', { runId: before }, { with: after }));
    expect(both).toMatch(/connecticut-2021-03@1\) against .*connecticut-2021-02@1[^]*Policy that differs:[^]*sites differ/);
    const waiting = String((await desk.askDraft({ overrides: [{ siteId: 'sit_a', ...pool, packs: 99, reason }] })).body['runId']);
    const shown = async () => runText(await get<AskedRun>('GET /allocation-runs/{runId}', { runId: waiting }));
    expect(await shown()).toMatch(/: drafting; asked for by ann at [^]*Policy connecticut-2021-03@1/);
    await desk.runDesk.deliver(await desk.runDesk.received());
    const refused = await shown();
    expect(refused).toMatch(/: refused; [^]*The request has faults\. The policy cannot be met at [^]*override of /);
    expect([text, site, both, refused].join('\n')).not.toMatch(/undefined|NaN|\[object/);
  });
});

describe('a run as a whole', () => {
  it('says who was short, which reserve bound, what is left and why, and lists the short alone', async () => {
    await asked(10);
    const runId = String((await desk.draft()).body['runId']);
    const { body } = await desk.asAnn({ route: 'GET /allocation-runs/{runId}', params: { runId } });
    expect(body).toMatchObject({
      summary: { writtenOff: expect.any(Number), pools: [{ sitesAsking: 4, sitesShort: 4, reserves: [{ stage: 'priority-guarantee', bound: true, groupDoses: 300 }] }] },
      leftover: [{ packs: 0, reason: 'none' }],
    });
    expect((await awardsOfRun(runId, { short: 'true' })).length).toBe(4);
    const site = await desk.asAnn({ route: 'GET /allocation-runs/{runId}/sites/{siteId}', params: { runId, siteId: 'sit_b' } });
    expect(site.body).toMatchObject({ read: { siteId: 'sit_b', town: 'Avon', county: '09003' }, awards: [{ siteId: 'sit_b' }] });
  });
});

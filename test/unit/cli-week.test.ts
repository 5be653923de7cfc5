import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { makeProgram } from '../../cli/program.ts';

/** What was asked of the API, and what it answers by method and path. */
let asked: string[] = [];
let answers: Record<string, unknown[]> = {};
let server: Server;
let printed = '';

beforeAll(async () => {
  server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => { body += chunk.toString(); });
    request.on('end', () => {
      const line = `${request.method ?? ''} ${request.url ?? ''}`;
      asked.push([line, ...(request.headers['if-match'] === undefined ? [] : [`if ${request.headers['if-match']}`]), ...(body === '' ? [] : [body])].join(' '));
      const [answer, ...later] = answers[line] ?? [];
      if (later.length > 0) answers[line] = later;
      response.writeHead(answer === undefined ? 404 : 200, { 'content-type': 'application/json', etag: '"3"' });
      response.end(JSON.stringify(answer ?? { title: 'Not found' }));
    });
  });
  await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve); });
});
afterAll(async () => { await new Promise((resolve) => { server.close(resolve); }); });
beforeEach(() => { [asked, answers, printed, process.exitCode] = [[], {}, '', undefined]; });

const url = (): string => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
const withApi = (): string[] => ['--api', url(), '--token', 't'];
const doseline = (...words: string[]): Promise<string> => run([...words, ...withApi()]);
const run = async (words: readonly string[]): Promise<string> => {
  const write = jest.spyOn(process.stdout, 'write').mockImplementation((text) => { printed += String(text); return true; });
  try {
    await (await makeProgram(words[0])).parseAsync([...words], { from: 'user' });
    return printed;
  } finally {
    write.mockRestore();
  }
};

describe('the commands of an allocation week', () => {
  it('change a supply line in the version that is there, with the reason', async () => {
    answers = { 'GET /supply/s_1': [{}], 'PUT /supply/s_1': [{ supplyId: 's_1', packs: 7, version: 4 }] };
    expect(await doseline('supply', 'change', 's_1', '--packs', '7', '--reason', 'a tray was lost')).toMatch(/s_1 +7 +4$/m);
    expect(asked).toEqual(['GET /supply/s_1', 'PUT /supply/s_1 if "3" {"packs":7,"reason":"a tray was lost"}']);
  });

  it('wait for a draft, and end with 2 when it is refused', async () => {
    answers = { 'POST /allocation-runs': [{ runId: 'run_1', state: 'drafting' }], 'GET /allocation-runs/run_1': [{ runId: 'run_1', state: 'draft' }] };
    const words = ['runs', 'draft', '--week', '2021-03-10', '--policy', 'connecticut-2021-03', '--name', 'first', '--json'];
    expect(JSON.parse(await doseline(...words))).toEqual({ runId: 'run_1', state: 'draft' });
    expect([asked[0], process.exitCode]).toEqual(['POST /allocation-runs {"week":"2021-03-08","policy":"connecticut-2021-03"}', undefined]);
    answers['GET /allocation-runs/run_1'] = [{ runId: 'run_1', state: 'refused' }];
    await doseline(...words);
    expect(process.exitCode).toBe(2);
    process.exitCode = undefined;
  });

  it('answer an offer, read the debt book, and tell in one line what the API refuses', async () => {
    answers = { 'GET /sites/sit_a/awards/w_1': [{}], 'POST /sites/sit_a/awards/w_1/answer': [{ awardId: 'w_1', state: 'reduced' }], 'GET /settlements/2021-03-08/debts?siteId=sit_a&limit=200': [{ items: [] }] };
    expect(await doseline('awards', 'reduce', 'sit_a', 'w_1', '--doses', '100')).toContain('reduced');
    expect(asked.at(-1)).toBe('POST /sites/sit_a/awards/w_1/answer if "3" {"answer":"reduce","doses":100}');
    answers['GET /sites/sit_a/allocations/2021-03-08/vials-to-send'] = [{ items: [{ toSiteId: 'sit_b', doses: 30, sentDoses: 5, state: 'to-send' }] }];
    expect(await doseline('awards', 'vials', 'sit_a', '--week', '2021-03-08')).toMatch(/sit_b\s+.*30.*5.*to-send/);
    expect(await doseline('debts', '--week', '2021-03-08', '--site', 'sit_a')).toContain('None.');
    await expect(doseline('runs', 'propose', 'run_9')).rejects.toThrow('GET /allocation-runs/run_9: 404 Not found');
  });

  it('list offers with the product and dose number of each, two of one week apart', async () => {
    const offer = (ndc: string, doseNumber: number) => ({ awardId: `2021-03-08_${ndc}_${doseNumber}_100_run_1`, ndc, doseNumber, packDoses: 100, packs: 2, doses: 200, state: 'offered', answerBy: '2021-03-10T17:00:00.000Z' });
    answers = { 'GET /sites/sit_a/awards?limit=200': [{ items: [offer('80777-0273-10', 1), offer('80777-0273-10', 2)] }] };
    const shown = await doseline('awards', 'list', 'sit_a');
    expect(shown).toMatch(/^awardId +ndc +doseNumber +state +packs +doses +acceptedDoses +answerBy$/m);
    expect(shown).toMatch(/_1_100_run_1 +80777-0273-10 +1 +offered.*\n.*_2_100_run_1 +80777-0273-10 +2 +offered/);
  });

  it('tell which practices of a week are silent, all pages of them, with the weeks before', async () => {
    const counts = { enrolled: 620, reporting: 150, inTime: 140, late: 10, silent: 470, dosesGiven: 900, reportedInWeek: 850, reportingPercent: 24.2, inTimePercent: 22.6, reportedInWeekPercent: 94.4 };
    const head = { week: '2021-03-08', lastDay: '2021-03-14', isOver: true, asOf: '2021-03-15T12:00:00.000Z', rule: 'r' };
    const silent = (siteId: string) => ({ siteId, name: `Clinic ${siteId}`, town: 'Hartford', dosesGiven: 0, reportedInWeek: 0, state: 'silent' });
    answers = {
      'GET /reporting?limit=200&week=2021-03-10&state=silent': [{ ...head, counts, trend: [{ week: '2021-03-08', ...counts }], items: [silent('sit_a')], nextCursor: 'c1' }],
      'GET /reporting?limit=200&week=2021-03-08&state=silent&cursor=c1': [{ ...head, items: [silent('sit_b')] }],
    };
    const shown = await doseline('practices', '--week', '2021-03-10', '--state', 'silent');
    expect(shown).toContain('150 of 620 practices reported (24.2%), 140 in time (22.6%), 470 silent');
    expect(shown).toMatch(/^2021-03-08 +620 +150 +24\.2%.*94\.4%$[\s\S]*^sit_a .*silent$\n^sit_b .*silent$/m);
  });

  it('have a token for a second person, alone on its line, and a clock to pass a cut-off by', async () => {
    answers = { 'POST /_local/tokens': [{ token: 'abc' }], 'POST /_local/clock': [{ now: '2021-03-16T17:05:00.000Z' }], 'GET /_local/clock': [{ now: 'then' }] };
    expect(await run(['tokens', '--subject', 'bob', '--role', 'dph-allocator', '--admin', url()])).toBe('abc\n');
    expect(asked.at(-1)).toBe('POST /_local/tokens {"sub":"bob","groups":["dph-allocator"]}');
    await expect(run(['tokens', '--subject', 'bob', '--admin', url()])).rejects.toThrow('Give both --subject and --role');
    await run(['clock', '2021-03-16T17:05:00Z', '--admin', url()]);
    expect(asked.at(-1)).toBe('POST /_local/clock {"instant":"2021-03-16T17:05:00Z"}');
    expect(await run(['clock', '--admin', url()])).toContain('"now": "then"');
    expect(asked.at(-1)).toBe('GET /_local/clock');
  });

  it('send what a site says for a week in the version that is there, or as the first', async () => {
    const request = '/sites/sit_a/requests/2021-03-08/80777-0273-10/1';
    answers = { [`PUT ${request}`]: [{ week: '2021-03-08', doses: 300 }] };
    expect(await doseline('requests', 'submit', 'sit_a', '--week', '2021-03-10', '--ndc', '80777-0273-10', '--dose', '1', '--doses', '300')).toContain('300');
    expect(asked).toEqual([`GET ${request}`, `PUT ${request} if "0" {"doses":300}`]);
    answers = { 'GET /sites/sit_a/attestations?limit=200': [{ items: [{ week: '2021-03-01', version: 2 }] }], 'PUT /sites/sit_a/attestations/2021-03-01': [{ week: '2021-03-01', doses: 40 }] };
    await doseline('attestations', 'say', 'sit_a', '--week', '2021-03-01', '--doses', '40', '--note', 'EHR down');
    expect(asked.at(-1)).toBe('PUT /sites/sit_a/attestations/2021-03-01 if "2" {"doses":40,"note":"EHR down"}');
  });

  it('raise, accept and take back a dispute', async () => {
    const path = '/sites/sit_a/disputes/dis_1';
    answers = { 'POST /sites/sit_a/disputes': [{ disputeId: 'dis_1' }], [`GET ${path}`]: [{}], [`POST ${path}/answer`]: [{ state: 'accepted' }], [`POST ${path}/withdrawal`]: [{ state: 'withdrawn' }] };
    await doseline('disputes', 'raise', 'sit_a', '2021-03-08.throughput', '--claimed', '90', '--reason', 'a clinic is missing');
    expect(asked.at(-1)).toBe('POST /sites/sit_a/disputes {"figureId":"2021-03-08.throughput","reason":"a clinic is missing","claimed":90}');
    expect(await doseline('disputes', 'accept', 'sit_a', 'dis_1', '--value', '90', '--reason', 'records came', '--until', '2021-03-24')).toContain('accepted');
    expect(asked.at(-1)).toBe(`POST ${path}/answer if "3" {"answer":"accept","value":90,"reason":"records came","untilWeek":"2021-03-22"}`);
    await doseline('disputes', 'withdraw', 'sit_a', 'dis_1');
    expect(asked.at(-1)).toBe(`POST ${path}/withdrawal if "3"`);
  });

  it('draft with awards set by hand from a file, and show the public table', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'doseline-week-'));
    const file = join(folder, 'overrides.yaml');
    writeFileSync(file, '- {siteId: sit_a, ndc: 80777-0273-10, doseNumber: 1, packDoses: 100, packs: 2, reason: a mass clinic}\n');
    answers = {
      'POST /allocation-runs': [{ runId: 'run_1', state: 'drafting' }], 'GET /allocation-runs/run_1': [{ runId: 'run_1', state: 'draft' }],
      'GET /public/allocations/2021-03-08': [{ pools: [{ name: 'Moderna', doseNumber: 1, counties: [{ name: 'Hartford', doses: 500 }, { name: 'Windham', doses: null }] }] }],
    };
    await doseline('runs', 'draft', '--week', '2021-03-10', '--policy', 'connecticut-2021-03', '--name', 'second', '--overrides', file, '--keep', 'ordered');
    rmSync(folder, { recursive: true });
    expect(JSON.parse(asked[0]?.slice('POST /allocation-runs '.length) ?? '')).toEqual({
      week: '2021-03-08', policy: 'connecticut-2021-03', keep: 'ordered',
      overrides: [{ siteId: 'sit_a', ndc: '80777-0273-10', doseNumber: 1, packDoses: 100, packs: 2, reason: 'a mass clinic' }],
    });
    printed = '';
    expect(await doseline('runs', 'public', '--week', '2021-03-10')).toMatch(/Hartford +500[\s\S]*Windham +left out/);
  });
});

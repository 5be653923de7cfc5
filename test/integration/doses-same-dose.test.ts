import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { doseItem, type DoseItem } from '../../shared/published/dose.ts';
import { doseIdOf } from '../../shared/published/dose-keys.ts';
import { valuesOf } from '../../functions/reports/domain/cvrs-columns.ts';
import { readCvrsText } from '../../functions/reports/domain/cvrs-reader.ts';
import { makeJudgePersonDoses } from '../../functions/doses/judge-person-doses.ts';
import { call, type Answer } from '../support/api.ts';
import { openDoseReports, type DoseReports } from '../support/dose-reports.ts';
import { openDoseRoom, order, refOf, siteIds, vxu, type DoseRoom, type OrderFields, type VxuFields } from '../support/dose-room.ts';
import { elmEhr, judgingOver, reportHl7Over } from '../support/dose-reporter.ts';
import { withFaults } from '../support/fault-injection.ts';
import { suiteClient } from '../support/dynamodb-local.ts';

let room: DoseRoom;
let reports: DoseReports;

beforeAll(async () => {
  room = await openDoseRoom('dosesSameDose');
  reports = await openDoseReports(room);
  await room.stock({}, 100);
  await room.stock({ siteId: siteIds.oak }, 100);
  await room.stock({ lot: 'OTHER77' }, 100);
  await elm({ given: 'First' });
});
afterAll(() => room.stop());

const at = (time: string) => ({ now: `2021-03-${time}:00.000Z` });
const elm = (who: VxuFields, o: OrderFields = {}, now = '08T15:00'): Promise<Answer> => room.sendHl7(vxu({ id: who.given ?? '', ...who, orders: order({ filler: `${who.given ?? ''}^ELM`, ...o }) }), 'elm-ehr', at(now));
const oak = (who: VxuFields, o: OrderFields = {}, now = '08T16:00'): Promise<Answer> =>
  room.sendHl7(vxu({ id: `K${who.given ?? ''}`, authority: 'OAK', responsible: 'OAK', ...who, orders: order({ filler: `K${who.given ?? ''}^OAK`, facility: 'Oak Hospital', ...o }) }), 'oak-ehr', at(now));
const history: OrderFields = { source: '01^^NIP001', lot: '', expiry: '', mvx: '', facility: 'Somewhere else', vaccine: '212^^CVX' };

const dosesOf = async (given: string): Promise<DoseItem[]> => {
  const items = await room.items();
  const records = items.filter((item) => item['type'] === 'record' && item['sk'] === 'RECORD' && (item['names'] as { given: string }[])[0]?.given === given).map(({ pk }) => pk);
  return items.filter((item) => item['type'] === 'dose' && records.includes(item['pk'])).map((item) => doseItem.parse(item));
};
/** Filler ids of the kept doses of a person, and of its witnesses as `witness>kept`. */
const linksOf = async (given: string): Promise<string[]> => {
  const doses = (await dosesOf(given)).filter(({ state }) => state !== 'deleted');
  const nameOf = (id: string | undefined): string => doses.find((dose) => doseIdOf(dose) === id)?.filler?.id ?? '?';
  return doses.map((dose) => (dose.witnessOf === undefined ? (dose.filler?.id ?? '') : `${dose.filler?.id ?? ''}>${nameOf(dose.witnessOf)}`)).sort();
};
const idOf = async (filler: string): Promise<string> => {
  const dose = (await room.items()).find((item) => item['type'] === 'dose' && (item['filler'] as { id?: string } | undefined)?.id === filler);
  return doseIdOf(doseItem.parse(dose));
};
const given = async (ref = {}): Promise<number> => (await room.account(ref))?.buckets.administered ?? 0;
const totals = async () => (await reports.coverage('total'))['rows'] as { dosesGiven: number; first: number }[];
/** Doses counted by what is stored now: what a recount adds up. */
const counted = async (): Promise<number> => (await totals()).reduce((sum, { dosesGiven }) => sum + dosesGiven, 0);
const judge = (request: Omit<Parameters<typeof call>[1], 'role'>): Promise<Answer> => call(room.handler, { role: 'dph-epidemiologist', subject: 'epi', ...request });
const openReviews = async (): Promise<string[]> => ((await judge({ route: 'GET /dose-reviews' })).body['items'] as { doseId: string }[]).map(({ doseId }) => doseId);
const decide = async (filler: string, body: { with: string; outcome: string }, now = '12T15:00'): Promise<Answer> => {
  const params = { doseId: await idOf(filler) };
  const { version } = await judge({ route: 'GET /dose-reviews/{doseId}', params });
  return judge({ route: 'POST /dose-reviews/{doseId}/decision', params, ifMatch: version ?? 0, body: { reason: 'asked both sites', ...body }, ...at(now) });
};

describe('A dose that two systems tell', () => {
  it('is one: given at a site and told as history by another, stock moves once and it is counted once', async () => {
    const [stock, before] = [await given(), await counted()];
    await elm({ given: 'Ada' });
    const answer = await oak({ given: 'Ada' }, history);
    expect(await linksOf('Ada')).toEqual(['Ada', 'KAda>Ada']);
    expect([await given(), await counted()]).toEqual([stock + 1, before + 1]);
    // Nobody is told what another organization reported.
    expect(answer.text).not.toMatch(/same dose/);
    expect(await openReviews()).toEqual([]);
  });

  it('told as history first and then by who gave it: the given one is kept and stock, counters and stars follow', async () => {
    const [stock, before] = [await given(), await counted()];
    await oak({ given: 'Bea' }, history);
    expect([await linksOf('Bea'), await given(), await counted()]).toEqual([['KBea'], stock, before + 1]);
    await elm({ given: 'Bea' });
    expect(await linksOf('Bea')).toEqual(['Bea', 'KBea>Bea']);
    expect([await given(), await counted()]).toEqual([stock + 1, before + 1]);
    expect((await dosesOf('Bea')).map(({ reportable, version, filler }) => [filler?.id, reportable, version]).sort()).toEqual([['Bea', true, 1], ['KBea', false, 2]]);
  });

  it('sent twice by one system under another id is one, and the answer says so', async () => {
    const stock = await given();
    await elm({ given: 'Cas' });
    const answer = await elm({ given: 'Cas' }, { filler: 'Cas2^ELM', lot: '1805-018 JSN' });
    expect(answer.text).toMatch(/\|I\|.*Another report tells the same dose/);
    expect([await linksOf('Cas'), await given()]).toEqual([['Cas', 'Cas2>Cas'], stock + 1]);
    const params = { siteId: siteIds.elm, doseId: await idOf('Cas2') };
    expect((await room.asNurse({ route: 'GET /sites/{siteId}/doses/{doseId}', params })).body).toMatchObject({
      counted: false, likeness: { outcome: 'same', counts: 'once', rule: 'given-twice-by-one-sender' }, decrement: { kind: 'not-applicable', explanation: 'another report of this dose is counted' },
    });
  });

  it('sent again as a witness changes nothing', async () => {
    const before = await room.items();
    await elm({ given: 'Cas' }, { filler: 'Cas2^ELM', lot: '1805-018 JSN' }, '09T15:00');
    const isRecord = ({ type }: Record<string, unknown>): boolean => type !== 'message' && type !== 'quality-tally';
    expect((await room.items()).filter(isRecord)).toEqual(before.filter(isRecord));
  });

  it('and corrected to another day is another dose, which takes its own stock', async () => {
    const stock = await given();
    await elm({ given: 'Dot' });
    await elm({ given: 'Dot' }, { filler: 'Dot2^ELM' });
    expect(await given()).toBe(stock + 1);
    await elm({ given: 'Dot' }, { filler: 'Dot2^ELM', on: '20210201', action: 'U' });
    expect([await linksOf('Dot'), await given()]).toEqual([['Dot', 'Dot2'], stock + 2]);
  });

  it('whose kept report is deleted goes on in its witness; stock and counters stay at one', async () => {
    const before = await counted();
    await elm({ given: 'Eve' });
    await elm({ given: 'Eve' }, { filler: 'Eve2^ELM', lot: 'OTHER77', source: '01^^NIP001' });
    await elm({ given: 'Eve' }, { filler: 'Eve3^ELM' });
    const stock = await given();
    await elm({ given: 'Eve' }, { action: 'D' });
    expect([await linksOf('Eve'), await given(), await counted()]).toEqual([['Eve2>Eve3', 'Eve3'], stock, before + 1]);
    await elm({ given: 'Eve' }, { filler: 'Eve3^ELM', action: 'D' });
    expect([await linksOf('Eve'), await given(), await counted()]).toEqual([['Eve2'], stock - 1, before + 1]);
  });

  it('of which both say that they gave it waits for a person and counts once; different parts it, same links it again', async () => {
    const [stock, atOak, before] = [await given(), await given({ siteId: siteIds.oak }), await counted()];
    await elm({ given: 'Fay' });
    await oak({ given: 'Fay' });
    expect([await linksOf('Fay'), await given(), await given({ siteId: siteIds.oak }), await counted()]).toEqual([['Fay', 'KFay>Fay'], stock + 1, atOak, before + 1]);
    expect(await openReviews()).toEqual([await idOf('KFay')]);
    const review = await judge({ route: 'GET /dose-reviews/{doseId}', params: { doseId: await idOf('KFay') } });
    expect(review.body).toMatchObject({ dose: { counted: false, organizationId: 'org_oak', judged: { rule: 'given-by-two-senders', outcome: 'unsure' } }, other: { counted: true, organizationId: 'org_elm' } });

    expect((await decide('KFay', { with: await idOf('Fay'), outcome: 'different' })).status).toBe(200);
    expect([await linksOf('Fay'), await given(), await given({ siteId: siteIds.oak }), await counted()]).toEqual([['Fay', 'KFay'], stock + 1, atOak + 1, before + 2]);
    expect(await openReviews()).toEqual([]);

    const answer = await decide('KFay', { with: await idOf('Fay'), outcome: 'same' }, '13T15:00');
    expect(answer.body).toMatchObject({ dose: { counted: false, decisions: [{ outcome: 'same', by: 'epi', reason: 'asked both sites' }] } });
    expect([await linksOf('Fay'), await given({ siteId: siteIds.oak }), await counted()]).toEqual([['Fay', 'KFay>Fay'], atOak, before + 1]);
    // The earlier word stays in the former version of the dose.
    const former = (await room.items()).filter((item) => item['type'] === 'dose-version' && (item['filler'] as { id: string }).id === 'KFay');
    expect(former.flatMap((item) => (item['decisions'] as { outcome: string }[] | undefined) ?? []).map(({ outcome }) => outcome)).toEqual(['different']);
  });

  it('with another lot the same day stands beside the first, with a warning to one who told both, and may be linked by a person', async () => {
    const stock = await given({ lot: 'OTHER77' });
    await elm({ given: 'Gus' });
    const answer = await elm({ given: 'Gus' }, { filler: 'Gus2^ELM', lot: 'OTHER77' }, '08T17:00');
    expect(answer.text).toMatch(/\|W\|.*both stand/);
    expect([await linksOf('Gus'), await given({ lot: 'OTHER77' }), await openReviews()]).toEqual([['Gus', 'Gus2'], stock + 1, [await idOf('Gus2')]]);
    expect((await decide('Gus2', { with: await idOf('Gus'), outcome: 'same' })).status).toBe(200);
    expect([await linksOf('Gus'), await given({ lot: 'OTHER77' }), await openReviews()]).toEqual([['Gus', 'Gus2>Gus'], stock, []]);
  });

  it('can be decided only in the version that was read, about two reports of one person, by the registry’s staff', async () => {
    const params = { doseId: await idOf('Gus2') };
    const body = { with: await idOf('Gus'), outcome: 'different', reason: 'asked again' };
    const route = 'POST /dose-reviews/{doseId}/decision' as const;
    const statuses = [
      await judge({ route, params, body }), await judge({ route, params, body, ifMatch: 1 }), await judge({ route, params, body: { ...body, with: await idOf('Fay') }, ifMatch: 2 }),
      await judge({ route, params: { doseId: 'dos_x' }, body, ifMatch: 1 }), await room.asNurse({ route, params, body, ifMatch: 2 }),
    ].map(({ status }) => status);
    expect(statuses).toEqual([428, 412, 400, 404, 403]);
  });
});

describe('CDC’s file', () => {
  const rowsOf = async (day: string): Promise<string[]> => {
    const read = readCvrsText(await reports.fileOf(day));
    if (read.kind !== 'cvrs') throw new Error(read.reason);
    return read.rows.map(valuesOf).map((row) => row.vax_event_id ?? '');
  };

  it('has one row for a dose; when another report is kept, or a link is undone, the ledger says so', async () => {
    await oak({ given: 'Hal' }, history, '09T16:00');
    const told = await idOf('KHal');
    await reports.night({ scheduledTime: '2021-03-10T08:00:00Z' });
    await elm({ given: 'Hal' }, {}, '10T15:00');
    const kept = await idOf('Hal');
    const ofHal = async (day: string): Promise<string[]> => (await rowsOf(day)).filter((id) => id === told || id === kept);
    await reports.night({ scheduledTime: '2021-03-11T08:00:00Z' });
    expect([await ofHal('2021-03-09'), await ofHal('2021-03-10')]).toEqual([[told], [kept]]);
    expect(await reports.restatements('2021-03-10')).toMatchObject([{ doseId: told, change: 'delete' }]);
    await decide('KHal', { with: kept, outcome: 'different' }, '11T15:00');
    await reports.night({ scheduledTime: '2021-03-12T08:00:00Z' });
    expect(await reports.restatements('2021-03-11')).toEqual(expect.arrayContaining([expect.objectContaining({ doseId: told, change: 'update' })]));
    expect(await ofHal('2021-03-11')).toEqual([]);
  });
});

describe('A dose dated before its vaccine was sold', () => {
  it('leaves the stock and is neither counted nor sent until its day is corrected; then both follow', async () => {
    const [stock, before] = [await given(), await counted()];
    await elm({ given: 'Vic' }, { on: '20210105' }, '13T15:00');
    const id = await idOf('Vic');
    const sentOn = async (day: string): Promise<boolean> => (await reports.fileOf(day)).includes(id);
    await reports.night({ scheduledTime: '2021-03-14T08:00:00Z' });
    expect([await given(), await counted(), await sentOn('2021-03-13')]).toEqual([stock + 1, before, false]);
    await elm({ given: 'Vic' }, { action: 'U' }, '14T15:00');
    await reports.night({ scheduledTime: '2021-03-15T08:00:00Z' });
    expect([await given(), await counted(), await sentOn('2021-03-14')]).toEqual([stock + 1, before + 1, true]);
    await elm({ given: 'Vic' }, { action: 'U', on: '20210105' }, '15T15:00');
    await reports.night({ scheduledTime: '2021-03-16T08:00:00Z' });
    const ledger = await reports.restatements('2021-03-15');
    expect([await given(), await counted(), ledger]).toEqual([stock + 1, before, expect.arrayContaining([expect.objectContaining({ doseId: id, change: 'delete' })])]);
  });
});

describe('Two systems at once', () => {
  const storm = async (name: string, seed: number | undefined): Promise<{ kept: number; stock: number; injected: number }> => {
    const client = suiteClient('unused');
    const { accessKeyId, secretAccessKey } = await room.suite.dynamo.config.credentials();
    client.config.credentials = () => Promise.resolve({ accessKeyId, secretAccessKey });
    const faults = seed === undefined ? undefined : withFaults(client, { seed, rates: { serverError: 0.03, conflict: 0.1, lostResponse: 0.06 } });
    const report = reportHl7Over(client);
    const before = await given();
    // The records are there already, so that nothing but the doses themselves meets: all of them read the same person and its doses.
    for (let n = 0; n < 6; n += 1) await room.sendHl7(vxu({ id: `${name}${n}`, given: name, orders: [] }));
    const texts = Array.from({ length: 6 }, (_, n) => vxu({ id: `${name}${n}`, given: name, controlId: `${name}${n}`, orders: order({ filler: `${name}${n}^ELM` }) }));
    await Promise.all(texts.map(async (text) => {
      for (let attempt = 1; attempt <= 60; attempt += 1) {
        const answer = await report(text, elmEhr, '2021-03-08T15:00:00.000Z').catch(() => undefined);
        if (answer !== undefined && !answer.isRetry) return;
      }
      throw new Error('never answered');
    }));
    faults?.stop();
    client.destroy();
    const doses = await dosesOf(name);
    expect(doses).toHaveLength(6);
    return { kept: doses.filter(({ witnessOf }) => witnessOf === undefined).length, stock: (await given()) - before, injected: Object.values(faults?.injected ?? {}).reduce((a, b) => a + b, 0) };
  };

  it.each([['Ida', undefined], ['Jan', 5]] as const)('tell one dose of %s: exactly one report counts and one dose leaves the stock', async (name, seed) => {
    const { kept, stock, injected } = await storm(name, seed);
    expect([kept, stock]).toEqual([1, 1]);
    expect(injected > 0).toBe(seed !== undefined);
  }, 60_000);
});

describe('Reports of one person, judged again', () => {
  const writeDosesOver = () => judgingOver(room.suite);
  const moment = { at: '2021-03-20T15:00:00.000Z', actor: 'epi', reason: 'persons merged' };
  const personOf = async (name: string): Promise<string> => String((await room.items()).find((item) => item['type'] === 'record' && (item['names'] as { given: string }[])[0]?.given === name)?.['personId']);

  it('stay as they are, however often', async () => {
    const { persons, writeDoses } = writeDosesOver();
    const before = await room.items();
    expect(await makeJudgePersonDoses({ persons, writeDoses })(await personOf('Fay'), moment)).toEqual({ kind: 'judged', changes: 0 });
    expect(await room.items()).toEqual(before);
    expect(await makeJudgePersonDoses({ persons, writeDoses })('per_nobody', moment)).toEqual({ kind: 'not-found' });
  });

  it('are put right when their links are not what the reports say: stock follows, and the second time nothing changes', async () => {
    const { doses, persons, writeDoses } = writeDosesOver();
    const stock = await given();
    await elm({ given: 'Kay' });
    await elm({ given: 'Kay' }, { filler: 'Kay2^ELM' });
    const personId = await personOf('Kay');
    const person = await persons.person(personId);
    const witness = (await dosesOf('Kay')).find(({ witnessOf }) => witnessOf !== undefined);
    if (person === undefined || witness === undefined) throw new Error('nothing to spoil');
    const { witnessOf: _, judged: __, ...apart } = witness;
    await doses.write([{ next: { ...apart, version: witness.version + 1 }, head: witness }], person, { at: moment.at, actor: 'spoiler', localDay: '2021-03-20' }, [], []);
    expect((await linksOf('Kay')).sort()).toEqual(['Kay', 'Kay2']);
    const judgePerson = makeJudgePersonDoses({ persons, writeDoses });
    expect(await judgePerson(personId, moment)).toEqual({ kind: 'judged', changes: 1 });
    expect([await linksOf('Kay'), await given()]).toEqual([['Kay', 'Kay2>Kay'], stock + 1]);
    expect(await judgePerson(personId, moment)).toEqual({ kind: 'judged', changes: 0 });
  });

  it('leave every account equal to its doses', async () => {
    for (const ref of [refOf(), refOf({ siteId: siteIds.oak }), refOf({ lot: 'OTHER77' })]) {
      const { siteId, ndc, lot, funding } = ref;
      expect((await room.dosesOf(`ENTRIES#${siteId}#${ndc}#${lot}#${funding}`)).length).toBe(await given(ref));
    }
  });
});

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { SQSRecord } from 'aws-lambda';
import { patientIdOf } from '../../functions/doses/domain/fhir/ids.ts';
import { doseItem, type DoseItem } from '../../shared/published/dose.ts';
import { doseIdOf } from '../../shared/published/dose-keys.ts';
import { call, type Answer } from '../support/api.ts';
import { openDoseRoom, order, siteIds, vxu, type DoseRoom, type OrderFields, type VxuFields } from '../support/dose-room.ts';

let room: DoseRoom;
beforeAll(async () => {
  room = await openDoseRoom('dosesToldByOthers');
  await room.stock({ siteId: siteIds.oak }, 100);
});
afterAll(() => room.stop());

const at = (time: string) => ({ now: `2021-03-${time}:00.000Z` });
const elm = (who: VxuFields, o: OrderFields): Promise<Answer> =>
  room.sendHl7(vxu({ id: who.given ?? '', ...who, orders: order({ filler: `${who.given ?? ''}^ELM`, ...o }) }), 'elm-ehr', at('08T15:00'));
const oak = (who: VxuFields, o: OrderFields, now = '08T16:00'): Promise<Answer> =>
  room.sendHl7(vxu({ id: `K${who.given ?? ''}`, authority: 'OAK', responsible: 'OAK', ...who, orders: order({ filler: `K${who.given ?? ''}^OAK`, facility: 'Oak Hospital', ...o }) }), 'oak-ehr', at(now));
const recordsOf = (items: readonly Record<string, unknown>[], given: string): unknown[] =>
  items.filter((item) => item['type'] === 'record' && item['sk'] === 'RECORD' && (item['names'] as { given: string }[])[0]?.given === given).map(({ pk }) => pk);
/** How many doses Oak finds of its patient by FHIR. */
const foundByOak = async (given: string): Promise<unknown> => {
  const record = (await room.items()).find((item) => item['type'] === 'record' && item['organizationId'] === 'org_oak' && recordsOf([item], given).length === 1);
  return (await call(room.handler, { route: 'GET /fhir/Immunization', subject: 'oak-ehr', role: 'ehr-system', query: { patient: patientIdOf(String(record?.['recordId'])) } })).body['total'];
};
const witnessesOf = async (given: string): Promise<DoseItem[]> => {
  const items = await room.items();
  const records = recordsOf(items, given);
  return items.filter((item) => item['type'] === 'dose' && records.includes(item['pk'])).map((item) => doseItem.parse(item)).filter(({ witnessOf }) => witnessOf !== undefined);
};
const given = async (lot = '1805018'): Promise<number> => (await room.account({ siteId: siteIds.oak, lot }))?.buckets.administered ?? 0;

/** What Oak is asked of its patient's doses: why, and what its site holds instead. */
const askedOfOak = async (given: string): Promise<unknown[]> => {
  const items = await room.items();
  const doses = items.filter(({ pk, type }) => type === 'dose' && recordsOf(items, given).includes(pk)).map((item) => doseItem.parse(item)).filter(({ organizationId }) => organizationId === 'org_oak').map(doseIdOf);
  return items.filter(({ type, state, doseId }) => type === 'worklist' && state === 'open' && doses.includes(String(doseId)))
    .map(({ why, nearLot, lotIsOf }) => JSON.stringify({ why, nearLot, lotIsOf })).sort();
};

describe('What another organization told of a patient', () => {
  const lines = ({ text }: Answer, given: string): string[] => text.split('\r').filter((line) => line.startsWith('ERR')).map((line) => line.replaceAll(given, 'X'));
  /** The same, told by Oak of a patient of whom Elm told the dose before, who wishes that it is shared with nobody, and of one of whom nobody did. */
  const both = async (name: string, tell: (given: string) => Promise<string[]>, on = '20210308'): Promise<[string[], string[]]> => {
    await elm({ given: `Known${name}`, pd1: 'PD1||||||||||||Y|20210201' }, { on, lot: '' });
    return [await tell(`Known${name}`), await tell(`Alone${name}`)];
  };
  const never: OrderFields = { lot: 'NEVER-AT-OAK' };

  it.each<[string, string, OrderFields, OrderFields]>([
    ['of a lot that its site never received', 'Ka', never, { lot: 'NEVER-EITHER', action: 'U' }],
    ['of a lot that its site has, and then of one it has not', 'Kb', {}, { ...never, action: 'U' }],
    ['of a lot that its site never received, and then of one it has', 'Kc', never, { action: 'U' }],
    ['without a lot', 'Kd', { lot: '', expiry: '' }, { action: 'U' }],
    ['at no site of its own', 'Ke', { facility: 'Elm Street Clinic' }, { facility: 'Nowhere', action: 'U' }],
    ['that looks like history', 'Kf', { lot: '', amount: '999', mvx: '', expiry: '' }, { action: 'U' }],
    ['of a day before its lot came', 'Kg', { on: '20210307', lot: 'LATE-AT-OAK' }, { on: '20210307', lot: 'LATE-AT-OAK', amount: '0.4', action: 'U' }],
    ['of a lot that looks like one its site has', 'Kp', { lot: '18O5018' }, { lot: '18O5018', amount: '0.4', action: 'U' }],
    ['of a lot of which there is no more', 'Kh', { lot: 'NO-MORE' }, { lot: 'NO-MORE', amount: '0.4', action: 'U' }],
  ])('changes no line of the answer to a dose told %s: told, told again, corrected and deleted, and nothing that its site is asked', async (_, name, first, then) => {
    if (name === 'Kg') await room.stock({ siteId: siteIds.oak, lot: 'LATE-AT-OAK' }, 5, {}, '2021-03-08T12:00:00.000Z');
    if (name === 'Kh') {
      await room.stock({ siteId: siteIds.oak, lot: 'NO-MORE' }, 1);
      for (const n of [1, 2]) await oak({ given: `Taken${n}`, birth: `195${n}0101` }, first);
    }
    const stock = await given();
    const [known, alone] = await both(name, async (who) => [
      ...lines(await oak({ given: who }, first), who), ...lines(await oak({ given: who }, first, '08T17:00'), who),
      ...lines(await oak({ given: who }, then, '08T18:00'), who), ...lines(await oak({ given: who }, then, '08T19:00'), who),
    ], first.on);
    expect(known).toEqual(alone);
    expect(known.length).toBeGreaterThan(3);
    expect([await askedOfOak(`Known${name}`), (await askedOfOak(`Alone${name}`)).join()]).toEqual([
      await askedOfOak(`Alone${name}`), expect.stringMatching({ Ka: /no-account/, Ke: /not-our-facility/, Kg: /before-lot-received/, Kp: /"nearLot":"1805018"/ }[name] ?? ''),
    ]);
    expect(await witnessesOf(`Known${name}`)).toMatchObject([{ decrement: { why: 'same-dose' }, organizationId: 'org_oak' }]);
    const deleted: string[][] = [];
    for (const who of [`Known${name}`, `Alone${name}`]) deleted.push(lines(await oak({ given: who }, { ...then, action: 'D' }, '08T20:00'), who));
    expect(deleted[0]).toEqual(deleted[1]);
    expect(await given()).toBe(stock);
  });

  it.each<[string, string, OrderFields, number]>([['of one lot', 'Ki', { lot: 'NEVER-AT-OAK' }, 1], ['of two lots', 'Kl', { lot: 'ANOTHER-LOT' }, 2]])(
    'changes no line of the answers to two reports of a dose %s, and not which of them are found',
    async (_, name, second, found) => {
      const [known, alone] = await both(name, async (who) => [
        ...lines(await oak({ given: who }, never), who), ...lines(await oak({ given: who }, { ...second, filler: `${who}2^OAK` }, '08T17:00'), who),
        ...lines(await oak({ given: who }, { ...second, filler: `${who}2^OAK` }, '08T18:00'), who),
      ]);
      expect([known, known.join()]).toEqual([alone, expect.stringMatching(/Another (report|dose)/)]);
      expect([await foundByOak(`Known${name}`), await foundByOak(`Alone${name}`)]).toEqual([found, found]);
    },
  );

  it.each<[string, string, OrderFields, OrderFields, OrderFields]>([
    ['more like the other organization\'s than like its own', 'Km', { on: '20210308', lot: 'ELM-LOT' }, { ...never, on: '20210307' }, { ...never, on: '20210308' }],
    ['beside one of its own that is the other organization\'s dose', 'Kn', { on: '20210307', lot: '' }, { ...never, on: '20210307' }, { ...never, on: '20210309' }],
  ])('hides no dose of its own beside one that is %s', async (_, name, theirs, first, second) => {
    await elm({ given: `Known${name}`, pd1: 'PD1||||||||||||Y|20210201' }, theirs);
    const tell = async (who: string): Promise<string[]> => [
      ...lines(await oak({ given: who }, first), who), ...lines(await oak({ given: who }, { ...second, filler: `${who}2^OAK` }, '09T17:00'), who),
      ...lines(await oak({ given: who }, { ...second, amount: '0.4', filler: `${who}2^OAK`, action: 'U' }, '09T18:00'), who),
    ];
    const [known, alone] = [await tell(`Known${name}`), await tell(`Alone${name}`)];
    expect([known, alone.filter((line) => line.includes('Another dose')).length]).toEqual([alone, 2]);
  });

  it.each<[string, string, readonly [string, string, string]]>([
    ['is told after and counted', 'Kq', ['08T16:00', '08T17:00', '']],
    ['is counted once the report that one counted oneself is deleted', 'Kr', ['08T14:00', '08T17:00', '08T18:00']],
  ])('changes nothing when it %s: what waits is said and asked, what was told is found', async (_, name, [early, late, last]) => {
    const tell = async (who: string, isKnown: boolean): Promise<unknown[]> => {
      const answers = [await oak({ given: who }, never, early)];
      if (isKnown) await elm({ given: who }, { lot: '' });
      answers.push(await oak({ given: who }, never, late), await oak({ given: who }, { ...never, filler: `${who}2^OAK` }, late));
      const before = [await foundByOak(who), await askedOfOak(who)];
      if (last !== '') answers.push(await oak({ given: who }, { ...never, action: 'D' }, last));
      return [...answers.flatMap((answer) => lines(answer, who)), ...before, await foundByOak(who), await askedOfOak(who)];
    };
    const [known, alone] = [await tell(`Known${name}`, true), await tell(`Alone${name}`, false)];
    expect(known).toEqual(alone);
    expect(alone.slice(-2)).toEqual([1, ['{"why":"no-account"}']]);
  });

  it('changes no remark of an answer in JSON; its site is asked about the lot, and nothing is taken when that comes', async () => {
    const params = { siteId: siteIds.oak };
    const nurse = (request: Omit<Parameters<typeof call>[1], 'role'>): Promise<Answer> => call(room.handler, { role: 'provider-staff', subject: 'oak-nurse', ...request });
    const tell = async (who: string): Promise<string[]> => {
      const patient = { ids: [{ id: `J${who}` }], name: { family: 'Okafor', given: who }, birthDate: '1956-03-12', sex: 'F', address: { street: '12 Oak Lane', city: 'Hartford', state: 'CT', zip: '06106' }, phone: '8605550177' };
      const dose = { patient, givenOn: '2021-03-08', vaccine: { cvx: '212', ndc: '59676-0580-05' }, mvx: 'JSN', lot: 'SOON-AT-OAK', amount: 0.5, unit: 'mL' };
      const { body } = await nurse({ route: 'POST /sites/{siteId}/doses', params, key: `json-${who}`, body: { doses: [dose] }, ...at('08T17:00') });
      return (body['items'] as { remarks: object[] }[]).flatMap(({ remarks }) => remarks.map((remark) => JSON.stringify(remark)));
    };
    const [known, alone] = await both('Kj', tell);
    expect(known).toEqual(alone);
    expect(known.join()).toMatch(/received no such lot/);
    const entries = async (): Promise<{ doseId: string; why: string; version: number }[]> => ((await nurse({ route: 'GET /sites/{siteId}/worklist', params, query: { limit: '100' } })).body['items'] as { lot?: string; doseId: string; why: string; version: number }[]).filter(({ lot }) => lot === 'SOON-AT-OAK');
    const asked = async (): Promise<unknown[]> => (await entries()).map(({ why }) => why);
    expect(await asked()).toEqual(['no-account', 'no-account']);
    for (const { doseId, version } of await entries()) expect((await nurse({ route: 'POST /sites/{siteId}/worklist/{doseId}/settlement', params: { ...params, doseId }, ifMatch: version })).status).toBe(200);
    await room.stock({ siteId: siteIds.oak, lot: 'SOON-AT-OAK' }, 5);
    const body = JSON.stringify({ siteId: siteIds.oak, arrived: { lot: 'SOON-AT-OAK' } });
    const record = { messageId: 'm', body, attributes: { SentTimestamp: String(Date.parse('2021-03-10T15:00:00.000Z')) } } as SQSRecord;
    const { handler: look } = await import('../../functions/doses/on-lot.ts');
    expect(await look({ Records: [record] }, { getRemainingTimeInMillis: () => 300_000 })).toEqual({ batchItemFailures: [] });
    expect([await asked(), await given('SOON-AT-OAK')]).toEqual([[], 1]);
    const again = await both('Kj', tell);
    expect([again[0], again[0].join().includes('Stock')]).toEqual([again[1], false]);
  });
});

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { PutCommand } from '@aws-sdk/lib-dynamodb';
import { readMessage, type Segment } from '../../shared/hl7/index.ts';
import { interfaceStandingKey } from '../../shared/published/interface.ts';
import { personKey } from '../../shared/published/dose-keys.ts';
import type { RecordItem } from '../../shared/published/person.ts';
import { call, type Call } from '../support/api.ts';
import { openDoseRoom, order, vxu, type DoseRoom } from '../support/dose-room.ts';
import { profileFaults } from '../support/rsp-profile.ts';

let room: DoseRoom;
beforeAll(async () => {
  room = await openDoseRoom('doses-query');
  await room.stock({}, 50);
}, 60_000);
afterAll(() => room.stop());

interface Asking { profile?: 'Z34' | 'Z44'; id?: string; name?: string; birth?: string; sex?: string; most?: string; processing?: string; more?: string }
let tags = 0;
/** A query, without a fault unless a field is changed. */
const qbp = ({ profile = 'Z34', id = '', name = '', birth = '', sex = '', most = '5', processing = 'P', more = '' }: Asking): string => [
  `MSH|^~\\&|EHR|ELM|DOSELINE|CTA|20210309100000-0500||QBP^Q11^QBP_Q11|Q${(tags += 1)}|${processing}|2.5.1|||ER|AL|||||${profile}^CDCPHINVS|ELM`,
  `QPD|${profile === 'Z34' ? 'Z34^Request Immunization History' : 'Z44^Request Evaluated History and Forecast'}^CDCPHINVS|T${tags}|${id}|${name}||${birth}|${sex}${more}`,
  `RCP|I|${most}^RD&records&HL70126`, '',
].join('\r');
const ask = async (asking: Asking, subject = 'elm-ehr', more: Partial<Call> = {}) => {
  const { text } = await room.sendHl7(qbp(asking), subject, { now: '2021-03-09T15:00:00.000Z', ...more });
  const message = readMessage(text);
  const kind = [message.header?.value(21), message.first('MSA')?.value(1), message.first('QAK')?.value(2)].join(' ').trim();
  const numbers = (pid: Segment | undefined): string[] => Array.from({ length: pid?.repetitions(3) ?? 0 }, (_, at) => `${pid?.value(3, 1, at + 1) ?? ''} ${pid?.value(3, 5, at + 1) ?? ''}`);
  return { text, message, kind, numbers: numbers(message.first('PID')), pids: message.all('PID') };
};
const report = (fields: Parameters<typeof vxu>[0], subject = 'elm-ehr', now = '2021-03-08T15:00:00.000Z') => room.sendHl7(vxu(fields), subject, { now });
const audit = async (path: 'senders/{senderId}/queries' | 'persons/{personId}/disclosures', id: string) => {
  const answer = await call(room.handler, { route: `GET /${path}`, params: { senderId: id, personId: id }, subject: 'auditor', role: 'auditor' });
  return answer.body['items'] as Record<string, unknown>[];
};
const records = async (): Promise<RecordItem[]> => (await room.items()).filter(({ type }) => type === 'record') as RecordItem[];
const personOf = async (family: string): Promise<string> => (await records()).find(({ names }) => names[0]?.family === family)?.personId ?? '';

describe('A history (Z32)', () => {
  it('has the doses of all senders, refusals, the asker’s own number and ours, and conforms to its profile', async () => {
    const who = { family: 'Historia', given: 'Ida', birth: '19600102', sex: 'F' };
    await report({ ...who, id: 'H1', orders: [...order({ filler: 'H1a^ELM' }), ...order({ filler: '9999^ELM', on: '20210201', completion: 'RE', refusal: '03^^NIP002', source: '', amount: '999' })] });
    await report({ ...who, id: 'O77', authority: 'OAK', responsible: 'OAK', orders: order({ filler: 'O1^OAK', on: '20210105', vaccine: '140^^CVX', mvx: '', lot: '', source: '01^^NIP001', facility: 'Oak Hospital' }) }, 'oak-ehr');
    await report({ ...who, id: 'H1', orders: order({ filler: 'H1b^ELM', on: '20210302', vaccine: '88^^CVX', source: '01^^NIP001' }) });
    await report({ ...who, id: 'H1', orders: order({ filler: 'H1b^ELM', on: '20210302', vaccine: '88^^CVX', source: '01^^NIP001', action: 'D' }) });
    const { text, kind, message, numbers } = await ask({ id: 'H1^^^ELM^MR', name: 'Historia^Ida', birth: '19600102', sex: 'F' });
    expect(kind).toBe('Z32 AA OK');
    expect(profileFaults(text)).toEqual([]);
    expect(message.all('RXA').map((rxa) => [rxa.value(3), rxa.value(5), rxa.value(20), rxa.value(11, 4)])).toEqual([
      ['20210105', '140', 'CP', 'Oak Hospital'], ['20210201', '212', 'RE', ''], ['20210308', '212', 'CP', 'Elm Street Clinic'],
    ]);
    expect(numbers).toEqual(['H1 MR', `${await personOf('Historia')} SR`]);
    expect(text).not.toMatch(/O77|NK1|\|77\^/);
    const other = await ask({ name: 'Historia^Ida', birth: '19600102', sex: 'F' }, 'oak-ehr');
    expect(other.numbers).toEqual(['O77 MR', `${await personOf('Historia')} SR`]);
  });

  it('has a dose once that two senders told: the report that is kept', async () => {
    const who = { family: 'Doppel', given: 'Dora', birth: '19610203', sex: 'F' };
    await report({ ...who, id: 'D1', orders: order({ filler: 'D1^ELM' }) });
    await report({ ...who, id: 'O1', authority: 'OAK', responsible: 'OAK', orders: order({ filler: 'O9^OAK', vaccine: '212^^CVX', mvx: '', lot: '', source: '01^^NIP001', facility: 'Oak Hospital' }) }, 'oak-ehr');
    for (const profile of ['Z34', 'Z44'] as const) {
      const { message } = await ask({ profile, id: 'D1^^^ELM^MR', name: 'Doppel^Dora', birth: '19610203', sex: 'F' });
      expect(message.all('RXA').filter((rxa) => rxa.value(5) === '212').map((rxa) => rxa.value(11, 4))).toEqual(['Elm Street Clinic']);
    }
  });

  it('evaluated (Z42) says of each dose that nobody judged it, and forecasts nothing', async () => {
    const { text, kind, message } = await ask({ profile: 'Z44', id: 'H1^^^ELM^MR' });
    expect([kind, profileFaults(text)]).toEqual(['Z42 AA OK', []]);
    expect(message.all('RXA').map((rxa) => [rxa.value(5), rxa.value(20)]).at(-1)).toEqual(['998', 'NA']);
    expect(message.all('OBX').map((obx) => [obx.value(3), obx.value(5).split(':')[0]])).toEqual([...Array.from({ length: 3 }, () => ['48767-8', 'Not evaluated']), ['48767-8', 'No forecast was made']]);
    expect(text).not.toMatch(/59781-5|30979-9|30980-7|59783-1/);
  });

  it('is asked for by our own number, which a list gave out', async () => {
    const personId = await personOf('Historia');
    expect((await ask({ id: `${personId}^^^CTA^SR` }, 'oak-ehr')).kind).toBe('Z32 AA OK');
    expect((await ask({ id: `${personId}^^^CTA^SR`, name: 'Other^Person', birth: '19990101' }, 'oak-ehr')).kind).toBe('Z33 AA NF');
  });
});

describe('Never more than the matched person', () => {
  beforeAll(async () => {
    for (const [id, given, birth] of [['T1', 'Tina', '20100505'], ['T2', 'Toni', '20100505']] as const)
      await report({ family: 'Zwilling', given, birth, sex: 'F', id, pidMore: { 24: 'Y', 25: id.slice(1) }, orders: order({ filler: `${id}^ELM`, source: '01^^NIP001' }) });
    for (const id of ['S1', 'S2', 'S3'])
      await report({ family: 'Smith', given: 'John', birth: '19700101', sex: 'M', id, pidMore: { 5: `Smith^John^${'ABC'[Number(id[1]) - 1]}^^^^L`, 11: `${id.slice(1)}00 ${id} Street^^Hartford^CT^0610${id[1]}^USA^H`, 13: '' }, orders: order({ filler: `${id}^ELM`, source: '01^^NIP001' }) });
  });

  it('a twin is not told for the other, nor listed (HL7-90)', async () => {
    expect((await ask({ name: 'Zwilling^Tina', birth: '20100505', sex: 'F', more: '|||Y|1' })).pids.map((pid) => pid.value(5, 2))).toEqual(['Tina']);
    expect((await ask({ name: 'Zwilling^Tilda', birth: '20100505', sex: 'F' })).kind).toBe('Z33 AA NF');
    // One letter off may be a slip; of a child that the asker calls one of several it is the sister's name (QPD-10, HL7-87).
    expect((await ask({ name: 'Zwilling^Tony', birth: '20100505', sex: 'F' })).kind).toBe('Z31 AA OK');
    expect((await ask({ name: 'Zwilling^Tony', birth: '20100505', sex: 'F', more: '|||Y' })).kind).toBe('Z33 AA NF');
  });

  it('several that fit are a list within what is wanted, else too many; never the first (MAT-02)', async () => {
    const who = { name: 'Smith^John', birth: '19700101', sex: 'M' };
    const listed = await ask(who);
    expect([listed.kind, listed.pids.length, profileFaults(listed.text)]).toEqual(['Z31 AA OK', 3, []]);
    expect(listed.text).not.toMatch(/RXA|Street|555/);
    expect((await ask({ ...who, most: '2' })).kind).toBe('Z33 AA TM');
    expect((await ask({ ...who, profile: 'Z44' })).kind).toBe('Z33 AA TM');
    // `n^RD^HL70126` is misbuilt: our own limit, and W (HL7-88).
    const misbuilt = await ask({ ...who, most: '1^RD^HL70126' });
    expect([misbuilt.kind, misbuilt.text.includes('expected 1\\S\\RD\\T\\records\\T\\HL70126 - at most 5')]).toEqual(['Z31 AA OK', true]);
    const certain = await ask({ ...who, name: 'Smith^John^B', more: '|200 S2 Street^^Hartford^CT^06102' });
    expect([certain.kind, certain.numbers[0]]).toEqual(['Z32 AA OK', 'S2 MR']);
  });

  it('a number that is somebody else’s with another name and birth date tells nothing of its owner', async () => {
    expect((await ask({ id: 'S1^^^ELM^MR', name: 'Unheard^Of', birth: '19991231' })).kind).toBe('Z33 AA NF');
    // Short numbers can be tried one after the other: another sender's opens no list either, alone or with a name that is not the person's.
    expect((await ask({ id: 'S1^^^ELM^MR' }, 'oak-ehr')).kind).toBe('Z33 AA NF');
    expect((await ask({ id: 'S1^^^ELM^MR', name: 'X^Y' }, 'oak-ehr')).kind).toBe('Z33 AA NF');
  });

  it.each<[string, Asking, string]>([
    ['nothing to search by (HL7-89)', { name: 'Smith^John' }, 'Z33 AE AE'],
    ['a birth date that is none, and no number (HL7-80, HL7-89)', { name: 'Smith^John', birth: '1970-01-01' }, 'Z33 AE AE'],
    ['nobody of that name', { name: 'Nobody^Atall', birth: '19330303' }, 'Z33 AA NF'],
    ['a test message (HL7-15)', { id: 'H1^^^ELM^MR', processing: 'T' }, 'Z33 AA NF'],
  ])('%s', async (_what, asking, expected) => {
    const { kind, text } = await ask(asking);
    expect([kind, profileFaults(text)]).toEqual([expected, []]);
  });
});

describe('Who may not know', () => {
  it('a protected patient is found by who told the record, with that record alone, and by nobody else (HL7-97)', async () => {
    const who = { family: 'Geheim', given: 'Gerd', birth: '19550505', sex: 'M' };
    await report({ ...who, id: 'G1', orders: order({ filler: 'G1^ELM', source: '01^^NIP001' }) });
    await report({ ...who, id: 'OG1', authority: 'OAK', responsible: 'OAK', pd1: 'PD1||||||||||||Y|20210308', orders: order({ filler: 'OG1^OAK', on: '20210101', source: '01^^NIP001' }) }, 'oak-ehr');
    const asking = { name: 'Geheim^Gerd', birth: '19550505', sex: 'M' };
    const [own, nobodys, none] = [await ask(asking), await ask(asking, 'nurse', { role: 'provider-staff' }), await ask({ ...asking, name: 'Geheimnis^Gerd' }, 'new-ehr')];
    expect([own.kind, own.message.all('RXA').length]).toEqual(['Z32 AA OK', 1]);
    expect(nobodys.message.all('RXA').length).toBe(1);
    expect(none.kind).toBe('Z33 AA NF');
  });

  it('one who opted out is not found by anybody, in the words of one who was never there', async () => {
    await report({ family: 'Ausgetreten', given: 'Anna', birth: '19480404', sex: 'F', id: 'X1', orders: order({ filler: 'X1^ELM', source: '01^^NIP001' }) });
    const personId = await personOf('Ausgetreten');
    const asking = { name: 'Ausgetreten^Anna', birth: '19480404', sex: 'F' };
    expect((await ask(asking)).kind).toBe('Z32 AA OK');
    const person = (await room.items()).find(({ pk, sk }) => pk === personKey(personId).pk && sk === 'PERSON') as { version: number };
    const optedOut = await call(room.handler, { route: 'PUT /persons/{personId}/opt-out', params: { personId }, body: { on: '2021-03-08', reason: 'asked for it' }, ifMatch: person.version, subject: 'doctor', role: 'dph-epidemiologist' });
    expect(optedOut.status).toBe(200);
    const [hidden, never] = [await ask(asking), await ask({ ...asking, name: 'Niemals^Zdenka' })];
    const bare = ({ text }: { text: string }): string => text.replace(/Q\d+|T\d+|CTA\|\d{14}-\d{4}\|\|RSP[^|]*\|[^|]*|ACK[^|]*\|[^|]*/g, '').replace('Ausgetreten^Anna', 'Niemals^Zdenka').replace(/\|[0-9a-z]{20}\|/, '||');
    expect(bare(hidden)).toBe(bare(never));
    expect((await audit('persons/{personId}/disclosures', personId)).map(({ kind }) => kind).toSorted()).toEqual(['history', 'withheld']);
  });

  it('an interface in test asks of nobody; one that only reports may not ask; a closed one neither', async () => {
    const asking = { name: 'Historia^Ida', birth: '19600102', sex: 'F' };
    expect((await ask(asking, 'new-ehr')).kind).toBe('Z33 AA NF');
    expect((await ask(asking, 'shut-ehr')).kind).toBe('Z23 AE');
    const standing = { ...interfaceStandingKey('ehr_oak-ehr'), type: 'interface', interfaceId: 'ehr_oak-ehr', organizationId: 'org_oak', state: 'production' };
    const put = (Item: object) => room.suite.dynamo.send(new PutCommand({ TableName: room.suite.tables['ENROLLMENT_TABLE'] ?? '', Item: { ...Item } }));
    await put({ ...standing, mode: 'unidirectional' });
    const refused = await ask(asking, 'oak-ehr');
    expect([refused.kind, /registered for reports/.test(refused.text)]).toEqual(['Z23 AE', true]);
    await put(standing);
    expect((await ask(asking, 'oak-ehr')).kind).toBe('Z32 AA OK');
  });
});

describe('The audit of queries', () => {
  it('lists for a sender and for a person who asked, when, and what became of it, and nothing of the patient', async () => {
    await report({ family: 'Pruefung', given: 'Paula', birth: '19660606', sex: 'F', id: 'A1', orders: order({ filler: 'A1^ELM', source: '01^^NIP001' }) });
    const { message } = await ask({ name: 'Pruefung^Paula', birth: '19660606', sex: 'F' }, 'elm-ehr', { now: '2021-03-10T15:00:00.000Z' });
    const personId = await personOf('Pruefung');
    const [disclosure] = await audit('persons/{personId}/disclosures', personId);
    expect(disclosure).toMatchObject({ askedAt: '2021-03-10T15:00:00.000Z', subject: 'elm-ehr', senderId: 'ehr_elm-ehr', organizationId: 'org_elm', profile: 'Z34', kind: 'history', personId });
    expect(String(disclosure?.['queryId'])).toContain(message.header?.value(10) ?? '?');
    const [query] = await audit('senders/{senderId}/queries', 'ehr_elm-ehr');
    expect(query).toMatchObject({ answer: 'Z32', outcome: 'OK', persons: [{ personId, kind: 'history' }] });
    expect(JSON.stringify(await audit('senders/{senderId}/queries', 'ehr_elm-ehr'))).not.toMatch(/Pruefung|Paula|1966/i);
    expect((await call(room.handler, { route: 'GET /senders/{senderId}/queries', params: { senderId: 'ehr_elm-ehr' }, subject: 'nurse', role: 'provider-staff' })).status).toBe(403);
  });

  it('no answer goes out that was not noted: without the audit a query is asked for again (AR, 207)', async () => {
    const { makeAnswerQuery } = await import('../../functions/doses/query/answer-query.ts');
    const answerQuery = makeAnswerQuery({
      findCandidates: () => Promise.resolve([]), doses: { heads: () => Promise.resolve([]) }, sites: { site: () => Promise.resolve(undefined) },
      queries: { note: () => Promise.reject(new Error('no table')) }, quality: { countOnce: () => Promise.resolve() }, answerMessage: () => '', jurisdiction: { code: 'CTA', timeZone: 'America/New_York' }, matchingKey: 'k', policy: { idKinds: ['record'] },
    });
    const { elmEhr } = await import('../support/dose-reporter.ts');
    const text = qbp({ name: 'A^B', birth: '19900101' });
    await expect(answerQuery(readMessage(text), text, elmEhr, '2021-03-09T15:00:00.000Z')).rejects.toThrow('no table');
  });
});

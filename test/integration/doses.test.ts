import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { entriesPartition } from '../../shared/ledger/account.ts';
import type { DoseItem } from '../../shared/published/dose.ts';
import { call, type Answer, type Call } from '../support/api.ts';
import { janssen, openDoseRoom, order, refOf, siteIds, vxu, type DoseRoom } from '../support/dose-room.ts';

let room: DoseRoom;
beforeAll(async () => {
  room = await openDoseRoom('doses');
  await room.stock({}, 100);
  await room.stock({ ndc: '80777-0273-10', lot: '036A21A' }, 10);
});
afterAll(() => room.stop());

const doses = async (): Promise<DoseItem[]> => (await room.items()).filter(({ type }) => type === 'dose') as DoseItem[];
const doseOf = async (filler: string): Promise<DoseItem | undefined> => (await doses()).find((dose) => dose.filler?.id === filler);
const administered = async (): Promise<number> => (await room.account())?.buckets.administered ?? 0;
/** What was found, without the last line that says what was done (HL7-45). */
const errors = ({ text }: Answer): string[] => text.split('\r').filter((line) => line.startsWith('ERR') && !line.includes('vaccination events taken: '));
const answerCode = ({ text }: Answer): string | undefined => /\rMSA\|(\w\w)/.exec(text)?.[1];

describe('a dose that an EHR reports', () => {
  it('is stored, leaves its account and is acknowledged', async () => {
    const before = await administered();
    const answer = await room.sendHl7(vxu({ controlId: 'first', id: 'A1', orders: order({ filler: 'A1^ELM' }) }));
    expect(answer.status).toBe(200);
    expect(answer.text).toMatch(/^MSH\|.*\|ACK\^V04\^ACK\|.*Z23\^CDCPHINVS.*\rMSA\|AA\|first\rERR\|\|\|0\^Message accepted\^HL70357\|I\|\|\|\|1 of 1 /);
    expect(await doseOf('A1')).toMatchObject({
      state: 'accepted', version: 1, cvx: '212', ndc: janssen.ndc, mvx: 'JSN', lot: janssen.lot, expiry: '2021-06-25', givenOn: '2021-03-08', completion: 'CP',
      sourceClass: 'own', reportable: true, siteId: siteIds.elm, organizationId: 'org_elm', responsible: 'ELM', decrement: { kind: 'matched' },
      effect: { buckets: { onHand: -1, administered: 1 }, positions: { 'U1:thawed': -1 } }, receivedAt: '2021-03-08T15:00:00.000Z', recordedBy: 'elm-ehr',
    });
    expect(await administered()).toBe(before + 1);
  });

  it('sent again gets the same bytes, and nothing is written (HL7-20)', async () => {
    const text = vxu({ controlId: 'again', id: 'A2', orders: order({ filler: 'A2^ELM' }) });
    const first = await room.sendHl7(text);
    const [before, stock] = [await room.items(), await administered()];
    const second = await room.sendHl7(text, 'elm-ehr', { now: '2021-03-09T09:00:00.000Z' });
    expect(second.text).toBe(first.text);
    expect(await room.items()).toEqual(before);
    expect(await administered()).toBe(stock);
  });

  it('under a control id that was used before for another message is another message (HL7-20)', async () => {
    await room.sendHl7(vxu({ controlId: 'reused', id: 'A3', orders: order({ filler: 'A3^ELM' }) }));
    await room.sendHl7(vxu({ controlId: 'reused', id: 'A4', given: 'Bea', orders: order({ filler: 'A4^ELM' }) }));
    expect(await doseOf('A4')).toBeDefined();
  });

  it('told anew with the same content by another message changes nothing (HL7-69)', async () => {
    await room.sendHl7(vxu({ id: 'A5', given: 'Eva', orders: order({ filler: 'A5^ELM' }) }));
    const stock = await administered();
    const answer = await room.sendHl7(vxu({ id: 'A5', given: 'Eva', orders: order({ filler: 'A5^ELM' }) }));
    expect(answerCode(answer)).toBe('AA');
    expect(await doseOf('A5')).toMatchObject({ version: 1 });
    expect(await administered()).toBe(stock);
  });

  it('with another lot under the same id is corrected: the old version stays and the stock follows (HL7-69, HL7-71, HL7-73)', async () => {
    await room.stock({ lot: 'OTHER77' }, 10);
    await room.sendHl7(vxu({ id: 'A6', given: 'Fay', orders: order({ filler: 'A6^ELM' }) }));
    const stock = await administered();
    const answer = await room.sendHl7(vxu({ id: 'A6', given: 'Fay', orders: order({ filler: 'A6^ELM', lot: 'other-77' }) }), 'elm-ehr', { now: '2021-03-09T15:00:00.000Z' });
    expect(errors(answer)).toEqual([expect.stringContaining('taken as an update')]);
    expect(answer.text).toContain('|I||||1 of 1 vaccination events taken: 1 corrected (RXA 1)\r');
    expect(await doseOf('A6')).toMatchObject({ version: 2, state: 'corrected', lot: 'other-77', decrement: { kind: 'matched' }, receivedAt: '2021-03-08T15:00:00.000Z' });
    expect(await administered()).toBe(stock - 1);
    expect((await room.account({ lot: 'OTHER77' }))?.buckets).toMatchObject({ onHand: 9, administered: 1 });
    const version = (await room.items()).find((item) => item['type'] === 'dose-version' && (item['filler'] as { id: string }).id === 'A6');
    expect(version).toMatchObject({ lot: janssen.lot, version: 1, supersededBy: 'elm-ehr', gsi2pk: expect.stringMatching(/^CHANGEDAY#2021-03-09#\d$/) });
    expect(version).not.toHaveProperty('gsi1pk');
  });

  it('deleted goes back to its account, and deleted twice it stays so (HL7-71)', async () => {
    await room.sendHl7(vxu({ id: 'A7', given: 'Gia', orders: order({ filler: 'A7^ELM' }) }));
    const stock = await administered();
    for (let times = 0; times < 2; times += 1)
      expect(answerCode(await room.sendHl7(vxu({ id: 'A7', given: 'Gia', orders: order({ filler: 'A7^ELM', action: 'D' }) })))).toBe('AA');
    expect(await doseOf('A7')).toMatchObject({ state: 'deleted', version: 2, decrement: { kind: 'not-applicable', why: 'deleted' } });
    expect(await administered()).toBe(stock - 1);
    await room.sendHl7(vxu({ id: 'A7', given: 'Gia', orders: order({ filler: 'A7^ELM' }) }));
    expect(await doseOf('A7')).toMatchObject({ state: 'corrected', version: 3, decrement: { kind: 'matched' } });
    expect(await administered()).toBe(stock);
  });

  it('that is to be deleted but is not known costs the message, and its patient is not stored either (HL7-70, HL7-30)', async () => {
    const before = await room.items();
    const answer = await room.sendHl7(vxu({ id: 'A8', given: 'Nobody', orders: order({ filler: 'never^ELM', action: 'D' }) }));
    expect(answerCode(answer)).toBe('AE');
    expect(errors(answer).slice(0, 2)).toEqual([expect.stringMatching(/^ERR\|\|RXA\^1\^21\|204\^.*\|E\|.*nothing removed/), expect.stringMatching(/^ERR\|\|\|100\^.*\|E\|.*to delete is known - message rejected/)]);
    const written = (items: Record<string, unknown>[]) => items.filter(({ type }) => type === 'record' || type === 'person' || type === 'block').length;
    expect(written(await room.items())).toBe(written(before));
  });

  it('that is to be deleted and not known leaves the patient of its record as it was; one that is known takes the new word along (HL7-30)', async () => {
    await room.sendHl7(vxu({ id: 'A81', given: 'Zoe', orders: order({ filler: 'A81^ELM' }) }));
    const phoneOf = async () => (await room.items()).find((item) => item['type'] === 'record' && JSON.stringify(item['ids']).includes('"A81"'))?.['phones'];
    const before = await phoneOf();
    const moved = { 13: '^PRN^PH^^^860^5559999' };
    await room.sendHl7(vxu({ id: 'A81', given: 'Zoe', pidMore: moved, orders: order({ filler: 'never^ELM', on: '20210101', action: 'D' }) }));
    expect(await phoneOf()).toEqual(before);
    await room.sendHl7(vxu({ id: 'A81', given: 'Zoe', pidMore: moved, orders: order({ filler: 'A81^ELM', action: 'D' }) }));
    expect(await phoneOf()).not.toEqual(before);
    expect(await doseOf('A81')).toMatchObject({ state: 'deleted' });
  });

  it('may be deleted without its id when patient, day and vaccine leave one dose, which is said, and not when its lot is another (HL7-70)', async () => {
    await room.sendHl7(vxu({ id: 'A9', given: 'Ina', orders: order({ filler: 'A9^ELM' }) }));
    const refused = await room.sendHl7(vxu({ id: 'A9', given: 'Ina', orders: order({ filler: 'wrong^ELM', action: 'D', lot: 'OTHER9' }) }));
    expect(errors(refused)[0]).toMatch(/^ERR\|\|RXA\^1\^15\|204\^.*\|E\|.*another lot or maker - nothing removed/);
    expect(await doseOf('A9')).toMatchObject({ state: 'accepted' });
    const answer = await room.sendHl7(vxu({ id: 'A9', given: 'Ina', orders: order({ filler: 'wrong^ELM', action: 'D' }) }));
    expect(errors(answer)[0]).toMatch(/^ERR\|\|RXA\^1\|204\^.*\|W\|.*ORC-3 of the dose to delete is not known/);
    expect(await doseOf('A9')).toMatchObject({ state: 'deleted' });
  });

  it('on another day under an id that was used is another dose, not a change of the first (HL7-68)', async () => {
    await room.sendHl7(vxu({ id: 'A10', given: 'Joy', orders: order({ filler: 'same^DCS', on: '20210104' }) }));
    const answer = await room.sendHl7(vxu({ id: 'A10', given: 'Joy', orders: order({ filler: 'same^DCS', on: '20210308' }) }), 'elm-ehr', { now: '2021-03-10T15:00:00.000Z' });
    expect(errors(answer)).toEqual([expect.stringContaining('205^Duplicate key identifier')]);
    const found = (await doses()).filter((dose) => dose.filler?.id === 'same');
    expect(found.map(({ givenOn, version }) => [givenOn, version]).sort()).toEqual([['2021-01-04', 1], ['2021-03-08', 1]]);
  });

  it('several in one message under one id are several doses, in any order and told again', async () => {
    const groups = [order({ filler: 'one^DCS', vaccine: '08^^CVX', mvx: 'MSD^^MVX' }), order({ filler: 'one^DCS', vaccine: '20^^CVX', mvx: 'PMC^^MVX' })];
    await room.sendHl7(vxu({ id: 'A11', given: 'Kim', orders: groups.flat() }));
    await room.sendHl7(vxu({ id: 'A11', given: 'Kim', orders: groups.toReversed().flat() }));
    const found = (await doses()).filter((dose) => dose.filler?.id === 'one');
    expect(found.map(({ cvx, version }) => [cvx, version]).sort()).toEqual([['08', 1], ['20', 1]]);
  });
});

describe('who answers for the content (HL7-99)', () => {
  const who = { id: 'Y1', given: 'Yara' };
  const recordsOf = async () => (await room.items()).filter((item) => item['type'] === 'record' && item['sk'] === 'RECORD' && JSON.stringify(item['ids']).includes('"Y1"'));

  it('is the enrolled site that MSH-22 names, however it is written: one record, and what one spelling told another deletes', async () => {
    await room.sendHl7(vxu({ ...who, responsible: 'Elm Street Clinic', orders: order({ filler: 'Y1^ELM' }) }));
    expect(await doseOf('Y1')).toMatchObject({ responsible: 'Elm Street Clinic', organizationId: 'org_elm' });
    await room.sendHl7(vxu({ ...who, responsible: 'CTA100001', orders: order({ filler: 'Y1^ELM', action: 'D' }) }));
    expect([await recordsOf(), await doseOf('Y1')]).toMatchObject([[{ version: 1 }], { state: 'deleted' }]);
  });

  it('is the sender where MSH-22 names a site that it may not speak for, and the sender is told', async () => {
    const answer = await room.sendHl7(vxu({ ...who, id: 'Y2', given: 'Yves', responsible: 'Oak Hospital', orders: order({ filler: 'Y2^ELM' }) }));
    expect(errors(answer)).toEqual([expect.stringMatching(/^ERR\|\|MSH\^1\^22\|103\^.*\|W\|.*may not speak for/)]);
    expect(await doseOf('Y2')).toMatchObject({ organizationId: 'org_elm', decrement: { kind: 'matched' } });
    // Oak's own record of that number is another: it can neither change nor delete what Elm told.
    await room.sendHl7(vxu({ ...who, id: 'Y2', given: 'Yves', responsible: 'Oak Hospital', orders: order({ filler: 'Y2^ELM', action: 'D' }) }), 'oak-ehr');
    expect(await doseOf('Y2')).toMatchObject({ state: 'accepted' });
  });
});

describe('stock', () => {
  const calledPrivate = ['64994-7^^LN|1|V01^^HL70064', '30963-3^^LN|2|PHC70^^CDCPHINVS'].map((said, index) => `OBX|${index + 1}|CE|${said}||||||F|||20210308|||VXC40^^CDCPHINVS`);
  it.each<[string, Parameters<typeof order>[0] & object, DoseItem['decrement'], string]>([
    ['history told moves no stock (HL7-51)', { source: '01^^NIP001' }, { kind: 'not-applicable', why: 'historical' }, 'AA'],
    ['a refusal moves no stock', { completion: 'RE', refusal: '00^^NIP002', source: '', amount: '999' }, { kind: 'not-applicable', why: 'refused' }, 'AA'],
    ['a dose at a facility that nobody knows is stored, stock untouched (HL7-59)', { facility: 'Nowhere Clinic' }, { kind: 'not-applicable', why: 'not-our-facility' }, 'AE'],
    ['a dose at another organization\'s site is stored, stock untouched (HL7-59)', { facility: 'Oak Hospital' }, { kind: 'not-applicable', why: 'foreign-site' }, 'AE'],
    ['a federal account is balanced apart', { facility: 'Main Pharmacy' }, { kind: 'not-applicable', why: 'federal-account' }, 'AA'],
    ['a lot that the site never received waits on the worklist', { lot: 'NOSUCHLOT' }, { kind: 'unresolved', why: 'no-account' }, 'AE'],
    ['a lot that the site holds as another vaccine waits too, and the answer names what it is', { lot: '036A21A' }, { kind: 'unresolved', why: 'lot-of-other-product', lotIsOf: '80777-0273-10' }, 'AE'],
    ['a lot with the letter O for a zero waits too, and the answer names the lot that the site holds', { lot: '18O-5018' }, { kind: 'unresolved', why: 'no-account', nearLot: '1805018' }, 'AE'],
    ['COVID-19 vaccine that is called private leaves the programme’s account when that holds the lot, and the sender is told', { facility: 'ELM STREET CLINIC', obx: calledPrivate }, { kind: 'resolved', why: 'covid-not-private' }, 'AE'],
    ['COVID-19 vaccine that is called private, of a lot that never came, moves no stock', { lot: 'BOUGHT1', obx: calledPrivate }, { kind: 'not-applicable', why: 'private-stock' }, 'AA'],
    ['the PIN names the site as well', { facility: 'CTA100001' }, { kind: 'matched' }, 'AA'],
    ['the lot may be written with blanks and hyphens', { lot: '180-50 18' }, { kind: 'matched' }, 'AA'],
    ['without a product code the lot decides', { vaccine: '212^^CVX' }, { kind: 'resolved', why: 'only-product' }, 'AA'],
  ])('%s', async (name, fields, decrement, code) => {
    const filler = `S${name.length}${String(fields.facility ?? fields.lot ?? fields.source ?? '')}`.replace(/\W/g, '');
    const answer = await room.sendHl7(vxu({ id: filler, given: filler.replace(/\d/g, ''), orders: order({ ...fields, filler: `${filler}^ELM` }) }));
    expect(answerCode(answer)).toBe(code);
    expect(await doseOf(filler)).toMatchObject({ decrement });
    expect(answer.text.includes('stock untouched - on the worklist of the organization')).toBe(['not-our-facility', 'foreign-site'].includes(decrement.why ?? ''));
    const at = { 'no-account': 'RXA^1^15^1^1', 'lot-of-other-product': 'RXA^1^5^1^1' }[decrement.why ?? ''];
    if (at !== undefined) expect(errors(answer)).toEqual([expect.stringMatching(new RegExp(`^ERR\\|\\|${at.replaceAll('^', '\\^')}\\|102\\^.*\\|W\\|.*${'lotIsOf' in decrement ? 'there it is 80777-0273-10' : 'no such lot'}`))]);
  });

  it('the worklist names what looks like the lot told, what product a lot is and the sender’s own id, and the dose told first comes first', async () => {
    const lots = ['18O-5018', '036A21A', 'FIRST'];
    const at = { '18O-5018': '2021-03-08T18:00:00.000Z', '036A21A': '2021-03-08T19:00:00.000Z', FIRST: '2021-03-08T17:00:00.000Z' } as const;
    for (const [index, lot] of lots.entries()) await room.sendHl7(vxu({ id: `WL${index}`, given: `Wol${'abc'[index]}`, orders: order({ filler: `WL${index}^ELM`, lot }) }), 'elm-ehr', { now: at[lot as keyof typeof at] });
    const items = async (): Promise<Record<string, string>[]> => (await room.asNurse({ route: 'GET /sites/{siteId}/worklist', params: { siteId: siteIds.elm }, query: { limit: '200' } })).body['items'] as Record<string, string>[];
    const found = (await items()).filter(({ id = '' }) => id.startsWith('WL'));
    expect(found).toMatchObject([
      { id: 'WL2', lot: 'FIRST', toldAt: at.FIRST, explanation: 'the site has received no such lot' },
      { id: 'WL0', nearLot: '1805018', explanation: 'the site has received no such lot; it holds 1805018, which looks alike' },
      { id: 'WL1', lotIsOf: '80777-0273-10', explanation: 'the site holds this lot as another product: 80777-0273-10' },
    ]);
    // Told anew and still open, it is as old as it was.
    await room.sendHl7(vxu({ id: 'WL2', given: 'Wolc', orders: order({ filler: 'WL2^ELM', lot: 'FIRST2' }) }), 'elm-ehr', { now: '2021-03-08T20:00:00.000Z' });
    expect((await items()).filter(({ id = '' }) => id.startsWith('WL')).map(({ lot }) => lot)).toEqual(['FIRST2', '18O-5018', '036A21A']);
  });

  it('unresolved doses stand on the worklist of their site until a correction settles them', async () => {
    await room.sendHl7(vxu({ id: 'W1', given: 'Wanda', orders: order({ filler: 'W1^ELM', lot: 'MISTYPED' }) }));
    const list = async () => (await room.asNurse({ route: 'GET /sites/{siteId}/worklist', params: { siteId: siteIds.elm } })).body['items'] as { doseId: string; lot: string; explanation: string }[];
    const entry = (await list()).find(({ lot }) => lot === 'MISTYPED');
    expect(entry?.explanation).toBe('the site has received no such lot');
    const params = { siteId: siteIds.elm, doseId: entry?.doseId ?? '' };
    const stock = await administered();
    const dose = { givenOn: '2021-03-08', vaccine: { cvx: '212', ndc: janssen.ndc }, mvx: 'JSN', lot: janssen.lot, expiry: '2021-06-25', route: 'C28161', bodySite: 'LA', eligibility: 'V01', amount: 0.5, unit: 'mL', administeredBy: { id: '77', family: 'Nurse' } };
    const answer = await room.asNurse({ route: 'PUT /sites/{siteId}/doses/{doseId}', params, ifMatch: 1, body: { dose, reason: 'lot was mistyped' } });
    expect(answer.body).toMatchObject({ dose: { state: 'corrected', version: 2, lot: janssen.lot, decrement: { kind: 'matched' }, reason: 'lot was mistyped' }, remarks: [] });
    expect(await administered()).toBe(stock + 1);
    expect((await list()).find(({ lot }) => lot === 'MISTYPED')).toBeUndefined();
  });

  it('gives what a vial yields beyond its count as overfill, and then asks a person', async () => {
    const lot = 'OVER1';
    await room.stock({ lot }, 5, { vial: { label: 6, counted: 5 } });
    for (let n = 1; n <= 7; n += 1) await room.sendHl7(vxu({ id: `V${n}`, given: `Vi${'abcdefg'[n]}`, orders: order({ filler: `V${n}^ELM`, lot }) }));
    expect((await room.account({ lot }))?.buckets).toMatchObject({ onHand: 0, administered: 6, overfill: -1 });
    expect(await doseOf('V7')).toMatchObject({ decrement: { kind: 'unresolved', why: 'beyond-overfill' } });
  });

  it('has every dose of an account in its index, and their effects add up to what the account says', async () => {
    const entries = await room.dosesOf(entriesPartition(refOf()));
    expect(entries.length).toBe(await administered());
    expect(entries.reduce((sum, { effect }) => sum + (effect?.buckets['administered'] ?? 0), 0)).toBe(await administered());
  });
});

describe('what may be sent', () => {
  it.each([
    ['a message for training (HL7-15)', () => vxu({ processing: 'T', id: 'T1', orders: order({ filler: 'T1^ELM' }) }), 'elm-ehr', 'AA', 'facility, stock and earlier doses were not looked at'],
    ['one for debugging (HL7-15)', () => vxu({ processing: 'D', id: 'T6', orders: order({ filler: 'T6^ELM' }) }), 'elm-ehr', 'AA', 'facility, stock and earlier doses were not looked at'],
    ['an interface in validation', () => vxu({ id: 'T2', orders: order({ filler: 'T2^ELM', facility: 'Oak Hospital' }) }), 'new-ehr', 'AA', 'Test message'],
    ['a suspended interface', () => vxu({ id: 'T3', orders: order({ filler: 'T3^ELM' }) }), 'shut-ehr', 'AE', 'no interface that is open for messages: the department suspended it'],
    ['a client that nobody enrolled', () => vxu({ id: 'T4', orders: order({ filler: 'T4^ELM' }) }), 'stranger', 'AE', 'no interface that is open for messages: no interface speaks through it - register one'],
  ])('%s is answered and touches no record', async (_, text, subject, code, said) => {
    const before = (await doses()).length;
    const answer = await room.sendHl7(text(), subject);
    expect([answerCode(answer), answer.text.includes(said)]).toEqual([code, true]);
    expect((await doses()).length).toBe(before);
  });

  it('a message that was answered in test is stored when the interface sends it again in production', async () => {
    const text = vxu({ id: 'T5', given: 'Tess', orders: order({ filler: 'T5^OAK', facility: 'Oak Hospital' }) });
    expect((await room.sendHl7(text, 'new-ehr')).text).toContain('Test message');
    const before = (await doses()).length;
    await room.standing('new-ehr', 'production');
    expect((await room.sendHl7(text, 'new-ehr')).text).not.toContain('Test message');
    expect((await doses()).length).toBe(before + 1);
    await room.standing('new-ehr', 'validation');
  });

  it.each([
    ['nothing', ''], ['no message', 'hello'], ['JSON', '{"a":1}'], ['another version', vxu().replace('|2.5.1|', '|2.3|')], ['another type', vxu().replace('VXU^V04', 'ADT^A01')],
    ['no patient', vxu().replace(/\rPID[^\r]*/, '')],
  ])('%s gets an acknowledgement that says so, never a fault of ours', async (_, text) => {
    const answer = await room.sendHl7(text);
    expect(answer.status).toBe(200);
    expect(answerCode(answer)).toMatch(/AE|AR/);
  });

  it('a query is answered with a response (HL7-90)', async () => {
    const answer = await room.sendHl7('MSH|^~\\&|EHR|ELM|||20210308100000-0500||QBP^Q11^QBP_Q11|Q1|P|2.5.1|||ER|AL|||||Z34^CDCPHINVS|ELM\rQPD|Z34^Request Immunization History^CDCPHINVS|1|P1^^^ELM^MR|\rRCP|I|5^RD\r');
    expect(answer.text).toMatch(/RSP\^K11\^RSP_K11/);
    expect(answerCode(answer)).toBe('AA');
  });

  it('keeps the original for those who may read it, encrypted and under a key that names nobody', async () => {
    const text = vxu({ id: 'M1', given: 'Mona', orders: order({ filler: 'M1^ELM' }) });
    await room.sendHl7(text);
    const messageId = (await doseOf('M1'))?.messageId ?? '';
    const asEpidemiologist = (request: Call) => call(room.handler, { subject: 'epi', role: 'dph-epidemiologist', ...request });
    expect((await asEpidemiologist({ route: 'GET /messages/{messageId}', params: { messageId } })).text).toBe(text);
    expect((await room.asNurse({ route: 'GET /messages/{messageId}', params: { messageId } })).status).toBe(403);
    const item = (await room.items()).find((found) => found['messageId'] === messageId && found['type'] === 'message');
    expect(item?.['objectKey']).toBe(`messages/2021-03-08/ehr_elm-ehr/${messageId}.hl7`);
  });
});

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { DoseItem } from '../../shared/published/dose.ts';
import { doseIdOf } from '../../shared/published/dose-keys.ts';
import { call, type Answer } from '../support/api.ts';
import { cell, doseFile } from '../support/dose-file.ts';
import { janssen, openDoseRoom, order, siteIds, vxu, type DoseRoom } from '../support/dose-room.ts';
import { fhirDose, fhirPatient, post, transaction } from '../support/fhir.ts';

let room: DoseRoom;
beforeAll(async () => {
  room = await openDoseRoom('dosesIds');
  await room.stock({}, 100);
});
afterAll(() => room.stop());

const doses = async (): Promise<DoseItem[]> => (await room.items()).filter(({ type }) => type === 'dose') as DoseItem[];
const doseOf = async (filler: string): Promise<DoseItem | undefined> => (await doses()).find((dose) => dose.filler?.id === filler);
const administered = async (): Promise<number> => (await room.account())?.buckets.administered ?? 0;
/** What was found, without the last line that says what was done (HL7-45). */
const errors = ({ text }: Answer): string[] => text.split('\r').filter((line) => line.startsWith('ERR') && !line.includes('vaccination events taken: '));

describe('an id that stands for several doses', () => {
  const facts = (found: DoseItem[]) => found.map(({ givenOn, cvx, state, lot }) => [givenOn, cvx, state, lot]).sort();
  const ofId = async (id: string) => (await doses()).filter((dose) => dose.filler?.id === id);
  const both = (id: string) => [order({ filler: `${id}^DCS`, on: '20210104', vaccine: '08^^CVX', mvx: 'MSD^^MVX', lot: 'HEP1' }), order({ filler: `${id}^DCS` })].flat();

  it.each<[string, Parameters<typeof order>[0] & object, string[], unknown[][]]>([
    ['an update with a corrected day changes the dose of its vaccine, not the first (HL7-68)', { action: 'U', on: '20210307' }, [],
      [['2021-01-04', '08', 'accepted', 'HEP1'], ['2021-03-07', '212', 'corrected', janssen.lot]]],
    ['an update that fits none changes nothing and says so (HL7-69)', { action: 'U', on: '20210220', vaccine: '140^^CVX', mvx: 'SKB^^MVX' }, ['204', 'nothing changed'],
      [['2021-01-04', '08', 'accepted', 'HEP1'], ['2021-03-08', '212', 'accepted', janssen.lot]]],
    ['a deletion of a day and vaccine that none has removes nothing (HL7-70)', { action: 'D', on: '20210307' }, ['204', 'nothing changed'],
      [['2021-01-04', '08', 'accepted', 'HEP1'], ['2021-03-08', '212', 'accepted', janssen.lot]]],
    ['a deletion of the day and vaccine of one removes that one (HL7-70)', { action: 'D' }, [],
      [['2021-01-04', '08', 'accepted', 'HEP1'], ['2021-03-08', '212', 'deleted', janssen.lot]]],
  ])('%s', async (name, fields, said, expected) => {
    const id = `M${name.length}`;
    const patient = { id, family: `Of${name.replace(/[^a-z]/g, '').slice(-12)}` };
    await room.sendHl7(vxu({ ...patient, orders: both(id) }));
    const stock = await administered();
    const answer = await room.sendHl7(vxu({ ...patient, orders: order({ ...fields, filler: `${id}^DCS` }) }));
    for (const text of said) expect(errors(answer).join()).toContain(text);
    expect(facts(await ofId(id))).toEqual(expected);
    expect(await administered()).toBe(stock - (name.includes('removes that one') ? 1 : 0));
  });

  it('an add with a corrected day of the only dose of an id is that dose: the vial is taken once (HL7-69)', async () => {
    const patient = { id: 'M1', given: 'Nia' };
    await room.sendHl7(vxu({ ...patient, orders: order({ filler: 'M1^ELM' }) }));
    const stock = await administered();
    const answer = await room.sendHl7(vxu({ ...patient, orders: order({ filler: 'M1^ELM', on: '20210307' }) }));
    expect(errors(answer)[0]).toContain('taken as an update');
    expect(facts(await ofId('M1'))).toEqual([['2021-03-07', '212', 'corrected', janssen.lot]]);
    expect(await administered()).toBe(stock);
  });

  it('a deletion of another day under the id of one dose removes it and says what differs (HL7-70)', async () => {
    const patient = { id: 'M2', given: 'Ora' };
    await room.sendHl7(vxu({ ...patient, orders: order({ filler: 'M2^ELM' }) }));
    const answer = await room.sendHl7(vxu({ ...patient, orders: order({ filler: 'M2^ELM', on: '20210304', action: 'D' }) }));
    expect(errors(answer)[0]).toMatch(/^ERR\|\|RXA\^1\^3\|102\^.*\|W\|.*deleted by its id/);
    expect(await doseOf('M2')).toMatchObject({ state: 'deleted' });
  });
});

describe('doses without an id', () => {
  const told = (fields: Parameters<typeof order>[0]) => order({ filler: '9999^ELM', ...fields });
  const ofDay = async (on: string) => (await doses()).filter(({ givenOn, filler }) => givenOn === on && filler === undefined);

  it('of one day and vaccine but two lots in one message are two, told in any order and again (HL7-32, HL7-66)', async () => {
    await room.stock({ lot: 'LOTB' }, 10);
    const groups = [told({ on: '20210302' }), told({ on: '20210302', lot: 'LOTB' })];
    for (const orders of [groups.flat(), groups.toReversed().flat()]) await room.sendHl7(vxu({ id: 'N1', given: 'Pia', orders }));
    expect((await ofDay('2021-03-02')).map(({ lot, version }) => [lot, version]).sort()).toEqual([[janssen.lot, 1], ['LOTB', 1]]);
    await room.sendHl7(vxu({ id: 'N1', given: 'Pia', orders: [told({ on: '20210302', lot: 'LOTB' }), told({ on: '20210302', lot: 'OTHER77' })].flat() }));
    expect((await ofDay('2021-03-02')).map(({ lot, version }) => [lot, version]).sort()).toEqual([['LOTB', 1], ['OTHER77', 2]]);
  });

  it('and one whose lot is told anew alone is corrected', async () => {
    await room.sendHl7(vxu({ id: 'N2', given: 'Quin', orders: told({ on: '20210303' }) }));
    await room.sendHl7(vxu({ id: 'N2', given: 'Quin', orders: told({ on: '20210303', lot: 'OTHER77' }) }));
    expect((await ofDay('2021-03-03')).map(({ lot, version }) => [lot, version])).toEqual([['OTHER77', 2]]);
  });

  it('that were not given are told apart by what they are about: immunity and contraindication both stand (HL7-54, HL7-67)', async () => {
    const none = { on: '20210305', vaccine: '998^^CVX', completion: 'NA', source: '', amount: '999', lot: '', mvx: '', expiry: '' };
    const groups = [
      told({ ...none, obx: ['OBX|1|CE|59784-9^^LN|1|38907003^Varicella^SCT||||||F'] }),
      told({ ...none, obx: ['OBX|1|CE|30945-0^^LN|1|VXC18^Allergy^CDCPHINVS||||||F'] }),
    ];
    for (let times = 0; times < 2; times += 1) await room.sendHl7(vxu({ id: 'N3', given: 'Rae', orders: groups.flat() }));
    await room.sendHl7(vxu({ id: 'N3', given: 'Rae', orders: groups[1] ?? [] }));
    expect((await ofDay('2021-03-05')).map(({ observations, version }) => [observations?.[0]?.code, version]).sort()).toEqual([['30945-0', 1], ['59784-9', 1]]);
  });
});

describe('what a site corrected or deleted by hand stands when its sender tells the same as before', () => {
  const params = { siteId: siteIds.elm };
  let minute = 10;
  const late = () => ({ now: `2021-03-11T02:${(minute += 1)}:00.000Z` });
  const told = { patient: { ids: [{ id: 'B-json' }], name: { family: 'Ibarra', given: 'Json' }, birthDate: '1948-02-03', sex: 'F' }, id: 'B-json', givenOn: '2021-03-08', vaccine: { cvx: janssen.cvx, ndc: janssen.ndc }, mvx: 'JSN', amount: 0.5, unit: 'mL', route: 'C28161', bodySite: 'LA', eligibility: 'V01' };
  let keys = 0;
  /** One dose of a given lot, as each way of telling tells it. */
  const ways: Readonly<Record<string, (lot: string) => Promise<Answer>>> = {
    'B-hl7': (lot) => room.sendHl7(vxu({ id: 'B-hl7', given: 'Seven', family: 'Ueda', birth: '19330809', orders: order({ filler: 'B-hl7^ELM', lot }) }), 'elm-ehr', late()),
    'B-json': (lot) => room.asNurse({ route: 'POST /sites/{siteId}/doses', params, body: { doses: [{ ...told, lot }] }, key: `by-hand-key-${(keys += 1)}`, ...late() }),
    'B-csv': (lot) => room.asNurse({ route: 'POST /sites/{siteId}/dose-files', params, ...late(), body: doseFile([cell({ patient_id: 'B-csv', last_name: 'Commas', first_name: 'Cal', birth_date: '1971-12-05', dose_id: 'B-csv', lot })]) }),
    'B-fhir': (lot) => call(room.handler, {
      route: 'POST /fhir', subject: 'elm-ehr', role: 'ehr-system', ...late(),
      body: transaction([post('Patient', 'urn:uuid:6f8d0e2a-52c0-4f6c-8d64-000000000001', fhirPatient('Byhand')), post('Immunization', 'urn:uuid:6f8d0e2a-52c0-4f6c-8d64-000000000002', fhirDose('B-fhir', 'urn:uuid:6f8d0e2a-52c0-4f6c-8d64-000000000001', { lotNumber: lot }))]),
    }),
  };
  const corrected = { givenOn: '2021-02-28', vaccine: { cvx: janssen.cvx, ndc: janssen.ndc }, lot: janssen.lot };
  const byHand = async (id: string, body: object, find = doseOf) => {
    const dose = await find(id);
    if (dose === undefined) throw new Error('no dose');
    const route = 'dose' in body ? 'PUT /sites/{siteId}/doses/{doseId}' as const : 'DELETE /sites/{siteId}/doses/{doseId}' as const;
    return room.asNurse({ route, params: { ...params, doseId: doseIdOf(dose) }, ifMatch: dose.version, body, now: '2021-03-10T03:00:00.000Z' });
  };
  const standing = async (id: string) => [(await doses()).filter((dose) => dose.filler?.id === id).map(({ state, givenOn, lot, version }) => [state, givenOn, lot, version]), await administered()];

  it.each(Object.entries(ways))('told by %s', async (id, tell) => {
    await tell('ZZZ999');
    const stock = await administered();
    expect((await byHand(id, { dose: corrected, reason: 'the vial says so' })).status).toBe(200);
    const kept = await standing(id);
    expect(kept).toEqual([[['corrected', '2021-02-28', janssen.lot, 2]], stock + 1]);
    expect((await tell('ZZZ999')).text).toContain('corrected by hand on 2021-03-09');
    expect(await standing(id)).toEqual(kept);
    // What is new is taken, and from then on only that counts as told.
    await tell('NEW1');
    await tell('NEW1');
    const [[state, , lot] = []] = (await standing(id))[0] as string[][];
    expect([state, lot]).toEqual(['corrected', 'NEW1']);
    await byHand(id, { dose: { ...corrected, givenOn: '2021-03-08' }, reason: 'once more' });
    expect((await byHand(id, { reason: 'another patient' })).status).toBe(200);
    const deleted = await standing(id);
    const answer = await tell('NEW1');
    expect(answer.text).toContain('deleted by hand on 2021-03-09');
    expect([await standing(id), await administered()]).toEqual([deleted, stock]);
  });

  it('told without an id, too, whatever day it has now (HL7-67)', async () => {
    const tell = () => room.sendHl7(vxu({ id: 'B4', given: 'Noid', family: 'Vance', birth: '19300730', orders: order({ filler: '9999^ELM', lot: 'NOID7' }) }));
    await tell();
    const { pk } = (await doses()).find(({ lot }) => lot === 'NOID7') ?? {};
    const ofRecord = async () => (await doses()).filter((dose) => dose.pk === pk);
    expect((await byHand('', { dose: corrected, reason: 'the chart says so' }, async () => (await ofRecord())[0])).status).toBe(200);
    expect((await tell()).text).toContain('corrected by hand on');
    expect((await ofRecord()).map(({ givenOn, lot }) => [givenOn, lot])).toEqual([['2021-02-28', janssen.lot]]);
  });

  it('and what its sender deleted, or deletes too, is taken back in by its sender', async () => {
    const tell = (action: string): Promise<Answer> => room.sendHl7(vxu({ id: 'B2', given: 'Back', family: 'Zeller', birth: '19411114', orders: order({ filler: 'B2^ELM', action }) }));
    const stock = await administered();
    for (const remove of [() => tell('D'), async () => { await byHand('B2', { reason: 'a slip' }); return tell('D'); }]) {
      await tell('A');
      await remove();
      expect([(await doseOf('B2'))?.state, await administered()]).toEqual(['deleted', stock]);
      const answer = await tell('A');
      expect(errors(answer)).toEqual([expect.stringContaining('|I||||This dose was deleted before - taken back in')]);
      expect(answer.text).toContain('taken: 1 taken back in (RXA 1)');
      expect([(await doseOf('B2'))?.state, await administered()]).toEqual(['corrected', stock + 1]);
    }
  });

  it('a dose that one message adds and deletes is told as such, and nothing is lost (HL7-68)', async () => {
    const stock = await administered();
    const answer = await room.sendHl7(vxu({ id: 'B3', given: 'Both', family: 'Quist', birth: '19590419', orders: ['A', 'D'].flatMap((action) => order({ filler: 'B3^ELM', action })) }));
    expect(answer.text).toMatch(/\rMSA\|AA\|/);
    expect(answer.text).toContain('taken: 1 added (RXA 1), 1 taken back in this message (RXA 2)');
    expect(answer.text).not.toContain('taken as one');
    expect([(await doseOf('B3'))?.state, await administered()]).toEqual(['deleted', stock]);
  });
});

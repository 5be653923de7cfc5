import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { PersonItem, RecordItem } from '../../shared/published/person.ts';
import { call } from '../support/api.ts';
import { openDoseRoom, order, vxu, type DoseRoom, type VxuFields } from '../support/dose-room.ts';

let room: DoseRoom;
beforeAll(async () => { room = await openDoseRoom('dosesPersons'); });
afterAll(() => room.stop());

const ofType = async <T>(type: string): Promise<T[]> => (await room.items()).filter((item) => item['type'] === type) as T[];
const records = (id: string): Promise<RecordItem[]> => ofType<RecordItem>('record').then((all) => all.filter(({ ids }) => ids.some((known) => known.id === id)));
const person = async (record: RecordItem | undefined): Promise<PersonItem | undefined> => (await ofType<PersonItem>('person')).find(({ personId }) => personId === record?.personId);
const send = (fields: VxuFields, filler: string, subject = 'elm-ehr') => room.sendHl7(vxu({ ...fields, orders: order({ filler }) }), subject);

describe('a patient', () => {
  it('is one record of its sender and one person, with the demographics that reports need', async () => {
    await send({ id: 'R1', family: 'Rowe', given: 'Ruth' }, 'R1a^ELM');
    await send({ id: 'R1', family: 'Rowe', given: 'Ruth' }, 'R1b^ELM');
    const [record, ...others] = await records('R1');
    expect(others).toEqual([]);
    expect(record).toMatchObject({ version: 1, sex: 'F', birthDate: '1956-03-12', races: ['2054-5'], ethnicity: '2186-5', home: { residence: 'inside', town: 'Hartford', county: '09003', state: 'CT', zip: '06106' } });
    // One version for its creation and one for each dose.
    expect(await person(record)).toMatchObject({ recordIds: [record?.recordId], version: 3 });
  });

  it('of whom another sender tells with the same name, birth date and sex gets a second record of the same person (HL7-100)', async () => {
    await send({ id: 'S1', family: 'Smart', given: 'Saul', sex: 'M' }, 'S1^ELM');
    await send({ id: 'O-77', authority: 'OAK', family: 'SMART', given: 'Saúl', sex: 'M' }, 'S2^OAK', 'oak-ehr');
    const [[first], [second]] = await Promise.all([records('S1'), records('O-77')]);
    expect(second?.recordId).not.toBe(first?.recordId);
    expect(second?.personId).toBe(first?.personId);
    expect((await person(first))?.recordIds).toEqual([first?.recordId, second?.recordId]);
  });

  it('of whom two EHRs tell at the same moment is one person (attribute_not_exists on the key decides)', async () => {
    for (let round = 0; round < 8; round += 1) {
      const who = { family: `Twinmoment${'abcdefgh'[round]}`, given: 'Ida' };
      await Promise.all([
        send({ ...who, id: `X${round}`, authority: 'ELM' }, `X${round}^ELM`, 'elm-ehr'),
        send({ ...who, id: `Y${round}`, authority: 'OAK' }, `Y${round}^OAK`, 'oak-ehr'),
      ]);
      const [[one], [other]] = await Promise.all([records(`X${round}`), records(`Y${round}`)]);
      expect(one?.personId).toBeDefined();
      expect(other?.personId).toBe(one?.personId);
      expect((await person(one))?.version).toBe(4);
    }
  });

  it('what was not said again stays, and what was said replaces it in a new version', async () => {
    await send({ id: 'U1', family: 'Udall', given: 'Una' }, 'U1a^ELM');
    await send({ id: 'U1', family: 'Udall', given: 'Una', pidMore: { 10: '', 11: '9 New Street^^Groton^CT^06340^USA^H', 13: '' } }, 'U1b^ELM');
    const [record] = await records('U1');
    expect(record).toMatchObject({ version: 2, races: ['2054-5'], phones: [{ number: '8605550177' }], home: { town: 'Groton', county: '09011' } });
    const former = (await room.items()).find(({ pk, sk }) => pk === `RECORD#${record?.recordId}` && sk === 'RECORD#V#000001');
    expect(former).toMatchObject({ home: { town: 'Hartford' } });
  });

  it('that is another under a number that was used keeps its own record, under a provisional person, for somebody to look at (HL7-100)', async () => {
    await send({ id: 'D1', family: 'Dorr', given: 'Dan', sex: 'M' }, 'D1^ELM');
    const answer = await send({ id: 'D1', family: 'Kemp', given: 'Kay', birth: '20110505' }, 'D2^ELM');
    expect(answer.text).toContain('PID-3 is known as the number of another patient of yours');
    const [one, other] = (await records('D1')).toSorted((a, b) => a.birthDate.localeCompare(b.birthDate));
    expect(one?.names[0]?.family).toBe('Dorr');
    expect(other?.names[0]?.family).toBe('Kemp');
    expect(await person(other)).toMatchObject({ provisional: true });
    const reviews = await call(room.handler, { route: 'GET /persons/reviews', query: { day: '2021-03-08' }, subject: 'epi', role: 'dph-epidemiologist' });
    expect(reviews.body['items']).toContainEqual(expect.objectContaining({ why: 'id-contradicts', recordId: other?.recordId, candidates: [one?.personId] }));
  });

  it('who may be a twin is never linked by name and birth date alone (HL7-100)', async () => {
    const twin = { family: 'Gemini', given: 'Gil', birth: '20150101', sex: 'M' };
    await send({ ...twin, id: 'G1', pidMore: { 24: 'Y', 25: '1' } }, 'G1^ELM');
    const answer = await send({ ...twin, id: 'G2', authority: 'OAK', pidMore: { 24: 'Y', 25: '2' } }, 'G2^OAK', 'oak-ehr');
    const [[one], [other]] = await Promise.all([records('G1'), records('G2')]);
    expect(other?.personId).not.toBe(one?.personId);
    expect(await person(other)).toMatchObject({ provisional: true });
    // HL7-98: that somebody like them is here, told by another sender, the answer does not give away.
    const nobody = await send({ family: 'Zymurgy', given: 'Zed', birth: '20150102', sex: 'M', id: 'G3', authority: 'OAK', pidMore: { 24: 'Y', 25: '2' } }, 'G3^OAK', 'oak-ehr');
    const told = ({ text }: typeof answer) => text.split('\r').filter((line) => line.startsWith('ERR'));
    expect(told(answer)).toEqual(told(nobody));
  });

  it('who is told without doses is kept as well, with the wish not to be shared (HL7-96)', async () => {
    await room.sendHl7(vxu({ id: 'E1', family: 'Eck', given: 'Eve', orders: [], pd1: 'PD1|||||||||||02^^HL70215|Y|20210301|||A^^HL70441|20210301|20210301' }));
    expect((await records('E1'))[0]).toMatchObject({ protection: { code: 'Y', on: '2021-03-01' }, registryStatus: { code: 'A' } });
  });

  it('a message of which every dose is lost stores no patient either (HL7-30)', async () => {
    const answer = await room.sendHl7(vxu({ id: 'L1', family: 'Lost', given: 'Lou', orders: order({ vaccine: '777^^CVX', mvx: '' }) }));
    expect(answer.text).toContain('message rejected');
    expect(await records('L1')).toEqual([]);
  });
});

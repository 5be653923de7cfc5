import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { DoseItem } from '../../shared/published/dose.ts';
import type { Answer } from '../support/api.ts';
import { janssen, openDoseRoom, order, vxu, type DoseRoom } from '../support/dose-room.ts';

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

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { movementItems } from '../../shared/ledger/items.ts';
import { planMovements, transferPostings, type Posting } from '../../shared/ledger/plan-movements.ts';
import { commit } from '../../shared/platform/dynamo.ts';
import type { DoseItem } from '../../shared/published/dose.ts';
import { doseIdOf } from '../../shared/published/dose-keys.ts';
import { immunizationIdOf } from '../../functions/doses/domain/fhir/ids.ts';
import { call, type Answer, type Call } from '../support/api.ts';
import { janssen, openDoseRoom, order, refOf, siteIds, vxu, type DoseRoom } from '../support/dose-room.ts';

let room: DoseRoom;
beforeAll(async () => {
  room = await openDoseRoom('unplaced');
  await room.stock({}, 50);
});
afterAll(() => room.stop());

const of = { organizationId: 'org_elm' };
interface Entry { id?: string; doseId: string; why: string; explanation: string; facility?: string; version: number; lot?: string }
const waiting = async (): Promise<Entry[]> => (await room.asNurse({ route: 'GET /organizations/{organizationId}/worklist', params: of, query: { limit: '200' } })).body['items'] as Entry[];
const entryOf = async (id: string): Promise<Entry | undefined> => (await waiting()).find((entry) => entry.id === id);
const assign = (doseId: string, ifMatch: number, siteId: string | null, more: { organizationId?: string; subject?: string } = {}): Promise<Answer> =>
  call(room.handler, { route: 'PUT /organizations/{organizationId}/doses/{doseId}/site', role: 'provider-staff', subject: more.subject ?? 'nurse', params: { organizationId: more.organizationId ?? 'org_elm', doseId }, ifMatch, body: { siteId, reason: 'the nurse knows' } });
const told = (id: string, fields: Parameters<typeof order>[0] & object = {}, at = '2021-03-08T18:00:00.000Z'): Promise<Answer> =>
  room.sendHl7(vxu({ id, given: `Un${id.toLowerCase().replace(/\d/g, (digit) => 'abcdefghij'[Number(digit)] ?? '')}`, orders: order({ filler: `${id}^ELM`, facility: 'Van at the church', ...fields }) }), 'elm-ehr', { now: at });
const doseOf = async (id: string): Promise<DoseItem | undefined> =>
  (await room.items()).find((item) => item['type'] === 'dose' && (item as { filler?: { id: string } }).filler?.id === id) as DoseItem | undefined;
const administered = async (): Promise<number> => (await room.account())?.buckets['administered'] ?? 0;

describe('A dose told as given here at no site of the organization', () => {
  it('waits for the organization, the one told first before all: with what was sent as the place, the reason and its own id', async () => {
    await told('U2', {}, '2021-03-08T19:00:00.000Z');
    await told('U1');
    await told('U3', { facility: 'Oak Hospital' }, '2021-03-08T20:00:00.000Z');
    expect(await waiting()).toMatchObject([
      { id: 'U1', facility: 'Van at the church', why: 'not-our-facility', explanation: 'the facility is no enrolled site', version: 1, lot: janssen.lot },
      { id: 'U2', facility: 'Van at the church' },
      { id: 'U3', facility: 'Oak Hospital', why: 'foreign-site', explanation: 'the facility is not one of the sender\'s sites' },
    ]);
    expect((await call(room.handler, { route: 'GET /organizations/{organizationId}/worklist', role: 'dph-inventory', subject: 'stock', params: of })).body['items']).toHaveLength(3);
  });

  it.each<[string, Parameters<typeof order>[0] & object]>([
    ['history told', { source: '01^^NIP001' }], ['a refusal', { completion: 'RE', refusal: '00^^NIP002', source: '', amount: '999' }],
    ['a dose of one of its sites', { facility: 'Elm Street Clinic' }],
    ['a vaccine that is not for COVID-19 and was bought privately', { vaccine: '150^^CVX', lot: 'FLU1', mvx: 'SKB^^MVX', obx: ['64994-7^^LN|1|V01^^HL70064', '30963-3^^LN|2|PHC70^^CDCPHINVS'].map((said, index) => `OBX|${index + 1}|CE|${said}||||||F|||20210308|||VXC40^^CDCPHINVS`) }],
  ])('does not ask where %s was given', async (name, fields) => {
    const before = (await waiting()).length;
    await told(`N${name.length}`, fields);
    expect([(await waiting()).length, (await doseOf(`N${name.length}`))?.state]).toEqual([before, 'accepted']);
  });

  it('is read with its patient by its own organization alone', async () => {
    const { doseId = '' } = (await entryOf('U1')) ?? {};
    const read = (subject: string, organizationId: string, of = doseId): Promise<Answer> => call(room.handler, { route: 'GET /organizations/{organizationId}/doses/{doseId}', role: 'provider-staff', subject, params: { organizationId, doseId: of } });
    const own = await read('nurse', 'org_elm');
    expect([own.status, own.version, own.body]).toMatchObject([200, 1, { id: 'U1', facility: 'Van at the church', patient: { birthDate: '1956-03-12' } }]);
    const foreign = await read('nurse', 'org_elm', (await entryOf('U3'))?.doseId);
    expect([foreign.status, foreign.body['facility'], foreign.text.includes(siteIds.oak), (await doseOf('U3'))?.siteId]).toEqual([200, 'Oak Hospital', false, siteIds.oak]);
    expect([(await read('oak-nurse', 'org_oak')).status, (await read('oak-nurse', 'org_elm')).status]).toEqual([404, 404]);
    const [resource, ours] = await Promise.all(['U3', 'N26'].map(async (id) => call(room.handler, { route: 'GET /fhir/Immunization/{immunizationId}', subject: 'elm-ehr', role: 'ehr-system', params: { immunizationId: immunizationIdOf((await doseOf(id)) ?? { pk: '', sk: '' }) } })));
    expect([resource?.body['location'], ours?.body['location']]).toEqual([{ display: 'Oak Hospital' }, { identifier: { system: expect.any(String), value: siteIds.elm } }]);
    expect((await assign(doseId, 1, siteIds.oak, { subject: 'oak-nurse', organizationId: 'org_oak' })).status).toBe(404);
  });

  it('is the site’s once somebody says so: its stock falls, it leaves the list and is in the lists of the site', async () => {
    const { doseId = '', version = 0 } = (await entryOf('U1')) ?? {};
    const before = await administered();
    const { status, body } = await assign(doseId, version, siteIds.elm);
    expect([status, body['dose']]).toMatchObject([200, { siteId: siteIds.elm, state: 'corrected', version: 2, decrement: { kind: 'matched' }, reportable: true, reason: 'the nurse knows' }]);
    expect([await administered(), await entryOf('U1'), (await doseOf('U1'))?.facility]).toEqual([before + 1, undefined, undefined]);
    const site = { siteId: siteIds.elm, doseId };
    expect((await room.asNurse({ route: 'GET /sites/{siteId}/doses/{doseId}', params: site })).status).toBe(200);
    const day = await room.asNurse({ route: 'GET /sites/{siteId}/doses', params: { siteId: siteIds.elm }, query: { day: '2021-03-08', limit: '200' } });
    expect((day.body['items'] as { doseId: string }[]).some((dose) => dose.doseId === doseId)).toBe(true);
    const again = await assign(doseId, version, siteIds.elm);
    expect([again.status, again.version, again.body['dose'], await administered()]).toMatchObject([200, 2, { siteId: siteIds.elm, version: 2 }, before + 1]);
    expect((await assign(doseId, version, siteIds.pharmacy)).status).toBe(404);
  });

  it('stays there when its sender tells the same again, and is where its sender says once that names a site', async () => {
    const before = await administered();
    const said = ({ text }: Answer): string[] => text.split('\r').filter((line) => line.includes('|W|'));
    const stands = [expect.stringMatching(/^ERR\|\|RXA\^1\^21\|102\^.*assigned by hand on 2021-03-08 to the site/)];
    expect(said(await told('U1'))).toEqual(stands);
    expect([(await doseOf('U1'))?.siteId, await administered(), await entryOf('U1')]).toEqual([siteIds.elm, before, undefined]);
    expect(said(await told('U1', { amount: '0.4' }))).toEqual(stands);
    expect([await doseOf('U1'), await administered(), await entryOf('U1')]).toMatchObject([{ siteId: siteIds.elm, amount: 0.4, decrement: { kind: 'matched' }, version: 3 }, before, undefined]);
    expect(said(await told('U1', { amount: '0.4', facility: 'Main Pharmacy' }))).toEqual([]);
    expect([(await doseOf('U1'))?.siteId, (await doseOf('U1'))?.assigned, await administered()]).toEqual([siteIds.pharmacy, undefined, before - 1]);
    await told('U1', { amount: '0.4', facility: 'Elm Street Clinic' });
    await told('U2', { facility: 'Elm Street Clinic' });
    expect([(await doseOf('U2'))?.siteId, await administered(), await entryOf('U2')]).toEqual([siteIds.elm, before + 1, undefined]);
  });

  it('is given out of a federal account’s own stock when its site is one, and CDC hears of it from there', async () => {
    await told('U4');
    const { doseId = '', version = 0 } = (await entryOf('U4')) ?? {};
    const { body } = await assign(doseId, version, siteIds.pharmacy);
    expect(body['dose']).toMatchObject({ sourceClass: 'federal-partner', reportable: false, decrement: { why: 'federal-account' } });
  });

  it('leaves the list as it is when it was given at none of its sites, and can be given one after all', async () => {
    const { doseId = '', version = 0 } = (await entryOf('U3')) ?? {};
    const before = await administered();
    const { body } = await assign(doseId, version, null);
    expect(body['dose']).toMatchObject({ version: 2, state: 'accepted', givenElsewhere: { by: 'nurse', reason: 'the nurse knows' }, decrement: { why: 'foreign-site' } });
    expect([await entryOf('U3'), await administered()]).toEqual([undefined, before]);
    expect([JSON.stringify(body).includes(siteIds.oak), (await assign(doseId, version, null)).version]).toEqual([false, 2]);
    expect((await assign(doseId, 2, siteIds.elm)).body['dose']).toMatchObject({ siteId: siteIds.elm, decrement: { kind: 'matched' } });
  });

  it.each<[string, string | null, number, number]>([
    ['a site of somebody else', siteIds.oak, 1, 400], ['a site that is none', 'sit_none', 1, 400], ['a version that is not the one read', siteIds.elm, 9, 412],
  ])('is refused for %s', async (_name, siteId, ifMatch, status) => {
    await told('U5');
    const { doseId = '' } = (await entryOf('U5')) ?? {};
    expect([(await assign(doseId, ifMatch, siteId)).status, (await entryOf('U5'))?.version]).toEqual([status, 1]);
  });

  const change = (method: 'PUT' | 'DELETE', doseId: string, ifMatch: number, body: object, more: Partial<Call> = {}): Promise<Answer> =>
    room.asNurse({ route: `${method} /organizations/{organizationId}/doses/{doseId}`, params: { organizationId: 'org_elm', doseId }, ifMatch, body, ...more });
  const otherLot = { dose: { givenOn: '2021-03-08', vaccine: { ndc: janssen.ndc }, lot: 'VAN1', amount: 0.5, unit: 'mL' }, reason: 'the vial says so' };

  it('of a wrong patient is deleted there, and of a wrong lot corrected: no stock moves, its history stays, and so does the hand’s word', async () => {
    await told('U7', { facility: 'Oak Hospital' });
    const [{ doseId = '' } = {}, before] = [await entryOf('U7'), await administered()];
    const corrected = await change('PUT', doseId, 1, otherLot);
    expect([corrected.status, corrected.version, corrected.body['dose'], corrected.text.includes(siteIds.oak)]).toMatchObject([
      200, 2, { id: 'U7', state: 'corrected', lot: 'VAN1', facility: 'Oak Hospital', decrement: { why: 'foreign-site' }, reason: 'the vial says so' }, false,
    ]);
    expect([await entryOf('U7'), (await doseOf('U7'))?.byHand?.by]).toMatchObject([{ lot: 'VAN1', facility: 'Oak Hospital', version: 2 }, 'nurse']);
    expect((await told('U7', { facility: 'Oak Hospital' })).text).toContain('corrected by hand on 2021-03-08');
    expect((await change('PUT', doseId, 2, { ...otherLot, dose: { ...otherLot.dose, givenOn: '2030-01-01' } })).status).toBe(400);
    expect((await change('DELETE', doseId, 1, { reason: 'another patient' })).status).toBe(412);
    const deleted = await change('DELETE', doseId, 2, { reason: 'another patient' });
    expect([deleted.status, deleted.body['dose']]).toMatchObject([200, { state: 'deleted', version: 3, reason: 'another patient', counted: false }]);
    const again = errors(await told('U7', { facility: 'Oak Hospital' }));
    expect([await entryOf('U7'), await administered(), again, (await doseOf('U7'))?.state]).toEqual([undefined, before, [expect.stringMatching(/RXA\^1\^21\|.*deleted by hand on/)], 'deleted']);
    expect((await change('DELETE', doseId, 3, { reason: 'another patient' })).status).toBe(409);
    const versions = (await room.items()).filter((item) => item['type'] === 'dose-version' && (item['filler'] as { id?: string } | undefined)?.id === 'U7');
    expect(versions.map((item) => [item['version'], item['supersededBy'], item['lot']])).toEqual([[1, 'nurse', janssen.lot], [2, 'nurse', 'VAN1']]);
  });

  it('is changed by people of its own organization alone, and at a site only once that has it', async () => {
    await told('U8');
    const { doseId = '' } = (await entryOf('U8')) ?? {};
    const [oak, ehr] = [{ subject: 'oak-nurse', params: { organizationId: 'org_oak', doseId } }, { subject: 'elm-ehr', role: 'ehr-system' }] as const;
    for (const body of [{ reason: 'no right to' }]) expect([(await change('DELETE', doseId, 1, body, oak)).status, (await change('DELETE', doseId, 1, body, ehr)).status]).toEqual([404, 403]);
    expect((await change('PUT', doseId, 1, otherLot, oak)).status).toBe(404);
    expect((await assign(doseId, 1, null)).status).toBe(200);
    expect((await change('PUT', doseId, 2, otherLot)).body['dose']).toMatchObject({ lot: 'VAN1', givenElsewhere: { by: 'nurse' } });
    expect([await entryOf('U8'), (await assign(doseId, 3, siteIds.elm)).status]).toEqual([undefined, 200]);
    expect([(await change('PUT', doseId, 4, otherLot)).status, (await change('DELETE', doseId, 4, { reason: 'too late' })).status, (await doseOf('U8'))?.version]).toEqual([404, 404, 4]);
  });

  it('is asked of nobody when it was deleted, or is history', async () => {
    await told('U5', { action: 'D' });
    expect(await entryOf('U5')).toBeUndefined();
    await told('U6', { source: '01^^NIP001' });
    const { pk = '', sk = '' } = (await doseOf('U6')) ?? {};
    const doseId = `dos_${pk.slice('RECORD#rec_'.length)}_${sk.slice('DOSE#'.length)}`;
    expect((await assign(doseId, 1, siteIds.elm)).status).toBe(409);
  });

  it('without a facility is taken as given at the only site of its sender, else stored without stock, and the answer says which (HL7-59)', async () => {
    const lot = 'SITELESS1';
    const lines = ({ text }: Answer): string[] => text.split('\r').filter((line) => line.startsWith('ERR'));
    await room.stock({ lot, siteId: siteIds.oak }, 10);
    const send = (id: string, subject: string) => room.sendHl7(vxu({ id, given: `Sl${id.toLowerCase()}`, orders: order({ filler: `${id}^X`, facility: ' ', lot }) }), subject);
    expect(lines(await send('OA', 'oak-ehr')).join()).toContain('taken as given at the only site of this sender');
    expect(await doseOf('OA')).toMatchObject({ siteId: siteIds.oak, decrement: { kind: 'resolved', why: 'only-site' } });
    expect(lines(await send('EA', 'elm-ehr')).join()).toContain('not just one site - dose stored, stock untouched - on the worklist of the organization');
    expect(await doseOf('EA')).toMatchObject({ decrement: { kind: 'not-applicable', why: 'no-facility' } });
  });
});

/** What was found, without the last line that says what was done (HL7-45). */
const errors = ({ text }: Answer): string[] => text.split('\r').filter((line) => line.startsWith('ERR') && !line.includes('vaccination events taken: '));
const answerCode = ({ text }: Answer): string | undefined => /\rMSA\|(\w\w)/.exec(text)?.[1];

describe('The stock', () => {
  const move = async (...postings: Posting[]): Promise<void> => {
    const accounts = (await Promise.all(postings.map(({ ref }) => room.account(ref)))).filter((account) => account !== undefined);
    const planned = planMovements(accounts, postings);
    if (planned.kind === 'refused') throw new Error(planned.refusal.kind);
    await commit(room.suite.dynamo, movementItems(room.suite.tables['INVENTORY_TABLE'] ?? '', planned.plan, { at: '2021-03-08T12:00:00.000Z', actor: 'dock' }));
  };
  const settle = async (id: string, more: Partial<Call> = {}): Promise<Answer> => {
    const dose = await doseOf(id);
    return room.asNurse({ route: 'POST /sites/{siteId}/worklist/{doseId}/settlement', params: { siteId: siteIds.elm, doseId: dose === undefined ? '' : doseIdOf(dose) }, ifMatch: dose?.version ?? 0, ...more });
  };

  it('of a dose that was told before its lot came falls once the same is told again, or the site asks; until then nothing is written', async () => {
    const lot = 'LATE1';
    const send = (id: string, more: object = {}): Promise<Answer> => room.sendHl7(vxu({ id, given: `La${'abcd'[Number(id.at(-1))]}`, orders: order({ filler: `${id}^ELM`, lot, ...more }) }));
    const waits = async (): Promise<number> => ((await room.asNurse({ route: 'GET /sites/{siteId}/worklist', params: { siteId: siteIds.elm }, query: { limit: '200' } })).body['items'] as { lot?: string }[]).filter((item) => item.lot === lot).length;
    for (const id of ['LT0', 'LT1', 'LT2', 'LT3']) await send(id);
    expect([answerCode(await send('LT0')), (await doseOf('LT0'))?.version, await waits()]).toEqual(['AE', 1, 4]);
    expect((await settle('LT2')).body['dose']).toMatchObject({ version: 1, decrement: { kind: 'unresolved', why: 'no-account' } });

    await room.stock({ lot }, 3);
    const answer = await send('LT0');
    expect([answerCode(answer), errors(answer), await waits()]).toEqual(['AA', [], 3]);
    expect([await doseOf('LT0'), (await room.account({ lot }))?.buckets]).toMatchObject([{ version: 2, state: 'accepted', decrement: { kind: 'matched' } }, { onHand: 2, administered: 1 }]);
    expect([answerCode(await send('LT0')), (await doseOf('LT0'))?.version, answerCode(await send('LT1', { action: 'U' }))]).toEqual(['AA', 2, 'AA']);
    expect([(await settle('LT2', { ifMatch: 7 })).status, (await settle('LT2', { subject: 'oak-nurse' })).status]).toEqual([412, 404]);
    expect((await settle('LT2')).body['dose']).toMatchObject({ version: 2, decrement: { kind: 'matched' } });
    expect([(await settle('LT2')).status, (await settle('LT3')).body['dose'], await waits(), (await room.account({ lot }))?.buckets]).toMatchObject([
      409, { version: 2, decrement: { why: 'beyond-overfill' } }, 1, { onHand: 0, administered: 3 },
    ]);
  });

  it('of a lot whose rest lies in quarantine waits under that name, and falls once it is released', async () => {
    const lot = 'HELD1';
    const send = (id: string): Promise<Answer> => room.sendHl7(vxu({ id, given: `He${'ab'[Number(id.at(-1))]}`, orders: order({ filler: `${id}^ELM`, lot }) }));
    const holding = (kind: 'quarantine' | 'release'): Promise<void> =>
      move({ ref: refOf({ lot }), movement: { kind, key: `${kind}-${lot}`, doses: 1, reason: 'excursion', position: { unit: 'U1', state: 'thawed' } } });
    await room.stock({ lot }, 2);
    await send('HD0');
    await holding('quarantine');
    const answer = await send('HD1');
    expect([answerCode(answer), errors(answer)]).toEqual(['AE', expect.arrayContaining([expect.stringMatching(/^ERR\|\|RXA\^1\^15\^1\^1\|102.*\|W\|.*the rest of the lot is in quarantine - on the worklist/)])]);
    expect(await doseOf('HD1')).toMatchObject({ decrement: { kind: 'unresolved', why: 'lot-in-quarantine' }, validity: ['storage-suspect'] });
    await holding('release');
    expect([answerCode(await send('HD1')), await doseOf('HD1'), (await doseOf('HD1'))?.validity]).toMatchObject(['AA', { decrement: { kind: 'matched' } }, undefined]);
  });

  it.each<[string, string, (lot: string) => Promise<void>]>([
    ['a shipment announced', 'WAY1', (lot) => move({ ref: refOf({ lot }), movement: { kind: 'ship', key: `ship-${lot}`, doses: 3 } })],
    ['a transfer', 'WAY2', async (lot) => {
      const from = refOf({ lot, siteId: siteIds.oak });
      await room.stock(from, 3);
      await move(...transferPostings({ key: `out-${lot}`, from, toSiteId: siteIds.elm, doses: 3, position: { unit: 'U1', state: 'thawed' } }));
    }],
  ])('of a lot that is on its way by %s waits under that name, with a warning, and falls once it was counted', async (_, lot, announce) => {
    await announce(lot);
    const answer = await room.sendHl7(vxu({ id: lot, given: `On${lot === 'WAY1' ? 'a' : 'b'}`, orders: order({ filler: `${lot}^ELM`, lot }) }));
    const words = 'doses of the lot are on their way to the site and not counted yet';
    expect([answerCode(answer), errors(answer)]).toEqual(['AE', [expect.stringMatching(new RegExp(`^ERR\\|\\|RXA\\^1\\^15\\^1\\^1\\|102.*\\|W\\|.*Stock was not moved: ${words} - on the worklist of the site`))]]);
    const listed = (await room.asNurse({ route: 'GET /sites/{siteId}/worklist', params: { siteId: siteIds.elm }, query: { limit: '200' } })).body['items'] as Entry[];
    expect(listed.find((entry) => entry.id === lot)).toMatchObject({ why: 'lot-on-its-way', explanation: words });
    expect([(await doseOf(lot))?.validity, (await settle(lot)).body['dose']]).toMatchObject([undefined, { version: 1, decrement: { explanation: words } }]);
    await move({ ref: refOf({ lot }), movement: { kind: 'receive', key: `in-${lot}`, doses: 3, position: { unit: 'U1', state: 'thawed' }, ...(lot === 'WAY1' ? {} : { from: 'inTransfer' as const }) } });
    expect([(await settle(lot)).body['dose'], (await room.account({ lot }))?.buckets]).toMatchObject([{ version: 2, decrement: { kind: 'matched' } }, { onHand: 2, administered: 1 }]);
  });

  it('of a dose without lot and amount is looked for later as its reader took it: a maker that was told makes it no history, known or not (HL7-52)', async () => {
    const [cvx, ndc] = ['208', '59267-1000-01'];
    const bare = { lot: '', amount: '999' };
    const [unknownMaker, noMaker] = [{ ...bare, vaccine: `${cvx}^^CVX`, mvx: 'ZZZ^^MVX' }, { ...bare, vaccine: `${cvx}^^CVX^${ndc}^^NDC`, mvx: '' }];
    const send = (id: string, fields: object, given: string): Promise<Answer> => room.sendHl7(vxu({ id, given, orders: order({ filler: `${id}^ELM`, ...fields }) }));
    const json = await room.asNurse({
      route: 'POST /sites/{siteId}/doses', params: { siteId: siteIds.elm }, key: 'bare-dose',
      body: { doses: [{ id: 'BA0', givenOn: '2021-03-08', vaccine: { cvx, ndc }, mvx: 'PFR', route: 'C28161', bodySite: 'LA', eligibility: 'V01', patient: { ids: [{ id: 'BA0' }], name: { family: 'Marsh', given: 'Bare' }, birthDate: '1950-06-01', sex: 'F' } }] },
    });
    expect([json.status, (await doseOf('BA0'))?.decrement, json.text]).toEqual([201, { kind: 'unresolved', why: 'lot-not-named' }, expect.stringContaining('Stock was not moved: it names no lot, and the site has none of the product on hand - on the worklist')]);
    expect(errors(await send('BA1', unknownMaker, 'Bareb'))).toContainEqual(expect.stringMatching(/^ERR\|\|RXA\^1\^15\^1\^1\|102.*\|W\|.*it names no lot/));
    await send('BA2', noMaker, 'Barec');
    await told('BA3', unknownMaker);
    await told('BA4', noMaker);
    await room.stock({ ndc, lot: 'PF1' }, 5);
    expect([(await settle('BA0')).status, (await settle('BA1')).status, (await settle('BA2')).status]).toEqual([200, 200, 409]);
    for (const id of ['BA3', 'BA4']) expect((await assign((await entryOf(id))?.doseId ?? '', 1, siteIds.elm)).status).toBe(200);
    const decrements = await Promise.all(['BA0', 'BA1', 'BA2', 'BA3', 'BA4'].map(async (id) => (await doseOf(id))?.decrement));
    expect(decrements.map((one) => [one?.kind, one?.why])).toEqual([
      ['resolved', 'only-lot'], ['resolved', 'only-product'], ['unresolved', 'looks-historical'], ['resolved', 'only-product'], ['unresolved', 'looks-historical'],
    ]);
    expect((await room.account({ ndc, lot: 'PF1' }))?.buckets).toMatchObject({ onHand: 2, administered: 3 });
  });
});

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ListObjectsV2Command } from '@aws-sdk/client-s3';
import type { Answer, Call } from '../support/api.ts';
import { call } from '../support/api.ts';
import { janssen, openDoseRoom, order, siteIds, vxu, type DoseRoom } from '../support/dose-room.ts';
import { openUploadDesk, s3Event, type UploadDesk } from '../support/upload-desk.ts';

/** Planted in names, birth dates, addresses, phones and ids; any of them outside of a record, a dose or an original is a leak. */
const canaries = ['Canarina', 'Whistlejacket', '1931-07-13', '19310713', 'Nightingale Row', '5550999', 'PATNUM-31337'];
/** A list of a site's people names a dose by its sender's own id: whatever the sender made it of, nothing else of the patient stands beside it. */
const withoutOwnIds = (text: string): string => text.replaceAll('"id":"PATNUM-31337"', '');
const leakIn = (text: string): string[] => canaries.filter((canary) => text.toLowerCase().includes(canary.toLowerCase()));

let room: DoseRoom;
let desk: UploadDesk;
const logged: string[] = [];
const streams = [process.stdout, process.stderr].map((stream) => ({ stream, write: stream.write.bind(stream) }));

beforeAll(async () => {
  process.env['POWERTOOLS_LOG_LEVEL'] = 'DEBUG';
  room = await openDoseRoom('dosesPhi');
  desk = await openUploadDesk(room.s3.endpoint);
  for (const { stream } of streams) stream.write = (piece: string | Uint8Array) => { logged.push(String(piece)); return true; };
});
afterAll(async () => {
  for (const { stream, write } of streams) stream.write = write;
  desk.stop();
  await room.stop();
});

const who = {
  id: 'PATNUM-31337', family: 'Whistlejacket', given: 'Canarina', birth: '19310713',
  pidMore: { 11: '31 Nightingale Row^^Hartford^CT^06106^USA^H', 13: '^PRN^PH^^^860^5550999' },
};
const params = { siteId: siteIds.elm };
const patient = { ids: [{ id: 'PATNUM-31337' }], name: { family: 'Whistlejacket', given: 'Canarina' }, birthDate: '1931-07-13', sex: 'F', address: { street: '31 Nightingale Row', city: 'Hartford' }, phone: '860-555-0999' };
const dose = { givenOn: '2021-03-08', vaccine: { cvx: janssen.cvx }, lot: 'L1' };
const asNurse = (request: Omit<Call, 'route'>, route: Call['route'] = 'POST /sites/{siteId}/doses'): Promise<Answer> => room.asNurse({ route, params, key: 'phi-key-1', ...request });

const inputs: [string, () => Promise<Answer>][] = [
  ['a good message', () => room.sendHl7(vxu({ ...who, orders: order({ filler: 'PATNUM-31337^ELM', lot: 'L1' }) }))],
  ['the same message again', () => room.sendHl7(vxu({ ...who, controlId: 'twice', orders: order({ filler: 'PATNUM-31337^ELM' }) }))],
  ['a correction', () => room.sendHl7(vxu({ ...who, orders: order({ filler: 'PATNUM-31337^ELM', lot: 'L2' }) }))],
  ['a deletion of what is not known', () => room.sendHl7(vxu({ ...who, orders: order({ filler: 'Canarina^ELM', action: 'D' }) }))],
  ['a deletion by an id that is not known', () => room.sendHl7(vxu({ ...who, orders: order({ filler: 'Canarina^ELM', lot: 'L2', action: 'D' }) }))],
  ['names in codes', () => room.sendHl7(vxu({ ...who, sex: 'Canarina', orders: order({ vaccine: 'Canarina^Whistlejacket^CVX', mvx: 'Whistlejacket', lot: '', expiry: 'Canarina', source: 'Canarina' }) }))],
  ['a birth date that is none', () => room.sendHl7(vxu({ ...who, birth: '1931-07-13' }))],
  ['a patient between the lines', () => room.sendHl7(`${vxu(who)}Canarina Whistlejacket 1931-07-13\rPID|1||PATNUM-31337`)],
  ['no message but a letter', () => room.sendHl7('Dear DPH, Canarina Whistlejacket, born 1931-07-13, of 31 Nightingale Row')],
  ['a message cut short', () => room.sendHl7(vxu(who).slice(0, 180))],
  ['another type of message', () => room.sendHl7(vxu(who).replace('VXU^V04', 'ADT^A01'))],
  ['a client that may not', () => room.sendHl7(vxu(who), 'stranger')],
  ['a dose in JSON', () => asNurse({ body: { doses: [{ ...dose, patient }] } })],
  ['another body under its key', () => asNurse({ body: { doses: [{ ...dose, lot: 'L3', patient }] } })],
  ['JSON cut short', () => asNurse({ key: 'phi-key-2', body: JSON.stringify({ doses: [{ ...dose, patient }] }).slice(0, -9) })],
  ['JSON of the wrong form', () => asNurse({ key: 'phi-key-3', body: { doses: [{ ...dose, givenOn: 'Canarina', patient: { ...patient, birthDate: '13.07.1931 Canarina', sex: 'Whistlejacket' } }] } })],
  ['JSON with faults of content', () => asNurse({ key: 'phi-key-4', body: { doses: [{ ...dose, mvx: 'Canarina', vaccine: { cvx: 'Canarina' }, patient }] } })],
  ['a list of doses', () => asNurse({ query: { day: '2021-03-08' } }, 'GET /sites/{siteId}/doses')],
  ['the worklist', () => asNurse({}, 'GET /sites/{siteId}/worklist')],
  ['a dose that is not there', () => asNurse({ params: { ...params, doseId: 'Canarina' } }, 'GET /sites/{siteId}/doses/{doseId}')],
];

const listing = new Set(['a list of doses', 'the worklist']);

describe('nothing of a patient leaves', () => {
  it.each(inputs)('in the answer to %s', async (what, send) => {
    const answer = await send();
    expect(answer.status).toBeLessThan(500);
    expect(leakIn(listing.has(what) ? withoutOwnIds(answer.text) : answer.text)).toEqual([]);
  });

  it('through the worker of uploaded files, whatever they hold', async () => {
    const { body } = await call(room.handler, { route: 'POST /uploads', subject: 'elm-ehr', role: 'ehr-system', key: 'phi-upload-1' });
    await fetch(String(body['address']), { method: 'PUT', body: `Canarina Whistlejacket\r${vxu({ ...who, birth: 'Canarina' })}${vxu({ ...who, id: 'PATNUM-31337b' })}` });
    const key = `uploads/ehr_elm-ehr/${String(body['uploadId'])}`;
    expect(await desk.run([s3Event(key), 'Canarina Whistlejacket'])).toEqual({ batchItemFailures: [{ itemIdentifier: 'm1' }] });
    const waiting = await desk.receive();
    expect(waiting).toHaveLength(2);
    expect(leakIn(JSON.stringify(waiting))).toEqual([]);
    await desk.take(waiting);
    await desk.run([{ gatherFor: key, tries: 0 }]);
    const done = await call(room.handler, { route: 'GET /uploads/{uploadId}', params: { uploadId: String(body['uploadId']) }, subject: 'elm-ehr', role: 'ehr-system' });
    expect(done.body).toMatchObject({ state: 'done', messages: 2 });
    expect(leakIn(done.text)).toEqual([]);
  });

  it('into a log line', () => {
    expect(logged.filter((line) => line.includes('REQUEST_DONE')).length).toBeGreaterThan(inputs.length - 1);
    expect(logged.filter((line) => line.includes('RECORD_FAULT')).length).toBeGreaterThan(0);
    expect(leakIn(logged.join('\n'))).toEqual([]);
  });

  it('into a key, an index, or any item that is not a record, a dose or one of their versions', async () => {
    const items = await room.items();
    const keys = items.flatMap(({ pk, sk, gsi1pk, gsi1sk, gsi2pk, gsi2sk }) => [pk, sk, gsi1pk, gsi1sk, gsi2pk, gsi2sk]);
    expect(leakIn(JSON.stringify(keys))).toEqual([]);
    const clinical = new Set(['record', 'dose', 'dose-version']);
    expect(leakIn(JSON.stringify(items.filter(({ type }) => !clinical.has(String(type)))))).toEqual([]);
    expect(leakIn(JSON.stringify(items))).not.toEqual([]);
  });

  it('into the name of an object', async () => {
    const names = await Promise.all(['messages', 'uploads'].map(async (Bucket) => (await room.s3.client.send(new ListObjectsV2Command({ Bucket }))).Contents?.map(({ Key }) => Key)));
    expect(names.flat().length).toBeGreaterThan(5);
    expect(leakIn(JSON.stringify(names))).toEqual([]);
  });
});

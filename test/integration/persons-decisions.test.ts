import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { PersonItem, RecordItem } from '../../shared/published/person.ts';
import type { DoseItem } from '../../shared/published/dose.ts';
import { doseIdOf } from '../../shared/published/dose-keys.ts';
import { call, type Answer, type Call } from '../support/api.ts';
import { openDoseReports, type DoseReports } from '../support/dose-reports.ts';
import { openDoseRoom, order, vxu, type DoseRoom } from '../support/dose-room.ts';
import { somebody } from '../support/people.ts';

/** Two EHRs tell of people; the registry's staff says who is whom. Everything goes through the handlers, reports included. */
let room: DoseRoom;
let reports: DoseReports;

beforeAll(async () => {
  room = await openDoseRoom('personsDecisions');
  reports = await openDoseReports(room);
  await room.stock({}, 500);
});
afterAll(() => room.stop());

const ofType = async <T>(type: string): Promise<T[]> => (await room.items()).filter((item) => item['type'] === type) as T[];
const record = async (id: string): Promise<RecordItem> => {
  const found = (await ofType<RecordItem>('record')).find(({ ids, sk }) => sk === 'RECORD' && ids.some((known) => known.id === id));
  if (found === undefined) throw new Error(`No record ${id}`);
  return found;
};
const person = async (personId: string): Promise<PersonItem> => {
  const found = (await ofType<PersonItem>('person')).find((one) => one.personId === personId);
  if (found === undefined) throw new Error(`No person ${personId}`);
  return found;
};
const dosesOf = async ({ pk }: RecordItem): Promise<string[]> => (await ofType<DoseItem>('dose')).filter((dose) => dose.pk === pk).map(doseIdOf);

const epi = (request: Call): Promise<Answer> => call(room.handler, { subject: 'epi', role: 'dph-epidemiologist', ...request });
const because = { reason: 'the birth certificate says so' };
let keys = 0;
const newKey = (): string => `decision-${(keys += 1)}`;

const day = '2021-03-08';
const at = (minute: number): string => `2021-03-08T15:${String(minute).padStart(2, '0')}:00.000Z`;
const pfizer = { vaccine: '208^^CVX^59267-1000-01^^NDC', mvx: 'PFR^^MVX', lot: 'EW0150', expiry: '20210731' };

const [firstBorn, secondBorn] = [{ 24: 'Y', 25: '1' }, { 24: 'Y', 25: '2' }];
/** Somebody of whom Elm and Oak tell, each one dose, with nothing but name and birth date, and a birth of several children, in common: kept apart. */
const keptApart = async (name: string, now = at(1)): Promise<{ elm: RecordItem; oak: RecordItem; reviewId: string }> => {
  await room.sendHl7(vxu({ ...somebody(name, firstBorn), id: `E-${name}`, orders: order({ ...pfizer, filler: `${name}^ELM`, on: '20210201' }) }), 'elm-ehr', { now });
  await room.sendHl7(
    vxu({ ...somebody(name, secondBorn), id: `K-${name}`, authority: 'OAK', responsible: 'OAK', orders: order({ ...pfizer, filler: `${name}^OAK`, on: '20210301', facility: 'Oak Hospital' }) }),
    'oak-ehr', { now },
  );
  const [elm, oak] = await Promise.all([record(`E-${name}`), record(`K-${name}`)]);
  expect(oak.personId).not.toBe(elm.personId);
  const listed = await epi({ route: 'GET /persons/reviews', query: { day, limit: '200' } });
  const review = (listed.body['items'] as { reviewId: string; recordId: string }[]).find(({ recordId }) => recordId === oak.recordId);
  return { elm, oak, reviewId: review?.reviewId ?? '' };
};
const open = (reviewId: string): Promise<Answer> => epi({ route: 'GET /persons/reviews/{reviewId}', params: { reviewId } });
const decide = async (reviewId: string, body: object, ifMatch?: number, now = at(30)): Promise<Answer> =>
  epi({ route: 'POST /persons/reviews/{reviewId}/decision', params: { reviewId }, body: { ...because, ...body }, ifMatch: ifMatch ?? (await open(reviewId)).version ?? 0, now });

const counters = async (): Promise<string> => {
  const { rows, unplaced, outside } = await reports.coverage('town');
  return JSON.stringify({ rows, unplaced, outside });
};
const recounted = (): Promise<unknown> => reports.recount({ scheduledTime: '2021-03-14T10:00:00Z', id: newKey() });

describe('All questions that wait', () => {
  it('are one list, the oldest first, whatever the day; what is put off stays in it and what is decided leaves it', async () => {
    const later = await keptApart('Younger', '2021-03-08T16:00:00.000Z');
    const earlier = await keptApart('Elder', '2021-03-08T05:30:00.000Z');
    const waiting = async (): Promise<string[]> =>
      ((await epi({ route: 'GET /persons/reviews' })).body['items'] as { reviewId: string }[]).map(({ reviewId }) => reviewId).filter((id) => id === earlier.reviewId || id === later.reviewId);
    expect(await waiting()).toEqual([earlier.reviewId, later.reviewId]);
    await decide(earlier.reviewId, { decision: 'later' });
    expect(await waiting()).toEqual([earlier.reviewId, later.reviewId]);
    await decide(earlier.reviewId, { decision: 'different' });
    expect(await waiting()).toEqual([later.reviewId]);
    await decide(earlier.reviewId, { decision: 'reopen' });
    expect(await waiting()).toEqual([earlier.reviewId, later.reviewId]);
  });
});

describe('A record kept apart', () => {
  it('is opened with both sides, the explained score, and an entry of who looked', async () => {
    const { elm, oak, reviewId } = await keptApart('Opener');
    const opened = await open(reviewId);
    expect(opened.status).toBe(200);
    expect(opened.version).toBe(1);
    expect(opened.body).toMatchObject({
      reviewId, state: 'open', recordId: oak.recordId, own: { person: { personId: oak.personId }, records: [{ recordId: oak.recordId, doses: [{ cvx: '208' }] }] },
      candidatesNow: [{ personId: elm.personId, records: [{ recordId: elm.recordId }], comparison: { recordId: elm.recordId, lines: expect.arrayContaining([expect.objectContaining({ field: 'family' })]) } }],
    });
    const reads = await call(room.handler, { route: 'GET /persons/{personId}/reads', params: { personId: elm.personId }, subject: 'aud', role: 'auditor' });
    expect(reads.body['items']).toEqual([expect.objectContaining({ actor: 'epi', what: 'review', of: reviewId })]);
  });

  it('is decided only over the review that was read, with a reason, by those who may', async () => {
    const { reviewId } = await keptApart('Strict');
    const route = 'POST /persons/reviews/{reviewId}/decision' as const;
    const params = { reviewId };
    expect((await epi({ route, params, body: { decision: 'later', ...because } })).status).toBe(428);
    expect((await epi({ route, params, body: { decision: 'later' }, ifMatch: 1 })).status).toBe(400);
    expect((await epi({ route, params, body: { decision: 'later', ...because }, ifMatch: 7 })).status).toBe(412);
    expect((await epi({ route, params, body: { decision: 'same', personId: 'per_nobody', ...because }, ifMatch: 1 })).status).toBe(400);
    expect((await call(room.handler, { route, params, body: { decision: 'later', ...because }, ifMatch: 1, subject: 'nurse', role: 'provider-staff' })).status).toBe(403);
    expect((await decide(reviewId, { decision: 'reopen' })).status).toBe(409);
    expect((await decide(reviewId, { decision: 'later' })).body).toMatchObject({ state: 'later', version: 2, decidedBy: 'epi' });
    expect((await open(reviewId)).body['history']).toMatchObject([{ action: 'later', reason: because.reason, actor: 'epi' }]);
  });

  it('and decided to be somebody else is never asked about again, until the decision is taken back', async () => {
    const { elm, oak, reviewId } = await keptApart('Other');
    expect((await decide(reviewId, { decision: 'different' })).body).toMatchObject({ state: 'different' });
    expect((await person(oak.personId)).apartFrom).toEqual([elm.personId]);
    expect((await person(elm.personId)).apartFrom).toEqual([oak.personId]);
    expect((await person(oak.personId)).provisional).toBeUndefined();
    const questions = async () => (await ofType<{ recordId: string }>('review')).filter(({ recordId }) => recordId === oak.recordId).length;
    const asked = await questions();
    const again = (ids: string) => room.sendHl7(vxu({ ...somebody('Other', { 3: ids, ...secondBorn }), id: 'K-Other', authority: 'OAK', responsible: 'OAK', orders: [] }), 'oak-ehr', { now: at(40) });
    await again('K-Other^^^OAK^MR~E-Other^^^ELM^MR');
    expect(await questions()).toBe(asked);
    const refused = await epi({ route: 'POST /persons/{personId}/merges', params: { personId: elm.personId }, body: { personId: oak.personId, ...because }, key: newKey(), ifMatch: (await person(elm.personId)).version });
    expect([refused.status, refused.text]).toEqual([409, expect.stringContaining('different people')]);
    expect((await decide(reviewId, { decision: 'reopen' })).body).toMatchObject({ state: 'open' });
    expect((await person(oak.personId)).apartFrom).toBeUndefined();
    expect((await person(elm.personId)).apartFrom).toBeUndefined();
  });
});

describe('The same person', () => {
  it('has all records, one recip_id and the next dose number; counters and restatements follow, and undoing brings everything back', async () => {
    const { elm, oak, reviewId } = await keptApart('Saul');
    const before = await counters();
    await reports.night({ scheduledTime: '2021-03-09T08:00:00Z' });
    const nextDay = '2021-03-09T15:00:00.000Z';
    const doses = { elm: await dosesOf(elm), oak: await dosesOf(oak) };

    const decided = await decide(reviewId, { decision: 'same', personId: elm.personId }, 1, nextDay);
    expect(decided.body).toMatchObject({ state: 'same', version: 2 });
    // The answer was lost: the same decision again meets itself.
    expect((await decide(reviewId, { decision: 'same', personId: elm.personId }, 1, nextDay)).body).toMatchObject({ state: 'same', version: 2 });
    expect((await record('K-Saul')).personId).toBe(elm.personId);
    expect(await person(elm.personId)).toMatchObject({ recordIds: [elm.recordId, oak.recordId] });
    expect(await person(oak.personId)).toMatchObject({ recordIds: [], mergedInto: elm.personId });
    expect({ elm: await dosesOf(elm), oak: await dosesOf(oak) }).toEqual(doses);

    const merged = await counters();
    expect(merged).not.toBe(before);
    expect(await recounted()).toMatchObject({ wrongPersons: 0, wrongCounters: 0 });
    await reports.night({ scheduledTime: '2021-03-10T08:00:00Z' });
    const restated = async (on: string): Promise<object[]> => (await reports.restatements(on)).filter(({ doseId }) => [...doses.elm, ...doses.oak].includes(doseId));
    expect(await restated('2021-03-09')).toMatchObject([{ doseId: doses.oak[0], change: 'update', fields: ['recip_id', 'dose_num', 'vax_series_complete'] }]);

    const read = await epi({ route: 'GET /persons/{personId}', params: { personId: elm.personId } });
    expect(read.body).toMatchObject({ words: {} });
    const [relink] = read.body['relinks'] as { relinkId: string; version: number }[];
    expect(read.body).toMatchObject({ person: { personId: elm.personId }, records: [{ recordId: elm.recordId }, { recordId: oak.recordId }], history: [{ action: 'merge', actor: 'epi', reason: because.reason }] });
    const undone = await epi({ route: 'POST /persons/relinks/{relinkId}/undo', params: { relinkId: relink?.relinkId ?? '' }, ifMatch: relink?.version ?? 0, body: because, now: '2021-03-10T15:00:00.000Z' });
    expect(undone.body).toMatchObject({ state: 'undone', version: 2 });
    expect((await record('K-Saul')).personId).toBe(oak.personId);
    expect(await person(elm.personId)).toMatchObject({ recordIds: [elm.recordId] });
    const back = await person(oak.personId);
    expect([back.recordIds, back.mergedInto, back.provisional]).toEqual([[oak.recordId], undefined, true]);
    expect(await counters()).toBe(before);
    expect(await recounted()).toMatchObject({ wrongPersons: 0, wrongCounters: 0 });
    expect((await open(reviewId)).body).toMatchObject({ state: 'open', version: 3 });
    await reports.night({ scheduledTime: '2021-03-11T08:00:00Z' });
    // What CDC was told last is what it is told again: no column differs from the file.
    expect(await restated('2021-03-10')).toMatchObject([{ doseId: doses.oak[0], change: 'update', fields: [] }]);
  });

  it('takes in what is told later by either sender, and gives back only what was merged', async () => {
    const { elm, oak, reviewId } = await keptApart('Later');
    await decide(reviewId, { decision: 'same', personId: elm.personId });
    // Oak tells one more dose; a third record comes, with Oak's number, after the merge.
    await room.sendHl7(vxu({ ...somebody('Later', secondBorn), id: 'K-Later', authority: 'OAK', responsible: 'OAK', orders: order({ ...pfizer, filler: 'Later2^OAK', on: '20210306', facility: 'Oak Hospital' }) }), 'oak-ehr', { now: at(45) });
    await room.sendHl7(vxu({ ...somebody('Later', { 3: 'X-Later^^^BIRCH^MR~K-Later^^^OAK^MR' }), id: 'X-Later', responsible: 'BIRCH', orders: [] }), 'elm-ehr', { now: at(46) });
    const third = await record('X-Later');
    expect(third.personId).toBe(elm.personId);
    const { relinkIds = [] } = await person(elm.personId);
    const undone = await epi({ route: 'POST /persons/relinks/{relinkId}/undo', params: { relinkId: relinkIds[0] ?? '' }, ifMatch: 1, body: because, now: at(50) });
    expect(undone.body).toMatchObject({ state: 'undone', stayed: [third.recordId] });
    expect((await person(elm.personId)).recordIds).toEqual([elm.recordId, third.recordId]);
    expect((await person(oak.personId)).recordIds).toEqual([oak.recordId]);
    expect((await dosesOf(oak)).length).toBe(2);
    const asked = (await ofType<{ recordId: string; why: string; candidates: string[] }>('review')).find(({ recordId }) => recordId === third.recordId);
    expect(asked).toMatchObject({ why: 'came-while-merged', candidates: [oak.personId] });
  });

  it('is found by the keys of the one that was merged', async () => {
    const [one, other] = ['Keyed', 'Keyer'];
    await room.sendHl7(vxu({ ...somebody(one), id: 'E-Keyed', orders: [] }));
    await room.sendHl7(vxu({ id: 'K-Keyer', authority: 'OAK', responsible: 'OAK', ...somebody(other), orders: [] }), 'oak-ehr');
    const [a, b] = await Promise.all([record('E-Keyed'), record('K-Keyer')]);
    const merged = await epi({ route: 'POST /persons/{personId}/merges', params: { personId: a.personId }, body: { personId: b.personId, ...because }, key: newKey(), ifMatch: 1 });
    expect(merged.status).toBe(201);
    await room.sendHl7(vxu({ id: 'Z-Keyer', authority: 'BIRCH', responsible: 'BIRCH', ...somebody(other), orders: [] }));
    expect((await record('Z-Keyer')).personId).toBe(a.personId);
  });

  it('may lose a record again, to the person it came with, and get it back', async () => {
    await room.sendHl7(vxu({ id: 'E-Unl', ...somebody('Unlink'), orders: order({ ...pfizer, filler: 'U1^ELM' }) }));
    await room.sendHl7(vxu({ id: 'K-Unl', authority: 'OAK', responsible: 'OAK', ...somebody('Unlink'), orders: order({ ...pfizer, filler: 'U2^OAK', on: '20210301', facility: 'Oak Hospital' }) }), 'oak-ehr');
    const [elm, oak] = await Promise.all([record('E-Unl'), record('K-Unl')]);
    expect(oak.personId).toBe(elm.personId);
    const before = await counters();
    const key = newKey();
    const request: Call = {
      route: 'POST /persons/{personId}/records/{recordId}/unlink', params: { personId: elm.personId, recordId: oak.recordId }, body: because, key, ifMatch: (await person(elm.personId)).version,
    };
    const unlinked = await epi(request);
    expect(unlinked.status).toBe(201);
    expect((await epi(request)).status).toBe(200);
    expect((await epi({ ...request, body: { reason: 'for another reason' } })).status).toBe(422);
    const own = await record('K-Unl');
    expect(own.personId).not.toBe(elm.personId);
    expect(await person(own.personId)).toMatchObject({ recordIds: [oak.recordId], apartFrom: [elm.personId] });
    expect(await counters()).not.toBe(before);
    expect(await recounted()).toMatchObject({ wrongPersons: 0, wrongCounters: 0 });
    const { relinkId } = unlinked.body as { relinkId: string };
    const stale = await epi({ route: 'POST /persons/relinks/{relinkId}/undo', params: { relinkId }, ifMatch: 7, body: because });
    expect([stale.status, stale.body['detail']]).toEqual([412, expect.stringContaining('the version of the relink, not of the person')]);
    expect((await epi({ route: 'POST /persons/relinks/{relinkId}/undo', params: { relinkId }, ifMatch: 1, body: because })).status).toBe(200);
    expect((await record('K-Unl')).personId).toBe(elm.personId);
    expect(await counters()).toBe(before);
  });

  it('has a dose that both told counted and taken from stock once, and twice again when they are two people', async () => {
    const onHand = async (): Promise<number> => (await room.account())?.buckets.administered ?? 0;
    const dose = (filler: string) => order({ filler, on: '20210304' });
    await room.sendHl7(vxu({ ...somebody('Double', firstBorn), id: 'E-Double', orders: dose('D1^ELM') }), 'elm-ehr', { now: at(1) });
    // Another system of Elm's, under its own name and number.
    await room.sendHl7(vxu({ ...somebody('Double', secondBorn), id: 'B-Double', authority: 'BIRCH', responsible: 'BIRCH', orders: dose('D2^BIRCH') }), 'elm-ehr', { now: at(2) });
    const [elm, birch] = await Promise.all([record('E-Double'), record('B-Double')]);
    expect(birch.personId).not.toBe(elm.personId);
    const [before, administered] = [await counters(), await onHand()];
    const merged = await epi({ route: 'POST /persons/{personId}/merges', params: { personId: elm.personId }, body: { personId: birch.personId, ...because }, key: newKey(), ifMatch: (await person(elm.personId)).version, now: at(3) });
    expect(merged.status).toBe(201);
    const witnesses = async (): Promise<number> => (await ofType<DoseItem>('dose')).filter(({ pk, witnessOf }) => [elm.pk, birch.pk].includes(pk) && witnessOf !== undefined).length;
    expect([await witnesses(), await onHand()]).toEqual([1, administered - 1]);
    expect(await counters()).not.toBe(before);
    const undone = await epi({ route: 'POST /persons/relinks/{relinkId}/undo', params: { relinkId: String(merged.body['relinkId']) }, ifMatch: 1, body: because, now: at(4) });
    expect(undone.status).toBe(200);
    expect([await witnesses(), await onHand(), await counters()]).toEqual([0, administered, before]);
    expect(await recounted()).toMatchObject({ wrongPersons: 0, wrongCounters: 0 });
  });

  it('is not the only thing whose readers are known: so are those of an original message', async () => {
    const [message] = await ofType<{ messageId: string }>('message');
    const params = { messageId: message?.messageId ?? '' };
    expect((await epi({ route: 'GET /messages/{messageId}', params })).status).toBe(200);
    const reads = await call(room.handler, { route: 'GET /messages/{messageId}/reads', params, subject: 'aud', role: 'auditor' });
    expect(reads.body['items']).toEqual([expect.objectContaining({ actor: 'epi', what: 'message' })]);
    const [entry] = await ofType<{ expiresAt: number }>('read');
    expect(entry?.expiresAt).toBeGreaterThan(Date.parse('2028-01-01T00:00:00Z') / 1000);
  });

  it('is found from a dose', async () => {
    const { oak } = await keptApart('Found');
    const [doseId = ''] = await dosesOf(oak);
    expect((await epi({ route: 'GET /persons', query: { doseId } })).body).toEqual({ doseId, recordId: oak.recordId, personId: oak.personId });
    expect((await epi({ route: 'GET /persons', query: { doseId: 'dos_nowhere' } })).status).toBe(404);
  });
});

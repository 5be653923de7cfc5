import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { jurisdictionFor } from '../../shared/codes/jurisdiction.ts';
import { makeDecisions, type Decisions } from '../../functions/doses/persons/decisions.ts';
import { makeDoseStore } from '../../functions/doses/store-doses.ts';
import { makePersonStore } from '../../functions/doses/store-persons.ts';
import { makeRecallStore } from '../../functions/doses/store-recalls.ts';
import { makeStockStore } from '../../functions/doses/store-stock.ts';
import { reviewIdOf, type ReviewItem } from '../../functions/doses/domain/persons/review.ts';
import type { DoseItem } from '../../shared/published/dose.ts';
import type { PersonItem, RecordItem } from '../../shared/published/person.ts';
import { matchingKey, openDoseRoom, order, vxu, type DoseRoom } from '../support/dose-room.ts';
import { failNthCall } from '../support/fail-nth-call.ts';
import { somebody } from '../support/people.ts';
import { withFaults } from '../support/fault-injection.ts';

/** Decisions are stopped between any two calls, their answers are lost, and doses come at the same moment. */
let room: DoseRoom;
let decisions: Decisions;
beforeAll(async () => {
  room = await openDoseRoom('personsFaults');
  const { dynamo } = room.suite;
  const table = room.suite.tables['DOSES_TABLE'] ?? '';
  const jurisdiction = jurisdictionFor('CTA');
  const stock = makeStockStore(dynamo, { enrollment: room.suite.tables['ENROLLMENT_TABLE'] ?? '', inventory: room.suite.tables['INVENTORY_TABLE'] ?? '' }, jurisdiction.pinPrefix);
  const parts = { persons: makePersonStore(dynamo, table), doses: makeDoseStore(dynamo, table), recalls: makeRecallStore(dynamo, table), stock, jurisdiction };
  decisions = makeDecisions({ dynamo, table, ...parts }, () => Promise.resolve(matchingKey));
  await room.stock({}, 500);
});
afterAll(() => room.stop());

type Everything = { persons: PersonItem[]; records: RecordItem[]; reviews: ReviewItem[]; doses: DoseItem[]; relinks: { state: string; from: string }[] };
const everything = async (): Promise<Everything> => {
  const items = await room.items();
  const of = <T>(type: string): T[] => items.filter((item) => item['type'] === type && !String(item['sk']).startsWith('RECORD#V#')) as T[];
  return { persons: of('person'), records: of('record'), reviews: of('review'), doses: of('dose'), relinks: of('relink') };
};

/** What is wrong between persons and records: each record is held by exactly the person it names, and whoever was merged holds none. */
const disagreements = ({ persons, records }: Pick<Everything, 'persons' | 'records'>): string[] => {
  const holders = Map.groupBy(persons.flatMap(({ personId, recordIds }) => recordIds.map((recordId) => ({ personId, recordId }))), ({ recordId }) => recordId);
  return [
    ...records.flatMap(({ recordId, personId }) => {
      const held = (holders.get(recordId) ?? []).map((one) => one.personId);
      return held.length === 1 && held[0] === personId ? [] : [`${recordId} names ${personId}, held by ${held.join(' and ')}`];
    }),
    ...persons.filter(({ mergedInto, recordIds }) => (mergedInto !== undefined) !== (recordIds.length === 0)).map(({ personId }) => `${personId} leads on and holds`),
  ];
};

/** Birch sends through Elm's system and speaks of the same child as Elm. */
const tell = (name: string, sender: 'elm' | 'oak' | 'birch', filler: string, on = '20210301') =>
  room.sendHl7(
    vxu({
      ...somebody(name, { 24: 'Y', 25: sender === 'oak' ? '2' : '1' }), id: `${sender}-${name}`, authority: sender.toUpperCase(), responsible: sender.toUpperCase(),
      orders: order({ filler, on, facility: sender === 'oak' ? 'Oak Hospital' : 'Elm Street Clinic' }),
    }),
    sender === 'oak' ? 'oak-ehr' : 'elm-ehr',
  );
const pair = async (name: string): Promise<{ elm: RecordItem; oak: RecordItem; reviewId: string }> => {
  await tell(name, 'elm', `${name}1^ELM`, '20210115');
  await tell(name, 'oak', `${name}2^OAK`);
  const { records, reviews } = await everything();
  const [elm, oak] = ['elm', 'oak'].map((sender) => records.find(({ ids }) => ids.some(({ id }) => id === `${sender}-${name}`)));
  const review = reviews.find(({ recordId }) => recordId === oak?.recordId);
  if (elm === undefined || oak === undefined || review === undefined) throw new Error('The pair was not kept apart');
  return { elm, oak, reviewId: reviewIdOf(review) };
};
const act = { actor: 'epi', now: '2021-03-08T16:00:00.000Z', reason: 'the birth certificate says so' };

/** Runs something with the client dead from its nth call on, for every n, each time again until one run is never stopped. */
const stoppedAtEachCall = async (run: () => Promise<unknown>, check: () => Promise<void>): Promise<number> => {
  for (let n = 1; ; n += 1) {
    failNthCall(room.suite.dynamo, n);
    const isDone = await run().then(() => true, () => false);
    failNthCall.restore(room.suite.dynamo);
    await check();
    if (isDone) return n - 1;
  }
};
const agrees = async (): Promise<void> => { expect(disagreements(await everything())).toEqual([]); };

describe('A decision that stops at any call', () => {
  it('is either done or not, and done once when it is sent again', async () => {
    const { elm, oak, reviewId } = await pair('Stopped');
    const same = () => decisions.decideReview(reviewId, 1, { decision: 'same', personId: elm.personId, moves: 'person' }, act);
    expect(await stoppedAtEachCall(same, agrees)).toBeGreaterThan(4);
    expect(await same()).toMatchObject({ kind: 'repeated', review: { state: 'same', version: 2 } });
    const merged = await everything();
    expect(merged.records.filter(({ personId }) => personId === elm.personId).length).toBe(2);
    const [relink] = merged.relinks.filter(({ from }) => from === oak.personId);
    expect(relink).toMatchObject({ state: 'standing' });

    const reopen = () => decisions.decideReview(reviewId, 2, { decision: 'reopen', moves: 'person' }, act);
    expect(await stoppedAtEachCall(reopen, agrees)).toBeGreaterThan(6);
    expect((await everything()).records.find(({ recordId }) => recordId === oak.recordId)?.personId).toBe(oak.personId);

    const different = () => decisions.decideReview(reviewId, 3, { decision: 'different', moves: 'person' }, act);
    expect(await stoppedAtEachCall(different, agrees)).toBeGreaterThan(4);
    expect((await everything()).persons.find(({ personId }) => personId === oak.personId)?.apartFrom).toEqual([elm.personId]);
  });

  it('is done once when the answers are lost', async () => {
    const { elm, oak } = await pair('Lost');
    const asked = { personId: elm.personId, idempotencyKey: 'lost-answers', ifMatch: 0 };
    const version = (await everything()).persons.find(({ personId }) => personId === elm.personId)?.version ?? 0;
    const faults = withFaults(room.suite.dynamo, { seed: 5, rates: { lostResponse: 0.4, conflict: 0.1 } });
    let outcome = 'none';
    for (let tries = 0; tries < 30 && outcome !== 'relinked' && outcome !== 'repeated'; tries += 1)
      outcome = await decisions.mergePersons({ ...asked, ifMatch: version }, oak.personId, act).then(({ kind }) => kind, () => 'fault');
    faults.stop();
    expect(faults.injected.lostResponse).toBeGreaterThan(0);
    expect(await decisions.mergePersons({ ...asked, ifMatch: version }, oak.personId, act)).toMatchObject({ kind: 'repeated' });
    const after = await everything();
    expect(disagreements(after)).toEqual([]);
    expect(after.relinks.filter(({ from }) => from === oak.personId).length).toBe(1);
    expect(after.persons.find(({ personId }) => personId === elm.personId)?.relinkIds?.length).toBe(1);
  });
});

describe('What is told at the moment of a decision', () => {
  it('is stored once, and every record lies with the person it was linked to', async () => {
    for (const round of ['a', 'b', 'c']) {
      const name = `Race${round}`;
      const { elm, reviewId } = await pair(name);
      const told = Promise.all([tell(name, 'oak', `${name}3^OAK`, '20210305'), tell(name, 'elm', `${name}4^ELM`, '20210306'), tell(name, 'birch', `${name}5^BIRCH`, '20210307')]);
      const decided = decisions.decideReview(reviewId, 1, { decision: 'same', personId: elm.personId, moves: 'person' }, act);
      const [answers, outcome] = await Promise.all([told, decided]);
      expect(answers.map(({ text }) => /MSA\|(\w\w)/.exec(text)?.[1])).toEqual(expect.arrayContaining(['AA', 'AA', 'AA']));
      expect(outcome.kind).toBe('decided');
      const after = await everything();
      expect(disagreements(after)).toEqual([]);
      const linked = after.persons.find(({ personId }) => personId === elm.personId);
      // A record that is new is linked at the same moment: neither link is lost.
      expect(linked?.recordIds.length).toBe(3);
      expect(after.doses.filter(({ pk }) => linked?.recordIds.some((id) => pk === `RECORD#${id}`)).length).toBe(5);
    }
  });
});

describe('A decision that is about to be written', () => {
  /** Lets something else happen between what a decision read and what it writes; once. */
  const justBefore = (run: () => Promise<unknown>): { happened: boolean; stop: () => void } => {
    const seen = { happened: false, stop: () => { room.suite.dynamo.middlewareStack.remove('justBefore'); } };
    type Call = (args: { input: object }) => Promise<unknown>;
    const stack = room.suite.dynamo.middlewareStack as unknown as { add(middleware: (next: Call) => Call, options: { step: 'initialize'; name: string; priority: 'low' }): void };
    stack.add((next) => async (args) => {
      if (!seen.happened && JSON.stringify(args.input).includes('"relink"')) {
        seen.happened = true;
        await run();
      }
      return next(args);
    }, { step: 'initialize', name: 'justBefore', priority: 'low' });
    return seen;
  };

  it.each([
    ['a new record comes to the person that takes over', 'birch', 3],
    ['a dose comes to the person that is given away', 'oak', 2],
  ] as const)('is made again when %s', async (_name, sender, records) => {
    const name = `Between${sender}`;
    const { elm, reviewId } = await pair(name);
    const other = justBefore(() => tell(name, sender, `${name}6^X`, '20210305'));
    const outcome = await decisions.decideReview(reviewId, 1, { decision: 'same', personId: elm.personId, moves: 'person' }, act);
    other.stop();
    expect([other.happened, outcome.kind]).toEqual([true, 'decided']);
    const after = await everything();
    expect(disagreements(after)).toEqual([]);
    const linked = after.persons.find(({ personId }) => personId === elm.personId);
    expect(linked?.recordIds.length).toBe(records);
    expect(after.doses.filter(({ pk }) => linked?.recordIds.some((id) => pk === `RECORD#${id}`)).length).toBe(3);
  });
});

it('A link that is set without the persons is seen (negative control)', async () => {
  const { persons, records } = await everything();
  const [first] = records;
  const careless = records.map((one) => (one === first ? { ...one, personId: 'per_other' } : one));
  expect(disagreements({ persons, records: careless })).toHaveLength(1);
});

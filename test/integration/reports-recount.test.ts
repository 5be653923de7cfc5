import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { DeleteCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { jurisdictionFor } from '../../shared/codes/jurisdiction.ts';
import { makeLog } from '../../shared/platform/log.ts';
import { personKey } from '../../shared/published/dose-keys.ts';
import { makeAdvance } from '../../functions/reports/advance-contributions.ts';
import { makeRecount, type RecountDeps } from '../../functions/reports/recount.ts';
import { makeCoverageStore, type CoverageStore } from '../../functions/reports/store-coverage.ts';
import { makePeopleStore, type PeopleStore } from '../../functions/reports/store-people.ts';
import { makeRecountStore } from '../../functions/reports/store-recount.ts';
import { doseOf, personIdFor, personOf, recordOf, storedDoses } from '../support/dose-items.ts';
import { createTable } from '../support/dynamodb-local.ts';
import { openSuite, type Suite } from '../support/suite.ts';

const jurisdiction = jurisdictionFor('CTA');
const names = ['ada', 'ben', 'cleo', 'dan', 'eve'];
let suite: Suite;
let people: PeopleStore;
let coverage: CoverageStore;
let reports: string;
let round = 0;

beforeAll(async () => { suite = await openSuite('reportsrecount'); });
afterAll(() => suite.stop());

const advance = (ids: Iterable<string>) => makeAdvance({ view: (id) => people.view(id), coverage, jurisdiction, shard: () => 1, log: makeLog('test') })(ids);
const recounting = (more: Partial<RecountDeps> = {}) =>
  makeRecount({ people, coverage, progress: makeRecountStore(suite.dynamo, reports), advance, jurisdiction, sleep: () => Promise.resolve(), hasTime: () => true, ...more });
const bend = (dimension: string, day: string, attribute: string, by: number) =>
  suite.dynamo.send(new UpdateCommand({
    TableName: reports, Key: { pk: `COVERAGE#${dimension}#1`, sk: day }, UpdateExpression: 'ADD #a :n',
    ExpressionAttributeNames: { '#a': attribute }, ExpressionAttributeValues: { ':n': by },
  }));
const clean = { isComplete: true, persons: 5, wrongPersons: 0, wrongCounters: 0, movingCounters: 0, repaired: 0 };

beforeEach(async () => {
  round += 1;
  reports = `reports${round}`;
  suite.tables['DOSES_TABLE'] = `doses${round}`;
  await createTable(suite.dynamo, suite.tables['DOSES_TABLE'], { gsis: ['gsi1', 'gsi2'] });
  await createTable(suite.dynamo, reports, { gsis: ['gsi1'] });
  people = makePeopleStore(suite.dynamo, suite.tables['DOSES_TABLE']);
  coverage = makeCoverageStore(suite.dynamo, reports, 2);
  for (const name of names) await storedDoses(suite, personOf(name), recordOf(name), doseOf(name, 1), doseOf(name, 2, { givenOn: '2021-04-02' }));
  await advance(names.map(personIdFor));
});

describe('The recount', () => {
  it('agrees with counters that were counted from the stream', async () => {
    expect(await recounting()('a')).toMatchObject(clean);
  });

  it('finds a person whose doses were not counted, and counts them when it repairs', async () => {
    await storedDoses(suite, doseOf('ada', 3, { givenOn: '2021-09-02' }), personOf('ada', { version: 2 }));
    expect(await recounting()('a')).toMatchObject({ wrongPersons: 1, wrongPersonIds: [personIdFor('ada')], repaired: 0 });
    expect(await recounting()('b', { repair: true })).toMatchObject({ wrongPersons: 1, repaired: 1 });
    expect(await recounting()('c')).toMatchObject(clean);
  });

  it('finds a counter that is not the sum of the contributions, and sets it right when it repairs', async () => {
    await bend('town', '2021-03-12', 'f:Hartford', 3);
    await bend('sex', '2021-04-02', 'd:M', 1);
    expect(await recounting()('a')).toMatchObject({
      wrongPersons: 0, wrongCounters: 2,
      counters: expect.arrayContaining([{ counter: 'town|2021-03-12|f:Hartford', is: 8, shouldBe: 5 }, { counter: 'sex|2021-04-02|d:M', is: 1, shouldBe: 0 }]) as unknown,
    });
    expect(await recounting()('b', { repair: true })).toMatchObject({ wrongCounters: 2, repaired: 2 });
    expect(await recounting()('c')).toMatchObject(clean);
  });

  it('finds a spoilt count of a practice, and one of a practice that reported nothing, and sets them right when it repairs', async () => {
    const spoil = (siteId: string, attribute: string, by: number) => suite.dynamo.send(new UpdateCommand({
      TableName: reports, Key: { pk: 'PRACTICES#2021-03-08', sk: siteId }, UpdateExpression: 'SET #type = :type ADD #a :n',
      ExpressionAttributeNames: { '#a': attribute, '#type': 'type' }, ExpressionAttributeValues: { ':n': by, ':type': 'practice-week' },
    }));
    await spoil('sit_elm', 'p:in-week', -2);
    await spoil('sit_oak', 'p:later', 1);
    const [elm, oak] = [{ counter: 'practice:sit_elm|2021-03-08|p:in-week', is: 3, shouldBe: 5 }, { counter: 'practice:sit_oak|2021-03-08|p:later', is: 1, shouldBe: 0 }];
    expect(await recounting()('a')).toMatchObject({ wrongPersons: 0, wrongCounters: 2, counters: expect.arrayContaining([elm, oak]) as unknown });
    expect(await recounting()('b', { repair: true })).toMatchObject({ wrongCounters: 2, repaired: 2 });
    expect(await recounting()('c')).toMatchObject(clean);
  });

  it('finds what is counted for a person who is gone, as after a restore', async () => {
    await suite.dynamo.send(new DeleteCommand({ TableName: suite.tables['DOSES_TABLE'] ?? '', Key: personKey(personIdFor('eve')) }));
    expect(await recounting()('a')).toMatchObject({ persons: 4, wrongPersons: 1 });
    await recounting()('b', { repair: true });
    expect(await recounting()('c')).toMatchObject({ ...clean, persons: 4 });
  });

  it('does not judge a counter that changes while it is added up', async () => {
    let reads = 0;
    const moving: CoverageStore = {
      ...coverage,
      contributions: async function* () {
        reads += 1;
        await storedDoses(suite, doseOf('ada', 3, { givenOn: '2021-09-02' }), personOf('ada', { version: 2 }));
        await advance([personIdFor('ada')]);
        yield* coverage.contributions();
      },
    };
    const result = await recounting({ coverage: moving })('a');
    expect(reads).toBe(1);
    expect(result.wrongCounters).toBe(0);
    expect(result.movingCounters).toBeGreaterThan(0);
  });

  it('goes on with the page where it ran out of time', async () => {
    let pages = 0;
    const slow: Partial<RecountDeps> = {
      hasTime: () => pages < 2,
      people: {
        ...people,
        personsPage: async (start) => {
          pages += 1;
          const all = (await people.personsPage(undefined)).persons;
          const at = start === undefined ? 0 : all.findIndex(({ pk }) => pk === start.pk) + 1;
          const person = all.slice(at, at + 1);
          const [last] = person;
          return { persons: person, ...(at + 1 < all.length && last !== undefined ? { next: { pk: last.pk, sk: last.sk } } : {}) };
        },
      },
    };
    expect(await recounting(slow)('a')).toMatchObject({ isComplete: false, persons: 2 });
    pages = -10;
    expect(await recounting(slow)('a')).toMatchObject(clean);
  });
});

import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { jurisdictionFor } from '../../shared/codes/jurisdiction.ts';
import { addDays } from '../../shared/kernel/dates.ts';
import { makeLog } from '../../shared/platform/log.ts';
import { makeAdvance, type AdvanceDeps } from '../../functions/reports/advance-contributions.ts';
import { makeCountChanges } from '../../functions/reports/count-changes.ts';
import { contributionOf, countersOf, summed, type Contribution, type CounterDelta } from '../../functions/reports/domain/coverage.ts';
import { coveragePersonOf } from '../../functions/reports/domain/person-history.ts';
import { makeCoverageStore, type CoverageStore } from '../../functions/reports/store-coverage.ts';
import { makePeopleStore, type PeopleStore } from '../../functions/reports/store-people.ts';
import { doseOf, personIdFor, personOf, recordOf, storedDoses } from '../support/dose-items.ts';
import { createTable } from '../support/dynamodb-local.ts';
import { withFaults } from '../support/fault-injection.ts';
import { streamEvent } from '../support/stream-event.ts';
import { openSuite, type Suite } from '../support/suite.ts';

const CT = jurisdictionFor('CTA');
const shards = 3;
let log: ReturnType<typeof makeLog>;
let suite: Suite;
let people: PeopleStore;
let coverage: CoverageStore;
let tables = 0;

beforeAll(async () => {
  suite = await openSuite('reportscoverage');
  log = makeLog('test');
});
afterAll(() => suite.stop());
/** Every test has its own pair of tables. */
beforeEach(async () => {
  tables += 1;
  suite.tables['DOSES_TABLE'] = `doses${tables}`;
  const reports = `reports${tables}`;
  await createTable(suite.dynamo, suite.tables['DOSES_TABLE'], { gsis: ['gsi1', 'gsi2'] });
  await createTable(suite.dynamo, reports, { gsis: ['gsi1'] });
  people = makePeopleStore(suite.dynamo, suite.tables['DOSES_TABLE']);
  coverage = makeCoverageStore(suite.dynamo, reports, shards);
});

const advancing = (more: Partial<AdvanceDeps> = {}) => makeAdvance({ view: (id) => people.view(id), coverage, jurisdiction: CT, shard: () => tables, log, ...more });
const counting = (more: Partial<AdvanceDeps> = {}) =>
  makeCountChanges({ personIdOfRecord: async (id) => (await people.record(id))?.personId, advance: advancing(more), countedUpTo: (now) => coverage.countedUpTo(now), log });
const batch = (...images: object[]) => streamEvent(images).Records;

const counters = async (): Promise<CounterDelta[]> => {
  const all: CounterDelta[] = [];
  for await (const count of coverage.allCounts()) all.push(count);
  return summed(all);
};
/** What the counters must say, from the records alone. */
const truth = async (...names: string[]): Promise<CounterDelta[]> => {
  const views = await Promise.all(names.map((name) => people.view(personIdFor(name))));
  return summed(views.flatMap((view) => (view === undefined ? [] : countersOf(contributionOf(coveragePersonOf(view), CT)))));
};
const countOf = (all: readonly CounterDelta[], measure: string, value: string): number =>
  all.filter((count) => count.measure === measure && count.value === value).reduce((sum, { delta }) => sum + delta, 0);

describe('The doses stream counts coverage', () => {
  it('from any of the items of a dose: the dose, the record or the person', async () => {
    const [person, record, dose] = [personOf('ada'), recordOf('ada'), doseOf('ada', 1)];
    await storedDoses(suite, person, record, dose);
    for (const image of [dose, record, person]) {
      expect(await counting()(batch(image))).toEqual({ batchItemFailures: [] });
      const all = await counters();
      expect(countOf(all, 'first', 'Hartford')).toBe(1);
      expect(all).toEqual(await truth('ada'));
    }
    expect(await coverage.asOf()).toBe('2021-03-10T15:00:00.000Z');
  });

  it('once, when batches come again, backwards and side by side', async () => {
    const names = ['ada', 'ben', 'cleo', 'dan', 'eve'];
    const images = names.flatMap((name) => [personOf(name, { version: 2 }), recordOf(name), doseOf(name, 1), doseOf(name, 2, { givenOn: '2021-04-02' })]);
    await storedDoses(suite, ...images);
    const deliveries = [images, [...images].reverse(), images.slice(3), images.slice(0, 9)];
    const answers = await Promise.all(deliveries.map((delivery) => counting()(batch(...delivery))));
    expect(answers.flatMap(({ batchItemFailures }) => batchItemFailures)).toEqual([]);
    await counting()(batch(...images));
    expect(countOf(await counters(), 'complete', '09003')).toBe(5);
    expect(await counters()).toEqual(await truth(...names));
  });

  it('what a correction, a deletion and a move of the person change', async () => {
    await storedDoses(suite, personOf('ada'), recordOf('ada'), doseOf('ada', 1));
    await counting()(batch(personOf('ada')));
    await storedDoses(suite, doseOf('ada', 1, { givenOn: '2021-03-11', version: 2, state: 'corrected' }), personOf('ada', { version: 2 }));
    await counting()(batch(doseOf('ada', 1)));
    expect(await counters()).toEqual(await truth('ada'));
    await storedDoses(suite, recordOf('ada', { home: { residence: 'inside', town: 'Orange', county: '09009', state: 'CT', zip: '06477' }, version: 2 }));
    await counting()(batch(recordOf('ada')));
    expect(countOf(await counters(), 'dosesGiven', 'Orange')).toBe(1);
    expect(countOf(await counters(), 'dosesGiven', 'Hartford')).toBe(0);
    await storedDoses(suite, doseOf('ada', 1, { state: 'deleted', version: 3 }));
    await counting()(batch(doseOf('ada', 1)));
    expect(await counters()).toEqual([]);
  });

  it('both persons when a record moves from one to the other', async () => {
    await storedDoses(suite, personOf('ada'), recordOf('ada'), doseOf('ada', 1), personOf('ben'), recordOf('ben'), doseOf('ben', 1));
    await counting()(batch(personOf('ada'), personOf('ben')));
    expect(countOf(await counters(), 'first', 'Hartford')).toBe(2);
    await storedDoses(suite, personOf('ada', { records: ['ada', 'ben'], version: 2 }), personOf('ben', { records: [], version: 2 }), recordOf('ben', { person: 'ada', version: 2 }));
    await counting()(batch(recordOf('ben', { person: 'ada' }), personOf('ben')));
    expect(await counters()).toEqual(await truth('ada', 'ben'));
    expect(countOf(await counters(), 'first', 'Hartford')).toBe(1);
    expect(countOf(await counters(), 'dosesGiven', 'Hartford')).toBe(2);
  });

  it('the weeks of sites: doses by lag of report, residents, and the next dose due where the last was given', async () => {
    const figures = async (siteId: string) => (await counters()).filter(({ dimension }) => dimension === `site:${siteId}`).map(({ day, measure, value, delta }) => [day, measure, value, delta]);
    const first = doseOf('ada', 1, { givenOn: '2021-03-12', receivedAt: '2021-03-22T01:00:00.000Z' }); // Sunday evening here: one week late, not two
    await storedDoses(suite, personOf('ada'), recordOf('ada'), first);
    await counting()(batch(first));
    expect(await figures('sit_elm')).toEqual([['2021-03-08', 'given', '208|1|1', 1], ['2021-03-08', 'residents', 'yes', 1], ['2021-03-29', 'due', '208|2', 1]]);
    expect(await figures('ALL')).toEqual([['2021-03-08', 'given', '208|1|1', 1]]);
    const told = doseOf('ada', 2, { givenOn: '2021-04-01', siteId: undefined, sourceClass: 'historical' });
    await storedDoses(suite, told, personOf('ada', { version: 2 }));
    await counting()(batch(told));
    expect((await figures('sit_elm')).map(([, measure]) => measure)).toEqual(['given', 'residents']);
    await storedDoses(suite, { ...told, state: 'deleted', version: 2 }, recordOf('ada', { dead: true, version: 2 }), personOf('ada', { version: 3 }));
    await counting()(batch(told));
    expect((await figures('sit_elm')).map(([, measure]) => measure)).toEqual(['given', 'residents']);
    await storedDoses(suite, { ...first, siteId: 'sit_oak', state: 'corrected', version: 2 }, recordOf('ada', { version: 3 }), personOf('ada', { version: 4 }));
    await counting()(batch(first));
    expect(await figures('sit_elm')).toEqual([]);
    expect(await figures('sit_oak')).toContainEqual(['2021-03-29', 'due', '208|2', 1]);
  });

  it('nothing for a person without COVID-19 doses, and for items of other types', async () => {
    await storedDoses(suite, personOf('kim'), recordOf('kim'), doseOf('kim', 1, { cvx: '03' }));
    expect(await counting()(batch(personOf('kim'), { type: 'key', pk: 'KEY#x', sk: 'KEY' }))).toEqual({ batchItemFailures: [] });
    expect(await coverage.contribution(personIdFor('kim'))).toBeUndefined();
  });
});

describe('A transaction seen half', () => {
  /** The person is seen at its new version while the dose of the same transaction cannot be read yet. */
  const halfSeen = async () => {
    await storedDoses(suite, personOf('ada', { version: 2 }), recordOf('ada'), doseOf('ada', 1));
    await counting()(batch(personOf('ada')));
    const half = await people.view(personIdFor('ada'));
    await storedDoses(suite, doseOf('ada', 2, { givenOn: '2021-04-02' }), personOf('ada', { version: 3 }));
    const person = await people.view(personIdFor('ada'));
    if (half === undefined || person === undefined) throw new Error('no person');
    return { ...half, person: person.person };
  };

  it('is counted whole when the rest of its news comes', async () => {
    const half = await halfSeen();
    await counting({ view: () => Promise.resolve(half) })(batch(personOf('ada')));
    await counting()(batch(doseOf('ada', 2)));
    expect(countOf(await counters(), 'complete', 'Hartford')).toBe(1);
    expect(await counters()).toEqual(await truth('ada'));
  });

  it('would be lost by the version of the person alone (negative control)', async () => {
    const half = await halfSeen();
    const byVersionAlone: Partial<AdvanceDeps> = {
      coverage: {
        ...coverage,
        advance: async (moves, adds, shard) => {
          for (const { personId, next } of moves)
            if (((await coverage.contribution(personId))?.v ?? 0) >= next.v) return { kind: 'committed' };
          return coverage.advance(moves, adds, shard);
        },
      },
    };
    // A counter that trusts versions writes one even when nothing else changed, as a dose of another vaccine would make it do.
    const seen = await coverage.contribution(personIdFor('ada'));
    await coverage.advance([{ personId: personIdFor('ada'), readVersion: seen?.version ?? 0, next: contributionOf(coveragePersonOf(half), CT) }], [], 0);
    await counting(byVersionAlone)(batch(doseOf('ada', 2)));
    expect(await counters()).not.toEqual(await truth('ada'));
  });

  it('does not let a worker that read earlier write later', async () => {
    await storedDoses(suite, personOf('ada'), recordOf('ada'), doseOf('ada', 1));
    const early = await people.view(personIdFor('ada'));
    await storedDoses(suite, doseOf('ada', 2, { givenOn: '2021-04-02' }), personOf('ada', { version: 2 }));
    let isFirst = true;
    const slow = counting({
      view: async (id) => {
        if (!isFirst) return people.view(id);
        isFirst = false;
        await counting()(batch(personOf('ada')));
        return early;
      },
    });
    expect(await slow(batch(personOf('ada')))).toEqual({ batchItemFailures: [] });
    expect(await counters()).toEqual(await truth('ada'));
  });
});

describe('Failures while counting', () => {
  it('leave counters right when calls fail, conflict, or lose their answer after the commit', async () => {
    const names = ['ada', 'ben', 'cleo', 'dan'];
    const images = names.flatMap((name) => [personOf(name), recordOf(name), doseOf(name, 1)]);
    await storedDoses(suite, ...images);
    const faults = withFaults(suite.dynamo, { seed: 7, rates: { serverError: 0.15, throttle: 0.1, conflict: 0.15, lostResponse: 0.25 } });
    let left = batch(...images);
    for (let tries = 0; tries < 30 && left.length > 0; tries += 1) {
      const { batchItemFailures } = await counting()(left).catch(() => ({ batchItemFailures: left.map(({ dynamodb }) => ({ itemIdentifier: dynamodb?.SequenceNumber ?? '' })) }));
      const failed = new Set(batchItemFailures.map(({ itemIdentifier }) => itemIdentifier));
      left = left.filter(({ dynamodb }) => failed.has(dynamodb?.SequenceNumber ?? ''));
    }
    faults.stop();
    expect(left).toEqual([]);
    expect(faults.injected.lostResponse).toBeGreaterThan(0);
    expect(await counters()).toEqual(await truth(...names));
  });

  it('would count twice without the lock of the contribution (negative control)', async () => {
    await storedDoses(suite, personOf('ada'), recordOf('ada'), doseOf('ada', 1));
    const blind: Partial<AdvanceDeps> = { coverage: { contribution: () => Promise.resolve(undefined), advance: (_moves, adds, shard) => coverage.advance([], adds, shard) } };
    await counting(blind)(batch(personOf('ada')));
    await counting(blind)(batch(personOf('ada')));
    expect(countOf(await counters(), 'first', 'Hartford')).toBe(2);
  });

  it('give back the changes of the person that failed, and count the others', async () => {
    await storedDoses(suite, personOf('ada'), recordOf('ada'), doseOf('ada', 1), personOf('ben'), recordOf('ben'), doseOf('ben', 1));
    const view = (id: string) => (id === personIdFor('ben') ? Promise.reject(new Error('cannot be read')) : people.view(id));
    expect(await counting({ view })(batch(personOf('ada'), doseOf('ben', 1), personOf('ben')))).toEqual({ batchItemFailures: [{ itemIdentifier: '2' }, { itemIdentifier: '3' }] });
    expect(await counters()).toEqual(await truth('ada'));
  });
});

describe('A person with very many doses', () => {
  const many = async (): Promise<void> => {
    const doses = Array.from({ length: 24 }, (_, n) => doseOf('max', n, { givenOn: addDays('2021-01-01', n * 20) }));
    await storedDoses(suite, personOf('max'), recordOf('max'), ...doses);
  };

  it('is counted in steps that each fit a transaction', async () => {
    await many();
    const widths: number[] = [];
    const watched: Partial<AdvanceDeps> = { coverage: { ...coverage, advance: (moves, adds, shard) => { widths.push(moves.length + adds.length); return coverage.advance(moves, adds, shard); } } };
    expect(await counting(watched)(batch(personOf('max')))).toEqual({ batchItemFailures: [] });
    expect(widths.length).toBeGreaterThan(1);
    expect(Math.max(...widths)).toBeLessThanOrEqual(100);
    expect(await counters()).toEqual(await truth('max'));
    await storedDoses(suite, recordOf('max', { sex: 'M', home: { residence: 'inside', town: 'Orange', county: '09009', state: 'CT', zip: '06477' } }));
    await counting()(batch(recordOf('max')));
    expect(await counters()).toEqual(await truth('max'));
  });

  it('agrees with its counters wherever the steps stop, and goes on from there', async () => {
    await many();
    const agree = async (): Promise<void> => {
      const { pk: _pk, sk: _sk, type: _type, schema: _schema, version: _version, personId: _id, ...stored } = (await coverage.contribution(personIdFor('max'))) ?? {};
      expect(await counters()).toEqual('doses' in stored ? summed(countersOf(stored as Contribution)) : []);
    };
    for (let stopAt = 0; stopAt < 3; stopAt += 1) {
      let commits = 0;
      const stopping: Partial<AdvanceDeps> = {
        coverage: { ...coverage, advance: (moves, adds, shard) => ((commits += 1) > stopAt ? Promise.reject(new Error('stopped')) : coverage.advance(moves, adds, shard)) },
      };
      await counting(stopping)(batch(personOf('max')));
      await agree();
    }
    await counting()(batch(personOf('max')));
    expect(await counters()).toEqual(await truth('max'));
  });
});

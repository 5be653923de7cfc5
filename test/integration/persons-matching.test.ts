import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ScanCommand } from '@aws-sdk/lib-dynamodb';
import type { Telling } from '../../functions/doses/domain/dose-facts.ts';
import { blockCap } from '../../functions/doses/domain/match/block.ts';
import { maxRecordsAPerson } from '../../functions/doses/domain/persons/relink.ts';
import type { ReviewItem } from '../../functions/doses/domain/persons/review.ts';
import type { ReportedPatient } from '../../functions/doses/domain/vxu/types.ts';
import { makeFindPerson, type FoundPerson } from '../../functions/doses/find-person.ts';
import { makePersonStore, type PersonStore } from '../../functions/doses/store-persons.ts';
import { jurisdictionFor } from '../../shared/codes/jurisdiction.ts';
import type { Dynamo } from '../../shared/platform/dynamo.ts';
import { suiteClient } from '../support/dynamodb-local.ts';
import { withFaults } from '../support/fault-injection.ts';
import { openSuite, type Suite } from '../support/suite.ts';

let suite: Suite;
let table: string;
beforeAll(async () => {
  suite = await openSuite('personsMatching');
  table = suite.tables['DOSES_TABLE'] ?? '';
});
afterAll(() => suite.stop());

const jurisdiction = jurisdictionFor('CTA');
const finder = (persons: PersonStore, ids: typeof jurisdiction.matchingIds = jurisdiction.matchingIds) =>
  makeFindPerson({ persons, jurisdiction: { ...jurisdiction, matchingIds: ids }, matchingKey: 'a key that only tests have' });
const store = (dynamo: Dynamo = suite.dynamo): PersonStore => makePersonStore(dynamo, table);

const telling = (organizationId: string, at = '2021-03-08T15:00:00.000Z'): Telling =>
  ({ organizationId, responsible: '', messageId: 'msg_1', receivedAt: at, receivedOn: '2021-03-08', actor: 'ehr' });
const [elm, oak] = [telling('org_elm'), telling('org_oak')];

let numbers = 0;
type Told = Partial<ReportedPatient> & { family: string; given: string; zip?: string; street?: string; phone?: string };
const told = ({ family, given, street = '12 Oak Lane', zip = '06106', phone = '8605550177', ...more }: Told): ReportedPatient => ({
  ids: [{ id: 'P1', authority: `EHR-${(numbers += 1)}`, type: 'MR' }], names: [{ family, given }], birthDate: '1956-03-12', sex: 'F',
  addresses: [{ street, zip, city: 'Hartford', state: 'CT' }], phones: [{ number: phone }], relatives: [], erased: [], ...more,
});
/** A home and phone of their own for the people of one case. */
const homeOf = ({ family }: { family: string }): { street: string; phone: string } => {
  const n = [...family].reduce((sum, letter) => (sum * 31 + letter.charCodeAt(0)) % 9000, 7) + 1000;
  return { street: `${n} Oak Lane`, phone: `860555${n}` };
};
const found = (outcome: FoundPerson): Extract<FoundPerson, { kind: 'found' }> => {
  if (outcome.kind !== 'found') throw new Error(outcome.kind);
  return outcome;
};
const items = async (): Promise<Record<string, unknown>[]> => (await suite.dynamo.send(new ScanCommand({ TableName: table, ConsistentRead: true }))).Items ?? [];
const reviewOf = async (recordId: string): Promise<ReviewItem | undefined> =>
  (await items()).find((item) => item['type'] === 'review' && item['recordId'] === recordId) as ReviewItem | undefined;

/** Everybody waits at the first write until all have decided: the race that chance seldom makes. */
const together = (persons: PersonStore, writers: number): PersonStore => {
  let waiting = 0;
  let open: () => void = () => undefined;
  const gate = new Promise<void>((resolve) => { open = resolve; });
  return {
    ...persons,
    write: async (next) => {
      waiting += 1;
      if (waiting >= writers) open();
      await gate;
      return persons.write(next);
    },
  };
};

describe('a new record', () => {
  const cases: [string, Told, Partial<Told>, 'linked' | 'asked about' | 'new'][] = [
    ['with the same name in other writing, and the same home', { family: 'Åberg-Cano', given: 'Zoé' }, { family: 'ABERG CANO', given: 'zoe', phone: '' }, 'linked'],
    ['with another home and phone, and a middle name that agrees', { family: 'Bexar', given: 'Thea', names: [{ family: 'Bexar', given: 'Thea', middle: 'Rune' }] }, { street: '9 Sea Rd', zip: '06340', phone: '', names: [{ family: 'Bexar', given: 'Thea', middle: 'R' }] }, 'linked'],
    ['with name and birth date and nothing else', { family: 'Cuming', given: 'Nola' }, { street: '9 Sea Rd', zip: '06340', phone: '' }, 'asked about'],
    ['with a slip in the first name', { family: 'Dallam', given: 'Kalpana' }, { given: 'Kalpanna' }, 'asked about'],
    ['with a nickname', { family: 'Ector', given: 'Katherine' }, { given: 'Kate' }, 'asked about'],
    ['with another last name, as after marriage', { family: 'Foard', given: 'Marisol' }, { family: 'Gaines' }, 'asked about'],
    ['with first and last name in each other\'s place', { family: 'Hockley', given: 'Imani' }, { family: 'Imani', given: 'Hockley' }, 'asked about'],
    ['with month and day of birth in each other\'s place', { family: 'Irion', given: 'Saskia', birthDate: '1960-03-11' }, { birthDate: '1960-11-03' }, 'asked about'],
    ['of a twin with all else alike', { family: 'Jasper', given: 'Gil' }, { given: 'Nora' }, 'new'],
    ['of a daughter at the same home', { family: 'Knox', given: 'Una' }, { birthDate: '1988-09-09' }, 'new'],
  ];
  it.each(cases.map((row) => [`${row[0]} is ${row[3]}`, ...row] as const))('%s', async (_, __, first, changes, expected) => {
    const find = finder(store());
    const base = { ...homeOf(first), ...first };
    const one = found(await find(told(base), elm));
    const other = found(await find(told({ ...base, ...changes }), oak));
    expect(other.keptApart).toBe(expected === 'asked about');
    expect(other.person.personId === one.person.personId).toBe(expected === 'linked');
    expect(other.person.provisional).toBe(expected === 'asked about' ? true : undefined);
    const review = await reviewOf(other.record.recordId);
    expect(review?.candidates).toEqual(expected === 'asked about' ? [one.person.personId] : undefined);
  });

  it('that resembles somebody waits with the score and what made it, and no word of the patient', async () => {
    const find = finder(store());
    await find(told({ family: 'Lampasas', given: 'Verity' }), elm);
    const other = found(await find(told({ family: 'Lampasas', given: 'Verita' }), oak));
    const review = await reviewOf(other.record.recordId);
    const [score] = review?.scores ?? [];
    expect(score).toMatchObject({ answer: 'possible', guards: ['not-written-alike'] });
    expect(score?.lines.reduce((sum, { bits }) => sum + bits, 0)).toBe(score?.score);
    expect(JSON.stringify(review)).not.toMatch(/lampasas|verit|1956|oak lane|8605550177/i);
  });

  it('that matches two persons is given to neither (MAT-01)', async () => {
    const find = finder(store());
    const [one, other] = [{ street: '1 Elm St', phone: '8605550101' }, { street: '2 Fir St', zip: '06340', phone: '8605550202' }];
    const first = found(await find(told({ family: 'Matagorda', given: 'Ida', ...one }), elm));
    const second = found(await find(told({ family: 'Matagorda', given: 'Ida', ...other }), oak));
    const both = told({ family: 'Matagorda', given: 'Ida', ...one, phones: [{ number: '8605550101' }, { number: '8605550202' }] });
    const third = found(await find(both, telling('org_fir')));
    const { personId: id } = third.person;
    expect([first.person.personId, second.person.personId]).not.toContain(id);
    expect(await reviewOf(third.record.recordId)).toMatchObject({ why: 'several-persons', candidates: { length: 2 } });
  });

  it('is linked by an identifier after marriage, unless the jurisdiction forbids to look at it', async () => {
    const ssn = { id: '532114477', authority: 'SSA', type: 'SS' };
    const withSsn = (patient: ReportedPatient): ReportedPatient => ({ ...patient, ids: [...patient.ids, ssn] });
    const where = homeOf({ family: 'Nolan' });
    const one = found(await finder(store())(withSsn(told({ family: 'Nolan', given: 'Odile', ...where })), elm));
    const allowed = found(await finder(store())(withSsn(told({ family: 'Presidio', given: 'Odile', ...where })), oak));
    expect(allowed.person.personId).toBe(one.person.personId);
    const forbidden = found(await finder(store(), ['record'])(withSsn(told({ family: 'Orange', given: 'Odile', ...where })), telling('org_fir')));
    expect(forbidden.keptApart).toBe(true);
  });
});

describe('a person of whom many senders tell', () => {
  it('is found by each further one, and waits for somebody only when it has all the records a person may have', async () => {
    const who = { family: 'Sabine', given: 'Theodora', ...homeOf({ family: 'Sabine' }) };
    const first = found(await finder(store())(told(who), elm));
    for (let n = 1; n < maxRecordsAPerson; n += 1) {
      const { person } = found(await finder(store())(told(who), telling(`org_${n}`)));
      expect([n, person.personId]).toEqual([n, first.person.personId]);
    }
    const surplus = found(await finder(store())(told(who), telling('org_surplus')));
    expect(await reviewOf(surplus.record.recordId)).toMatchObject({ why: 'too-many-records', candidates: [first.person.personId] });
  });
});

describe('a record that is told differently', () => {
  it('and comes to resemble another person asks once, and moves by itself to nobody', async () => {
    const find = finder(store());
    const one = found(await find(told({ family: 'Quitman', given: 'Rosalind' }), elm));
    const typed = told({ family: 'Rusk', given: 'Rosalind', street: '7 Far Rd', zip: '06340', phone: '8605550303', birthDate: '1956-03-11' });
    const other = found(await find(typed, oak));
    expect(other.keptApart).toBe(false);
    const moved = { ...typed, birthDate: '1956-03-12', addresses: told({ family: '', given: '' }).addresses ?? [] };
    const again = found(await find(moved, telling('org_oak', '2021-03-09T15:00:00.000Z')));
    expect(again.person.personId).toBe(other.person.personId);
    expect(await reviewOf(other.record.recordId)).toMatchObject({ why: 'resembles-another', candidates: [one.person.personId] });
  });
});

describe('two senders at the same moment', () => {
  const pair = (n: number, slip: boolean): [ReportedPatient, ReportedPatient] => {
    const family = `Race${'abcdefghijklmnopqrst'[n]}ton`;
    const where = { birthDate: `19${40 + n}-05-17`, street: `${n + 1} Race Street`, phone: `86055502${10 + n}` };
    return [told({ family, given: 'Mirabel', ...where }), told({ family, given: slip ? 'Mirabell' : 'Mirabel', ...where })];
  };
  const race = async (persons: readonly [PersonStore, PersonStore], [one, other]: [ReportedPatient, ReportedPatient]) =>
    Promise.all([finder(persons[0])(one, elm), finder(persons[1])(other, oak)]).then((both) => both.map(found));

  it.each<[string, number, boolean]>([
    ['who tell of the same patient make one person', 0, false], ['who tell of the same patient in another spelling make one person and a question', 1, true],
  ])('%s', async (_, n, slip) => {
    const shared = together(store(), 2);
    const [one, other] = await race([shared, shared], pair(n, slip));
    const asked = [one, other].filter((each) => each?.keptApart === true).length;
    expect([one?.person.personId === other?.person.personId, asked]).toEqual(slip ? [false, 1] : [true, 0]);
  });

  it('who do not check the blocks they read make two persons and no question (control)', async () => {
    const careless = (persons: PersonStore): PersonStore => ({ ...persons, write: (next) => persons.write({ ...next, blocks: [] }) });
    const shared = together(careless(store()), 2);
    const [one, other] = await race([shared, shared], pair(2, true));
    expect(one?.person.personId).not.toBe(other?.person.personId);
    expect([one?.keptApart, other?.keptApart]).toEqual([false, false]);
  });

  it('while the database fails, throttles, conflicts and loses answers still never make two persons without a question', async () => {
    const client = suiteClient('unused');
    const { accessKeyId, secretAccessKey } = await suite.dynamo.config.credentials();
    client.config.credentials = () => Promise.resolve({ accessKeyId, secretAccessKey });
    const faults = withFaults(client, { seed: 7, rates: { serverError: 0.06, throttle: 0.06, conflict: 0.12, lostResponse: 0.12 } });
    const until = async (find: ReturnType<typeof finder>, patient: ReportedPatient, by: Telling): Promise<Extract<FoundPerson, { kind: 'found' }>> => {
      for (let attempt = 1; attempt <= 60; attempt += 1) {
        const outcome = await find(patient, by).catch(() => undefined);
        if (outcome?.kind === 'found') return outcome;
      }
      throw new Error('never answered');
    };
    for (let n = 3; n < 15; n += 1) {
      const [one, other] = pair(n, n % 2 === 0);
      const [first, second] = await Promise.all([until(finder(store(client)), one, elm), until(finder(store(client)), other, oak)]);
      // An answer that was lost is found standing: what the first try decided is in the table.
      const asked = [await reviewOf(first.record.recordId), await reviewOf(second.record.recordId)].filter((review) => review !== undefined).length;
      expect([n, first.person.personId === second.person.personId, asked]).toEqual(n % 2 === 0 ? [n, false, 1] : [n, true, 0]);
    }
    faults.stop();
    client.destroy();
    expect(faults.injected.lostResponse).toBeGreaterThan(5);
    expect(faults.injected.conflict).toBeGreaterThan(0);
  }, 60_000);
});

describe('a phone that too many people give', () => {
  it('leads to nobody any more, and is not written again', async () => {
    const find = finder(store());
    const clinic = { phone: '8605550999', street: '', zip: '', birthDate: '1971-01-01' };
    const letters = 'BCDFGHJKLMNPRSTVWZ';
    const before = (await items()).filter((item) => item['full'] === true).length;
    for (let n = 0; n <= blockCap + 1; n += 1) {
      const [a, b] = [letters[n % letters.length] ?? '', letters[(n * 7 + 3) % letters.length] ?? ''];
      const born = `1971-${String((n % 12) + 1).padStart(2, '0')}-${String((n % 28) + 1).padStart(2, '0')}`;
      await find(told({ family: `${a}ar${b}o`, given: `${b}i${a}us`, ...clinic, birthDate: born }), elm);
    }
    const full = (await items()).filter((item) => item['full'] === true);
    expect(full).toHaveLength(before + 1);
    expect(full.at(-1)).toMatchObject({ recordIds: [], version: blockCap + 1 });
  }, 60_000);
});

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { PutCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { accountKey, entriesPartition } from '../../shared/ledger/account.ts';
import { difference, recompute } from '../../shared/ledger/balances.ts';
import { effectSchema } from '../../shared/ledger/buckets.ts';
import type { ReportHl7 } from '../../functions/doses/report-hl7.ts';
import type { DoseStore } from '../../functions/doses/store-doses.ts';
import type { Dynamo, TransactItem } from '../../shared/platform/dynamo.ts';
import { withFaults, type FaultRates } from '../support/fault-injection.ts';
import { openDoseRoom, order, refOf, siteIds, vxu, type DoseRoom } from '../support/dose-room.ts';
import { elmEhr, reportHl7Over } from '../support/dose-reporter.ts';
import { suiteClient } from '../support/dynamodb-local.ts';

let room: DoseRoom;
beforeAll(async () => { room = await openDoseRoom('dosesFaults'); });
afterAll(() => room.stop());

/** As much as the SDK's own budget of retries bears over a dozen reads and writes a message; more would only test the patience of senders. */
const bearable: FaultRates = { serverError: 0.04, throttle: 0.04, conflict: 0.12, lostResponse: 0.08 };
/** Answers get lost so often that a writer who counts twice cannot be lucky. */
const forgetful: FaultRates = { lostResponse: 0.3 };

/** A client of its own to the same database, so that its faults meet only the writers under test. */
const faultyClient = async (): Promise<Dynamo> => {
  const client = suiteClient('unused');
  const { accessKeyId, secretAccessKey } = await room.suite.dynamo.config.credentials();
  client.config.credentials = () => Promise.resolve({ accessKeyId, secretAccessKey });
  return client;
};

/** Writes the parts of a transaction one by one, with the account first: what a careless writer does. */
const careless = (dynamo: Dynamo, store: DoseStore): DoseStore => ({
  ...store,
  async write(changes, _person, _by, moves) {
    for (const move of moves as TransactItem[]) {
      if (move.Update !== undefined) await dynamo.send(new UpdateCommand(move.Update as ConstructorParameters<typeof UpdateCommand>[0]));
    }
    for (const { next } of changes) await dynamo.send(new PutCommand({ TableName: 'doses_table', Item: next }));
    return { kind: 'committed' };
  },
});

/** Under the rates of these tests a sound writer answers long before. */
const mostSends = 120;

/** A sender that sends until it gets an answer that is not "try again", as EHRs do. */
const untilAnswered = async (report: ReportHl7, text: string): Promise<void> => {
  for (let attempt = 1; attempt <= mostSends; attempt += 1) {
    const answer = await report(text, elmEhr, '2021-03-08T15:00:00.000Z').catch(() => undefined);
    if (answer !== undefined && !answer.isRetry) return;
  }
  throw new Error('never answered');
};

interface Tally {
  given: number;
  doses: number;
  differences: object[];
  injected: Record<string, number>;
}

/** Eight senders at once report doses of one lot, some of them corrected and some deleted, while the database fails them. */
const stormOver = async (lot: string, seed: number, rates: FaultRates, wrap?: (dynamo: Dynamo, store: DoseStore) => DoseStore): Promise<Tally> => {
  await room.stock({ lot }, 500);
  const dynamo = await faultyClient();
  const faults = withFaults(dynamo, { seed, rates });
  const report = reportHl7Over(dynamo, wrap === undefined ? undefined : (store) => wrap(dynamo, store));
  const texts = Array.from({ length: 8 }, (_, lane) => Array.from({ length: 6 }, (__, n) => {
    // People who have nothing in common: this storm is about stock, that of test/integration/persons-race.test.ts about who is who.
    const who = {
      id: `${lot}-${lane}-${n % 4}`, family: `Storm${'abcdefgh'[lane]}`, given: `N${'abcd'[n % 4]}`, birth: `19${40 + lane}01${10 + (n % 4)}`,
      pidMore: { 11: `${lane}${n % 4} Oak Lane^^Hartford^CT^06106^USA^H`, 13: `^PRN^PH^^^860^55501${lane}${n % 4}` },
    };
    // The fifth message of a lane is of the person of the first: on another day, or it would be one more report of that dose.
    const fields = { filler: `${lot}-${lane}-${n % 5}^ELM`, lot, on: n === 4 ? '20210208' : '20210308' };
    return vxu({ ...who, controlId: `${lot}${lane}${n}`, orders: order(n === 5 ? { ...fields, action: 'D' } : fields) });
  }));
  // A careless writer may have spoilt what a later message rests on, so that it is never answered: only its differences matter.
  const send = (text: string): Promise<void> => untilAnswered(report, text).catch((error: unknown) => { if (wrap === undefined) throw error; });
  await Promise.all(texts.map(async (lane) => { for (const text of lane) await send(text); }));
  faults.stop();
  dynamo.destroy();
  const partition = entriesPartition(refOf({ lot }));
  const entries = await room.dosesOf(partition);
  const account = await room.account({ lot });
  if (account === undefined) throw new Error('no account');
  const received = { buckets: { shipped: -500, onHand: 500 }, positions: { 'U1:thawed': 500 } } as const;
  const effects = [received, ...entries.map(({ effect }) => effectSchema.parse(effect))];
  return { given: account.buckets.administered, doses: entries.length, differences: difference(account, recompute(effects)), injected: faults.injected };
};

describe('while the database throttles, fails, conflicts and loses answers', () => {
  it.each([['STORM1', 11], ['STORM2', 12]])('every dose of lot %s is counted once and the account equals its doses', async (lot, seed) => {
    const { given, doses, differences, injected } = await stormOver(lot, seed, bearable);
    expect(differences).toEqual([]);
    expect(given).toBe(doses);
    expect(doses).toBeGreaterThan(30);
    for (const [kind, count] of Object.entries(injected)) expect([kind, count > 0]).toEqual([kind, true]);
  }, 120_000);

  it('answers lost three times in ten change nothing', async () => {
    const { differences, injected } = await stormOver('FORGET', 14, forgetful);
    expect(injected['lostResponse']).toBeGreaterThan(100);
    expect(differences).toEqual([]);
  }, 120_000);

  it('a writer that does not use one transaction is caught by the same check at the same rates', async () => {
    const { differences, injected } = await stormOver('CARELESS', 13, forgetful, careless);
    expect(injected['lostResponse']).toBeGreaterThan(100);
    expect(differences.length).toBeGreaterThan(0);
  }, 120_000);

  it('the accounts are keyed as the ledger keys them', () => {
    expect(accountKey(refOf())).toEqual({ pk: `SITE#${siteIds.elm}`, sk: 'ACCOUNT#59676-0580-05#1805018#covid' });
  });
});

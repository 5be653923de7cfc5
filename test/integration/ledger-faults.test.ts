import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { PutCommand, TransactWriteCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { accountFaults, accountKey, accountSchema, entriesPartition } from '../../shared/ledger/account.ts';
import type { AccountRef } from '../../shared/ledger/account.ts';
import { accountGap, balancesOf, difference, jurisdictionGap, recompute } from '../../shared/ledger/balances.ts';
import { entryKey, movementItems } from '../../shared/ledger/items.ts';
import type { LedgerWrite } from '../../shared/ledger/items.ts';
import { entrySchema, reversalOf } from '../../shared/ledger/movement.ts';
import { planMovements, transferPostings } from '../../shared/ledger/plan-movements.ts';
import type { Posting } from '../../shared/ledger/plan-movements.ts';
import { makePostMovements, viewKeys, viewOf } from '../../shared/ledger/post-movements.ts';
import type { LedgerStore, PostOutcome } from '../../shared/ledger/post-movements.ts';
import { commit, getItem, queryAll, readTogether } from '../../shared/platform/dynamo.ts';
import { createTable, startDynamoDbLocal, suiteClient } from '../support/dynamodb-local.ts';
import type { DynamoDbLocal } from '../support/dynamodb-local.ts';
import { USUAL_RATES, withFaults } from '../support/fault-injection.ts';
import { FREEZER, PFIZER_VIAL, movement, ref } from '../support/ledger-samples.ts';
import { seededRandom } from '../support/seeded-random.ts';

const TABLE = 'inventory';
const STAMP = { at: '2021-02-03T15:00:00.000Z', actor: 'test' };
const SITES = [ref('sit_a'), ref('sit_b')];
/** A caller (a client, a queue) that repeats after a fault, as often as queues do. */
const CALLER_ATTEMPTS = 30;
const WRITERS = 4;

let database: DynamoDbLocal;
beforeAll(async () => { database = await startDynamoDbLocal(); });
afterAll(async () => { await database.stop(); });

const soon = (): Promise<void> => Promise.resolve();
const storeOn = (client: DynamoDBDocumentClient): LedgerStore<LedgerWrite> => ({
  read: async (postings) => viewOf(postings, await readTogether(client, TABLE, viewKeys(postings), { sleep: soon })),
  commit: (items) => commit(client, items, { sleep: soon }),
});

const readAccount = (client: DynamoDBDocumentClient, of: AccountRef) => getItem(client, TABLE, accountKey(of), accountSchema);
const readEntry = (client: DynamoDBDocumentClient, of: AccountRef, key: string) => getItem(client, TABLE, entryKey(of, key), entrySchema);

type Post = (postings: readonly Posting[]) => Promise<PostOutcome['kind']>;

const ledgerPost = (client: DynamoDBDocumentClient): Post => {
  const post = makePostMovements({ store: storeOn(client), table: TABLE });
  return async (postings) => (await post(postings, STAMP)).kind;
};

/** The mistake this ledger exists to avoid: the entry first, then the account by itself; a repeat cannot tell how far it came. */
const putThenAddPost = (client: DynamoDBDocumentClient): Post => {
  return async (postings) => {
    const accounts = (await Promise.all(postings.map(({ ref: of }) => readAccount(client, of)))).filter((account) => account !== undefined);
    const planned = planMovements(accounts, postings);
    if (planned.kind === 'refused') return 'refused';
    for (const item of movementItems(TABLE, planned.plan, STAMP).reverse()) {
      if ('Put' in item) await client.send(new PutCommand({ TableName: TABLE, Item: item.Put.Item }));
      else await client.send(new UpdateCommand({ ...item.Update, ReturnValuesOnConditionCheckFailure: undefined }));
    }
    return 'posted';
  };
};

const untilAnswered = async (post: Post, postings: readonly Posting[]): Promise<string> => {
  for (let attempt = 1; attempt < CALLER_ATTEMPTS; attempt += 1) {
    const kind = await post(postings).catch(() => 'fault');
    if (kind !== 'fault' && kind !== 'contended') return kind;
  }
  return 'gave-up';
};

/** Doses, waste, transfers and reversals of both sites, in an order drawn from the seed. Every third thing is sent twice. */
const work = (random: () => number, count: number): Posting[][] => Array.from({ length: count }, (_, n) => {
  const of = SITES[Math.floor(random() * SITES.length)] ?? ref();
  const other = SITES.find((site) => site.siteId !== of.siteId) ?? ref();
  const draw = random();
  const wasted = { key: 'never', doses: 1, effect: { buckets: { onHand: -1, wasted: 1 }, positions: { 'FRZ1:frozen': -1 } } } as const;
  if (draw < 0.65) return [{ ref: of, movement: movement('administer', 1, { key: `DOSE#${n}` }) }];
  if (draw < 0.8) return [{ ref: of, movement: movement('waste', 2, { key: `WASTE#${n}` }) }];
  if (draw < 0.9) return transferPostings({ key: `TRANSFER#${n}`, from: of, toSiteId: other.siteId, doses: 3 });
  return [{ ref: of, movement: reversalOf({ ...wasted, key: `WASTE-OF-OLD#${n}` }, 'typed twice') }];
});

const supply = (client: DynamoDBDocumentClient) => Promise.all(SITES.map((of) => ledgerPost(client)([
  { ref: of, movement: movement('ship', 40), facts: { vial: PFIZER_VIAL } },
  { ref: of, movement: movement('receive', 35, { position: FREEZER }) },
  { ref: of, movement: movement('receive-damaged', 5) },
])));

interface Found { readonly faults: string[]; readonly entries: number }
const inspect = async (client: DynamoDBDocumentClient, accounts: readonly AccountRef[] = SITES): Promise<Found> => {
  const faults: string[] = [];
  let count = 0;
  const held = await Promise.all(accounts.map((of) => getItem(client, TABLE, accountKey(of), accountSchema)));
  for (const account of held.filter((each) => each !== undefined)) {
    const entries = [];
    for await (const entry of queryAll(client, { table: TABLE, pk: entriesPartition(account.ref), consistent: true }, entrySchema)) entries.push(entry);
    count += entries.length;
    const differences = difference(account, recompute(entries.map(({ effect }) => effect)));
    faults.push(...accountFaults(account), ...differences.map(({ name }) => `${name} differs from its entries`));
    if (accountGap(balancesOf([account])) !== 0) faults.push('the equation of the account');
  }
  if (jurisdictionGap(balancesOf(held.filter((each) => each !== undefined))) !== 0) faults.push('the equation of the jurisdiction');
  return { faults, entries: count };
};

const runUnderFaults = async (seed: number, count: number, makePost: (client: DynamoDBDocumentClient) => Post) => {
  const client = suiteClient(`faults${seed}`);
  await createTable(client, TABLE);
  await supply(client);
  const faults = withFaults(client, { seed, rates: USUAL_RATES });
  const post = makePost(client);
  const jobs = work(seededRandom(seed), count).flatMap((job, n) => (n % 3 === 0 ? [job, job] : [job]));
  const answers: string[] = [];
  await Promise.all(Array.from({ length: WRITERS }, async () => {
    for (let job = jobs.shift(); job !== undefined; job = jobs.shift()) answers.push(await untilAnswered(post, job));
  }));
  faults.stop();
  return { answers, injected: faults.injected, ...(await inspect(client)) };
};

describe('writers at once, with every third thing sent twice, while calls fail before and after they take effect', () => {
  // Side by side: such a run mostly waits to try again.
  type Run = Awaited<ReturnType<typeof runUnderFaults>>;
  let runs: Readonly<Record<'first' | 'second' | 'careless', Run>>;
  beforeAll(async () => {
    const [first, second, careless] = await Promise.all([runUnderFaults(11, 100, ledgerPost), runUnderFaults(12, 100, ledgerPost), runUnderFaults(11, 40, putThenAddPost)]);
    runs = { first, second, careless };
  });

  it.each(['first', 'second'] as const)('leave every account equal to its entries (the %s seed)', (seed) => {
    const { faults, injected, answers } = runs[seed];
    expect(faults).toEqual([]);
    expect(answers).not.toContain('gave-up');
    expect(answers).not.toContain('key-reused');
    expect(answers.filter((answer) => answer === 'repeated').length).toBeGreaterThan(10);
    expect(Math.min(...Object.values(injected))).toBeGreaterThan(5);
  });

  it('negative control: a writer that puts the entry and then adds to the account is caught', () => {
    expect(runs.careless.faults.join()).toContain('differs from its entries');
  });
});

describe('the conditions of the transaction', () => {
  const fresh = async (name: string): Promise<DynamoDBDocumentClient> => {
    const client = suiteClient(name);
    await createTable(client, TABLE);
    await supply(client);
    return client;
  };

  it('let only as many of the writers that read the same account take doses as there are doses', async () => {
    const client = await fresh('race');
    const account = await readAccount(client, ref('sit_a'));
    const wasteAll = (n: number) => planMovements(account === undefined ? [] : [account], [{ ref: ref('sit_a'), movement: movement('waste', 35, { key: `W#${n}` }) }]);
    const outcomes = await Promise.all([1, 2, 3].map(async (n) => {
      const planned = wasteAll(n);
      return planned.kind === 'planned' ? (await storeOn(client).commit(movementItems(TABLE, planned.plan, STAMP))).kind : planned.kind;
    }));
    expect(outcomes.sort()).toEqual(['committed', 'refused', 'refused']);
    expect((await inspect(client)).faults).toEqual([]);
  });

  it('let overfill be booked only on the account as it was read', async () => {
    const client = await fresh('overfill');
    const store = storeOn(client);
    await ledgerPost(client)([{ ref: ref('sit_a'), movement: movement('administer', 35) }]);
    const account = await readAccount(client, ref('sit_a'));
    const outcomes = await Promise.all([1, 2, 3].map(async (n) => {
      const planned = planMovements(account === undefined ? [] : [account], [{ ref: ref('sit_a'), movement: movement('administer', 8, { key: `EXTRA#${n}` }) }]);
      return planned.kind === 'planned' ? (await store.commit(movementItems(TABLE, planned.plan, STAMP))).kind : planned.kind;
    }));
    // 8 vials of 5 hold 8 doses of overfill, which the first takes
    expect(outcomes.sort()).toEqual(['committed', 'refused', 'refused']);
    expect(await ledgerPost(client)([{ ref: ref('sit_a'), movement: movement('administer', 1, { key: 'EXTRA#4' }) }])).toBe('refused');
    expect((await inspect(client)).faults).toEqual([]);
  });

  it('take the last dose once, and answer a repeat of it with what stands, though nothing is left', async () => {
    const client = await fresh('last');
    const last = [{ ref: ref('sit_a'), movement: movement('waste', 35, { key: 'LAST' }) }];
    expect([await ledgerPost(client)(last), await ledgerPost(client)(last)]).toEqual(['posted', 'repeated']);
    expect(await ledgerPost(client)([{ ref: ref('sit_a'), movement: movement('waste', 1, { key: 'LAST' }) }])).toBe('key-reused');
  });

  it('reverse an entry once, whoever asks how often', async () => {
    const client = await fresh('reverse');
    await ledgerPost(client)([{ ref: ref('sit_a'), movement: movement('waste', 3, { key: 'W' }) }]);
    const entry = await readEntry(client, ref('sit_a'), 'W');
    if (entry === undefined) throw new Error('the entry is missing');
    const asked = await Promise.all(['a', 'b', 'c'].map((why) => ledgerPost(client)([{ ref: ref('sit_a'), movement: reversalOf(entry, why) }])));
    expect(asked.sort()).toEqual(['posted', 'repeated', 'repeated']);
    expect((await readAccount(client, ref('sit_a')))?.buckets).toMatchObject({ onHand: 35, wasted: 5 });
  });

  it('write nothing at all when the cause that is written with it is refused', async () => {
    const client = await fresh('cause');
    const cause = { Put: { TableName: TABLE, Item: { pk: 'RECEIPT', sk: '1' }, ConditionExpression: 'attribute_not_exists(pk)' } };
    await client.send(new TransactWriteCommand({ TransactItems: [cause] }));
    const post = makePostMovements({ store: { ...storeOn(client), commit: (items: readonly (LedgerWrite | typeof cause)[]) => commit(client, items) }, table: TABLE });
    const outcome = await post([{ ref: ref('sit_a'), movement: movement('waste', 1) }], STAMP, [cause]);
    expect(outcome).toMatchObject({ kind: 'cause-refused', failed: new Map([[0, { pk: 'RECEIPT' }]]) });
    expect(await readEntry(client, ref('sit_a'), 'waste#1')).toBeUndefined();
  });
});

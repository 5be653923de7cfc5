import {
  BatchGetCommand,
  BatchWriteCommand,
  GetCommand,
  QueryCommand,
  TransactGetCommand,
  TransactWriteCommand,
  type DynamoDBDocumentClient,
} from '@aws-sdk/lib-dynamodb';
import { makeSettleWaiting } from '../functions/doses/lots/settle-waiting.ts';
import { makeLotStore } from '../functions/doses/lots/store-lots.ts';
import { makeSettlingStore } from '../functions/doses/lots/store-settling.ts';
import { createdId } from '../shared/kernel/ids.ts';
import { elmEhr, judgingOver, reportHl7Over } from '../test/support/dose-reporter.ts';
import { openDoseRoom, order, siteIds, vxu, type DoseRoom } from '../test/support/dose-room.ts';

const waitingDoses = 20;
/** Doses that the site gave of the lot and of others before, which wait for nothing. */
const othersOf = [0, 100, 1000] as const;
const table = 'doses_table';
const turn = { now: '2021-03-10T15:00:00.000Z', hasTime: (): boolean => true };
const itemsPerWrite = 25;

interface Calls { queries: number; gets: number; keysOfBatches: number; writes: number; itemsWritten: number }

const counting = (dynamo: DynamoDBDocumentClient): { readonly watched: DynamoDBDocumentClient; readonly take: () => Calls } => {
  const none = (): Calls => ({ queries: 0, gets: 0, keysOfBatches: 0, writes: 0, itemsWritten: 0 });
  let calls = none();
  const send = (command: Parameters<typeof dynamo.send>[0]): Promise<unknown> => {
    if (command instanceof QueryCommand) calls.queries += 1;
    if (command instanceof GetCommand) calls.gets += 1;
    if (command instanceof TransactGetCommand) calls.gets += command.input.TransactItems?.length ?? 0;
    if (command instanceof BatchGetCommand)
      calls.keysOfBatches += Object.values(command.input.RequestItems ?? {}).reduce((sum, { Keys = [] }) => sum + Keys.length, 0);
    if (command instanceof TransactWriteCommand) {
      calls.writes += 1;
      calls.itemsWritten += command.input.TransactItems?.length ?? 0;
    }
    return dynamo.send(command);
  };
  const take = (): Calls => {
    const taken = calls;
    calls = none();
    return taken;
  };
  return { watched: Object.assign(Object.create(dynamo) as DynamoDBDocumentClient, { send }), take };
};

/** As many more doses of the site as are wanted, each as the first one given lies there, of a patient of its own. */
const giveMore = async (room: DoseRoom, from: number, to: number): Promise<void> => {
  const { dynamo } = room.suite;
  const given = (await room.items()).find((item) => item['type'] === 'dose' && item['lot'] === 'GIVEN');
  const clones = Array.from({ length: to - from }, (_, n) => ({ ...given, pk: `RECORD#${createdId('rec', 'bench', String(from + n))}` }));
  for (let at = 0; at < clones.length; at += itemsPerWrite)
    await dynamo.send(
      new BatchWriteCommand({ RequestItems: { [table]: clones.slice(at, at + itemsPerWrite).map((Item) => ({ PutRequest: { Item } })) } }),
    );
};

const letters = (n: number): string => String.fromCharCode(97 + (n % 26), 97 + Math.floor(n / 26));

/**
 * What an arrival of stock reads and writes: at a site where nobody waits, and at one where twenty doses do, while ever more doses were given there that do not
 * wait. Counted calls, from the message on the queue to the last write.
 */
export const benchArrival = async (): Promise<{ title: string; rows: Record<string, string | number>[]; ratio: number; aim: string }> => {
  const room = await openDoseRoom('benchArrival');
  const { watched, take } = counting(room.suite.dynamo);
  const settle = makeSettleWaiting({
    ...judgingOver({ dynamo: watched, tables: room.suite.tables }),
    lots: makeLotStore(watched, { doses: table, shipments: '' }),
    settling: makeSettlingStore(watched, table),
  });
  const report = reportHl7Over(room.suite.dynamo);
  const tell = (id: string, n: number, lot: string) =>
    report(
      vxu({
        id,
        family: `Arrival${letters(n)}`,
        given: `Bench${letters(n)}`,
        birth: `19${20 + (n % 80)}0312`,
        orders: order({ filler: `${id}^ELM`, lot }),
      }),
      elmEhr,
      '2021-03-08T15:00:00.000Z',
    );
  try {
    await room.stock({ lot: 'GIVEN' }, 10);
    await tell('G', 0, 'GIVEN');
    const rows: Record<string, string | number>[] = [];
    for (const [at, others] of othersOf.entries()) {
      await giveMore(room, at === 0 ? 0 : (othersOf[at - 1] ?? 0), others);
      const lot = `COMES${at}`;
      take();
      const alone = await settle({ siteId: siteIds.elm, arrived: { lot } }, turn);
      rows.push({ 'doses that do not wait': others, waiting: alone.looked, settled: alone.changed, ...take() });
      for (let n = 0; n < waitingDoses; n += 1) await tell(`W${at}x${n}`, 1 + at * waitingDoses + n, lot);
      await room.stock({ lot }, waitingDoses);
      take();
      const { looked, changed } = await settle({ siteId: siteIds.elm, arrived: { lot } }, turn);
      rows.push({ 'doses that do not wait': others, waiting: looked, settled: changed, ...take() });
    }
    const readsOf = (row: Record<string, string | number> | undefined): number =>
      ['queries', 'gets', 'keysOfBatches'].reduce((sum, name) => sum + Number(row?.[name] ?? 0), 0);
    return {
      title: 'Reads and writes when stock comes',
      rows,
      ratio: readsOf(rows.at(-1)) / readsOf(rows[1]),
      aim: 'with 1,000 doses that do not wait 1.0 x the reads with none; one query when nobody waits',
    };
  } finally {
    await room.stop();
  }
};

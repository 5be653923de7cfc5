import { GetCommand, PutCommand, TransactWriteCommand, type DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { elmEhr, reportHl7Over } from '../test/support/dose-reporter.ts';
import { openDoseRoom, order, vxu } from '../test/support/dose-room.ts';
import { itemBytes, plainUnits, transactedUnits } from './write-units.ts';

/** Dose, account and person version at two units each: nothing that keeps the promises can cost less. */
const floorUnits = 6;

interface Written {
  readonly what: string;
  readonly item: Record<string, unknown>;
  readonly isTransacted: boolean;
  /** In the transaction of the dose itself; the message's own record and what it counts for its sender are another. */
  readonly isWithDose: boolean;
}

const nameOf = (item: Record<string, unknown>): string => String(item['type']);

/** Everything that is written through a client, in full: what is put, and what is updated as it lies in the table afterwards. */
const watching = (dynamo: DynamoDBDocumentClient): { watched: DynamoDBDocumentClient; written: Written[] } => {
  const written: Written[] = [];
  const take = async (command: unknown): Promise<void> => {
    if (command instanceof PutCommand)
      written.push({ what: nameOf(command.input.Item ?? {}), item: command.input.Item ?? {}, isTransacted: false, isWithDose: false });
    if (!(command instanceof TransactWriteCommand)) return;
    const items = command.input.TransactItems ?? [];
    const isWithDose = items.some(({ Put }) => Put?.Item?.['type'] === 'dose');
    for (const { Put, Update } of items) {
      const item =
        Put?.Item ?? (await dynamo.send(new GetCommand({ TableName: Update?.TableName, Key: Update?.Key, ConsistentRead: true }))).Item ?? {};
      written.push({ what: nameOf(item), item, isTransacted: true, isWithDose });
    }
  };
  const send = async (command: Parameters<typeof dynamo.send>[0]): Promise<unknown> => {
    const answer: unknown = await dynamo.send(command);
    await take(command);
    return answer;
  };
  return { watched: Object.assign(Object.create(dynamo) as DynamoDBDocumentClient, { send }), written };
};

const pick = (item: Record<string, unknown>, names: readonly string[]): Record<string, unknown> =>
  Object.fromEntries(names.flatMap((name) => (item[name] === undefined ? [] : [[name, item[name]]])));

const indexRows = (item: Record<string, unknown>): { part: string; bytes: number; units: number }[] =>
  [['gsi1', 'effect'] as const, ['gsi2'] as const].flatMap(([index, ...more]) => {
    if (item[`${index}pk`] === undefined) return [];
    const entry = pick(item, ['pk', 'sk', `${index}pk`, `${index}sk`, ...more]);
    return [{ part: `${nameOf(item)} in ${index}`, bytes: itemBytes(entry), units: plainUnits(entry) }];
  });

const cases: readonly (readonly [name: string, text: string])[] = [
  ['first dose of a new person', vxu({ id: 'B1', orders: order({ filler: 'B1a^ELM', on: '20210104' }) })],
  ['dose of a known person', vxu({ id: 'B1', orders: order({ filler: 'B1b^ELM', on: '20210308' }) })],
  ['correction of a dose', vxu({ id: 'B1', orders: order({ filler: 'B1b^ELM', on: '20210308', action: 'U', facility: 'CTA100001' }) })],
  ['the same dose told again under another id', vxu({ id: 'B1', orders: order({ filler: 'B1c^ELM', on: '20210308' }) })],
];
/** Doses of a person, as many as a child has by school and an old person in a lifetime, and the records they lie in. */
const histories: readonly (readonly [doses: number, records: number])[] = [[2, 1], [25, 1], [25, 4], [80, 6]];
const bytesPerRead = 4096;

/** What it reads to compare a dose with the others of its person: one consistent query a record, a unit for each started 4 KB. */
const readRows = (doseBytes: number): Record<string, string | number>[] =>
  histories.map(([doses, records]) => {
    const bytes = Math.ceil(doses / records) * doseBytes;
    return {
      case: 'read before a dose is written',
      part: `${doses} doses in ${records} records (read units)`,
      bytes: doses * doseBytes,
      units: records * Math.ceil(bytes / bytesPerRead),
    };
  });
const judged = 'dose of a known person';

/**
 * Write units of one dose through the whole path of an HL7 message, from the sizes of the items that it really writes: 2 a KB for each
 * item of a transaction, 1 a KB for each index entry and each plain write. Coverage counters are the stream's affair and not in here.
 */
export const benchDoseUnits = async (): Promise<{ title: string; rows: Record<string, string | number>[]; ratio: number; aim: string }> => {
  const room = await openDoseRoom('benchDoseUnits');
  const { watched, written } = watching(room.suite.dynamo);
  const report = reportHl7Over(watched);
  try {
    await room.stock({}, 100);
    const rows: Record<string, string | number>[] = [];
    let transaction = 0;
    for (const [name, text] of cases) {
      written.length = 0;
      await report(text, elmEhr, '2021-03-08T15:00:00.000Z');
      let sum = 0;
      for (const { what, item, isTransacted, isWithDose } of written) {
        const units = isTransacted ? transactedUnits(item) : plainUnits(item);
        sum += units;
        if (name === judged && isWithDose) transaction += units;
        rows.push({ case: name, part: isWithDose ? what : `${what}, not in the dose's transaction`, bytes: itemBytes(item), units });
        for (const row of indexRows(item)) {
          sum += row.units;
          rows.push({ case: name, ...row });
        }
      }
      rows.push({ case: name, part: 'sum', bytes: 0, units: sum });
    }
    const dose = rows.find(({ case: name, part }) => name === judged && part === 'dose');
    rows.push(...readRows(Number(dose?.['bytes'] ?? 0)));
    return {
      title: 'Write units of a dose',
      rows,
      ratio: transaction / floorUnits,
      aim: 'transaction of a known person 1.0 x the floor of 6; indexes <= 2; the message record and what it counts for its sender apart',
    };
  } finally {
    await room.stop();
  }
};

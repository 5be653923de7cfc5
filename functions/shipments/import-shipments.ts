import type { Fault } from '../../shared/contracts/problem.ts';
import { cellPath } from '../../shared/contracts/table-columns.ts';
import { createdId } from '../../shared/kernel/ids.ts';
import { inLanes } from '../../shared/platform/lanes.ts';
import { listFaults, readTableFile, type TableRow } from '../../shared/platform/table-file.ts';
import { lotKey } from '../../shared/ledger/account.ts';
import type { SupplyKind } from '../../shared/published/shipment-line.ts';
import { aliasOf } from '../../shared/published/site.ts';
import { makeAssignLine } from './assign-line.ts';
import { bookLine, newLine, type Act } from './book-line.ts';
import type { Holder } from './domain/holder.ts';
import { lineIdOf, shipmentProfile, type ShipmentRow } from './file-profile.ts';
import type { FindHolder, HolderFound } from './find-site.ts';
import type { ImportAnswer, LineFacts, LineKeyItem } from './schemas.ts';
import { byState, inWorklist, lineKeyKey, type FederalHolder, type ShipmentsStore } from './store.ts';

/** A file of this many rows is booked well within the gateway's 29 seconds; a state's week was some hundred rows. */
const maxRows = 2000;
const lanes = 10;

type RowOutcome =
  | { kind: 'imported'; supply: SupplyKind; doses: number }
  | { kind: 'waiting'; doses: number }
  | { kind: 'departed' | 'unchanged' }
  | { kind: 'faulty'; row: number; fault: Fault };

const header = (name: keyof typeof shipmentProfile): string => shipmentProfile[name].header;

const factsOf = (row: ShipmentRow, fileId: string, now: string): LineFacts => ({
  lineId: lineIdOf(row),
  awardee: row.awardee,
  orderNumber: row.orderNumber,
  orderLineNumber: row.orderLineNumber,
  ndc: row.product.ndc,
  saleNdc: row.product.saleNdc,
  lot: row.lot,
  ...(row.expiresOn === undefined ? {} : { expiresOn: row.expiresOn }),
  doses: row.doses,
  ...(row.shippedOn === undefined ? {} : { shippedOn: row.shippedOn }),
  shipTo: { name: row.name, city: row.city, state: row.state, zip: row.zip },
  importedAt: now,
  fileId,
});

const keyOf = ({ lineId, ndc, doses, awardee }: LineFacts, more: Partial<LineKeyItem>): LineKeyItem => ({
  ...lineKeyKey(lineId), type: 'line-key', schema: 1, version: 1, lineId, ndc, doses, awardee, ...more,
});

/** The column in which a row contradicts the line that was imported under its key. */
const contradiction = (known: LineKeyItem, row: ShipmentRow): keyof typeof shipmentProfile | undefined => {
  if (known.ndc !== row.product.ndc) return 'product';
  if (known.doses !== row.doses) return 'doses';
  return aliasOf(known.awardee) === aliasOf(row.awardee) ? undefined : 'awardee';
};

/**
 * Imports a shipment file. Every new line is booked in a transaction of its own with its business key, so the same row again, in this file,
 * in another, at the same moment or after a crash, changes nothing and is counted as unchanged. Good rows are taken; faults are named.
 */
export const makeImportShipments = (store: ShipmentsStore, findHolderAfresh: () => FindHolder) => {
  const assignLine = makeAssignLine(store);

  const wait = async (facts: LineFacts, why: NonNullable<LineKeyItem['why']>, { actor, now }: Act): Promise<boolean> => {
    const key = keyOf(facts, { why, facts, ...inWorklist(facts.lineId) });
    const written = await store.commit([
      store.create(key),
      store.entry(key, { at: now, actor, action: 'import', to: 'announced', reason: why, version: 1 }),
    ]);
    return written.kind === 'committed';
  };

  const importNew = async (facts: LineFacts, holder: Holder, act: Act): Promise<RowOutcome | undefined> => {
    if (holder.kind === 'unassigned') return (await wait(facts, holder.why, act)) ? { kind: 'waiting', doses: facts.doses } : undefined;
    const outcome = await bookLine(store, newLine(facts, holder), store.create(keyOf(facts, { holderId: holder.holderId })), act);
    if (outcome.kind === 'posted') return { kind: 'imported', supply: holder.supply, doses: facts.doses };
    if (outcome.kind === 'refused') throw new Error('The ledger refused a shipment');
    return undefined;
  };

  /** A line that was only announced may have left since. */
  const depart = async (known: LineKeyItem, { shippedOn }: LineFacts, { actor, now }: Act): Promise<RowOutcome> => {
    const line = known.holderId === undefined ? undefined : await store.line(known.holderId, known.lineId);
    if (line?.state !== 'announced' || shippedOn === undefined) return { kind: 'unchanged' };
    const next = {
      ...line,
      state: 'in-transit' as const,
      shippedOn,
      version: line.version + 1,
      ...byState(line.supply, 'in-transit', shippedOn, line.lineId),
    };
    const entry = { at: now, actor, action: 'depart', from: line.state, to: next.state, version: next.version };
    const written = await store.commit([store.replace(next), store.entry(next, entry)]);
    return { kind: written.kind === 'committed' ? 'departed' : 'unchanged' };
  };

  const importKnown = async (
    known: LineKeyItem,
    { row, value }: TableRow<ShipmentRow>,
    facts: LineFacts,
    holder: Holder,
    act: Act,
  ): Promise<RowOutcome> => {
    const column = contradiction(known, value);
    if (column !== undefined)
      return {
        kind: 'faulty',
        row,
        fault: { path: cellPath(row, header(column)), message: 'differs from what this order line and lot were imported with' },
      };
    if (known.holderId !== undefined) return depart(known, facts, act);
    if (holder.kind === 'unassigned') return { kind: 'unchanged' };
    const assigned = await assignLine(known, holder, act);
    return assigned.kind === 'assigned' ? { kind: 'imported', supply: holder.supply, doses: facts.doses } : { kind: 'unchanged' };
  };

  /** Holders first: an account of federal doses that nobody lists would be invisible. */
  const rememberFederal = (holders: readonly FederalHolder[]): Promise<void> =>
    inLanes(
      [...new Map(holders.map((holder) => [holder.holderId, [holder]])).values()],
      lanes,
      async (holder) => void (await store.rememberHolder(holder)),
    );

  const importRow = async (row: TableRow<ShipmentRow>, holder: HolderFound, fileId: string, act: Act): Promise<RowOutcome> => {
    if (holder.kind === 'no-such-site')
      return { kind: 'faulty', row: row.row, fault: { path: cellPath(row.row, header('siteId')), message: 'names no enrolled site' } };
    const facts = factsOf(row.value, fileId, act.now);
    const known = await store.lineKey(facts.lineId);
    const outcome = known === undefined ? await importNew(facts, holder, act) : undefined;
    if (outcome !== undefined) return outcome;
    const standing = known ?? (await store.lineKey(facts.lineId));
    if (standing === undefined)
      return {
        kind: 'faulty',
        row: row.row,
        fault: { path: `row ${row.row}`, message: 'could not be booked because of other writers; send the file again' },
      };
    return importKnown(standing, row, facts, holder, act);
  };

  return async (text: string, act: Act): Promise<{ kind: 'imported'; answer: ImportAnswer } | { kind: 'not-a-table'; faults: readonly Fault[] }> => {
    const table = readTableFile(text, shipmentProfile, { maxRows });
    if (table.kind === 'not-a-table') return table;
    const fileId = createdId('shf', text);
    const findHolder = findHolderAfresh();
    const outcomes: RowOutcome[] = [];
    // Rows that write the same account follow one another; rows of different accounts go side by side.
    const holders = new Map<TableRow<ShipmentRow>, HolderFound>();
    await inLanes(table.good.map((row) => [row]), lanes, async (row) => void holders.set(row, await findHolder(row.value)));
    const held = table.good.flatMap((row) => [holders.get(row)].flatMap((holder) => (holder === undefined ? [] : [{ row, holder }])));
    await rememberFederal(
      held.flatMap(({ row, holder }) =>
        holder.kind === 'held' && holder.supply === 'federal' ? [{ holderId: holder.holderId, awardee: row.value.awardee }] : [],
      ),
    );
    const byAccount = Map.groupBy(
      held,
      ({ row: { row, value }, holder }) => `${'holderId' in holder ? holder.holderId : row}#${value.product.ndc}#${lotKey(value.lot)}`,
    );
    await inLanes([...byAccount.values()], lanes, async ({ row, holder }) => void outcomes.push(await importRow(row, holder, fileId, act)));
    return { kind: 'imported', answer: answerOf(fileId, outcomes, table.bad) };
  };
};

const summed = (outcomes: readonly RowOutcome[], holds: (outcome: RowOutcome) => boolean): { lines: number; doses: number } => {
  const chosen = outcomes.filter(holds);
  return { lines: chosen.length, doses: chosen.reduce((sum, outcome) => sum + ('doses' in outcome ? outcome.doses : 0), 0) };
};

const answerOf = (fileId: string, outcomes: readonly RowOutcome[], bad: readonly { row: number; faults: readonly Fault[] }[]): ImportAnswer => {
  const count = (kind: RowOutcome['kind']): number => outcomes.filter((outcome) => outcome.kind === kind).length;
  const refused = outcomes.flatMap((outcome) => (outcome.kind === 'faulty' ? [{ row: outcome.row, faults: [outcome.fault] }] : []));
  const imported = (supply: SupplyKind) => summed(outcomes, (outcome) => outcome.kind === 'imported' && outcome.supply === supply);
  return {
    fileId,
    rows: outcomes.length + bad.length,
    imported: { jurisdiction: imported('jurisdiction'), federal: imported('federal') },
    departed: count('departed'),
    unchanged: count('unchanged'),
    waiting: summed(outcomes, ({ kind }) => kind === 'waiting'),
    ...listFaults([...bad, ...refused]),
  };
};

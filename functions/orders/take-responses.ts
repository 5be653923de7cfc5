import type { Fault } from '../../shared/contracts/problem.ts';
import { cellPath } from '../../shared/contracts/table-columns.ts';
import { maxDecisionAttempts } from '../../shared/kernel/limits.ts';
import { decideMove } from '../../shared/kernel/transitions.ts';
import { inLanes } from '../../shared/platform/lanes.ts';
import { listFaults, readTableFile, type TableRow } from '../../shared/platform/table-file.ts';
import type { OrderItem, OrderLine } from '../../shared/published/order-line.ts';
import { withLines } from './decide-order.ts';
import { orderLineMachine } from './domain/machine.ts';
import type { makeFollowShipments } from './follow-shipments.ts';
import type { Act } from './place-order.ts';
import { answerMoves, responseProfile, type ResponseRow } from './response-profile.ts';
import { supplyOf, type OrdersStore, type Supply } from './store.ts';

const maxRows = 2000;
const lanes = 8;
const columns = responseProfile;

export interface RowsTaken {
  rows: number;
  taken: number;
  unchanged: number;
  faulty: number;
  faults: readonly Fault[];
  faultsInAll: number;
}
type RowOutcome = 'taken' | 'unchanged' | Fault;

/** Once its line was accepted and moves on, an acceptance has nothing more to say but its number. */
const beyondAccepted: readonly OrderLine['state'][] = ['accepted', 'part-shipped', 'shipped', 'part-received', 'received', 'closed'];

const sameSupply = (one: Supply, other: Supply): boolean => one.orderNumber === other.orderNumber && one.orderLineNumber === other.orderLineNumber;

const movedBy = (line: OrderLine, { answer, reason }: ResponseRow, supply: Supply | undefined): OrderLine | { illegal: string } => {
  const move = answerMoves[answer];
  const known = supply === undefined || line.supply.some((one) => sameSupply(one, supply));
  const numbered: OrderLine = known ? line : { ...line, supply: [...line.supply, supply] };
  if (line.state === orderLineMachine.moves[move].to || (move === 'accept' && beyondAccepted.includes(line.state))) return numbered;
  const decided = decideMove(orderLineMachine, move, line.state);
  if (decided.kind === 'illegal-move')
    return { illegal: `is not possible: the line is ${decided.from}; it must be ${decided.legalFrom.join(' or ')}` };
  return { ...numbered, state: decided.to, ...(reason === undefined ? {} : { supplierReason: reason }) };
};

const supplyIn = ({ value, row }: TableRow<ResponseRow>): Supply | undefined | Fault => {
  const { orderNumber, orderLineNumber } = value;
  if (orderNumber === undefined) return undefined;
  return orderLineNumber === undefined
    ? { path: cellPath(row, columns.orderLineNumber.header), message: `is needed with ${columns.orderNumber.header}` }
    : supplyOf({ orderNumber, orderLineNumber });
};

/** Rows that give an order number to another line than an earlier row of the file did: the file decides, not which row is written first. */
const firstClaims = (rows: readonly TableRow<ResponseRow>[]): ReadonlyMap<number, Fault> => {
  const lines = new Map<string, string>();
  const faults = new Map<number, Fault>();
  for (const row of rows) {
    const supply = supplyIn(row);
    if (supply === undefined || 'path' in supply) continue;
    const number = `${supply.orderNumber}#${supply.orderLineNumber}`;
    const line = `${row.value.reference.orderId}#${row.value.reference.line}`;
    if ((lines.get(number) ?? line) !== line)
      faults.set(row.row, { path: cellPath(row.row, columns.orderNumber.header), message: 'already names another order line' });
    else lines.set(number, line);
  }
  return faults;
};

/**
 * Takes the supplier's answers: good rows are taken, every fault is named by row and column, and taking the same file again changes
 * nothing. An answer's order number links the order line to its shipments, also to those that were heard of before.
 */
export const makeTakeResponses = (store: OrdersStore, follow: ReturnType<typeof makeFollowShipments>) => {
  const write = (order: OrderItem, next: OrderLine, row: ResponseRow, supply: Supply | undefined, act: Act) => {
    const changed = withLines(order, order.lines.map((line) => (line.line === next.line ? next : line)));
    const entry = {
      at: act.now, actor: act.actor, action: `supplier ${row.answer.toLowerCase()}`, from: order.state, to: changed.state, version: changed.version,
      ...(row.reason === undefined ? {} : { reason: row.reason }),
    };
    return store.replace(changed, entry, supply === undefined ? [] : [store.linkPut(supply, { ...order, line: next.line })]);
  };

  const take = async (row: TableRow<ResponseRow>, act: Act): Promise<RowOutcome> => {
    const at = ({ header }: { header: string }, message: string): Fault => ({ path: cellPath(row.row, header), message });
    const { reference } = row.value;
    const supply = supplyIn(row);
    if (supply !== undefined && 'path' in supply) return supply;
    const siteId = await store.siteOfOrder(reference.orderId);
    for (let attempt = 1; attempt <= maxDecisionAttempts; attempt += 1) {
      const order = siteId === undefined ? undefined : await store.order(siteId, reference.orderId);
      const line = order?.lines.find((one) => one.line === reference.line);
      if (order === undefined || line === undefined) return at(columns.reference, 'names no order line of ours');
      const next = movedBy(line, row.value, supply);
      if ('illegal' in next) return at(columns.answer, next.illegal);
      const written = next === line ? undefined : await write(order, next, row.value, supply, act);
      if (written?.kind === 'refused' && !written.failed.has(0)) return at(columns.orderNumber, 'already names another order line');
      if (written?.kind === 'refused') continue;
      if (supply !== undefined) await follow.linked(supply, { ...order, line: line.line }, act);
      return written === undefined ? 'unchanged' : 'taken';
    }
    return at(columns.reference, 'kept changing while it was answered; send the row again');
  };

  return async (text: string, act: Act): Promise<{ kind: 'taken'; answer: RowsTaken } | { kind: 'not-a-table'; faults: readonly Fault[] }> => {
    const table = readTableFile(text, columns, { maxRows });
    if (table.kind === 'not-a-table') return table;
    const outcomes: { row: number; outcome: RowOutcome }[] = [];
    const claimed = firstClaims(table.good);
    const byOrder = Map.groupBy(table.good, ({ value }) => value.reference.orderId);
    await inLanes(
      [...byOrder.values()],
      lanes,
      async (row) => void outcomes.push({ row: row.row, outcome: claimed.get(row.row) ?? (await take(row, act)) }),
    );
    const count = (wanted: RowOutcome): number => outcomes.filter(({ outcome }) => outcome === wanted).length;
    const refused = outcomes.flatMap(({ row, outcome }) => (typeof outcome === 'object' ? [{ row, faults: [outcome] }] : []));
    return {
      kind: 'taken',
      answer: {
        rows: table.good.length + table.bad.length,
        taken: count('taken'),
        unchanged: count('unchanged'),
        ...listFaults([...table.bad, ...refused]),
      },
    };
  };
};

import { decideMove } from '../../shared/kernel/transitions.ts';
import type { OrderItem, OrderLine } from '../../shared/published/order-line.ts';
import { orderLineMachine, orderStateOf, type ApprovalMove } from './domain/machine.ts';
import type { Act } from './place-order.ts';
import { byState, type OrdersStore } from './store.ts';

export type DecideOutcome =
  | { kind: 'moved'; item: OrderItem }
  | { kind: 'not-found' | 'stale' }
  | { kind: 'illegal-move'; from: string; legalFrom: readonly string[] };

/** The next version of an order with other lines: its state and its place in the queue follow from them. */
export const withLines = (order: OrderItem, lines: OrderLine[]): OrderItem => {
  const state = orderStateOf(lines);
  return { ...order, lines, state, version: order.version + 1, ...byState(state, order.placedAt, order.orderId) };
};

/** DPH approves, returns or cancels every line of an order. Nothing can be cancelled once it was sent to the supplier. */
export const makeDecideOrder =
  (store: OrdersStore) =>
  async (siteId: string, orderId: string, act: Act & { ifMatch: number; decision: ApprovalMove; reason: string }): Promise<DecideOutcome> => {
    const order = await store.order(siteId, orderId);
    if (order === undefined) return { kind: 'not-found' };
    if (order.version !== act.ifMatch) return { kind: 'stale' };
    const lines: OrderLine[] = [];
    for (const line of order.lines) {
      const decided = decideMove(orderLineMachine, act.decision, line.state);
      if (decided.kind === 'illegal-move') return decided;
      lines.push({ ...line, state: decided.to });
    }
    const next = withLines(order, lines);
    const entry = {
      at: act.now,
      actor: act.actor,
      action: act.decision,
      from: order.state,
      to: next.state,
      reason: act.reason,
      version: next.version,
    };
    const written = await store.replace(next, entry);
    return written.kind === 'committed' ? { kind: 'moved', item: next } : { kind: 'stale' };
  };

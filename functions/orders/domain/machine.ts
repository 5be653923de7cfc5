import { defineMachine } from '../../../shared/kernel/transitions.ts';
import { orderLineStates, type OrderLine, type OrderLineState } from '../../../shared/published/order-line.ts';

/** Sent to the supplier, and nothing shipped so far. */
const open = ['submitted', 'accepted', 'backordered'] as const;

/** An order line's way. Shipments may be heard of late and all at once, so each of their moves may also start before the one it follows. */
export const orderLineMachine = defineMachine({
  name: 'order line',
  states: orderLineStates,
  initial: 'placed',
  moves: {
    approve: { from: ['placed', 'returned'], to: 'approved' },
    return: { from: ['placed'], to: 'returned' },
    cancel: { from: ['placed', 'returned', 'approved'], to: 'cancelled' },
    submit: { from: ['approved'], to: 'submitted' },
    accept: { from: ['submitted', 'backordered'], to: 'accepted' },
    backorder: { from: ['submitted', 'accepted'], to: 'backordered' },
    reject: { from: ['submitted'], to: 'rejected' },
    'supplier-cancel': { from: open, to: 'cancelled-by-supplier' },
    'ship-part': { from: open, to: 'part-shipped' },
    ship: { from: [...open, 'part-shipped'], to: 'shipped' },
    'receive-part': { from: [...open, 'part-shipped', 'shipped'], to: 'part-received' },
    receive: { from: [...open, 'part-shipped', 'shipped', 'part-received'], to: 'received' },
    close: { from: [...open, 'part-shipped', 'shipped', 'part-received', 'received'], to: 'closed' },
  },
});
export type OrderLineMove = keyof typeof orderLineMachine.moves;

/** What DPH decides on an order that was placed. */
export const approvalMoves = ['approve', 'return', 'cancel'] as const satisfies readonly OrderLineMove[];
export type ApprovalMove = (typeof approvalMoves)[number];

/** States in which a line still waits for something, from the least to the most advanced; the others are ends. */
const waiting: readonly OrderLineState[] = [
  'placed', 'returned', 'approved', 'submitted', 'backordered', 'accepted', 'part-shipped', 'shipped', 'part-received', 'received',
];

/** The state of an order: that of its least advanced line, or of its first when every line has ended. */
export const orderStateOf = (lines: readonly Pick<OrderLine, 'state'>[]): OrderLineState =>
  waiting.find((state) => lines.some((line) => line.state === state)) ?? lines[0]?.state ?? orderLineMachine.initial;

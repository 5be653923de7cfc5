import { decideMove } from '../../../shared/kernel/transitions.ts';
import type { OrderLine, ShipmentFact } from '../../../shared/published/order-line.ts';
import { orderLineMachine, type OrderLineMove } from './machine.ts';

export interface Progress {
  shipped: number;
  counted: number;
  pending: boolean;
}

/** What all shipment lines of an order line come to. */
export const progressOf = (facts: Readonly<Record<string, ShipmentFact>>): Progress =>
  Object.values(facts).reduce<Progress>(
    (sum, fact) => ({ shipped: sum.shipped + fact.shipped, counted: sum.counted + fact.counted, pending: sum.pending || fact.pending }),
    { shipped: 0, counted: 0, pending: false },
  );

/** The first row that holds says which move the shipments amount to. */
const moveByProgress: readonly (readonly [holds: (progress: Progress, ordered: number) => boolean, move: OrderLineMove])[] = [
  [({ counted, pending }, ordered) => counted >= ordered && !pending, 'close'],
  [({ counted }, ordered) => counted >= ordered, 'receive'],
  [({ counted }) => counted > 0, 'receive-part'],
  [({ shipped }, ordered) => shipped >= ordered, 'ship'],
  [({ shipped }) => shipped > 0, 'ship-part'],
];

/** The line in the state its shipments amount to; unchanged when that is where it is, or when it has ended otherwise (cancelled). */
export const advanced = (line: OrderLine): OrderLine => {
  const progress = progressOf(line.shipments);
  const move = moveByProgress.find(([holds]) => holds(progress, line.doses))?.[1];
  if (move === undefined) return line;
  const decided = decideMove(orderLineMachine, move, line.state);
  return decided.kind === 'moved' ? { ...line, state: decided.to } : line;
};

/**
 * The line with what is now known of its shipments. A fact replaces only an older version of itself, so facts may come twice and in any
 * order and the line ends the same.
 */
export const withFacts = (line: OrderLine, facts: Readonly<Record<string, ShipmentFact>>): OrderLine => {
  const newer = Object.entries(facts).filter(([id, { version }]) => version > (line.shipments[id]?.version ?? 0));
  return newer.length === 0 ? line : advanced({ ...line, shipments: { ...line.shipments, ...Object.fromEntries(newer) } });
};

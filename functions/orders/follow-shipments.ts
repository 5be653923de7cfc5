import { maxDecisionAttempts } from '../../shared/kernel/limits.ts';
import type { OrderItem, OrderLine, ShipmentFact } from '../../shared/published/order-line.ts';
import type { ShipmentLineItem } from '../../shared/published/shipment-line.ts';
import { withLines } from './decide-order.ts';
import { progressOf, withFacts } from './domain/progress.ts';
import type { Act } from './place-order.ts';
import { supplyOf, type LineName, type OrdersStore, type Supply } from './store.ts';

/** What an order needs to know of a shipment line as it stands now. */
export const factOf = ({ version, doses, state, receipt }: Pick<ShipmentLineItem, 'version' | 'doses' | 'state' | 'receipt'>): ShipmentFact => ({
  version,
  shipped: doses,
  counted: receipt === undefined ? 0 : doses,
  pending: state === 'quarantined' || state === 'damaged',
});

const shippable: readonly OrderLine['state'][] = ['submitted', 'accepted', 'backordered', 'part-shipped', 'part-received'];

/** True when an order line could be what was shipped although nobody told its order number. */
const mayBe = (line: OrderLine, shipped: ShipmentLineItem): boolean =>
  line.ndc === shipped.ndc &&
  line.supply.length === 0 &&
  shippable.includes(line.state) &&
  line.doses - progressOf(line.shipments).shipped >= shipped.doses;

/** Brings what is known of shipments to the order lines they belong to. Safe to repeat and in any order. */
export const makeFollowShipments = (store: OrdersStore) => {
  const write = (order: OrderItem, changed: OrderLine, act: Act, supply: Supply) => {
    const next = withLines(order, order.lines.map((line) => (line.line === changed.line ? changed : line)));
    const entry = { at: act.now, actor: act.actor, action: 'shipment', from: order.state, to: next.state, version: next.version };
    const isLinked = changed.supply.some((known) => known.orderNumber === supply.orderNumber && known.orderLineNumber === supply.orderLineNumber);
    return store.replace(next, entry, isLinked ? [store.linkPut(supply, { ...order, line: changed.line })] : []);
  };

  /** Applies every fact of a supplier's number to its order line, until the line holds them all. */
  const apply = async (supply: Supply, { siteId, orderId, line: number }: LineName, act: Act): Promise<void> => {
    for (let attempt = 1; attempt <= maxDecisionAttempts; attempt += 1) {
      const [order, facts] = await Promise.all([store.order(siteId, orderId), store.facts(supply)]);
      const line = order?.lines.find((one) => one.line === number);
      if (order === undefined || line === undefined) throw new Error('A supply link names no order line');
      const next = withFacts(line, facts);
      if (next === line || (await write(order, next, act, supply)).kind === 'committed') return;
    }
    throw new Error('The order line kept changing');
  };

  /** The only order line of the site that fits, when there is exactly one: linked for good, in the transaction that changes it. */
  const guess = async (shipped: ShipmentLineItem, siteId: string, supply: Supply, act: Act): Promise<LineName | undefined> => {
    for (let attempt = 1; attempt <= maxDecisionAttempts; attempt += 1) {
      const fitting: { order: OrderItem; line: OrderLine }[] = [];
      for await (const order of store.allOrdersOf(siteId)) for (const line of order.lines) if (mayBe(line, shipped)) fitting.push({ order, line });
      const [only, second] = fitting;
      if (only === undefined || second !== undefined) return undefined;
      const written = await write(only.order, { ...only.line, supply: [supply] }, act, supply);
      if (written.kind === 'committed') return { siteId, orderId: only.order.orderId, line: only.line.line };
      const linked = await store.link(supply);
      if (linked !== undefined) return linked;
    }
    throw new Error('The order line kept changing');
  };

  return {
    /** After a number was linked: what came before the link is applied now. */
    linked: apply,
    /** After a shipment line changed: the fact is kept first, so that a link that is made at the same moment finds it. */
    changed: async (shipped: ShipmentLineItem, siteId: string, act: Act): Promise<'applied' | 'unlinked'> => {
      const supply = supplyOf(shipped);
      await store.putFact(supply, shipped.lineId, factOf(shipped));
      const link = (await store.link(supply)) ?? (await guess(shipped, siteId, supply, act));
      if (link === undefined) return 'unlinked';
      await apply(supply, link, act);
      return 'applied';
    },
  };
};

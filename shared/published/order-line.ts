import { z } from 'zod';
import { day, instant } from '../contracts/common.ts';
import { createdId } from '../kernel/ids.ts';
import { entityFields } from '../contracts/stored.ts';

/** The states of an order line (design: domain, States). */
export const orderLineStates = [
  'placed', 'approved', 'returned', 'cancelled', 'submitted', 'accepted', 'rejected', 'backordered', 'cancelled-by-supplier',
  'part-shipped', 'shipped', 'part-received', 'received', 'closed',
] as const;
export type OrderLineState = (typeof orderLineStates)[number];

/** What is known of one shipment line of an order line. Cumulative: the newest version replaces the older, nothing is added up twice. */
export const shipmentFact = z.object({
  version: z.int().min(1),
  shipped: z.int().min(0),
  /** Doses whose fate at the dock is known: received, short or damaged. */
  counted: z.int().min(0),
  /** True while a temperature decision is pending. */
  pending: z.boolean(),
});
export type ShipmentFact = z.infer<typeof shipmentFact>;

/** The number under which the supplier ships: VTrckS order number and line. */
export const supplyNumber = z.object({ orderNumber: z.string(), orderLineNumber: z.string() });

export const orderLine = z.object({
  /** 1, 2, 3 ... within the order. */
  line: z.int().min(1),
  /** Unit-of-use NDC; unit-of-sale NDC of the carton that is ordered. */
  ndc: z.string(),
  saleNdc: z.string(),
  cartons: z.int().min(1),
  /** Order units (packs) of the award; absent on demand. */
  packs: z.int().min(1).optional(),
  doses: z.int().min(1),
  state: z.enum(orderLineStates),
  /** The VTrckS order file it went out in. */
  fileId: z.string().optional(),
  supply: z.array(supplyNumber),
  supplierReason: z.string().optional(),
  /** By shipment line id. */
  shipments: z.record(z.string(), shipmentFact),
});
export type OrderLine = z.infer<typeof orderLine>;

/** An order of a site. `state` is that of its least advanced open line. The orders stream carries it to allocations. */
export const orderItem = z.object({
  ...entityFields,
  type: z.literal('order'),
  orderId: z.string(),
  siteId: z.string(),
  programme: z.enum(['covid-19', 'cvp']),
  /** The award it was placed against, and that award's version then; absent for an order on demand. */
  awardId: z.string().optional(),
  awardVersion: z.int().optional(),
  week: day.optional(),
  state: z.enum(orderLineStates),
  lines: z.array(orderLine).min(1).max(20),
  /** PIN under which VTrckS knows the site, as it was when the order was placed. */
  pin: z.string().optional(),
  siteName: z.string(),
  placedAt: instant,
  placedBy: z.string(),
  requestDigest: z.string(),
  gsi1pk: z.string(),
  gsi1sk: z.string(),
});
export type OrderItem = z.infer<typeof orderItem>;

/** Key in the orders table. */
export const orderKey = (siteId: string, orderId: string): { pk: string; sk: string } => ({ pk: `SITE#${siteId}`, sk: `ORDER#${orderId}` });
/** An award has one order at most: its id derives from site and award. */
export const orderIdOfAward = (siteId: string, awardId: string): string => createdId('ord', siteId, awardId);

/** Ends at which an order line's doses are nobody's any more and go back to supply. */
export const deadLineStates: readonly OrderLineState[] = ['cancelled', 'rejected', 'cancelled-by-supplier'];

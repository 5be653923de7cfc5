import type { OrderItem, OrderLine } from '../../shared/published/order-line.ts';
import type { Jurisdiction } from '../../shared/codes/jurisdiction.ts';
import { localDay } from '../../shared/kernel/dates.ts';

/** One row of the order file, frozen when its order was put into the file. */
export interface OrderFileRow {
  pin: string;
  siteName: string;
  reference: string;
  saleNdc: string;
  cartons: number;
  doses: number;
  orderedOn: string;
}

/** Our reference of an order line on paper: the supplier sends it back. */
export const referenceOf = (orderId: string, line: number): string => `${orderId}-${line}`;

/** The order line that a reference names. */
export const lineOfReference = (reference: string): { orderId: string; line: number } | undefined => {
  const [, orderId, line] = /^(ord_[0-9a-z]{26})-(\d{1,2})$/.exec(reference.toLowerCase()) ?? [];
  return orderId === undefined ? undefined : { orderId, line: Number(line) };
};

/** A row of the file: the PIN with the awardee's three letters before it, the day of the order in the jurisdiction's time zone. */
export const rowOf = (order: OrderItem, line: OrderLine, { pinPrefix, timeZone }: Pick<Jurisdiction, 'pinPrefix' | 'timeZone'>): OrderFileRow => ({
  pin: order.pin === undefined ? '' : `${pinPrefix}${order.pin}`,
  siteName: order.siteName,
  reference: referenceOf(order.orderId, line.line),
  saleNdc: line.saleNdc,
  cartons: line.cartons,
  doses: line.doses,
  orderedOn: localDay(order.placedAt, timeZone),
});

/**
 * The order file that VTrckS takes. CDC does not publish the ExIS layout (reference: ordering, section 2), so these headers are ours:
 * a jurisdiction that holds the layout writes its own names and order here.
 */
export const orderFileProfile: readonly (readonly [header: string, cell: (row: OrderFileRow) => string | number])[] = [
  ['VTRCKS_PIN', ({ pin }) => pin],
  ['PROVIDER_NAME', ({ siteName }) => siteName],
  ['ORDER_REFERENCE', ({ reference }) => reference],
  ['NDC', ({ saleNdc }) => saleNdc],
  ['ORDER_QUANTITY', ({ cartons }) => cartons],
  ['DOSES', ({ doses }) => doses],
  ['ORDER_DATE', ({ orderedOn }) => orderedOn],
];

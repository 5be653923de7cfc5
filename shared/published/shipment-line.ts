import { z } from 'zod';
import { day, instant } from '../contracts/common.ts';
import { entityFields } from '../contracts/stored.ts';

/** The states of a shipment line (design: domain, States). */
export const shipmentLineStates = [
  'announced', 'in-transit', 'received', 'short', 'over', 'damaged', 'lost', 'quarantined', 'released', 'wasted',
] as const;
export type ShipmentLineState = (typeof shipmentLineStates)[number];

/** Whose supply a line is. Federal doses are visible and balanced apart, never state supply. */
export const supplyKinds = ['jurisdiction', 'federal'] as const;
export type SupplyKind = (typeof supplyKinds)[number];

/** What was counted at the dock. `onHand + suspect + short = doses + over`. */
export const receiptCount = z.object({
  /** Doses put into stock, among them those beyond the announced number. */
  onHand: z.int().min(0),
  /** Doses that arrived damaged or out of temperature: quarantined until decided. */
  suspect: z.int().min(0),
  short: z.int().min(0),
  over: z.int().min(0),
  unit: z.string(),
  receivedAt: instant,
  /** False when the shipment arrived outside its temperature band: then everything that arrived is suspect. */
  temperatureOk: z.boolean(),
  digest: z.string(),
});

/** One shipment line at its holder, in the shipments table. The shipments stream carries it to orders. */
export const shipmentLineItem = z.object({
  ...entityFields,
  type: z.literal('shipment-line'),
  /** `<order number>-<order line>-<lot>`: the line's business key. */
  lineId: z.string(),
  /** Whose ledger account holds the doses: a site, or `federal-<awardee>` when no federally supplied site is known by that name. */
  holderId: z.string(),
  /** The enrolled site of that name, if any; differs from the holder for a federal delivery to a site that the state supplies. */
  siteId: z.string().optional(),
  supply: z.enum(supplyKinds),
  awardee: z.string(),
  orderNumber: z.string(),
  orderLineNumber: z.string(),
  /** Unit of use; unit of sale as written in the file. */
  ndc: z.string(),
  saleNdc: z.string(),
  lot: z.string(),
  /** Absent while unknown (files write 2069-12-31). */
  expiresOn: day.optional(),
  doses: z.int().min(1),
  shippedOn: day.optional(),
  shipTo: z.object({ name: z.string(), city: z.string(), state: z.string(), zip: z.string() }),
  state: z.enum(shipmentLineStates),
  receipt: receiptCount.optional(),
  importedAt: instant,
  fileId: z.string(),
  gsi1pk: z.string(),
  gsi1sk: z.string(),
});
export type ShipmentLineItem = z.infer<typeof shipmentLineItem>;

/** Key in the shipments table. */
export const shipmentLineKey = (holderId: string, lineId: string): { pk: string; sk: string } => ({ pk: `SITE#${holderId}`, sk: `LINE#${lineId}` });

/** Id of the holder of federal doses that reached no enrolled, federally supplied site: `federal-cvs`. Never the id of a site. */
export const federalHolderId = (awardee: string): string => `federal-${awardee.toLowerCase().replace(/[^a-z0-9]+/g, '-').replace(/^-|-$/g, '')}`;
export const isFederalHolder = (holderId: string): boolean => holderId.startsWith('federal-');

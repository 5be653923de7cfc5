import { z } from 'zod';
import { WASTE_REASONS, type WasteReason } from '../../shared/codes/waste-reasons.ts';
import { day, historyEntry, instant, pageOf, reason } from '../../shared/contracts/common.ts';
import { fault } from '../../shared/contracts/problem.ts';
import { entityFields } from '../../shared/contracts/stored.ts';
import { accountRefSchema } from '../../shared/ledger/account.ts';
import { shipmentLineItem, shipmentLineStates, supplyKinds } from '../../shared/published/shipment-line.ts';
import { decisions, excursionStates } from './domain/machines.ts';
import { unassignedReasons } from './domain/holder.ts';

const dosesOrNone = z.int().min(0).max(1_000_000);
const wasteReason = z.enum(Object.keys(WASTE_REASONS) as [WasteReason, ...WasteReason[]]);
const keys = { pk: true, sk: true, type: true, schema: true } as const;
const indexed = { ...keys, gsi1pk: true, gsi1sk: true } as const;

export const shipmentLine = shipmentLineItem.omit(indexed).extend({ nextMoves: z.array(z.string()) }).meta({ id: 'ShipmentLine' });
export const shipmentPage = pageOf(shipmentLine);
export const historyPage = pageOf(historyEntry);
export const shipmentQuery = z.object({
  supply: z.enum(supplyKinds).default('jurisdiction'),
  state: z.enum(shipmentLineStates).default('in-transit'),
});

/** What a file says of a line: everything a line item has before it has a holder. */
export const lineFacts = shipmentLineItem.pick({
  lineId: true, awardee: true, orderNumber: true, orderLineNumber: true, ndc: true, saleNdc: true, lot: true, expiresOn: true, doses: true,
  shippedOn: true, shipTo: true, importedAt: true, fileId: true,
});
export type LineFacts = z.infer<typeof lineFacts>;

/** A line's business key, taken once. Until a site is known it holds the line's facts and lies in the worklist. */
export const lineKeyItem = z.object({
  ...entityFields,
  type: z.literal('line-key'),
  lineId: z.string(),
  ndc: z.string(),
  doses: z.int(),
  awardee: z.string(),
  holderId: z.string().optional(),
  why: z.enum(unassignedReasons).optional(),
  facts: lineFacts.optional(),
  gsi1pk: z.string().optional(),
  gsi1sk: z.string().optional(),
});
export type LineKeyItem = z.infer<typeof lineKeyItem>;
export const unassignedLine = lineFacts.extend({ version: z.int(), why: z.enum(unassignedReasons) }).meta({ id: 'UnassignedShipmentLine' });
export const unassignedPage = pageOf(unassignedLine);
export const assignment = z.object({ siteId: z.string().min(1).max(64) });

const total = z.object({ lines: z.int(), doses: z.int() });
/** What became of the rows of a shipment file. */
export const importAnswer = z
  .object({
    fileId: z.string(),
    rows: z.int(),
    /** New lines by whose supply they are; their doses are in transit now. */
    imported: z.object({ jurisdiction: total, federal: total }),
    /** Lines that were announced before and have now left. */
    departed: z.int(),
    unchanged: z.int(),
    /** New lines of the jurisdiction whose site is not known: in the worklist, in no account. */
    waiting: total,
    faulty: z.int(),
    faults: z.array(fault),
    faultsInAll: z.int(),
  })
  .meta({ id: 'ShipmentImport' });
export type ImportAnswer = z.infer<typeof importAnswer>;

export const receipt = z.object({
  /** Doses that came intact, that came damaged, and that are missing. */
  received: dosesOrNone,
  damaged: dosesOrNone.default(0),
  short: dosesOrNone.default(0),
  storageUnit: z.string().min(1).max(20),
  receivedAt: instant,
  /** False when the shipment's monitor tells that it left its band. */
  temperatureOk: z.boolean(),
  /** The lot's expiry as printed on the carton; asked for when the file did not know it. */
  expiresOn: day.optional(),
});
export type Receipt = z.output<typeof receipt>;
export const decision = z.object({ decision: z.enum(decisions), reason, wasteReason: wasteReason.optional() });

const celsius = z.number().min(-100).max(100);
export const excursionReport = z
  .object({
    unitId: z.string().regex(/^[A-Za-z0-9-]{1,20}$/),
    minC: celsius,
    maxC: celsius,
    from: instant,
    to: instant.describe('when it was over: not in the future'),
    note: z.string().trim().max(500).optional(),
  })
  .superRefine(({ minC, maxC, from, to }, context) => {
    if (minC > maxC) context.addIssue({ code: 'custom', path: ['maxC'], message: 'must not be below minC' });
    if (from > to) context.addIssue({ code: 'custom', path: ['to'], message: 'must not be before from' });
  });

export const excursionItem = z.object({
  ...entityFields,
  type: z.literal('excursion'),
  excursionId: z.string(),
  siteId: z.string(),
  unitId: z.string(),
  minC: celsius,
  maxC: celsius,
  from: instant,
  to: instant,
  note: z.string().optional(),
  state: z.enum(excursionStates),
  /** Doses and accounts that were quarantined; 0 until that is done. */
  doses: z.int(),
  accounts: z.int(),
  decision: z.object({ decision: z.enum(decisions), reason: z.string(), wasteReason, actor: z.string(), at: instant }).optional(),
  reportedAt: instant,
  reportedBy: z.string(),
  requestDigest: z.string(),
  gsi1pk: z.string(),
  gsi1sk: z.string(),
});
export type ExcursionItem = z.infer<typeof excursionItem>;

/** What an excursion holds of one account, and where each dose lay. */
export const heldItem = z.object({
  ...entityFields,
  type: z.literal('held'),
  excursionId: z.string(),
  ref: accountRefSchema,
  positions: z.record(z.string(), z.int().min(1)),
  doses: z.int().min(1),
  state: z.enum(['held', 'released', 'wasted']),
});
export type HeldItem = z.infer<typeof heldItem>;

const held = heldItem.omit({ ...keys, excursionId: true });
export const excursion = excursionItem
  .omit({ ...indexed, requestDigest: true })
  .extend({ nextMoves: z.array(z.string()), held: z.array(held).optional() })
  .meta({ id: 'Excursion' });
export const excursionPage = pageOf(excursion);
export const excursionQuery = z.object({ state: z.enum(excursionStates).default('quarantined') });

/** What one awardee's doses are at, summed over the lots of an account. Balanced apart from the jurisdiction's. */
export const federalBalance = z
  .object({
    awardee: z.string(),
    holderId: z.string(),
    products: z.array(
      z.object({ ndc: z.string(), shipped: z.int(), inTransit: z.int(), onHand: z.int(), quarantined: z.int(), short: z.int(), gap: z.int() }),
    ),
  })
  .meta({ id: 'FederalBalance' });
export const federalPage = pageOf(federalBalance);

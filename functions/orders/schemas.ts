import { z } from 'zod';
import { doses, historyEntry, instant, pageOf, reason } from '../../shared/contracts/common.ts';
import { fault } from '../../shared/contracts/problem.ts';
import { entityFields, storedOnly } from '../../shared/contracts/stored.ts';
import { orderItem, orderLineStates } from '../../shared/published/order-line.ts';
import { approvalMoves } from './domain/machine.ts';

const id = z.string().min(1).max(64);
const wantedLine = z.object({
  /** Unit-of-sale NDC of the carton. */
  saleNdc: z.string().max(13),
  cartons: z.int().min(1).max(10_000),
  doses,
});

/** Against an award, or on demand for the childhood programme: exactly one of the two. */
export const placement = z
  .object({ awardId: z.string().max(100).optional(), programme: z.literal('cvp').optional(), lines: z.array(wantedLine).min(1).max(20).optional() })
  .superRefine(({ awardId, programme, lines }, context) => {
    if (awardId !== undefined && lines !== undefined)
      context.addIssue({ code: 'custom', path: ['lines'], message: 'an order against an award takes its lines from the award' });
    if (awardId === undefined && lines === undefined)
      context.addIssue({ code: 'custom', path: ['awardId'], message: 'name the award, or programme cvp and lines' });
    if (awardId === undefined && lines !== undefined && programme === undefined)
      context.addIssue({ code: 'custom', path: ['programme'], message: 'only programme cvp is ordered on demand' });
  });

export const approval = z.object({ decision: z.enum(approvalMoves), reason });
export const queueQuery = z.object({ state: z.enum(orderLineStates).default('placed') });

export const order = orderItem.omit({ ...storedOnly, gsi1pk: true, gsi1sk: true }).extend({ nextMoves: z.array(z.string()) }).meta({ id: 'Order' });
export const orderPage = pageOf(order);
export const historyPage = pageOf(historyEntry);

/** Most orders one file takes; what is left over goes into the next. */
export const maxOrdersPerFile = 500;
const orderName = z.object({ siteId: id, orderId: id });
export const orderFileRequest = z.object({
  /** The orders to send; every approved one (up to the file's limit) when absent. */
  orders: z.array(orderName).min(1).max(maxOrdersPerFile).optional(),
});

export const orderFileItem = z.object({
  ...entityFields,
  type: z.literal('order-file'),
  fileId: z.string(),
  /** `building` until every order it names was taken or passed over; a repeat of the request goes on where it stopped. */
  state: z.enum(['building', 'built']),
  orders: z.array(orderName),
  lines: z.int().min(0),
  doses: z.int().min(0),
  /** Orders that were no longer approved when their turn came. */
  passedOver: z.array(orderName.extend({ state: z.string() })),
  createdAt: instant,
  createdBy: z.string(),
  requestDigest: z.string(),
});
export type OrderFileItem = z.infer<typeof orderFileItem>;
export const orderFile = orderFileItem.omit(storedOnly).meta({ id: 'OrderFile' });

export const orderFileRowItem = z.object({
  pin: z.string(),
  siteName: z.string(),
  reference: z.string(),
  saleNdc: z.string(),
  cartons: z.int(),
  doses: z.int(),
  orderedOn: z.string(),
});

/** What became of the rows of a supplier's answer. */
export const responsesAnswer = z
  .object({ rows: z.int(), taken: z.int(), unchanged: z.int(), faulty: z.int(), faults: z.array(fault), faultsInAll: z.int() })
  .meta({ id: 'OrderResponsesAnswer' });

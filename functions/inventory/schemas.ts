import { z } from 'zod';
import { FUNDING_SOURCES, type FundingSource } from '../../shared/codes/funding-sources.ts';
import { WASTE_REASONS, type WasteReason } from '../../shared/codes/waste-reasons.ts';
import { day, doses, instant, pageOf, pageQuery, reason, version } from '../../shared/contracts/common.ts';
import { entityFields } from '../../shared/contracts/stored.ts';
import { lotKey } from '../../shared/ledger/account.ts';
import { positionSchema } from '../../shared/ledger/buckets.ts';
import { entryItem } from '../../shared/ledger/movement.ts';

const lot = z.string().trim().max(40).refine((text) => lotKey(text) !== '', 'must hold letters or digits');
const funding = z.enum(Object.keys(FUNDING_SOURCES) as [FundingSource, ...FundingSource[]]);
const ndc = z.string().regex(/^\d{5}-\d{4}-\d{2}$/, 'must be the NDC of the unit of use, written 5-4-2');
const wasteReason = z.enum(Object.keys(WASTE_REASONS) as [WasteReason, ...WasteReason[]]);

/** Names an account of the site in the path. */
export const accountRef = z.object({ ndc, lot, funding });
const moved = accountRef.extend({ doses, position: positionSchema.optional() });
const from = z.enum(['onHand', 'quarantined']).default('onHand');

/** What a site itself may post; each kind says what it needs (the ledger's table of movements). */
export const siteMovement = z.discriminatedUnion('kind', [
  moved.extend({ kind: z.literal('waste'), from, wasteReason, reason: reason.optional() }),
  moved.extend({ kind: z.literal('expire'), from }),
  moved.extend({ kind: z.literal('return'), from, reason }),
  moved.extend({ kind: z.literal('lose'), from, reason }),
  moved.extend({ kind: z.literal('relocate'), to: positionSchema }),
  moved.extend({ kind: z.literal('adjust-up'), reason, position: positionSchema }),
  moved.extend({ kind: z.literal('adjust-down'), from, reason }),
]);
export type SiteMovement = z.output<typeof siteMovement>;

const toSiteId = z.string().min(1).max(64);
/** `awardId`: the receiver's award by the vial that the doses fulfil, so that its hub sees what is left to send (vials-due.ts). */
export const transferForm = accountRef.extend({
  toSiteId,
  doses,
  position: positionSchema.optional(),
  reason,
  awardId: z
    .string()
    .min(1)
    .max(120)
    .optional()
    .describe(
      'the award of the receiving site, by the vial out of packs of the sending one, that these doses fulfil: taken, of the same product, and with as many doses left to send. The id counts within the receiving site only',
    ),
});
export const transferAnyForm = transferForm.extend({ fromSiteId: toSiteId });

/** Counted by the receiver: what is good, what never came, and what came warm or damaged. */
export const receiptForm = z
  .object({
    received: z.int().min(0),
    missing: z.int().min(0).default(0),
    suspect: z.int().min(0).default(0),
    position: positionSchema.optional(),
    reason: reason.optional(),
    receivedAt: instant
      .optional()
      .describe('when the doses came, where they are counted later than that: not before they were sent, and not after now. Without it, now'),
  })
  .refine(({ received, position }) => received === 0 || position !== undefined, {
    path: ['position'],
    message: 'say where the received doses are kept',
  })
  .refine(({ missing, suspect, reason: why }) => missing + suspect === 0 || why !== undefined, {
    path: ['reason'],
    message: 'say what is wrong with them',
  });

export const reversalForm = accountRef.extend({ key: z.string().min(1).max(200), reason });

const count = z.int();
export const balances = z
  .object({
    shipped: count,
    inTransit: count,
    short: count,
    received: count,
    transferredIn: count,
    inTransfer: count,
    overfill: count,
    onHand: count,
    quarantined: count,
    administered: count,
    wasted: count,
    transferredOut: count,
    returned: count,
    expired: count,
    lost: count,
    netAdjustments: count,
  })
  .meta({ id: 'Balances' });

export const account = accountRef
  .extend({ siteId: z.string(), expiresOn: z.string().optional(), version, balances, gap: count, positions: z.record(z.string(), count) })
  .meta({ id: 'Account' });
export const accountPage = pageOf(account);

export const entry = entryItem
  .omit({ pk: true, sk: true, type: true, schema: true })
  .extend({ key: z.string(), at: instant })
  .meta({ id: 'LedgerEntry' });
export const entryPage = pageOf(entry);
export const entryQuery = pageQuery.extend(accountRef.shape);

export const movementAnswer = z.object({ key: z.string(), accounts: z.array(account) });

export const transferStates = ['on-its-way', 'received'] as const;
export const transferItem = transferForm.extend({
  ...entityFields,
  type: z.literal('transfer'),
  transferId: z.string(),
  fromSiteId: z.string(),
  /** The receiver's path leads to the same item: it is stored under the receiver, and the sender's entry names it. */
  state: z.enum(transferStates),
  sentAt: instant,
  sentBy: z.string(),
  received: z.int().optional(),
  missing: z.int().optional(),
  suspect: z.int().optional(),
  /** When they came, where the receiver said so. */
  receivedAt: instant.optional(),
  requestDigest: z.string(),
});
export type TransferItem = z.infer<typeof transferItem>;
export const transfer = transferItem.omit({ pk: true, sk: true, type: true, schema: true, requestDigest: true }).meta({ id: 'Transfer' });
export const transferPage = pageOf(transfer);

/** One line of the reconciliation of a day: a site, or the whole jurisdiction. */
export const balanceLine = z.object({ scope: z.string(), accounts: count, balances, gap: count, findings: count });
export const balancePage = pageOf(balanceLine.extend({ reconciledAt: instant }));
export const balanceQuery = pageQuery.extend({ day: day.describe('the day of the balances') });

export const finding = z.object({
  siteId: z.string(), ndc: z.string(), lot: z.string(), funding: z.string(),
  lines: z.array(z.object({ name: z.string(), account: count, entries: count })),
});
export const findingPage = pageOf(finding);

import type { z } from 'zod';
import { createdId, requestDigest } from '../../shared/kernel/ids.ts';
import { maxDecisionAttempts } from '../../shared/kernel/limits.ts';
import type { AccountRef } from '../../shared/ledger/account.ts';
import { transferPostings, type Posting } from '../../shared/ledger/plan-movements.ts';
import type { PostOutcome } from '../../shared/ledger/post-movements.ts';
import type { TransactItem } from '../../shared/platform/dynamo.ts';
import type { Act } from './post-movement.ts';
import { transferItem, type receiptForm, type transferForm, type TransferItem } from './schemas.ts';
import { transferKey, type InventoryStore } from './store.ts';
import { makeReadVialsDue } from './vials-due.ts';

export type SendOutcome =
  | PostOutcome
  | { kind: 'sent' | 'already-sent'; transfer: TransferItem }
  | { kind: 'site-not-active'; which: 'sending' | 'receiving' }
  | { kind: 'same-site' }
  | { kind: 'wrong-award'; message: string };

/** Writes a transfer in one transaction. `outrun`: another transfer took the lock since it was read. */
const makeWriteTransfer =
  (store: InventoryStore) =>
  async (transfer: TransferItem, ...lock: TransactItem[]): Promise<Exclude<SendOutcome, { kind: 'cause-refused' }> | { kind: 'outrun' }> => {
    const { transferId, fromSiteId, toSiteId, ndc, lot, funding, doses, position, reason, sentAt: at, sentBy: actor } = transfer;
    const from: AccountRef = { siteId: fromSiteId, ndc, lot, funding };
    const postings = transferPostings({ key: transferId, from, toSiteId, doses, reason, ...(position === undefined ? {} : { position }) });
    const outcome = await store.post(postings, { at, actor }, [store.createTransfer(transfer), ...lock]);
    if (outcome.kind === 'posted') return { kind: 'sent', transfer };
    if (outcome.kind === 'repeated') {
      const standing = await store.transfer(toSiteId, transferId);
      return standing?.requestDigest === transfer.requestDigest
        ? { kind: 'already-sent', transfer: standing }
        : { kind: 'key-reused', key: transferId };
    }
    if (outcome.kind !== 'cause-refused') return outcome;
    // The ledger key is free but the transfer is not: the same key was used for another receiver or another lot.
    return outcome.failed.has(0) ? { kind: 'key-reused', key: transferId } : { kind: 'outrun' };
  };

/**
 * Sends doses to another active site: out here and on their way there, with the transfer they belong to, in one transaction.
 * The receiver counts them; until then they are in nobody's hand. Where it names an award, it is held against that (vials-due.ts).
 */
export const makeSendTransfer = (store: InventoryStore) => {
  const readVialsDue = makeReadVialsDue(store);
  const write = makeWriteTransfer(store);
  return async (
    fromSiteId: string,
    form: z.output<typeof transferForm>,
    { actor, now, idempotencyKey }: Act & { idempotencyKey: string },
  ): Promise<SendOutcome> => {
    if (form.toSiteId === fromSiteId) return { kind: 'same-site' };
    for (const siteId of [fromSiteId, form.toSiteId]) {
      const site = await store.site(siteId);
      if (site?.state !== 'active' || site.reportingOnly) return { kind: 'site-not-active', which: siteId === fromSiteId ? 'sending' : 'receiving' };
    }
    const transferId = createdId('trf', fromSiteId, idempotencyKey);
    const { toSiteId, awardId } = form;
    const transfer: TransferItem = {
      ...form,
      ...transferKey(toSiteId, transferId),
      type: 'transfer',
      schema: 1,
      version: 1,
      transferId,
      fromSiteId,
      state: 'on-its-way',
      sentAt: now,
      sentBy: actor,
      requestDigest: requestDigest(form),
    };
    // A repeat meets what it sent before, whatever is due since.
    const isHeldAgainst = awardId !== undefined && (await store.transfer(toSiteId, transferId)) === undefined;
    for (let attempt = 1; attempt <= maxDecisionAttempts; attempt += 1) {
      const due = isHeldAgainst ? await readVialsDue(fromSiteId, awardId, form) : undefined;
      if (due?.kind === 'wrong-award') return due;
      const outcome = await write(transfer, ...(due === undefined ? [] : [store.takeVialLock(toSiteId, awardId ?? '', due.lockVersion)]));
      if (outcome.kind !== 'outrun') return outcome;
    }
    return { kind: 'contended' };
  };
};

export type ReceiveOutcome =
  | PostOutcome
  | { kind: 'received'; transfer: TransferItem }
  | { kind: 'not-found' }
  | { kind: 'stale'; version: number }
  | { kind: 'already-received' }
  | { kind: 'wrong-time'; message: string }
  | { kind: 'wrong-count'; sent: number; counted: number };

/** Why doses cannot have come at that instant. */
const faultOfArrival = (receivedAt: string | undefined, { sentAt }: TransferItem, now: string): string | undefined => {
  if (receivedAt === undefined) return undefined;
  return receivedAt > now ? 'must not be in the future' : receivedAt < sentAt ? 'must not be before the transfer was sent' : undefined;
};

/**
 * Counts a transfer at the receiver: good doses on hand, suspect ones in quarantine, the rest lost. The three add up to what was sent. Where it came
 * before it is counted (`receivedAt`), its account keeps that as the arrival of its first doses, as of a shipment.
 */
export const makeReceiveTransfer =
  (store: InventoryStore) =>
  async (
    siteId: string,
    transferId: string,
    counted: z.output<typeof receiptForm>,
    { actor, now, ifMatch }: Act & { ifMatch: number },
  ): Promise<ReceiveOutcome> => {
    const transfer = await store.transfer(siteId, transferId);
    if (transfer === undefined) return { kind: 'not-found' };
    if (transfer.state === 'received') return { kind: 'already-received' };
    if (transfer.version !== ifMatch) return { kind: 'stale', version: transfer.version };
    const { received, missing, suspect, position, reason = 'missing', receivedAt } = counted;
    const fault = faultOfArrival(receivedAt, transfer, now);
    if (fault !== undefined) return { kind: 'wrong-time', message: fault };
    if (received + missing + suspect !== transfer.doses) return { kind: 'wrong-count', sent: transfer.doses, counted: received + missing + suspect };
    const ref: AccountRef = { siteId, ndc: transfer.ndc, lot: transfer.lot, funding: transfer.funding };
    const common = { from: 'inTransfer' } as const;
    const postings: Posting[] = [
      ...(received === 0 || position === undefined
        ? []
        : [{ ref, movement: { ...common, kind: 'receive' as const, key: `${transferId}#received`, doses: received, position } }]),
      ...(suspect === 0
        ? []
        : [{ ref, movement: { ...common, kind: 'receive-suspect' as const, key: `${transferId}#suspect`, doses: suspect, reason } }]),
      ...(missing === 0 ? [] : [{ ref, movement: { ...common, kind: 'receive-short' as const, key: `${transferId}#missing`, doses: missing } }]),
    ];
    const arrival = receivedAt === undefined ? {} : { receivedAt };
    const next: TransferItem = transferItem.parse({
      ...transfer, ...arrival, state: 'received', version: transfer.version + 1, received, missing, suspect,
    });
    const outcome = await store.post(postings, { at: now, actor, arrivedAt: receivedAt ?? now }, [store.replaceTransfer(next)]);
    if (outcome.kind === 'posted') return { kind: 'received', transfer: next };
    return outcome.kind === 'cause-refused' ? { kind: 'stale', version: next.version } : outcome;
  };

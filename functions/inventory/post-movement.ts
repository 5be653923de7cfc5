import { createdId } from '../../shared/kernel/ids.ts';
import type { AccountRef } from '../../shared/ledger/account.ts';
import { reversalOf, type Movement } from '../../shared/ledger/movement.ts';
import type { PostOutcome } from '../../shared/ledger/post-movements.ts';
import type { SiteMovement } from './schemas.ts';
import type { InventoryStore } from './store.ts';

export interface Act {
  actor: string;
  now: string;
}

/** Posts what a site itself says of its stock. The Idempotency-Key becomes the movement's business key, so a retry meets itself. */
export const makePostMovement =
  (store: Pick<InventoryStore, 'post'>) =>
  async (
    siteId: string,
    form: SiteMovement,
    { actor, now, idempotencyKey }: Act & { idempotencyKey: string },
  ): Promise<PostOutcome & { key: string }> => {
    const { ndc, lot, funding, ...said } = form;
    const key = createdId('mov', siteId, idempotencyKey);
    const movement = { ...said, key } as Movement;
    return { ...(await store.post([{ ref: { siteId, ndc, lot, funding }, movement }], { at: now, actor })), key };
  };

/** Undoes an entry of the site, whole and once. What a dose or a shipment caused is undone where it was caused, not here. */
export const makeReverseEntry =
  (store: Pick<InventoryStore, 'post' | 'entry'>) =>
  async (
    ref: AccountRef,
    key: string,
    { actor, now, reason }: Act & { reason: string },
  ): Promise<PostOutcome | { kind: 'no-entry' } | { kind: 'not-here' }> => {
    const entry = await store.entry(ref, key);
    if (entry === undefined) return { kind: 'no-entry' };
    if (!key.startsWith('mov_')) return { kind: 'not-here' };
    return store.post([{ ref, movement: reversalOf(entry, reason) }], { at: now, actor });
  };

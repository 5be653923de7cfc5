import { z } from 'zod';
import { createdId } from '../../../shared/kernel/ids.ts';
import { lotKey } from '../../../shared/ledger/account.ts';

/**
 * Where the doses of a lot are found. Those that moved stock lie in gsi1 under their account, and `LOT#<digest>` names the accounts of the
 * lot; all others of the lot (history, private stock, further reports) lie in gsi1 under `LOT#<digest>` itself. A digest, because anything may be typed as a lot.
 */
export const lotPartition = (lot: string): string => `LOT#${createdId('lot', lotKey(lot))}`;

/** An account from which doses of a lot were given. */
export const lotAccountItem = z.object({ pk: z.string(), sk: z.string(), type: z.literal('lot-account'), schema: z.literal(1) });
export type LotAccountItem = z.infer<typeof lotAccountItem>;

/** @param account `entriesPartition` of shared/ledger, the lot in it */
export const lotAccountOf = (account: string): LotAccountItem => ({ pk: lotPartition(account.split('#')[3] ?? ''), sk: account, type: 'lot-account', schema: 1 });

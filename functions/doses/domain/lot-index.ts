import { z } from 'zod';
import { createdId } from '../../../shared/kernel/ids.ts';
import { lotForm } from './same-dose/lot-forms.ts';

/**
 * Where the doses of a lot are found. Those that moved stock lie in gsi1 under their account, and `LOT#<digest>` names the accounts of the
 * lot; all others of the lot (history, private stock, further reports) lie in gsi1 under `LOT#<digest>` itself. A digest, because anything may be typed as a lot;
 * of its form, so that doses of a misspelt lot lie beside those of the lot that was meant. Who asks for one lot compares the lots again.
 */
export const lotPartition = (lot: string): string => `LOT#${createdId('lot', lotForm(lot))}`;

/** An account from which doses of a lot were given. */
export const lotAccountItem = z.object({ pk: z.string(), sk: z.string(), type: z.literal('lot-account'), schema: z.literal(1) });
export type LotAccountItem = z.infer<typeof lotAccountItem>;

/** @param account `entriesPartition` of shared/ledger, the lot in it */
export const lotAccountOf = (account: string): LotAccountItem => ({
  pk: lotPartition(account.split('#')[3] ?? ''),
  sk: account,
  type: 'lot-account',
  schema: 1,
});

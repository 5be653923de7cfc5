import type { z } from 'zod';
import { accountGap, balancesOf } from '../../shared/ledger/balances.ts';
import type { Account } from '../../shared/ledger/account.ts';
import type { Page, PageRequest } from '../../shared/platform/dynamo.ts';
import type { federalBalance } from './schemas.ts';
import type { ShipmentsStore } from './store.ts';

export type FederalBalance = z.output<typeof federalBalance>;

/** Federal holders, a page, with what their doses are at: read from the ledger's accounts, so nothing else can disagree with it. */
export const makeFederalBalances =
  (store: ShipmentsStore) =>
  async (page: PageRequest): Promise<Page<FederalBalance>> => {
    const holders = await store.federalHolders(page);
    const items: FederalBalance[] = [];
    for (const { holderId, awardee } of holders.items) {
      const byNdc = new Map<string, Account[]>();
      for await (const account of store.accountsOf(holderId)) byNdc.set(account.ref.ndc, [...(byNdc.get(account.ref.ndc) ?? []), account]);
      const products = [...byNdc].map(([ndc, accounts]) => {
        const balances = balancesOf(accounts);
        const { shipped, inTransit, onHand, quarantined, short } = balances;
        return { ndc, shipped, inTransit, onHand, quarantined, short, gap: accountGap(balances) };
      });
      items.push({ awardee, holderId, products });
    }
    return { ...holders, items };
  };

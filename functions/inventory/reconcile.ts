import type { Account } from '../../shared/ledger/account.ts';
import { accountGap, balancesOf, difference, jurisdictionGap, recompute, type Difference } from '../../shared/ledger/balances.ts';
import { negated, plus, type Effect } from '../../shared/ledger/buckets.ts';
import type { ReconciliationStore } from './store-reconciliation.ts';

/** The dose index lags behind the table: a difference counts only when it stays for this many readings. */
const readings = 4;
const settleMs = 500;

export interface ReconcileResult {
  accounts: number;
  /** Accounts that do not agree with their entries; those repaired are no longer among them. */
  findings: number;
  repaired: number;
  /** Doses by which the jurisdiction's equation is off; 0 when it holds. */
  gap: number;
}

interface Scope {
  accounts: Account[];
  findings: number;
}

/**
 * Compares every account with its entries and writes the balances of the day: the jurisdiction, federal consignees apart, and each site.
 * With `repair` (after a restore only: runbook `restore`) an account becomes what its entries say, under the reason `restore`.
 * Safe to run twice: a second run of a day writes the same lines again.
 */
export const makeReconcile =
  (store: ReconciliationStore, sleep: (ms: number) => Promise<void>) =>
  async (day: string, now: string, { repair = false }: { repair?: boolean } = {}): Promise<ReconcileResult> => {
    let repaired = 0;
    const bySite = new Map<string, Scope>();
    for await (const account of store.accounts()) {
      const scope = bySite.get(account.ref.siteId) ?? { accounts: [], findings: 0 };
      bySite.set(account.ref.siteId, scope);
      const { settled, lines, lacking } = await settledDifference(store, account, sleep);
      if (lines.length > 0 && repair && (await repairAccount(store, settled, lacking, now))) {
        repaired += 1;
        scope.accounts.push((await store.account(settled.ref)) ?? settled);
        continue;
      }
      scope.accounts.push(settled);
      if (lines.length === 0) continue;
      scope.findings += 1;
      await store.saveFinding(day, { ...settled.ref, lines });
    }
    const totals = { jurisdiction: { accounts: [] as Account[], findings: 0 }, federal: { accounts: [] as Account[], findings: 0 } };
    for (const [siteId, { accounts, findings }] of bySite) {
      const balances = balancesOf(accounts);
      await store.saveLine(day, { scope: siteId, accounts: accounts.length, balances, gap: accountGap(balances), findings }, now);
      const total = totals[(await store.isFederal(siteId)) ? 'federal' : 'jurisdiction'];
      total.accounts.push(...accounts);
      total.findings += findings;
    }
    for (const [scope, { accounts, findings }] of Object.entries(totals)) {
      const balances = balancesOf(accounts);
      await store.saveLine(day, { scope, accounts: accounts.length, balances, gap: jurisdictionGap(balances), findings }, now);
    }
    const all = [...totals.jurisdiction.accounts, ...totals.federal.accounts];
    return {
      accounts: all.length,
      findings: totals.jurisdiction.findings + totals.federal.findings,
      repaired,
      gap: jurisdictionGap(balancesOf(all)),
    };
  };

/** The difference that stays when the account is read again until nothing moves: what the index had not shown yet is no finding. */
const settledDifference = async (
  store: ReconciliationStore,
  first: Account,
  sleep: (ms: number) => Promise<void>,
): Promise<{ settled: Account; lines: Difference[]; lacking: Effect }> => {
  let settled = first;
  let lines: Difference[] = [];
  let told: Effect = recompute([]);
  for (let reading = 0; reading < readings; reading += 1) {
    const effects: Effect[] = [];
    for await (const effect of store.effects(settled.ref)) effects.push(effect);
    told = recompute(effects);
    lines = difference(settled, told);
    if (lines.length === 0) break;
    await sleep(settleMs * 2 ** reading);
    settled = (await store.account(settled.ref)) ?? settled;
  }
  return { settled, lines, lacking: plus(told, negated({ buckets: settled.buckets, positions: settled.positions })) };
};

const repairAccount = (store: ReconciliationStore, account: Account, lacking: Effect, now: string): Promise<boolean> =>
  store.repair(account, lacking, { at: now, actor: 'inventory-on-reconcile', action: 'repair', reason: 'restore', version: account.version + 1 });

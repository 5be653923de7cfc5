import type { z } from 'zod';
import { createdId, requestDigest } from '../../shared/kernel/ids.ts';
import { maxDecisionAttempts } from '../../shared/kernel/limits.ts';
import type { Account, AccountRef } from '../../shared/ledger/account.ts';
import { POSITION_STATES, total, type PositionKey } from '../../shared/ledger/buckets.ts';
import type { Movement } from '../../shared/ledger/movement.ts';
import { cameAfter } from '../../shared/published/excursion.ts';
import type { Act } from './book-line.ts';
import type { ExcursionItem, excursionReport, HeldItem } from './schemas.ts';
import type { ShipmentsStore } from './store.ts';
import { byState, excursionKey, heldKey, type ExcursionStore } from './store-excursions.ts';

export type ReportOutcome = { kind: 'created' | 'repeated'; item: ExcursionItem } | { kind: 'key-reused' | 'no-such-unit' | 'not-over' | 'contended' };

/** What lies in the unit, by position, and lay there when it left its band; nothing of an account whose first doses came later. */
const inUnit = (account: Account | undefined, excursion: Pick<ExcursionItem, 'unitId' | 'to'>): [PositionKey, number][] => {
  if (account === undefined || cameAfter(excursion, account.stockedAt)) return [];
  return POSITION_STATES.flatMap((state) => {
    const key: PositionKey = `${excursion.unitId}:${state}`;
    const doses = account.positions[key] ?? 0;
    return doses > 0 ? [[key, doses] as [PositionKey, number]] : [];
  });
};

/**
 * Reports an excursion and quarantines what lies in the unit and lay there meanwhile, an account a transaction: its movements and what the excursion
 * holds of it. It may stop anywhere; the same request goes on, and an account that is held is never held twice.
 */
export const makeReportExcursion = (store: Pick<ShipmentsStore, 'site' | 'account' | 'accountsOf' | 'post'>, excursions: ExcursionStore) => {
  const holdAccount = async (excursion: ExcursionItem, ref: AccountRef, { actor, now }: Act): Promise<void> => {
    const { siteId, excursionId, unitId } = excursion;
    for (let attempt = 1; attempt <= maxDecisionAttempts; attempt += 1) {
      if ((await excursions.held(siteId, excursionId, ref)) !== undefined) return;
      const lying = inUnit(await store.account(ref), excursion);
      if (lying.length === 0) return;
      const held: HeldItem = {
        ...heldKey(siteId, excursionId, ref), type: 'held', schema: 1, version: 1, excursionId, ref, positions: Object.fromEntries(lying),
        doses: total(Object.fromEntries(lying)), state: 'held',
      };
      const movements = lying.map(([at, doses]): Movement => ({
        kind: 'quarantine', key: `excursion:${excursionId}:${at}`, doses, reason: 'temperature excursion',
        position: { unit: unitId, state: at.slice(unitId.length + 1) as (typeof POSITION_STATES)[number] },
      }));
      const outcome = await store.post(movements.map((movement) => ({ ref, movement })), { at: now, actor }, [excursions.hold(held)]);
      if (outcome.kind === 'posted' || outcome.kind === 'repeated') return;
    }
    throw new Error('An account kept changing while it was quarantined');
  };

  const finish = async (item: ExcursionItem, { actor, now }: Act): Promise<ExcursionItem> => {
    const held = await excursions.allHeld(item.siteId, item.excursionId);
    const doses = held.reduce((sum, one) => sum + one.doses, 0);
    const next: ExcursionItem = {
      ...item,
      state: 'quarantined',
      doses,
      accounts: held.length,
      version: item.version + 1,
      ...byState('quarantined', item.reportedAt, item.excursionId),
    };
    const written = await excursions.replaceExcursion(next, {
      at: now,
      actor,
      action: 'quarantine',
      from: item.state,
      to: next.state,
      version: next.version,
    });
    return written.kind === 'committed' ? next : ((await excursions.excursion(item.siteId, item.excursionId)) ?? next);
  };

  return async (siteId: string, report: z.output<typeof excursionReport>, act: Act & { idempotencyKey: string }): Promise<ReportOutcome> => {
    const site = await store.site(siteId);
    if (site?.storageUnits.some(({ unitId }) => unitId === report.unitId) !== true) return { kind: 'no-such-unit' };
    // Of one that goes on nobody knows yet what it will hold.
    if (report.to > act.now) return { kind: 'not-over' };
    const excursionId = createdId('exc', siteId, act.idempotencyKey);
    const item: ExcursionItem = {
      ...report, ...excursionKey(siteId, excursionId), ...byState('reported', act.now, excursionId), type: 'excursion', schema: 1, version: 1,
      excursionId, siteId, state: 'reported', doses: 0, accounts: 0, reportedAt: act.now, reportedBy: act.actor, requestDigest: requestDigest(report),
    };
    const begun = await excursions.createExcursion(item, { at: act.now, actor: act.actor, action: 'report', to: 'reported', version: 1 });
    if (begun.kind === 'key-reused') return begun;
    if (begun.kind === 'refused') return { kind: 'contended' };
    if (begun.item.state !== 'reported') return begun;
    for await (const account of store.accountsOf(siteId)) if (inUnit(account, report).length > 0) await holdAccount(begun.item, account.ref, act);
    return { kind: begun.kind, item: await finish(begun.item, act) };
  };
};

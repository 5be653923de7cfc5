import type { z } from 'zod';
import type { HistoryEntry } from '../../shared/contracts/common.ts';
import { requestDigest } from '../../shared/kernel/ids.ts';
import { maxDecisionAttempts } from '../../shared/kernel/limits.ts';
import type { Created } from '../../shared/platform/entity.ts';
import type { SupplyItem, supplyForm } from './schemas.ts';
import { supplyKey, type AllocationStore } from './store.ts';

/** The jurisdiction's own supply: what runs share out. Other channels are seen and balanced apart. */
export const ownChannel = 'jurisdiction';
/** Where `holdWeek` stands in the transaction that changes a supply line: after the line and its history. */
const heldPosition = 2;

export interface Act {
  actor: string;
  now: string;
}
export type Saved<T> = { kind: 'saved'; item: T } | { kind: 'not-found' } | { kind: 'stale'; version: number };

export const entryOf = ({ actor, now }: Act, action: string, version: number, more: Partial<HistoryEntry> = {}): HistoryEntry => ({
  at: now,
  actor,
  action,
  version,
  ...more,
});

const idOf = (form: z.output<typeof supplyForm>): string => `${form.week}_${form.ndc}_${form.doseNumber}_${form.packDoses}_${form.channel}`;
export const supplyNameOf = (supplyId: string): { week: string; ndc: string; doseNumber: number; packDoses: number; channel: string } | undefined => {
  const [week, ndc, doseNumber, packDoses, channel] = supplyId.split('_');
  return week === undefined || ndc === undefined || channel === undefined
    ? undefined
    : { week, ndc, doseNumber: Number(doseNumber), packDoses: Number(packDoses), channel };
};

/** Records what the jurisdiction may order in a week. Its key is what it is of, so the same announcement twice is one. */
export const makeRecordSupply =
  (store: AllocationStore) =>
  async (form: z.output<typeof supplyForm>, act: Act): Promise<Created<SupplyItem> | { kind: 'refused' }> => {
    const item: SupplyItem = {
      ...form, ...supplyKey(form.week, form.ndc, form.doseNumber, form.channel, form.packDoses), type: 'supply', schema: 1, version: 1,
      supplyId: idOf(form), recordedAt: act.now, recordedBy: act.actor, requestDigest: requestDigest(form),
    };
    return store.createSupply(item, entryOf(act, 'create', 1));
  };

/**
 * Changes the packs of a supply line, with a reason; a run that read the old figure can no longer be published. When it is lowered and
 * a run of the week is published, its offers are held in the same write: nothing more is accepted or ordered before the next run.
 */
export const makeChangeSupply =
  (store: AllocationStore) =>
  async (supplyId: string, change: { packs: number; reason: string }, act: Act & { ifMatch: number }): Promise<Saved<SupplyItem>> => {
    const name = supplyNameOf(supplyId);
    const item =
      name === undefined ? undefined : await store.supplyLine(supplyKey(name.week, name.ndc, name.doseNumber, name.channel, name.packDoses));
    if (item === undefined) return { kind: 'not-found' };
    if (item.version !== act.ifMatch) return { kind: 'stale', version: item.version };
    const next: SupplyItem = { ...item, packs: change.packs, version: item.version + 1 };
    const isCut = item.channel === ownChannel && change.packs < item.packs;
    const entry = entryOf(act, 'change', next.version, { reason: change.reason });
    for (let attempt = 1; attempt <= maxDecisionAttempts; attempt += 1) {
      const held = isCut ? [store.holdWeek(item.week, await store.pointer(item.week), `${supplyId}: ${change.reason}`)] : [];
      const written = await store.save(next, entry, held);
      if (written.kind === 'committed') return { kind: 'saved', item: next };
      if (!written.failed.has(heldPosition)) return { kind: 'stale', version: next.version };
    }
    throw new Error('the week was published again and again while its supply was lowered');
  };

import type { z } from 'zod';
import type { HistoryEntry } from '../../shared/contracts/common.ts';
import { requestDigest } from '../../shared/kernel/ids.ts';
import type { Created } from '../../shared/platform/entity.ts';
import type { SupplyItem, supplyForm } from './schemas.ts';
import { supplyKey, type AllocationStore } from './store.ts';

export interface Act {
  actor: string;
  now: string;
}
export type Saved<T> = { kind: 'saved'; item: T } | { kind: 'not-found' } | { kind: 'stale'; version: number };

export const entryOf = ({ actor, now }: Act, action: string, version: number, more: Partial<HistoryEntry> = {}): HistoryEntry => ({ at: now, actor, action, version, ...more });

const idOf = (form: z.output<typeof supplyForm>): string => `${form.week}_${form.ndc}_${form.doseNumber}_${form.packDoses}_${form.channel}`;
export const supplyNameOf = (supplyId: string): { week: string; ndc: string; doseNumber: number; packDoses: number; channel: string } | undefined => {
  const [week, ndc, doseNumber, packDoses, channel] = supplyId.split('_');
  return week === undefined || ndc === undefined || channel === undefined ? undefined : { week, ndc, doseNumber: Number(doseNumber), packDoses: Number(packDoses), channel };
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

/** Changes the packs of a supply line, with a reason; a run that read the old figure can no longer be published. */
export const makeChangeSupply =
  (store: AllocationStore) =>
  async (supplyId: string, change: { packs: number; reason: string }, act: Act & { ifMatch: number }): Promise<Saved<SupplyItem>> => {
    const name = supplyNameOf(supplyId);
    const item = name === undefined ? undefined : await store.supplyLine(supplyKey(name.week, name.ndc, name.doseNumber, name.channel, name.packDoses));
    if (item === undefined) return { kind: 'not-found' };
    if (item.version !== act.ifMatch) return { kind: 'stale', version: item.version };
    const next: SupplyItem = { ...item, packs: change.packs, version: item.version + 1 };
    const written = await store.save(next, entryOf(act, 'change', next.version, { reason: change.reason }));
    return written.kind === 'committed' ? { kind: 'saved', item: next } : { kind: 'stale', version: next.version };
  };

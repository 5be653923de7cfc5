import type { ShipmentLineItem } from '../../shared/published/shipment-line.ts';
import { bookLine, newLine, type Act } from './book-line.ts';
import type { Holder } from './domain/holder.ts';
import type { LineKeyItem } from './schemas.ts';
import type { ShipmentsStore } from './store.ts';

export type AssignOutcome = { kind: 'assigned'; line: ShipmentLineItem } | { kind: 'stale' };

/** Gives a line of the worklist its holder: only now are its doses booked, in the transaction that takes it off the list. */
export const makeAssignLine =
  (store: ShipmentsStore) =>
  async (known: LineKeyItem, holder: Extract<Holder, { kind: 'held' }>, act: Act): Promise<AssignOutcome> => {
    const { facts, why: _why, gsi1pk: _pk, gsi1sk: _sk, ...rest } = known;
    if (facts === undefined) return { kind: 'stale' };
    const line = newLine(facts, holder);
    const key = { ...rest, holderId: holder.holderId, version: known.version + 1 };
    const outcome = await bookLine(store, line, store.replace(key), act, 'assign');
    return outcome.kind === 'posted' ? { kind: 'assigned', line } : { kind: 'stale' };
  };

export type AssignByHandOutcome =
  | { kind: 'assigned' | 'repeated'; line: ShipmentLineItem }
  | { kind: 'not-found' | 'stale' | 'no-such-site' | 'not-supplied' | 'already-assigned' };

/** Staff say which site a line went to. Said again it answers what stands; another site afterwards is refused. */
export const makeAssignByHand = (store: ShipmentsStore) => {
  const assignLine = makeAssignLine(store);
  const standing = async (lineId: string, siteId: string): Promise<AssignByHandOutcome | undefined> => {
    const known = await store.lineKey(lineId);
    if (known === undefined) return { kind: 'not-found' };
    if (known.holderId === undefined) return undefined;
    const line = known.holderId === siteId ? await store.line(siteId, lineId) : undefined;
    return line === undefined ? { kind: 'already-assigned' } : { kind: 'repeated', line };
  };

  return async (lineId: string, siteId: string, act: Act & { ifMatch: number }): Promise<AssignByHandOutcome> => {
    const already = await standing(lineId, siteId);
    if (already !== undefined) return already;
    const [known, site] = await Promise.all([store.lineKey(lineId), store.site(siteId)]);
    if (known?.version !== act.ifMatch) return { kind: 'stale' };
    if (site === undefined) return { kind: 'no-such-site' };
    if (site.supplyAccount !== 'jurisdiction' || site.reportingOnly) return { kind: 'not-supplied' };
    const outcome = await assignLine(known, { kind: 'held', holderId: siteId, siteId, supply: 'jurisdiction' }, act);
    return outcome.kind === 'assigned' ? outcome : ((await standing(lineId, siteId)) ?? { kind: 'stale' });
  };
};

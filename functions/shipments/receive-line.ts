import { localDay } from '../../shared/kernel/dates.ts';
import { requestDigest } from '../../shared/kernel/ids.ts';
import { decideMove } from '../../shared/kernel/transitions.ts';
import type { ShipmentLineItem } from '../../shared/published/shipment-line.ts';
import { accountOf, lotFacts, type Act } from './book-line.ts';
import { lineMachine, type Decision } from './domain/machines.ts';
import { countLine, placeInUnit, receiptMovements } from './domain/receipt.ts';
import type { decision, Receipt } from './schemas.ts';
import { byState, type ShipmentsStore } from './store.ts';
import type { z } from 'zod';

type Moved = { kind: 'moved' | 'repeated'; line: ShipmentLineItem };
type NotMoved = { kind: 'not-found' | 'stale' | 'contended' } | { kind: 'illegal-move'; from: string; legalFrom: readonly string[] };
export type ReceiveOutcome =
  | Moved
  | NotMoved
  | { kind: 'does-not-add-up'; announced: number; counted: number }
  | { kind: 'no-such-unit' }
  | { kind: 'forbidden'; unitKind: string };

const movedTo = (line: ShipmentLineItem, state: ShipmentLineItem['state'], more: Partial<ShipmentLineItem> = {}): ShipmentLineItem => ({
  ...line, ...more, state, version: line.version + 1, ...byState(line.supply, state, line.shippedOn, line.lineId),
});

/**
 * Counts a line at the dock: its state, the movements of its doses and its history in one transaction. The count must find all that was
 * announced again, as received, damaged or short. The same count said twice answers what was booked.
 */
export const makeReceiveLine =
  (store: ShipmentsStore, zone: string) =>
  async (siteId: string, lineId: string, count: Receipt, act: Act & { ifMatch: number }): Promise<ReceiveOutcome> => {
    const [line, site] = await Promise.all([store.line(siteId, lineId), store.site(siteId)]);
    if (line === undefined || site === undefined) return { kind: 'not-found' };
    const digest = requestDigest(count);
    if (line.receipt?.digest === digest) return { kind: 'repeated', line };
    if (line.version !== act.ifMatch) return { kind: 'stale' };
    const counted = countLine(line.doses, count);
    if (counted.kind === 'does-not-add-up') return { kind: 'does-not-add-up', announced: line.doses, counted: counted.counted };
    const decided = decideMove(lineMachine, counted.move, line.state);
    if (decided.kind === 'illegal-move') return decided;
    const placing = placeInUnit(site.storageUnits, count.storageUnit, line.ndc, localDay(count.receivedAt, zone));
    if (placing.kind !== 'placed') return placing;

    const { onHand, suspect, short, over } = counted;
    const receipt = {
      onHand,
      suspect,
      short,
      over,
      unit: count.storageUnit,
      receivedAt: count.receivedAt,
      temperatureOk: count.temperatureOk,
      digest,
    };
    const expiresOn = line.expiresOn ?? count.expiresOn;
    const next = movedTo(line, decided.to, { receipt, ...(expiresOn === undefined ? {} : { expiresOn }) });
    const ref = accountOf(line);
    const postings = receiptMovements(line.doses, counted, placing.position, `receipt:${lineId}`).map((movement) => ({
      ref,
      movement,
      facts: lotFacts(next),
    }));
    const entry = { at: act.now, actor: act.actor, action: counted.move, from: line.state, to: next.state, version: next.version };
    const stamp = { at: act.now, actor: act.actor, arrivedAt: count.receivedAt < act.now ? count.receivedAt : act.now };
    const outcome = await store.post(postings, stamp, [store.replace(next), store.entry(next, entry)]);
    if (outcome.kind === 'posted') return { kind: 'moved', line: next };
    if (outcome.kind === 'refused') throw new Error('The ledger refused a receipt');
    const standing = await store.line(siteId, lineId);
    return standing?.receipt?.digest === digest
      ? { kind: 'repeated', line: standing }
      : { kind: outcome.kind === 'contended' ? 'contended' : 'stale' };
  };

export type DecideLineOutcome = Moved | NotMoved | { kind: 'no-longer-held' };

const outcomeOf: Readonly<Record<Decision, ShipmentLineItem['state']>> = { release: 'released', waste: 'wasted' };

/** DPH decides on the doses of a line that came damaged or out of temperature: back into stock, or wasted. */
export const makeDecideLine =
  (store: ShipmentsStore, zone: string) =>
  async (siteId: string, lineId: string, said: z.output<typeof decision>, act: Act & { ifMatch: number }): Promise<DecideLineOutcome> => {
    const [line, site] = await Promise.all([store.line(siteId, lineId), store.site(siteId)]);
    if (line === undefined || site === undefined) return { kind: 'not-found' };
    if (line.state === outcomeOf[said.decision]) return { kind: 'repeated', line };
    if (line.version !== act.ifMatch) return { kind: 'stale' };
    const decided = decideMove(lineMachine, said.decision, line.state);
    if (decided.kind === 'illegal-move') return decided;
    const { suspect: doses = 0, unit = '' } = line.receipt ?? {};
    const placing = placeInUnit(site.storageUnits, unit, line.ndc, localDay(act.now, zone));
    const position = placing.kind === 'placed' ? placing.position : { unit, state: 'thawed' as const };
    const next = movedTo(line, decided.to);
    const movement =
      said.decision === 'release'
        ? ({ kind: 'release', key: `decision:${lineId}`, doses, position, reason: said.reason.slice(0, 200) } as const)
        : ({
            kind: 'waste',
            key: `decision:${lineId}`,
            doses,
            from: 'quarantined',
            wasteReason: said.wasteReason ?? 'spoiled-in-transit',
            reason: said.reason.slice(0, 200),
          } as const);
    const entry = {
      at: act.now,
      actor: act.actor,
      action: said.decision,
      from: line.state,
      to: next.state,
      reason: said.reason,
      version: next.version,
    };
    const outcome = await store.post([{ ref: accountOf(line), movement }], { at: act.now, actor: act.actor }, [
      store.replace(next),
      store.entry(next, entry),
    ]);
    if (outcome.kind === 'posted') return { kind: 'moved', line: next };
    if (outcome.kind === 'refused') return { kind: 'no-longer-held' };
    const standing = await store.line(siteId, lineId);
    return standing?.state === next.state ? { kind: 'repeated', line: standing } : { kind: outcome.kind === 'contended' ? 'contended' : 'stale' };
  };

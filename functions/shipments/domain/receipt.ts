import { productOf, storageOn } from '../../../shared/codes/products.ts';
import type { Position } from '../../../shared/ledger/buckets.ts';
import type { Movement } from '../../../shared/ledger/movement.ts';
import type { SiteItem } from '../../../shared/published/site.ts';
import type { LineMove } from './machines.ts';

/** What the dock counted. `received` is what came intact, `damaged` what came broken, `short` what did not come. */
export interface DockCount {
  received: number;
  damaged: number;
  short: number;
  temperatureOk: boolean;
}

export interface Counted {
  kind: 'counted';
  move: LineMove;
  /** Doses put into stock, under suspicion, missing, and beyond what was announced (part of the first two). */
  onHand: number;
  suspect: number;
  short: number;
  over: number;
}

/** The first row that holds names the state of the line: suspicion outweighs a loss, a loss outweighs a surplus. */
const moves: readonly (readonly [holds: (count: DockCount, over: number) => boolean, move: LineMove])[] = [
  [({ temperatureOk, received }) => !temperatureOk && received > 0, 'receive-warm'],
  [({ damaged }) => damaged > 0, 'receive-damaged'],
  [({ received }) => received === 0, 'lose'],
  [({ short }) => short > 0, 'receive-short'],
  [(_, over) => over > 0, 'receive-over'],
  [() => true, 'receive'],
];

/** Counts a line. What was announced must be found again in the count; more may have come, but not together with a shortage. */
export const countLine = (announced: number, count: DockCount): Counted | { kind: 'does-not-add-up'; counted: number } => {
  const counted = count.received + count.damaged + count.short;
  const over = counted - announced;
  if (over < 0 || (over > 0 && count.short > 0)) return { kind: 'does-not-add-up', counted };
  const move = moves.find(([holds]) => holds(count, over))?.[1] ?? 'receive';
  const suspect = count.damaged + (count.temperatureOk ? 0 : count.received);
  return { kind: 'counted', move, onHand: count.received + count.damaged - suspect, suspect, short: count.short, over };
};

const reasonOf = ({ move }: Counted): string => (move === 'receive-warm' ? 'arrived outside its temperature band' : 'arrived damaged');

/**
 * The movements of a receipt, as one. Doses beyond the announced number are found first; those of them under suspicion follow the others.
 * @param key business key of the receipt
 */
export const receiptMovements = (announced: number, counted: Counted, position: Position, key: string): Movement[] => {
  const suspectInTransit = Math.min(counted.suspect, announced - counted.short);
  const goodInTransit = announced - counted.short - suspectInTransit;
  const suspectFound = counted.suspect - suspectInTransit;
  const all: Movement[] = [
    { kind: 'receive', key: `${key}:good`, doses: goodInTransit, position },
    { kind: 'receive-suspect', key: `${key}:suspect`, doses: suspectInTransit, reason: reasonOf(counted) },
    { kind: 'receive-short', key: `${key}:short`, doses: counted.short },
    { kind: 'receive-over', key: `${key}:over`, doses: counted.over, position, reason: 'more arrived than was announced' },
    { kind: 'quarantine', key: `${key}:over-suspect`, doses: suspectFound, position, reason: reasonOf(counted) },
  ];
  return all.filter(({ doses }) => doses > 0);
};

export type Placing = { kind: 'placed'; position: Position } | { kind: 'no-such-unit' } | { kind: 'forbidden'; unitKind: string };

/** Where doses lie once they are put into a unit of the site. Some products must never lie in a freezer (reference: products, section 4). */
export const placeInUnit = (units: SiteItem['storageUnits'], unitId: string, ndc: string, day: string): Placing => {
  const unit = units.find((one) => one.unitId === unitId);
  if (unit === undefined) return { kind: 'no-such-unit' };
  const product = productOf(ndc);
  const isForbidden = product !== undefined && storageOn(product, day).some((band) => band.name === unit.kind && band.forbidden === true);
  if (isForbidden) return { kind: 'forbidden', unitKind: unit.kind };
  return { kind: 'placed', position: { unit: unitId, state: unit.kind === 'refrigerator' ? 'thawed' : 'frozen' } };
};

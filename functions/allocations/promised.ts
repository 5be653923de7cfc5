import type { AwardItem, WeekPointer } from '../../shared/published/award.ts';
import { deadLineStates, type OrderItem } from '../../shared/published/order-line.ts';
import { poolKey, type SupplyLine } from './domain/inputs.ts';
import type { Keep } from './domain/keeps.ts';

export type { Keep } from './domain/keeps.ts';

/** Packs of an award that are the site's: ordered, or accepted and not ordered yet. */
export interface Promised {
  readonly siteId: string;
  readonly awardId: string;
  readonly runId: string;
  readonly product: string;
  readonly doseNumber: number;
  readonly packDoses: number;
  readonly packs: number;
  /** Of these, doses whose fate at the dock is known, and doses shipped and not counted yet: in stock already. */
  readonly arrivedDoses: number;
  readonly onTheWayDoses: number;
  readonly kind: Keep;
}

/** States in which an award may have been promised; `ordered` is set a little after the order itself. */
export const promisedStates: readonly string[] = ['accepted', 'reduced', 'ordered'];

const openLines = ({ lines }: OrderItem): OrderItem['lines'] => lines.filter(({ state }) => !deadLineStates.includes(state));
const packsOfOrder = (order: OrderItem, packDoses: number): number => openLines(order).reduce((sum, line) => sum + Math.ceil(line.doses / packDoses), 0);

/** How far the doses of an order have come. */
const progressOf = (order: OrderItem | undefined): Pick<Promised, 'arrivedDoses' | 'onTheWayDoses'> => {
  const facts = order === undefined ? [] : openLines(order).flatMap(({ shipments }) => Object.values(shipments));
  return {
    arrivedDoses: facts.reduce((sum, { counted }) => sum + counted, 0),
    onTheWayDoses: facts.reduce((sum, { shipped, counted }) => sum + Math.max(0, shipped - counted), 0),
  };
};

/** What of the week's awards is promised now. Doses of cancelled and rejected orders, and of withdrawn awards, are free again. */
export const promisedOf = (awards: readonly AwardItem[], orders: ReadonlyMap<string, OrderItem>, pointer: WeekPointer | undefined): Promised[] =>
  awards
    .filter(({ state }) => promisedStates.includes(state))
    .flatMap((award): Promised[] => {
      const { siteId, awardId, runId, ndc: product, doseNumber, packDoses } = award;
      const order = orders.get(`${siteId} ${awardId}`);
      const accepted = Math.floor((award.acceptedDoses ?? award.doses) / packDoses);
      if (order === undefined && (pointer?.revoked ?? []).includes(runId)) return [];
      const packs = order === undefined ? accepted : packsOfOrder(order, packDoses);
      const kind = order === undefined && award.state !== 'ordered' ? 'accepted' : 'ordered';
      return packs === 0 ? [] : [{ siteId, awardId, runId, product, doseNumber, packDoses, packs, ...progressOf(order), kind }];
    });

/** A pool of which more is promised than there is: what was ordered stays, so at least so much of the rest must give. */
export interface OverPromised {
  readonly product: string;
  readonly doseNumber: number;
  readonly packDoses: number;
  readonly supplyPacks: number;
  readonly orderedPacks: number;
  readonly acceptedPacks: number;
  readonly promises: readonly Promised[];
}

const sumOf = (promises: readonly Promised[]): number => promises.reduce((sum, { packs }) => sum + packs, 0);

/** Pools whose promises, as far as a run keeps them, are more than the supply. */
export const overPromised = (supply: readonly SupplyLine[], promised: readonly Promised[], keep: Keep): OverPromised[] =>
  supply.flatMap((line): OverPromised[] => {
    const own = promised.filter((promise) => poolKey(promise) === poolKey(line));
    const ordered = own.filter(({ kind }) => kind === 'ordered');
    if (sumOf(keep === 'ordered' ? ordered : own) <= line.packs) return [];
    const { product, doseNumber, packDoses } = line;
    const orderedPacks = sumOf(ordered);
    return [{ product, doseNumber, packDoses, supplyPacks: line.packs, orderedPacks, acceptedPacks: sumOf(own) - orderedPacks, promises: own }];
  });

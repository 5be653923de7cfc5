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
/** Packs of an order that are not cancelled or rejected. */
export const packsOfOrder = (order: OrderItem, packDoses: number): number =>
  openLines(order).reduce((sum, line) => sum + Math.ceil(line.doses / packDoses), 0);

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
    .filter(({ state, byVial }) => promisedStates.includes(state) && byVial === undefined) // vials are inside their hub's packs
    .flatMap((award): Promised[] => {
      const { siteId, awardId, runId, ndc: product, doseNumber, packDoses } = award;
      const order = orders.get(`${siteId} ${awardId}`);
      const accepted = Math.floor((award.acceptedDoses ?? award.doses) / packDoses);
      if (order === undefined && (pointer?.revoked ?? []).includes(awardId)) return [];
      const packs = order === undefined ? accepted : packsOfOrder(order, packDoses);
      const kind = order === undefined && award.state !== 'ordered' ? 'accepted' : 'ordered';
      return packs === 0 ? [] : [{ siteId, awardId, runId, product, doseNumber, packDoses, packs, ...progressOf(order), kind }];
    });

/** The most a site said this week it will take of a product and dose number, when it declined an offer or took less of it. */
export interface Answered {
  readonly siteId: string;
  readonly product: string;
  readonly doseNumber: number;
  readonly mostDoses: number;
}

const tookOf = ({ state, acceptedDoses, doses }: AwardItem): number => (state === 'declined' ? 0 : acceptedDoses ?? doses);
const isLess = (award: AwardItem): boolean => tookOf(award) < award.doses;

/**
 * Who declined an offer of the week, or took less of it, is offered no more of that product than it took: what it had when the run offered
 * (`heldDoses`), and what it took of the run's offers or did not answer yet. Its least word counts, and once: a cut or a hub that ends what it
 * took unsays nothing, and what it is then offered again does not come on top.
 */
export const answeredOf = (awards: readonly AwardItem[]): Answered[] => {
  const said = [...Map.groupBy(awards, ({ siteId, ndc, doseNumber, runId }) => `${siteId} ${ndc} ${doseNumber} ${runId}`).values()].flatMap(
    (offers): Answered[] => {
      const less = offers.find(isLess);
      if (less === undefined) return [];
      const { siteId, ndc: product, doseNumber, heldDoses = 0 } = less;
      return [{ siteId, product, doseNumber, mostDoses: offers.reduce((sum, offer) => sum + tookOf(offer), heldDoses) }];
    },
  );
  return [...Map.groupBy(said, ({ siteId, product, doseNumber }) => `${siteId} ${product} ${doseNumber}`).values()].flatMap((words) =>
    words.slice(0, 1).map((first) => ({ ...first, mostDoses: Math.min(...words.map(({ mostDoses }) => mostDoses)) })));
};

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

/** Whether a run keeps a promise: what was ordered always; what was accepted, but in the pools where it takes that back. */
export const isKept = (back: ReadonlySet<string>) => (promise: Promised): boolean => promise.kind === 'ordered' || !back.has(poolKey(promise));

/** Pools whose promises, as far as a run keeps them, are more than the supply. A pool that supply does not name has none. */
export const overPromised = (supply: readonly SupplyLine[], promised: readonly Promised[], back: ReadonlySet<string>): OverPromised[] => {
  const pools = new Map(promised.map((promise) => [poolKey(promise), 0]));
  for (const line of supply) pools.set(poolKey(line), line.packs);
  return [...pools].flatMap(([pool, supplyPacks]): OverPromised[] => {
    const own = promised.filter((promise) => poolKey(promise) === pool);
    const [first] = own;
    if (first === undefined || sumOf(own.filter(isKept(back))) <= supplyPacks) return [];
    const { product, doseNumber, packDoses } = first;
    const orderedPacks = sumOf(own.filter(({ kind }) => kind === 'ordered'));
    return [{ product, doseNumber, packDoses, supplyPacks, orderedPacks, acceptedPacks: sumOf(own) - orderedPacks, promises: own }];
  });
};

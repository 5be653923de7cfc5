import { normaliseNdc, usesInSale } from '../../../shared/codes/ndc.ts';
import { packDosesOn, packsOn, productOf } from '../../../shared/codes/products.ts';
import { addDays } from '../../../shared/kernel/dates.ts';
import type { AwardItem } from '../../../shared/published/award.ts';
import type { OrderLine } from '../../../shared/published/order-line.ts';

const placed = (): Pick<OrderLine, 'state' | 'supply' | 'shipments'> => ({ state: 'placed', supply: [], shipments: {} });

/** A carton that comes on sale during the week may be ordered for it. */
const lastDayOfWeek = 6;

export type LinesOutcome = { kind: 'lines'; lines: OrderLine[] } | { kind: 'no-carton' };

/**
 * The order line of an award: how many cartons make its packs. An order unit may be several cartons (450 doses of Pfizer are three of 25
 * vials); the largest carton that divides the pack is ordered. `no-carton` when none sold that day does.
 */
export const linesOfAward = (award: Pick<AwardItem, 'ndc' | 'week' | 'packDoses' | 'doses' | 'acceptedDoses'>): LinesOutcome => {
  const product = productOf(award.ndc);
  if (product === undefined) return { kind: 'no-carton' };
  const doses = award.acceptedDoses ?? award.doses;
  const cartons = packsOn(product, addDays(award.week, lastDayOfWeek))
    .map((pack) => ({ saleNdc: pack.saleNdc, doses: packDosesOn(product, pack, award.week) ?? 0 }))
    .filter((carton) => carton.doses > 0 && award.packDoses % carton.doses === 0)
    .sort((one, other) => other.doses - one.doses);
  const [carton] = cartons;
  if (carton === undefined || doses === 0 || doses % award.packDoses !== 0) return { kind: 'no-carton' };
  const line = { line: 1, ndc: award.ndc, saleNdc: carton.saleNdc, cartons: doses / carton.doses, packs: doses / award.packDoses, doses };
  return { kind: 'lines', lines: [{ ...line, ...placed() }] };
};

/** What a site may order on demand: doses of a childhood vaccine by carton. Doses in a carton are not in CDC's list, so the site says both. */
export interface WantedLine {
  saleNdc: string;
  cartons: number;
  doses: number;
}

/**
 * The lines of an order on demand; `unknown` names the places of cartons that CDC's list does not hold, or that hold several products (a tube and its bag
 * are one product under two unit-of-use NDCs). */
export const linesOnDemand = (wanted: readonly WantedLine[]): { kind: 'lines'; lines: OrderLine[] } | { kind: 'unknown'; at: number[] } => {
  const uses = wanted.map(({ saleNdc }) => usesInSale(saleNdc));
  const at = uses.flatMap((found, index) => (new Set(found.map(({ cvx, mvx }) => `${cvx}|${mvx ?? ''}`)).size === 1 ? [] : [index]));
  if (at.length > 0) return { kind: 'unknown', at };
  const lines = wanted.map(({ saleNdc, cartons, doses }, index) => ({
    line: index + 1,
    ndc: uses[index]?.[0]?.useNdc ?? '',
    saleNdc: normaliseNdc(saleNdc) ?? saleNdc,
    cartons,
    doses,
    ...placed(),
  }));
  return { kind: 'lines', lines };
};

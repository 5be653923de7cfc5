import { orderUnitsOn, productOf } from '../../shared/codes/products.ts';

/** The vaccines of the allocation file, by what it calls them. A vaccine may have several units of use (Moderna's two vials). */
export const VACCINES = ['pfizer', 'moderna', 'janssen'] as const;
export type Vaccine = (typeof VACCINES)[number];
export type Doses = Readonly<Record<Vaccine, number>>;

interface VaccineFacts {
  readonly name: string;
  /** Column of the allocation file. */
  readonly column: string;
  /** Units of use, the one that most doses came in first. */
  readonly useNdcs: readonly string[];
  /** Weeks from a first to a second dose, when federal second doses are opened for order; absent: one dose is all. */
  readonly secondAfterWeeks?: number;
  /** Purple Pfizer goes to sites with an ultra-cold freezer. */
  readonly ultraCold: boolean;
}

export const VACCINE_FACTS: Readonly<Record<Vaccine, VaccineFacts>> = {
  pfizer: { name: 'Pfizer', column: 'Pfizer', useNdcs: ['59267-1000-01'], secondAfterWeeks: 3, ultraCold: true },
  moderna: {
    name: 'Moderna',
    column: 'Moderna',
    useNdcs: ['80777-0273-10', '80777-0273-15'],
    secondAfterWeeks: 4,
    ultraCold: false,
  },
  janssen: { name: 'Janssen', column: 'J & J', useNdcs: ['59676-0580-05'], ultraCold: false },
};

/** A pack that can be ordered: the product and its accounting doses. */
export interface PackUnit {
  readonly product: string;
  readonly packDoses: number;
}

/** Packs in force in a week, from the product table: the usual one first. */
export const packUnitsIn = (vaccine: Vaccine, week: string): PackUnit[] =>
  VACCINE_FACTS[vaccine].useNdcs.flatMap((ndc) => {
    const product = productOf(ndc);
    return product === undefined ? [] : orderUnitsOn(product, week).map(({ doses }) => ({ product: ndc, packDoses: doses }));
  });

export interface PackLine extends PackUnit {
  readonly packs: number;
}

/**
 * Doses as packs: all in the usual pack where that divides, else with the fewest packs of another size that make it whole
 * (41,220 Moderna doses = 408 x 100 + 3 x 140). What no mix reaches goes out in the usual pack, and the rest is carried over.
 */
export const splitIntoPacks = (doses: number, units: readonly PackUnit[]): { lines: PackLine[]; carriedDoses: number } => {
  const [usual, ...others] = units;
  if (usual === undefined) return { lines: [], carriedDoses: doses };
  for (let count = 0; count < usual.packDoses; count += 1) {
    for (const other of count === 0 ? [usual] : others) {
      const rest = doses - count * (other === usual ? 0 : other.packDoses);
      if (rest < 0 || rest % usual.packDoses !== 0) continue;
      const lines = [
        { ...usual, packs: rest / usual.packDoses },
        { ...other, packs: other === usual ? 0 : count },
      ];
      return { lines: lines.filter(({ packs }) => packs > 0), carriedDoses: 0 };
    }
  }
  const packs = Math.floor(doses / usual.packDoses);
  return { lines: packs > 0 ? [{ ...usual, packs }] : [], carriedDoses: doses - packs * usual.packDoses };
};

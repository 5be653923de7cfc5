/**
 * Facts about COVID-19 products that CDC's code files do not hold, each with the strength of its evidence: `verified` read in a
 * named source, `computed` recalculated from published figures, `unverified` no source seen (check before relying).
 */
export type Basis = 'verified' | 'computed' | 'unverified';

/**
 * Doses in a vial over a period. `accounting` is what allocations, orders and stock count; `label` is what the vial yields.
 * The difference is overfill, booked by itself. `from` is the day of the federal week in which the figure starts.
 */
export type VialDoses = { readonly from: string; readonly accounting: number; readonly label: number; readonly basis: Basis };
/** The smallest number of doses that can be ordered, by federal allocation week; several sizes may stand side by side. */
export type OrderUnit = { readonly from: string; readonly to?: string; readonly doses: number; readonly basis: Basis };
export type MinimumAge = { readonly from: string; readonly years: number; readonly basis: Basis };
export type StorageBand = {
  readonly name: 'ultra-cold' | 'freezer' | 'refrigerator' | 'room' | 'transport' | 'thermal-shipper';
  readonly lowC?: number;
  readonly highC?: number;
  readonly maxHours?: number;
  /** A band in which the product must never lie. */
  readonly forbidden?: true;
  readonly from?: string;
  readonly to?: string;
  readonly basis: Basis;
};
export type BeyondUse = {
  readonly after: 'puncture' | 'dilution'; readonly withinHours: number; readonly highC?: number; readonly basis: Basis;
};
export type ProductFacts = {
  readonly id: string;
  readonly name: string;
  readonly vial: readonly VialDoses[];
  readonly orderUnits: readonly OrderUnit[];
  readonly minimumAge: readonly MinimumAge[];
  readonly storage: readonly StorageBand[];
  readonly beyondUse: readonly BeyondUse[];
};

const DAY_HOURS = 24;
const START = '2020-12-12';
const doses = (count: number, basis: Basis): readonly VialDoses[] => [{ from: START, accounting: count, label: count, basis }];
const age = (years: number, basis: Basis = 'unverified'): readonly MinimumAge[] => [{ from: START, years, basis }];

const MODERNA_STORAGE: readonly StorageBand[] = [
  { name: 'freezer', lowC: -50, highC: -15, basis: 'verified' },
  { name: 'refrigerator', lowC: 2, highC: 8, maxHours: 30 * DAY_HOURS, basis: 'verified' },
  { name: 'transport', maxHours: 12, basis: 'verified' },
];
const PURPLE_STORAGE: readonly StorageBand[] = [
  { name: 'ultra-cold', lowC: -90, highC: -60, basis: 'unverified' },
  { name: 'thermal-shipper', maxHours: 30 * DAY_HOURS, basis: 'verified' },
  { name: 'freezer', lowC: -25, highC: -15, maxHours: 14 * DAY_HOURS, from: '2021-02-25', basis: 'verified' },
  { name: 'refrigerator', lowC: 2, highC: 8, maxHours: 5 * DAY_HOURS, to: '2021-05-18', basis: 'verified' },
  { name: 'refrigerator', lowC: 2, highC: 8, maxHours: 31 * DAY_HOURS, from: '2021-05-19', basis: 'unverified' },
  { name: 'room', lowC: 8, highC: 25, maxHours: 2, basis: 'verified' },
];
const TRIS_STORAGE: readonly StorageBand[] = [
  { name: 'ultra-cold', lowC: -90, highC: -60, basis: 'verified' },
  { name: 'refrigerator', lowC: 2, highC: 8, maxHours: 70 * DAY_HOURS, basis: 'verified' },
  { name: 'freezer', lowC: -25, highC: -15, forbidden: true, basis: 'verified' },
];
const JANSSEN_STORAGE: readonly StorageBand[] = [
  { name: 'refrigerator', lowC: 2, highC: 8, basis: 'verified' },
  { name: 'room', lowC: 9, highC: 25, maxHours: 12, basis: 'verified' },
];
const TWELVE_HOURS: readonly BeyondUse[] = [{ after: 'puncture', withinHours: 12, basis: 'verified' }];

const fact = (
  id: string, name: string, vial: readonly VialDoses[], minimumAge: readonly MinimumAge[], more: Partial<ProductFacts> = {},
): ProductFacts => ({ id, name, vial, minimumAge, orderUnits: [], storage: [], beyondUse: [], ...more });

const MODERNA = { storage: MODERNA_STORAGE, beyondUse: TWELVE_HOURS };
const GRAY = { storage: TRIS_STORAGE, beyondUse: TWELVE_HOURS };

/** By unit-of-use NDC. Storage is empty where no source was seen. */
export const PRODUCT_FACTS: Readonly<Record<string, ProductFacts>> = {
  '59267-1000-01': fact('pfizer-purple', 'Pfizer-BioNTech 12+ (purple)', [
    // Federal weeks to 2021-02-15 are multiples of 975 = 195 x 5, later ones of 1,170 = 195 x 6; the label changed in January.
    { from: START, accounting: 5, label: 6, basis: 'computed' },
    { from: '2021-02-22', accounting: 6, label: 6, basis: 'computed' },
  ], [{ from: START, years: 16, basis: 'unverified' }, { from: '2021-05-13', years: 12, basis: 'computed' }], {
    orderUnits: [
      { from: '2020-12-14', to: '2021-02-21', doses: 975, basis: 'computed' },
      { from: '2021-02-22', doses: 1170, basis: 'computed' },
      { from: '2021-05-31', doses: 450, basis: 'computed' },
    ],
    storage: PURPLE_STORAGE,
    beyondUse: [{ after: 'dilution', withinHours: 6, basis: 'verified' }],
  }),
  '80777-0273-10': fact('moderna-red', 'Moderna 18+ (5 mL vial)', doses(10, 'verified'), age(18, 'verified'), {
    ...MODERNA, orderUnits: [{ from: '2020-12-21', doses: 100, basis: 'computed' }],
  }),
  '80777-0273-15': fact('moderna-red-large', 'Moderna 18+ (7 mL vial)', [
    { from: '2021-04-01', accounting: 14, label: 15, basis: 'computed' },
  ], age(18, 'verified'), { ...MODERNA, orderUnits: [{ from: '2021-05-17', doses: 140, basis: 'computed' }] }),
  '59676-0580-05': fact('janssen', 'Janssen 18+', doses(5, 'verified'), age(18, 'verified'), {
    orderUnits: [{ from: '2021-03-01', doses: 100, basis: 'computed' }],
    storage: JANSSEN_STORAGE,
    beyondUse: [
      { after: 'puncture', withinHours: 6, highC: 8, basis: 'verified' },
      { after: 'puncture', withinHours: 2, highC: 25, basis: 'verified' },
    ],
  }),
  '80777-0100-11': fact('spikevax', 'Spikevax 18+', doses(10, 'unverified'), age(18), MODERNA),
  '59267-1025-01': fact('pfizer-gray', 'Pfizer-BioNTech 12+ (gray)', doses(6, 'unverified'), age(12), GRAY),
  '00069-2025-01': fact('comirnaty-gray', 'Comirnaty 12+ (gray)', doses(6, 'unverified'), age(12), GRAY),
  '59267-1055-01': fact('pfizer-orange', 'Pfizer-BioNTech 5-11 (orange)', doses(10, 'unverified'), age(5, 'verified'), {
    storage: TRIS_STORAGE, orderUnits: [{ from: '2021-11-01', doses: 100, basis: 'unverified' }],
  }),
  '59267-0078-01': fact('pfizer-maroon', 'Pfizer-BioNTech 6 m-4 y (maroon)', doses(10, 'unverified'), age(0.5)),
  '80777-0275-05': fact('moderna-blue-purple', 'Moderna 50 mcg/0.5 mL', doses(5, 'unverified'), age(6)),
  '80777-0277-05': fact('moderna-pediatric-50', 'Moderna 6-11 (never sold)', doses(5, 'unverified'), age(6)),
  '80777-0279-05': fact('moderna-pediatric-25', 'Moderna 6 m-5 y', doses(10, 'unverified'), age(0.5)),
  '80777-0282-05': fact('moderna-bivalent', 'Moderna bivalent', doses(5, 'unverified'), age(6)),
  '80777-0283-02': fact('moderna-bivalent-10', 'Moderna bivalent 10 mcg', doses(2, 'unverified'), age(0.5)),
  '59267-0304-01': fact('pfizer-bivalent', 'Pfizer bivalent 30 mcg (multi-dose)', doses(6, 'unverified'), age(12)),
  '59267-1404-01': fact('pfizer-bivalent-single', 'Pfizer bivalent 30 mcg (single dose)', doses(1, 'verified'), age(12)),
  '59267-0565-01': fact('pfizer-bivalent-10', 'Pfizer bivalent 10 mcg', doses(10, 'unverified'), age(5)),
  '59267-0609-01': fact('pfizer-bivalent-3', 'Pfizer bivalent 3 mcg', doses(10, 'unverified'), age(0.5)),
  '80631-0100-01': fact('novavax-10', 'Novavax (5 mL vial)', doses(10, 'unverified'), age(18, 'verified')),
  '80631-0102-01': fact('novavax-5', 'Novavax (2.5 mL vial)', doses(5, 'unverified'), age(18, 'verified')),
  '59267-4315-01': fact('pfizer-2023-3', 'Pfizer 3 mcg, autumn 2023', doses(3, 'verified'), age(0.5)),
  '59267-4426-01': fact('pfizer-2024-3', 'Pfizer 3 mcg, autumn 2024', doses(3, 'verified'), age(0.5)),
  '80631-0105-01': fact('novavax-2023', 'Novavax, autumn 2023', doses(5, 'verified'), age(12)),
};

import { z } from 'zod';
import { hubFaults } from './hubs/faults.ts';
import { lineKey, poolKey } from './line-keys.ts';
import { nodesOf } from './policy/policy-rules.ts';
import { MAX_POOL_DOSES, MICRO } from './quantity.ts';
import { labelSupply } from './set-aside.ts';
import { weightFaults } from './policy/weight-faults.ts';
import type { Policy } from './policy/policy.ts';

export { lineKey, poolKey } from './line-keys.ts';

/** Weights stay below 2^26 so that the products of a level's remainder and a weight stay exact in a number. */
export const MAX_WEIGHT = 67_108_863;
/** The most doses a site may ask for, hold or be owed in one line. */
const MAX_SITE_DOSES = 100_000_000;

const doses = z.int().min(0).max(MAX_SITE_DOSES);
const product = z.string().regex(/^\d{5}-\d{4}-\d{2}$/, 'must be an NDC such as 59267-1000-02');
const doseNumber = z.int().min(1).max(9);
const name = z.string().min(1).max(120);

/** Packs of one size of one product for one dose number: the pool that is shared out whole. */
export const supplySchema = z.strictObject({
  product,
  doseNumber,
  packDoses: z.int().min(1).max(100_000),
  packs: z.int().min(0),
  /** Doses of one vial, for packs that a hub shares out; a pack is whole vials. */
  vialDoses: z.int().min(1).max(1_000).optional(),
});
export type SupplyLine = z.infer<typeof supplySchema>;

/** What a site had and gave in a week. Both figures of doses given count what is still to be reported. */
export const useWeekSchema = z.strictObject({
  week: z.iso.date(),
  availableDoses: doses,
  givenDoses: doses,
  /** The upper end of what it may have given: the one the rule reads. */
  givenAtMostDoses: doses,
});

/** What is known of one site for one product and dose number. Absent figures set no ceiling. */
export const siteLineSchema = z.strictObject({
  product,
  doseNumber,
  requestDoses: doses,
  /** What the request is where it is not what the site asked for: second doses due stand in, or a withdrawal, an answer or a promise. No rule reads it. */
  requestIs: z.enum(['due', 'withdrawn', 'answer', 'promised']).optional(),
  onHandDoses: doses.default(0),
  storageDoses: doses.optional(),
  beyondUseDoses: doses.optional(),
  /** Doses of the product on their way to the site: stock, like what is on hand. */
  inTransitDoses: doses.optional(),
  /** Kinds of storage the product may lie in there; it takes part in every room that holds all of them. */
  storedIn: z.array(name).min(1).max(5).optional(),
  /** The same two where its doses come by the vial out of a hub's packs, at a site whose units keep the product for days only. Absent: as for packs. */
  byVial: z.strictObject({ storedIn: z.array(name).min(1).max(5), beyondUseDoses: doses.optional() }).optional(),
  /** Second doses owed, by the day they fall due; earliest due are served first. */
  due: z.array(z.strictObject({ day: z.iso.date(), doses })).max(60).default([]),
  /** Past weeks of use that are known well enough to be judged (`judgedUse` of lag.ts), for use-it-or-lose-it. */
  use: z.array(useWeekSchema).max(60).optional(),
  /** Packs already ordered or promised this week, which a superseding run may not take back. Keyed by pack size. */
  fixed: z
    .array(z.strictObject({
      packDoses: z.int().min(1),
      packs: z.int().min(0),
      /** Of a hub's: doses that are offered to other sites by the vial, answered or not. They are not its own. */
      othersDoses: doses.optional(),
    }))
    .max(10)
    .default([]),
  /** Promised to it this week by the vial; the packs they come out of are among the hub's `fixed`. */
  vials: z.array(z.strictObject({ hub: name, packDoses: z.int().min(1), doses })).max(10).optional(),
  /**
   * The most it said this week it takes in all, packs for other sites included: where it declined an offer or took less. It bounds the packs that a
   * hub takes for all; the site's own request and what it has due are written within it (figures/line-input.ts).
   */
  mostDoses: doses.optional(),
});
export type SiteLine = z.infer<typeof siteLineSchema>;
export type RequestIs = NonNullable<SiteLine['requestIs']>;

/**
 * What kinds of storage can still hold together, beside what lies there and is on its way: of all products that may lie nowhere else.
 * A product that may lie in a freezer or a refrigerator is held to the room of both; with it to each larger one.
 */
export const roomSchema = z.strictObject({ kinds: z.array(name).min(1).max(5), doses });
export type Room = z.infer<typeof roomSchema>;

/** When deliveries can come: days of the week on which the site receives, and days on which it is closed, both ends included. */
export const receivingSchema = z.strictObject({
  days: z.array(z.iso.date()).max(7),
  closed: z.array(z.strictObject({ from: z.iso.date(), to: z.iso.date() })).max(60),
});
export type Receiving = z.infer<typeof receivingSchema>;

/** A site: the leaf of the policy's tree it belongs to, its tags, its weights (population, tier, lag-corrected use). */
export const siteSchema = z.strictObject({
  siteId: name,
  /** What people call it; explanations speak of it by this. No rule reads it. */
  name: z.string().trim().min(1).max(255).optional(),
  /** Where it lies, for the public table. No rule reads them. */
  town: name.optional(),
  county: name.optional(),
  /** The town is as somebody wrote it: the jurisdiction knows none by that name or zip. */
  townUnknown: z.literal(true).optional(),
  group: name,
  tags: z.array(name).default([]),
  suspended: z.boolean().default(false),
  weights: z.record(z.string(), z.int().min(0).max(MAX_WEIGHT)),
  /** Doses given a week, corrected for reporting lag; one figure over all products. */
  throughputDoses: doses.optional(),
  /** Of 1,000 residents the site serves, those in priority zips. Absent: not known, and told apart in the run's summary. */
  priorityResidentsPermille: z.int().min(0).max(1_000).optional(),
  /** The smallest clinic worth holding: fewer doses of a product than this are none, where the policy has that rule. */
  smallestClinicDoses: doses.optional(),
  /** Storage that its products share. */
  rooms: z.array(roomSchema).max(31).optional(),
  /** Absent: any day, and never closed. */
  receiving: receivingSchema.optional(),
  lines: z.array(siteLineSchema).max(40),
});
export type SiteInput = z.infer<typeof siteSchema>;

/** Rounding debt brought from earlier weeks, in micro-doses; positive: the site is owed. */
export const debtSchema = z.strictObject({ siteId: name, product, doseNumber, packDoses: z.int().min(1), micro: z.int() });
export type DebtRow = z.infer<typeof debtSchema>;

/** An award set by a person, with the reason that its explanation will carry. */
export const overrideSchema = z.strictObject({
  siteId: name,
  product,
  doseNumber,
  packDoses: z.int().min(1),
  packs: z.int().min(0),
  reason: z.string().trim().min(10).max(500),
});
export type Override = z.infer<typeof overrideSchema>;

/** Doses shipped past the jurisdiction on federal accounts in the weeks before, by product. No rule reads them; they stand beside its own. */
export const federalSchema = z.strictObject({
  weeks: z.int().min(1).max(52),
  products: z.array(z.strictObject({
    product: name,
    doses,
    /** Of these, doses delivered to priority zips, and doses whose place is not known. */
    priorityDoses: doses,
    unplacedDoses: doses,
  })).max(1_000),
});
export type FederalDoses = z.infer<typeof federalSchema>;

/** Everything a run reads besides its policy. Row order carries no meaning. */
export const runInputsSchema = z.strictObject({
  schema: z.literal(1),
  /** First day of the allocation week. */
  week: z.iso.date(),
  supply: z.array(supplySchema).max(1_000),
  sites: z.array(siteSchema).max(200_000),
  debts: z.array(debtSchema).max(2_000_000).default([]),
  overrides: z.array(overrideSchema).max(10_000).optional(),
  federal: federalSchema.optional(),
});
export type RunInputs = z.infer<typeof runInputsSchema>;
/** Inputs as written, before defaults are filled in. */
export type RunInputsDocument = z.input<typeof runInputsSchema>;

/** A site in no group is told which there are, up to so many. */
const LEAVES_NAMED = 12;

const repeats = (keys: string[]): string[] => {
  const seen = new Set<string>();
  return keys.filter((key) => seen.size === seen.add(key).size);
};

/**
 * Faults that a shape cannot show: sites twice or in no leaf, pools twice, two pack sizes of a product that the policy
 * does not declare. Empty when the inputs fit the policy.
 */
export const findFaults = (inputs: RunInputs, policy: Policy): string[] => {
  const { sites, supply, debts } = inputs;
  const leaves = new Set(nodesOf(policy.tree).filter((node) => !node.children).map((node) => node.id));
  const leafNames = [...leaves].slice(0, LEAVES_NAMED).join(', ') + (leaves.size > LEAVES_NAMED ? ', ...' : '');
  const mixed = policy.declares.some((item) => item.rule === 'mixed-packs');
  /** Where a debt may pass one pack of its own pool: up to the largest pack, or the smallest clinic. */
  const joint = mixed || (policy.minimums ?? []).length > 0;
  const dosesIn = (lines: readonly SupplyLine[], line: SupplyLine) =>
    lines.reduce((sum, row) => (lineKey(row) === lineKey(line) ? sum + row.packs * row.packDoses : sum), 0);
  const dosesOfLine = (line: SupplyLine) => dosesIn(supply, line);
  const { supply: labelled } = labelSupply(inputs, policy);
  const sizesOf = (key: string): number[] => supply.filter((line) => lineKey(line) === key).map(({ packDoses }) => packDoses).sort((a, b) => a - b);
  const oneSize = policy.hubs
    ? 'hubs share packs of one size only, so record no packs of the other'
    : 'declare mixed-packs, or record no packs of one of them';
  const twice = (what: string, keys: string[]) => repeats(keys).map((key) => `${what} ${key} is listed twice`);
  return [
    ...twice(
      'site',
      sites.map((site) => site.siteId),
    ),
    ...twice('supply', supply.map(poolKey)),
    ...twice(
      'debt',
      debts.map((row) => `${row.siteId} ${poolKey(row)}`),
    ),
    ...twice(
      'override',
      (inputs.overrides ?? []).map((row) => `${row.siteId} ${poolKey(row)}`),
    ),
    ...sites.flatMap((site) => twice(`site ${site.siteId}: line`, site.lines.map(lineKey))),
    ...(mixed ? [] : repeats(supply.map(lineKey)).map((key) => `supply ${key} has two pack sizes (${sizesOf(key).join(', ')} doses): ${oneSize}`)),
    ...supply.filter((row) => dosesOfLine(row) > MAX_POOL_DOSES).map((row) => `supply ${poolKey(row)} is too large`),
    ...labelled
      .filter((row) => dosesOfLine(row) <= MAX_POOL_DOSES && dosesIn(labelled, row) > MAX_POOL_DOSES)
      .map((row) => `supply ${poolKey(row)} is too large with what is set aside`),
    ...(joint ? [] : debts).filter((row) => Math.abs(row.micro) > row.packDoses * MICRO).map((row) => `debt of ${row.siteId} is over one pack`),
    ...(inputs.overrides ?? [])
      .filter((row) => !labelled.some((line) => poolKey(line) === poolKey(row)))
      .map((row) => `override of ${row.siteId}: there is no supply ${poolKey(row)}`),
    ...sites
      .filter((site) => !leaves.has(site.group))
      .map((site) => `site ${site.siteId}: no leaf ${site.group} in the tree, whose leaves are ${leafNames}`),
    ...weightFaults(inputs, policy),
    ...hubFaults(inputs, policy),
  ];
};

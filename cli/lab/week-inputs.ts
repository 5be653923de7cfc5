import type { DebtRow, RunInputs, SiteInput, SiteLine } from '../../functions/allocations/domain/inputs.ts';
import { nodesOf } from '../../functions/allocations/domain/policy/policy-rules.ts';
import type { Policy } from '../../functions/allocations/domain/policy/policy.ts';
import type { Town } from './connecticut-data.ts';
import { eligibleIn, phaseOf } from './eligibility.ts';
import { dueBeyondShelf, wantedAt } from './site-week.ts';
import type { SiteState, Wanting } from './site-week.ts';
import type { Stock } from './state-stock.ts';
import { splitIntoPacks, packUnitsIn, VACCINE_FACTS, VACCINES } from './vaccines.ts';
import type { PackLine, Vaccine } from './vaccines.ts';

/** Packs of a week, for one vaccine and dose number. */
export interface PoolOfWeek extends PackLine {
  readonly vaccine: Vaccine;
  readonly doseNumber: 1 | 2;
}
export interface Packed {
  readonly pools: readonly PoolOfWeek[];
  /** Doses that no mix of packs reaches: carried over to the next week. */
  readonly carried: Stock;
}

/** What the state may share out, as whole packs in force that week. */
export const packWeek = (week: string, shareable: Stock): Packed => {
  const carried = { first: { ...shareable.first }, second: { ...shareable.second } };
  const pools = VACCINES.flatMap((vaccine) =>
    (['second', 'first'] as const).flatMap((kind): PoolOfWeek[] => {
      const { lines, carriedDoses } = splitIntoPacks(shareable[kind][vaccine], packUnitsIn(vaccine, week));
      carried[kind][vaccine] = carriedDoses;
      return lines.map((line) => ({ ...line, vaccine, doseNumber: kind === 'first' ? 1 : 2 }));
    }),
  );
  return { pools, carried };
};

/** Pools that packs may be moved into: of each two-dose vaccine, the dose number of which nothing came. */
export const emptyPools = (pools: readonly PoolOfWeek[]): PoolOfWeek[] =>
  pools
    .filter(({ vaccine }) => VACCINE_FACTS[vaccine].secondAfterWeeks !== undefined)
    .map((pool): PoolOfWeek => ({ ...pool, doseNumber: pool.doseNumber === 1 ? 2 : 1, packs: 0 }))
    .filter(
      (empty) =>
        !pools.some(
          ({ product, packDoses, doseNumber }) => product === empty.product && packDoses === empty.packDoses && doseNumber === empty.doseNumber,
        ),
    );

/** Weeks of giving a site asks for at most, when it asks for what it needs. */
const NEED_WEEKS = 2;

/** First doses a site can use: two weeks of giving, as far as people want them, less what is on its shelves. */
export const needOf = (state: SiteState, wanting: Wanting): number => {
  const onShelf = VACCINES.reduce((sum, vaccine) => sum + state.first[vaccine], 0);
  return Math.max(0, Math.floor(Math.min(NEED_WEEKS * state.site.weeklyDoses, wantedAt(state.site, wanting))) - onShelf);
};

const upToPack = (doses: number, packDoses: number): number => Math.ceil(doses / packDoses) * packDoses;

export interface WeekFacts {
  readonly week: string;
  readonly policy: Policy;
  readonly towns: ReadonlyMap<string, Town>;
  readonly favoured: ReadonlySet<string>;
  readonly pools: readonly PoolOfWeek[];
  readonly asksForNeed: boolean;
  readonly wanting: Wanting;
  readonly debts: readonly DebtRow[];
}

const handles = (state: SiteState, vaccine: Vaccine): boolean => VACCINE_FACTS[vaccine].ultraCold === (state.site.kind === 'hub');

const linesOf = (state: SiteState, facts: WeekFacts): SiteLine[] => {
  const pools = facts.pools.filter(({ vaccine }) => handles(state, vaccine));
  const supplied = pools.reduce((sum, pool) => (pool.doseNumber === 1 ? sum + pool.packs * pool.packDoses : sum), 0);
  const need = facts.asksForNeed ? needOf(state, facts.wanting) : 0;
  return pools.map(({ vaccine, product, doseNumber, packs, packDoses }): SiteLine => {
    const rest = { product, doseNumber, onHandDoses: 0, fixed: [] };
    if (doseNumber === 2) {
      const due = dueBeyondShelf(state, vaccine);
      return {
        ...rest,
        due,
        requestDoses: upToPack(
          due.reduce((sum, { doses }) => sum + doses, 0),
          packDoses,
        ),
      };
    }
    const requestDoses = facts.asksForNeed ? upToPack((need * packs * packDoses) / supplied, packDoses) : packs * packDoses;
    return { ...rest, due: [], requestDoses };
  });
};

/** Eligible residents a site serves in the week, in whole numbers: the weight that its policy shares by. */
export const eligibleAt = (state: SiteState, week: string, towns: ReadonlyMap<string, Town>): number => {
  const phase = phaseOf(week);
  return Math.round(
    [...state.site.serves].reduce((sum, [name, part]) => {
      const town = towns.get(name);
      return town === undefined ? sum : sum + part * eligibleIn(town, phase);
    }, 0),
  );
};

/** Everything the engine reads for a week. */
export const weekInputs = (states: readonly SiteState[], facts: WeekFacts): RunInputs => {
  const leaves = nodesOf(facts.policy.tree)
    .filter((node) => !node.children)
    .map(({ id }) => id);
  const groupOf = (town: string): string =>
    leaves.includes('priority-zips') ? (facts.favoured.has(town) ? 'priority-zips' : 'elsewhere') : (leaves[0] ?? '');
  return {
    schema: 1,
    week: facts.week,
    supply: facts.pools.map(({ product, doseNumber, packDoses, packs }) => ({ product, doseNumber, packDoses, packs })),
    sites: states.map((state): SiteInput => ({
      siteId: state.site.siteId,
      group: groupOf(state.site.town),
      tags: [],
      suspended: false,
      weights: { population: eligibleAt(state, facts.week, facts.towns) },
      lines: linesOf(state, facts),
    })),
    debts: [...facts.debts],
  };
};

import type { Jurisdiction } from '../../shared/codes/jurisdiction.ts';
import { inLanes } from '../../shared/platform/lanes.ts';
import type { Figure } from './domain/figures/figure.ts';
import type { PromiseFacts } from './domain/figures/site-facts.ts';
import { siteInput, type SiteDraft } from './domain/figures/site-input.ts';
import type { FederalDoses, SupplyLine } from './domain/inputs.ts';
import type { Hub } from './domain/policy/policy.ts';
import { makeEarlierAwards, makeReadSite, makeReadWeek } from './gather-site.ts';
import { answeredOf, type Answered } from './promised.ts';
import type { Vials } from './promised-vials.ts';
import { makeReadPromises } from './read-promises.ts';
import { ownChannel } from './record-supply.ts';
import type { RequestItem, StandingItem, SupplyItem } from './schemas.ts';
import type { FigureStore } from './store-figures.ts';
import type { AllocationStore } from './store.ts';

/** Sites read side by side; more would only wait for each other in one process. */
const sitesAtOnce = 24;

export interface Described {
  readonly supply: readonly SupplyLine[];
  readonly sites: readonly SiteDraft[];
  readonly figures: ReadonlyMap<string, readonly Figure[]>;
  /** Doses on federal accounts in the weeks before. */
  readonly federal: FederalDoses;
  /** Hubs that standings name, for policies that name none. */
  readonly hubs: readonly Hub[];
}

export interface ToDescribe {
  readonly week: string;
  readonly now: string;
  readonly supply: readonly SupplyItem[];
  readonly standings: readonly StandingItem[];
  readonly requests: readonly RequestItem[];
  readonly promised: readonly (PromiseFacts & { readonly siteId: string })[];
  /** Vials that sites took out of hubs' packs this week, and those on offer. */
  readonly taken: readonly Vials[];
  readonly open: readonly Vials[];
  readonly answered: readonly Answered[];
  /** Told after each site how many were read; what it throws ends the reading. */
  readonly watch?: Watch | undefined;
}
export type Watch = (sitesRead: number, sites: number) => Promise<void>;

const hubsOf = (standings: readonly StandingItem[]): Hub[] => {
  const members = new Map<string, string[]>();
  for (const { siteId, hub } of standings) if (hub !== undefined && hub !== siteId) members.set(hub, [...(members.get(hub) ?? []), siteId]);
  return [...members].sort(([a], [b]) => (a < b ? -1 : 1)).map(([hub, sites]) => ({ hub, members: sites.sort() }));
};

const bySite = <T extends { readonly siteId: string }>(rows: readonly T[]): ReadonlyMap<string, T[]> => Map.groupBy(rows, ({ siteId }) => siteId);

/** What a run takes for each site, and every figure behind it. */
export const makeDescribeSites = (store: AllocationStore, figures: FigureStore, jurisdiction: Jurisdiction) => {
  const readWeek = makeReadWeek(figures, jurisdiction);
  const readSite = makeReadSite(figures, jurisdiction, makeEarlierAwards(store, figures));
  return async ({ week, now, supply, standings, requests, promised, answered, taken, open, watch }: ToDescribe): Promise<Described> => {
    const [facts, enrolled] = await Promise.all([readWeek(week, supply, now), store.sites(standings.map(({ siteId }) => siteId))]);
    const sites = new Map(enrolled.map((site) => [site.siteId, site]));
    const [asked, owed, said, vials] = [bySite(requests), bySite(promised), bySite(answered), bySite(taken)];
    const forOthers = Map.groupBy([...taken, ...open], ({ hub }) => hub);
    const described = new Map<string, ReturnType<typeof siteInput>>();
    await inLanes(standings.map((standing) => [standing]), sitesAtOnce, async (standing) => {
      const { siteId } = standing;
      described.set(
        siteId,
        siteInput(
          await readSite(standing, facts, {
            site: sites.get(siteId),
            requests: asked.get(siteId) ?? [],
            promised: owed.get(siteId) ?? [],
            answered: said.get(siteId) ?? [],
            vials: vials.get(siteId) ?? [],
            forOthers: forOthers.get(siteId) ?? [],
          }),
          facts,
        ),
      );
      await watch?.(described.size, standings.length);
    });
    const inOrder = standings.flatMap(({ siteId }) => described.get(siteId) ?? []);
    return {
      supply: facts.supply,
      federal: { weeks: facts.federal.weeks, products: [...facts.federal.products] },
      hubs: hubsOf(standings),
      sites: inOrder.map(({ input }) => input),
      figures: new Map(inOrder.map(({ input, figures: own }) => [input.siteId, own])),
    };
  };
};
export type DescribeSites = ReturnType<typeof makeDescribeSites>;

/** The same for one site now: what the next draft would take, and why. `not-found` while the department holds nothing of it. */
export const makeReadFigures = (store: AllocationStore, figures: FigureStore, describe: DescribeSites) => {
  const readPromises = makeReadPromises(store, figures);
  return async (
    siteId: string,
    week: string,
    now: string,
  ): Promise<{ kind: 'found'; input: SiteDraft; figures: readonly Figure[] } | { kind: 'not-found' }> => {
    const standing = await store.standing(siteId);
    if (standing === undefined) return { kind: 'not-found' };
    const [supply, requests, awards, pointer] = await Promise.all([
      store.allSupply(week),
      figures.requestsAt(siteId, week),
      figures.awardsBetween(siteId, week, week),
      store.pointer(week),
    ]);
    const { promised, taken, open } = await readPromises(siteId, awards, [pointer]);
    const own = supply.filter(({ channel, packs }) => channel === ownChannel && packs > 0);
    const {
      sites: [input],
      figures: all,
    } = await describe({ week, now, supply: own, standings: [standing], requests, promised, taken, open, answered: answeredOf(awards) });
    return input === undefined ? { kind: 'not-found' } : { kind: 'found', input, figures: all.get(siteId) ?? [] };
  };
};

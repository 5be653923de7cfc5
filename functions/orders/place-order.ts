import type { z } from 'zod';
import { createdId, requestDigest } from '../../shared/kernel/ids.ts';
import { maxDecisionAttempts } from '../../shared/kernel/limits.ts';
import { awardNameOf, orderableAwardStates, type AwardItem } from '../../shared/published/award.ts';
import { orderIdOfAward, orderKey, type OrderItem, type OrderLine } from '../../shared/published/order-line.ts';
import type { Programme, SiteItem } from '../../shared/published/site.ts';
import { orderLineMachine } from './domain/machine.ts';
import { linesOfAward, linesOnDemand } from './domain/order-lines.ts';
import type { placement } from './schemas.ts';
import { byState, type OrdersStore } from './store.ts';

export interface Act {
  actor: string;
  now: string;
}

export type PlaceOutcome =
  | { kind: 'created' | 'repeated'; item: OrderItem }
  | { kind: 'key-reused' | 'no-award' | 'site-not-active' | 'no-carton' | 'contended' }
  | { kind: 'award-not-open'; state: string }
  | { kind: 'unknown-cartons'; at: readonly number[] };

interface Wanted {
  orderId: string;
  programme: Programme;
  lines: OrderLine[];
  request: z.output<typeof placement>;
  award?: AwardItem;
}

const orderOf = (site: SiteItem, { orderId, programme, lines, request, award }: Wanted, { actor, now }: Act): OrderItem => ({
  ...orderKey(site.siteId, orderId),
  ...byState(orderLineMachine.initial, now, orderId),
  type: 'order',
  schema: 1,
  version: 1,
  orderId,
  siteId: site.siteId,
  programme,
  ...(award === undefined ? {} : { awardId: award.awardId, awardVersion: award.version, week: award.week }),
  state: orderLineMachine.initial,
  lines,
  ...(site.pin === undefined ? {} : { pin: site.pin }),
  siteName: site.name,
  placedAt: now,
  placedBy: actor,
  requestDigest: requestDigest(request),
});

/** Writes the order beside its conditions. `lost`: the award or the site changed between reading and writing; decide again. */
const place = async (store: OrdersStore, site: SiteItem, wanted: Wanted, act: Act): Promise<PlaceOutcome | { kind: 'lost' }> => {
  const item = orderOf(site, wanted, act);
  const outcome = await store.place(item, wanted.programme, wanted.award, {
    at: act.now,
    actor: act.actor,
    action: 'place',
    to: item.state,
    version: 1,
  });
  return outcome.kind === 'refused' ? { kind: 'lost' } : outcome;
};

const isOpenFor = (site: SiteItem | undefined, programme: Programme): site is SiteItem =>
  site?.state === 'active' && site.programmes.includes(programme);

/**
 * Places an order. Against an award: its id derives from the award, so there is never a second one, and the award must still be accepted
 * or reduced, in the version that was read, in the very transaction. On demand: the id derives from the Idempotency-Key.
 */
export const makePlaceOrder = (store: OrdersStore) => {
  const againstAward = async (siteId: string, awardId: string, request: Wanted['request'], act: Act): Promise<PlaceOutcome | { kind: 'lost' }> => {
    const orderId = orderIdOfAward(siteId, awardId);
    const standing = await store.order(siteId, orderId);
    if (standing !== undefined) return { kind: 'repeated', item: standing };
    const name = awardNameOf(awardId);
    const [site, award] = await Promise.all([store.site(siteId), name === undefined ? undefined : store.award(siteId, name)]);
    if (award === undefined) return { kind: 'no-award' };
    if (award.byVial !== undefined)
      return { kind: 'award-not-open', state: 'by the vial: its hub sends the doses by transfer, there is nothing to order' };
    if (!(orderableAwardStates as readonly string[]).includes(award.state)) return { kind: 'award-not-open', state: award.state };
    const pointer = await store.weekPointer(award.week);
    if (pointer?.revoked?.includes(award.awardId)) return { kind: 'award-not-open', state: 'withdrawn' };
    if (pointer?.held !== undefined) return { kind: 'award-not-open', state: 'held, because supply was cut' };
    if (!isOpenFor(site, 'covid-19')) return { kind: 'site-not-active' };
    const cartons = linesOfAward(award);
    return cartons.kind === 'lines' ? place(store, site, { orderId, programme: 'covid-19', lines: cartons.lines, request, award }, act) : cartons;
  };

  const onDemand = async (siteId: string, key: string, request: Wanted['request'], act: Act): Promise<PlaceOutcome | { kind: 'lost' }> => {
    const site = await store.site(siteId);
    if (!isOpenFor(site, 'cvp')) return { kind: 'site-not-active' };
    const cartons = linesOnDemand(request.lines ?? []);
    if (cartons.kind === 'unknown') return { kind: 'unknown-cartons', at: cartons.at };
    return place(store, site, { orderId: createdId('ord', siteId, 'on-demand', key), programme: 'cvp', lines: cartons.lines, request }, act);
  };

  return async (siteId: string, request: Wanted['request'], act: Act & { idempotencyKey: string }): Promise<PlaceOutcome> => {
    for (let attempt = 1; attempt <= maxDecisionAttempts; attempt += 1) {
      const outcome =
        request.awardId === undefined
          ? await onDemand(siteId, act.idempotencyKey, request, act)
          : await againstAward(siteId, request.awardId, request, act);
      if (outcome.kind !== 'lost') return outcome;
    }
    return { kind: 'contended' };
  };
};

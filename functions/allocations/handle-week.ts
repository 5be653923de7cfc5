import { reject, type Handlers } from '../../shared/platform/http.ts';
import type { DebtRow } from './domain/inputs.ts';
import { doses, poolName } from './domain/words/words.ts';
import type { makeListVialsToSend } from './list-vials-to-send.ts';
import { supplyNameOf } from './record-supply.ts';
import type { weekRoutes } from './routes-week.ts';
import { week as weekSchema } from './schemas.ts';
import { requestKey, supplyKey, type AllocationStore } from './store.ts';
import type { RunStore } from './store-runs.ts';

const shownDebt = (debt: DebtRow): DebtRow & { words: string } => ({
  ...debt,
  words: `${doses(debt.micro)} of ${poolName(debt)} ${debt.micro > 0 ? 'are owed to it' : 'will be counted against it'}`,
});

/** Handlers of single things of a week, and of the debt book. */
export const makeWeekHandlers = (
  store: AllocationStore,
  runs: RunStore,
  listVialsToSend: ReturnType<typeof makeListVialsToSend>,
): Handlers<typeof weekRoutes> => ({
  listVialsToSend: async ({ params: { siteId, week }, now }) =>
    weekSchema.safeParse(week).success
      ? { status: 200, body: { siteId, week, items: await listVialsToSend(siteId, week, now) } }
      : reject(400, 'invalid-request', undefined, [{ path: 'path.week', message: 'must be a Monday, written YYYY-MM-DD' }]),
  readSupply: async ({ params }) => {
    const name = supplyNameOf(params.supplyId);
    const line =
      name === undefined ? undefined : await store.supplyLine(supplyKey(name.week, name.ndc, name.doseNumber, name.channel, name.packDoses));
    return line === undefined ? reject(404, 'not-found') : { status: 200, body: line, version: line.version };
  },
  readRequest: async ({ params: { siteId, week, ndc, doseNumber } }) => {
    const request = await store.request(requestKey(siteId, week, ndc, Number(doseNumber)));
    return request === undefined ? reject(404, 'not-found') : { status: 200, body: request, version: request.version };
  },
  readSettlement: async ({ params }) => {
    const settlement = await store.settlement(params.week);
    return settlement === undefined ? reject(404, 'not-found') : { status: 200, body: settlement };
  },
  listDebts: async ({ params, query }) => {
    const settlement = await store.settlement(params.week);
    if (settlement === undefined) return reject(404, 'not-found');
    const { siteId } = query;
    if (siteId !== undefined)
      return { status: 200, body: { items: (await runs.debts(settlement.partsPk)).filter((debt) => debt.siteId === siteId).map(shownDebt) } };
    const page = await runs.debtPage(settlement.partsPk, query);
    return { status: 200, body: { ...page, items: page.items.map(shownDebt) } };
  },
  listSiteDebts: async ({ params: { siteId } }) => {
    const settlement = await store.lastSettlement();
    if (settlement === undefined) return { status: 200, body: { siteId, items: [] } };
    const { week, runId, partsPk } = settlement;
    return { status: 200, body: { siteId, week, runId, items: (await runs.debts(partsPk)).filter((debt) => debt.siteId === siteId).map(shownDebt) } };
  },
});

import type { Jurisdiction } from '../../shared/codes/jurisdiction.ts';
import { createdId, requestDigest } from '../../shared/kernel/ids.ts';
import { maxDecisionAttempts } from '../../shared/kernel/limits.ts';
import { inLanes } from '../../shared/platform/lanes.ts';
import { withLines } from './decide-order.ts';
import { rowOf } from './order-file-profile.ts';
import type { Act } from './place-order.ts';
import { maxOrdersPerFile, type OrderFileItem } from './schemas.ts';
import { orderFileKey, type OrdersStore } from './store.ts';

type OrderName = OrderFileItem['orders'][number];
type PassedOver = OrderFileItem['passedOver'][number];

export type BuildOutcome = { kind: 'created' | 'repeated'; item: OrderFileItem } | { kind: 'key-reused' | 'nothing-approved' | 'contended' };

const lanes = 8;
const pageSize = 100;

/** The oldest approved orders, up to what one file takes. */
const approvedOrders = async (store: OrdersStore): Promise<OrderName[]> => {
  const names: OrderName[] = [];
  let cursor: string | undefined;
  do {
    const page = await store.ordersInState('approved', { limit: Math.min(pageSize, maxOrdersPerFile - names.length), cursor });
    names.push(...page.items.map(({ siteId, orderId }) => ({ siteId, orderId })));
    cursor = page.nextCursor;
  } while (cursor !== undefined && names.length < maxOrdersPerFile);
  return names;
};

/**
 * Builds an order file in steps that may stop anywhere: the file names its orders first; then each order's approved lines move to
 * submitted in one transaction with their rows in the file, so that a line is in exactly one file; last the file is closed. The same
 * request goes on where an earlier one stopped.
 */
export const makeBuildOrderFile = (store: OrdersStore, jurisdiction: Pick<Jurisdiction, 'pinPrefix' | 'timeZone'>) => {
  const start = async (fileId: string, orders: readonly OrderName[] | undefined, digest: string, { actor, now }: Act) => {
    const wanted = orders ?? (await approvedOrders(store));
    if (wanted.length === 0) return { kind: 'nothing-approved' } as const;
    const item: OrderFileItem = {
      ...orderFileKey(fileId), type: 'order-file', schema: 1, version: 1, fileId, state: 'building', orders: [...wanted],
      lines: 0, doses: 0, passedOver: [], createdAt: now, createdBy: actor, requestDigest: digest,
    };
    const outcome = await store.createFile(item, { at: now, actor, action: 'create', to: 'building', version: 1 });
    return outcome.kind === 'refused' ? ({ kind: 'contended' } as const) : outcome;
  };

  /** Takes one order into the file; tells why not when it cannot. */
  const include = async (file: OrderFileItem, { siteId, orderId }: OrderName, act: Act): Promise<PassedOver | undefined> => {
    for (let attempt = 1; attempt <= maxDecisionAttempts; attempt += 1) {
      const order = await store.order(siteId, orderId);
      if (order === undefined) return { siteId, orderId, state: 'not-found' };
      if (order.lines.some(({ fileId }) => fileId === file.fileId)) return undefined;
      const approved = order.lines.filter(({ state }) => state === 'approved');
      if (approved.length === 0) return { siteId, orderId, state: order.state };
      const next = withLines(
        order,
        order.lines.map((line) => (approved.includes(line) ? { ...line, state: 'submitted', fileId: file.fileId } : line)),
      );
      const entry = {
        at: act.now,
        actor: act.actor,
        action: 'submit',
        from: order.state,
        to: next.state,
        reason: file.fileId,
        version: next.version,
      };
      const written = await store.replace(next, entry, approved.map((line) => store.filePut(file.fileId, rowOf(order, line, jurisdiction))));
      if (written.kind === 'committed') return undefined;
    }
    return { siteId, orderId, state: 'changing' };
  };

  const finish = async (file: OrderFileItem, passedOver: PassedOver[], { actor, now }: Act): Promise<OrderFileItem> => {
    const rows = await store.fileRows(file.fileId);
    const doses = rows.reduce((sum, row) => sum + row.doses, 0);
    const next: OrderFileItem = { ...file, state: 'built', lines: rows.length, doses, passedOver, version: file.version + 1 };
    const written = await store.finishFile(next, { at: now, actor, action: 'build', from: file.state, to: next.state, version: next.version });
    return written.kind === 'committed' ? next : ((await store.orderFile(file.fileId)) ?? next);
  };

  return async (request: { orders?: readonly OrderName[] | undefined }, act: Act & { idempotencyKey: string }): Promise<BuildOutcome> => {
    const fileId = createdId('ofl', act.actor, act.idempotencyKey);
    const digest = requestDigest(request);
    const standing = await store.orderFile(fileId);
    if (standing !== undefined && standing.requestDigest !== digest) return { kind: 'key-reused' };
    const begun = standing === undefined ? await start(fileId, request.orders, digest, act) : ({ kind: 'repeated', item: standing } as const);
    if (!('item' in begun) || begun.item.state === 'built') return begun;
    const passedOver: PassedOver[] = [];
    await inLanes(begun.item.orders.map((name) => [name]), lanes, async (name) => {
      const passed = await include(begun.item, name, act);
      if (passed !== undefined) passedOver.push(passed);
    });
    return { kind: begun.kind, item: await finish(begun.item, passedOver, act) };
  };
};

import type { Account, AccountRef } from '../../shared/ledger/account.ts';
import { accountGap, balancesOf } from '../../shared/ledger/balances.ts';
import type { Refusal } from '../../shared/ledger/plan-movements.ts';
import type { PostOutcome } from '../../shared/ledger/post-movements.ts';
import { makeApi, reject, type ApiResponse, type Handlers } from '../../shared/platform/http.ts';
import { makeApiDeps } from './deps.ts';
import { makePostMovement, makeReverseEntry } from './post-movement.ts';
import { routes } from './routes.ts';
import { makeReceiveTransfer, makeSendTransfer, type ReceiveOutcome, type SendOutcome } from './transfer.ts';

const { store, reconciled, api } = makeApiDeps();
const postMovement = makePostMovement(store);
const reverseEntry = makeReverseEntry(store);
const sendTransfer = makeSendTransfer(store);
const receiveTransfer = makeReceiveTransfer(store);

const shown = ({ ref, lotText, expiresOn, version, buckets, positions }: Account): object => {
  const balances = balancesOf([{ buckets }]);
  return {
    ...ref,
    lot: lotText ?? ref.lot,
    ...(expiresOn === undefined ? {} : { expiresOn }),
    version,
    balances,
    gap: accountGap(balances),
    positions,
  };
};

/** Why the ledger said no, in words. */
const refused = (refusal: Refusal): never => {
  switch (refusal.kind) {
    case 'insufficient':
      if (refusal.available === 0 && refusal.position === undefined)
        return reject(
          409,
          'conflict',
          `The site has no doses of this product, lot and funding source ${refusal.bucket === 'onHand' ? 'on hand' : `in ${refusal.bucket}`}: its inventory lists what it has.`,
        );
      return reject(
        409,
        'conflict',
        `Only ${refusal.available} of the ${refusal.wanted} doses are ${refusal.position === undefined ? `in ${refusal.bucket}` : `at ${refusal.position}: its inventory lists where they lie`}.`,
      );
    case 'unresolved':
      return reject(409, 'conflict', 'The account cannot explain these doses.');
    case 'illegal-movement':
      return reject(400, 'invalid-request', undefined, refusal.faults.map((message) => ({ path: 'body', message })));
    case 'unpaired-transfer':
      return reject(409, 'conflict', 'What leaves and what arrives must be the same doses.');
  }
};

/** What every posting may end in, but for the good ends, which differ. */
const ended = (outcome: Exclude<PostOutcome, { kind: 'posted' | 'repeated' }>): never => {
  switch (outcome.kind) {
    case 'key-reused':
      return reject(422, 'idempotency-key-reused');
    case 'refused':
      return refused(outcome.refusal);
    case 'cause-refused':
      return reject(412, 'stale-version');
    case 'contended':
      return reject(409, 'try-again');
  }
};

const accountNow = async (key: string, status: number, ref: AccountRef): Promise<ApiResponse> => {
  const account = await store.account(ref);
  return { status, body: { key, accounts: account === undefined ? [] : [shown(account)] } };
};

const sent = (outcome: SendOutcome): ApiResponse => {
  switch (outcome.kind) {
    case 'sent':
      return { status: 201, body: outcome.transfer, version: outcome.transfer.version };
    case 'already-sent':
      return { status: 200, body: outcome.transfer, version: outcome.transfer.version };
    case 'same-site':
      return reject(400, 'invalid-request', undefined, [
        { path: 'body.toSiteId', message: 'must be another site; use relocate to move doses inside a site' },
      ]);
    case 'site-not-active':
      return reject(409, 'conflict', `The ${outcome.which} site is not an active site that keeps vaccine: doses move between enrolled sites only.`);
    case 'wrong-award':
      return reject(422, 'invalid-request', undefined, [{ path: 'body.awardId', message: outcome.message }]);
    case 'posted':
    case 'repeated':
      throw new Error('a transfer ends as sent or already sent');
    default:
      return ended(outcome);
  }
};

const received = (outcome: ReceiveOutcome): ApiResponse => {
  switch (outcome.kind) {
    case 'received':
      return { status: 200, body: outcome.transfer, version: outcome.transfer.version };
    case 'not-found':
      return reject(404, 'not-found');
    case 'stale':
      return reject(412, 'stale-version');
    case 'already-received':
      return reject(409, 'illegal-move', 'It was counted already; correct the count by an adjustment with a reason.');
    case 'wrong-time':
      return reject(400, 'invalid-request', undefined, [{ path: 'body.receivedAt', message: outcome.message }]);
    case 'wrong-count':
      return reject(
        422,
        'invalid-request',
        `${outcome.sent} doses were sent and ${outcome.counted} counted: received, missing and suspect must add up to what was sent.`,
      );
    case 'posted':
    case 'repeated':
      return reject(412, 'stale-version');
    default:
      return ended(outcome);
  }
};

const handlers: Handlers<typeof routes> = {
  listAccounts: async ({ params, query }) => {
    const page = await store.accounts(params.siteId, query);
    return { status: 200, body: { ...page, items: page.items.map(shown) } };
  },
  listEntries: async ({ params, query }) => {
    const { ndc, lot, funding } = query;
    return { status: 200, body: await store.entries({ siteId: params.siteId, ndc, lot, funding }, query) };
  },
  postMovement: async ({ params, body, principal, now, idempotencyKey }) => {
    const outcome = await postMovement(params.siteId, body, { actor: principal.subject, now, idempotencyKey });
    const { ndc, lot, funding } = body;
    if (outcome.kind === 'posted' || outcome.kind === 'repeated')
      return accountNow(outcome.key, outcome.kind === 'posted' ? 201 : 200, { siteId: params.siteId, ndc, lot, funding });
    return ended(outcome);
  },
  reverseEntry: async ({ params, body, principal, now }) => {
    const { key, reason, ...account } = body;
    const ref = { siteId: params.siteId, ...account };
    const outcome = await reverseEntry(ref, key, { actor: principal.subject, now, reason });
    switch (outcome.kind) {
      case 'posted':
      case 'repeated':
        return accountNow(key, 200, ref);
      case 'no-entry':
        return reject(404, 'not-found');
      case 'not-here':
        return reject(409, 'conflict', 'A dose, a shipment or a transfer caused this movement: correct it there, and the stock follows.');
      default:
        return ended(outcome);
    }
  },
  sendTransfer: async ({ params, body, principal, now, idempotencyKey }) =>
    sent(await sendTransfer(params.siteId, body, { actor: principal.subject, now, idempotencyKey })),
  listTransfers: async ({ params, query }) => ({ status: 200, body: await store.transfers(params.siteId, query) }),
  receiveTransfer: async ({ params, body, principal, now, ifMatch }) =>
    received(await receiveTransfer(params.siteId, params.transferId, body, { actor: principal.subject, now, ifMatch })),
  orderTransfer: async ({ body, principal, now, idempotencyKey }) => {
    const { fromSiteId, ...form } = body;
    return sent(await sendTransfer(fromSiteId, form, { actor: principal.subject, now, idempotencyKey }));
  },
  listBalances: async ({ query }) => ({ status: 200, body: await reconciled.lines(query.day, query) }),
  listFindings: async ({ query }) => ({ status: 200, body: await reconciled.findings(query.day, query) }),
};

export const handler = makeApi(routes, handlers, api);

import { requestDigest } from '../../shared/kernel/ids.ts';
import { lotKey } from '../../shared/ledger/account.ts';
import { lookAgainSeconds, type LotMessage } from '../../shared/contracts/lot-message.ts';
import type { Queue } from '../../shared/platform/queue.ts';
import { makerOfNdc, recallIdOf, recallKey, type RecallItem } from './domain/recall.ts';
import type { LotStore } from './lots/store-lots.ts';
import type { RecallStore } from './store-recalls.ts';
import type { StockStore } from './store-stock.ts';

interface Act {
  readonly actor: string;
  readonly now: string;
}
export type RecordRecallOutcome = { kind: 'created' | 'repeated'; recall: RecallItem; remark?: string } | { kind: 'exists' };
export type ChangeRecallOutcome = { kind: 'changed'; recall: RecallItem } | { kind: 'not-found' | 'stale' } | { kind: 'illegal-move'; from: string };

/** Asks that the doses of the lot be judged again, after a while. */
export type AskAgain = (recallId: string) => Promise<void>;
export const makeAskAgain = (queue: Pick<Queue, 'send'>): AskAgain => (recallId) => queue.send({ recallId } satisfies LotMessage, lookAgainSeconds);

/**
 * What the department should look at when it records a recall; undefined when the lot was given here and its products are of the maker named. A lot
 * that nobody gave yet may be right all the same.
 * @param accounts partitions of the accounts from which doses of the lot were given
 */
export const remarkOfRecall = ({ lot, mvx }: Pick<RecallItem, 'lot' | 'mvx'>, accounts: readonly string[]): string | undefined => {
  const ndcs = accounts.map((account) => account.split('#')).filter(([, , , known = '']) => lotKey(known) === lotKey(lot)).map(([, , ndc]) => ndc);
  const makers = [...new Set(ndcs.map((ndc) => makerOfNdc(ndc) ?? 'a maker that is not known'))].sort();
  if (makers.length === 0) return 'No dose of this lot was taken from stock here so far: compare lot and maker with the notice.';
  return makers.includes(mvx)
    ? undefined
    : `The doses of this lot that were taken from stock here are of ${makers.join(', ')}, none of ${mvx}: compare lot and maker with the notice.`;
};

/** Records that a lot was recalled, having asked first that its doses be judged again: what was asked in vain finds nothing to do. Its key is lot and maker: recorded twice it is one, and a lifted one is set up again, not recorded anew. */
export const makeRecordRecall =
  (recalls: RecallStore, lots: Pick<LotStore, 'accountsOf'>, askAgain: AskAgain) =>
  async (form: Pick<RecallItem, 'lot' | 'mvx' | 'from' | 'reason'>, { actor, now }: Act): Promise<RecordRecallOutcome> => {
    const recallId = recallIdOf(form);
    const item: RecallItem = {
      ...recallKey(recallId),
      type: 'lot-recall',
      schema: 1,
      version: 1,
      recallId,
      ...form,
      state: 'standing',
      recordedAt: now,
      recordedBy: actor,
      requestDigest: requestDigest(form),
    };
    await askAgain(recallId);
    const made = await recalls.create(item, { at: now, actor, action: 'record', to: 'standing', reason: form.reason, version: 1 });
    if (made.kind !== 'created' && made.kind !== 'repeated') return { kind: 'exists' };
    const remark = remarkOfRecall(form, await lots.accountsOf(form.lot));
    return { kind: made.kind, recall: made.item, ...(remark === undefined ? {} : { remark }) };
  };

/** Lifts a recall or lets it stand again; its doses are judged again. */
export const makeChangeRecall =
  (recalls: RecallStore, askAgain: AskAgain) =>
  async (
    recallId: string,
    { state, reason }: Pick<RecallItem, 'state' | 'reason'>,
    { actor, now, ifMatch }: Act & { ifMatch: number },
  ): Promise<ChangeRecallOutcome> => {
    const standing = await recalls.recall(recallId);
    if (standing === undefined) return { kind: 'not-found' };
    if (standing.version !== ifMatch) return { kind: 'stale' };
    if (standing.state === state) return { kind: 'illegal-move', from: state };
    const next: RecallItem = { ...standing, state, reason, version: standing.version + 1 };
    const entry = { at: now, actor, action: state === 'lifted' ? 'lift' : 'renew', from: standing.state, to: state, reason, version: next.version };
    await askAgain(recallId);
    return (await recalls.replace(next, entry)).kind === 'committed' ? { kind: 'changed', recall: next } : { kind: 'stale' };
  };

/** Lots of one request that are looked up side by side. */
const width = 20;

/** Standing recalls of the lots a site has or had, with what is left of each; one number of two makers is two lots. */
export const makeSiteRecalls = (recalls: Pick<RecallStore, 'ofLot'>, stock: Pick<StockStore, 'accounts'>) => async (siteId: string) => {
  const accounts = await stock.accounts(siteId);
  const lots = [...new Set(accounts.map(({ ref }) => lotKey(ref.lot)))];
  const found: RecallItem[] = [];
  for (let at = 0; at < lots.length; at += width)
    found.push(...(await Promise.all(lots.slice(at, at + width).map((lot) => recalls.ofLot(lot)))).flat());
  return found
    .filter(({ state }) => state === 'standing')
    .flatMap(({ recallId, lot, mvx, state, from, reason }) =>
      accounts
        .filter(({ ref }) => lotKey(ref.lot) === lotKey(lot) && (makerOfNdc(ref.ndc) ?? mvx) === mvx)
        .map(({ ref: { ndc, funding }, buckets: { onHand, quarantined, administered } }) => ({
          recallId,
          lot,
          mvx,
          state,
          from,
          reason,
          ndc,
          funding,
          onHand,
          quarantined,
          administered,
        })),
    );
};

import { isByVial, type AwardItem } from '../../shared/published/award.ts';
import { arrivingFor } from '../../shared/published/transfer.ts';
import { standingOf } from './domain/award-standing.ts';
import { answerByOf } from './domain/week-rules.ts';
import { plural, productInWords } from './domain/words/words.ts';
import { makeReadPromises } from './read-promises.ts';
import type { Vials } from './promised-vials.ts';
import type { FigureStore } from './store-figures.ts';
import type { AllocationStore } from './store.ts';

/** What a hub has to send one site of a week by transfer, and how far that is. */
export interface VialsToSend {
  readonly toSiteId: string;
  readonly name: string;
  /** The award of the receiver; a transfer that names it counts as sent. */
  readonly awardId: string;
  readonly ndc: string;
  readonly doseNumber: number;
  readonly doses: number;
  readonly sentDoses: number;
  /** `unanswered`: on offer, and nothing is to be sent yet; `lapsed`: nobody answered in time, and nothing is to be sent. */
  readonly state: 'unanswered' | 'lapsed' | 'to-send' | 'sent';
  readonly words: string;
}

const rowOf = (vials: Vials, name: string, sentDoses: number, is: 'taken' | 'unanswered' | 'lapsed'): VialsToSend => {
  const { siteId: toSiteId, awardId, product: ndc, doseNumber, doses } = vials;
  const of = `${plural(doses, 'dose')} of ${productInWords(ndc)}, dose ${doseNumber}`;
  const state = is !== 'taken' ? is : sentDoses >= doses ? 'sent' : 'to-send';
  const words = {
    unanswered: `${name} has not answered for ${of}: nothing is to be sent yet.`,
    lapsed: `${name} did not answer for ${of} in time: they stay with this site.`,
    'to-send': `Send ${name} ${of}, by a transfer that names its award, ${awardId}${sentDoses > 0 ? `; ${sentDoses} are sent` : ''}.`,
    sent: `${of} were sent to ${name}${sentDoses > doses ? `, and ${sentDoses - doses} more than that` : ''}.`,
  }[state];
  return { toSiteId, name, awardId, ndc, doseNumber, doses, sentDoses, state, words };
};

/** Whether a site has packs of what it would share, on offer or taken: where it declined them, or let them lapse, there is nothing to send. */
const hasPacks =
  (awards: readonly AwardItem[], isOver: (award: AwardItem) => boolean) =>
  ({ product, doseNumber, packDoses }: Vials): boolean =>
    awards.some(
      (award) => !isByVial(award) && award.ndc === product && award.doseNumber === doseNumber && award.packDoses === packDoses && !isOver(award),
    );
const overStates: readonly string[] = ['declined', 'lapsed', 'withdrawn'];

/**
 * What a site has to send others of a week out of packs it took as their hub: what they took and its packs still hold, and what is on
 * offer; doses that came missing or spoiled are to be sent again. Read only; a transfer (POST /sites/{siteId}/transfers) with the receiver's `awardId` is what does it.
 */
export const makeListVialsToSend = (store: AllocationStore, figures: FigureStore, zone: string) => {
  const readPromises = makeReadPromises(store, figures);
  return async (hub: string, week: string, now: string): Promise<VialsToSend[]> => {
    const [awards, pointer] = await Promise.all([figures.awardsBetween(hub, week, week), store.pointer(week)]);
    const names = new Map(awards.flatMap(({ members = [] }) => members.map(({ siteId, name = siteId }) => [siteId, name] as const)));
    const { taken, open } = await readPromises(hub, awards, [pointer]);
    const [own, offered] = [taken.filter((row) => row.hub === hub), open.filter((row) => row.hub === hub)];
    const run = pointer === undefined ? undefined : await store.sharedOut(pointer.runId);
    const answerBy = answerByOf(week, zone, run?.publishedAt);
    const shared = offered.filter(hasPacks(awards, (award) => overStates.includes(standingOf(award, pointer, now, answerBy))));
    const receivers = [...new Set(own.map(({ siteId }) => siteId))];
    const transfers = new Map(await Promise.all(receivers.map(async (siteId) => [siteId, await figures.transfersTo(siteId)] as const)));
    const row = (is: 'taken' | 'unanswered' | 'lapsed') => (vials: Vials) =>
      rowOf(
        vials,
        names.get(vials.siteId) ?? vials.siteId,
        arrivingFor({ awardId: vials.awardId, ndc: vials.product, fromSiteId: hub }, transfers.get(vials.siteId) ?? []),
        is,
      );
    return [...own.map(row('taken')), ...shared.map(row(now < answerBy ? 'unanswered' : 'lapsed'))].sort((a, b) =>
      a.toSiteId === b.toSiteId ? (a.awardId < b.awardId ? -1 : 1) : a.toSiteId < b.toSiteId ? -1 : 1,
    );
  };
};

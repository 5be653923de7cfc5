import type { PublishedTransfer } from '../../shared/published/transfer.ts';
import { plural, productInWords } from './domain/words.ts';
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
  /** `unanswered`: on offer, and nothing is to be sent yet. */
  readonly state: 'unanswered' | 'to-send' | 'sent';
  readonly words: string;
}

const sentOf = (hub: string, { awardId }: Vials, transfers: readonly PublishedTransfer[]): number =>
  transfers.filter((transfer) => transfer.fromSiteId === hub && transfer.awardId === awardId).reduce((sum, { doses }) => sum + doses, 0);

const rowOf = (vials: Vials, name: string, sentDoses: number, isTaken: boolean): VialsToSend => {
  const { siteId: toSiteId, awardId, product: ndc, doseNumber, doses } = vials;
  const of = `${plural(doses, 'dose')} of ${productInWords(ndc)}, dose ${doseNumber}`;
  const state = !isTaken ? 'unanswered' : sentDoses >= doses ? 'sent' : 'to-send';
  const words = {
    unanswered: `${name} has not answered for ${of}: nothing is to be sent yet.`,
    'to-send': `Send ${name} ${of}, by a transfer that names its award${sentDoses > 0 ? `; ${sentDoses} are sent` : ''}.`,
    sent: `${of} were sent to ${name}.`,
  }[state];
  return { toSiteId, name, awardId, ndc, doseNumber, doses, sentDoses, state, words };
};

/**
 * What a site has to send others of a week out of packs it took as their hub: what they took and its packs still hold, and what is on
 * offer. Read only; a transfer (POST /sites/{siteId}/transfers) with the receiver's `awardId` is what does it.
 */
export const makeListVialsToSend = (store: AllocationStore, figures: FigureStore) => {
  const readPromises = makeReadPromises(store, figures);
  return async (hub: string, week: string): Promise<VialsToSend[]> => {
    const [awards, pointer] = await Promise.all([figures.awardsBetween(hub, week, week), store.pointer(week)]);
    const names = new Map(awards.flatMap(({ members = [] }) => members.map(({ siteId, name = siteId }) => [siteId, name] as const)));
    const { taken, open } = await readPromises(hub, awards, [pointer]);
    const [own, offered] = [taken.filter((row) => row.hub === hub), open.filter((row) => row.hub === hub)];
    const receivers = [...new Set(own.map(({ siteId }) => siteId))];
    const transfers = new Map(await Promise.all(receivers.map(async (siteId) => [siteId, await figures.transfersTo(siteId)] as const)));
    const row = (isTaken: boolean) => (vials: Vials) => rowOf(vials, names.get(vials.siteId) ?? vials.siteId, sentOf(hub, vials, transfers.get(vials.siteId) ?? []), isTaken);
    return [...own.map(row(true)), ...offered.map(row(false))].sort((a, b) => (a.toSiteId === b.toSiteId ? (a.awardId < b.awardId ? -1 : 1) : a.toSiteId < b.toSiteId ? -1 : 1));
  };
};

import { once } from '../../shared/kernel/once.ts';
import { movesFrom } from '../../shared/kernel/transitions.ts';
import { awardNameOf, isByVial, type AwardItem } from '../../shared/published/award.ts';
import { hubEndInWords, replacedInWords, standingOf, vialStandingOf, withdrawnInWords } from './domain/award-standing.ts';
import { awardMachine, movesOfSites } from './domain/machines.ts';
import { answerByOf } from './domain/week-rules.ts';
import { packsInWords, plural } from './domain/words/words.ts';
import { isPublished } from './answer-award.ts';
import { makeReadHubHold } from './read-hub-hold.ts';
import { poolOf, type RunStore } from './store-runs.ts';
import type { AllocationStore } from './store.ts';

/** What a hub is told of its offer as a whole: how few packs it may take while others share them. */
const leastInWords = ({ leastDoses = 0, packDoses, state }: AwardItem): string[] => {
  const packs = Math.ceil(leastDoses / packDoses);
  if (packs === 0 || state !== 'offered') return [];
  return [
    `Other sites have ${plural(leastDoses, 'dose')} of it by the vial: take ${packsInWords(packs, packDoses)} at least, or decline it, and their offers end.`,
  ];
};

/** What one who shares a hub's packs answered, as the hub is told it. */
const answerInWords = (name: string, award: AwardItem | undefined): string[] => {
  if (award === undefined) return [];
  const { doses, acceptedDoses = doses, state } = award;
  if (state === 'declined') return [`${name} declined its ${plural(doses, 'dose')}: they stay with this site.`];
  if (state === 'reduced') return [`${name} takes ${acceptedDoses} of its ${plural(doses, 'dose')}: the rest stays with this site.`];
  return state === 'accepted' ? [`${name} takes its ${plural(doses, 'dose')}.`] : [`${name} has not answered for its ${plural(doses, 'dose')}.`];
};

type Runs = Pick<RunStore, 'awardsAt'>;

/** An award as its site sees it: what it is now, what can be done next, until when, and why it is what it is. */
const makeShow = (store: AllocationStore, runs: Runs, zone: string) => {
  const readHubHold = makeReadHubHold(store);
  const stateOf = async (award: AwardItem, now: string) => {
    const [run, pointer] = await Promise.all([store.sharedOut(award.runId), store.pointer(award.week)]);
    const answerBy = answerByOf(award.week, zone, run?.publishedAt);
    if (isByVial(award)) {
      const hold = await readHubHold(award, { pointer, now, answerBy });
      const { hub, hubName = hub } = award.byVial;
      return {
        run,
        pointer,
        answerBy,
        state: vialStandingOf(award, hold.holds, pointer, now, answerBy),
        words: hold.holds || award.state === 'declined' ? [] : [hubEndInWords(hubName, hold.end)],
      };
    }
    const stored = standingOf(award, pointer, now, answerBy);
    // An order placed just before a cut is known here a little later; its award was never withdrawn.
    const state = stored === 'withdrawn' && (await store.ordersOf([award])).size > 0 ? ('ordered' as const) : stored;
    return { run, pointer, answerBy, state, words: state === 'withdrawn' ? [withdrawnInWords] : leastInWords(award) };
  };
  const show = async (award: AwardItem, now: string): Promise<object> => {
    const { run, pointer, answerBy, state, words } = await stateOf(award, now);
    const ofSite = run === undefined ? [] : await runs.awardsAt(run.partsPk, award.siteId);
    const computed = ofSite.find((one) => poolOf(one) === poolOf(award));
    const held = pointer?.held === undefined ? {} : { held: pointer.held };
    const nextMoves = movesFrom(awardMachine, state).filter((move) => movesOfSites.includes(move));
    return { ...award, ...held, state, answerBy, nextMoves, words: [...replacedInWords(award, pointer), ...words, ...(computed?.words ?? [])] };
  };
  return { stateOf, show };
};

/** Awards as their sites see them. */
export const makeShowAward = (store: AllocationStore, runs: Runs, zone: string) => {
  const { stateOf, show } = makeShow(store, runs, zone);
  /** Awards of a page that are published, most of a few runs: their weeks, runs and blocks of awards are read once. */
  const showPage = async (page: readonly AwardItem[], now: string): Promise<object[]> => {
    const awardsAt = once(
      ([pk, siteId]: [string, string]) => runs.awardsAt(pk, siteId),
      (names) => names.join(' '),
    );
    const reading = { ...store, pointer: once(store.pointer), sharedOut: once(store.sharedOut) };
    const ofPage = makeShow(reading, { awardsAt: (pk, siteId) => awardsAt([pk, siteId]) }, zone);
    const shown = await Promise.all(page.map(async (award) => ((await isPublished(reading, award)) ? ofPage.show(award, now) : undefined)));
    return shown.filter((award) => award !== undefined);
  };
  /** The answers of those who share a hub's packs. */
  const answersOf = async ({ members = [], awardId }: AwardItem): Promise<string[]> => {
    const name = awardNameOf(awardId);
    if (name === undefined) return [];
    return (
      await Promise.all(members.map(async ({ siteId, name: called = siteId }) => answerInWords(called, await store.award(siteId, name))))
    ).flat();
  };
  /** Why an award cannot be answered any more: what it is shown as, and what ended it. */
  const whyNot = async (award: AwardItem, now: string, legalFrom: readonly string[]): Promise<string> => {
    const { state, words } = await stateOf(award, now);
    return [`It is ${state}; this is possible from ${legalFrom.join(', ')}.`, ...words].join(' ');
  };
  return { show, showPage, answersOf, whyNot };
};

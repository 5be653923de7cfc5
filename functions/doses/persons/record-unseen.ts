import type { Jurisdiction } from '../../../shared/codes/jurisdiction.ts';
import { keyedDigest } from '../../../shared/kernel/ids.ts';
import type { DoseItem } from '../../../shared/published/dose.ts';
import type { OneTold } from '../change-dose.ts';
import { deriveDoses } from '../domain/derive-doses.ts';
import { correctedDose, factsOfDose, newDose, type Settled } from '../domain/dose-facts.ts';
import type { MatchingKey } from '../domain/match-keys.ts';
import { isOptedOut } from '../domain/persons/hidden.ts';
import { makeRecordDoses, type DoseOutcome, type RecordDoses, type RecordOutcome, type ToldDoses } from '../record-dose.ts';
import type { SettleStock, StockStep } from '../settle-stock.ts';
import type { DoseStore } from '../store-doses.ts';
import { makeWriteDoses, type WriteDoses, type WriteDosesDeps } from '../write-doses.ts';
import { unseenKey, type UnseenDose, type UnseenStore } from './store-unseen.ts';

export interface RecordUnseenDeps extends Omit<WriteDosesDeps, 'doses'> {
  readonly doses: Pick<DoseStore, 'ofPerson'>;
  readonly unseen: UnseenStore;
  readonly matchingKey: MatchingKey;
}

type ItemKey = { pk: string; sk: string };
const untouched: Settled = { decrement: { kind: 'not-applicable' } };
const nameOf = ({ pk, sk }: ItemKey): string => `${pk}|${sk}`;

/** What an answer to a repeat shows of the first telling, and is not told again. */
const shownAgain = ({ receivedAt, messageId, changedAt, reason, validity, lotReceivedOn }: DoseItem): Partial<UnseenDose> => ({
  receivedAt, messageId, ...(changedAt === undefined ? {} : { changedAt }), ...(reason === undefined ? {} : { reason }),
  ...(validity === undefined ? {} : { validity }), ...(lotReceivedOn === undefined ? {} : { lotReceivedOn }),
});
/** What is stored of a dose: what tells a repeat from a correction and has it answered alike. */
const wordOf = (key: ItemKey, dose: DoseItem): UnseenDose => {
  const { version, state, givenOn, cvx, decrement, alone, digest } = dose;
  return { ...key, type: 'unseen-dose', schema: 1, version, state, givenOn, cvx, decrement, ...(alone === undefined ? {} : { alone }), digest, ...shownAgain(dose) };
};
/** The same with the share of its account. */
const shareOf = (key: ItemKey, dose: DoseItem): UnseenDose => {
  const { effect, gsi1pk } = dose;
  return {
    ...wordOf(key, dose),
    ...(effect === undefined ? {} : { effect }),
    ...(gsi1pk === undefined || effect === undefined ? {} : { gsi1pk, gsi1sk: key.pk.slice(unseenKey('').pk.length) }),
  };
};
/** The dose with what was kept of it. */
const withKept = (
  dose: DoseItem,
  { pk: _, sk: __, type: ___, receivedAt = dose.receivedAt, messageId = dose.messageId, ...kept }: UnseenDose,
): DoseItem => ({ ...dose, ...kept, receivedAt, messageId });

/**
 * Takes a dose told of somebody who opted out, where nothing more of such a person is kept. It is decided as for anybody, by the same use
 * cases, so that the answer is the same; but what is written is only its share of the stock, under a key of its own and without whose it was.
 * Doses of the time before, and what follows for them, are left as they are: what is told of them now is kept beside them in the same way, and
 * moves nothing, so that the next answer follows from it.
 */
export const makeRecordUnseen = ({ doses, unseen, stock, matchingKey, ...rest }: RecordUnseenDeps) => {
  const hidden = ({ pk, sk }: ItemKey): ItemKey => unseenKey(keyedDigest(matchingKey, 'unseen', pk, sk));
  /** What was told since of a dose of the time before, as it stood then: what changes it otherwise, after a lift, begins anew. */
  const beside = ({ pk, sk, version }: DoseItem): ItemKey => unseenKey(keyedDigest(matchingKey, 'unseen', pk, sk, String(version)));

  return (first: ToldDoses, one: OneTold, meant: ReadonlySet<string>): Promise<RecordOutcome> => {
    const facts = factsOfDose(one.dose, one.at, first.telling, matchingKey);
    /** Doses of the time before, as they are stored, and as what was told since makes them. */
    let stored: ReadonlyMap<string, DoseItem> = new Map();
    let standing: readonly DoseItem[] = [];
    /** Of which something was told since. */
    const retold = new Set<string>();
    /** The dose that is being written; whatever else would follow is not. */
    let told: string | undefined;

    const asTold = async (head: DoseItem): Promise<DoseItem> => {
      const word = await unseen.dose(beside(head));
      if (word === undefined) return head;
      retold.add(nameOf(head));
      const { byHand: _, witnessOf: __, judged: ___, alone: ____, validity: _____, dateConfirmed: ______, ...rest } = head;
      const { telling: { receivedAt, actor, messageId } } = first;
      const base =
        word.digest === facts.digest ? correctedDose(head, facts, one.at, { at: receivedAt, by: actor, reason: `message ${messageId}` }) : rest;
      return withKept(base, word);
    };

    const ofPerson: DoseStore['ofPerson'] = async (person) => {
      const heads = await doses.ofPerson(person);
      stored = new Map(heads.map((head) => [nameOf(head), head]));
      retold.clear();
      const now = await Promise.all(heads.map(asTold));
      standing = retold.size === 0 ? now : deriveDoses(now);
      return [...standing];
    };

    /** A dose told since, with what is told of it now in the place of what was not kept. */
    const dose: DoseStore['dose'] = async (key) => {
      const before = standing.find((head) => nameOf(head) === nameOf(key));
      const share = before === undefined ? await unseen.dose(hidden(key)) : undefined;
      if (share === undefined) return before;
      // What an earlier group of the message said of another dose without an id is not what this one says.
      const { lot, ...others } = facts;
      const isOther = meant.has(nameOf(key)) && share.digest !== facts.digest;
      const known = withKept(newDose(key, { ...others, ...(lot === undefined || isOther ? {} : { lot }) }, one.at, first.telling), share);
      return deriveDoses([...standing, known]).at(-1);
    };

    /** Stock of the dose that is told, under its own key; of others nothing moves. One of the time before is asked about and not moved. */
    const settle: SettleStock['settle'] = async (steps, moment) => {
      const own = steps.find((step) => nameOf(step.key) === told);
      if (own === undefined) return { settled: steps.map(() => untouched), moves: [] };
      const { key, head } = own;
      const before = stored.get(nameOf(key));
      const step: StockStep =
        before !== undefined
          ? { ...own, head: before }
          : { ...own, key: hidden(key), head: head === undefined ? undefined : { ...head, ...hidden(key) } };
      const { settled: [settled], moves } = await stock.settle([step], moment);
      return { settled: steps.map((one) => (one === own && settled !== undefined ? settled : untouched)), moves: before === undefined ? moves : [] };
    };

    const write: DoseStore['write'] = async (changes, _person, _by, moves, lists) => {
      const change = changes.find(({ next }) => nameOf(next) === told);
      if (change === undefined) return { kind: 'committed' };
      const { next, head } = change;
      const before = stored.get(nameOf(next));
      if (before !== undefined) return unseen.write(wordOf(beside(before), next), !retold.has(nameOf(next)), [], []);
      return unseen.write(shareOf(hidden(next), next), head === undefined, moves, lists.filter(({ type }) => type === 'lot-account'));
    };

    const writeAll = makeWriteDoses({ ...rest, stock: { ...stock, settle }, doses: { ofPerson, write } });
    const writeDoses: WriteDoses = (person, intended, moment, read) => {
      told = intended[0] === undefined ? undefined : nameOf(intended[0].next);
      return writeAll(person, intended, moment, read);
    };
    const persons = { personOfRecord: () => Promise.resolve(first.person) };
    return makeRecordDoses({ doses: { ofPerson }, persons, writeDoses, matchingKey, site: stock.site, lookUp: dose })({
      ...first,
      doses: [one],
      meant,
      memory: undefined,
    });
  };
};

/** Doses of those who opted out go one way, one after the other, all others the other, by the jurisdiction's choice. */
export const withOptOut = (recordDoses: RecordDoses, deps: RecordUnseenDeps, { optOut }: Pick<Jurisdiction, 'optOut'>): RecordDoses => {
  const recordUnseen = makeRecordUnseen(deps);
  return async (told) => {
    if (!isOptedOut(told.person) || optOut.keepsForReports) return recordDoses(told);
    const outcomes: DoseOutcome[] = [];
    for (const one of told.doses) {
      const meant = new Set(outcomes.flatMap((outcome) => ('dose' in outcome ? [nameOf(outcome.dose)] : [])));
      const outcome = await recordUnseen(told, one, meant);
      if (outcome.kind === 'contended') return outcome;
      outcomes.push(...outcome.outcomes);
    }
    return { kind: 'told', outcomes };
  };
};

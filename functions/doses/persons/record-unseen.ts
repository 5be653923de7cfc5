import type { Jurisdiction } from '../../../shared/codes/jurisdiction.ts';
import { keyedDigest } from '../../../shared/kernel/ids.ts';
import type { DoseItem } from '../../../shared/published/dose.ts';
import { factsOfDose, newDose, type Settled } from '../domain/dose-facts.ts';
import type { MatchingKey } from '../domain/match-keys.ts';
import { isOptedOut } from '../domain/persons/hidden.ts';
import { makeRecordDoses, type DoseOutcome, type OneTold, type RecordDoses, type RecordOutcome, type ToldDoses } from '../record-dose.ts';
import type { SettleStock, StockStep } from '../settle-stock.ts';
import type { DoseStore } from '../store-doses.ts';
import { makeWriteDoses, type WriteDoses, type WriteDosesDeps } from '../write-doses.ts';
import { unseenKey, type UnseenDose, type UnseenStore } from './store-unseen.ts';

export interface RecordUnseenDeps extends Omit<WriteDosesDeps, 'doses'> {
  readonly doses: Pick<DoseStore, 'dose' | 'ofPerson'>;
  readonly unseen: UnseenStore;
  readonly matchingKey: MatchingKey;
}

type ItemKey = { pk: string; sk: string };
const untouched: Settled = { decrement: { kind: 'not-applicable' } };
const nameOf = ({ pk, sk }: ItemKey): string => `${pk}|${sk}`;

/** What is stored of a dose: the share of its account, and what tells a repeat from a correction. */
const shareOf = (key: ItemKey, { version, state, givenOn, cvx, decrement, effect, gsi1pk, digest }: DoseItem): UnseenDose => ({
  ...key, type: 'unseen-dose', schema: 1, version, state, givenOn, cvx, decrement, digest,
  ...(effect === undefined ? {} : { effect }), ...(gsi1pk === undefined || effect === undefined ? {} : { gsi1pk, gsi1sk: key.pk.slice(unseenKey('').pk.length) }),
});

/**
 * Takes a dose told of somebody who opted out, where nothing more of such a person is kept. It is decided as for anybody, by the same use
 * cases, so that the answer is the same; but what is written is only its share of the stock, under a key of its own and without whose it was.
 * Doses of the time before, and what follows for them, are left as they are.
 */
export const makeRecordUnseen = ({ doses, unseen, stock, matchingKey, ...rest }: RecordUnseenDeps) => {
  const hidden = ({ pk, sk }: ItemKey): ItemKey => unseenKey(keyedDigest(matchingKey, 'unseen', pk, sk));

  return (first: ToldDoses, one: OneTold, meant: ReadonlySet<string>): Promise<RecordOutcome> => {
    /** Doses that stand only as their share; all others that are found are of the time before. */
    const shares = new Set<string>();
    /** The dose that is being written; whatever else would follow is not. */
    let told: string | undefined;
    const isOfBefore = (head: DoseItem | undefined): boolean => head !== undefined && !shares.has(nameOf(head));

    /** A dose with what is told of it now in the place of what was not kept. */
    const dose: DoseStore['dose'] = async (key) => {
      const share = await unseen.dose(hidden(key));
      if (share === undefined) return doses.dose(key);
      shares.add(nameOf(key));
      const { pk: _, sk: __, type: ___, ...kept } = share;
      const facts = factsOfDose(one.dose, one.at, first.telling, matchingKey);
      // What an earlier group of the message said of another dose without an id is not what this one says.
      const { lot, ...others } = facts;
      const isOther = meant.has(nameOf(key)) && share.digest !== facts.digest;
      return { ...newDose(key, { ...others, ...(lot === undefined || isOther ? {} : { lot }) }, one.at, first.telling), ...kept };
    };

    /** Stock of the dose that is told, under its own key; of others nothing moves. One of the time before is asked about and not moved. */
    const settle: SettleStock['settle'] = async (steps, moment) => {
      const own = steps.find((step) => nameOf(step.key) === told);
      if (own === undefined) return { settled: steps.map(() => untouched), moves: [] };
      const { key, head } = own;
      const before = isOfBefore(head);
      const step: StockStep = before ? { ...own, head: undefined } : { ...own, key: hidden(key), head: head === undefined ? undefined : { ...head, ...hidden(key) } };
      const { settled: [settled], moves } = await stock.settle([step], moment);
      return { settled: steps.map((one) => (one === own && settled !== undefined ? settled : untouched)), moves: before ? [] : moves };
    };

    const write: DoseStore['write'] = async (changes, _person, _by, moves, lists) => {
      const change = changes.find(({ next }) => nameOf(next) === told);
      if (change === undefined || isOfBefore(change.head)) return { kind: 'committed' };
      return unseen.write(shareOf(hidden(change.next), change.next), moves, lists.filter(({ type }) => type === 'lot-account'));
    };

    const writeAll = makeWriteDoses({ ...rest, stock: { ...stock, settle }, doses: { ofPerson: doses.ofPerson, write } });
    const writeDoses: WriteDoses = (person, intended, moment, read) => {
      told = intended[0] === undefined ? undefined : nameOf(intended[0].next);
      return writeAll(person, intended, moment, read);
    };
    const persons = { personOfRecord: () => Promise.resolve(first.person) };
    return makeRecordDoses({ doses, persons, writeDoses, matchingKey, site: stock.site, lookUp: dose })({ ...first, doses: [one], meant, memory: undefined });
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

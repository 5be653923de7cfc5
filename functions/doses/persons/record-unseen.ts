import type { Jurisdiction } from '../../../shared/codes/jurisdiction.ts';
import { maxDecisionAttempts } from '../../../shared/kernel/limits.ts';
import { keyedDigest } from '../../../shared/kernel/ids.ts';
import type { DoseItem } from '../../../shared/published/dose.ts';
import { correctedDose, deletedDose, factsOfDose, newDose, withStock, type Change } from '../domain/dose-facts.ts';
import type { MatchingKey } from '../domain/match-keys.ts';
import { isOptedOut } from '../domain/persons/hidden.ts';
import { doseKeysFor } from '../domain/record-ids.ts';
import { whichDose, type Standing } from '../domain/which-dose.ts';
import { atHand, type DoseOutcome, type RecordDose, type ToldDose } from '../record-dose.ts';
import type { SettleStock } from '../settle-stock.ts';
import type { DoseStore } from '../store-doses.ts';
import { unseenKey, type UnseenDose, type UnseenStore } from './store-unseen.ts';

export interface RecordUnseenDeps {
  readonly doses: Pick<DoseStore, 'dose' | 'heads'>;
  readonly unseen: UnseenStore;
  readonly stock: SettleStock;
  readonly matchingKey: MatchingKey;
}

type ItemKey = { pk: string; sk: string };

/** What is kept of a dose in memory: all but its account's share is dropped. */
const withoutIdentity = (key: ItemKey, { version, state, givenOn, cvx, decrement, effect, gsi1pk, gsi1sk, digest }: DoseItem): UnseenDose => ({
  ...key, type: 'unseen-dose', schema: 1, version, state, givenOn, cvx, decrement, digest,
  ...(effect === undefined ? {} : { effect }), ...(gsi1pk === undefined ? {} : { gsi1pk }), ...(gsi1sk === undefined ? {} : { gsi1sk: key.pk.slice(unseenKey('').pk.length) }),
});

/**
 * Takes a dose told of somebody who opted out, where nothing of such a person is kept: decides as for anybody, so that the answer is the same,
 * moves the stock, and stores what the account needs without whose dose it was. Doses of the time before are left as they are.
 */
export const makeRecordUnseen = ({ doses, unseen, stock, matchingKey }: RecordUnseenDeps) => {
  const hiddenKey = ({ pk, sk }: ItemKey): ItemKey => unseenKey(keyedDigest(matchingKey, 'unseen', pk, sk));

  /** The stored share of a dose, as the dose that would stand there: the rest of it is what is told now. */
  const standingAt = async (key: ItemKey, { dose, at, telling }: ToldDose): Promise<DoseItem | undefined> => {
    const share = await unseen.dose(hiddenKey(key));
    if (share === undefined) return doses.dose(key);
    const { pk: _, sk: __, type: ___, ...kept } = share;
    return { ...newDose(key, factsOfDose(dose, at, telling, matchingKey), at, telling), ...kept };
  };

  const readStanding = async (told: ToldDose, { usual: usualKey, other: otherKey }: ReturnType<typeof doseKeysFor>): Promise<Standing> => {
    const { dose, recordId, repeatsId } = told;
    const usual = await standingAt(usualKey, told);
    const isIt = usual !== undefined && usual.givenOn === dose.givenOn && usual.cvx === dose.cvx;
    const other = isIt || otherKey === undefined || usual === undefined ? undefined : await standingAt(otherKey, told);
    const lookAlikes = dose.action === 'D' && usual === undefined ? await doses.heads(recordId) : [];
    return { usual, other, repeatsId, lookAlikes };
  };

  /** Moves the stock of a dose and stores its share; undefined when another writer was first. */
  const write = async (next: DoseItem, head: DoseItem | undefined, { dose, at }: ToldDose, change: Change): Promise<DoseItem | undefined> => {
    const key = hiddenKey(next);
    const wanted = next.state === 'deleted' ? undefined : { dose: atHand(dose, next.sourceClass), at };
    const standing = head === undefined || head.state === 'deleted' ? undefined : { ...head, ...key };
    const { settled: [settled], moves } = await stock.settle([{ key, version: next.version, head: standing, wanted }], { at: change.at, actor: change.by, reason: change.reason });
    const done = settled === undefined || wanted === undefined ? next : withStock(next, settled);
    return (await unseen.write(withoutIdentity(key, done), moves)).kind === 'committed' ? done : undefined;
  };

  const changed = async (head: DoseItem, told: ToldDose, change: Change): Promise<DoseOutcome | undefined> => {
    const { dose, person, at, telling } = told;
    const facts = factsOfDose(dose, at, telling, matchingKey);
    if (dose.action === 'D' ? head.state === 'deleted' : head.state !== 'deleted' && head.digest === facts.digest) return { kind: 'unchanged', dose: head, person };
    const next = dose.action === 'D' ? deletedDose(head, change) : correctedDose(head, facts, at, change);
    const kind = dose.action === 'D' ? 'deleted' : 'corrected';
    // A dose of the time before is in the person's record, which is not touched: it is answered and nothing more.
    const isOfBefore = (await unseen.dose(hiddenKey(head))) === undefined;
    const done = isOfBefore ? withStock(next, { decrement: head.decrement }) : await write(next, head, told, change);
    return done === undefined ? undefined : { kind, dose: done, person };
  };

  return async (told: ToldDose): Promise<DoseOutcome> => {
    const { dose, person, at, telling } = told;
    const keys = doseKeysFor(told.recordId, dose, matchingKey);
    const change: Change = { at: telling.receivedAt, by: telling.actor, reason: 'told of somebody who opted out' };
    for (let attempt = 1; attempt <= maxDecisionAttempts; attempt += 1) {
      const target = whichDose(dose, await readStanding(told, keys));
      if (target.kind === 'unknown') return { kind: 'unknown-dose', person };
      if (target.kind === 'change') {
        const outcome = await changed(target.head, told, change);
        if (outcome !== undefined) return outcome;
      } else {
        const key = target.under === 'other' && keys.other !== undefined ? keys.other : keys.usual;
        const item = await write(newDose(key, factsOfDose(dose, at, telling, matchingKey), at, telling), undefined, told, change);
        if (item !== undefined) return { kind: 'recorded', dose: item, person, ...(target.remark === undefined ? {} : { remark: target.remark }) };
      }
    }
    return { kind: 'contended' };
  };
};

/** Doses of those who opted out go one way, all others the other, by the jurisdiction's choice. */
export const withOptOut = (recordDose: RecordDose, deps: RecordUnseenDeps, { optOut }: Pick<Jurisdiction, 'optOut'>): RecordDose => {
  const recordUnseen = makeRecordUnseen(deps);
  return (told) => (isOptedOut(told.person) && !optOut.keepsForReports ? recordUnseen(told) : recordDose(told));
};

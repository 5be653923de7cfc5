import { describe, expect, it } from '@jest/globals';
import { maxDecisionAttempts } from '../../shared/kernel/limits.ts';
import type { LedgerWrite, Stamp } from '../../shared/ledger/items.ts';
import type { LedgerEntry } from '../../shared/ledger/movement.ts';
import { transferPostings } from '../../shared/ledger/plan-movements.ts';
import type { Posting } from '../../shared/ledger/plan-movements.ts';
import { makePostMovements, viewKeys } from '../../shared/ledger/post-movements.ts';
import type { LedgerStore, LedgerView } from '../../shared/ledger/post-movements.ts';
import { accountWith, movement, ref } from '../support/ledger-samples.ts';

const STAMP: Stamp = { at: '2021-02-03T15:00:00.000Z', actor: 'test' };
const WASTE: Posting[] = [{ ref: ref(), movement: movement('waste', 5) }];
const TRANSFER = transferPostings({ key: 'T1', from: ref(), toSiteId: 'sit_b', doses: 5 });

const entryOf = ({ movement: { kind, key, doses, ...said } }: Posting): LedgerEntry => ({
  kind, key, doses, effect: { buckets: {}, positions: {} }, ...STAMP,
  wasteReason: 'wasteReason' in said ? said.wasteReason : undefined,
  counterpart: 'counterpart' in said ? said.counterpart : undefined,
});

/** A ledger whose answers are laid down: what it shows on the n-th reading, and how every commit ends. */
const scripted = (read: (time: number) => LedgerView, kind: 'committed' | 'refused' = 'committed') => {
  const times = { read: 0, commits: 0 };
  const store: LedgerStore<LedgerWrite> = {
    read: () => { times.read += 1; return Promise.resolve(read(times.read)); },
    commit: () => { times.commits += 1; return Promise.resolve(kind === 'committed' ? { kind } : { kind, failed: new Map([[0, null]]) }); },
  };
  return { times, store };
};
const post = (store: LedgerStore<LedgerWrite>, postings: readonly Posting[]) => makePostMovements({ store, table: 'inventory' })(postings, STAMP);

describe('posting', () => {
  it('answers a repeat as repeated although the account has nothing left', async () => {
    const { store, times } = scripted(() => ({ accounts: [accountWith({ wasted: 5 })], entries: WASTE.map(entryOf) }));
    expect(await post(store, WASTE)).toMatchObject({ kind: 'repeated' });
    expect(times.commits).toBe(0);
  });

  it('finds a transfer that was sent before by its two entries', async () => {
    const { store } = scripted(() => ({ accounts: [accountWith({ transferredOut: 5 }), undefined], entries: TRANSFER.map(entryOf) }));
    expect(await post(store, TRANSFER)).toMatchObject({ kind: 'repeated' });
  });

  it('says that a key is taken when it stands for one side of a transfer only', async () => {
    const { store } = scripted(() => ({ accounts: [accountWith({ onHand: 5 }), undefined], entries: [TRANSFER.map(entryOf)[0], undefined] }));
    expect(await post(store, TRANSFER)).toEqual({ kind: 'key-reused', key: 'T1' });
  });

  it.each<[string, Partial<LedgerEntry>]>([['another number of doses', { doses: 4 }], ['another kind', { kind: 'lose' }], ['another reason', { wasteReason: 'too-warm' }]])(
    'says that a key is taken when it stands for %s', async (_, other) => {
      const { store } = scripted(() => ({ accounts: [accountWith({ onHand: 9 })], entries: WASTE.map(entryOf).map((entry) => ({ ...entry, ...other })) }));
      expect(await post(store, WASTE)).toEqual({ kind: 'key-reused', key: 'waste#1' });
    });

  it('reads and decides again when it lost the race, on what it then finds', async () => {
    const { store, times } = scripted((time) => ({ accounts: [accountWith({ onHand: time === 1 ? 5 : 4 })], entries: [undefined] }), 'refused');
    expect(await post(store, WASTE)).toMatchObject({ kind: 'refused', refusal: { kind: 'insufficient', available: 4 } });
    expect(times.commits).toBe(1);
  });

  it('gives up after the named number of lost races', async () => {
    const { store, times } = scripted(() => ({ accounts: [accountWith({ onHand: 5 })], entries: [undefined] }), 'refused');
    expect(await post(store, WASTE)).toEqual({ kind: 'contended' });
    expect(times.commits).toBe(maxDecisionAttempts);
  });

  it('reads each account once, then each entry', () => {
    const twice = [...WASTE, { ref: ref(), movement: movement('lose', 1) }];
    expect(viewKeys(twice).map(({ sk }) => sk)).toEqual(['ACCOUNT#59267-1000-01#EL9261#covid', 'waste#1', 'lose#1']);
  });
});

import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { accountFaults, entriesPartition, withEffect } from '../../shared/ledger/account.ts';
import type { Account, AccountRef } from '../../shared/ledger/account.ts';
import { accountGap, balancesOf, difference, jurisdictionGap, recompute } from '../../shared/ledger/balances.ts';
import { MOVEMENTS, reversalOf } from '../../shared/ledger/movement.ts';
import type { MovementKind } from '../../shared/ledger/movement.ts';
import { planMovements, transferPostings } from '../../shared/ledger/plan-movements.ts';
import type { MovementPlan, PlannedEntry, Posting } from '../../shared/ledger/plan-movements.ts';
import { FREEZER, FRIDGE, OPEN_VIALS, PFIZER_VIAL, movement, ref } from '../support/ledger-samples.ts';

const RUNS = 2_000;
const LEAST_OF_EACH = 50;
const SITES = ['sit_a', 'sit_b', 'sit_c'];
const PLACES = [FREEZER, FRIDGE, OPEN_VIALS];
const KINDS = (Object.keys(MOVEMENTS) as MovementKind[]).filter((kind) => !kind.startsWith('transfer'));

type Step =
  | { do: 'move'; kind: MovementKind; site: number; lot: number; doses: number; place: number; path: number; key: number }
  | { do: 'transfer'; from: number; to: number; lot: number; doses: number; key: number }
  | { do: 'clinic'; site: number; lot: number; vials: number; doses: number; key: number }
  | { do: 'repeat'; of: number }
  | { do: 'reverse'; of: number };

const small = (max: number) => fc.nat({ max: max - 1 });
/** Keys come from a small range, so that some are used twice for different things. */
const key = fc.nat({ max: 400 });
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ do: fc.constant('move' as const), kind: fc.constantFrom<MovementKind>('ship', 'receive', 'administer'),
    site: small(3), lot: small(2), doses: fc.integer({ min: 1, max: 12 }), place: small(3), path: fc.constant(0), key }) },
  { weight: 5, arbitrary: fc.record({ do: fc.constant('move' as const), kind: fc.constantFrom(...KINDS),
    site: small(3), lot: small(2), doses: fc.integer({ min: 1, max: 30 }), place: small(3), path: small(2), key }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('transfer' as const), from: small(3), to: small(3), lot: small(2), doses: fc.integer({ min: 1, max: 15 }), key }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('clinic' as const), site: small(3), lot: small(2), vials: fc.integer({ min: 1, max: 4 }),
    doses: fc.integer({ min: 1, max: 30 }), key }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('repeat' as const), of: fc.nat({ max: 200 }) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('reverse' as const), of: fc.nat({ max: 200 }) }) },
);
const history = fc.array(step, { minLength: 1, maxLength: 80, size: 'max' });

interface Ledger {
  readonly accounts: Map<string, Account>;
  readonly entries: Map<string, PlannedEntry>;
}
/** Writes a plan; a correct one writes nothing when a business key of it stands already. */
type Writer = (ledger: Ledger, plan: MovementPlan, isRepeat: boolean) => void;

const entryPath = ({ ref: of, movement: { key: name } }: Posting): string => `${entriesPartition(of)}/${name}`;
const apply = ({ accounts }: Ledger, plan: MovementPlan): void => {
  plan.changes.forEach(({ ref: of }, n) => { const after = plan.after[n]; if (after !== undefined) accounts.set(entriesPartition(of), after); });
};
const enter = ({ entries }: Ledger, plan: MovementPlan): void => { for (const entry of plan.entries) entries.set(entryPath(entry), entry); };

const goodWriter: Writer = (ledger, plan, isRepeat) => {
  if (isRepeat) return;
  apply(ledger, plan);
  enter(ledger, plan);
};

const postingsOf = (what: Step, ledger: Ledger, done: readonly Posting[][]): Posting[] => {
  if (what.do === 'repeat') return done[what.of % Math.max(1, done.length)] ?? [];
  if (what.do === 'reverse') {
    const entry = [...ledger.entries.values()][what.of % Math.max(1, ledger.entries.size)];
    if (entry === undefined) return [];
    // both sides of a transfer are undone together, as the domain demands
    const sides = [...ledger.entries.values()].filter((other) => other.movement.key === entry.movement.key
      && (other === entry || (entry.movement.kind.startsWith('transfer') && other.movement.kind.startsWith('transfer'))));
    return sides.map(({ ref: of, movement: { key: name, doses }, effect }) => ({ ref: of, movement: reversalOf({ key: name, doses, effect }, 'wrong') }));
  }
  const lot = `LOT${what.lot}`;
  const site = (n: number): AccountRef => ref(SITES[n], lot);
  if (what.do === 'transfer')
    return what.from === what.to ? [] : transferPostings({ key: `T${what.key}`, from: site(what.from), toSiteId: SITES[what.to] ?? '', doses: what.doses });
  const facts = { vial: PFIZER_VIAL };
  if (what.do === 'clinic') {
    const [of, counted] = [site(what.site), what.vials * PFIZER_VIAL.counted];
    return [movement('ship', counted), movement('receive', counted), movement('administer', what.doses)]
      .map((each) => ({ ref: of, movement: { ...each, key: `C${what.key}#${each.kind}` }, facts }));
  }
  const { kind, doses, path } = what;
  const paths: readonly (readonly [from: string, to: string])[] = MOVEMENTS[kind].paths;
  const from = (paths[path] ?? paths[0])?.[0] as 'onHand';
  const position = PLACES[what.place] ?? FREEZER;
  return [{ ref: site(what.site), movement: movement(kind, doses, { key: `K${what.key}`, from, position }), facts }];
};

/** Plays a history and returns what is out of balance at the end or on the way; nothing, if the ledger is right. */
const play = (steps: readonly Step[], write: Writer, seen?: (outcome: string) => void): string[] => {
  const ledger: Ledger = { accounts: new Map(), entries: new Map() };
  const done: Posting[][] = [];
  for (const what of steps) {
    const postings = postingsOf(what, ledger, done);
    if (postings.length === 0) continue;
    const isRepeat = postings.some((posting) => ledger.entries.has(entryPath(posting)));
    const outcome = planMovements([...ledger.accounts.values()], postings);
    seen?.(isRepeat ? 'repeated' : outcome.kind === 'planned' ? what.do : outcome.refusal.kind);
    if (outcome.kind === 'planned' && outcome.plan.entries.some(({ effect }) => effect.buckets.overfill !== undefined)) seen?.('overfill');
    if (outcome.kind !== 'planned') continue;
    write(ledger, outcome.plan, isRepeat);
    done.push(postings);
  }
  return faultsOf(ledger);
};

const faultsOf = ({ accounts, entries }: Ledger): string[] => {
  const all = [...accounts.values()];
  const perAccount = all.flatMap((account) => {
    const own = [...entries.values()].filter((entry) => entriesPartition(entry.ref) === entriesPartition(account.ref)).map(({ effect }) => effect);
    const { vial, buckets } = account;
    const vials = -(buckets.shipped + buckets.transferredIn + buckets.found) / (vial?.counted ?? 1);
    return [
      ...accountFaults(account),
      ...difference(account, recompute(own)).map(({ name }) => `${name} differs from its entries`),
      ...(accountGap(balancesOf([account])) === 0 ? [] : ['the equation of the account']),
      ...(-buckets.overfill <= vials * (PFIZER_VIAL.label - PFIZER_VIAL.counted) ? [] : ['more overfill than vials can hold']),
    ];
  });
  return [...perAccount, ...(jurisdictionGap(balancesOf(all)) === 0 ? [] : ['the equation of the jurisdiction'])];
};

const holds = (write: Writer): fc.RunDetails<[Step[]]> =>
  fc.check(fc.property(history, (steps) => play(steps, write).length === 0), { numRuns: RUNS, seed: 20210312, endOnFailure: true });

describe('whatever happens in whatever order', () => {
  it('no dose appears, disappears or is counted twice, and the entries add up to the account', () => {
    expect(holds(goodWriter).counterexample).toBeNull();
  });

  it('and the histories really hold every kind of event and refusal', () => {
    const counts: Record<string, number> = {};
    const sample = fc.sample(history, { numRuns: 500, seed: 20210312 });
    for (const steps of sample) play(steps, goodWriter, (outcome) => { counts[outcome] = (counts[outcome] ?? 0) + 1; });
    for (const outcome of ['move', 'transfer', 'clinic', 'reverse', 'repeated', 'insufficient', 'unresolved', 'illegal-movement', 'overfill'])
      expect([outcome, (counts[outcome] ?? 0) >= LEAST_OF_EACH]).toEqual([outcome, true]);
  });
});

describe('negative control: the same property catches a writer that', () => {
  it.each<[string, Writer]>([
    ['moves the account again when the entry stands already', (ledger, plan, isRepeat) => {
      apply(ledger, plan);
      if (!isRepeat) enter(ledger, plan);
    }],
    ['writes the entry and loses the account', (ledger, plan, isRepeat) => {
      if (isRepeat) return;
      enter(ledger, plan);
      if (!plan.entries.some((entry) => entry.movement.kind === 'waste')) apply(ledger, plan);
    }],
    ['forgets where doses go', (ledger, plan, isRepeat) => {
      goodWriter(ledger, plan, isRepeat);
      const [change] = plan.changes;
      const account = change && ledger.accounts.get(entriesPartition(change.ref));
      if (account !== undefined && !isRepeat && (change?.effect.buckets.administered ?? 0) > 0)
        ledger.accounts.set(entriesPartition(account.ref), withEffect(account, { buckets: { administered: -1 }, positions: {} }));
    }],
    ['books only one side of a transfer', (ledger, plan, isRepeat) => {
      goodWriter(ledger, isRepeat || plan.changes.length < 2 ? plan
        : { changes: plan.changes.slice(0, 1), entries: plan.entries.slice(0, 1), after: plan.after.slice(0, 1) }, isRepeat);
    }],
  ])('%s', (_, badWriter) => {
    expect(holds(badWriter).failed).toBe(true);
  });
});

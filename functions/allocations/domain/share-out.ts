import { awardPool } from './awards/award-pool.ts';
import { settle } from './debt.ts';
import { explainOtherSize, explainPool } from './explain/explain.ts';
import { withoutHubOf } from './hubs/families.ts';
import { hubLineOf, shareVials, spreadReasons } from './hubs/hubs.ts';
import { poolKey } from './inputs.ts';
import { otherLineOf, shareOutJointly } from './joint/pool.ts';
import { applyOverrides } from './awards/overrides.ts';
import { leftoverOf } from './explain/leftover.ts';
import { summarizeOtherSize, summarizePool } from './explain/summary.ts';
import { namesIn } from './words/words.ts';
import type { Award, Infeasible, Leftover, PoolSummary, WriteOff } from './allocation.ts';
import type { Clash } from './awards/bounds.ts';
import type { DebtBook, DebtCap } from './debt.ts';
import type { Outcome } from './explain/explain.ts';
import type { RunInputs, SiteInput, SupplyLine } from './inputs.ts';
import type { Policy } from './policy/policy.ts';
import type { Column, TakenDoses } from './pool.ts';

/** What a run has at hand while it shares out one product after another. */
export interface Run {
  readonly inputs: RunInputs;
  readonly policy: Policy;
  readonly laidOut: readonly SiteInput[];
  readonly columns: ReadonlyMap<string, Column>;
  readonly taken: TakenDoses;
  readonly books: Map<string, DebtBook>;
  readonly caps: (pool: SupplyLine) => DebtCap;
}

export interface SharedOut {
  readonly outcome: Outcome;
  readonly awards: readonly Award[];
  readonly leftover: readonly Leftover[];
  readonly pools: readonly PoolSummary[];
  readonly writtenOff: readonly WriteOff[];
}

/** A pool shared out, before its debts are settled. */
type Unsettled = Omit<Outcome, 'brought' | 'carried' | 'lost'>;

const clashOf = ({ product, doseNumber, packDoses }: SupplyLine, { others, ...clash }: Clash): Infeasible => {
  const pool = { product, doseNumber, packDoses };
  return { kind: 'infeasible', pool, ...clash, ...(others && { others: others.map((other) => ({ pool, ...other })) }) };
};

const bookOf = ({ books }: Run, pool: SupplyLine): DebtBook => {
  const book = books.get(poolKey(pool));
  if (!book) throw new RangeError(`no debt book was opened for ${poolKey(pool)}`);
  return book;
};

/** Settles a product's debts into the book of its home pool; the books of its other sizes are empty from then on. */
const settleInto = (
  run: Run,
  supplies: readonly SupplyLine[],
  shared: Unsettled,
): { outcome: Outcome; writtenOff: readonly WriteOff[] } => {
  const { pool, targets, sharedMicro, supply } = shared;
  const raw = new Float64Array(run.laidOut.length);
  for (const line of supplies) {
    const book = bookOf(run, line);
    book.micro.forEach((micro, rank) => {
      raw[rank] = (raw[rank] ?? 0) + micro;
    });
    run.books.set(poolKey(line), { pool: book.pool, micro: new Float64Array(raw.length) });
  }
  const at = (values: Float64Array) => Float64Array.from(pool.ranks, (rank) => values[rank] ?? 0);
  const brought = at(raw);
  pool.ranks.forEach((rank, site) => {
    raw[rank] = (targets.micro[site] ?? 0) + (brought[site] ?? 0) - (sharedMicro[site] ?? 0);
  });
  const settled = settle(bookOf(run, supply).pool, run.laidOut, raw, run.caps(supply));
  run.books.set(poolKey(supply), settled.book);
  const outcome = { ...shared, brought, carried: at(settled.book.micro), lost: at(settled.lost) };
  return { outcome, writtenOff: settled.writtenOff };
};

/** One pool's awards, level by level, or where its bounds clash. */
export const shareOutPool = (run: Run, supply: SupplyLine): SharedOut | Infeasible => {
  const { policy, inputs } = run;
  const book = bookOf(run, supply);
  const broughtAt = (rank: number) => book.micro[rank] ?? 0;
  const awarded = awardPool({ week: inputs.week, policy, columns: run.columns, supply, taken: run.taken, broughtAt });
  if ('clash' in awarded) return clashOf(supply, awarded.clash);
  const { pool, targets, brought, bounds, packs: shared } = awarded;
  const overridden = applyOverrides(pool, bounds, shared, inputs.overrides ?? [], { nameOf: namesIn(inputs), policy });
  if ('clash' in overridden) return clashOf(supply, overridden.clash);
  const due = targets.micro.map((micro, at) => micro + (brought[at] ?? 0));
  const sharedMicro = shareVials(pool, shared, due, brought, targets);
  const finalMicro = overridden.reasons.size === 0 ? sharedMicro : shareVials(pool, overridden.packs, due, brought, targets);
  const reasons = spreadReasons(pool, overridden.reasons);
  const unsettled = {
    pool,
    supply,
    targets,
    sharedMicro,
    finalMicro,
    packs: overridden.packs,
    reasons,
    otherLine: hubLineOf(pool, finalMicro),
    withoutHub: withoutHubOf(pool, policy, targets, overridden.packs, finalMicro),
  };
  const { outcome, writtenOff } = settleInto(run, [supply], unsettled);
  const leftover = [leftoverOf(outcome)];
  return { outcome, awards: explainPool(outcome, policy), leftover, pools: [summarizePool(outcome, policy)], writtenOff };
};

/** The awards of a product whose packs have to be shared out in one go. Its smallest packs are the home of its explanations. */
export const shareOutProduct = (run: Run, supplies: readonly SupplyLine[], home: SupplyLine): SharedOut | Infeasible => {
  const { inputs, policy, columns, taken } = run;
  const owed = supplies.map((line) => bookOf(run, line).micro);
  const broughtAt = (rank: number) => owed.reduce((sum, micro) => sum + (micro[rank] ?? 0), 0);
  const shared = shareOutJointly(inputs, policy, columns, supplies, taken, broughtAt);
  if ('clash' in shared) return clashOf(home, shared.clash);
  const { pool, targets, sharedMicro, finalMicro, reasons } = shared;
  const packs = shared.packs.at(-1) ?? new Float64Array();
  const unsettled = { pool, supply: home, targets, sharedMicro, finalMicro, packs, reasons, otherLine: otherLineOf(shared) };
  const { outcome, writtenOff } = settleInto(run, supplies, unsettled);
  const larger = supplies
    .slice(0, -1)
    .map((supply, at) => ({ ...outcome, supply, packs: shared.packs[at] ?? new Float64Array() }));
  const { optimality, minimumsShortDoses } = shared;
  return {
    outcome,
    awards: [...larger.flatMap((size) => explainOtherSize(size, home)), ...explainPool(outcome, policy)],
    leftover: [...larger, outcome].map((size) => leftoverOf(size, true)),
    pools: [...larger.map(summarizeOtherSize), { ...summarizePool(outcome, policy), optimality, minimumsShortDoses }],
    writtenOff,
  };
};

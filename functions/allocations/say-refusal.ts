import type { Fault } from '../../shared/contracts/problem.ts';
import type { Infeasible } from './domain/allocation.ts';
import { poolKey, type Override } from './domain/inputs.ts';
import { poolName, plural } from './domain/words/words.ts';
import type { OverPromised } from './promised.ts';
import type { RunRefusal } from './schemas-run-items.ts';

/** Why nothing was drafted, or a publication came to nothing. */
export type Refused =
  | { kind: 'unknown-policy' | 'no-supply' | 'index-behind' | 'not-held' | 'inputs-changed' | 'took-too-long' | 'fault' }
  | { kind: 'policy-too-long'; mostChars: number }
  | { kind: 'over-promised'; pools: readonly OverPromised[] }
  | { kind: 'faults'; faults: readonly string[] }
  | Infeasible;

/** A run's item holds 400 KB. Who has more to mend than this has one thing to mend. */
const mostErrors = 1_000;
const bounded = (errors: readonly Fault[]): Fault[] =>
  errors.length <= mostErrors
    ? [...errors]
    : [...errors.slice(0, mostErrors), { path: errors[mostErrors]?.path ?? '', message: `and ${errors.length - mostErrors} more` }];

/** What of a draft does not fit the policy, by how its fault begins: there it is mended, else in the policy. */
const whereMended: readonly (readonly [begins: RegExp, path: string])[] = [
  [/^supply /, 'supply'],
  [/^override /, 'body.overrides'],
  [/^debt /, 'debts'],
  [/^site (\S+): no leaf /, 'sites.$1.standing.group'],
  [/^site (\S+)/, 'sites.$1'],
];
const faultOf = (message: string): Fault => {
  const [begins, path] = whereMended.find(([start]) => start.test(message)) ?? [];
  const found = begins?.exec(message);
  return { path: path === undefined ? 'body.policy' : path.replace('$1', (found?.[1] ?? '').replace(/:$/, '')), message };
};

/** Supply was cut below what is promised: each pool, what of it could give, and then whose it is. */
const overPromisedErrors = (pools: readonly OverPromised[]): Fault[] => [
  ...pools.map((pool) => {
    const { supplyPacks, orderedPacks, acceptedPacks } = pool;
    const advice =
      orderedPacks <= supplyPacks
        ? 'draft with keep "ordered": what is accepted of it and not ordered is then taken back and shared out again'
        : `cancel or return orders for ${plural(orderedPacks - supplyPacks, 'pack')} first`;
    return {
      path: `supply.${poolName(pool)}`,
      message: `${plural(supplyPacks, 'pack')} supplied, but ${orderedPacks} ordered and ${acceptedPacks} accepted: ${advice}`,
    };
  }),
  ...pools.flatMap((pool) =>
    pool.promises.map(({ siteId, awardId, packs, kind }) => ({
      path: `supply.${poolName(pool)}`,
      message: `${siteId} has ${plural(packs, 'pack')} ${kind} (its award ${awardId})`,
    })),
  ),
];

type Asked = readonly Pick<Override, 'siteId' | 'product' | 'doseNumber' | 'packDoses'>[];
const isSame = (one: Asked[number], other: Asked[number]): boolean => one.siteId === other.siteId && poolKey(one) === poolKey(other);

/** Every clash of bounds and overrides: where in the request the override stands, else the pool and group, and the rules that clash there. */
const clashErrors = (run: Infeasible, asked: Asked): Fault[] =>
  [run, ...(run.others ?? [])].flatMap(({ pool, node, rules, advice, overrides = [] }) => {
    const [first, ...more] = overrides;
    const at = first === undefined ? -1 : asked.findIndex((one) => isSame(one, first));
    const path = first === undefined ? `${poolName(pool)}, ${node}` : more.length > 0 || at < 0 ? 'body.overrides' : `body.overrides[${at}]`;
    return [...rules, ...(advice === undefined ? [] : [advice])].map((message) => ({ path, message }));
  });

/** What a person is told, at once or on the run: the same words, every fault. `asked`: the overrides of the request, in its order. */
export const sayRefusal = (refused: Refused, asked: Asked = []): RunRefusal => {
  const reason = refused.kind;
  switch (refused.kind) {
    case 'unknown-policy':
      return { reason, errors: [{ path: 'body.policy', message: 'is no stored or shipped policy; send its id, id@version or a document' }] };
    case 'policy-too-long':
      return { reason, errors: [{ path: 'body.policy', message: `is longer than ${refused.mostChars} characters` }] };
    case 'no-supply':
      return { reason, detail: 'No supply of the jurisdiction is recorded for this week.' };
    case 'index-behind':
      return { reason, detail: 'Answers given a moment ago were not in the list yet: draft it again.' };
    case 'not-held':
      return { reason, detail: 'What sites accepted can be taken back only after supply was lowered: keep "accepted", or record the cut first.' };
    case 'over-promised':
      return { reason, detail: 'More is promised than is supplied.', errors: bounded(overPromisedErrors(refused.pools)) };
    case 'faults':
      return { reason, detail: 'The figures do not fit the policy.', errors: bounded(refused.faults.map(faultOf)) };
    case 'infeasible':
      return { reason: 'infeasible', detail: `The policy cannot be met at ${refused.node}.`, errors: bounded(clashErrors(refused, asked)) };
    case 'inputs-changed':
      return { reason, detail: 'Supply changed, or an offer was answered, or another run was published since it was drafted: draft it again.' };
    case 'took-too-long':
      return {
        reason,
        detail: 'It took longer than its worker is given. Nothing was published. Ask for it again; if that stays, tell the operators.',
      };
    case 'fault':
      return {
        reason,
        detail: 'It failed for a reason that is ours, several times. Nothing was published. Ask for it again; the operators were told.',
      };
  }
};

import type { z } from 'zod';
import { decideMove } from '../../shared/kernel/transitions.ts';
import { entriesOf, POSITION_STATES, type PositionKey } from '../../shared/ledger/buckets.ts';
import type { Movement } from '../../shared/ledger/movement.ts';
import type { Act } from './book-line.ts';
import { excursionMachine, type Decision } from './domain/machines.ts';
import type { decision, ExcursionItem, HeldItem } from './schemas.ts';
import type { ShipmentsStore } from './store.ts';
import { byState, type ExcursionStore } from './store-excursions.ts';

type Said = NonNullable<ExcursionItem['decision']>;
export type DecideExcursionOutcome =
  | { kind: 'moved' | 'repeated'; item: ExcursionItem }
  | { kind: 'not-found' | 'stale' }
  | { kind: 'illegal-move'; from: string; legalFrom: readonly string[] }
  /** Doses of these accounts were moved out of quarantine otherwise. */
  | { kind: 'no-longer-held'; ndcs: readonly string[] };

const reasonChars = 200;
const ends = { release: 'released', waste: 'wasted' } as const satisfies Record<Decision, ExcursionItem['state']>;

const positionOf = (key: PositionKey): { unit: string; state: (typeof POSITION_STATES)[number] } => {
  const state = POSITION_STATES.find((one) => key.endsWith(`:${one}`)) ?? 'thawed';
  return { unit: key.slice(0, -state.length - 1), state };
};

/** Released doses go back where they lay; wasted ones leave from quarantine. */
const movementsOf = ({ excursionId, positions, doses }: HeldItem, said: Said): Movement[] => {
  const reason = said.reason.slice(0, reasonChars);
  if (said.decision === 'waste')
    return [{ kind: 'waste', key: `excursion:${excursionId}:waste`, doses, from: 'quarantined', wasteReason: said.wasteReason, reason }];
  return entriesOf<PositionKey>(positions).map(([at, part]) => ({
    kind: 'release',
    key: `excursion:${excursionId}:release:${at}`,
    doses: part,
    position: positionOf(at),
    reason,
  }));
};

/**
 * DPH decides on an excursion. The decision is written first and cannot change any more; then each account follows in a transaction of its
 * own. It may stop anywhere; the same decision goes on.
 */
export const makeDecideExcursion = (store: Pick<ShipmentsStore, 'post'>, excursions: ExcursionStore) => {
  const moved = (item: ExcursionItem, state: ExcursionItem['state'], said: Said): ExcursionItem => ({
    ...item, state, decision: said, version: item.version + 1, ...byState(state, item.reportedAt, item.excursionId),
  });

  const write = async (from: ExcursionItem, next: ExcursionItem, action: string, { actor, now }: Act): Promise<boolean> => {
    const entry = { at: now, actor, action, from: from.state, to: next.state, reason: next.decision?.reason ?? '', version: next.version };
    return (await excursions.replaceExcursion(next, entry)).kind === 'committed';
  };

  const carryOut = async (deciding: ExcursionItem, said: Said, act: Act): Promise<DecideExcursionOutcome> => {
    const stuck: string[] = [];
    for (const held of await excursions.allHeld(deciding.siteId, deciding.excursionId)) {
      if (held.state !== 'held') continue;
      const next: HeldItem = { ...held, state: ends[said.decision], version: held.version + 1 };
      const postings = movementsOf(held, said).map((movement) => ({ ref: held.ref, movement }));
      const outcome = await store.post(postings, { at: act.now, actor: act.actor }, [excursions.replaceHeld(next)]);
      if (outcome.kind === 'refused') stuck.push(held.ref.ndc);
      if (outcome.kind === 'contended' || outcome.kind === 'key-reused') throw new Error('An account kept changing while an excursion was decided');
    }
    if (stuck.length > 0) return { kind: 'no-longer-held', ndcs: stuck };
    const end = moved(deciding, ends[said.decision], said);
    if (await write(deciding, end, said.decision, act)) return { kind: 'moved', item: end };
    const standing = await excursions.excursion(deciding.siteId, deciding.excursionId);
    return standing === undefined ? { kind: 'not-found' } : { kind: 'repeated', item: standing };
  };

  return async (
    siteId: string,
    excursionId: string,
    wanted: z.output<typeof decision>,
    act: Act & { ifMatch: number },
  ): Promise<DecideExcursionOutcome> => {
    const item = await excursions.excursion(siteId, excursionId);
    if (item === undefined) return { kind: 'not-found' };
    const isSame = item.decision?.decision === wanted.decision && item.decision.reason === wanted.reason;
    if (isSame && item.decision !== undefined) return item.state === 'deciding' ? carryOut(item, item.decision, act) : { kind: 'repeated', item };
    if (item.version !== act.ifMatch) return { kind: 'stale' };
    const decided = decideMove(excursionMachine, 'decide', item.state);
    if (decided.kind === 'illegal-move') return decided;
    const said: Said = { ...wanted, wasteReason: wanted.wasteReason ?? 'storage-failure', actor: act.actor, at: act.now };
    const deciding = moved(item, decided.to, said);
    return (await write(item, deciding, 'decide', act)) ? carryOut(deciding, said, act) : { kind: 'stale' };
  };
};

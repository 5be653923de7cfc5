import { createdId, requestDigest } from '../../shared/kernel/ids.ts';
import { localDay, mondayOf } from '../../shared/kernel/dates.ts';
import { decideMove } from '../../shared/kernel/transitions.ts';
import type { Created } from '../../shared/platform/entity.ts';
import { FIGURES, figureOf } from './domain/figures/figure.ts';
import { disputeMachine } from './domain/machines.ts';
import type { makeReadFigures } from './describe-sites.ts';
import { entryOf, type Act, type Saved } from './record-supply.ts';
import type { AttestationItem, DisputeItem, FigureRulesItem } from './schemas-figures.ts';
import { attestationKey, byDisputeState, disputeKey, rulesKey, type FigureStore } from './store-figures.ts';
import type { AllocationStore } from './store.ts';

/**
 * A site whose records do not come in says how many doses it gave in a week that is over. It counts for a few weeks (FigureRules) and is
 * taken back when records do not follow; `ifMatch` 0 means that it said nothing yet.
 */
export const makeAttestWeek =
  (store: AllocationStore, figures: FigureStore, zone: string) =>
  async (
    siteId: string,
    week: string,
    form: { doses: number; note?: string | undefined },
    act: Act & { ifMatch: number },
  ): Promise<Saved<AttestationItem> | { kind: 'site-not-active' } | { kind: 'not-over' }> => {
    const site = await store.site(siteId);
    if (site?.state !== 'active') return { kind: 'site-not-active' };
    if (week >= mondayOf(localDay(act.now, zone))) return { kind: 'not-over' };
    const version = (await figures.attestation(siteId, week))?.version ?? 0;
    if (version !== act.ifMatch) return { kind: 'stale', version };
    const next: AttestationItem = {
      ...form,
      ...attestationKey(siteId, week),
      type: 'attestation',
      schema: 1,
      version: version + 1,
      siteId,
      week,
      attestedAt: act.now,
      attestedBy: act.actor,
    };
    const written = await figures.save(next, entryOf(act, 'attest', next.version));
    return written.kind === 'committed' ? { kind: 'saved', item: next } : { kind: 'stale', version: next.version };
  };

export type DisputeOutcome = Created<DisputeItem> | { kind: 'refused' } | { kind: 'no-such-figure' } | { kind: 'not-disputable' };

/** A site disputes a figure used about it. What the figure was then is kept with the dispute. */
export const makeRaiseDispute =
  (figures: FigureStore, readFigures: ReturnType<typeof makeReadFigures>) =>
  async (
    siteId: string,
    form: { figureId: string; claimed?: number | undefined; reason: string },
    act: Act & { idempotencyKey: string },
  ): Promise<DisputeOutcome> => {
    const disputeId = createdId('dsp', siteId, act.actor, act.idempotencyKey);
    const digest = requestDigest(form);
    const standing = await figures.dispute(siteId, disputeId);
    if (standing !== undefined) return standing.requestDigest === digest ? { kind: 'repeated', item: standing } : { kind: 'key-reused' };
    const named = figureOf(form.figureId);
    if (named === undefined) return { kind: 'no-such-figure' };
    if (!FIGURES[named.name].disputable) return { kind: 'not-disputable' };
    const found = await readFigures(siteId, named.week, act.now);
    const figure = found.kind === 'found' ? found.figures.find(({ figureId }) => figureId === form.figureId) : undefined;
    if (figure === undefined) return { kind: 'no-such-figure' };
    const item: DisputeItem = {
      ...form,
      ...disputeKey(siteId, disputeId),
      ...byDisputeState('open', act.now, disputeId),
      type: 'dispute',
      schema: 1,
      version: 1,
      disputeId,
      siteId,
      week: named.week,
      what: named.what,
      state: 'open',
      raisedAt: act.now,
      raisedBy: act.actor,
      requestDigest: digest,
      ...(figure.value === undefined ? {} : { used: figure.value }),
    };
    return figures.createDispute(item, entryOf(act, 'dispute', 1, { to: 'open', reason: form.reason }));
  };

export type AnswerDispute =
  | { answer: 'accept'; value: number; reason: string; untilWeek?: string | undefined }
  | { answer: 'decline'; reason: string }
  | { answer: 'withdraw' };
export type DisputeMove = Saved<DisputeItem> | { kind: 'illegal-move'; from: string; legalFrom: readonly string[] } | { kind: 'until-before-week' };

const withoutMove = ({
  answer: _,
  ...rest
}: Exclude<AnswerDispute, { answer: 'withdraw' }>): { value?: number; reason: string; untilWeek?: string | undefined } => rest;

/** Answers an open dispute (the department), or withdraws it (the site). An accepted value is what the next draft uses. */
export const makeMoveDispute =
  (figures: FigureStore) =>
  async (siteId: string, disputeId: string, said: AnswerDispute, act: Act & { ifMatch: number }): Promise<DisputeMove> => {
    const item = await figures.dispute(siteId, disputeId);
    if (item === undefined) return { kind: 'not-found' };
    if (item.version !== act.ifMatch) return { kind: 'stale', version: item.version };
    const decided = decideMove(disputeMachine, said.answer, item.state);
    if (decided.kind === 'illegal-move') return decided;
    if (said.answer === 'accept' && said.untilWeek !== undefined && said.untilWeek < item.week) return { kind: 'until-before-week' };
    const answer = said.answer === 'withdraw' ? undefined : { ...withoutMove(said), answeredAt: act.now, answeredBy: act.actor };
    const next: DisputeItem = {
      ...item, ...byDisputeState(decided.to, item.raisedAt, disputeId), state: decided.to, version: item.version + 1,
      ...(answer === undefined ? {} : { answer }),
    };
    const written = await figures.save(
      next,
      entryOf(act, said.answer, next.version, { from: item.state, to: next.state, ...(answer === undefined ? {} : { reason: answer.reason }) }),
    );
    return written.kind === 'committed' ? { kind: 'saved', item: next } : { kind: 'stale', version: next.version };
  };

/** Sets how figures are worked out, for all sites alike. `ifMatch` 0 for the first. */
export const makeSetFigureRules =
  (figures: FigureStore) =>
  async ({ rules, reason }: Pick<FigureRulesItem, 'rules' | 'reason'>, act: Act & { ifMatch: number }): Promise<Saved<FigureRulesItem>> => {
    const version = (await figures.rules())?.version ?? 0;
    if (version !== act.ifMatch) return { kind: 'stale', version };
    const next: FigureRulesItem = {
      ...rulesKey,
      type: 'figure-rules',
      schema: 1,
      version: version + 1,
      rules,
      reason,
      changedAt: act.now,
      changedBy: act.actor,
    };
    const written = await figures.save(next, entryOf(act, 'set-rules', next.version, { reason }));
    return written.kind === 'committed' ? { kind: 'saved', item: next } : { kind: 'stale', version: next.version };
  };

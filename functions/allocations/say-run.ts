import { movesFrom } from '../../shared/kernel/transitions.ts';
import { reject, type ApiResponse } from '../../shared/platform/http.ts';
import { problemDocument } from '../../shared/platform/problems.ts';
import type { AskedOutcome } from './ask-draft.ts';
import { movesOfPeople, runMachine } from './domain/machines.ts';
import type { RefusalReason } from './domain/refusal-reasons.ts';
import type { RunMoveOutcome } from './propose-run.ts';
import { sayRefusal } from './say-refusal.ts';
import type { AnyRunItem, RunRefusal } from './schemas-run-items.ts';

/** Which answer a refusal is, whether it comes at once or is read on the run. */
const statusOf: Readonly<Record<RefusalReason, readonly [status: number, slug: string]>> = {
  'unknown-policy': [400, 'invalid-request'],
  'policy-too-long': [422, 'invalid-request'],
  'no-supply': [409, 'conflict'],
  'not-held': [409, 'conflict'],
  'index-behind': [409, 'try-again'],
  'over-promised': [409, 'conflict'],
  faults: [422, 'invalid-request'],
  infeasible: [422, 'invalid-request'],
  'inputs-changed': [409, 'conflict'],
  'took-too-long': [500, 'fault'],
  fault: [500, 'fault'],
};

const rejectRefusal = ({ reason, detail, errors }: RunRefusal): never => reject(...statusOf[reason], detail, errors);

const problemOf = (run: AnyRunItem): object => {
  if (!('refusal' in run) || run.refusal === undefined) return {};
  const { reason, detail, errors } = run.refusal;
  const [status, slug] = statusOf[reason];
  return { problem: problemDocument({ status, slug, detail, errors }, run.correlationId ?? run.runId) };
};

/** A worker ends within its time limit, well before this. */
const noticeAfterMinutes = 10;

/** Somebody waits for longer than a worker has: it died, and comes again by itself or not at all. Nothing has to be waited for. */
const noticeOf = (run: AnyRunItem, now: string): { notice?: string } => {
  const since = run.state === 'drafting' ? run.draftedAt : run.state === 'publishing' ? run.publishedAt : undefined;
  if (since === undefined || Date.parse(now) - Date.parse(since) < noticeAfterMinutes * 60_000) return {};
  return {
    notice: run.state === 'drafting'
      ? 'It should have been ready by now. Send the same request again, or ask for another draft: nothing stands in its way.'
      : 'It should have been published by now. Ask for its publication again: it goes on where it stopped.',
  };
};

export const shownRun = (run: AnyRunItem, now: string): object => ({
  ...run, ...problemOf(run), ...noticeOf(run, now), nextMoves: movesFrom(runMachine, run.state).filter((move) => movesOfPeople.includes(move)),
});
export const ofRun = (run: AnyRunItem, now: string, status = 200): ApiResponse => ({ status, body: shownRun(run, now), version: run.version });
const underWay = (run: AnyRunItem, now: string): ApiResponse => ({ ...ofRun(run, now, 202), headers: { location: `/allocation-runs/${run.runId}` } });

export const ofAsked = (outcome: AskedOutcome, now: string): ApiResponse => {
  switch (outcome.kind) {
    case 'created':
      return underWay(outcome.item, now);
    case 'repeated':
      return outcome.item.state === 'drafting' ? underWay(outcome.item, now) : ofRun(outcome.item, now);
    case 'key-reused':
      return reject(422, 'idempotency-key-reused');
    case 'refused':
      return reject(409, 'try-again');
    case 'refused-at-once':
      return rejectRefusal(sayRefusal(outcome.refused));
  }
};

export const ofMove = (outcome: RunMoveOutcome, now: string): ApiResponse => {
  switch (outcome.kind) {
    case 'moved':
      return outcome.run.state === 'publishing' ? underWay(outcome.run, now) : ofRun(outcome.run, now);
    case 'not-found':
      return reject(404, 'not-found');
    case 'stale':
      return reject(412, 'stale-version');
    case 'illegal-move':
      return reject(409, 'illegal-move', `It is ${outcome.from}; this is possible from ${outcome.legalFrom.join(', ')}.`);
    case 'same-person':
      return reject(409, 'conflict', 'Another person than its proposer must publish it.');
    case 'week-settled':
      return reject(409, 'conflict', 'The week was settled: no other run of it can be published.');
    case 'policy-not-stored':
      return reject(422, 'invalid-request', 'Store its policy first (POST /policies): what is published must be readable by id and version.');
    case 'inputs-changed':
      return rejectRefusal(sayRefusal(outcome));
  }
};

import { decideMove } from '../../shared/kernel/transitions.ts';
import { runMachine } from './domain/machines.ts';
import { makeOffers } from './offer-awards.ts';
import { entryOf, type Act } from './record-supply.ts';
import { sayRefusal, type Refused } from './say-refusal.ts';
import type { AnyRunItem, RunItem } from './schemas-run-items.ts';
import type { SendRunJob } from './send-run-job.ts';
import type { AllocationStore, Pointer } from './store.ts';
import type { FigureStore } from './store-figures.ts';
import type { RunStore } from './store-runs.ts';
import type { RunMoveOutcome } from './propose-run.ts';
import { OutOfTime, type Turn } from './turn.ts';

type Versioned = { readonly pk: string; readonly sk: string; readonly version: number };

/** Whether supply, answers and the published run of the week are still what a run has read. The last write of a publication asks again. */
const isStillTrue = (run: RunItem, read: readonly Versioned[], supply: readonly Versioned[], pointer: Pointer | undefined): boolean => {
  const now = new Map(supply.map(({ sk, version }) => [sk, version]));
  const isWeekSame = pointer?.runId === run.supersedes && (pointer === undefined || pointer.answers === run.answersRead);
  return isWeekSame && (run.keep !== 'ordered' || pointer?.held !== undefined) && read.every(({ sk, version }) => now.get(sk) === version);
};

/** The same person asks again for what is being published: the answer was lost, or the worker died. */
const isAskedAgain = (run: AnyRunItem, { actor, ifMatch }: Act & { ifMatch: number }): boolean =>
  run.state === 'publishing' && (run.version === ifMatch || (run.publishedBy === actor && run.version === ifMatch + 1));

/**
 * Asks for the publication of a proposed run; whoever proposed it may not. Judges what can be judged at once, and leaves the laying out
 * of thousands of offers to the worker.
 */
export const makeAskPublication =
  (store: AllocationStore, runs: RunStore, send: SendRunJob) =>
  async (runId: string, act: Act & { ifMatch: number }): Promise<RunMoveOutcome> => {
    const run = await store.run(runId);
    if (run === undefined) return { kind: 'not-found' };
    const isAgain = isAskedAgain(run, act);
    if (!isAgain && run.version !== act.ifMatch) return { kind: 'stale', version: run.version };
    const decided = decideMove(runMachine, 'publish', run.state);
    if (!isAgain && decided.kind === 'illegal-move') return decided;
    if (run.state === 'drafting' || run.state === 'refused') throw new Error('the machine lets a run be published that was not shared out');
    if (run.proposedBy === act.actor) return { kind: 'same-person' };
    if (!isAgain) {
      const [{ supplyVersions }, supply, pointer] = await Promise.all([runs.head(run.partsPk), store.allSupply(run.week), store.pointer(run.week)]);
      if ((await store.settlement(run.week)) !== undefined) return { kind: 'week-settled' };
      if (!isStillTrue(run, supplyVersions, supply, pointer)) return { kind: 'inputs-changed' };
    }
    const { refusal: _before, ...rest } = run;
    const next: RunItem = isAgain ? run : { ...rest, state: 'publishing', publishedBy: act.actor, publishedAt: act.now, version: run.version + 1 };
    if (!isAgain) {
      const written = await store.save(next, entryOf(act, 'publish', next.version, { from: 'proposed', to: 'publishing' }));
      if (written.kind === 'refused') return { kind: 'stale', version: next.version };
    }
    await send({ runId, job: 'publish' });
    return { kind: 'moved', run: next };
  };

export type PublishEnd = 'published' | 'called-off' | 'was-ended';

/**
 * Publishes a run whose publication was asked for. The offers are laid out first, where no reader takes them for true; one transaction
 * then switches the week's pointer, if supply and answers are still those that the run has read. Can be cut off and repeated.
 */
export const makePublishRun =
  (store: AllocationStore, runs: RunStore, figures: Pick<FigureStore, 'awardsBetween'>) => {
  const offersOf = makeOffers(figures);
  return async (runId: string, turn: Turn): Promise<PublishEnd> => {
    const run = await store.run(runId);
    if (run?.state !== 'publishing') return 'was-ended';
    const { inputs, supplyVersions } = await runs.inputs(run.partsPk);
    try {
      await runs.stageOffers(await offersOf(run, await runs.awards(run.partsPk), inputs), () => { turn.check(); });
    } catch (error) {
      if (error instanceof OutOfTime) return callOff(store, run, { kind: 'took-too-long' }, turn.now);
      throw error;
    }
    const superseded = run.supersedes === undefined ? undefined : await store.sharedOut(run.supersedes);
    const next: RunItem = { ...run, state: 'published', version: run.version + 1 };
    const old: RunItem | undefined = superseded === undefined ? undefined : { ...superseded, state: 'superseded', version: superseded.version + 1 };
    const entry = entryOf({ actor: run.publishedBy ?? run.draftedBy, now: turn.now }, 'complete', next.version, {
      from: 'publishing',
      to: 'published',
    });
    const written = await runs.publish(next, old, supplyVersions, entry);
    if (written.kind === 'committed') return 'published';
    return written.failed.has(0) ? 'was-ended' : callOff(store, run, { kind: 'inputs-changed' }, turn.now);
  };
};

/** Takes a run back to where its publication began, with what a person is told. */
export const callOff = async (store: AllocationStore, run: RunItem, refused: Refused, now: string): Promise<PublishEnd> => {
  const { publishedBy = run.draftedBy, publishedAt: _at, ...rest } = run;
  const next: RunItem = { ...rest, state: 'proposed', version: run.version + 1, refusal: sayRefusal(refused) };
  const written = await store.save(
    next,
    entryOf({ actor: publishedBy, now }, 'call-off', next.version, { from: 'publishing', to: 'proposed', reason: refused.kind }),
  );
  return written.kind === 'committed' ? 'called-off' : 'was-ended';
};

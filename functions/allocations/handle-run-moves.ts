import { reject, type Handlers } from '../../shared/platform/http.ts';
import { makeAskDraft } from './ask-draft.ts';
import { shortLines } from './domain/explain/short-lines.ts';
import { makeProposeRun } from './propose-run.ts';
import { makeAskPublication } from './publish-run.ts';
import { makeReplayRun } from './replay-run.ts';
import type { runMoveRoutes } from './routes-run-moves.ts';
import { ofAsked, ofMove, ofRun, shownRun } from './say-run.ts';
import type { RunAward } from './schemas-run-items.ts';
import { shownRunAward } from './show-run-award.ts';
import type { SendRunJob } from './send-run-job.ts';
import type { AllocationStore } from './store.ts';
import type { DraftingStore } from './store-drafting.ts';
import type { PolicyStore } from './store-policies.ts';
import { makeFindPolicy } from './store-policy.ts';
import type { RunStore } from './store-runs.ts';

export interface RunMoveDeps {
  readonly store: AllocationStore;
  readonly runs: RunStore;
  readonly drafting: DraftingStore;
  readonly policies: PolicyStore;
  readonly send: SendRunJob;
}

const nameOfAward = ({ siteId, ndc, doseNumber, packDoses }: RunAward): string => JSON.stringify([siteId, ndc, doseNumber, packDoses]);

/** Handlers of a run from its draft to its publication. */
export const makeRunMoveHandlers = ({ store, runs, drafting, policies, send }: RunMoveDeps): Handlers<typeof runMoveRoutes> => {
  const findPolicy = makeFindPolicy(policies);
  const askDraft = makeAskDraft({ store, drafting, findPolicy, send });
  const proposeRun = makeProposeRun(store, findPolicy);
  const askPublication = makeAskPublication(store, runs, send);
  const replayRun = makeReplayRun(store, runs);
  return {
    draftRun: async ({ body, principal, now, idempotencyKey, correlationId }) =>
      ofAsked(await askDraft(body, { actor: principal.subject, now, idempotencyKey, correlationId }), now),
    listRuns: async ({ query, now }) => {
      const page = await store.runsOfWeek(query.week, query);
      return { status: 200, body: { ...page, items: page.items.map((run) => shownRun(run, now)) } };
    },
    readRun: async ({ params, now }) => {
      const run = await store.run(params.runId);
      return run === undefined ? reject(404, 'not-found') : ofRun(run, now);
    },
    listRunAwards: async ({ params, query }) => {
      const run = await store.sharedOut(params.runId);
      if (run === undefined) return reject(404, 'not-found');
      const page = await runs.awardPage(run.partsPk, query);
      const [first, last] = [page.items[0], page.items.at(-1)];
      if (query.short === undefined || first === undefined || last === undefined)
        return { status: 200, body: { ...page, items: page.items.map(shownRunAward) } };
      // A page may begin or end between two sizes of one product: the sizes are added up over whole sites.
      const lines = new Map(
        shortLines(await runs.awardsBetween(run.partsPk, first.siteId, last.siteId)).map(({ award, lineDoses }) => [nameOfAward(award), lineDoses]),
      );
      return {
        status: 200,
        body: {
          ...page,
          items: page.items.flatMap((award) => {
            const lineDoses = lines.get(nameOfAward(award));
            return lineDoses === undefined ? [] : [{ ...shownRunAward(award), lineDoses }];
          }),
        },
      };
    },
    replayRun: async ({ params }) => {
      const outcome = await replayRun(params.runId);
      return outcome.kind === 'replayed' ? { status: 200, body: outcome } : reject(404, 'not-found');
    },
    proposeRun: async ({ params, principal, now, ifMatch }) =>
      ofMove(await proposeRun(params.runId, { actor: principal.subject, now, ifMatch }), now),
    publishRun: async ({ params, principal, now, ifMatch }) =>
      ofMove(await askPublication(params.runId, { actor: principal.subject, now, ifMatch }), now),
  };
};

import { movesFrom } from '../../shared/kernel/transitions.ts';
import { reject, type ApiResponse, type Handlers } from '../../shared/platform/http.ts';
import { defaultFigureRules } from './domain/figures/figure-rules.ts';
import { figureOf } from './domain/figures/figure.ts';
import { disputeMachine } from './domain/machines.ts';
import { makeReadFigures, type DescribeSites } from './describe-sites.ts';
import { makeReadOutlook } from './read-outlook.ts';
import type { figureRoutes } from './routes-figures.ts';
import { makeAttestWeek, makeMoveDispute, makeRaiseDispute, makeSetFigureRules, type DisputeMove, type DisputeOutcome } from './say-figures.ts';
import { week as weekSchema } from './schemas.ts';
import type { DisputeItem } from './schemas-figures.ts';
import type { FigureStore } from './store-figures.ts';
import type { RunStore } from './store-runs.ts';
import type { AllocationStore } from './store.ts';

const shown = (dispute: DisputeItem): object => ({ ...dispute, nextMoves: movesFrom(disputeMachine, dispute.state) });
const ofDispute = (dispute: DisputeItem, status = 200): ApiResponse => ({ status, body: shown(dispute), version: dispute.version });
const notFound = (): ApiResponse => reject(404, 'not-found');

const ofRaised = (outcome: DisputeOutcome): ApiResponse => {
  switch (outcome.kind) {
    case 'created':
    case 'repeated':
      return ofDispute(outcome.item, outcome.kind === 'created' ? 201 : 200);
    case 'key-reused':
      return reject(422, 'idempotency-key-reused');
    case 'refused':
      return reject(409, 'try-again');
    case 'no-such-figure':
      return reject(422, 'invalid-request', undefined, [{ path: 'body.figureId', message: 'is none of the figures of this site' }]);
    case 'not-disputable':
      return reject(422, 'invalid-request', undefined, [
        { path: 'body.figureId', message: 'is only shown, or is the site’s own: it cannot be disputed' },
      ]);
  }
};

const ofMoved = (outcome: DisputeMove): ApiResponse => {
  switch (outcome.kind) {
    case 'saved':
      return ofDispute(outcome.item);
    case 'not-found':
      return notFound();
    case 'stale':
      return reject(412, 'stale-version', `Its version is ${outcome.version}.`);
    case 'illegal-move':
      return reject(409, 'illegal-move', `It is ${outcome.from}; this is possible from ${outcome.legalFrom.join(', ')}.`);
    case 'until-before-week':
      return reject(422, 'invalid-request', undefined, [{ path: 'body.untilWeek', message: 'must not be before the disputed week' }]);
  }
};

export interface FigureDeps {
  readonly store: AllocationStore;
  readonly figures: FigureStore;
  readonly runs: RunStore;
  readonly describe: DescribeSites;
  readonly zone: string;
}

/** The handlers of the routes about figures. */
export const makeFigureHandlers = ({ store, figures, runs, describe, zone }: FigureDeps): Handlers<typeof figureRoutes> => {
  const readFigures = makeReadFigures(store, figures, describe);
  const readOutlook = makeReadOutlook(store, figures, readFigures);
  const attestWeek = makeAttestWeek(store, figures, zone);
  const raiseDispute = makeRaiseDispute(figures, readFigures);
  const moveDispute = makeMoveDispute(figures);
  const setFigureRules = makeSetFigureRules(figures);
  const rulesNow = async (): Promise<ApiResponse> => {
    const held = await figures.rules();
    return held === undefined
      ? { status: 200, body: { rules: defaultFigureRules, version: 0 }, version: 0 }
      : { status: 200, body: held, version: held.version };
  };
  return {
    readAllocationFigures: async ({ params, query, now }) => {
      const found = await readFigures(params.siteId, query.week, now);
      return found.kind === 'not-found'
        ? notFound()
        : { status: 200, body: { siteId: params.siteId, week: query.week, input: found.input, figures: found.figures } };
    },
    readAllocationFigure: async ({ params: { siteId, figureId }, now }) => {
      const named = figureOf(figureId);
      const found = named === undefined || !weekSchema.safeParse(named.week).success ? undefined : await readFigures(siteId, named.week, now);
      const figure = found?.kind === 'found' ? found.figures.find((one) => one.figureId === figureId) : undefined;
      return figure === undefined ? notFound() : { status: 200, body: { ...figure, siteId, week: named?.week } };
    },
    readOutlook: async ({ params, query, now }) => {
      const found = await readOutlook(params.siteId, query.week, now);
      return found.kind === 'not-found' ? notFound() : { status: 200, body: found.outlook };
    },
    listAttestations: async ({ params, query }) => ({ status: 200, body: await figures.attestations(params.siteId, query) }),
    attestWeek: async ({ params, body, principal, now, ifMatch }) => {
      if (!weekSchema.safeParse(params.week).success)
        return reject(400, 'invalid-request', undefined, [{ path: 'path.week', message: 'must be a Monday, written YYYY-MM-DD' }]);
      const outcome = await attestWeek(params.siteId, params.week, body, { actor: principal.subject, now, ifMatch });
      switch (outcome.kind) {
        case 'saved':
          return { status: 200, body: outcome.item, version: outcome.item.version };
        case 'not-found':
          return notFound();
        case 'stale':
          return reject(412, 'stale-version', `Its version is ${outcome.version}.`);
        case 'site-not-active':
          return reject(409, 'conflict', 'Only an active site can attest what it gave.');
        case 'not-over':
          return reject(409, 'conflict', 'The week is not over yet.');
      }
    },
    raiseDispute: async ({ params, body, principal, now, idempotencyKey }) =>
      ofRaised(await raiseDispute(params.siteId, body, { actor: principal.subject, now, idempotencyKey })),
    listSiteDisputes: async ({ params, query }) => {
      const page = await figures.disputes(params.siteId, query);
      return { status: 200, body: { ...page, items: page.items.map(shown) } };
    },
    readDispute: async ({ params }) => {
      const dispute = await figures.dispute(params.siteId, params.disputeId);
      return dispute === undefined ? notFound() : ofDispute(dispute);
    },
    readDisputeHistory: async ({ params, query }) => ({ status: 200, body: await figures.disputeHistory(params.siteId, params.disputeId, query) }),
    withdrawDispute: async ({ params, principal, now, ifMatch }) =>
      ofMoved(await moveDispute(params.siteId, params.disputeId, { answer: 'withdraw' }, { actor: principal.subject, now, ifMatch })),
    answerDispute: async ({ params, body, principal, now, ifMatch }) =>
      ofMoved(await moveDispute(params.siteId, params.disputeId, body, { actor: principal.subject, now, ifMatch })),
    listDisputes: async ({ query }) => {
      const page = await figures.disputesIn(query.state, query);
      return { status: 200, body: { ...page, items: page.items.map(shown) } };
    },
    listRunInputs: async ({ params, query }) => {
      const run = await store.sharedOut(params.runId);
      if (run === undefined) return notFound();
      const page = await runs.sitePage(run.partsPk, query);
      const behind = await runs.figuresBetween(run.partsPk, page.items[0]?.siteId ?? '', page.items.at(-1)?.siteId ?? '');
      const items = page.items.map((input) => ({ siteId: input.siteId, week: run.week, input, figures: behind.get(input.siteId) ?? [] }));
      return { status: 200, body: { ...page, items } };
    },
    readRunInput: async ({ params: { runId, siteId } }) => {
      const run = await store.sharedOut(runId);
      const input = run === undefined ? undefined : await runs.site(run.partsPk, siteId);
      return run === undefined || input === undefined
        ? notFound()
        : { status: 200, body: { siteId, week: run.week, input, figures: await runs.figures(run.partsPk, siteId) } };
    },
    readFigureRules: rulesNow,
    setFigureRules: async ({ body, principal, now, ifMatch }) => {
      const outcome = await setFigureRules(body, { actor: principal.subject, now, ifMatch });
      return outcome.kind === 'saved'
        ? rulesNow()
        : outcome.kind === 'stale'
          ? reject(412, 'stale-version', `Its version is ${outcome.version}.`)
          : notFound();
    },
  };
};

import { movesFrom } from '../../shared/kernel/transitions.ts';
import { makeApi, reject, type ApiResponse, type Handlers } from '../../shared/platform/http.ts';
import { awardNameOf, type AwardItem } from '../../shared/published/award.ts';
import { isPublished, makeAnswerAward, type AnswerOutcome } from './answer-award.ts';
import { clashFaults, overPromisedFaults } from './answers.ts';
import { makeApiDeps } from './deps.ts';
import { standingOf } from './domain/award-standing.ts';
import { awardMachine, runMachine } from './domain/machines.ts';
import { answerByOf } from './domain/week-rules.ts';
import { makeFigureHandlers } from './http-figures.ts';
import { makeRunHandlers } from './handle-runs.ts';
import { makeProposeRun, makePublishRun, type RunMoveOutcome } from './publish-run.ts';
import { makeChangeSupply, makeRecordSupply, type Saved } from './record-supply.ts';
import { routes } from './routes.ts';
import { makeDraftRun, makeReplayRun, type DraftOutcome } from './run-allocation.ts';
import { week as weekSchema, type RunItem } from './schemas.ts';
import { makeSettleWeek } from './settle-week.ts';
import { makeFindPolicy } from './store-policy.ts';
import { makeSetStanding, makeSubmitRequest } from './submit-request.ts';

const { store, runs, policies, figures, describe, zone, api } = makeApiDeps();
const findPolicy = makeFindPolicy(policies);
const recordSupply = makeRecordSupply(store);
const changeSupply = makeChangeSupply(store);
const submitRequest = makeSubmitRequest(store, zone);
const setStanding = makeSetStanding(store);
const draftRun = makeDraftRun(store, runs, findPolicy, describe);
const replayRun = makeReplayRun(store, runs);
const proposeRun = makeProposeRun(store, findPolicy);
const publishRun = makePublishRun(store, runs);
const settleWeek = makeSettleWeek(store, runs);
const answerAward = makeAnswerAward(store, zone);

const shownRun = (run: RunItem): object => ({ ...run, nextMoves: movesFrom(runMachine, run.state) });
const ofRun = (run: RunItem, status = 200): ApiResponse => ({ status, body: shownRun(run), version: run.version });

/** An award as its site sees it: what it is now, what can be done next, until when, and why it is what it is. */
const shownAward = async (award: AwardItem, now: string): Promise<object> => {
  const [run, pointer] = await Promise.all([store.run(award.runId), store.pointer(award.week)]);
  const computed = run === undefined ? undefined : await runs.award(run.partsPk, award);
  const answerBy = answerByOf(award.week, zone, run?.publishedAt);
  const stored = standingOf(award, pointer, now, answerBy);
  // An order placed just before a cut is known here a little later; its award was never withdrawn.
  const state = stored === 'withdrawn' && (await store.ordersOf([award])).size > 0 ? 'ordered' : stored;
  const held = pointer?.held === undefined ? {} : { held: pointer.held };
  return { ...award, ...held, state, answerBy, nextMoves: movesFrom(awardMachine, state), words: computed?.words ?? [] };
};
const ofAward = async (award: AwardItem, now: string): Promise<ApiResponse> => ({ status: 200, body: await shownAward(award, now), version: award.version });

const ofSaved = (outcome: Saved<{ version: number }> | { kind: 'site-not-active' }): ApiResponse => {
  switch (outcome.kind) {
    case 'saved':
      return { status: 200, body: outcome.item, version: outcome.item.version };
    case 'not-found':
      return reject(404, 'not-found');
    case 'stale':
      return reject(412, 'stale-version', `Its version is ${outcome.version}.`);
    case 'site-not-active':
      return reject(409, 'conflict', 'Only an active site that receives vaccine may ask for it.');
  }
};

const ofDraft = (outcome: DraftOutcome): ApiResponse => {
  switch (outcome.kind) {
    case 'created':
      return ofRun(outcome.item, 201);
    case 'repeated':
      return ofRun(outcome.item);
    case 'key-reused':
      return reject(422, 'idempotency-key-reused');
    case 'refused':
      return reject(409, 'try-again');
    case 'unknown-policy':
      return reject(400, 'invalid-request', undefined, [{ path: 'body.policy', message: 'is no stored or shipped policy; send its id, id@version or a document' }]);
    case 'no-supply':
      return reject(409, 'conflict', 'No supply of the jurisdiction is recorded for this week.');
    case 'index-behind':
      return reject(409, 'try-again', 'Answers given a moment ago are not in the list yet; try again in a second.');
    case 'not-held':
      return reject(409, 'conflict', 'What sites accepted can be taken back only after supply was lowered: keep "accepted", or record the cut first.');
    case 'over-promised':
      return reject(409, 'conflict', 'More is promised than is supplied.', overPromisedFaults(outcome.pools));
    case 'faults':
      return reject(422, 'invalid-request', 'The figures do not fit the policy.', outcome.faults.slice(0, 50).map((message) => ({ path: 'body.policy', message })));
    case 'infeasible':
      return reject(422, 'invalid-request', `The policy cannot be met at ${outcome.node}.`, clashFaults(outcome));
  }
};

const ofMove = (outcome: RunMoveOutcome): ApiResponse => {
  switch (outcome.kind) {
    case 'moved':
      return ofRun(outcome.run);
    case 'not-found':
      return reject(404, 'not-found');
    case 'stale':
      return reject(412, 'stale-version');
    case 'illegal-move':
      return reject(409, 'illegal-move', `It is ${outcome.from}; this is possible from ${outcome.legalFrom.join(', ')}.`);
    case 'same-person':
      return reject(409, 'conflict', 'Another person than its proposer must publish it.');
    case 'policy-not-stored':
      return reject(422, 'invalid-request', 'Store its policy first (POST /policies): what is published must be readable by id and version.');
    case 'inputs-changed':
      return reject(409, 'conflict', 'Supply changed, or an offer was answered, or another run was published since it was drafted: draft it again.');
  }
};

const ofAnswer = (outcome: AnswerOutcome, now: string): Promise<ApiResponse> => {
  switch (outcome.kind) {
    case 'answered':
      return ofAward(outcome.award, now);
    case 'held':
      return reject(409, 'conflict', `Supply was cut (${outcome.why}): a new run is being made. Only declining is possible now.`);
    case 'not-found':
      return reject(404, 'not-found');
    case 'stale':
      return reject(412, 'stale-version');
    case 'illegal-move':
      return reject(409, 'illegal-move', `It is ${outcome.from}; this is possible from ${outcome.legalFrom.join(', ')}.`);
    case 'lapsed':
      return reject(409, 'illegal-move', `It lapsed at ${outcome.at}.`);
    case 'not-whole-packs':
      return reject(422, 'invalid-request', undefined, [{ path: 'body.doses', message: `must be fewer than ${outcome.doses} and a multiple of the pack of ${outcome.packDoses}` }]);
    case 'superseded':
      return reject(409, 'conflict', 'A newer run of the week was published: look at its offers.');
  }
};

const handlers: Handlers<typeof routes> = {
  ...makeRunHandlers(store, runs, policies),
  ...makeFigureHandlers({ store, figures, runs, describe, zone }),
  recordSupply: async ({ body, principal, now }) => {
    const outcome = await recordSupply(body, { actor: principal.subject, now });
    if (outcome.kind === 'created' || outcome.kind === 'repeated')
      return { status: outcome.kind === 'created' ? 201 : 200, body: outcome.item, version: outcome.item.version };
    return outcome.kind === 'key-reused' ? reject(409, 'conflict', 'This line is recorded already, with another figure: change it with PUT and a reason.') : reject(409, 'try-again');
  },
  listSupply: async ({ query }) => ({ status: 200, body: await store.supply(query.week, query) }),
  changeSupply: async ({ params, body, principal, now, ifMatch }) => ofSaved(await changeSupply(params.supplyId, body, { actor: principal.subject, now, ifMatch })),
  readStanding: async ({ params }) => {
    const standing = await store.standing(params.siteId);
    return standing === undefined ? reject(404, 'not-found') : { status: 200, body: standing, version: standing.version };
  },
  setStanding: async ({ params, body, principal, now, ifMatch }) => ofSaved(await setStanding(params.siteId, body, { actor: principal.subject, now, ifMatch })),
  listRequests: async ({ params, query }) => ({ status: 200, body: await store.requests(params.siteId, query) }),
  submitRequest: async ({ params, body, principal, now, ifMatch }) => {
    const { siteId, week, ndc, doseNumber } = params;
    const faults = [
      ...(weekSchema.safeParse(week).success ? [] : [{ path: 'path.week', message: 'must be a Monday, written YYYY-MM-DD' }]),
      ...(/^\d{5}-\d{4}-\d{2}$/.test(ndc) ? [] : [{ path: 'path.ndc', message: 'must be the NDC of the unit of use, written 5-4-2' }]),
      ...(/^[1-9]$/.test(doseNumber) ? [] : [{ path: 'path.doseNumber', message: 'must be 1 to 9' }]),
    ];
    if (faults.length > 0) return reject(400, 'invalid-request', undefined, faults);
    return ofSaved(await submitRequest({ siteId, week, ndc, doseNumber: Number(doseNumber) }, body, { actor: principal.subject, now, ifMatch }));
  },
  draftRun: async ({ body, principal, now, idempotencyKey }) => ofDraft(await draftRun(body, { actor: principal.subject, now, idempotencyKey })),
  listRuns: async ({ query }) => {
    const page = await store.runsOfWeek(query.week, query);
    return { status: 200, body: { ...page, items: page.items.map(shownRun) } };
  },
  readRun: async ({ params }) => {
    const run = await store.run(params.runId);
    return run === undefined ? reject(404, 'not-found') : ofRun(run);
  },
  listRunAwards: async ({ params, query }) => {
    const run = await store.run(params.runId);
    if (run === undefined) return reject(404, 'not-found');
    const page = await runs.awardPage(run.partsPk, query);
    return { status: 200, body: query.short === undefined ? page : { ...page, items: page.items.filter(({ doses, requestDoses }) => doses < requestDoses) } };
  },
  replayRun: async ({ params }) => {
    const outcome = await replayRun(params.runId);
    return outcome.kind === 'replayed' ? { status: 200, body: outcome } : reject(404, 'not-found');
  },
  proposeRun: async ({ params, principal, now, ifMatch }) => ofMove(await proposeRun(params.runId, { actor: principal.subject, now, ifMatch })),
  publishRun: async ({ params, principal, now, ifMatch }) => ofMove(await publishRun(params.runId, { actor: principal.subject, now, ifMatch })),
  settleWeek: async ({ params }) => {
    const outcome = await settleWeek(params.runId);
    switch (outcome.kind) {
      case 'settled':
        return { status: 200, body: outcome.settlement };
      case 'not-found':
        return reject(404, 'not-found');
      case 'not-published':
        return reject(409, 'illegal-move', 'Only the published run of a week can be settled.');
      case 'settled-otherwise':
        return reject(409, 'conflict', 'The week was settled with another run.');
    }
  },
  listAwards: async ({ params, query, now }) => {
    const page = await store.awards(params.siteId, query);
    const visible = await Promise.all(page.items.map(async (award) => ((await isPublished(store, award)) ? shownAward(award, now) : undefined)));
    return { status: 200, body: { ...page, items: visible.filter((award) => award !== undefined) } };
  },
  readAward: async ({ params, now }) => {
    const name = awardNameOf(params.awardId);
    const award = name === undefined ? undefined : await store.award(params.siteId, name);
    return award !== undefined && (await isPublished(store, award)) ? ofAward(award, now) : reject(404, 'not-found');
  },
  answerAward: async ({ params, body, principal, now, ifMatch }) => ofAnswer(await answerAward(params.siteId, params.awardId, body, { actor: principal.subject, now, ifMatch }), now),
};

export const handler = makeApi(routes, handlers, api);

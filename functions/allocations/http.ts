import { makeApi, reject, type ApiResponse, type Handlers } from '../../shared/platform/http.ts';
import { awardNameOf, type AwardItem } from '../../shared/published/award.ts';
import { isPublished, makeAnswerAward, type AnswerOutcome } from './answer-award.ts';
import { makeApiDeps } from './deps.ts';
import { makeFigureHandlers } from './http-figures.ts';
import { makeRunMoveHandlers } from './handle-run-moves.ts';
import { makeRunHandlers } from './handle-runs.ts';
import { makeWeekHandlers } from './handle-week.ts';
import { makeListVialsToSend } from './list-vials-to-send.ts';
import { makeChangeSupply, makeRecordSupply, type Saved } from './record-supply.ts';
import { routes } from './routes.ts';
import { week as weekSchema } from './schemas.ts';
import { makeSettleWeek } from './settle-week.ts';
import { makeShowAward } from './show-award.ts';
import { makeSetStanding, makeSubmitRequest } from './submit-request.ts';

const { store, runs, drafting, policies, send, figures, describe, zone, jurisdiction, api } = makeApiDeps();
const recordSupply = makeRecordSupply(store);
const changeSupply = makeChangeSupply(store);
const submitRequest = makeSubmitRequest(store, zone);
const setStanding = makeSetStanding(store, policies, jurisdiction);
const settleWeek = makeSettleWeek(store, runs, zone);
const answerAward = makeAnswerAward(store, zone);
const awards = makeShowAward(store, runs, zone);

/** One award: a hub is told besides what those who share its packs answered. */
const ofAward = async (award: AwardItem, now: string): Promise<ApiResponse> => {
  const [body, memberAnswers] = await Promise.all([awards.show(award, now), awards.answersOf(award)]);
  return { status: 200, body: { ...body, ...(memberAnswers.length > 0 && { memberAnswers }) }, version: award.version };
};

const ofSaved = (outcome: Saved<{ version: number }> | { kind: 'site-not-active' } | { kind: 'wrong-hub'; message: string }): ApiResponse => {
  switch (outcome.kind) {
    case 'saved':
      return { status: 200, body: outcome.item, version: outcome.item.version };
    case 'not-found':
      return reject(404, 'not-found');
    case 'stale':
      return reject(412, 'stale-version', `Its version is ${outcome.version}.`);
    case 'wrong-hub':
      return reject(422, 'invalid-request', undefined, [{ path: 'body.hub', message: outcome.message }]);
    case 'site-not-active':
      return reject(409, 'conflict', 'Only an active site that receives vaccine may ask for it.');
  }
};

const ofAnswer = async (outcome: AnswerOutcome, now: string): Promise<ApiResponse> => {
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
      return reject(409, 'illegal-move', await awards.whyNot(outcome.award, now, outcome.legalFrom));
    case 'lapsed':
      return reject(409, 'illegal-move', `It lapsed at ${outcome.at}.`);
    case 'not-whole-packs':
      return reject(422, 'invalid-request', undefined, [
        { path: 'body.doses', message: `must be fewer than ${outcome.doses} and a multiple of the ${outcome.unit} of ${outcome.unitDoses}` },
      ]);
    case 'others-share':
      return reject(422, 'invalid-request', undefined, [
        {
          path: 'body.doses',
          message: `must be ${outcome.leastDoses} at least: ${outcome.othersDoses} doses of these packs are for other sites by the vial. Decline instead, and their offers end`,
        },
      ]);
    case 'hub-ended':
      return reject(409, 'conflict', outcome.words);
    case 'superseded':
      return reject(409, 'conflict', 'A newer run of the week was published: look at its offers.');
  }
};

const handlers: Handlers<typeof routes> = {
  ...makeRunHandlers(store, runs, policies, jurisdiction),
  ...makeRunMoveHandlers({ store, runs, drafting, policies, send }),
  ...makeFigureHandlers({ store, figures, runs, describe, zone }),
  ...makeWeekHandlers(store, runs, makeListVialsToSend(store, figures, zone)),
  recordSupply: async ({ body, principal, now }) => {
    const outcome = await recordSupply(body, { actor: principal.subject, now });
    if (outcome.kind === 'created' || outcome.kind === 'repeated')
      return { status: outcome.kind === 'created' ? 201 : 200, body: outcome.item, version: outcome.item.version };
    return outcome.kind === 'key-reused'
      ? reject(409, 'conflict', 'This line is recorded already, with another figure: change it with PUT and a reason.')
      : reject(409, 'try-again');
  },
  listSupply: async ({ query }) => ({ status: 200, body: await store.supply(query.week, query) }),
  changeSupply: async ({ params, body, principal, now, ifMatch }) =>
    ofSaved(await changeSupply(params.supplyId, body, { actor: principal.subject, now, ifMatch })),
  readStanding: async ({ params }) => {
    const standing = await store.standing(params.siteId);
    return standing === undefined ? reject(404, 'not-found') : { status: 200, body: standing, version: standing.version };
  },
  setStanding: async ({ params, body, principal, now, ifMatch }) =>
    ofSaved(await setStanding(params.siteId, body, { actor: principal.subject, now, ifMatch })),
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
  settleWeek: async ({ params, now }) => {
    const outcome = await settleWeek(params.runId, now);
    switch (outcome.kind) {
      case 'settled':
        return { status: 200, body: outcome.settlement };
      case 'not-found':
        return reject(404, 'not-found');
      case 'not-published':
        return reject(409, 'illegal-move', 'Only the published run of a week can be settled.');
      case 'not-over':
        return reject(409, 'conflict', `The week is not over: it can be settled from ${outcome.from} on.`);
      case 'settled-otherwise':
        return reject(409, 'conflict', 'The week was settled with another run.');
    }
  },
  listAwards: async ({ params, query, now }) => {
    const page = await store.awards(params.siteId, query);
    return { status: 200, body: { ...page, items: await awards.showPage(page.items, now) } };
  },
  readAward: async ({ params, now }) => {
    const name = awardNameOf(params.awardId);
    const award = name === undefined ? undefined : await store.award(params.siteId, name);
    return award !== undefined && (await isPublished(store, award)) ? ofAward(award, now) : reject(404, 'not-found');
  },
  answerAward: async ({ params, body, principal, now, ifMatch }) =>
    ofAnswer(await answerAward(params.siteId, params.awardId, body, { actor: principal.subject, now, ifMatch }), now),
};

export const handler = makeApi(routes, handlers, api);

import { makeApi, reject, type ApiResponse, type Handlers } from '../../shared/platform/http.ts';
import { patientFacts } from '../../shared/published/person.ts';
import type { ChangeDoseOutcome } from './correct-dose.ts';
import { makeApiDeps } from './deps.ts';
import { whyClosed } from './domain/sender.ts';
import { worklistWords } from './domain/worklist.ts';
import type { JsonRemark } from './domain/json-paths.ts';
import { problemInFhir } from './fhir/answers.ts';
import { fhirHandlers } from './http-fhir.ts';
import { fileHandlers } from './http-files.ts';
import { faultInMessage, messageHandlers } from './http-messages.ts';
import { organizationHandlers } from './http-organizations.ts';
import { personHandlers } from './http-persons.ts';
import { qualityHandlers } from './http-quality.ts';
import { reviewHandlers } from './http-reviews.ts';
import type { ReportDosesOutcome } from './report-doses.ts';
import { routes } from './routes.ts';
import { shownDose, shownToItsOwn } from './show-dose.ts';

const faultsOf = (remarks: readonly JsonRemark[]): { path: string; message: string }[] =>
  remarks.filter(({ severity }) => severity === 'E').map(({ path, message }) => ({ path, message }));

const reported = (outcome: ReportDosesOutcome): ApiResponse => {
  switch (outcome.kind) {
    case 'not-found':
      return reject(404, 'not-found');
    case 'key-reused':
      return reject(422, 'idempotency-key-reused');
    case 'reported': {
      const { rows, messageId } = outcome;
      if (rows.every(({ status }) => status === 'rejected'))
        return reject(
          400,
          'invalid-request',
          'No dose was stored.',
          rows.flatMap(({ remarks }) => faultsOf(remarks)),
        );
      if (rows.every(({ status }) => status === 'try-again')) return reject(409, 'try-again', 'Send the same request again.');
      const items = rows.map(({ dose, isUnseen: _, isUnread: __, tally: ___, ...row }) => ({
        ...row,
        ...(dose === undefined ? {} : { dose: shownDose(dose) }),
      }));
      return { status: rows.some(({ status }) => status === 'recorded') ? 201 : 200, body: { messageId, items } };
    }
  }
};

const changed = (outcome: ChangeDoseOutcome): ApiResponse => {
  switch (outcome.kind) {
    case 'changed':
      return { status: 200, body: { dose: shownToItsOwn(outcome.dose), remarks: outcome.remarks }, version: outcome.dose.version };
    case 'rejected':
      return reject(400, 'invalid-request', 'The dose stays as it was.', faultsOf(outcome.remarks));
    case 'not-found':
      return reject(404, 'not-found');
    case 'no-question':
      return reject(409, 'illegal-move', 'No day of this dose waits to be confirmed. One before its vaccine was sold can only be corrected.');
    case 'stale':
      return reject(412, 'stale-version', 'Read it again and repeat what you meant to do.');
    case 'illegal-move':
      return reject(409, 'illegal-move', `It is ${outcome.from}; this is possible from ${outcome.legalFrom.join(', ')}.`);
    case 'contended':
      return reject(409, 'try-again', 'Send the same request again.');
  }
};

const deps = makeApiDeps();
const { api, doses, persons, decisions, messages, readDose, confirmDate, settleAgain, settleWorklist, uploads, findSender, writers } = deps;

/** Of somebody who opted out there is no dose to anybody (HL7-98). */
const unlessOptedOut = async (doseId: string, answer: () => Promise<ApiResponse>): Promise<ApiResponse> =>
  (await decisions.isOfOptedOut(doseId)) ? reject(404, 'not-found') : answer();

const handlers: Handlers<typeof routes> = {
  reportDoses: async ({ params, body, badRows, principal, now, idempotencyKey }) => {
    const { reportDoses } = await writers();
    const senderId = (await findSender(principal.member))?.senderId ?? principal.subject;
    return reported(await reportDoses(params.siteId, body, { actor: principal.subject, senderId, now, idempotencyKey, badRows }));
  },
  listDoses: async ({ params, query }) => {
    const page = await doses.siteDay(params.siteId, query.day, query);
    return { status: 200, body: { ...page, items: page.items.map(shownDose) } };
  },
  readDose: ({ params }) => unlessOptedOut(params.doseId, async () => {
    const dose = await readDose(params.siteId, params.doseId);
    const record = dose === undefined ? undefined : await persons.recordOf(dose);
    if (dose === undefined || record === undefined) return reject(404, 'not-found');
    return { status: 200, body: { ...shownDose(dose), patient: patientFacts.parse(record) }, version: dose.version };
  }),
  correctDose: ({ params, body, principal, now, ifMatch }) => unlessOptedOut(params.doseId, async () => {
    const { correctDose } = await writers();
    return changed(await correctDose({ siteId: params.siteId }, params.doseId, body, { actor: principal.subject, now, ifMatch }));
  }),
  deleteDose: ({ params, body, principal, now, ifMatch }) => unlessOptedOut(params.doseId, async () => {
    const { deleteDose } = await writers();
    return changed(await deleteDose({ siteId: params.siteId }, params.doseId, body.reason, { actor: principal.subject, now, ifMatch }));
  }),
  confirmDoseDate: ({ params, body, principal, now, ifMatch }) => unlessOptedOut(params.doseId, async () =>
    changed(await confirmDate(params.siteId, params.doseId, body.reason, { actor: principal.subject, now, ifMatch }))),
  listWorklist: async ({ params, query }) => {
    const page = await doses.worklist(params.siteId, query);
    return { status: 200, body: { ...page, items: page.items.map((item) => ({ ...item, explanation: worklistWords(item) })) } };
  },
  settleWorklist: async ({ params, principal, now }) =>
    ({ status: 202, body: await settleWorklist(params.siteId, { actor: principal.subject, now }) }),
  settleDose: ({ params, principal, now, ifMatch }) => unlessOptedOut(params.doseId, async () => {
    const outcome = await settleAgain(params.siteId, params.doseId, { actor: principal.subject, now, ifMatch });
    return outcome.kind === 'not-waiting'
      ? reject(409, 'illegal-move', 'This dose does not wait for stock: GET it to see why it moved some, or none.')
      : changed(outcome);
  }),
  requestUpload: async ({ principal, now, idempotencyKey }) => {
    const sender = await findSender(principal.member);
    if (sender === undefined || sender.mode === 'closed')
      return reject(403, 'forbidden', `There is no interface of yours that is open for messages: ${whyClosed(sender)}.`);
    const outcome = await uploads.request(sender, now, idempotencyKey);
    return outcome.kind === 'try-again' ? reject(409, 'try-again') : { status: outcome.kind === 'created' ? 201 : 200, body: outcome.upload };
  },
  readUpload: async ({ params, principal }) => {
    const upload = await uploads.read(params.uploadId, principal.subject);
    if (upload === undefined) return reject(404, 'not-found');
    // Answers to queries tell of patients: whoever may not send any more fetches none.
    const sender = await findSender(principal.member);
    return { status: 200, body: sender === undefined || sender.mode === 'closed' ? { ...upload, answerFiles: [] } : upload };
  },
  readMessage: async ({ params, principal, now, correlationId }) => {
    const message = await messages.message(params.messageId);
    if (message !== undefined) await decisions.reads.enterMessage(message.messageId, now, principal.subject, correlationId);
    const text = message === undefined ? undefined : await messages.original(message.objectKey);
    return text === undefined ? reject(404, 'not-found') : { status: 200, body: text };
  },
  ...messageHandlers(deps),
  ...organizationHandlers(deps, unlessOptedOut, changed),
  ...personHandlers(decisions, persons),
  ...reviewHandlers(deps),
  ...fhirHandlers({ findSender, useCases: writers }),
  ...fileHandlers(writers, findSender),
  ...qualityHandlers(deps),
};

const inMessage = faultInMessage(deps);
export const handler = makeApi(routes, handlers, {
  ...api,
  inItsFormat: (problem, route, sent) => inMessage(problem, route, sent) ?? problemInFhir(problem, route),
});

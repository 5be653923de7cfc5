import { makeApi, reject, type ApiResponse, type Handlers } from '../../shared/platform/http.ts';
import { doseIdOf, patientFacts, type DoseItem } from '../../shared/published/dose.ts';
import type { ChangeDoseOutcome } from './correct-dose.ts';
import { makeApiDeps } from './deps.ts';
import { decrementReasons, type DecrementReason } from './domain/decrement.ts';
import type { JsonRemark } from './domain/json-paths.ts';
import { personHandlers } from './http-persons.ts';
import type { ReportDosesOutcome } from './report-doses.ts';
import { routes } from './routes.ts';

const explanationOf = ({ kind, why }: DoseItem['decrement']): string =>
  kind === 'matched' ? 'one dose was taken from its account' : (decrementReasons[why as DecrementReason] ?? kind);
const shown = (dose: DoseItem): object => ({ ...dose, doseId: doseIdOf(dose), decrement: { ...dose.decrement, explanation: explanationOf(dose.decrement) } });

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
      if (rows.every(({ status }) => status === 'rejected')) return reject(400, 'invalid-request', 'No dose was stored.', rows.flatMap(({ remarks }) => faultsOf(remarks)));
      if (rows.every(({ status }) => status === 'try-again')) return reject(409, 'try-again', 'Send the same request again.');
      const items = rows.map(({ dose, isUnseen: _, ...row }) => ({ ...row, ...(dose === undefined ? {} : { dose: shown(dose) }) }));
      return { status: rows.some(({ status }) => status === 'recorded') ? 201 : 200, body: { messageId, items } };
    }
  }
};

const changed = (outcome: ChangeDoseOutcome): ApiResponse => {
  switch (outcome.kind) {
    case 'changed':
      return { status: 200, body: { dose: shown(outcome.dose), remarks: outcome.remarks }, version: outcome.dose.version };
    case 'rejected':
      return reject(400, 'invalid-request', 'The dose stays as it was.', faultsOf(outcome.remarks));
    case 'not-found':
      return reject(404, 'not-found');
    case 'stale':
      return reject(412, 'stale-version', 'Read it again and repeat what you meant to do.');
    case 'illegal-move':
      return reject(409, 'illegal-move', `It is ${outcome.from}; this is possible from ${outcome.legalFrom.join(', ')}.`);
    case 'contended':
      return reject(409, 'try-again', 'Send the same request again.');
  }
};

const { api, doses, persons, decisions, messages, readDose, uploads, findSender, writers } = makeApiDeps();

const handlers: Handlers<typeof routes> = {
  reportHl7: async ({ body, principal, now }) => {
    const { reportHl7 } = await writers();
    return { status: 200, body: (await reportHl7(body, await findSender(principal.member), now)).ack };
  },
  reportDoses: async ({ params, body, principal, now, idempotencyKey }) => {
    const { reportDoses } = await writers();
    return reported(await reportDoses(params.siteId, body, { actor: principal.subject, now, idempotencyKey }));
  },
  listDoses: async ({ params, query }) => {
    const page = await doses.siteDay(params.siteId, query.day, query);
    return { status: 200, body: { ...page, items: page.items.map(shown) } };
  },
  readDose: async ({ params }) => {
    const dose = await readDose(params.siteId, params.doseId);
    const record = dose === undefined ? undefined : await persons.recordOf(dose);
    if (dose === undefined || record === undefined) return reject(404, 'not-found');
    return { status: 200, body: { ...shown(dose), patient: patientFacts.parse(record) }, version: dose.version };
  },
  correctDose: async ({ params, body, principal, now, ifMatch }) => {
    const { correctDose } = await writers();
    return changed(await correctDose(params.siteId, params.doseId, body, { actor: principal.subject, now, ifMatch }));
  },
  deleteDose: async ({ params, body, principal, now, ifMatch }) => {
    const { deleteDose } = await writers();
    return changed(await deleteDose(params.siteId, params.doseId, body.reason, { actor: principal.subject, now, ifMatch }));
  },
  listWorklist: async ({ params, query }) => {
    const page = await doses.worklist(params.siteId, query);
    return { status: 200, body: { ...page, items: page.items.map((item) => ({ ...item, explanation: decrementReasons[item.why as DecrementReason] ?? item.why })) } };
  },
  requestUpload: async ({ principal, now, idempotencyKey }) => {
    const sender = await findSender(principal.member);
    if (sender === undefined || sender.mode === 'closed') return reject(403, 'forbidden', 'There is no interface of yours that is open for messages.');
    const outcome = await uploads.request(sender, now, idempotencyKey);
    return outcome.kind === 'try-again' ? reject(409, 'try-again') : { status: outcome.kind === 'created' ? 201 : 200, body: outcome.upload };
  },
  readUpload: async ({ params, principal }) => {
    const upload = await uploads.read(params.uploadId, principal.subject);
    return upload === undefined ? reject(404, 'not-found') : { status: 200, body: upload };
  },
  readMessage: async ({ params }) => {
    const message = await messages.message(params.messageId);
    const text = message === undefined ? undefined : await messages.original(message.objectKey);
    return text === undefined ? reject(404, 'not-found') : { status: 200, body: text };
  },
  ...personHandlers(decisions, persons),
};

export const handler = makeApi(routes, handlers, api);

import { reject, type ApiResponse, type Handlers } from '../../shared/platform/http.ts';
import { parseJson } from '../../shared/platform/json.ts';
import type { Principal } from '../../shared/platform/principal.ts';
import type { MemberItem } from '../../shared/published/member.ts';
import { capabilityStatement } from './domain/fhir/capability.ts';
import { doseSearchOf, patientSearchOf } from './domain/fhir/search.ts';
import { whyClosed, type Sender } from './domain/sender.ts';
import { doseAnswer, dosesAnswer, oneIssue, patientAnswer, patientsAnswer, refused, toldAnswer, transactionAnswer } from './fhir/answers.ts';
import type { FindResources } from './fhir/find-resources.ts';
import { entriesOf, entryOf, type Entries } from './fhir/read-entries.ts';
import type { TellResources, TellResourcesOutcome } from './fhir/tell-resources.ts';
import { viewerOf, type Viewer } from './fhir/viewer.ts';
import type { fhirRoutes } from './routes-fhir.ts';

export interface FhirParts {
  readonly findSender: (member: MemberItem | undefined) => Promise<Sender | undefined>;
  readonly useCases: () => Promise<{ readonly findResources: FindResources; readonly tellResources: TellResources }>;
}

/** What of a request these handlers look at. */
interface Asked {
  readonly principal: Principal;
  readonly origin: string;
}
interface Sent extends Asked {
  readonly body: string;
  readonly now: string;
  readonly headers: Readonly<Record<string, string>>;
}

type Told = Extract<TellResourcesOutcome, { kind: 'told' }>;

/** JSON only; a client that names no type is taken at its word. */
const speaksJson = (headers: Readonly<Record<string, string>>): boolean => {
  const type = headers['content-type'] ?? 'application/fhir+json';
  return /^(application\/(fhir\+json|json|json\+fhir)|text\/json|text\/plain)\b/i.test(type.trim());
};

const keyOf = (headers: Readonly<Record<string, string>>, identifier: string | undefined): string | undefined => {
  const key = headers['idempotency-key']?.trim() ?? '';
  return key === '' ? identifier : key.slice(0, 200);
};

/** The handlers of the routes that speak FHIR. */
export const fhirHandlers = ({ findSender, useCases }: FhirParts): Handlers<typeof fhirRoutes> => {
  const viewer = async (member: MemberItem | undefined): Promise<Viewer> =>
    viewerOf(member, await findSender(member)) ?? reject(403, 'forbidden', 'There is no interface of yours that is in production.');

  const tell = async (
    { body: text, headers, principal, now }: Sent,
    entriesIn: (body: unknown) => Entries,
    answer: (told: Told) => ApiResponse | Promise<ApiResponse>,
  ): Promise<ApiResponse> => {
    const sender = await findSender(principal.member);
    if (sender === undefined || sender.mode === 'closed')
      return reject(403, 'forbidden', `There is no interface of yours that is open for messages: ${whyClosed(sender)}.`);
    if (!speaksJson(headers)) return oneIssue('not-supported', 'Send application/fhir+json; XML is not read here', 415);
    if (headers['if-none-exist'] !== undefined)
      return oneIssue(
        'not-supported',
        'If-None-Exist is not read here: what is there already is met by its identifier, and changed by what is said',
        412,
      );
    const parsed = parseJson(text);
    if (parsed.kind === 'not-json') return oneIssue('structure', 'The body is not JSON', 400);
    const entries = entriesIn(parsed.value);
    const { findResources, tellResources } = await useCases();
    const seen = viewerOf(principal.member, sender);
    const recordOf = async (id: string) => (seen === undefined ? undefined : findResources.toTellOf(seen, id));
    const outcome = await tellResources({ text, body: parsed.value, entries, sender, key: keyOf(headers, entries.identifier), now, recordOf });
    switch (outcome.kind) {
      case 'refused':
        return refused(outcome.issues);
      case 'key-reused':
        return reject(422, 'idempotency-key-reused');
      case 'contended':
        return reject(409, 'try-again', 'Too many writers at once. Send the same again: what is stored already is not stored twice.');
      case 'trial':
        return refused(
          [
            ...outcome.issues,
            { severity: 'information', code: 'informational', text: 'Your interface is in test: everything was judged, nothing was stored' },
          ],
          200,
        );
      case 'told':
        return answer(outcome);
    }
  };

  const one = (type: 'Patient' | 'Immunization') => (request: Sent): Promise<ApiResponse> =>
    tell(request, (body) => entryOf(body, type), async ({ told: [told], issues }) => {
      const base = `${request.origin}/fhir`;
      const answer = toldAnswer(told, issues, base);
      if (told?.id === undefined || !/return=representation/.test(request.headers['prefer'] ?? '')) return answer;
      const shown = await find(type, told.id, request.principal.member);
      return shown === undefined ? answer : { ...answer, body: shown.body };
    });

  /** Undefined for what is not there, or not to be seen. */
  const find = async (type: 'Patient' | 'Immunization', id: string, member: MemberItem | undefined): Promise<ApiResponse | undefined> => {
    const seen = await viewer(member);
    const { findResources } = await useCases();
    if (type === 'Patient') {
      const record = await findResources.patient(seen, id);
      return record && patientAnswer(record);
    }
    const dose = await findResources.immunization(seen, id);
    return dose && doseAnswer(dose);
  };
  const read = async (...asked: Parameters<typeof find>): Promise<ApiResponse> => (await find(...asked)) ?? reject(404, 'not-found');

  const searchPatients = async (lists: Readonly<Record<string, readonly string[]>>, { principal, origin }: Asked): Promise<ApiResponse> => {
    const seen = await viewer(principal.member);
    const asked = patientSearchOf(lists);
    if (asked.kind === 'refused') return refused(asked.issues);
    const { findResources } = await useCases();
    return patientsAnswer(await findResources.patients(seen, asked.search), `${origin}/fhir`);
  };

  return {
    readFhirMetadata: ({ origin }) => Promise.resolve({ status: 200, body: capabilityStatement(`${origin}/fhir`) }),
    transactFhir: (request) => tell(request, entriesOf, ({ told, issues }) => transactionAnswer(told, issues)),
    createFhirPatient: one('Patient'),
    createFhirImmunization: one('Immunization'),
    readFhirPatient: ({ params, principal }) => read('Patient', params.patientId, principal.member),
    readFhirImmunization: ({ params, principal }) => read('Immunization', params.immunizationId, principal.member),
    searchFhirPatients: (request) => searchPatients(request.queryLists, request),
    searchFhirPatientsByForm: (request) => {
      const form = new URLSearchParams(request.body);
      return searchPatients(Object.fromEntries([...new Set(form.keys())].map((name) => [name, form.getAll(name)])), request);
    },
    searchFhirImmunizations: async ({ principal, queryLists, origin }) => {
      const seen = await viewer(principal.member);
      const asked = doseSearchOf(queryLists);
      if (asked.kind === 'refused') return refused(asked.issues);
      const { findResources } = await useCases();
      return dosesAnswer(await findResources.immunizations(seen, asked.search), queryLists, `${origin}/fhir`);
    },
  };
};

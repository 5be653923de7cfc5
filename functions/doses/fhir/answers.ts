import type { Problem } from '../../../shared/contracts/problem.ts';
import type { MediaType } from '../../../shared/contracts/route.ts';
import type { ApiResponse } from '../../../shared/platform/http.ts';
import type { DoseItem } from '../../../shared/published/dose.ts';
import type { RecordItem } from '../../../shared/published/person.ts';
import { immunizationOf } from '../domain/fhir/immunization-out.ts';
import { isError, outcomeOf, type Issue, type IssueCode } from '../domain/fhir/issues.ts';
import { patientOf } from '../domain/fhir/patient-out.ts';
import type { DosePage } from './find-resources.ts';
import type { Told } from './tell-resources.ts';

const httpDate = (instant: string): string => new Date(instant).toUTCString();
const etag = (version: number): string => `W/"${version}"`;

const slugs: Readonly<Record<string, IssueCode>> = {
  'not-found': 'not-found', forbidden: 'forbidden', unauthenticated: 'login', 'too-large': 'too-long', fault: 'exception', 'try-again': 'transient',
  'idempotency-key-reused': 'duplicate', 'invalid-request': 'invalid',
};

/** What the platform refuses, as an OperationOutcome: for the routes that speak FHIR. */
export const problemInFhir = (problem: Problem, route: string): { mediaType: MediaType; body: string } | undefined => {
  if (!/ \/fhir(\/|$)/.test(route)) return undefined;
  const slug = problem.type.split('/').at(-1) ?? '';
  const text = [problem.title, problem.detail, ...(problem.errors ?? []).map(({ path, message }) => `${path} ${message}`)]
    .filter((part) => part !== undefined)
    .join('. ');
  const body = {
    resourceType: 'OperationOutcome',
    issue: [{
      severity: problem.status >= 500 ? 'fatal' : 'error', code: slugs[slug] ?? 'processing',
      details: { coding: [{ system: 'https://doseline.org/problems', code: slug }], text }, diagnostics: `correlation id ${problem.correlationId}`,
    }],
  };
  return { mediaType: 'application/fhir+json', body: JSON.stringify(body) };
};

/** 400 for a request that cannot be read, 422 for one that says what cannot be taken. */
export const refused = (issues: readonly Issue[], status?: number): ApiResponse =>
  ({ status: status ?? (issues.some(({ isMalformed }) => isMalformed === true) ? 400 : 422), body: outcomeOf(issues) });

export const oneIssue = (code: IssueCode, text: string, status: number): ApiResponse => refused([{ severity: 'error', code, text }], status);

export const resourceAnswer = (resource: object, version: number, lastModified: string, status = 200): ApiResponse =>
  ({ status, body: resource, headers: { etag: etag(version), 'last-modified': httpDate(lastModified) } });
export const patientAnswer = (record: RecordItem): ApiResponse => resourceAnswer(patientOf(record), record.version, record.updatedAt);
export const doseAnswer = (dose: DoseItem): ApiResponse => resourceAnswer(immunizationOf(dose), dose.version, dose.changedAt ?? dose.receivedAt);

const locationOf = ({ type, id, version }: Told, base: string): string =>
  `${base}/${type}/${id ?? ''}${version === undefined ? '' : `/_history/${version}`}`;

/** The answer to one resource: where it is and what there is to say of it. */
export const toldAnswer = (told: Told | undefined, issues: readonly Issue[], base: string): ApiResponse => ({
  status: told?.isNew === true ? 201 : 200,
  body: outcomeOf(
    told?.id === undefined
      ? [
          { severity: 'warning', code: 'not-found', text: 'There is no such dose here: nothing was taken back' },
          ...issues.filter((issue) => !isError(issue)),
        ]
      : issues,
  ),
  headers: {
    ...(told?.id === undefined ? {} : { location: locationOf(told, base) }),
    ...(told?.version === undefined ? {} : { etag: etag(told.version) }),
    ...(told?.lastModified === undefined ? {} : { 'last-modified': httpDate(told.lastModified) }),
  },
});

/** What became of every entry of a transaction, in its order, each with the remarks on it. */
export const transactionAnswer = (told: readonly Told[], issues: readonly Issue[]): ApiResponse => ({
  status: 200,
  body: {
    resourceType: 'Bundle', type: 'transaction-response',
    entry: told.map((one) => {
      const own = issues.filter(({ expression = '' }) => expression === one.at || expression.startsWith(`${one.at}.`));
      return {
        response: {
          status: one.isNew ? '201 Created' : '200 OK',
          ...(one.id === undefined ? {} : { location: locationOf(one, '').slice(1) }),
          ...(one.version === undefined ? {} : { etag: etag(one.version) }),
          ...(one.lastModified === undefined ? {} : { lastModified: one.lastModified }),
          ...(own.length === 0 ? {} : { outcome: outcomeOf(own) }),
        },
      };
    }),
  },
});

const searchset = (
  base: string,
  total: number,
  links: readonly (readonly [string, string])[],
  found: readonly { resource: object; url: string }[],
): ApiResponse => ({
  status: 200,
  body: {
    resourceType: 'Bundle',
    type: 'searchset',
    total,
    link: links.map(([relation, url]) => ({ relation, url })),
    ...(found.length === 0 ? {} : { entry: found.map(({ resource, url }) => ({ fullUrl: `${base}/${url}`, resource, search: { mode: 'match' } })) }),
  },
});

const queryOf = (lists: Readonly<Record<string, readonly string[]>>, more: Readonly<Record<string, string>> = {}): string =>
  new URLSearchParams([
    ...Object.entries(lists)
      .filter(([name]) => !(name in more))
      .flatMap(([name, values]) => values.map((value) => [name, value] as [string, string])),
    ...Object.entries(more),
  ]).toString();

export const dosesAnswer = (page: DosePage | undefined, lists: Readonly<Record<string, readonly string[]>>, base: string): ApiResponse => {
  const self = `${base}/Immunization?${queryOf(lists)}`;
  const next = page?.nextAfter === undefined ? [] : [['next', `${base}/Immunization?${queryOf(lists, { _after: page.nextAfter })}`] as const];
  const found = (page?.doses ?? []).map((dose) => immunizationOf(dose) as { id: string });
  return searchset(base, page?.total ?? 0, [['self', self], ...next], found.map((resource) => ({ resource, url: `Immunization/${resource.id}` })));
};

/** The link of a search by name does not repeat the name. */
export const patientsAnswer = (records: readonly RecordItem[], base: string): ApiResponse => {
  const found = records.map((record) => patientOf(record) as { id: string });
  return searchset(base, found.length, [['self', `${base}/Patient`]], found.map((resource) => ({ resource, url: `Patient/${resource.id}` })));
};

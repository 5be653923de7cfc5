import { may } from '../../shared/contracts/permissions.ts';
import { presignedSeconds, type Bucket } from '../../shared/platform/bucket.ts';
import type { Page } from '../../shared/platform/dynamo.ts';
import { makeApi, reject, type ApiResponse, type Handlers } from '../../shared/platform/http.ts';
import { faultsOfCoverageQuery, faultsOfReportingQuery } from './check-coverage-query.ts';
import { makeCountPractices } from './count-practices.ts';
import { makeApiDeps } from './deps.ts';
import { heldWords, type HeldFault } from './domain/held-words.ts';
import { submissionIdPattern } from './domain/submission-machine.ts';
import { makeReadCoverage } from './read-coverage.ts';
import { makeReadProtectedCoverage } from './read-protected-coverage.ts';
import { makeReadReporting } from './read-reporting.ts';
import { routes } from './routes.ts';
import type { SubmissionItem } from './schemas.ts';

const { coverage, practices, submissions, exports, submissionsBucket, exportsBucket, jurisdiction, api } = makeApiDeps();
const readCoverage = makeReadCoverage(coverage, jurisdiction);
const readProtectedCoverage = makeReadProtectedCoverage(coverage, jurisdiction);
const countPractices = makeCountPractices(practices, jurisdiction);
const readReporting = makeReadReporting(practices, coverage, jurisdiction);

const found = async (submissionId: string): Promise<SubmissionItem> =>
  (submissionIdPattern.test(submissionId) ? await submissions.submission(submissionId) : undefined) ?? reject(404, 'not-found');

interface StoredFile {
  readonly name: string;
  readonly key: string;
  readonly bytes: number;
  readonly sha256: string;
}
const addressOf = async (bucket: Bucket, file: StoredFile | undefined): Promise<ApiResponse> => {
  if (file === undefined) return reject(404, 'not-found');
  const { name, key, bytes, sha256 } = file;
  return { status: 200, body: { name, url: await bucket.addressToGet(key), expiresInSeconds: presignedSeconds, sha256, bytes } };
};

const withWords = <T extends { faults?: readonly HeldFault[] | undefined }>(page: Page<T>): object =>
  ({ ...page, items: page.items.map((item) => ({ ...item, explanation: heldWords(item.faults ?? []) })) });

const handlers: Handlers<typeof routes> = {
  readCoverage: async ({ query, principal, now }) => {
    const mayBeExact = principal.roles.some((role) => may(role, 'coverage.exact'));
    const faults = faultsOfCoverageQuery(query, mayBeExact, now, jurisdiction);
    if (faults.length > 0) return reject(400, 'invalid-request', undefined, faults);
    const [figures, behind] = await Promise.all([(mayBeExact ? readCoverage : readProtectedCoverage)(query), countPractices(query, now)]);
    return { status: 200, body: { ...figures, practices: behind } };
  },
  readReporting: async ({ query, now }) => {
    const faults = faultsOfReportingQuery(query, now, jurisdiction);
    if (faults.length > 0) return reject(400, 'invalid-request', undefined, faults);
    return { status: 200, body: await readReporting(query, now) };
  },
  listSubmissions: async ({ query }) => {
    const { from = '0000-01-01', to = '9999-12-31' } = query;
    return { status: 200, body: await submissions.page({ from, to }, query) };
  },
  readSubmission: async ({ params }) => {
    const item = await found(params.submissionId);
    return { status: 200, body: item, version: item.version };
  },
  readSubmissionFile: async ({ params, query }) => {
    const { files = [] } = await found(params.submissionId);
    return addressOf(submissionsBucket, files.find(({ sequence }) => sequence === query.sequence));
  },
  listSubmissionHeld: async ({ params, query }) => {
    const { submissionId } = await found(params.submissionId);
    return { status: 200, body: withWords(await submissions.heldBy(submissionId, query)) };
  },
  listHeld: async ({ query }) => ({ status: 200, body: withWords(await submissions.heldNow(query)) }),
  listRestatements: async ({ query }) => ({ status: 200, body: await submissions.restatements(query.day, query) }),
  listExports: async ({ query }) => ({ status: 200, body: { items: await exports.ofDay(query.day) } }),
  readExportFile: async ({ params }) => {
    const { files = [] } = (await exports.read(params.day, params.table)) ?? {};
    const file = files.find((one) => one.file === params.file);
    return addressOf(exportsBucket, file === undefined ? undefined : { ...file, name: file.file });
  },
};

export const handler = makeApi(routes, handlers, api);

import type { Jurisdiction } from '../../shared/codes/jurisdiction.ts';
import { reject, type Handlers } from '../../shared/platform/http.ts';
import { ofSiteOfRun, ofWhatIf, shippedPolicy, shownDifferences, shownPolicy } from './answers.ts';
import { makeAskWhatIf } from './ask-what-if.ts';
import { makeCompareRuns } from './compare-stored-runs.ts';
import { canonicalDigest } from './domain/canonical.ts';
import { withCountyNames } from './domain/explain/public-table.ts';
import { leastSites } from './domain/explain/suppression.ts';
import { SHIPPED_POLICIES } from './domain/policy/connecticut.ts';
import { makeReadSiteAllocation, makeReadSiteOfRun } from './read-site-allocation.ts';
import type { routes } from './routes-runs.ts';
import type { AllocationStore } from './store.ts';
import type { PolicyStore } from './store-policies.ts';
import { checkPolicyForm, makeFindPolicy, makeStorePolicy } from './store-policy.ts';
import type { RunStore } from './store-runs.ts';

const publicRule =
  `A figure of fewer than ${leastSites} sites with doses, or of which one site has more than nine tenths, is left out; ` +
  'so is whatever would tell it by subtraction. Superseded runs are not shown.';

const documentError = ({ path, message }: { path: string; message: string }) => ({ path: `body.policy ${path}`, message });

/** Handlers of policies, of questions about runs, and of the public table. */
export const makeRunHandlers = (
  store: AllocationStore,
  runs: RunStore,
  policies: PolicyStore,
  jurisdiction: Jurisdiction,
): Handlers<typeof routes> => {
  const storePolicy = makeStorePolicy(policies);
  const findPolicy = makeFindPolicy(policies);
  const askWhatIf = makeAskWhatIf(store, runs);
  const compareRuns = makeCompareRuns(store, runs);
  const readSiteOfRun = makeReadSiteOfRun(store, runs);
  const readSiteAllocation = makeReadSiteAllocation(store, runs);
  return {
    storePolicy: async ({ body, principal, now }) => {
      const outcome = await storePolicy(body, { actor: principal.subject, now });
      switch (outcome.kind) {
        case 'created':
          return { status: 201, body: shownPolicy(outcome.item) };
        case 'repeated':
          return { status: 200, body: shownPolicy(outcome.item) };
        case 'faults':
          return reject(422, 'invalid-request', 'The policy has faults.', outcome.faults.map(documentError));
        case 'shipped':
        case 'key-reused':
          return reject(409, 'conflict', 'This version is stored already, as another document. A version never changes: give the next number.');
        case 'refused':
          return reject(409, 'try-again');
      }
    },
    validatePolicy: ({ body }) => {
      const checked = checkPolicyForm(body);
      if (checked.kind === 'faults') return Promise.resolve({ status: 200, body: { valid: false, faults: [...checked.faults] } });
      const { policy } = checked;
      return Promise.resolve({
        status: 200,
        body: { valid: true, faults: [], policyId: policy.id, policyVersion: policy.version, digest: canonicalDigest(policy) },
      });
    },
    listPolicies: async ({ query }) => {
      const page = await policies.page(query);
      const shipped = query.cursor === undefined ? [...SHIPPED_POLICIES.values()].map(shippedPolicy) : [];
      return { status: 200, body: { ...page, items: [...shipped, ...page.items.map(shownPolicy)] } };
    },
    readPolicy: async ({ params }) => {
      const { policyId, version } = params;
      const stored = /^[1-9]\d{0,5}$/.test(version) ? await policies.version(policyId, Number(version)) : undefined;
      if (stored !== undefined) return { status: 200, body: shownPolicy(stored) };
      const policy = await findPolicy(`${policyId}@${version}`);
      return policy === undefined ? reject(404, 'not-found') : { status: 200, body: shippedPolicy(policy) };
    },
    compareRuns: async ({ params, query }) => {
      const outcome = await compareRuns(params.runId, query.with, query);
      return outcome.kind === 'not-found' ? reject(404, 'not-found') : { status: 200, body: shownDifferences(outcome.differences) };
    },
    readRunSite: async ({ params }) => ofSiteOfRun(await readSiteOfRun(params.runId, params.siteId)),
    askWhatIf: async ({ params, query }) => ofWhatIf(await askWhatIf(params.runId, query)),
    listWrittenOff: async ({ params, query }) => {
      const run = await store.sharedOut(params.runId);
      return run === undefined ? reject(404, 'not-found') : { status: 200, body: await runs.writtenOffPage(run.partsPk, query) };
    },
    readSiteAllocation: async ({ params }) => ofSiteOfRun(await readSiteAllocation(params.siteId, params.week)),
    askSiteWhatIf: async ({ params, query }) => {
      const pointer = await store.pointer(params.week);
      return pointer === undefined ? reject(404, 'not-found') : ofWhatIf(await askWhatIf(pointer.runId, { siteId: params.siteId, ...query }));
    },
    readPublicTable: async ({ params }) => {
      const pointer = await store.pointer(params.week);
      const run = pointer === undefined ? undefined : await store.sharedOut(pointer.runId);
      if (run === undefined) return reject(404, 'not-found');
      const [{ supply, policy }, pools] = await Promise.all([runs.head(run.partsPk), runs.publicPools(run.partsPk)]);
      const { week, runId, publishedAt, policyId, policyVersion, policyDigest, engineVersion, inputsDigest, awardsDigest } = run;
      return {
        status: 200,
        body: {
          week,
          runId,
          publishedAt,
          policyId,
          policyVersion,
          policyTitle: policy.title,
          policyDigest,
          engineVersion,
          inputsDigest,
          awardsDigest,
          rule: publicRule,
          supply,
          pools: withCountyNames(pools, jurisdiction),
        },
        headers: { 'cache-control': 'public, max-age=300' },
      };
    },
  };
};

import { z } from 'zod';
import { instant } from '../../shared/contracts/common.ts';
import { entityFields } from '../../shared/contracts/stored.ts';
import { getItem, queryAll, queryPage, type Dynamo, type Key, type Page, type PageRequest } from '../../shared/platform/dynamo.ts';
import { commitCreation, createPut, historyPut } from '../../shared/platform/entity.ts';
import type { HistoryEntry } from '../../shared/contracts/common.ts';
import { policySchema } from './domain/policy/policy.ts';

/** One version of a policy document, which never changes. */
export const policyItem = z.object({
  ...entityFields,
  type: z.literal('policy'),
  gsi1pk: z.string(),
  gsi1sk: z.string(),
  policyId: z.string(),
  policyVersion: z.int(),
  title: z.string(),
  /** SHA-256 of the canonical document. */
  digest: z.string(),
  policy: policySchema,
  storedAt: instant,
  storedBy: z.string(),
  requestDigest: z.string(),
});
export type PolicyItem = z.infer<typeof policyItem>;

const versionDigits = 6;
const versionSk = (version: number): string => `VERSION#${String(version).padStart(versionDigits, '0')}`;
export const policyKey = (policyId: string, version: number): Key => ({ pk: `POLICY#${policyId}`, sk: versionSk(version) });
export const policyIndex = (policyId: string, version: number): { gsi1pk: string; gsi1sk: string } => ({
  gsi1pk: 'POLICIES',
  gsi1sk: `${policyId}#${versionSk(version)}`,
});

/** A page is 1 MB: some versions of the longest policy, hundreds of a usual one. */
const mostPages = 100;

/** Policy documents in the allocations table. */
export const makePolicyStore = (dynamo: Dynamo, table: string) => ({
  version: (policyId: string, version: number): Promise<PolicyItem | undefined> => getItem(dynamo, table, policyKey(policyId, version), policyItem),
  latest: async (policyId: string): Promise<PolicyItem | undefined> =>
    (
      await queryPage(dynamo, { table, pk: `POLICY#${policyId}`, sk: { beginsWith: 'VERSION#' }, newestFirst: true, consistent: true }, policyItem, {
        limit: 1,
      })
    ).items[0],
  page: (page: PageRequest): Promise<Page<PolicyItem>> => queryPage(dynamo, { table, index: 'gsi1', pk: 'POLICIES' }, policyItem, page),
  all: (): AsyncGenerator<PolicyItem> => queryAll(dynamo, { table, index: 'gsi1', pk: 'POLICIES' }, policyItem, { maxPages: mostPages }),
  create: (item: PolicyItem, entry: HistoryEntry) =>
    commitCreation(dynamo, item, policyItem, [createPut(table, item), historyPut(table, item, entry)]),
});
export type PolicyStore = ReturnType<typeof makePolicyStore>;

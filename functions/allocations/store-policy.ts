import { LineCounter, parseDocument } from 'yaml';
import { requestDigest } from '../../shared/kernel/ids.ts';
import type { Created } from '../../shared/platform/entity.ts';
import { boundFaults } from './domain/policy/bound-faults.ts';
import { canonicalDigest, canonicalJson } from './domain/canonical.ts';
import { documentFaults, wholeDocument, type DocumentFault } from './domain/policy/document-faults.ts';
import { SHIPPED_POLICIES } from './domain/policy/connecticut.ts';
import { policySchema, type Policy } from './domain/policy/policy.ts';
import { yamlFault } from './domain/policy/yaml-faults.ts';
import { entryOf, type Act } from './record-supply.ts';
import { policyIndex, policyKey, type PolicyItem, type PolicyStore } from './store-policies.ts';

/** A policy as it is sent: the document itself, or its text in YAML or JSON. */
export interface PolicyForm {
  readonly policy?: unknown;
  readonly text?: string | undefined;
}
export type Checked = { readonly kind: 'policy'; readonly policy: Policy } | { readonly kind: 'faults'; readonly faults: readonly DocumentFault[] };

/** An item of the table holds 400 KB; the rest is room for its keys and its history. */
export const mostPolicyChars = 300_000;

const documentOf = ({ policy, text }: PolicyForm): { document: unknown } | { faults: DocumentFault[] } => {
  if (text === undefined) return { document: policy };
  const lines = new LineCounter();
  const parsed = parseDocument(text, { prettyErrors: false, lineCounter: lines });
  if (parsed.errors.length > 0) return { faults: yamlFault(text, parsed.errors, (at) => lines.linePos(at)) };
  try {
    return { document: parsed.toJS() as unknown };
  } catch {
    return { faults: [{ path: wholeDocument, message: 'an alias has no anchor, or aliases multiply without end' }] };
  }
};

/** Reads and validates a policy document: every fault with its path. */
export const checkPolicyForm = (form: PolicyForm): Checked => {
  const read = documentOf(form);
  if ('faults' in read) return { kind: 'faults', faults: read.faults };
  const checked = policySchema.safeParse(read.document);
  if (!checked.success) return { kind: 'faults', faults: documentFaults(checked.error.issues, read.document) };
  const bounds = boundFaults(checked.data);
  if (bounds.length > 0) return { kind: 'faults', faults: bounds };
  const tooLarge = canonicalJson(checked.data).length > mostPolicyChars;
  return tooLarge
    ? { kind: 'faults', faults: [{ path: wholeDocument, message: `is longer than ${mostPolicyChars} characters` }] }
    : { kind: 'policy', policy: checked.data };
};

export type StoreOutcome = Created<PolicyItem> | { kind: 'refused' } | { kind: 'shipped' } | Extract<Checked, { kind: 'faults' }>;

/** Stores one version of a policy. A version never changes: the same document again is a repeat, another one under its number is refused. */
export const makeStorePolicy =
  (policies: PolicyStore) =>
  async (form: PolicyForm, act: Act): Promise<StoreOutcome> => {
    const checked = checkPolicyForm(form);
    if (checked.kind === 'faults') return checked;
    const { policy } = checked;
    if (SHIPPED_POLICIES.get(policy.id)?.version === policy.version) return { kind: 'shipped' };
    const item: PolicyItem = {
      ...policyKey(policy.id, policy.version), ...policyIndex(policy.id, policy.version), type: 'policy', schema: 1, version: 1,
      policyId: policy.id, policyVersion: policy.version, title: policy.title, digest: canonicalDigest(policy), policy,
      storedAt: act.now, storedBy: act.actor, requestDigest: requestDigest(policy),
    };
    return policies.create(item, entryOf(act, 'create', 1));
  };

/** A policy by `id` (its latest version) or `id@version`: stored ones and those that are shipped. */
export const makeFindPolicy =
  (policies: PolicyStore) =>
  async (reference: string): Promise<Policy | undefined> => {
    const [id = '', version] = reference.split('@');
    const shipped = SHIPPED_POLICIES.get(id);
    if (version !== undefined) {
      if (!/^[1-9]\d{0,5}$/.test(version)) return undefined;
      return shipped?.version === Number(version) ? shipped : (await policies.version(id, Number(version)))?.policy;
    }
    const stored = (await policies.latest(id))?.policy;
    return stored !== undefined && stored.version > (shipped?.version ?? 0) ? stored : shipped;
  };
export type FindPolicy = ReturnType<typeof makeFindPolicy>;

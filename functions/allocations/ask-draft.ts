import type { z } from 'zod';
import { createdId, requestDigest } from '../../shared/kernel/ids.ts';
import type { Created } from '../../shared/platform/entity.ts';
import { canonicalJson } from './domain/canonical.ts';
import type { Policy } from './domain/policy/policy.ts';
import { entryOf, ownChannel, type Act } from './record-supply.ts';
import type { Refused } from './say-refusal.ts';
import type { AnyRunItem, DraftingItem, runForm } from './schemas-run-items.ts';
import type { SendRunJob } from './send-run-job.ts';
import { runKey, type AllocationStore } from './store.ts';
import type { DraftingStore } from './store-drafting.ts';
import { mostPolicyChars, type FindPolicy } from './store-policy.ts';

export type AskedOutcome = Created<AnyRunItem> | { kind: 'refused' } | { kind: 'refused-at-once'; refused: Refused };
export type RunForm = z.output<typeof runForm>;

export interface AskDraftDeps {
  readonly store: AllocationStore;
  readonly drafting: DraftingStore;
  readonly findPolicy: FindPolicy;
  readonly send: SendRunJob;
}

/** What is wrong with it that can be seen without reading the sites. */
const refusedAtOnce = async (store: AllocationStore, { week, keep }: RunForm, policy: Policy): Promise<Refused | undefined> => {
  if (canonicalJson(policy).length > mostPolicyChars) return { kind: 'policy-too-long', mostChars: mostPolicyChars };
  const [supply, pointer] = await Promise.all([store.allSupply(week), store.pointer(week)]);
  const own = supply.filter(({ channel }) => channel === ownChannel);
  // A line cut to nothing still counts while something of the week was offered.
  if (!own.some(({ packs }) => packs > 0 || pointer !== undefined)) return { kind: 'no-supply' };
  return keep === 'ordered' && pointer?.held === undefined ? { kind: 'not-held' } : undefined;
};

/**
 * Asks for a draft: checks what can be checked at once, stores the run with its form, and sends a reference to the worker. A repeat of
 * the request meets the run, and sends the reference again while it waits: it may never have been sent.
 */
export const makeAskDraft =
  ({ store, drafting, findPolicy, send }: AskDraftDeps) =>
  async (form: RunForm, act: Act & { idempotencyKey: string; correlationId: string }): Promise<AskedOutcome> => {
    const runId = createdId('run', act.actor, act.idempotencyKey);
    const digest = requestDigest(form);
    const sent = async (outcome: Created<AnyRunItem>): Promise<Created<AnyRunItem>> => {
      if (outcome.kind !== 'key-reused' && outcome.item.state === 'drafting') await send({ runId, job: 'draft' });
      return outcome;
    };
    const standing = await store.run(runId);
    if (standing !== undefined) return standing.requestDigest === digest ? sent({ kind: 'repeated', item: standing }) : { kind: 'key-reused' };
    const policy = typeof form.policy === 'string' ? await findPolicy(form.policy) : form.policy;
    const refused = policy === undefined ? { kind: 'unknown-policy' as const } : await refusedAtOnce(store, form, policy);
    if (policy === undefined || refused !== undefined) return { kind: 'refused-at-once', refused: refused ?? { kind: 'unknown-policy' } };
    const run: DraftingItem = {
      ...runKey(runId),
      type: 'run',
      schema: 1,
      version: 1,
      runId,
      week: form.week,
      state: 'drafting',
      policyId: policy.id,
      policyVersion: policy.version,
      ...(form.overrides === undefined ? {} : { overrides: form.overrides.length }),
      ...(form.keep === undefined ? {} : { keep: form.keep }),
      draftedAt: act.now,
      draftedBy: act.actor,
      correlationId: act.correlationId,
      requestDigest: digest,
      gsi1pk: `RUNS#${form.week}`,
      gsi1sk: `${act.now}#${runId}`,
    };
    const asked = await drafting.ask(run, { ...form, policy }, entryOf(act, 'ask', 1, { to: 'drafting' }));
    return 'failed' in asked ? { kind: 'refused' } : sent(asked);
  };

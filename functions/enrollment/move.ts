import type { HistoryEntry } from '../../shared/contracts/common.ts';
import { decideMove } from '../../shared/kernel/transitions.ts';
import type { TransactItem } from '../../shared/platform/dynamo.ts';
import type { Act } from './apply.ts';
import { bindingMoves, makeBindClient } from './bind-client.ts';
import { enrollmentMachine, interfaceMachine, type EnrollmentMove, type InterfaceMove } from './domain/machines.ts';
import { missingForActivation } from './domain/readiness.ts';
import type { InterfaceItem, OrganizationItem, OwnSiteItem } from './schemas.ts';
import { byState, type EnrollmentStore } from './store.ts';

export type MoveResult<T> =
  | { kind: 'moved'; item: T }
  | { kind: 'not-found' }
  | { kind: 'stale'; version: number }
  | { kind: 'illegal-move'; from: string; legalFrom: readonly string[] }
  | { kind: 'not-ready'; missing: readonly string[] }
  | { kind: 'alias-taken' }
  | { kind: 'client-taken'; by?: string };

interface MoveAct<M> extends Act {
  move: M;
  ifMatch: number;
  reason?: string | undefined;
}

const entryOf = ({ now, actor, reason }: MoveAct<unknown>, action: string, from: string, to: string, version: number): HistoryEntry => ({
  at: now,
  actor,
  action,
  from,
  to,
  ...(reason === undefined ? {} : { reason }),
  version,
});

/** Moves an organization along Section A's way: one conditional write with its history. */
export const makeMoveOrganization =
  (store: EnrollmentStore) =>
  async (organizationId: string, act: MoveAct<EnrollmentMove>): Promise<MoveResult<OrganizationItem>> => {
    const item = await store.organization(organizationId);
    if (item === undefined) return { kind: 'not-found' };
    if (item.version !== act.ifMatch) return { kind: 'stale', version: item.version };
    const decided = decideMove(enrollmentMachine, act.move, item.state);
    if (decided.kind === 'illegal-move') return decided;
    const version = item.version + 1;
    const next = { ...item, state: decided.to, version, ...byState('ORGANIZATION', decided.to, organizationId) };
    const written = await store.replace(next, entryOf(act, act.move, item.state, decided.to, version));
    return written.kind === 'committed' ? { kind: 'moved', item: next } : { kind: 'stale', version };
  };

/**
 * Moves a site along Section B's way. Activation needs an active organization and, unless the site only reports, a VTrckS PIN; it claims
 * the names under which EHRs and shipment files know the site, in the same transaction.
 */
export const makeMoveSite =
  (store: EnrollmentStore) =>
  async (siteId: string, act: MoveAct<EnrollmentMove> & { pin?: string | undefined }): Promise<MoveResult<OwnSiteItem>> => {
    const item = await store.site(siteId);
    if (item === undefined) return { kind: 'not-found' };
    if (item.version !== act.ifMatch) return { kind: 'stale', version: item.version };
    const decided = decideMove(enrollmentMachine, act.move, item.state);
    if (decided.kind === 'illegal-move') return decided;
    const version = item.version + 1;
    const pin = act.pin ?? item.pin;
    const next: OwnSiteItem = { ...item, ...(pin === undefined ? {} : { pin }), state: decided.to, version, ...byState('SITE', decided.to, siteId) };
    let aliases: TransactItem[] = [];
    if (decided.to === 'active') {
      const organization = await store.organization(item.organizationId);
      const missing = missingForActivation(next, organization?.state ?? 'draft');
      if (missing.length > 0) return { kind: 'not-ready', missing };
      aliases = store.aliasPuts(next);
    }
    const written = await store.replace(next, entryOf(act, act.move, item.state, decided.to, version), aliases);
    if (written.kind === 'committed') return { kind: 'moved', item: next };
    return written.failed.has(0) ? { kind: 'stale', version } : { kind: 'alias-taken' };
  };

/** Moves an EHR interface along its onboarding. The first step, and the one back from suspension, make its machine client its own. */
export const makeMoveInterface =
  (store: EnrollmentStore) =>
  async (interfaceId: string, act: MoveAct<InterfaceMove>): Promise<MoveResult<InterfaceItem>> => {
    const item = await store.interface(interfaceId);
    if (item === undefined) return { kind: 'not-found' };
    if (item.version !== act.ifMatch) return { kind: 'stale', version: item.version };
    const decided = decideMove(interfaceMachine, act.move, item.state);
    if (decided.kind === 'illegal-move') return decided;
    const next = { ...item, state: decided.to, version: item.version + 1, ...byState('INTERFACE', decided.to, interfaceId) };
    const binding = bindingMoves.includes(act.move) ? await makeBindClient(store)(item, act) : undefined;
    if (binding?.kind === 'client-taken') return binding;
    const written = await store.replace(
      next,
      entryOf(act, act.move, item.state, decided.to, next.version),
      binding === undefined ? [] : [store.memberPut(binding.member)],
    );
    if (written.kind === 'committed') return { kind: 'moved', item: next };
    return written.failed.has(0) ? { kind: 'stale', version: next.version } : { kind: 'client-taken' };
  };

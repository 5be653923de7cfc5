import type { z } from 'zod';
import type { HistoryEntry } from '../../shared/contracts/common.ts';
import { isEditable, joined, type Act } from './apply.ts';
import { editableStates } from './domain/machines.ts';
import type { MoveResult } from './move.ts';
import type { MemberItem } from '../../shared/published/member.ts';
import type { OrganizationItem, OwnSiteItem, sectionA, sectionB } from './schemas.ts';
import type { EnrollmentStore } from './store.ts';

type EditResult<T> = Exclude<MoveResult<T>, { kind: 'not-ready' | 'alias-taken' }>;

const editEntry = ({ now, actor }: Act, version: number): HistoryEntry => ({ at: now, actor, action: 'edit', version });

/** The checks and the write that editing either form shares. */
const edit = async <T extends OrganizationItem | OwnSiteItem>(
  store: EnrollmentStore,
  item: T | undefined,
  fields: Partial<T>,
  act: Act & { ifMatch: number },
): Promise<EditResult<T>> => {
  if (item === undefined) return { kind: 'not-found' };
  if (item.version !== act.ifMatch) return { kind: 'stale', version: item.version };
  if (!isEditable(item.state)) return { kind: 'illegal-move', from: item.state, legalFrom: editableStates };
  const next: T = { ...item, ...fields, version: item.version + 1 };
  const written = await store.replace(next, editEntry(act, next.version));
  return written.kind === 'committed' ? { kind: 'moved', item: next } : { kind: 'stale', version: next.version };
};

/** Replaces Section A while it is a draft or was returned. */
export const makeEditOrganization =
  (store: EnrollmentStore) =>
  async (organizationId: string, form: z.output<typeof sectionA>, act: Act & { ifMatch: number }): Promise<EditResult<OrganizationItem>> =>
    edit(store, await store.organization(organizationId), form, act);

/** Replaces Section B while it is a draft or was returned. */
export const makeEditSite =
  (store: EnrollmentStore) =>
  async (siteId: string, form: z.output<typeof sectionB>, act: Act & { ifMatch: number }): Promise<EditResult<OwnSiteItem>> =>
    edit(store, await store.site(siteId), form, act);

/** Gives a colleague the organization's membership. A race with another grant is read and decided again by the caller's retry. */
export const makeAddMember =
  (store: EnrollmentStore) =>
  async (
    organizationId: string,
    subject: string,
    act: Act,
  ): Promise<{ kind: 'granted'; member: MemberItem } | { kind: 'stale' } | { kind: 'cannot-join' } | { kind: 'not-found' }> => {
    if ((await store.organization(organizationId)) === undefined) return { kind: 'not-found' };
    const member = joined(await store.member(subject), subject, organizationId, act);
    if (member === undefined) return { kind: 'cannot-join' };
    const written = await store.saveMember(member, organizationId, undefined, {
      at: act.now,
      actor: act.actor,
      action: `join ${organizationId}`,
      version: member.version,
    });
    return written.kind === 'committed' ? { kind: 'granted', member } : { kind: 'stale' };
  };

export type EndOutcome = { kind: 'ended'; member: MemberItem } | { kind: 'stale' } | { kind: 'own' } | { kind: 'not-found' };

/**
 * Takes an organization out of somebody's membership: their next request no longer reaches it. Nobody ends their own, so that somebody is always left; a
 * machine's membership is its interface's affair.
 */
export const makeEndMembership =
  (store: EnrollmentStore) =>
  async (organizationId: string, subject: string, { actor, now, reason }: Act & { reason: string }): Promise<EndOutcome> => {
    const member = await store.member(subject);
    if (member === undefined || member.interfaceId !== undefined || !member.organizationIds.includes(organizationId)) return { kind: 'not-found' };
    if (subject === actor) return { kind: 'own' };
    const next: MemberItem = {
      ...member,
      version: member.version + 1,
      organizationIds: member.organizationIds.filter((id) => id !== organizationId),
    };
    const link = { subject, grantedAt: member.grantedAt, grantedBy: member.grantedBy, endedAt: now, endedBy: actor, reason };
    const written = await store.saveMember(next, organizationId, link, {
      at: now,
      actor,
      action: `leave ${organizationId}`,
      reason,
      version: next.version,
    });
    return written.kind === 'committed' ? { kind: 'ended', member: next } : { kind: 'stale' };
  };

import type { z } from 'zod';
import type { HistoryEntry } from '../../shared/contracts/common.ts';
import { createdId, requestDigest } from '../../shared/kernel/ids.ts';
import type { Created } from '../../shared/platform/entity.ts';
import { maxOrganizations, memberKey, type MemberItem } from '../../shared/published/member.ts';
import { siteKey } from '../../shared/published/site.ts';
import { editableStates, enrollmentMachine } from './domain/machines.ts';
import type { OrganizationItem, OwnSiteItem, sectionA, sectionB } from './schemas.ts';
import { byState, organizationKey, type EnrollmentStore } from './store.ts';

/** Who does something, when, and under which key: what every use case of this context is told besides its input. */
export interface Act {
  actor: string;
  now: string;
}

const firstEntry = ({ actor, now }: Act, to: string): HistoryEntry => ({ at: now, actor, action: 'create', to, version: 1 });

/**
 * The membership of a subject after it gained an organization; the version is the lock. Undefined when it may not gain one: it has as many
 * as a membership holds, or it is a machine's, whose reach its interface alone decides.
 */
export const joined = (member: MemberItem | undefined, subject: string, organizationId: string, { actor, now }: Act): MemberItem | undefined => {
  const organizationIds = [...new Set([...(member?.organizationIds ?? []), organizationId])];
  if (member?.interfaceId !== undefined || organizationIds.length > maxOrganizations) return undefined;
  return {
    ...memberKey(subject),
    type: 'member',
    schema: 1,
    subject,
    siteIds: member?.siteIds ?? [],
    version: (member?.version ?? 0) + 1,
    organizationIds,
    grantedAt: now,
    grantedBy: actor,
  };
};

/** Section A as a draft. Who applies becomes the organization's first member. */
export const makeApplyOrganization =
  (store: EnrollmentStore) =>
  async (
    form: z.output<typeof sectionA>,
    act: Act & { idempotencyKey: string },
  ): Promise<Created<OrganizationItem> | { kind: 'refused' } | { kind: 'cannot-join' }> => {
    const organizationId = createdId('org', act.actor, act.idempotencyKey);
    const item: OrganizationItem = {
      ...form,
      ...organizationKey(organizationId),
      ...byState('ORGANIZATION', 'draft', organizationId),
      type: 'organization',
      schema: 1,
      version: 1,
      organizationId,
      state: enrollmentMachine.initial,
      createdAt: act.now,
      createdBy: act.actor,
      requestDigest: requestDigest(form),
    };
    const member = joined(await store.member(act.actor), act.actor, organizationId, act);
    if (member === undefined) return { kind: 'cannot-join' };
    return store.createOrganization(item, member, firstEntry(act, item.state));
  };

/** Section B as a draft of one vaccination location of an organization. */
export const makeApplySite =
  (store: EnrollmentStore) =>
  async (
    organizationId: string,
    form: z.output<typeof sectionB>,
    act: Act & { idempotencyKey: string },
  ): Promise<Created<OwnSiteItem> | { kind: 'refused' } | { kind: 'not-found' }> => {
    const organization = await store.organization(organizationId);
    if (organization === undefined) return { kind: 'not-found' };
    const siteId = createdId('sit', organizationId, act.idempotencyKey);
    const item: OwnSiteItem = {
      ...form,
      ...siteKey(siteId),
      ...byState('SITE', 'draft', siteId),
      type: 'site',
      schema: 1,
      version: 1,
      siteId,
      organizationId,
      organizationName: organization.legalName,
      state: enrollmentMachine.initial,
      createdAt: act.now,
      createdBy: act.actor,
      requestDigest: requestDigest(form),
    };
    return store.createSite(item, firstEntry(act, item.state));
  };

/** True while the provider may still edit what it sent. */
export const isEditable = (state: string): boolean => (editableStates as readonly string[]).includes(state);

import type { z } from 'zod';
import { createdId, requestDigest } from '../../shared/kernel/ids.ts';
import type { Created } from '../../shared/platform/entity.ts';
import { memberKey, type MemberItem } from '../../shared/published/member.ts';
import type { Act } from './apply.ts';
import { interfaceMachine } from './domain/machines.ts';
import type { InterfaceItem, interfaceRequest } from './schemas.ts';
import { byState, interfaceKey, type EnrollmentStore } from './store.ts';

/**
 * Registers an EHR interface and lets its machine client act for the named sites of the organization. A client that already serves
 * another interface is refused: what it sends must have one owner.
 */
export const makeRegisterInterface =
  (store: EnrollmentStore) =>
  async (
    organizationId: string,
    form: z.output<typeof interfaceRequest>,
    act: Act & { idempotencyKey: string },
  ): Promise<Created<InterfaceItem> | { kind: 'refused' } | { kind: 'foreign-sites'; at: number[] } | { kind: 'client-taken' }> => {
    const sites = await Promise.all(form.siteIds.map((siteId) => store.site(siteId)));
    const foreign = sites.flatMap((site, index) => (site?.organizationId === organizationId ? [] : [index]));
    if (foreign.length > 0) return { kind: 'foreign-sites', at: foreign };
    const interfaceId = createdId('ehr', organizationId, act.idempotencyKey);
    const standing = await store.member(form.clientId);
    if (standing !== undefined && standing.interfaceId !== interfaceId) return { kind: 'client-taken' };
    const item: InterfaceItem = {
      ...form,
      ...interfaceKey(interfaceId),
      ...byState('INTERFACE', interfaceMachine.initial, interfaceId),
      type: 'interface',
      schema: 1,
      version: 1,
      interfaceId,
      organizationId,
      state: interfaceMachine.initial,
      createdAt: act.now,
      createdBy: act.actor,
      requestDigest: requestDigest(form),
    };
    const member: MemberItem = {
      ...memberKey(form.clientId),
      type: 'member',
      schema: 1,
      version: 1,
      subject: form.clientId,
      organizationIds: [organizationId],
      siteIds: form.siteIds,
      interfaceId,
      grantedAt: act.now,
      grantedBy: act.actor,
    };
    return store.createInterface(item, member, { at: act.now, actor: act.actor, action: 'create', to: item.state, version: 1 });
  };

import type { z } from 'zod';
import { createdId, requestDigest } from '../../shared/kernel/ids.ts';
import type { Created } from '../../shared/platform/entity.ts';
import type { Act } from './apply.ts';
import { interfaceMachine } from './domain/machines.ts';
import type { InterfaceItem, interfaceRequest } from './schemas.ts';
import { byState, interfaceKey, type EnrollmentStore } from './store.ts';

/**
 * Registers an EHR interface for the named sites of the organization. Its machine client speaks for it once the department lets it test (`bind-client.ts`): the
 * name of a client proves nothing, so several may claim one, and the reviewer sees who.
 */
export const makeRegisterInterface =
  (store: EnrollmentStore) =>
  async (
    organizationId: string,
    form: z.output<typeof interfaceRequest>,
    act: Act & { idempotencyKey: string },
  ): Promise<Created<InterfaceItem> | { kind: 'refused' } | { kind: 'foreign-sites'; at: number[] }> => {
    const sites = await Promise.all(form.siteIds.map((siteId) => store.site(siteId)));
    const foreign = sites.flatMap((site, index) => (site?.organizationId === organizationId ? [] : [index]));
    if (foreign.length > 0) return { kind: 'foreign-sites', at: foreign };
    const interfaceId = createdId('ehr', organizationId, act.idempotencyKey);
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
    return store.createInterface(item, { at: act.now, actor: act.actor, action: 'create', to: item.state, version: 1 });
  };

import { memberKey, type MemberItem } from '../../shared/published/member.ts';
import type { InterfaceMove } from './domain/machines.ts';
import type { InterfaceItem } from './schemas.ts';
import type { EnrollmentStore } from './store.ts';

/** Moves by which the department lets an interface send: with them its machine client becomes its own. */
export const bindingMoves: readonly InterfaceMove[] = ['start-testing', 'resume'];

export type Binding =
  | { kind: 'free'; member: MemberItem }
  /** It is a person's, or speaks for another interface (`by`) that is not suspended. */
  | { kind: 'client-taken'; by?: string };

/**
 * Whether a machine client can become an interface's own, and the membership that makes it so. To register a client's name binds nothing: whoever is
 * first would keep the true owner out, or catch its messages. A client that the department gave to the wrong one is free once that one is suspended.
 */
export const makeBindClient =
  (store: Pick<EnrollmentStore, 'member' | 'interface'>) =>
  async ({ clientId, interfaceId, organizationId, siteIds }: InterfaceItem, { actor, now }: { actor: string; now: string }): Promise<Binding> => {
    const standing = await store.member(clientId);
    if (standing !== undefined && standing.interfaceId !== interfaceId) {
      const holder = standing.interfaceId === undefined ? undefined : await store.interface(standing.interfaceId);
      if (holder?.state !== 'suspended') return { kind: 'client-taken', ...(holder === undefined ? {} : { by: holder.interfaceId }) };
    }
    const member: MemberItem = {
      ...memberKey(clientId),
      type: 'member',
      schema: 1,
      version: (standing?.version ?? 0) + 1,
      subject: clientId,
      organizationIds: [organizationId],
      siteIds,
      interfaceId,
      grantedAt: now,
      grantedBy: actor,
    };
    return { kind: 'free', member };
  };

import type { InterfaceStanding } from '../../../shared/published/interface.ts';
import type { MemberItem } from '../../../shared/published/member.ts';
import { wasLetIn, type OrganizationStanding } from '../../../shared/published/organization.ts';
import type { SiteItem } from '../../../shared/published/site.ts';

/** Why nothing is taken of a sender, as its people need it: which step is missing, and whose it is. */
const closedReasons = {
  unbound: 'no interface speaks through it - register one with the id of this client, then the department binds it by letting it test',
  'not-begun': 'the department has not let it test yet',
  suspended: 'the department suspended it',
  'organization-not-let-in': 'the department has not let the organization in',
} as const;
export type ClosedReason = keyof typeof closedReasons;

export const whyClosed = (sender: Pick<Sender, 'closedBecause'> | undefined): string => closedReasons[sender?.closedBecause ?? 'unbound'];

/** Who sends: a machine client through its interface, or a person for the sites of their organizations. */
export interface Sender {
  readonly subject: string;
  /** Enrolled organization whose doses these are. */
  readonly organizationId: string;
  /** Names the sender in keys of stored messages: the interface, or the person's subject. */
  readonly senderId: string;
  /** `trial`: everything is read and answered, nothing is stored in a record or moves stock. `closed`: nothing is taken. */
  readonly mode: 'live' | 'trial' | 'closed';
  /** Of a closed one: whose step is missing. */
  readonly closedBecause?: ClosedReason;
  /** False for an interface that was registered for reports only, and where no organization is active: a suspended one tells what was given and asks nothing. */
  readonly mayQuery: boolean;
  owns(site: Pick<SiteItem, 'siteId' | 'organizationId'>): boolean;
  /** Set when there is only one site it can mean. */
  readonly onlySiteId?: string | undefined;
}

const modes: Readonly<Record<InterfaceStanding['state'], Sender['mode']>> = {
  registered: 'closed',
  testing: 'trial',
  validation: 'trial',
  production: 'live',
  suspended: 'closed',
};

const openness = (standing: InterfaceStanding | undefined): Pick<Sender, 'mode' | 'closedBecause'> => {
  const mode = standing === undefined ? 'closed' : modes[standing.state];
  return mode === 'closed' ? { mode, closedBecause: standing?.state === 'suspended' ? 'suspended' : 'not-begun' } : { mode };
};

/**
 * The sender behind a membership; undefined when it belongs to nobody. A machine client reaches only the sites its interface names. A person reports for the
 * first of their organizations that is active, else the first that was; for one that was never let in nothing is taken, and nothing is told.
 * @param organizations standings of the organizations of the membership
 */
export const senderOf = (
  member: MemberItem | undefined,
  standing: InterfaceStanding | undefined,
  organizations: readonly OrganizationStanding[],
): Sender | undefined => {
  const [first] = member?.organizationIds ?? [];
  if (member === undefined || first === undefined) return undefined;
  const stateOf = (id: string) => organizations.find(({ organizationId }) => organizationId === id)?.state;
  const isActive = (id: string): boolean => stateOf(id) === 'active';
  if (member.interfaceId === undefined) {
    const organizationId = member.organizationIds.find(isActive) ?? member.organizationIds.find((id) => wasLetIn(stateOf(id)));
    return {
      subject: member.subject,
      organizationId: organizationId ?? first,
      senderId: member.subject,
      ...(organizationId === undefined ? ({ mode: 'closed', closedBecause: 'organization-not-let-in' } as const) : ({ mode: 'live' } as const)),
      mayQuery: organizationId !== undefined && isActive(organizationId),
      owns: (site) => member.organizationIds.includes(site.organizationId),
    };
  }
  const organizationId = standing?.organizationId ?? first;
  const [siteId, ...others] = member.siteIds;
  return {
    subject: member.subject,
    organizationId,
    senderId: member.interfaceId,
    ...openness(standing),
    mayQuery: standing?.mode !== 'unidirectional' && isActive(organizationId),
    owns: (site) => member.siteIds.includes(site.siteId),
    ...(others.length === 0 ? { onlySiteId: siteId } : {}),
  };
};

import type { InterfaceStanding } from '../../../shared/published/interface.ts';
import type { MemberItem } from '../../../shared/published/member.ts';
import type { SiteItem } from '../../../shared/published/site.ts';

/** Who sends: a machine client through its interface, or a person for the sites of their organizations. */
export interface Sender {
  readonly subject: string;
  /** Enrolled organization whose doses these are. */
  readonly organizationId: string;
  /** Names the sender in keys of stored messages: the interface, or the person's subject. */
  readonly senderId: string;
  /** `trial`: everything is read and answered, nothing is stored in a record or moves stock. `closed`: nothing is taken. */
  readonly mode: 'live' | 'trial' | 'closed';
  /** False for an interface that was registered for reports only. */
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

/** The sender behind a membership; undefined when it belongs to nobody. A machine client reaches only the sites its interface names. */
export const senderOf = (member: MemberItem | undefined, standing: InterfaceStanding | undefined): Sender | undefined => {
  const [organizationId] = member?.organizationIds ?? [];
  if (member === undefined || organizationId === undefined) return undefined;
  if (member.interfaceId === undefined) {
    return { subject: member.subject, organizationId, senderId: member.subject, mode: 'live', mayQuery: true, owns: (site) => member.organizationIds.includes(site.organizationId) };
  }
  const [siteId, ...others] = member.siteIds;
  return {
    subject: member.subject,
    organizationId: standing?.organizationId ?? organizationId,
    senderId: member.interfaceId,
    mode: standing === undefined ? 'closed' : modes[standing.state],
    mayQuery: standing?.mode !== 'unidirectional',
    owns: (site) => member.siteIds.includes(site.siteId),
    ...(others.length === 0 ? { onlySiteId: siteId } : {}),
  };
};

import type { DoseItem } from '../../../shared/published/dose.ts';
import type { RecordItem } from '../../../shared/published/person.ts';
import type { MemberItem } from '../../../shared/published/member.ts';
import { listedSiteOf } from '../domain/dose-facts.ts';
import type { Sender } from '../domain/sender.ts';

/** Who reads: what its own organization sent, and of that, for a machine, the doses of the sites its interface names. */
export interface Viewer {
  readonly organizationIds: readonly string[];
  seesRecord(record: Pick<RecordItem, 'organizationId'>): boolean;
  seesDose(dose: DoseItem): boolean;
}

/** Undefined when nobody is known, or the interface is not in production: records are open to a machine only then. */
export const viewerOf = (member: MemberItem | undefined, sender: Sender | undefined): Viewer | undefined => {
  if (member === undefined || sender?.mode !== 'live') return undefined;
  const organizationIds = member.interfaceId === undefined ? member.organizationIds : [sender.organizationId];
  return {
    organizationIds,
    seesRecord: ({ organizationId }) => organizationIds.includes(organizationId),
    seesDose(dose) {
      const siteId = listedSiteOf(dose);
      return organizationIds.includes(dose.organizationId) && (siteId === undefined || sender.owns({ siteId, organizationId: dose.organizationId }));
    },
  };
};

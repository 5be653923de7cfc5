import { z } from 'zod';
import { instant, version } from '../contracts/common.ts';

/** A membership is one item, and one person answers for few organizations. */
export const maxOrganizations = 50;

/** What a signed-in person or a machine client belongs to. The platform reads it at every request of a tenant role. */
export const memberItem = z.object({
  pk: z.string(),
  sk: z.literal('MEMBER'),
  type: z.literal('member'),
  schema: z.literal(1),
  version,
  subject: z.string(),
  organizationIds: z.array(z.string()).max(maxOrganizations),
  /** Sites named one by one: those of an EHR interface. People reach all sites of their organizations. */
  siteIds: z.array(z.string()).max(500),
  /** Set for machine clients: the EHR interface whose state decides what they may send. */
  interfaceId: z.string().optional(),
  grantedAt: instant,
  grantedBy: z.string(),
});
export type MemberItem = z.infer<typeof memberItem>;

export const memberKey = (subject: string): { pk: string; sk: 'MEMBER' } => ({ pk: `MEMBER#${subject}`, sk: 'MEMBER' });

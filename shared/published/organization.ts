import { z } from 'zod';
import { enrollmentStates, type EnrollmentState } from './site.ts';

/** What the rest of Doseline may know of an organization: how far its enrollment has come. */
export const organizationStanding = z.object({ type: z.literal('organization'), organizationId: z.string(), state: z.enum(enrollmentStates) });
export type OrganizationStanding = z.infer<typeof organizationStanding>;

export const organizationStandingKey = (organizationId: string): { pk: string; sk: 'ORGANIZATION' } => ({
  pk: `ORGANIZATION#${organizationId}`,
  sk: 'ORGANIZATION',
});

/** States of what was let in once. Anybody with a provider's role may apply and is a member of the draft at once: until then it is open to its application alone. */
const letIn: readonly EnrollmentState[] = ['active', 'suspended', 'closed'];
export const wasLetIn = (state: EnrollmentState | undefined): boolean => state !== undefined && letIn.includes(state);

import { z } from 'zod';

/** What the rest of Doseline may know of an EHR interface: whose it is, and how far its onboarding has come. */
export const interfaceStanding = z.object({
  type: z.literal('interface'),
  interfaceId: z.string(),
  organizationId: z.string(),
  state: z.enum(['registered', 'testing', 'validation', 'production', 'suspended']),
  /** `unidirectional`: it only reports, and may not ask. */
  mode: z.enum(['unidirectional', 'bidirectional', 'query-only']).optional(),
});
export type InterfaceStanding = z.infer<typeof interfaceStanding>;

export const interfaceStandingKey = (interfaceId: string): { pk: string; sk: 'INTERFACE' } => ({ pk: `INTERFACE#${interfaceId}`, sk: 'INTERFACE' });

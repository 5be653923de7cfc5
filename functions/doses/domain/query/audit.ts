import { z } from 'zod';
import { instant } from '../../../../shared/contracts/common.ts';

/** What a person's data was used for: its history was told, it stood in a list, or it was found and not told of. */
export const disclosureKinds = ['history', 'listed', 'withheld'] as const;

const asked = {
  pk: z.string(),
  sk: z.string(),
  schema: z.literal(1),
  /** Begins the MSH-10 of the answer. */
  queryId: z.string(),
  askedAt: instant,
  subject: z.string(),
  /** The interface, or the person's own subject. */
  senderId: z.string(),
  organizationId: z.string(),
  profile: z.enum(['Z34', 'Z44']),
  /** Kept as long as the jurisdiction keeps its audit. */
  expiresAt: z.int(),
};

/** A query as it was answered: who asked, what became of it, of whom. Nothing of what was asked or told. */
export const queryItem = z.object({
  ...asked,
  type: z.literal('query'),
  /** Profile of the answer, and QAK-2. */
  answer: z.enum(['Z31', 'Z32', 'Z33', 'Z42']),
  outcome: z.enum(['OK', 'NF', 'TM', 'AE']),
  persons: z.array(z.object({ personId: z.string(), kind: z.enum(disclosureKinds) })),
});
export type QueryItem = z.infer<typeof queryItem>;

/** The same from the person's side. */
export const disclosureItem = z.object({ ...asked, type: z.literal('disclosure'), personId: z.string(), kind: z.enum(disclosureKinds) });
export type DisclosureItem = z.infer<typeof disclosureItem>;

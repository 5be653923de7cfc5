import { z } from 'zod';
import { day, instant } from '../../../../shared/contracts/common.ts';

/** Wrong passwords of one user name from one address within a window; from then on they are not looked at until it ends. */
export const mostFailures = 10;
export const windowMinutes = 15;
const windowMs = windowMinutes * 60_000;

/** When the window began that an instant lies in. Windows are the same for everybody, so that a counter needs no start of its own. */
export const windowOf = (now: string): string => new Date(Math.floor(Date.parse(now) / windowMs) * windowMs).toISOString();
export const windowEnd = (now: string): string => new Date(Date.parse(windowOf(now)) + windowMs).toISOString();

const audited = { pk: z.string(), sk: z.string(), schema: z.literal(1), interfaceId: z.string() };

/** That an address reached the most failures for an interface: once a window, not once a try. */
export const refusedSignInsItem = z.object({
  ...audited,
  type: z.literal('sign-ins-refused'),
  at: instant,
  /** The network address as the gateway saw it. */
  source: z.string(),
  until: instant,
  expiresAt: z.int(),
});
export type RefusedSignInsItem = z.infer<typeof refusedSignInsItem>;

/** The last day on which a password was used. */
export const usedCredentialItem = z.object({ ...audited, type: z.literal('credential-used'), credentialId: z.string(), lastUsedOn: day });
export type UsedCredentialItem = z.infer<typeof usedCredentialItem>;

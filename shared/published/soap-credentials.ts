import { z } from 'zod';
import { instant } from '../contracts/common.ts';
import { entityFields } from '../contracts/stored.ts';

/** A password of an interface: its hash, and until when it is good. It is told once, when it is made. */
export const soapCredential = z.object({
  credentialId: z.string(),
  hash: z.string(),
  createdAt: instant,
  createdBy: z.string(),
  /** When it is no longer good: by its age, by the end of the overlap once a newer one was made, or since it was revoked. */
  endsAt: instant.optional(),
});
export type SoapCredential = z.infer<typeof soapCredential>;

/** What an EHR interface signs in with where credentials travel in the message (SOAP). The user name is the interface's id. */
export const soapCredentialsItem = z.object({
  ...entityFields,
  sk: z.literal('SOAP'),
  type: z.literal('soap-credentials'),
  interfaceId: z.string(),
  /** The machine client as which its messages come in: one sender, whatever carries them. */
  clientId: z.string(),
  credentials: z.array(soapCredential),
});
export type SoapCredentialsItem = z.infer<typeof soapCredentialsItem>;

/** A partition of its own: only who checks them may read hashes. */
export const soapCredentialsKey = (interfaceId: string): { pk: string; sk: 'SOAP' } => ({ pk: `SOAP#${interfaceId}`, sk: 'SOAP' });

/** Those that are good at an instant. */
export const goodCredentials = ({ credentials }: Pick<SoapCredentialsItem, 'credentials'>, now: string): SoapCredential[] =>
  credentials.filter(({ endsAt }) => endsAt === undefined || endsAt > now);

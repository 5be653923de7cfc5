import { createdId } from '../../shared/kernel/ids.ts';
import { hashPassword } from '../../shared/kernel/passwords.ts';
import { goodCredentials, soapCredentialsKey, type SoapCredential, type SoapCredentialsItem } from '../../shared/published/soap-credentials.ts';
import type { Act } from './apply.ts';
import type { InterfaceItem } from './schemas.ts';
import type { EnrollmentStore } from './store.ts';

/** How long the former password stays good, so that an EHR may change over on a day of its own. */
export const overlapDays = 14;
/** A password ends by itself: a year, and a month to change over in. What nobody renews, nobody uses or nobody looks after. */
export const passwordDays = 400;
const msADay = 86_400_000;
const daysAfter = (now: string, days: number): string => new Date(Date.parse(now) + days * msADay).toISOString();

export interface Randomness {
  /** A password that nobody can guess: 192 bits, in letters that XML and JSON leave alone. */
  newPassword(): string;
  newSalt(): Uint8Array;
}

export type IssueOutcome =
  /** The password is told here and nowhere again. */
  | { kind: 'issued'; item: SoapCredentialsItem; credentialId: string; password: string }
  | { kind: 'repeated'; item: SoapCredentialsItem; credentialId: string }
  | { kind: 'try-again' };

/** Makes a password for an interface (SOAP-09). One that was good stays so for the overlap; at most one older one does. */
export const makeIssueSoapPassword =
  (store: EnrollmentStore, random: Randomness) =>
  async ({ interfaceId, clientId }: InterfaceItem, { actor, now, idempotencyKey }: Act & { idempotencyKey: string }): Promise<IssueOutcome> => {
    const standing = await store.soapCredentials(interfaceId);
    const credentialId = createdId('pwd', interfaceId, idempotencyKey);
    if (standing?.credentials.some((credential) => credential.credentialId === credentialId) === true)
      return { kind: 'repeated', item: standing, credentialId };
    const password = random.newPassword();
    const issued: SoapCredential = {
      credentialId,
      hash: await hashPassword(password, random.newSalt()),
      createdAt: now,
      createdBy: actor,
      endsAt: daysAfter(now, passwordDays),
    };
    const overlapEnd = daysAfter(now, overlapDays);
    const former = (standing === undefined ? [] : goodCredentials(standing, now))
      .slice(-1)
      .map((credential) => ({
        ...credential,
        endsAt: credential.endsAt !== undefined && credential.endsAt < overlapEnd ? credential.endsAt : overlapEnd,
      }));
    const version = (standing?.version ?? 0) + 1;
    const item: SoapCredentialsItem = {
      ...soapCredentialsKey(interfaceId), type: 'soap-credentials', schema: 1, version, interfaceId, clientId, credentials: [...former, issued],
    };
    const written = await store.saveSoapCredentials(item, { at: now, actor, action: `issue ${credentialId}`, to: 'issued', version });
    return written.kind === 'committed' ? { kind: 'issued', item, credentialId, password } : { kind: 'try-again' };
  };

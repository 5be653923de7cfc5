import type { SoapCredentialsItem } from '../../shared/published/soap-credentials.ts';
import type { Act } from './apply.ts';
import type { EnrollmentStore } from './store.ts';

export type RevokeOutcome = { kind: 'revoked'; item: SoapCredentialsItem } | { kind: 'not-found' } | { kind: 'try-again' };

/** Ends a password at once: the next request that brings it is refused. Doing it twice changes nothing. */
export const makeRevokeSoapPassword =
  (store: EnrollmentStore) =>
  async (interfaceId: string, credentialId: string, { actor, now, reason }: Act & { reason: string }): Promise<RevokeOutcome> => {
    const standing = await store.soapCredentials(interfaceId);
    const found = standing?.credentials.find((credential) => credential.credentialId === credentialId);
    if (standing === undefined || found === undefined) return { kind: 'not-found' };
    if (found.endsAt !== undefined && found.endsAt <= now) return { kind: 'revoked', item: standing };
    const version = standing.version + 1;
    const item = {
      ...standing,
      version,
      credentials: standing.credentials.map((credential) => (credential === found ? { ...credential, endsAt: now } : credential)),
    };
    const written = await store.saveSoapCredentials(item, { at: now, actor, action: `revoke ${credentialId}`, to: 'revoked', reason, version });
    return written.kind === 'committed' ? { kind: 'revoked', item } : { kind: 'try-again' };
  };

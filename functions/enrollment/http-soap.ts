import { reject, type Handlers } from '../../shared/platform/http.ts';
import { actsForJurisdiction, type Principal } from '../../shared/platform/principal.ts';
import type { Action } from '../../shared/contracts/permissions.ts';
import { soapCredentialsKey, type SoapCredentialsItem } from '../../shared/published/soap-credentials.ts';
import { makeIssueSoapPassword, type Randomness } from './issue-soap-password.ts';
import { makeRevokeSoapPassword } from './revoke-soap-password.ts';
import type { soapRoutes } from './routes-soap.ts';
import type { InterfaceItem } from './schemas.ts';
import type { EnrollmentStore } from './store.ts';

const listed = (interfaceId: string, item: SoapCredentialsItem | undefined): object => ({
  interfaceId,
  username: interfaceId,
  credentials: item?.credentials ?? [],
});

/** The interface when the caller may see it; else it does not exist. */
export const visibleInterface = async (store: EnrollmentStore, interfaceId: string, principal: Principal, action: Action): Promise<InterfaceItem> => {
  const item = await store.interface(interfaceId);
  const isOwn =
    item !== undefined && (actsForJurisdiction(principal, action) || principal.member?.organizationIds.includes(item.organizationId) === true);
  return isOwn ? item : reject(404, 'not-found');
};

/** Handlers of what an EHR signs in with by SOAP: for the interface's own organization, and for the department. */
export const soapHandlers = (store: EnrollmentStore, random: Randomness): Handlers<typeof soapRoutes> => {
  const issue = makeIssueSoapPassword(store, random);
  const revoke = makeRevokeSoapPassword(store);
  const visible = (interfaceId: string, principal: Principal, action: Action): Promise<InterfaceItem> =>
    visibleInterface(store, interfaceId, principal, action);

  return {
    issueSoapPassword: async ({ params, principal, now, idempotencyKey }) => {
      const outcome = await issue(await visible(params.interfaceId, principal, 'interface.register'), {
        actor: principal.subject,
        now,
        idempotencyKey,
      });
      if (outcome.kind === 'try-again')
        return reject(409, 'try-again', 'Somebody else made or ended one at the same moment; send the same request again.');
      const made = outcome.item.credentials.find(({ credentialId }) => credentialId === outcome.credentialId);
      const body = { ...made, username: params.interfaceId };
      return outcome.kind === 'issued' ? { status: 201, body: { ...body, password: outcome.password } } : { status: 200, body };
    },
    listSoapCredentials: async ({ params, principal }) => {
      await visible(params.interfaceId, principal, 'interface.read');
      return { status: 200, body: listed(params.interfaceId, await store.soapCredentials(params.interfaceId)) };
    },
    readSoapHistory: async ({ params, query, principal }) => {
      await visible(params.interfaceId, principal, 'interface.read');
      return { status: 200, body: await store.history(soapCredentialsKey(params.interfaceId), query) };
    },
    revokeSoapPassword: async ({ params, body, principal, now }) => {
      await visible(params.interfaceId, principal, 'interface.register');
      const outcome = await revoke(params.interfaceId, params.credentialId, { actor: principal.subject, now, reason: body.reason });
      if (outcome.kind === 'revoked') return { status: 200, body: listed(params.interfaceId, outcome.item) };
      return outcome.kind === 'not-found' ? reject(404, 'not-found') : reject(409, 'try-again', 'Send the same request again.');
    },
  };
};

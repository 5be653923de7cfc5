import { localDay } from '../../../shared/kernel/dates.ts';
import { isPassword } from '../../../shared/kernel/passwords.ts';
import type { Log } from '../../../shared/platform/log.ts';
import type { MemberItem } from '../../../shared/published/member.ts';
import { goodCredentials, type SoapCredentialsItem } from '../../../shared/published/soap-credentials.ts';
import type { Sender } from '../domain/sender.ts';
import type { StockStore } from '../store-stock.ts';
import type { SignInStore } from '../store-sign-ins.ts';

export interface SignInDeps {
  /** What an interface signs in with. */
  readonly credentialsOf: (interfaceId: string) => Promise<SoapCredentialsItem | undefined>;
  readonly findSender: (member: MemberItem | undefined) => Promise<Sender | undefined>;
  readonly places: Pick<StockStore, 'member' | 'siteNamed'>;
  readonly signIns: Pick<SignInStore, 'mustWait' | 'countFailure' | 'noteRefusal' | 'noteUse'>;
  readonly timeZone: string;
  readonly log: Pick<Log, 'error' | 'warn'>;
}

export interface Credentials {
  readonly username: string;
  readonly password: string;
  readonly facility: string;
}

export interface From {
  /** The network address as the gateway saw it: no header of the sender's. */
  readonly source: string;
  readonly now: string;
  readonly correlationId: string;
}

export type SignedIn = { readonly kind: 'signed-in'; readonly sender: Sender } | { readonly kind: 'refused' } | { readonly kind: 'must-wait' };

const userPattern = /^[A-Za-z0-9_-]{3,64}$/;

/**
 * Finds who sends by what stands in the message (SOAP-09, SOAP-10). After `mostFailures` wrong passwords of a user name from one address, that
 * pair waits for the end of the window, whatever it sends. The name alone is never locked: a stranger who knows it would shut the clinic out.
 * Names that do not exist are counted alike, so waiting tells nothing. A wrong facility is no guess: whoever names one knew the password.
 */
export const makeSignIn = ({ credentialsOf, findSender, places, signIns, timeZone, log }: SignInDeps) => {
  /** Days of use that this instance wrote down, so that a busy interface costs one write a day and not one a message. */
  const noted = new Map<string, string>();

  /** Counting helps and must not hinder: while it fails, passwords are still looked at and messages still answered. */
  const orElse = async <T>(work: Promise<T>, otherwise: T, correlationId: string): Promise<T> => {
    try {
      return await work;
    } catch (cause) {
      log.error('REQUEST_FAULT', { fields: { correlationId }, cause });
      return otherwise;
    }
  };

  const failed = async (username: string, isKnown: boolean, { source, now, correlationId }: From): Promise<void> => {
    if (!(await signIns.countFailure({ username, source }, now))) return;
    log.warn('SIGN_INS_REFUSED', { correlationId, isKnown, ...(isKnown ? { interfaceId: username } : {}) });
    if (isKnown) await signIns.noteRefusal(username, { username, source }, now);
  };

  const used = async (interfaceId: string, credentialId: string, now: string): Promise<void> => {
    const today = localDay(now, timeZone);
    if (noted.get(credentialId) === today) return;
    await signIns.noteUse(interfaceId, credentialId, today);
    noted.set(credentialId, today);
  };

  return async ({ username, password, facility }: Credentials, from: From): Promise<SignedIn> => {
    const { source, now, correlationId } = from;
    if (!userPattern.test(username)) return { kind: 'refused' };
    const [known, mustWait] = await Promise.all([credentialsOf(username), orElse(signIns.mustWait({ username, source }, now), false, correlationId)]);
    if (mustWait) return { kind: 'must-wait' };
    const good = known === undefined ? [] : goodCredentials(known, now);
    // A user that does not exist costs as much time as one that does.
    const checked = await Promise.all((good.length === 0 ? [undefined] : good).map((credential) => isPassword(password, credential?.hash)));
    const credential = good[checked.indexOf(true)];
    if (known === undefined || credential === undefined) {
      await orElse(failed(username, known !== undefined, from), undefined, correlationId);
      return { kind: 'refused' };
    }
    await orElse(used(known.interfaceId, credential.credentialId, now), undefined, correlationId);
    const sender = await findSender(await places.member(known.clientId));
    if (sender?.senderId !== known.interfaceId) return { kind: 'refused' };
    if (facility === '') return { kind: 'signed-in', sender };
    const site = await places.siteNamed(facility);
    return site !== undefined && sender.owns(site) ? { kind: 'signed-in', sender } : { kind: 'refused' };
  };
};
export type SignIn = ReturnType<typeof makeSignIn>;

import { isPassword } from '../../../shared/kernel/passwords.ts';
import type { Log } from '../../../shared/platform/log.ts';
import type { MemberItem } from '../../../shared/published/member.ts';
import { goodCredentials, type SoapCredentialsItem } from '../../../shared/published/soap-credentials.ts';
import type { Sender } from '../domain/sender.ts';
import { addressing, editions } from '../domain/soap/contract.ts';
import { writeFault, type SoapFault } from '../domain/soap/faults.ts';
import { messageFault, readSoapRequest, type SoapRequest } from '../domain/soap/read-request.ts';
import { element, envelope, textElement } from '../domain/soap/write-xml.ts';
import type { ReceiveMessage } from '../receive-message.ts';
import type { StockStore } from '../store-stock.ts';

export interface ServeSoapDeps {
  /** What an interface signs in with. */
  readonly credentialsOf: (interfaceId: string) => Promise<SoapCredentialsItem | undefined>;
  readonly findSender: (member: MemberItem | undefined) => Promise<Sender | undefined>;
  readonly places: Pick<StockStore, 'member' | 'siteNamed'>;
  /** Built when it is needed: it waits for a secret. */
  readonly receiveMessage: () => Promise<ReceiveMessage>;
  /** The AR of a message when nothing else can be said. */
  readonly answerFault: (text: string, correlationId: string, receivedAt: string) => { readonly ack: string };
  readonly log: Pick<Log, 'error'>;
}

export interface SoapAnswer {
  readonly status: 200 | 400 | 500;
  readonly xml: string;
}

type Submission = Extract<SoapRequest, { kind: 'submit' }>;
type Answering = Pick<SoapRequest, 'edition' | 'relatesTo'>;

const userPattern = /^[A-Za-z0-9_-]{3,64}$/;
/** One text for a user that does not exist, a wrong password and a foreign facility: nobody learns which (SOAP-09, SOAP-10). */
const refusedSignIn: SoapFault = { kind: 'security', detail: 'Invalid username, password or facility ID' };

/** Answers the SOAP 1.2 transport of CDC's contract, 2011 and 2014 (soap.md). Whatever is wrong with the HL7 is said in the HL7 (SOAP-14). */
export const makeServeSoap = ({ credentialsOf, findSender, places, receiveMessage, answerFault, log }: ServeSoapDeps) => {
  const signIn = async ({ username, password, facility }: Submission, now: string): Promise<Sender | undefined> => {
    const known = userPattern.test(username) ? await credentialsOf(username) : undefined;
    const good = known === undefined ? [] : goodCredentials(known, now);
    // A user that does not exist costs as much time as one that does.
    const checked = await Promise.all((good.length === 0 ? [undefined] : good).map((credential) => isPassword(password, credential?.hash)));
    if (known === undefined || !checked.includes(true)) return undefined;
    const sender = await findSender(await places.member(known.clientId));
    if (sender?.senderId !== known.interfaceId || facility === '') return sender?.senderId === known.interfaceId ? sender : undefined;
    const site = await places.siteNamed(facility);
    return site !== undefined && sender.owns(site) ? sender : undefined;
  };

  const answered = (response: string, answer: string, text: string, { edition, relatesTo }: Answering, replyAction: string): SoapAnswer => {
    const header = relatesTo === undefined ? '' : textElement('Action', replyAction, addressing) + textElement('RelatesTo', relatesTo, addressing);
    return { status: 200, xml: envelope(element(response, textElement(answer, text), editions[edition].namespace), header) };
  };
  const refused = (fault: SoapFault, { edition, relatesTo }: Answering): SoapAnswer => {
    const { status, xml } = writeFault(fault, edition, relatesTo);
    return { status, xml };
  };

  const submit = async (request: Submission, now: string, correlationId: string): Promise<SoapAnswer> => {
    const { submit: names } = editions[request.edition];
    const sender = await signIn(request, now);
    if (sender === undefined) return refused(refusedSignIn, request);
    const fault = messageFault(request.hl7);
    if (fault !== undefined) return refused(fault, request);
    const receive = await receiveMessage().catch((cause: unknown) => {
      log.error('REQUEST_FAULT', { fields: { correlationId }, cause });
      return undefined;
    });
    const { ack } = receive === undefined ? answerFault(request.hl7, correlationId, now) : await receive(request.hl7, sender, now, correlationId);
    return answered(names.response, names.answer, ack, request, names.replyAction);
  };

  return async (text: string, now: string, correlationId: string): Promise<SoapAnswer> => {
    const request = readSoapRequest(text);
    try {
      if (request.kind === 'fault') return refused(request.fault, request);
      if (request.kind === 'submit') return await submit(request, now, correlationId);
      const { connectivity } = editions[request.edition];
      return answered(connectivity.response, connectivity.answer, `Doseline answers: ${request.echo}`, request, connectivity.replyAction);
    } catch (cause) {
      // Who sends could not be found out: nothing may be told of the message, but that it should come again (SOAP-13).
      log.error('REQUEST_FAULT', { fields: { correlationId }, cause });
      return refused({ kind: 'unknown', detail: `Something failed on our side - send it again; if it stays, name ${correlationId}` }, request);
    }
  };
};
export type ServeSoap = ReturnType<typeof makeServeSoap>;

import type { Log } from '../../../shared/platform/log.ts';
import { addressing, editions } from '../domain/soap/contract.ts';
import { writeFault, type SoapFault } from '../domain/soap/faults.ts';
import { windowMinutes } from '../domain/soap/sign-ins.ts';
import { messageFault, readSoapRequest, type SoapRequest } from '../domain/soap/read-request.ts';
import { element, envelope, textElement } from '../domain/soap/write-xml.ts';
import type { ReceiveMessage } from '../receive-message.ts';
import type { From, SignIn } from './sign-in.ts';

export interface ServeSoapDeps {
  readonly signIn: SignIn;
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

/** One text for a user that does not exist, a wrong password and a foreign facility: nobody learns which (SOAP-09, SOAP-10). */
const refusedSignIn: SoapFault = { kind: 'security', detail: 'Invalid username, password or facility ID' };
/** Said alike of names that exist and of others; a new password does not shorten it. */
const mustWait: SoapFault = {
  kind: 'security',
  detail: `Too many failed sign-ins with this username from your address - nothing is looked at for up to ${windowMinutes} minutes, then try again`,
};

/** Answers the SOAP 1.2 transport of CDC's contract, 2011 and 2014 (soap.md). Whatever is wrong with the HL7 is said in the HL7 (SOAP-14). */
export const makeServeSoap = ({ signIn, receiveMessage, answerFault, log }: ServeSoapDeps) => {
  const answered = (response: string, answer: string, text: string, { edition, relatesTo }: Answering, replyAction: string): SoapAnswer => {
    const header = relatesTo === undefined ? '' : textElement('Action', replyAction, addressing) + textElement('RelatesTo', relatesTo, addressing);
    return { status: 200, xml: envelope(element(response, textElement(answer, text), editions[edition].namespace), header) };
  };
  const refused = (fault: SoapFault, { edition, relatesTo }: Answering): SoapAnswer => {
    const { status, xml } = writeFault(fault, edition, relatesTo);
    return { status, xml };
  };

  const submit = async (request: Submission, from: From): Promise<SoapAnswer> => {
    const { now, correlationId } = from;
    const { submit: names } = editions[request.edition];
    const signed = await signIn(request, from);
    if (signed.kind !== 'signed-in') return refused(signed.kind === 'must-wait' ? mustWait : refusedSignIn, request);
    const fault = messageFault(request.hl7);
    if (fault !== undefined) return refused(fault, request);
    const receive = await receiveMessage().catch((cause: unknown) => {
      log.error('REQUEST_FAULT', { fields: { correlationId }, cause });
      return undefined;
    });
    const { ack } =
      receive === undefined ? answerFault(request.hl7, correlationId, now) : await receive(request.hl7, signed.sender, now, correlationId);
    return answered(names.response, names.answer, ack, request, names.replyAction);
  };

  return async (text: string, from: From): Promise<SoapAnswer> => {
    const { correlationId } = from;
    const request = readSoapRequest(text);
    try {
      if (request.kind === 'fault') return refused(request.fault, request);
      if (request.kind === 'submit') return await submit(request, from);
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

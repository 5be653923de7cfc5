/** Names of CDC's contract for transporting HL7 messages: facts of its two editions. Decided by the first element in the body (SOAP-03). */
export type Edition = '2011' | '2014';

export interface EditionNames {
  readonly namespace: string;
  readonly portType: string;
  readonly connectivity: {
    readonly operation: string;
    readonly request: string;
    readonly echo: string;
    readonly response: string;
    readonly answer: string;
    readonly action: string;
    readonly replyAction: string;
  };
  readonly submit: {
    readonly operation: string;
    readonly request: string;
    readonly username: string;
    readonly password: string;
    readonly facility: string;
    readonly message: string;
    readonly response: string;
    readonly answer: string;
    readonly action: string;
    readonly replyAction: string;
  };
}

const of2011 = 'urn:cdc:iisb:2011';
const of2014 = 'urn:cdc:iisb:2014';

export const editions: Readonly<Record<Edition, EditionNames>> = {
  '2011': {
    namespace: of2011,
    portType: 'IIS_PortType',
    connectivity: {
      operation: 'connectivityTest',
      request: 'connectivityTest',
      echo: 'echoBack',
      response: 'connectivityTestResponse',
      answer: 'return',
      action: `${of2011}:connectivityTest`,
      replyAction: `${of2011}:connectivityTestResponse`,
    },
    submit: {
      operation: 'submitSingleMessage',
      request: 'submitSingleMessage',
      username: 'username',
      password: 'password',
      facility: 'facilityID',
      message: 'hl7Message',
      response: 'submitSingleMessageResponse',
      answer: 'return',
      action: `${of2011}:submitSingleMessage`,
      replyAction: `${of2011}:submitSingleMessageResponse`,
    },
  },
  '2014': {
    namespace: of2014,
    portType: 'IISPortType',
    connectivity: {
      operation: 'ConnectivityTest',
      request: 'ConnectivityTestRequest',
      echo: 'EchoBack',
      response: 'ConnectivityTestResponse',
      answer: 'EchoBack',
      action: `${of2014}:IISPortType:ConnectivityTestRequest`,
      replyAction: `${of2014}:IISPortType:ConnectivityTestResponse`,
    },
    submit: {
      operation: 'SubmitSingleMessage',
      request: 'SubmitSingleMessageRequest',
      username: 'Username',
      password: 'Password',
      facility: 'FacilityID',
      message: 'Hl7Message',
      response: 'SubmitSingleMessageResponse',
      answer: 'Hl7Message',
      action: `${of2014}:IISPortType:SubmitSingleMessageRequest`,
      replyAction: `${of2014}:IISPortType:SubmitSingleMessageResponse`,
    },
  },
};

export const editionOf = (namespace: string): Edition | undefined => (namespace === of2011 ? '2011' : namespace === of2014 ? '2014' : undefined);

export const soapEnvelope = 'http://www.w3.org/2003/05/soap-envelope';
export const soap11Envelope = 'http://schemas.xmlsoap.org/soap/envelope/';
export const addressing = 'http://www.w3.org/2005/08/addressing';
/** Headers that may demand to be understood (SOAP-17): the two specifications whose headers real callers send. */
export const understoodHeaders: ReadonlySet<string> = new Set([
  addressing,
  'http://schemas.xmlsoap.org/ws/2004/08/addressing',
  'http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd',
  'http://docs.oasis-open.org/wss/oasis-wss-wssecurity-secext-1.1.xsd',
]);

/**
 * Largest request in bytes, looked at before anything is parsed (SOAP-08): the largest HL7 message and room for its envelope and escapes.
 */
export const maxSoapBytes = 1_500_000;

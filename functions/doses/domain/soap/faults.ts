import { addressing, editions, soapEnvelope, type Edition } from './contract.ts';
import { element, envelope, escaped, textElement } from './write-xml.ts';

export type SoapFaultKind =
  'security' | 'message-too-large' | 'unsupported-operation' | 'unknown' | 'sender' | 'version-mismatch' | 'must-understand';

export interface SoapFault {
  readonly kind: SoapFaultKind;
  /** Words for a person; never a value of the request. */
  readonly detail: string;
  readonly size?: { readonly bytes: number; readonly most: number };
}

interface FaultShape {
  readonly rule: string;
  /** SOAP's own code. `Receiver` for those of the contract, as the NIST cases ask. */
  readonly value: 'Receiver' | 'Sender' | 'VersionMismatch' | 'MustUnderstand';
  /** SOAP-19. */
  readonly status: 400 | 500;
  readonly reason: string;
  /** Element, code and reason of the 2011 contract. */
  readonly in2011: { readonly element: string; readonly code: number; readonly reason: string };
  /** Element of the 2014 contract, which has no general fault. */
  readonly in2014?: string;
}

export const faultShapes: Readonly<Record<SoapFaultKind, FaultShape>> = {
  security: {
    rule: 'SOAP-09',
    value: 'Receiver',
    status: 500,
    reason: 'Security fault',
    in2011: { element: 'SecurityFault', code: 10, reason: 'Security' },
    in2014: 'SecurityFault',
  },
  'message-too-large': {
    rule: 'SOAP-07',
    value: 'Receiver',
    status: 500,
    reason: 'Message too large',
    in2011: { element: 'MessageTooLargeFault', code: 20, reason: 'MessageTooLarge' },
    in2014: 'MessageTooLargeFault',
  },
  'unsupported-operation': {
    rule: 'SOAP-11',
    value: 'Receiver',
    status: 500,
    reason: 'Unsupported operation',
    in2011: { element: 'UnsupportedOperationFault', code: 30, reason: 'UnsupportedOperation' },
    in2014: 'UnsupportedOperationFault',
  },
  unknown: {
    rule: 'SOAP-12',
    value: 'Receiver',
    status: 500,
    reason: 'The request could not be answered',
    in2011: { element: 'fault', code: 40, reason: 'Unknown' },
  },
  sender: {
    rule: 'SOAP-16',
    value: 'Sender',
    status: 400,
    reason: 'The request is no SOAP 1.2 envelope',
    in2011: { element: 'fault', code: 50, reason: 'NotAnEnvelope' },
  },
  'version-mismatch': {
    rule: 'SOAP-16',
    value: 'VersionMismatch',
    status: 500,
    reason: 'Only SOAP 1.2 is spoken here',
    in2011: { element: 'fault', code: 51, reason: 'VersionMismatch' },
  },
  'must-understand': {
    rule: 'SOAP-17',
    value: 'MustUnderstand',
    status: 500,
    reason: 'A header that must be understood is not',
    in2011: { element: 'fault', code: 52, reason: 'MustUnderstand' },
  },
};

const sizes = ({ size }: SoapFault): string =>
  size === undefined ? '' : textElement('Size', String(size.bytes)) + textElement('MaxSize', String(size.most));

const detailOf = (fault: SoapFault, edition: Edition): string => {
  const { in2011, in2014 } = faultShapes[fault.kind];
  const { namespace } = editions[edition];
  if (edition === '2011') {
    const inner = textElement('Code', String(in2011.code)) + textElement('Reason', in2011.reason) + textElement('Detail', fault.detail);
    return element('Detail', element(in2011.element, inner, namespace));
  }
  return in2014 === undefined ? '' : element('Detail', element(in2014, in2014 === 'MessageTooLargeFault' ? sizes(fault) : '', namespace));
};

/** A fault in the exact shape of its edition (soap.md section 5): Code, Reason, Detail, and in Detail one element of the contract. */
export const writeFault = (fault: SoapFault, edition: Edition, relatesTo?: string): { status: 400 | 500; xml: string } => {
  const { value, status, reason } = faultShapes[fault.kind];
  // The 2014 contract has no place for words: they go where SOAP has one.
  const said = edition === '2014' ? `${reason}. ${fault.detail}` : reason;
  const body = element(
    'Fault',
    element('Code', textElement('Value', value)) + element('Reason', `<Text xml:lang="en">${escaped(said)}</Text>`) + detailOf(fault, edition),
  );
  const upgrade =
    fault.kind === 'version-mismatch' ? `<Upgrade><SupportedEnvelope qname="soap:Envelope" xmlns:soap="${soapEnvelope}"/></Upgrade>` : '';
  return { status, xml: envelope(body, upgrade + (relatesTo === undefined ? '' : textElement('RelatesTo', relatesTo, addressing))) };
};

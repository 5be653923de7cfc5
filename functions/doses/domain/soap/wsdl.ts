import { editions, type Edition } from './contract.ts';
import { escaped } from './write-xml.ts';

interface Part {
  readonly name: string;
  readonly type: 'xsd:string' | 'xsd:integer' | 'xsd:unsignedLong';
  readonly optional?: true;
  readonly nillable?: true;
  readonly fixed?: string;
}

interface Shape {
  readonly element: string;
  readonly parts: readonly Part[];
}

const textPart = (name: string, ...traits: ('optional' | 'nillable')[]): Part => ({
  name,
  type: 'xsd:string',
  ...(traits.includes('optional') ? { optional: true } : {}),
  ...(traits.includes('nillable') ? { nillable: true } : {}),
});

const faultParts = (reason?: string): Part[] => [
  { name: 'Code', type: 'xsd:integer' },
  { name: 'Reason', type: 'xsd:string', ...(reason === undefined ? {} : { fixed: reason }) },
  textPart('Detail'),
];

/** The elements of an edition and what lies in them, by what they are for. */
const shapesOf = (edition: Edition): { messages: Shape[]; faults: Shape[] } => {
  const { connectivity, submit } = editions[edition];
  const is2011 = edition === '2011';
  const credentials = [submit.username, submit.password, submit.facility].map((name) => textPart(name, 'optional', 'nillable'));
  return {
    messages: [
      {
        element: connectivity.request,
        parts: [is2011 ? textPart(connectivity.echo, 'nillable') : textPart(connectivity.echo, 'optional', 'nillable')],
      },
      {
        element: connectivity.response,
        parts: [is2011 ? textPart(connectivity.answer, 'nillable') : textPart(connectivity.answer, 'optional', 'nillable')],
      },
      { element: submit.request, parts: [...credentials, is2011 ? textPart(submit.message, 'nillable') : textPart(submit.message)] },
      { element: submit.response, parts: [is2011 ? textPart(submit.answer, 'nillable') : textPart(submit.answer)] },
    ],
    faults: is2011
      ? [
          { element: 'fault', parts: faultParts() },
          { element: 'SecurityFault', parts: faultParts('Security') },
          { element: 'MessageTooLargeFault', parts: faultParts('MessageTooLarge') },
          { element: 'UnsupportedOperationFault', parts: faultParts('UnsupportedOperation') },
        ]
      : [
          { element: 'SecurityFault', parts: [] },
          {
            element: 'MessageTooLargeFault',
            parts: [
              { name: 'Size', type: 'xsd:unsignedLong' },
              { name: 'MaxSize', type: 'xsd:unsignedLong' },
            ],
          },
          { element: 'UnsupportedOperationFault', parts: [] },
        ],
  };
};

const partXml = ({ name, type, optional, nillable, fixed }: Part): string =>
  `<xsd:element name="${name}" type="${type}"${optional ? ' minOccurs="0"' : ''}${nillable ? ' nillable="true"' : ''}${fixed === undefined ? '' : ` fixed="${fixed}"`}/>`;

const elementXml = ({ element, parts }: Shape): string =>
  `  <xsd:element name="${element}"><xsd:complexType><xsd:sequence>${parts.map(partXml).join('')}</xsd:sequence></xsd:complexType></xsd:element>`;

/** The schema of an edition's elements. */
export const xsdOf = (edition: Edition): string => {
  const { messages, faults } = shapesOf(edition);
  const head = `<xsd:schema xmlns:xsd="http://www.w3.org/2001/XMLSchema" targetNamespace="${editions[edition].namespace}" elementFormDefault="qualified">`;
  return [head, ...[...messages, ...faults].map(elementXml), '</xsd:schema>'].join('\n');
};

interface OperationShape {
  readonly operation: string;
  readonly request: string;
  readonly response: string;
  readonly action: string;
  readonly replyAction: string;
  readonly faults: readonly string[];
}

const operationsOf = (edition: Edition): OperationShape[] => {
  const { connectivity, submit } = editions[edition];
  const general = edition === '2011' ? ['fault'] : [];
  return [
    { ...connectivity, faults: [...general, 'UnsupportedOperationFault'] },
    { ...submit, faults: [...general, 'SecurityFault', 'MessageTooLargeFault'] },
  ];
};

const portOperation = ({ operation, request, response, action, replyAction, faults }: OperationShape): string => [
  `    <operation name="${operation}">`,
  `      <input message="tns:${request}Message" wsaw:Action="${action}"/>`,
  `      <output message="tns:${response}Message" wsaw:Action="${replyAction}"/>`,
  ...faults.map((name) => `      <fault name="${name}" message="tns:${name}Message"/>`),
  '    </operation>',
].join('\n');

const boundOperation = ({ operation, action, faults }: OperationShape): string => [
  `    <operation name="${operation}">`,
  `      <soap12:operation soapAction="${action}" style="document"/>`,
  '      <input><soap12:body use="literal"/></input>',
  '      <output><soap12:body use="literal"/></output>',
  ...faults.map((name) => `      <fault name="${name}"><soap12:fault name="${name}" use="literal"/></fault>`),
  '    </operation>',
].join('\n');

/** The WSDL 1.1 of an edition with its schema inside (SOAP-20): SOAP 1.2, document and literal, at the address where it was asked for. */
export const wsdlOf = (edition: Edition, address: string): string => {
  const { namespace, portType } = editions[edition];
  const { messages, faults } = shapesOf(edition);
  const operations = operationsOf(edition);
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<definitions xmlns="http://schemas.xmlsoap.org/wsdl/" xmlns:soap12="http://schemas.xmlsoap.org/wsdl/soap12/" xmlns:wsaw="http://www.w3.org/2006/05/addressing/wsdl" xmlns:tns="${namespace}" targetNamespace="${namespace}" name="Doseline">`,
    '  <documentation>HL7 v2.5.1 immunization messages over SOAP 1.2: one message a request, one answer.</documentation>',
    '  <types>',
    xsdOf(edition),
    '  </types>',
    ...[...messages, ...faults].map(
      ({ element }) =>
        `  <message name="${element}Message"><part name="${faults.some((fault) => fault.element === element) ? 'fault' : 'parameters'}" element="tns:${element}"/></message>`,
    ),
    `  <portType name="${portType}">`,
    ...operations.map(portOperation),
    '  </portType>',
    `  <binding name="client_Binding_Soap12" type="tns:${portType}">`,
    '    <soap12:binding style="document" transport="http://schemas.xmlsoap.org/soap/http"/>',
    ...operations.map(boundOperation),
    '  </binding>',
    '  <service name="client_Service">',
    `    <port name="client_Port_Soap12" binding="tns:client_Binding_Soap12"><soap12:address location="${escaped(address).replaceAll('"', '&quot;')}"/></port>`,
    '  </service>',
    '</definitions>',
    '',
  ].join('\n');
};

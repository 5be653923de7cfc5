import { readSoapRequest } from '../../functions/doses/domain/soap/read-request.ts';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readMessage } from '../../shared/hl7/index.ts';
import { faultShapes, writeFault, type SoapFaultKind } from '../../functions/doses/domain/soap/faults.ts';
import { eventOf } from '../support/api.ts';
import { answerTo } from '../support/callers.ts';
import { order, vxu } from '../support/dose-room.ts';
import { near, openHouse, type House } from '../support/house.ts';
import { brokenAssertions, find, readNodes } from '../support/schematron.ts';
import { sharedPath } from '../support/shared.ts';
import {
  caseOf, cases, files, oddRequests, improper, innerFault, inXml, returned, schemaFaults, nistSchema, signedWith, soapDesk, submissionOf, underContract, type Parts, type SoapDesk, type SoapReply,
} from '../support/soap-desk.ts';

let house: House;
let desk: SoapDesk;
let password = '';

beforeAll(async () => {
  house = await openHouse('soap');
  desk = soapDesk(house);
  password = String((await desk.issue('first-password')).body['password']);
}, 60_000);
afterAll(() => house.stop());

const handlerOf = (context: string) => desk.handlerOf(context);
const post = (...sent: Parameters<SoapDesk['post']>): Promise<SoapReply> => desk.post(...sent);
const signed = (xml: string, parts?: Parts): string => signedWith(xml, password, parts);
const submission = (hl7: string, parts?: Parts): string => signed(submissionOf(hl7), parts);

describe('NIST receiver cases (Connectivity)', () => {
  it('SOAPCON_1: the connection is tested without credentials and the text comes back (SOAP-06)', async () => {
    const reply = await post(caseOf('Connectivity/receiver', 'SOAPCON_1'));
    expect(reply.status).toBe(200);
    expect(await improper(reply, 'connectivityTest_Response')).toEqual([]);
    expect(returned(reply)).toContain('Hello world!');
  });

  it('SOAPCON_2: a message with good credentials gets its HL7 answer; its dose is history and is stored (SOAP-14, SOAP-15)', async () => {
    const reply = await post(signed(caseOf('Connectivity/receiver', 'SOAPCON_2')));
    expect(reply.status).toBe(200);
    expect(await improper(reply, 'submitSingleMessage_Response')).toEqual([]);
    const ack = readMessage(returned(reply));
    expect(ack.first('MSA')?.value(1)).toBe('AE');
    expect(ack.all('ERR').map((err) => err.value(4)).filter((severity) => severity === 'E')).toEqual([]);
  });

  it('SOAPCON_3: a wrong password is a SecurityFault (SOAP-09)', async () => {
    const reply = await post(signed(caseOf('Connectivity/receiver', 'SOAPCON_3'), { secret: 'wrong' }));
    expect(await improper(reply, 'SecurityFault')).toEqual([]);
    expect([reply.status, innerFault(reply)]).toEqual([500, { name: 'SecurityFault', code: '10', reason: 'Security' }]);
  });

  it('SOAPCON_4: two messages in one request are a MessageTooLargeFault, and nothing is stored (SOAP-07)', async () => {
    house.dynamo.clear();
    const reply = await post(signed(caseOf('Connectivity/receiver', 'SOAPCON_4')));
    expect(await improper(reply, 'MessageTooLargeFault')).toEqual([]);
    expect(innerFault(reply)).toMatchObject({ name: 'MessageTooLargeFault', reason: 'MessageTooLarge' });
    expect(JSON.stringify(house.dynamo.asked)).not.toContain('MESSAGE#');
  });

  it('SOAPCON_5: another operation is an UnsupportedOperationFault (SOAP-11)', async () => {
    const reply = await post(signed(caseOf('Connectivity/receiver', 'SOAPCON_5')));
    expect(await improper(reply, 'UnsupportedOperationFault')).toEqual([]);
    expect(innerFault(reply)).toMatchObject({ name: 'UnsupportedOperationFault', reason: 'UnsupportedOperation' });
  });
});

describe('NIST receiver cases (Envelope): faults in their exact shape', () => {
  const kinds: readonly (readonly [string, SoapFaultKind, string])[] = [
    ['SOAPENV_3', 'message-too-large', 'MessageTooLargeFault'], ['SOAPENV_4', 'security', 'SecurityFault'],
    ['SOAPENV_5', 'unsupported-operation', 'UnsupportedOperationFault'], ['SOAPENV_6', 'unknown', 'UnknownFault'],
  ];
  it.each(kinds)('%s: %s', async (_case, kind, phase) => {
    const { xml, status } = writeFault({ kind, detail: 'in words' }, '2011');
    expect(await improper({ xml, status, contentType: 'application/soap+xml; charset=utf-8' }, phase)).toEqual([]);
    expect(xml).toMatch(/^<\?xml version="1.0" encoding="UTF-8"\?>\n<Envelope xmlns="http:\/\/www.w3.org\/2003\/05\/soap-envelope"><Body><Fault><Code><Value>Receiver<\/Value><\/Code><Reason><Text xml:lang="en">/);
  });

  it('the rules see a fault that lost a part (negative control)', async () => {
    const { xml } = writeFault({ kind: 'security', detail: 'in words' }, '2011');
    expect(brokenAssertions(xml.replace('<Reason>Security</Reason>', '<Reason>Other</Reason>'), 'SecurityFault')).toHaveLength(1);
    expect(await schemaFaults(underContract(xml.replace('<Code>10</Code>', '<Code>ten</Code>')), nistSchema())).not.toEqual([]);
    expect(brokenAssertions(xml, 'MessageTooLargeFault')).not.toEqual([]);
  });
});

describe('NIST sender cases and samples', () => {
  it.each([['SOAPCON_1'], ['SOAPCON_2']])('Connectivity/sender/%s is answered', async (name) => {
    expect(await improper(await post(caseOf('Connectivity/sender', name)), 'connectivityTest_Response')).toEqual([]);
  });
  it.each([['Connectivity/sender', 'SOAPCON_3', 'Request.xml'], ['Envelope/sender', 'SOAPENV_2', 'Message.xml']])('%s/%s gets an HL7 answer', async (folder, name, file) => {
    expect(await improper(await post(signed(caseOf(folder, name, file))), 'submitSingleMessage_Response')).toEqual([]);
  });
  it('Envelope/sender/SOAPENV_1 is answered', async () => {
    expect(await improper(await post(caseOf('Envelope/sender', 'SOAPENV_1', 'Message.xml')), 'connectivityTest_Response')).toEqual([]);
  });
  it('Envelope/generic/SOAPENV_1, a foreign body, is an unsupported operation; its header binds nobody (SOAP-11, SOAP-17)', async () => {
    const folder = join(cases, 'Envelope/generic');
    const [name = ''] = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((each) => each.endsWith('.xml'));
    expect(innerFault(await post(readFileSync(join(folder, name), 'utf8')))).toMatchObject({ name: 'UnsupportedOperationFault' });
  });
  it('validSubmitSingleMessage.xml is taken, invalidSubmitSingleMessage.xml is an UnknownFault (SOAP-12)', async () => {
    expect(await improper(await post(signed(readFileSync(join(cases, 'validSubmitSingleMessage.xml'), 'utf8'))), 'submitSingleMessage_Response')).toEqual([]);
    const reply = await post(signed(readFileSync(join(cases, 'invalidSubmitSingleMessage.xml'), 'utf8')));
    expect(await improper(reply, 'UnknownFault')).toEqual([]);
    expect(innerFault(reply)).toMatchObject({ name: 'fault' });
  });
  it('all 30 files get an envelope, also those that are answers', async () => {
    expect(files).toHaveLength(30);
    for (const file of files) {
      const reply = await post(readFileSync(join(cases, file), 'utf8'));
      expect([file, reply.status, brokenAssertions(reply.xml, 'envelope')]).toEqual([file, expect.any(Number), []]);
    }
  });
});

describe('Rules of the transport', () => {
  const message = (controlId: string): string => vxu({ controlId, id: controlId, given: 'Soapy', orders: order({ filler: `${controlId}^ELM`, source: '01^^NIP001' }) });
  const kind = (reply: SoapReply): string => innerFault(reply)?.name ?? (find(readNodes(reply.xml), 'Value')?.text ?? 'answer');

  it('takes CR, LF and CRLF, CDATA and blanks before MSH, and the answer ends each segment in CR after a reader (SOAP-21 to SOAP-24)', async () => {
    const text = message('ends');
    const forms = [inXml(text), inXml(text).replaceAll('&#xD;', '&#13;'), inXml(text).replaceAll('&#xD;', '\n'), inXml(text).replaceAll('&#xD;', '\r\n'), `<![CDATA[\r\n  ${text}]]>`];
    for (const form of forms) {
      const reply = await post(submission(form));
      const ack = returned(reply);
      expect(ack).toMatch(/^MSH\|\^~\\&\|DOSELINE\|CTA\|.*\rMSA\|A[AE]\|ends\r(.*\r)*$/);
      expect(ack).not.toContain('\n');
      expect(reply.xml).toContain('&#xD;MSA|');
      expect(reply.xml).not.toContain('CDATA');
    }
  });

  it.each(oddRequests)('%s', async (_what, change, status, expected) => {
    const reply = await post(change(submission(inXml(message('rules')))));
    expect([reply.status, kind(reply)]).toEqual([status, expected]);
    expect(brokenAssertions(reply.xml, 'envelope')).toEqual([]);
    if (expected === 'fault') expect(brokenAssertions(reply.xml, 'UnknownFault')).toEqual([]);
  });

  it('HL7 that cannot be read is told so in HL7 (SOAP-14)', async () => {
    const reply = await post(submission('no message at all'));
    expect([reply.status, /^MSH\|.*\rMSA\|AE\|/.test(returned(reply))]).toEqual([200, true]);
  });

  it('answers a MessageID with RelatesTo (SOAP-17)', async () => {
    const header = '<Header><MessageID xmlns="http://www.w3.org/2005/08/addressing">urn:uuid:1</MessageID></Header><Body>';
    const reply = await post(submission(inXml(message('wsa'))).replace('<Body>', header));
    expect(find(readNodes(reply.xml), 'RelatesTo')?.text).toBe('urn:uuid:1');
    expect(find(readNodes(reply.xml), 'Action')?.text).toBe('urn:cdc:iisb:2011:submitSingleMessageResponse');
  });

  it('tells nobody whether the user, the password or the facility was wrong, and takes as long (SOAP-09)', async () => {
    const text = inXml(message('secret'));
    const wrong = await Promise.all([submission(text, { user: 'ehr_nobody' }), submission(text, { secret: 'wrong' }), submission(text, { facility: 'nowhere' })].map((xml) => post(xml)));
    expect(new Set(wrong.map(({ xml }) => xml)).size).toBe(1);
  });

  it('every kind of fault has its rule, and the 2014 edition its own shape', async () => {
    const schema = readFileSync(sharedPath('wsdl/izgw-core/cdc-iis.xsd'), 'utf8');
    for (const name of Object.keys(faultShapes) as SoapFaultKind[]) {
      const { xml } = writeFault({ kind: name, detail: 'in words', size: { bytes: 10, most: 5 } }, '2014');
      if (faultShapes[name].in2014 === undefined) expect(xml).not.toContain('<Detail>');
      else expect(await schemaFaults(underContract(xml), schema)).toEqual([]);
    }
  });

  it('speaks the 2014 edition when the body does (SOAP-03)', async () => {
    const schema = readFileSync(sharedPath('wsdl/izgw-core/cdc-iis.xsd'), 'utf8');
    const in2014 = (inner: string): string => `<soap:Envelope xmlns:soap="http://www.w3.org/2003/05/soap-envelope" xmlns:urn="urn:cdc:iisb:2014"><soap:Body>${inner}</soap:Body></soap:Envelope>`;
    const test = await post(in2014('<urn:ConnectivityTestRequest><urn:EchoBack>Hello</urn:EchoBack></urn:ConnectivityTestRequest>'));
    expect(await schemaFaults(underContract(test.xml), schema)).toEqual([]);
    expect(find(readNodes(test.xml), 'EchoBack')?.text).toContain('Hello');
    const sent = await post(in2014(`<urn:SubmitSingleMessageRequest><urn:Username>${near.interfaceId}</urn:Username><urn:Password>${password}</urn:Password><urn:Hl7Message>${inXml(message('y2014'))}</urn:Hl7Message></urn:SubmitSingleMessageRequest>`));
    expect(await schemaFaults(underContract(sent.xml), schema)).toEqual([]);
    expect(find(readNodes(sent.xml), 'Hl7Message')?.text).toMatch(/\rMSA\|A[AE]\|y2014\r/);
    const refused = await post(in2014('<urn:SubmitSingleMessageRequest><urn:Hl7Message>x</urn:Hl7Message></urn:SubmitSingleMessageRequest>'));
    expect(await schemaFaults(underContract(refused.xml), schema)).toEqual([]);
    expect(refused.xml).toContain('<SecurityFault xmlns="urn:cdc:iisb:2014"/>');
  });

  it('trouble on our side is HL7 where the sender is known, and a fault with a correlation id where it is not (SOAP-13)', async () => {
    house.dynamo.trouble(({ body }) => (body.includes('doses_table') ? 'refused' : undefined));
    const known = await post(submission(inXml(message('trouble'))));
    house.dynamo.trouble(() => 'refused');
    const unknown = await post(submission(inXml(message('trouble'))));
    house.dynamo.trouble(undefined);
    expect([known.status, /\rMSA\|AR\|trouble\rERR\|\|\|207\^/.test(returned(known))]).toEqual([200, true]);
    expect(await improper(unknown, 'UnknownFault')).toEqual([]);
    expect(unknown.xml).toMatch(/name [0-9a-f-]{36}</);
    expect(unknown.xml).not.toMatch(/\bat |dynamodb|refused/i);
    expect(returned(await post(submission(inXml(message('trouble')))))).toMatch(/\rMSA\|A[AE]\|trouble\r/);
  });
});

it.each([
  ['a DTD', '<!DOCTYPE Envelope [<!ENTITY a "aaaa">]><Envelope xmlns="http://www.w3.org/2003/05/soap-envelope"/>', 'A document type declaration (DOCTYPE) is not taken: send the envelope without it'],
  ['elements without end', '<a>'.repeat(40), 'The request nests deeper, or has more elements or attributes, than any request of the contract'],
  ['no XML', 'MSH|^~\\&|', 'The request is not well-formed XML'],
  ['another root', '<a/>', 'The root of the request is no SOAP 1.2 envelope'],
])('%s is refused with a sentence of its own (SOAP-16, SOAP-18)', (_, xml, detail) => {
  expect(readSoapRequest(xml)).toMatchObject({ kind: 'fault', fault: { kind: 'sender', detail } });
});

describe('The WSDL (SOAP-20)', () => {
  const get = (query: Record<string, string>) => answerTo(handlerOf('doses'), eventOf({ route: 'GET /soap', query }));
  it.each([['2011', 'wsdl/nist-hit-iz-tool/cdc.xsd'], ['2014', 'wsdl/izgw-core/cdc-iis.xsd']])('%s is well-formed, names operations and address, and its schema agrees with the published one on our answers', async (edition, published) => {
    const { text } = await get({ wsdl: edition });
    const operations = edition === '2011' ? ['connectivityTest', 'submitSingleMessage'] : ['ConnectivityTest', 'SubmitSingleMessage'];
    expect(find(readNodes(text), 'portType')?.children.map(({ attributes }) => attributes['name'])).toEqual(operations);
    expect(find(readNodes(text), 'address')?.attributes['location']).toMatch(/^https?:\/\/.*\/soap$/);
    const own = (await get({ xsd: edition })).text;
    const namespace = `urn:cdc:iisb:${edition}`;
    const samples = edition === '2011'
      ? [`<connectivityTest xmlns="${namespace}"><echoBack>x</echoBack></connectivityTest>`, `<submitSingleMessage xmlns="${namespace}"><hl7Message>x</hl7Message></submitSingleMessage>`, `<connectivityTest xmlns="${namespace}"/>`, `<SecurityFault xmlns="${namespace}"><Code>1</Code><Reason>Other</Reason><Detail>x</Detail></SecurityFault>`]
      : [`<ConnectivityTestRequest xmlns="${namespace}"/>`, `<SubmitSingleMessageRequest xmlns="${namespace}"><Username>u</Username><Hl7Message>x</Hl7Message></SubmitSingleMessageRequest>`, `<SubmitSingleMessageRequest xmlns="${namespace}"/>`, `<SecurityFault xmlns="${namespace}"/>`];
    const schema = readFileSync(sharedPath(published), 'utf8');
    for (const sample of samples) expect([(await schemaFaults(sample, own)).length > 0, sample]).toEqual([(await schemaFaults(sample, schema)).length > 0, sample]);
  });
});

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readMessage } from '../../shared/hl7/index.ts';
import { mostFailures } from '../../functions/doses/domain/soap/sign-ins.ts';
import { faultShapes, writeFault, type SoapFaultKind } from '../../functions/doses/domain/soap/faults.ts';
import { call, eventOf, type Answer } from '../support/api.ts';
import { answerTo } from '../support/callers.ts';
import { order, vxu } from '../support/dose-room.ts';
import { far, near, openHouse, type House } from '../support/house.ts';
import { brokenAssertions, find, readNodes } from '../support/schematron.ts';
import { sharedPath } from '../support/shared.ts';
import { caseOf, cases, clinicOf, files, oddRequests, improper, innerFault, inXml, returned, schemaFaults, nistSchema, underContract, type SoapReply } from '../support/soap-desk.ts';

let house: House;
let password = '';
const now = '2021-03-08T15:00:00.000Z';
const handlerOf = (context: string) => house.apis.find((api) => api.context === context)!.handler;

/** Makes a password as the clinic's own staff would, by the API. */
const issue = async (key: string, at = now): Promise<Answer> =>
  call(handlerOf('enrollment'), { route: 'POST /interfaces/{interfaceId}/soap-credentials', params: { interfaceId: near.interfaceId }, key, subject: near.staff, role: 'provider-staff', now: at });
const revoke = async (credentialId: string, at = now): Promise<Answer> =>
  call(handlerOf('enrollment'), { route: 'DELETE /interfaces/{interfaceId}/soap-credentials/{credentialId}', params: { interfaceId: near.interfaceId, credentialId }, body: { reason: 'it leaked' }, subject: 'reviewer', role: 'dph-reviewer', now: at });

beforeAll(async () => {
  house = await openHouse('soap');
  password = String((await issue('first-password')).body['password']);
}, 60_000);
afterAll(() => house.stop());

const post = async (xml: string, at = now, sourceIp = '192.0.2.1'): Promise<SoapReply> => {
  const event = eventOf({ route: 'POST /soap', body: xml, now: at, headers: { 'Content-Type': 'application/soap+xml; charset=utf-8' } });
  const answer = await handlerOf('doses')({ ...event, requestContext: { ...event.requestContext, authorizer: null, identity: { sourceIp } as never } }, {} as never);
  return { status: answer.statusCode, xml: answer.body, contentType: String(answer.headers?.['content-type']) };
};

/** A NIST request with credentials of ours in its placeholders. */
const signed = (xml: string, { user = near.interfaceId, secret = password, facility = clinicOf(near.siteId) }: { user?: string; secret?: string; facility?: string } = {}): string =>
  xml.replace(/(<username>)[^<]*/, `$1${user}`).replace(/(<password>)[^<]*/, `$1${secret}`).replace(/(<facilityID>)[^<]*/, `$1${facility}`);

const submission = (hl7: string, more: Parameters<typeof signed>[1] = {}): string => signed(
  `<?xml version="1.0" encoding="UTF-8"?><Envelope xmlns="http://www.w3.org/2003/05/soap-envelope"><Body><submitSingleMessage xmlns="urn:cdc:iisb:2011"><username>?</username><password>?</password><facilityID>?</facilityID><hl7Message>${hl7}</hl7Message></submitSingleMessage></Body></Envelope>`, more);
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

describe('A password', () => {
  const works = async (secret: string, at = now): Promise<boolean> => (await post(submission('x', { secret }), at)).status === 200;

  it('is told once, kept as a hash, replaced with an overlap, and ended at once', async () => {
    const second = await issue('second-password');
    expect([second.status, String(second.body['password']).length]).toEqual([201, 32]);
    expect((await issue('second-password')).body).not.toHaveProperty('password');
    const fresh = String(second.body['password']);
    const stored = JSON.stringify((await house.suite.dynamo.send(new (await import('@aws-sdk/lib-dynamodb')).ScanCommand({ TableName: house.suite.tables['ENROLLMENT_TABLE'] ?? '' }))).Items);
    expect(stored).toContain('scrypt$16384$');
    expect([stored.includes(password), stored.includes(fresh)]).toEqual([false, false]);
    expect([await works(password), await works(fresh), await works('')]).toEqual([true, true, false]);
    expect([await works(password, '2021-03-23T15:00:00.000Z'), await works(fresh, '2021-03-23T15:00:00.000Z')]).toEqual([false, true]);
    expect((await revoke(String(second.body['credentialId']))).status).toBe(200);
    expect([await works(password), await works(fresh)]).toEqual([true, false]);
    expect(await works(fresh.slice(0, -1))).toBe(false);
    const { body } = await call(handlerOf('enrollment'), { route: 'GET /interfaces/{interfaceId}/soap-credentials/history', params: { interfaceId: near.interfaceId }, subject: near.staff, role: 'provider-staff' });
    expect(body['items']).toMatchObject([{ action: expect.stringMatching(/^issue pwd_/) }, { action: expect.stringMatching(/^issue pwd_/) }, { action: expect.stringMatching(/^revoke pwd_/), reason: 'it leaked' }]);
  });

  it('ends 400 days after it was made, and says so from the start; one made in time takes over without a gap', async () => {
    const third = await issue('third-password', '2021-03-10T15:00:00.000Z');
    const secret = String(third.body['password']);
    expect(third.body['endsAt']).toBe('2022-04-14T15:00:00.000Z');
    expect([await works(secret, '2022-04-14T14:59:59.000Z'), await works(secret, '2022-04-14T15:00:00.000Z')]).toEqual([true, false]);
    const fourth = String((await issue('fourth-password', '2022-04-10T15:00:00.000Z')).body['password']);
    expect([await works(secret, '2022-04-12T15:00:00.000Z'), await works(fourth, '2022-04-12T15:00:00.000Z'), await works(secret, '2022-04-14T15:00:00.000Z')]).toEqual([true, true, false]);
    password = String((await issue('fifth-password')).body['password']);
  });

  it('is made and seen by the interface’s own organization and the department only', async () => {
    const routes = [['POST', 'issue-foreign', ''], ['GET', undefined, ''], ['GET', undefined, '/history']] as const;
    for (const [method, key, below] of routes) {
      const foreign = await call(handlerOf('enrollment'), { route: `${method} /interfaces/{interfaceId}/soap-credentials${below}`, params: { interfaceId: near.interfaceId }, subject: far.staff, role: 'provider-staff', ...(key === undefined ? {} : { key }) });
      expect(foreign.status).toBe(404);
    }
    const list = await call(handlerOf('enrollment'), { route: 'GET /interfaces/{interfaceId}/soap-credentials', params: { interfaceId: near.interfaceId }, subject: near.staff, role: 'provider-staff' });
    expect(JSON.stringify(list.body)).not.toMatch(/scrypt|hash/);
  });
});

describe('Wrong passwords', () => {
  const stranger = '203.0.113.7';
  const guess = (more: Parameters<typeof signed>[1], source = stranger, at = now): Promise<SoapReply> => post(submission('x', { secret: 'a guess', ...more }), at, source);
  const waits = ({ xml }: SoapReply): boolean => xml.includes('Too many failed sign-ins');
  const signIns = (subject: string, role: 'provider-staff' | 'auditor', senderId: string = near.interfaceId): Promise<Answer> =>
    call(handlerOf('doses'), { route: 'GET /senders/{senderId}/sign-ins', params: { senderId }, subject, role, now });

  it('make their address wait, for this user name and this window only: the clinic’s own address and other names go on', async () => {
    for (let tried = 0; tried < mostFailures; tried += 1) expect(waits(await guess({}))).toBe(false);
    const locked = await guess({});
    expect([locked.status, innerFault(locked)?.name, waits(locked)]).toEqual([500, 'SecurityFault', true]);
    expect(await improper(locked, 'SecurityFault')).toEqual([]);
    // Even the right password is not looked at from there, or guessing would go on.
    expect(waits(await guess({ secret: password }))).toBe(true);
    const others = [await guess({ secret: password }, '192.0.2.1'), await guess({ secret: password }, stranger, '2021-03-08T15:15:00.000Z')];
    expect(others.map(({ status }) => status)).toEqual([200, 200]);
    expect(waits(await guess({ user: far.interfaceId }))).toBe(false);
  });

  it('are counted for a name that nobody has like for one that exists, so that waiting tells nothing', async () => {
    const replies: SoapReply[] = [];
    for (let tried = 0; tried <= mostFailures; tried += 1) replies.push(await guess({ user: 'ehr_nobody' }, '203.0.113.8'));
    expect(replies.map(waits)).toEqual([...Array.from({ length: mostFailures }, () => false), true]);
  });

  it('of many requests at once are looked at no more often than the window allows, but for those that were under way', async () => {
    await Promise.all(Array.from({ length: mostFailures + 4 }, () => guess({}, '203.0.113.9')));
    expect(waits(await guess({}, '203.0.113.9'))).toBe(true);
  });

  it('are no matter of a wrong facility: whoever names one knew the password, and a hub sends for many', async () => {
    for (let tried = 0; tried <= mostFailures; tried += 1) expect(waits(await guess({ secret: password, facility: 'nowhere' }, '203.0.113.10'))).toBe(false);
  });

  it('are told of once a window to the clinic and the auditor, with the address, and to nobody else; so is the last day of each password', async () => {
    const seen = await signIns(near.staff, 'provider-staff');
    expect((seen.body['items'] as { source: string }[]).map(({ source }) => source).sort()).toEqual([stranger, '203.0.113.9']);
    expect(seen.body).toMatchObject({ items: [{ until: '2021-03-08T15:15:00.000Z' }, {}], used: expect.arrayContaining([{ credentialId: expect.stringMatching(/^pwd_/), lastUsedOn: '2021-03-08' }]) });
    expect((await signIns('auditor', 'auditor')).body).toEqual(seen.body);
    expect([(await signIns(far.staff, 'provider-staff')).status, (await signIns('auditor', 'auditor', 'ehr_nobody')).status]).toEqual([404, 404]);
    expect(seen.text).not.toMatch(/expiresAt|SIGNIN|pk/);
  });

  it('leave counters that end by themselves and hold neither name nor address', async () => {
    const { ScanCommand } = await import('@aws-sdk/lib-dynamodb');
    const { Items = [] } = await house.suite.dynamo.send(new ScanCommand({ TableName: house.suite.tables['DOSES_TABLE'] ?? '' }));
    const counters = Items.filter(({ type }) => type === 'sign-in-failures');
    expect(counters.length).toBeGreaterThan(3);
    for (const item of counters) {
      expect(item['expiresAt']).toBeGreaterThan(Date.parse(now) / 1000);
      expect(JSON.stringify(item)).not.toMatch(/203\.0|ehr_/);
    }
  });
});

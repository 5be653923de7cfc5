import { ScanCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mostFailures } from '../../functions/doses/domain/soap/sign-ins.ts';
import { call, type Answer } from '../support/api.ts';
import { far, near, openHouse, type House } from '../support/house.ts';
import { improper, innerFault, signedWith, soapDesk, submissionOf, type Parts, type SoapDesk, type SoapReply } from '../support/soap-desk.ts';

let house: House;
let desk: SoapDesk;
let password = '';
const now = '2021-03-08T15:00:00.000Z';

beforeAll(async () => {
  house = await openHouse('soap-sign-in');
  desk = soapDesk(house);
  password = String((await desk.issue('first-password')).body['password']);
}, 60_000);
afterAll(() => house.stop());

const handlerOf = (context: string) => desk.handlerOf(context);
const post = (...sent: Parameters<SoapDesk['post']>): Promise<SoapReply> => desk.post(...sent);
const submission = (hl7: string, parts?: Parts): string => signedWith(submissionOf(hl7), password, parts);

describe('A password', () => {
  const works = async (secret: string, at = now): Promise<boolean> => (await post(submission('x', { secret }), at)).status === 200;

  it('is told once, kept as a hash, replaced with an overlap, and ended at once', async () => {
    const second = await desk.issue('second-password');
    expect([second.status, String(second.body['password']).length]).toEqual([201, 32]);
    expect((await desk.issue('second-password')).body).not.toHaveProperty('password');
    const fresh = String(second.body['password']);
    const stored = JSON.stringify((await house.suite.dynamo.send(new ScanCommand({ TableName: house.suite.tables['ENROLLMENT_TABLE'] ?? '' }))).Items);
    expect(stored).toContain('scrypt$16384$');
    expect([stored.includes(password), stored.includes(fresh)]).toEqual([false, false]);
    expect([await works(password), await works(fresh), await works('')]).toEqual([true, true, false]);
    expect([await works(password, '2021-03-23T15:00:00.000Z'), await works(fresh, '2021-03-23T15:00:00.000Z')]).toEqual([false, true]);
    expect((await desk.revoke(String(second.body['credentialId']))).status).toBe(200);
    expect([await works(password), await works(fresh)]).toEqual([true, false]);
    expect(await works(fresh.slice(0, -1))).toBe(false);
    const { body } = await call(handlerOf('enrollment'), { route: 'GET /interfaces/{interfaceId}/soap-credentials/history', params: { interfaceId: near.interfaceId }, subject: near.staff, role: 'provider-staff' });
    expect(body['items']).toMatchObject([{ action: expect.stringMatching(/^issue pwd_/) }, { action: expect.stringMatching(/^issue pwd_/) }, { action: expect.stringMatching(/^revoke pwd_/), reason: 'it leaked' }]);
  });

  it('ends 400 days after it was made, and says so from the start; one made in time takes over without a gap', async () => {
    const third = await desk.issue('third-password', '2021-03-10T15:00:00.000Z');
    const secret = String(third.body['password']);
    expect(third.body['endsAt']).toBe('2022-04-14T15:00:00.000Z');
    expect([await works(secret, '2022-04-14T14:59:59.000Z'), await works(secret, '2022-04-14T15:00:00.000Z')]).toEqual([true, false]);
    const fourth = String((await desk.issue('fourth-password', '2022-04-10T15:00:00.000Z')).body['password']);
    expect([await works(secret, '2022-04-12T15:00:00.000Z'), await works(fourth, '2022-04-12T15:00:00.000Z'), await works(secret, '2022-04-14T15:00:00.000Z')]).toEqual([true, true, false]);
    password = String((await desk.issue('fifth-password')).body['password']);
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
  const guess = (more: Parts, source = stranger, at = now): Promise<SoapReply> => post(submission('x', { secret: 'a guess', ...more }), at, source);
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
    const { Items = [] } = await house.suite.dynamo.send(new ScanCommand({ TableName: house.suite.tables['DOSES_TABLE'] ?? '' }));
    const counters = Items.filter(({ type }) => type === 'sign-in-failures');
    expect(counters.length).toBeGreaterThan(3);
    for (const item of counters) {
      expect(item['expiresAt']).toBeGreaterThan(Date.parse(now) / 1000);
      expect(JSON.stringify(item)).not.toMatch(/203\.0|ehr_/);
    }
  });
});

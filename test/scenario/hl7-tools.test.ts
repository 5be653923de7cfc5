import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { ReportCard } from '../../cli/hl7/check-files.ts';
import type { Sent } from '../../cli/hl7/send-files.ts';
import { enrollOrganization, enrollSite, onboardInterface } from '../../cli/play/enroll.ts';
import { vxu, type Patient, type Vaccination } from '../../cli/play/vxu.ts';
import { callersOf } from '../../cli/system.ts';
import { startLocal, type LocalRun } from '../../local/start.ts';
import { doseline, doselineBegun } from '../support/command.ts';

const folder = mkdtempSync(join(tmpdir(), 'doseline-hl7-'));
const messages = join(folder, 'messages');
const patient: Patient = { id: 'P-1', family: 'Qzarbeth', given: 'Ada', birthDate: '1956-03-12', sex: 'F', race: '2054-5', ethnicity: '2186-5', street: '1 Elm Street', city: 'Hartford', zip: '06106' };
const given: Vaccination = { id: 'D-1', givenOn: '2021-03-08', cvx: '212', ndc: '59676-0580-05', mvx: 'JSN', lot: 'TEST0001', expiresOn: '2021-06-25', facility: 'Elm Street Clinic' };
const sentAt = '20210309101500-0500';
const files: Readonly<Record<string, string>> = {
  'clinic/1-good.hl7': vxu('ELM', 'C-1', sentAt, patient, given),
  'clinic/2-unknown-vaccine.hl7': vxu('ELM', 'C-2', sentAt, patient, { ...given, id: 'D-2', cvx: '901', ndc: '99999-9999-99' }),
  'clinic/3-two.hl7': vxu('ELM', 'C-3', sentAt, { ...patient, id: 'P-2', given: 'Bertrand', birthDate: '1948-10-02', sex: 'M' }, { ...given, id: 'D-3' }).replace('|00^^NIP001|', '|01^^NIP001|') + vxu('ELM', 'C-4', sentAt, { ...patient, id: 'P-3', birthDate: '' }, given),
  'other/4-old-version.hl7': vxu('ELM', 'C-5', sentAt, patient, given).replace('|2.5.1|', '|2.4|'),
};
/** What the running system says of them: a dose given here is of a lot that the site never received (AE); one given elsewhere moves no stock. */
const answered = { AA: 1, AE: 3, AR: 1 };

let run: LocalRun;
let token: string;
let siteId: string;
beforeAll(async () => {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(join(messages, name, '..'), { recursive: true });
    writeFileSync(join(messages, name), text);
  }
  run = await startLocal({ outDir: 'cdk.out', port: 0, clock: '2021-03-09T16:00:00Z' });
  const { person, machine } = callersOf(run);
  const [nurse, reviewer, ehr] = await Promise.all([person('nurse', 'provider-staff'), person('rita', 'dph-reviewer'), machine('sample-ehr')]);
  const organizationId = await enrollOrganization(nurse, reviewer, 'Sample Health', 1);
  siteId = await enrollSite(nurse, reviewer, organizationId, { name: 'Elm Street Clinic', address: { street: '1 Elm Street', city: 'Hartford', county: '09003', state: 'CT', zip: '06106' }, providerType: 3, pin: '200001', generated: true });
  await onboardInterface(nurse, reviewer, organizationId, ehr.clientId, [siteId]);
  token = (await run.tokens()).find(({ role }) => role.endsWith('sample-ehr'))?.token ?? '';
}, 120_000);
afterAll(async () => {
  await run.stop();
  rmSync(folder, { recursive: true });
});

const check = async (...args: string[]): Promise<{ code: number | null; cards: ReportCard[] }> => {
  const { code, stdout } = await doseline('hl7', 'check', messages, '--json', '--as-of', '2021-03-09', ...args);
  return { code, cards: (JSON.parse(stdout) as { messages: ReportCard[] }).messages };
};

describe('the tools for senders', () => {
  it('check a folder without a server', async () => {
    const { code, cards } = await check();
    expect(cards.map(({ file, ack }) => `${file} ${ack}`)).toEqual(['clinic/1-good.hl7 AA', 'clinic/2-unknown-vaccine.hl7 AE', 'clinic/3-two.hl7 AA', 'clinic/3-two.hl7 AE', 'other/4-old-version.hl7 AR']);
    expect(code).toBe(0);
    expect((await check('--strict')).code).toBe(2);
  }, 30_000);

  it('say nothing of it when nobody reads to the end', async () => {
    const { code, stdout, stderr } = await doselineBegun('hl7', 'check', '../shared/hl7/messages/nist-iz-tool', '--json');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/^\s*\{/);
  }, 30_000);

  it('has a token ready for each role, and for a second allocator, who publishes what the first proposed', async () => {
    const allocators = (await run.tokens()).filter(({ role }) => role === 'dph-allocator').map(({ subject }) => subject);
    expect(allocators).toEqual(['local-dph-allocator', 'local-second-dph-allocator']);
  });

  it('send it to the running system, which answers as the check said but for the lot that never came, of which no check knows', async () => {
    const out = join(folder, 'answers');
    const { code, stdout, stderr } = await doseline('hl7', 'send', messages, '--to', run.apiUrl, '--token', token, '--json', '--out', out, '--parallel', '2');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const sent = JSON.parse(stdout) as { answers: Record<string, number>; messages: Sent[] };
    expect(sent.answers).toEqual(answered);
    const { cards } = await check();
    expect(sent.messages[0]?.errors.filter(({ severity }) => severity !== 'I').map(({ severity, location }) => `${severity} ${location}`)).toEqual(['W RXA^1^15^1^1']);
    expect(sent.messages.slice(1).map(({ file, ack }) => `${file} ${ack}`)).toEqual(cards.slice(1).map(({ file, ack }) => `${file} ${ack}`));
    expect(sent.messages[1]?.errors.map(({ rule }) => rule)).toEqual(cards[1]?.errors.map(({ rule }) => rule));
    expect(readdirSync(out, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.hl7'))).toHaveLength(5);
    expect(readFileSync(join(out, 'clinic/1-good.hl7.ack.hl7'), 'utf8')).toMatch(/\rMSA\|AE\|C-1\r/);
  }, 60_000);

  it('send by SOAP with the password of the interface', async () => {
    const { person, machine } = callersOf(run);
    const nurse = await person('nurse', 'provider-staff');
    const interfaceId = String((await (await machine('sample-ehr')).api.get('/membership')).body['interfaceId']);
    const issued = (await nurse.post(`/interfaces/${interfaceId}/soap-credentials`, undefined, { key: 'soap of the tools' })).body;
    const by = (password: string) => doseline('hl7', 'send', messages, '--to', `${run.apiUrl}/soap`, '--soap', '--username', String(issued['username']), '--password', password, '--json');
    const good = await by(String(issued['password']));
    expect(good).toMatchObject({ code: 0, stderr: '' });
    // Sent before by HTTP: the same messages of the same sender, so the same answers, and nothing counts twice.
    expect((JSON.parse(good.stdout) as { answers: object }).answers).toEqual(answered);
    const bad = await by('wrong');
    expect(bad.code).toBe(3);
    expect(bad.stdout).toMatch(/SOAP fault SecurityFault/);
  }, 60_000);

  it('show how well the sender reports, and all senders of the week', async () => {
    const { machine } = callersOf(run);
    const sender = (await (await machine('sample-ehr')).api.get('/membership')).body;
    const own = await doseline('quality', '--api', run.apiUrl, '--token', token, '--sender', String(sender['interfaceId']), '--json');
    expect(own.code).toBe(0);
    expect((JSON.parse(own.stdout) as { total: object }).total).toMatchObject({ messages: 5, answers: answered, doses: { sent: 4, taken: 2 } });
    const epidemiologist = await run.tokenFor({ sub: 'eve', groups: ['dph-epidemiologist'] });
    const all = await doseline('quality', '--api', run.apiUrl, '--token', epidemiologist);
    expect(all.stdout).toMatch(/Week of 2021-03-08, the worst first\n\nsender +messages of +score/);
  }, 30_000);

  it('told of a dose before its lot was counted: it settles by itself when the shipment is, and no other does', async () => {
    const { person } = callersOf(run);
    const [nurse, inventory] = await Promise.all([person('nurse', 'provider-staff'), person('ivy', 'dph-inventory')]);
    const waiting = (): Promise<{ id?: string }[]> => nurse.list<{ id?: string }>(`/sites/${siteId}/worklist`);
    expect((await waiting()).map(({ id }) => id)).toEqual(['D-1']);
    const file = [
      'PROVIDER_NAME,CITY_SHP,STATE_SHP,ZIPCODE_SHP,AWARDEE,NDC,LOT_NUMBER,LOT_EXPIRATION_DATE,ORDER_SHIPPED_DATE,DOSES_SHIPPED,ORDER_NUMBER,ORDER_LINE_NUMBER',
      'ELM STREET CLINIC,HARTFORD,CT,06106,Connecticut,59676-0580-15,TEST0001,2021-06-25,2021-03-08 00:00:00.000,100.000,0508900001,000010',
    ].join('\n');
    await inventory.post('/shipment-files', file, { contentType: 'text/csv' });
    await run.idle();
    expect(await waiting()).toHaveLength(1);
    const [line] = await nurse.list<{ lineId: string; version: number }>(`/sites/${siteId}/shipments`);
    const count = { received: 100, storageUnit: 'FRIDGE-1', receivedAt: '2021-03-08T12:00:00.000Z', temperatureOk: true };
    await nurse.post(`/sites/${siteId}/shipments/${line?.lineId ?? ''}/receipt`, count, { ifMatch: line?.version ?? 0 });
    await run.idle();
    expect(await waiting()).toEqual([]);
    expect(await nurse.list(`/sites/${siteId}/inventory`)).toMatchObject([{ lot: 'TEST0001', balances: { onHand: 99, administered: 1 } }]);
  }, 60_000);

  it('say what to do when nobody listens, or nothing is there to send', async () => {
    const nobody = await doseline('hl7', 'send', join(messages, 'clinic/1-good.hl7'), '--to', 'http://127.0.0.1:9', '--attempts', '1');
    expect(nobody.code).toBe(1);
    expect(nobody.stdout).toMatch(/no connection/);
    const nothing = await doseline('hl7', 'check', join(folder, 'nowhere'));
    expect(nothing).toMatchObject({ code: 1, stdout: '' });
    expect(nothing.stderr.trim()).toMatch(/^There is no file or folder/);
  }, 30_000);

  it('refuse a caller without a token, and say so', async () => {
    const { code, stdout } = await doseline('hl7', 'send', join(messages, 'clinic/1-good.hl7'), '--to', run.apiUrl);
    expect(code).toBe(3);
    expect(stdout).toMatch(/HTTP 401[\s\S]*Stopped: the other side does not know the caller/);
  }, 30_000);
});

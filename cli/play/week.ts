import type { LocalRun } from '../../local/start.ts';
import { jurisdictionFor } from '../../shared/codes/jurisdiction.ts';
import { addDays, instantOf } from '../../shared/kernel/dates.ts';
import type { ApiClient } from '../api-client.ts';
import { callersOf } from '../system.ts';
import type { Cell, Progress } from '../table.ts';
import { answerAward, ask, awardsOf, janssen, moderna, orderAward, recordSupply, runAllocation, type Award } from './allocate.ts';
import { enrollOrganization, enrollSite, onboardInterface, type SiteForm } from './enroll.ts';
import { passNight, readOutcome, type Outcome } from './outcome.ts';
import { person } from './people.ts';
import { acknowledgementCode, vxu, type Vaccination } from './vxu.ts';

/** The Monday of the played allocation week. */
export const playedWeek = '2021-03-08';

const sites: readonly (SiteForm & { group: string; asks: number })[] = [
  { name: 'Elm Street Community Health', address: { street: '1 Elm Street', city: 'Hartford', county: '09003', state: 'CT', zip: '06106' }, providerType: 3, pin: '100001', population: 24_000, group: 'priority-zips', asks: 600, aliases: ['ELM STREET CHC'], programmes: ['covid-19', 'cvp'] },
  { name: 'Harbor Hospital', address: { street: '20 Harbor Road', city: 'New Haven', county: '09009', state: 'CT', zip: '06510' }, providerType: 9, pin: '100002', population: 30_000, group: 'priority-zips', asks: 800 },
  { name: 'Litchfield Hills Clinic', address: { street: '3 Green', city: 'Torrington', county: '09005', state: 'CT', zip: '06790' }, providerType: 12, pin: '100003', population: 9_000, group: 'elsewhere', asks: 300 },
];

export interface WeekResult {
  events: Cell[][];
  outcome: Outcome;
  names: Map<string, string>;
}

interface Story {
  run: LocalRun;
  progress: Progress;
  week: string;
  zone: string;
  nurse: ApiClient;
  reviewer: ApiClient;
  ann: ApiClient;
  bob: ApiClient;
  inventory: ApiClient;
  ehr: ApiClient;
  ehrClientId: string;
  epidemiologist: ApiClient;
  /** Site ids in the order of `sites`. */
  siteIds: string[];
  events: Cell[][];
  awards: Award[];
}

const at = ({ run, zone }: Story, day: string, time: string): string => {
  const instant = instantOf(day, time, zone);
  run.clock.set(instant);
  return instant;
};

const site = (story: Story, at: number): { siteId: string; form: (typeof sites)[number] } => {
  const [siteId, form] = [story.siteIds[at], sites[at]];
  if (siteId === undefined || form === undefined) throw new Error(`no site ${at}`);
  return { siteId, form };
};

const enroll = async (story: Story): Promise<void> => {
  const { nurse, reviewer, progress } = story;
  at(story, addDays(story.week, -7), '09:00');
  const organizationId = await progress.step('Mon  an organization signs and is approved', () => enrollOrganization(nurse, reviewer, 'Sample Health Alliance, Inc.', sites.length));
  for (const { group: _group, asks: _asks, ...form } of sites)
    story.siteIds.push(await progress.step(`Mon  ${form.name} is approved with PIN ${form.pin}`, () => enrollSite(nurse, reviewer, organizationId, form)));
  // The ready-made token of the role `provider-staff` speaks for this subject: whoever tries the API by hand sees the played sites.
  await nurse.post(`/organizations/${organizationId}/members`, { subject: 'local-provider-staff' });
  await progress.step('Mon  the EHR interface goes to production', () => onboardInterface(nurse, reviewer, organizationId, story.ehrClientId, story.siteIds));
  story.events.push(['enrolled', 'organizations', 1], ['enrolled', 'sites', story.siteIds.length], ['enrolled', 'EHR interfaces', 1]);
};

const allocate = async (story: Story): Promise<void> => {
  const { ann, bob, nurse, progress, week } = story;
  at(story, addDays(week, -6), '10:00');
  await progress.step('Tue  supply arrives: 12 packs of Janssen, 8 of Moderna', async () => {
    await recordSupply(ann, week, janssen, 12);
    await recordSupply(ann, week, moderna, 8);
  });
  await progress.step('Tue  sites say the most they can use', async () => {
    for (const [index, siteId] of story.siteIds.entries())
      for (const product of [janssen, moderna]) {
        const { form } = site(story, index);
        await ask(ann, week, product, { siteId, group: form.group, population: form.population ?? 0, doses: form.asks, provider: nurse });
      }
  });
  at(story, addDays(week, -5), '11:00');
  const run = await progress.step('Wed  the allocation is run, proposed by one person and published by another', () => runAllocation(ann, bob, week, 'connecticut-2021-03'), ({ awards, awardedDoses, supplyDoses }) => `${awards} awards, ${awardedDoses} of ${supplyDoses} doses`);
  story.awards = (await Promise.all(story.siteIds.map((siteId) => awardsOf(nurse, siteId, week)))).flat();
  for (const award of story.awards.slice(0, 1)) progress.say(`         why ${award.doses} doses of ${award.ndc}: ${award.words.join('; ')}`);
  const declined = story.awards.find(({ siteId, ndc }) => siteId === story.siteIds[2] && ndc === moderna.ndc);
  const accepted = story.awards.filter((award) => award !== declined);
  await progress.step('Wed  awards are accepted, and one is declined', async () => {
    for (const award of accepted) await answerAward(nurse, award, { answer: 'accept' });
    if (declined !== undefined) await answerAward(nurse, declined, { answer: 'decline', reason: 'no freezer for Moderna this week' });
  });
  story.awards = accepted;
  story.events.push(['supply', 'doses', run.supplyDoses], ['awarded', 'doses', run.awardedDoses], ['accepted', 'awards', accepted.length], ['declined', 'awards', declined === undefined ? 0 : 1]);
};

const order = async (story: Story): Promise<void> => {
  const { ann, nurse, inventory, progress, week } = story;
  at(story, addDays(week, -4), '09:00');
  await progress.step('Thu  orders are placed and approved', async () => {
    for (const award of story.awards) await orderAward(nurse, ann, award);
  });
  const file = await progress.step('Thu  the order file for VTrckS is built', () => inventory.post('/order-files', {}, { key: `file ${week}` }), ({ body }) => `${String(body['lines'])} lines, ${String(body['doses'])} doses`);
  const csv = (await inventory.get(`/order-files/${String(file.body['fileId'])}`)).text;
  const answers = csv.trim().split(/\r?\n/);
  const reference = answers[0]?.split(',').indexOf('ORDER_REFERENCE') ?? 0;
  const rows = answers.slice(1).map((line, index) => `${line.split(',')[reference] ?? ''},ACCEPTED,05089${String(index).padStart(5, '0')},000010`);
  await progress.step('Fri  the supplier accepts', () => inventory.post('/order-responses', ['ORDER_REFERENCE,STATUS,ORDER_NUMBER,ORDER_LINE_NUMBER', ...rows].join('\n'), { contentType: 'text/csv' }), ({ body }) => `${String(body['taken'])} lines`);
  story.events.push(['ordered', 'lines', Number(file.body['lines'])], ['ordered', 'doses', Number(file.body['doses'])]);
};

const lots: Record<string, string> = { [janssen.ndc]: '1805029', [moderna.ndc]: '036A21A' };
const expires: Record<string, string> = { [janssen.ndc]: '2021-06-25', [moderna.ndc]: '2021-08-19' };

const ship = async (story: Story): Promise<void> => {
  const { inventory, nurse, progress, week } = story;
  at(story, week, '08:00');
  const header = 'PROVIDER_NAME,CITY_SHP,STATE_SHP,ZIPCODE_SHP,AWARDEE,NDC,LOT_NUMBER,LOT_EXPIRATION_DATE,ORDER_SHIPPED_DATE,DOSES_SHIPPED,ORDER_NUMBER,ORDER_LINE_NUMBER';
  const lines = story.awards.map(({ siteId, ndc, doses }, index) => {
    const { form } = site(story, story.siteIds.indexOf(siteId));
    const { city, state, zip } = form.address;
    const product = ndc === janssen.ndc ? janssen : moderna;
    return [form.name.toUpperCase(), city.toUpperCase(), state, zip, 'Connecticut', product.saleNdc, lots[ndc], expires[ndc], `${week} 00:00:00.000`, `${doses}.000`, `05089${String(index).padStart(5, '0')}`, '000010'].join(',');
  });
  const federal = ['A CHAIN PHARMACY', 'HARTFORD', 'CT', '06103', 'CVS', janssen.saleNdc, lots[janssen.ndc], expires[janssen.ndc], `${week} 00:00:00.000`, '300.000', '0508999999', '000010'].join(',');
  await progress.step('Mon  shipment lines come in, one of them for a federal account', () => inventory.post('/shipment-files', [header, ...lines, federal].join('\n'), { contentType: 'text/csv' }), ({ body }) => JSON.stringify(body['imported']));
  at(story, addDays(week, 1), '08:30');
  let counted = 0;
  for (const [index, siteId] of story.siteIds.entries())
    for (const line of await nurse.list<{ lineId: string; doses: number; version: number }>(`/sites/${siteId}/shipments`)) {
      const short = index === 2 ? 10 : 0;
      const body = { received: line.doses - short, short, storageUnit: 'FRIDGE-1', receivedAt: instantOf(addDays(week, 1), '08:15', story.zone), temperatureOk: true };
      await progress.step(`Tue  ${site(story, index).form.name} counts a shipment of ${line.doses}`, () => nurse.post(`/sites/${siteId}/shipments/${line.lineId}/receipt`, body, { ifMatch: line.version }), () => (short > 0 ? `${short} short` : 'complete'));
      counted += line.doses - short;
    }
  story.events.push(['shipped', 'doses', story.awards.reduce((sum, { doses }) => sum + doses, 0)], ['shipped to federal accounts', 'doses', 300], ['received', 'doses', counted]);
};

const dosesAt = (story: Story, index: number, count: number, day: string, from: number): [ReturnType<typeof person>, Vaccination][] => {
  const { form } = site(story, index);
  return Array.from({ length: count }, (_, n) => [
    person(from + n, form.address),
    { id: `V${from + n}`, givenOn: day, cvx: janssen.cvx, ndc: janssen.ndc, mvx: janssen.mvx, lot: lots[janssen.ndc] ?? '', expiresOn: expires[janssen.ndc] ?? '', facility: form.name },
  ]);
};

const vaccinate = async (story: Story): Promise<void> => {
  const { ehr, nurse, progress, week } = story;
  const codes = new Map<string, number>();
  const send = async (message: string): Promise<string> => {
    const { text } = await ehr.post('/hl7', message, { contentType: 'x-application/hl7-v2+er7' });
    const code = acknowledgementCode(text);
    codes.set(code, (codes.get(code) ?? 0) + 1);
    return text;
  };
  const stamp = (day: string): string => `${day.replaceAll('-', '')}101500-0500`;
  const days = [addDays(week, 1), addDays(week, 2), addDays(week, 3)];
  for (const [index, day] of days.entries()) {
    at(story, day, '15:00');
    await progress.step(`${['Tue', 'Wed', 'Thu'][index] ?? ''}  Elm Street gives COVID-19 doses, reported by its EHR (HL7)`, async () => {
      for (const [patient, vaccination] of dosesAt(story, 0, 12, day, index * 12)) await send(vxu('ELMEHR', `M${vaccination.id}`, stamp(day), patient, vaccination));
    });
    if (index < 2) await passNight(story.run, instantOf(addDays(day, 1), '03:00', story.zone));
  }
  const thursday = days[2] ?? week;
  at(story, thursday, '16:00');
  await progress.step('Thu  a child’s routine dose by HL7: a record, but no COVID-19 stock', async () => {
    const child = { ...person(500, site(story, 0).form.address), birthDate: '2020-01-15' };
    await send(vxu('ELMEHR', 'MCHILD', stamp(thursday), child, { id: 'CHILD1', givenOn: thursday, cvx: '03', mvx: 'MSD', lot: 'T012345', expiresOn: '2022-01-31', facility: site(story, 0).form.name, eligibility: 'V02', funding: 'VXC51' }));
  });
  const harbor = site(story, 1);
  const reported = await progress.step('Thu  Harbor Hospital enters doses by hand (JSON)', () => nurse.post(`/sites/${harbor.siteId}/doses`, {
    doses: dosesAt(story, 1, 8, thursday, 200).map(([patient, dose]) => ({
      id: dose.id, givenOn: dose.givenOn, vaccine: { cvx: dose.cvx, ndc: dose.ndc }, lot: dose.lot, expiry: dose.expiresOn, mvx: dose.mvx, route: 'C28161', bodySite: 'LD', funding: 'VXC50', eligibility: 'V01',
      patient: { ids: [{ id: patient.id }], name: { family: patient.family, given: patient.given }, birthDate: patient.birthDate, sex: patient.sex, races: [patient.race], ethnicity: patient.ethnicity, address: { street: patient.street, city: patient.city, state: 'CT', zip: patient.zip } },
    })),
  }, { key: `harbor ${thursday}` }), ({ body }) => `${(body['items'] as unknown[]).length} doses`);
  const friday = addDays(week, 4);
  await passNight(story.run, instantOf(friday, '03:00', story.zone));
  at(story, friday, '09:00');
  await progress.step('Fri  one dose is corrected: it was given a day earlier', async () => {
    const { dose } = (reported.body['items'] as { dose: { doseId: string; version: number } }[])[0] ?? { dose: { doseId: '', version: 1 } };
    const told = { givenOn: addDays(thursday, -1), vaccine: { cvx: janssen.cvx, ndc: janssen.ndc }, lot: lots[janssen.ndc], expiry: expires[janssen.ndc], mvx: janssen.mvx, route: 'C28161', bodySite: 'RD', funding: 'VXC50', eligibility: 'V01' };
    await nurse.send('PUT', `/sites/${harbor.siteId}/doses/${dose.doseId}`, { body: { dose: told, reason: 'the paper form says Wednesday' }, ifMatch: dose.version });
  });
  await progress.step('Fri  doses of a broken vial are wasted', () => nurse.post(`/sites/${harbor.siteId}/movements`, { kind: 'waste', ndc: janssen.ndc, lot: lots[janssen.ndc], funding: 'covid', doses: 5, wasteReason: 'broken-vial-or-syringe' }, { key: `waste ${friday}` }));
  await passNight(story.run, instantOf(addDays(friday, 1), '03:00', story.zone));
  for (const [code, count] of codes) story.events.push(['HL7 messages answered', code, count]);
  story.events.push(['reported by JSON', 'doses', 8], ['corrected', 'doses', 1], ['wasted', 'doses', 5]);
};

/** Plays one week of the programme through the public API, night jobs included. Every request can be sent again without effect. */
export const playWeek = async (run: LocalRun, progress: Progress, jurisdiction: string): Promise<WeekResult> => {
  const { person: as, machine } = callersOf(run);
  const ehr = await machine('sample-ehr');
  const story: Story = {
    run, progress, week: playedWeek, zone: jurisdictionFor(jurisdiction).timeZone,
    nurse: await as('nurse-sample', 'provider-staff'), reviewer: await as('reviewer', 'dph-reviewer'), ann: await as('allocator-ann', 'dph-allocator'), bob: await as('allocator-bob', 'dph-allocator'),
    inventory: await as('inventory', 'dph-inventory'), epidemiologist: await as('epidemiologist', 'dph-epidemiologist'), ehr: ehr.api, ehrClientId: ehr.clientId,
    siteIds: [], events: [], awards: [],
  };
  await enroll(story);
  await allocate(story);
  await order(story);
  await ship(story);
  await vaccinate(story);
  const outcome = await progress.step('Balances, submissions and recount are read', () => readOutcome(run, story.inventory, story.epidemiologist, addDays(story.week, 5)));
  return { events: story.events, outcome, names: new Map(story.siteIds.map((siteId, index) => [siteId, site(story, index).form.name])) };
};

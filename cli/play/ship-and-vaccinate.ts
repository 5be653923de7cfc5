import { addDays, instantOf } from '../../shared/kernel/dates.ts';
import { janssen, moderna } from './allocate.ts';
import { passNight } from './outcome.ts';
import { person } from './people.ts';
import { acknowledgementCode, vxu, type Vaccination } from './vxu.ts';
import { at, site, type Story } from './story.ts';

const lots: Record<string, string> = { [janssen.ndc]: '1805029', [moderna.ndc]: '036A21A' };
const expires: Record<string, string> = { [janssen.ndc]: '2021-06-25', [moderna.ndc]: '2021-08-19' };

export const ship = async (story: Story): Promise<void> => {
  const { inventory, nurse, progress, week } = story;
  at(story, week, '08:00');
  const header =
    'PROVIDER_NAME,CITY_SHP,STATE_SHP,ZIPCODE_SHP,AWARDEE,NDC,LOT_NUMBER,LOT_EXPIRATION_DATE,ORDER_SHIPPED_DATE,DOSES_SHIPPED,ORDER_NUMBER,ORDER_LINE_NUMBER';
  const lines = story.awards.map(({ siteId, ndc, doses }, index) => {
    const { form } = site(story, story.siteIds.indexOf(siteId));
    const { city, state, zip } = form.address;
    const product = ndc === janssen.ndc ? janssen : moderna;
    return [
      form.name.toUpperCase(),
      city.toUpperCase(),
      state,
      zip,
      'Connecticut',
      product.saleNdc,
      lots[ndc],
      expires[ndc],
      `${week} 00:00:00.000`,
      `${doses}.000`,
      `05089${String(index).padStart(5, '0')}`,
      '000010',
    ].join(',');
  });
  const federal = [
    'A CHAIN PHARMACY',
    'HARTFORD',
    'CT',
    '06103',
    'CVS',
    janssen.saleNdc,
    lots[janssen.ndc],
    expires[janssen.ndc],
    `${week} 00:00:00.000`,
    '300.000',
    '0508999999',
    '000010',
  ].join(',');
  await progress.step(
    'Mon  shipment lines come in, one of them for a federal account',
    () => inventory.post('/shipment-files', [header, ...lines, federal].join('\n'), { contentType: 'text/csv' }),
    ({ body }) => JSON.stringify(body['imported']),
  );
  at(story, addDays(week, 1), '08:30');
  let counted = 0;
  for (const [index, siteId] of story.siteIds.entries())
    for (const line of await nurse.list<{ lineId: string; doses: number; version: number }>(`/sites/${siteId}/shipments`)) {
      const short = index === 2 ? 10 : 0;
      const body = {
        received: line.doses - short,
        short,
        storageUnit: 'FRIDGE-1',
        receivedAt: instantOf(addDays(week, 1), '08:15', story.zone),
        temperatureOk: true,
      };
      await progress.step(
        `Tue  ${site(story, index).form.name} counts a shipment of ${line.doses}`,
        () => nurse.post(`/sites/${siteId}/shipments/${line.lineId}/receipt`, body, { ifMatch: line.version }),
        () => (short > 0 ? `${short} short` : 'complete'),
      );
      counted += line.doses - short;
    }
  story.events.push(
    ['shipped', 'doses', story.awards.reduce((sum, { doses }) => sum + doses, 0)],
    ['shipped to federal accounts', 'doses', 300],
    ['received', 'doses', counted],
  );
};

const dosesAt = (story: Story, index: number, count: number, day: string, from: number): [ReturnType<typeof person>, Vaccination][] => {
  const { form } = site(story, index);
  return Array.from({ length: count }, (_, n) => [
    person(from + n, form.address),
    {
      id: `V${from + n}`,
      givenOn: day,
      cvx: janssen.cvx,
      ndc: janssen.ndc,
      mvx: janssen.mvx,
      lot: lots[janssen.ndc] ?? '',
      expiresOn: expires[janssen.ndc] ?? '',
      facility: form.name,
    },
  ]);
};

export const vaccinate = async (story: Story): Promise<void> => {
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
      for (const [patient, vaccination] of dosesAt(story, 0, 12, day, index * 12))
        await send(vxu('ELMEHR', `M${vaccination.id}`, stamp(day), patient, vaccination));
    });
    if (index < 2) await passNight(story.run, instantOf(addDays(day, 1), '03:00', story.zone));
  }
  const thursday = days[2] ?? week;
  at(story, thursday, '16:00');
  await progress.step('Thu  a child’s routine dose by HL7: a record, but no COVID-19 stock', async () => {
    const child = { ...person(500, site(story, 0).form.address), birthDate: '2020-01-15' };
    await send(
      vxu('ELMEHR', 'MCHILD', stamp(thursday), child, {
        id: 'CHILD1',
        givenOn: thursday,
        cvx: '03',
        mvx: 'MSD',
        lot: 'T012345',
        expiresOn: '2022-01-31',
        facility: site(story, 0).form.name,
        eligibility: 'V02',
        funding: 'VXC51',
      }),
    );
  });
  const harbor = site(story, 1);
  const reported = await progress.step(
    'Thu  Harbor Hospital enters doses by hand (JSON)',
    () =>
      nurse.post(
        `/sites/${harbor.siteId}/doses`,
        {
          doses: dosesAt(story, 1, 8, thursday, 200).map(([patient, dose]) => ({
            id: dose.id,
            givenOn: dose.givenOn,
            vaccine: { cvx: dose.cvx, ndc: dose.ndc },
            lot: dose.lot,
            expiry: dose.expiresOn,
            mvx: dose.mvx,
            route: 'C28161',
            bodySite: 'LD',
            funding: 'VXC50',
            eligibility: 'V01',
            patient: {
              ids: [{ id: patient.id }],
              name: { family: patient.family, given: patient.given },
              birthDate: patient.birthDate,
              sex: patient.sex,
              races: [patient.race],
              ethnicity: patient.ethnicity,
              address: { street: patient.street, city: patient.city, state: 'CT', zip: patient.zip },
            },
          })),
        },
        { key: `harbor ${thursday}` },
      ),
    ({ body }) => `${(body['items'] as unknown[]).length} doses`,
  );
  const friday = addDays(week, 4);
  await passNight(story.run, instantOf(friday, '03:00', story.zone));
  at(story, friday, '09:00');
  await progress.step('Fri  one dose is corrected: it was given a day earlier', async () => {
    const { dose } = (reported.body['items'] as { dose: { doseId: string; version: number } }[])[0] ?? { dose: { doseId: '', version: 1 } };
    const told = {
      givenOn: addDays(thursday, -1),
      vaccine: { cvx: janssen.cvx, ndc: janssen.ndc },
      lot: lots[janssen.ndc],
      expiry: expires[janssen.ndc],
      mvx: janssen.mvx,
      route: 'C28161',
      bodySite: 'RD',
      funding: 'VXC50',
      eligibility: 'V01',
    };
    await nurse.send('PUT', `/sites/${harbor.siteId}/doses/${dose.doseId}`, {
      body: { dose: told, reason: 'the paper form says Wednesday' },
      ifMatch: dose.version,
    });
  });
  await progress.step('Fri  doses of a broken vial are wasted', () =>
    nurse.post(
      `/sites/${harbor.siteId}/movements`,
      { kind: 'waste', ndc: janssen.ndc, lot: lots[janssen.ndc], funding: 'covid', doses: 5, wasteReason: 'broken-vial-or-syringe' },
      { key: `waste ${friday}` },
    ),
  );
  await passNight(story.run, instantOf(addDays(friday, 1), '03:00', story.zone));
  for (const [code, count] of codes) story.events.push(['HL7 messages answered', code, count]);
  story.events.push(['reported by JSON', 'doses', 8], ['corrected', 'doses', 1], ['wasted', 'doses', 5]);
};

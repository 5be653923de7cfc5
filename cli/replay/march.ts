import type { LocalRun } from '../../local/start.ts';
import { jurisdictionFor, type Jurisdiction } from '../../shared/codes/jurisdiction.ts';
import { placeOf } from '../../shared/codes/places.ts';
import { addDays, instantOf } from '../../shared/kernel/dates.ts';
import type { ApiClient } from '../api-client.ts';
import { answerAward, ask, awardsOf, janssen, orderAward, recordSupply, runAllocation, type Award } from '../play/allocate.ts';
import { enrollOrganization, enrollSite, onboardInterface } from '../play/enroll.ts';
import { passNight, readOutcome, type Outcome } from '../play/outcome.ts';
import { callersOf } from '../system.ts';
import type { Cell, Progress } from '../table.ts';
import { inParallel } from './in-parallel.ts';
import { postMessages, type Answers } from './post-messages.ts';
import type { MessageFile, ShipmentRow } from './read-input.ts';

export interface ReplayInput {
  csv: string;
  rows: readonly ShipmentRow[];
  messages: readonly MessageFile[];
}
export interface ReplayResult {
  events: Cell[][];
  answers: Answers[];
  /** What became of stock, of every dose told for one of the sites, by reason. */
  stock: { kind: string; explanation: string; doses: number }[];
  outcome: Outcome;
  names: Map<string, string>;
}

/** A lot's expiry is unknown in the file; sites read it off the carton. */
export const cartonExpiry = '2021-06-25';

interface Site {
  siteId: string;
  name: string;
  rows: ShipmentRow[];
}

const mondayOf = (day: string): string => addDays(day, -((new Date(`${day}T00:00:00Z`).getUTCDay() + 6) % 7));
const siteName = (row: ShipmentRow): string => `${row.name} ${row.zip}`;

const groupedBy = <T>(things: readonly T[], keyOf: (thing: T) => string): Map<string, T[]> => {
  const groups = new Map<string, T[]>();
  for (const thing of things) groups.set(keyOf(thing), [...(groups.get(keyOf(thing)) ?? []), thing]);
  return groups;
};

/** The replay of one shipment file: sites enrolled, allocated and ordered as really shipped, imported, received, and doses given from it. */
export const replayMarch = async (run: LocalRun, input: ReplayInput, progress: Progress, code: string): Promise<ReplayResult> => {
  const jurisdiction = jurisdictionFor(code);
  const { person, machine } = callersOf(run);
  const ehr = await machine('sample-ehr');
  const [nurse, reviewer, ann, bob, inventory, epidemiologist] = await Promise.all([
    person('replay-provider', 'provider-staff'), person('reviewer', 'dph-reviewer'), person('allocator-ann', 'dph-allocator'),
    person('allocator-bob', 'dph-allocator'), person('inventory', 'dph-inventory'), person('epidemiologist', 'dph-epidemiologist'),
  ]);
  const own = input.rows.filter(({ awardee }) => awardee === jurisdiction.name);
  const weeks = [...groupedBy(own, ({ shippedOn }) => mondayOf(shippedOn))].sort(([a], [b]) => a.localeCompare(b));
  const clock = (day: string, time: string): void => run.clock.set(instantOf(day, time, jurisdiction.timeZone));
  const events: Cell[][] = [['in the shipment file', 'lines', input.rows.length], [`of ${jurisdiction.name}’s own account`, 'lines', own.length]];

  clock(addDays(weeks[0]?.[0] ?? '2021-03-01', -14), '09:00');
  const sites = await enrollSites({ own, jurisdiction, nurse, reviewer, clientId: ehr.clientId, progress });
  events.push(['enrolled (name, town and zip real, the rest generated)', 'sites', sites.length]);

  let ordered = 0;
  for (const [week, rows] of weeks) {
    const doses = rows.reduce((sum, row) => sum + row.doses, 0);
    ordered += await progress.step(
      `Week of ${week}: supply, requests, allocation, orders`,
      () => allocateAsShipped({ week, rows, sites, nurse, ann, bob, inventory, clock }),
      (count) => `${count.toLocaleString('en-US')} of ${doses.toLocaleString('en-US')} doses ordered`,
    );
  }
  events.push(['ordered', 'doses', ordered]);

  const after = addDays(weeks.at(-1)?.[0] ?? '2021-03-29', 7);
  clock(after, '08:00');
  const imported = await progress.step(
    'The shipment file is imported, every line of it',
    () => inventory.post('/shipment-files', input.csv, { contentType: 'text/csv' }),
    ({ body }) => JSON.stringify(body['imported']),
  );
  events.push(...importEvents(imported.body));
  const received = await progress.step(
    'Every site counts what it received',
    () => receive(sites, nurse, run.clock.iso()),
    (count) => `${count.toLocaleString('en-US')} doses`,
  );
  events.push(['received', 'doses', received]);

  const stock = sites.flatMap((site) =>
    site.rows
      .slice(0, 1)
      .map((row) => ({
        cvx: janssen.cvx,
        ndc: janssen.ndc,
        mvx: janssen.mvx,
        siteName: siteName(row),
        city: row.city,
        zip: row.zip,
        lot: row.lot,
        expiresOn: cartonExpiry,
      })),
  );
  const answers = await postMessages({
    api: ehr.api,
    messages: input.messages,
    stock,
    progress,
    night: (day) => passNight(run, instantOf(addDays(after, day + 1), '03:00', jurisdiction.timeZone)),
    morning: (day) => {
      clock(addDays(after, day), '09:00');
      return addDays(after, day);
    },
  });
  const stockOf = await progress.step('What every dose did to stock is read', () =>
    whyStock(
      sites,
      nurse,
      answers.map((_, day) => addDays(after, day)),
    ),
  );
  const outcome = await progress.step('Balances, submissions and recount are read', () =>
    readOutcome(run, inventory, epidemiologist, addDays(after, answers.length)),
  );
  return { events, answers, stock: stockOf, outcome, names: new Map(sites.map(({ siteId, name }) => [siteId, name])) };
};

interface Enrolling {
  own: readonly ShipmentRow[];
  jurisdiction: Jurisdiction;
  nurse: ApiClient;
  reviewer: ApiClient;
  clientId: string;
  progress: Progress;
}

const enrollSites = async ({ own, jurisdiction, nurse, reviewer, clientId, progress }: Enrolling): Promise<Site[]> => {
  const named = [...groupedBy(own, siteName)];
  return progress.step(`${named.length} sites are enrolled`, async () => {
    const organizationId = await enrollOrganization(nurse, reviewer, 'Generated for replay', named.length);
    const sites = await inParallel(named, async ([name, rows], index): Promise<Site> => {
      const row = rows[0] as ShipmentRow;
      const place = placeOf(jurisdiction, { city: row.city, state: row.state, zip: row.zip });
      const address = { city: row.city, state: row.state, zip: row.zip, ...(place.county === undefined ? {} : { county: place.county }) };
      const pin = String(200_001 + index);
      return {
        name,
        rows,
        siteId: await enrollSite(nurse, reviewer, organizationId, {
          name,
          address,
          providerType: 28,
          pin,
          population: 1_000,
          generated: true,
          aliases: named.filter(([, other]) => other[0]?.name === row.name).length === 1 ? [row.name] : [],
        }),
      };
    });
    await onboardInterface(nurse, reviewer, organizationId, clientId, sites.map(({ siteId }) => siteId));
    return sites;
  });
};

interface Week {
  week: string;
  rows: readonly ShipmentRow[];
  sites: readonly Site[];
  nurse: ApiClient;
  ann: ApiClient;
  bob: ApiClient;
  inventory: ApiClient;
  clock: (day: string, time: string) => void;
}

/** Supply and requests are what was really shipped; the policy is order on demand, so every site is awarded what it asks for. */
const allocateAsShipped = async ({ week, rows, sites, nurse, ann, bob, inventory, clock }: Week): Promise<number> => {
  clock(addDays(week, -7), '10:00');
  const asked = sites.flatMap((site) => {
    const own = site.rows.filter((row) => rows.includes(row));
    return own.length === 0 ? [] : [{ site, own, doses: own.reduce((sum, row) => sum + row.doses, 0) }];
  });
  await recordSupply(ann, week, janssen, asked.reduce((sum, { doses }) => sum + doses, 0) / janssen.packDoses);
  await inParallel(asked, ({ site, doses }) =>
    ask(ann, week, janssen, { siteId: site.siteId, group: 'state', population: 1_000, doses, provider: nurse }),
  );
  clock(addDays(week, -5), '11:00');
  await runAllocation(ann, bob, week, 'order-on-demand');
  const orders = await inParallel(asked, async ({ site, own }) => {
    const [award] = await awardsOf(nurse, site.siteId, week);
    if (award === undefined) return undefined;
    await answerAward(nurse, award, { answer: 'accept' });
    const [accepted] = await awardsOf(nurse, site.siteId, week);
    return { orderId: await orderAward(nurse, ann, accepted ?? award), own, award };
  });
  clock(addDays(week, -4), '09:00');
  const file = await inventory.post('/order-files', {}, { key: `file ${week}` });
  await inventory.post(
    '/order-responses',
    await supplierAnswers(
      inventory,
      String(file.body['fileId']),
      orders.filter((order) => order !== undefined),
    ),
    { contentType: 'text/csv' },
  );
  return orders.reduce((sum, order) => sum + (order?.award.doses ?? 0), 0);
};

/** The supplier accepts every line under the real order numbers of the shipment file. */
const supplierAnswers = async (
  inventory: ApiClient,
  fileId: string,
  orders: readonly { orderId: string; own: readonly ShipmentRow[]; award: Award }[],
): Promise<string> => {
  const [head = '', ...lines] = (await inventory.get(`/order-files/${fileId}`)).text.trim().split(/\r?\n/);
  const at = head.split(',').indexOf('ORDER_REFERENCE');
  const references = lines.map((line) => line.split(',')[at] ?? '');
  const rows = orders.flatMap(({ orderId, own }) => {
    const reference = references.find((text) => text.includes(orderId)) ?? '';
    return own.map((row) => `${reference},ACCEPTED,${row.orderNumber},${row.orderLineNumber}`);
  });
  return ['ORDER_REFERENCE,STATUS,ORDER_NUMBER,ORDER_LINE_NUMBER', ...rows].join('\n');
};

const importEvents = (answer: Record<string, unknown>): Cell[][] => {
  const imported = answer['imported'] as Record<'jurisdiction' | 'federal', { lines: number; doses: number }>;
  return [
    ['imported for the jurisdiction', 'lines', imported.jurisdiction.lines],
    ['imported for the jurisdiction', 'doses', imported.jurisdiction.doses],
    ['imported for federal accounts', 'lines', imported.federal.lines],
    ['imported for federal accounts', 'doses', imported.federal.doses],
    ['rows with faults', 'rows', Number(answer['faulty'])],
  ];
};

interface ToldDose {
  decrement: { kind: string; explanation: string };
}

const whyStock = async (sites: readonly Site[], nurse: ApiClient, days: readonly string[]): Promise<ReplayResult['stock']> => {
  const counts = new Map<string, { kind: string; explanation: string; doses: number }>();
  const lists = await inParallel(
    sites.flatMap(({ siteId }) => days.map((day) => ({ siteId, day }))),
    ({ siteId, day }) => nurse.list<ToldDose>(`/sites/${siteId}/doses`, { day }),
  );
  for (const { decrement } of lists.flat()) {
    const { kind, explanation } = decrement;
    const line = counts.get(`${kind} ${explanation}`) ?? { kind, explanation, doses: 0 };
    line.doses += 1;
    counts.set(`${kind} ${explanation}`, line);
  }
  return [...counts.values()].sort((a, b) => b.doses - a.doses);
};

const receive = async (sites: readonly Site[], nurse: ApiClient, now: string): Promise<number> => {
  const counted = await inParallel(sites, async ({ siteId }) => {
    let doses = 0;
    for (const line of await nurse.list<{ lineId: string; doses: number; version: number; state: string }>(`/sites/${siteId}/shipments`)) {
      if (line.state !== 'in-transit') continue;
      const body = { received: line.doses, storageUnit: 'FRIDGE-1', receivedAt: now, temperatureOk: true, expiresOn: cartonExpiry };
      await nurse.post(`/sites/${siteId}/shipments/${line.lineId}/receipt`, body, { ifMatch: line.version });
      doses += line.doses;
    }
    return doses;
  });
  return counted.reduce((sum, doses) => sum + doses, 0);
};

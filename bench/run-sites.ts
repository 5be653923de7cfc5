import { BatchWriteCommand } from '@aws-sdk/lib-dynamodb';
import { addDays } from '../shared/kernel/dates.ts';
import { awardIdOf, awardKey } from '../shared/published/award.ts';
import { figuresKey } from '../shared/published/site-figures.ts';
import { shipmentLineKey } from '../shared/published/shipment-line.ts';
import { siteKey } from '../shared/published/site.ts';
import type { Suite } from '../test/support/suite.ts';

/** A jurisdiction of made-up sites, each with the rows that a site gathers in two months: what a draft has to read. */

const products = [
  { ndc: '59267-1000-01', doseNumber: 1, packDoses: 1_170, cvx: '208', packsASite: 0.3 },
  { ndc: '59267-1000-01', doseNumber: 2, packDoses: 1_170, cvx: '208', packsASite: 0.2 },
  { ndc: '80777-0273-10', doseNumber: 1, packDoses: 100, cvx: '207', packsASite: 2 },
  { ndc: '59676-0580-05', doseNumber: 1, packDoses: 100, cvx: '212', packsASite: 2 },
] as const;
const weeksBefore = 8;
const batchesAtOnce = 8;
const itemsABatch = 25;
type Row = Record<string, unknown> & { table: string };

export const idAt = (at: number): string => `sit_b${String(at).padStart(6, '0')}`;
/** A spread of figures that is the same on every machine. */
const spread = (at: number, below: number): number => (at * 7_919 + 104_729) % below;

const siteRows = (at: number, week: string): Row[] => {
  const siteId = idAt(at);
  const entity = { schema: 1, version: 1 };
  const on = `${addDays(week, -7)}T15:00:00.000Z`;
  const past = Array.from({ length: weeksBefore }, (_, ago) => addDays(week, -7 * (ago + 2)));
  const allocations = (row: Record<string, unknown>): Row => ({ table: 'allocations_table', ...entity, ...row });
  return [
    {
      table: 'enrollment_table',
      ...siteKey(siteId),
      ...entity,
      type: 'site',
      siteId,
      organizationId: 'org_b',
      organizationName: 'Bench',
      name: `Clinic ${at}`,
      state: 'active',
      pin: '100001',
      providerType: 3,
      programmes: ['covid-19'],
      supplyAccount: 'jurisdiction',
      reportingOnly: false,
      address: { city: 'Hartford', county: '09003', state: 'CT', zip: '06106' },
      storageUnits: [
        { unitId: 'R1', kind: 'refrigerator', capacityDoses: 50_000 },
        { unitId: 'U1', kind: 'ultra-cold', capacityDoses: 50_000 },
      ],
      aliases: [],
      createdAt: on,
      createdBy: 'x',
      requestDigest: 'x',
    },
    allocations({
      pk: `SITE#${siteId}`,
      sk: 'STANDING',
      type: 'standing',
      siteId,
      siteName: `Clinic ${at}`,
      town: `Town ${at % 169}`,
      county: '09003',
      group: at % 4 === 0 ? 'priority-zips' : 'elsewhere',
      tags: [],
      weights: { population: 500 + spread(at, 9_000) },
      suspended: false,
      changedAt: on,
      changedBy: 'x',
      gsi1pk: 'STANDINGS',
      gsi1sk: siteId,
    }),
    ...products.map(({ ndc, doseNumber }) =>
      allocations({
        pk: `SITE#${siteId}`,
        sk: `REQUEST#${week}#${ndc}#${doseNumber}`,
        type: 'request',
        siteId,
        week,
        ndc,
        doseNumber,
        doses: 400 + spread(at + doseNumber, 2_000),
        onHandDoses: 0,
        state: 'submitted',
        submittedAt: on,
        submittedBy: 'x',
        gsi1pk: `REQUESTS#${week}`,
        gsi1sk: `${siteId}#${ndc}#${doseNumber}`,
      }),
    ),
    ...past.slice(0, 4).flatMap((before) =>
      products.slice(2).map(({ ndc, doseNumber, packDoses }) => {
        const name = { week: before, ndc, doseNumber, packDoses, runId: 'run_before' };
        return allocations({
          ...awardKey(siteId, name),
          ...name,
          type: 'award',
          awardId: awardIdOf(name),
          siteId,
          packs: 2,
          doses: 2 * packDoses,
          acceptedDoses: 2 * packDoses,
          state: 'ordered',
          channel: 'jurisdiction',
          gsi1pk: `AWARDS#${before}`,
          gsi1sk: `${siteId}#${awardIdOf(name)}`,
        });
      }),
    ),
    ...past.map((given) => ({
      table: 'reports_table',
      ...figuresKey(siteId, given, 0),
      type: 'site-figures',
      schema: 1,
      'g:208|1|0': 60 + spread(at, 50),
      'g:208|1|1': 9,
      'g:207|1|0': 40,
      'g:212|1|0': 20,
      'u:208|2': 30,
      'r:yes': 20,
      'r:no': 90,
    })),
    ...products
      .slice(1)
      .map(({ ndc }, lot) => ({
        table: 'inventory_table',
        pk: `SITE#${siteId}`,
        sk: `ACCOUNT#${ndc}#LOT${lot}#covid`,
        type: 'account',
        ...entity,
        shipped: -900,
        onHand: 90 + spread(at, 100),
        administered: 810 - spread(at, 100),
        'at:R1:frozen': 90 + spread(at, 100),
      })),
    ...past
      .slice(0, 6)
      .map((shippedOn, line) => ({
        table: 'shipments_table',
        ...shipmentLineKey(siteId, `ORD${at}-${line}-L`),
        type: 'shipment-line',
        ...entity,
        lineId: `ORD${at}-${line}-L`,
        holderId: siteId,
        siteId,
        supply: 'jurisdiction',
        awardee: 'CTA',
        orderNumber: `ORD${at}`,
        orderLineNumber: String(line),
        ndc: products[line % 4]?.ndc,
        saleNdc: 'x',
        lot: 'L',
        doses: 300,
        shippedOn,
        shipTo: { name: 'Clinic', city: 'Hartford', state: 'CT', zip: '06106' },
        state: 'received',
        receipt: {
          onHand: 300,
          suspect: 0,
          short: 0,
          over: 0,
          unit: 'R1',
          receivedAt: `${addDays(shippedOn, 1)}T15:00:00.000Z`,
          temperatureOk: true,
          digest: 'x',
        },
        importedAt: on,
        fileId: 'f',
        gsi1pk: 'LINES#jurisdiction#received',
        gsi1sk: `${shippedOn}#${at}-${line}`,
      })),
  ];
};

/** Writes the sites from one number to another, and what reports of all of them came to. */
export const seedSites = async (suite: Suite, week: string, sites: number): Promise<void> => {
  const write = async (rows: readonly Row[]): Promise<void> => {
    const byTable = Map.groupBy(rows, ({ table }) => table);
    await suite.dynamo.send(
      new BatchWriteCommand({
        RequestItems: Object.fromEntries(
          [...byTable].map(([name, own]) => [name, own.map(({ table: _table, ...Item }) => ({ PutRequest: { Item } }))]),
        ),
      }),
    );
  };
  const all = Array.from({ length: weeksBefore }, (_, ago) => ({
    table: 'reports_table',
    ...figuresKey('ALL', addDays(week, -7 * (ago + 2)), 0),
    type: 'site-figures',
    schema: 1,
    'g:208|1|0': 600,
    'g:208|1|1': 90,
    'g:207|1|0': 400,
    'g:212|1|0': 200,
  }));
  await write(all);
  let next = 0;
  const lane = async (): Promise<void> => {
    for (let at = next++; at < sites; at = next++) {
      const rows = siteRows(at, week);
      for (let from = 0; from < rows.length; from += itemsABatch) await write(rows.slice(from, from + itemsABatch));
    }
  };
  await Promise.all(Array.from({ length: batchesAtOnce }, lane));
};

/** The week's supply, as the API takes it. */
export const supplyOf = (week: string, sites: number): object[] =>
  products.map(({ ndc, doseNumber, packDoses, packsASite }) => ({ week, ndc, doseNumber, packDoses, packs: Math.floor(sites * packsASite) }));

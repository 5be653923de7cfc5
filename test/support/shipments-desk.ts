import { QueryCommand } from '@aws-sdk/lib-dynamodb';
import { accountSchema, entriesPartition, type Account } from '../../shared/ledger/account.ts';
import { balancesOf, difference, recompute, type Balances } from '../../shared/ledger/balances.ts';
import { entrySchema } from '../../shared/ledger/movement.ts';
import { makeStore } from '../../functions/shipments/store.ts';
import { call, type Answer, type Call, type Handler } from './api.ts';
import { enrolledMember, enrolledSite } from './enrolled.ts';
import { openSuite, type Suite } from './suite.ts';

export const columns = [
  'PROVIDER_NAME', 'CITY_SHP', 'STATE_SHP', 'ZIPCODE_SHP', 'AWARDEE', 'NDC', 'LOT_NUMBER', 'LOT_EXPIRATION_DATE', 'ORDER_SHIPPED_DATE', 'DOSES_SHIPPED', 'ORDER_NUMBER',
  'ORDER_LINE_NUMBER', 'VTRCKS_PIN', 'SITE_ID',
] as const;
export type Row = Partial<Record<(typeof columns)[number], string>>;

/** A shipment file of rows that are right but for what a test says. */
export const shipmentFile = (...rows: Row[]): string =>
  [columns.join(','), ...rows.map((row) => columns.map((column) => ({ ...rightRow, ...row })[column] ?? '').join(','))].join('\n');

const rightRow: Row = {
  PROVIDER_NAME: 'ELM CLINIC', CITY_SHP: 'HARTFORD', STATE_SHP: 'CT', ZIPCODE_SHP: '06106', AWARDEE: 'Connecticut', NDC: '59676-0580-15', LOT_NUMBER: '042A21A',
  LOT_EXPIRATION_DATE: '2069-12-31 00:00:00.000', ORDER_SHIPPED_DATE: '2021-03-09 00:00:00.000', DOSES_SHIPPED: '100.000', ORDER_NUMBER: '0500000001', ORDER_LINE_NUMBER: '000010',
};

const queryAll = async (suite: Suite, table: string | undefined, pk: string): Promise<Record<string, unknown>[]> =>
  (await suite.dynamo.send(new QueryCommand({ TableName: table ?? '', KeyConditionExpression: 'pk = :pk', ExpressionAttributeValues: { ':pk': pk }, ConsistentRead: true }))).Items ?? [];

/** The accounts of a holder; throws when one disagrees with the sum of its entries, so every test that looks also audits. */
export const accountsOf = async (suite: Suite, holderId: string): Promise<Account[]> => {
  const accounts = (await queryAll(suite, suite.tables['INVENTORY_TABLE'], `SITE#${holderId}`)).map((item) => accountSchema.parse(item));
  for (const account of accounts) {
    const entries = (await queryAll(suite, suite.tables['INVENTORY_TABLE'], entriesPartition(account.ref))).map((item) => entrySchema.parse(item));
    const gaps = difference(account, recompute(entries.map(({ effect }) => effect)));
    if (gaps.length > 0) throw new Error(`${holderId}: ${JSON.stringify(gaps)}`);
  }
  return accounts;
};
export const balancesAt = async (suite: Suite, ...holderIds: string[]): Promise<Balances> =>
  balancesOf((await Promise.all(holderIds.map((holderId) => accountsOf(suite, holderId)))).flat());

export const lineOf = (row: Row): string => `${row.ORDER_NUMBER ?? ''}-000010-${row.LOT_NUMBER ?? '042A21A'}`;

/** The shipments API on an empty database, with a coordinator (`clinic`) who belongs to every site that is opened here. */
export const openShipmentsDesk = async (name: string) => {
  const suite = await openSuite(name);
  await enrolledMember(suite, 'clinic', 'org_clinic');
  const handler: Handler = (await import('../../functions/shipments/http.ts')).handler;
  let count = 0;
  const fresh = (what: string): string => `${what}-${(count += 1)}`;
  const order = (): string => String(500_000_000 + (count += 1)).padStart(10, '0');
  const as = (role: NonNullable<Call['role']>, subject: string = role) => (request: Call): Promise<Answer> => call(handler, { subject, role, ...request });
  const asClinic = as('provider-staff', 'clinic');
  const asInventory = as('dph-inventory');
  const importFile = (body: string): Promise<Answer> => asInventory({ route: 'POST /shipment-files', body });
  const importRows = (...rows: Row[]): Promise<Answer> => importFile(shipmentFile(...rows));
  const receive = (siteId: string, lineId: string, body: object, ifMatch = 1): Promise<Answer> =>
    asClinic({
      route: 'POST /sites/{siteId}/shipments/{lineId}/receipt', params: { siteId, lineId }, ifMatch,
      body: { received: 100, storageUnit: 'R1', receivedAt: '2021-03-10T14:00:00.000Z', temperatureOk: true, ...body },
    });
  /** A site that is found by its name. */
  const openSite = async (more: Parameters<typeof enrolledSite>[2] = {}): Promise<{ siteId: string; row: Row }> => {
    const siteId = fresh('sit');
    const site = await enrolledSite(suite, siteId, { pin: String(200_000 + count), ...more });
    return { siteId, row: { PROVIDER_NAME: site.name, ORDER_NUMBER: order() } };
  };
  const inTransit = async (): Promise<{ siteId: string; lineId: string }> => {
    const { siteId, row } = await openSite();
    const { body } = await importRows(row);
    if ((body['imported'] as { jurisdiction: { doses: number } }).jurisdiction.doses !== 100) throw new Error('The line was not imported');
    return { siteId, lineId: lineOf(row) };
  };
  const { SHIPMENTS_TABLE: shipments = '', INVENTORY_TABLE: inventory = '', ENROLLMENT_TABLE: enrollment = '' } = suite.tables;
  const store = makeStore(suite.dynamo, { shipments, inventory, enrollment });
  return { suite, store, fresh, order, as, asClinic, asInventory, importFile, importRows, receive, openSite, inTransit };
};
export type ShipmentsDesk = Awaited<ReturnType<typeof openShipmentsDesk>>;

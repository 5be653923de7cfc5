import { PutCommand } from '@aws-sdk/lib-dynamodb';
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { accountSchema, type Account, type AccountRef } from '../../shared/ledger/account.ts';
import { accountKey } from '../../shared/ledger/account.ts';
import { movementItems } from '../../shared/ledger/items.ts';
import { planMovements } from '../../shared/ledger/plan-movements.ts';
import { commit, getItem, queryAll } from '../../shared/platform/dynamo.ts';
import { accountDose, doseItem, type DoseItem } from '../../shared/published/dose.ts';
import { interfaceStandingKey } from '../../shared/published/interface.ts';
import { memberKey } from '../../shared/published/member.ts';
import { siteAliasKey, siteKey, type SiteItem } from '../../shared/published/site.ts';
import { call, type Answer, type Call, type Handler } from './api.ts';
import { openS3, type EmulatedS3 } from './emulated-s3.ts';
import { openSecrets } from './emulated-secrets.ts';
import { enrolledOrganization } from './enrolled.ts';
import { openSuite, type Suite } from './suite.ts';

export const matchingKey = 'a key that only tests have';
/** Janssen: unit of use, CVX, MVX; and a lot of it. */
export const janssen = { ndc: '59676-0580-05', cvx: '212', mvx: 'JSN', lot: '1805018' };

const site = (siteId: string, organizationId: string, name: string, more: Partial<SiteItem> = {}): SiteItem => ({
  ...siteKey(siteId), type: 'site', schema: 1, version: 1, siteId, organizationId, organizationName: `Organization of ${name}`, name, state: 'active',
  providerType: 3, programmes: ['covid-19'], supplyAccount: 'jurisdiction', reportingOnly: false,
  address: { street: '1 Elm Street', city: 'Hartford', county: '09003', state: 'CT', zip: '06106' }, storageUnits: [], aliases: [],
  createdAt: '2021-01-04T12:00:00.000Z', createdBy: 'reviewer', requestDigest: 'd', ...more,
});

export const siteIds = { elm: `sit_${'e'.repeat(26)}`, oak: `sit_${'k'.repeat(26)}`, pharmacy: `sit_${'p'.repeat(26)}` } as const;

const put = (dynamo: DynamoDBDocumentClient, table: string, Item: Record<string, unknown>) => dynamo.send(new PutCommand({ TableName: table, Item }));

/** Two organizations with a site each and a federal pharmacy; an EHR for Elm, one for Oak, one still in test; staff of both. */
const enrol = async ({ dynamo, tables }: Suite): Promise<void> => {
  const table = tables['ENROLLMENT_TABLE'] ?? '';
  const sites = [
    site(siteIds.elm, 'org_elm', 'Elm Street Clinic', { pin: '100001', programmes: ['covid-19', 'cvp'] }),
    site(siteIds.oak, 'org_oak', 'Oak Hospital', { pin: '100002' }),
    site(siteIds.pharmacy, 'org_elm', 'Main Pharmacy', { supplyAccount: 'federal' }),
  ];
  for (const item of sites) {
    await put(dynamo, table, item);
    await put(dynamo, table, { ...siteAliasKey('name', item.name), type: 'site-alias', schema: 1, siteId: item.siteId });
    if (item.pin !== undefined) await put(dynamo, table, { ...siteAliasKey('pin', item.pin), type: 'site-alias', schema: 1, siteId: item.siteId });
  }
  const member = (subject: string, organizationId: string, more: object) =>
    put(dynamo, table, { ...memberKey(subject), type: 'member', schema: 1, version: 1, subject, organizationIds: [organizationId], siteIds: [], grantedAt: '2021-01-04T12:00:00.000Z', grantedBy: 'reviewer', ...more });
  const ehr = async (subject: string, organizationId: string, ids: string[], state: string) => {
    const interfaceId = `ehr_${subject}`;
    await member(subject, organizationId, { siteIds: ids, interfaceId });
    await put(dynamo, table, { ...interfaceStandingKey(interfaceId), type: 'interface', interfaceId, organizationId, state });
  };
  for (const organizationId of ['org_elm', 'org_oak']) await enrolledOrganization({ dynamo, tables }, organizationId);
  await ehr('elm-ehr', 'org_elm', [siteIds.elm, siteIds.pharmacy], 'production');
  await ehr('oak-ehr', 'org_oak', [siteIds.oak], 'production');
  await ehr('new-ehr', 'org_oak', [siteIds.oak], 'validation');
  await ehr('shut-ehr', 'org_oak', [siteIds.oak], 'suspended');
  await member('nurse', 'org_elm', {});
  await member('oak-nurse', 'org_oak', {});
};

export interface VxuFields {
  controlId?: string; processing?: string; id?: string; authority?: string; family?: string; given?: string; birth?: string; sex?: string;
  pidMore?: Record<number, string>; pd1?: string; orders?: string[]; responsible?: string;
}
export interface OrderFields {
  filler?: string; on?: string; vaccine?: string; source?: string; facility?: string; lot?: string; expiry?: string; mvx?: string;
  completion?: string; action?: string; obx?: string[]; amount?: string; refusal?: string;
}

/** One order group; a Janssen dose given at Elm unless told otherwise. */
export const order = (o: OrderFields = {}): string[] => [
  `ORC|RE||${o.filler ?? 'F1^ELM'}`,
  `RXA|0|1|${o.on ?? '20210308'}||${o.vaccine ?? `${janssen.cvx}^^CVX^${janssen.ndc}^^NDC`}|${o.amount ?? '0.5'}|mL||${o.source ?? '00^^NIP001'}|77^NURSE^ANN|^^^${o.facility ?? 'Elm Street Clinic'}||||${o.lot ?? janssen.lot}|${o.expiry ?? '20210625'}|${o.mvx ?? 'JSN^^MVX'}|${o.refusal ?? ''}||${o.completion ?? 'CP'}|${o.action ?? 'A'}`,
  'RXR|C28161^^NCIT|LA^^HL70163',
  ...(o.obx ?? ['OBX|1|CE|64994-7^^LN|1|V01^^HL70064||||||F|||20210308|||VXC40^^CDCPHINVS']),
];

let controlIds = 0;
/** A VXU that draws no fault unless a field is changed. */
export const vxu = (f: VxuFields = {}): string => {
  const pid: Record<number, string> = {
    1: '1', 3: `${f.id ?? 'P1'}^^^${f.authority ?? 'ELM'}^MR`, 5: `${f.family ?? 'Okafor'}^${f.given ?? 'Ada'}^^^^^L`, 7: f.birth ?? '19560312', 8: f.sex ?? 'F',
    10: '2054-5^^CDCREC', 11: '12 Oak Lane^^Hartford^CT^06106^USA^H', 13: '^PRN^PH^^^860^5550177', 22: '2186-5^^CDCREC', ...f.pidMore,
  };
  const fields = Array.from({ length: Math.max(...Object.keys(pid).map(Number)) }, (_, at) => pid[at + 1] ?? '');
  return [
    `MSH|^~\\&|EHR|ELM|DOSELINE|CTA|20210308100000-0500||VXU^V04^VXU_V04|${f.controlId ?? `C${(controlIds += 1)}`}|${f.processing ?? 'P'}|2.5.1|||ER|AL|||||Z22^CDCPHINVS|${f.responsible ?? 'ELM'}`,
    `PID|${fields.join('|')}`,
    ...(f.pd1 === undefined ? [] : [f.pd1]),
    ...(f.orders ?? order()),
    '',
  ].join('\r');
};

export interface DoseRoom {
  suite: Suite;
  s3: EmulatedS3;
  handler: Handler;
  sendHl7(text: string, subject?: string, more?: Partial<Call>): Promise<Answer>;
  asNurse(request: Call): Promise<Answer>;
  /** Puts an EHR's interface of Oak into a state, as enrollment would. */
  standing(subject: string, state: string): Promise<void>;
  /** Ships and receives doses, as inventory would. */
  stock(ref: Partial<AccountRef>, doses: number, facts?: { vial?: { label: number; counted: number } }, at?: string): Promise<void>;
  account(ref?: Partial<AccountRef>): Promise<Account | undefined>;
  /** Doses that count against an account, by its index. */
  dosesOf(partition: string): Promise<DoseItem[]>;
  items(): Promise<Record<string, unknown>[]>;
  stop(): Promise<void>;
}

export const refOf = (ref: Partial<AccountRef> = {}): AccountRef => ({ siteId: siteIds.elm, ndc: janssen.ndc, lot: janssen.lot, funding: 'covid', ...ref });

/** The doses API over an empty database, an empty S3 and the secrets it needs, with two organizations enrolled. */
export const openDoseRoom = async (name: string): Promise<DoseRoom> => {
  const suite = await openSuite(name);
  const s3 = await openS3({ MESSAGES_BUCKET: 'messages', UPLOADS_BUCKET: 'uploads' });
  const secrets = await openSecrets({ 'matching-key': matchingKey });
  Object.assign(process.env, { MATCHING_KEY_SECRET: 'matching-key', UPLOADS_QUEUE_URL: 'http://127.0.0.1:1/none', AWS_ENDPOINT_URL_SQS: s3.endpoint, LOTS_QUEUE_URL: `${s3.endpoint}/000000000000/lots` });
  await enrol(suite);
  const { handler } = await import('../../functions/doses/http.ts');
  const { dynamo, tables } = suite;
  const inventory = tables['INVENTORY_TABLE'] ?? '';
  const doses = tables['DOSES_TABLE'] ?? '';
  const { ScanCommand } = await import('@aws-sdk/lib-dynamodb');
  let receipts = 0;
  return {
    suite,
    s3,
    handler,
    sendHl7: (text, subject = 'elm-ehr', more = {}) => call(handler, { route: 'POST /hl7', body: text, subject, role: 'ehr-system', ...more }),
    asNurse: (request) => call(handler, { subject: 'nurse', role: 'provider-staff', ...request }),
    standing: async (subject, state) => {
      const interfaceId = `ehr_${subject}`;
      await put(dynamo, suite.tables['ENROLLMENT_TABLE'] ?? '', { ...interfaceStandingKey(interfaceId), type: 'interface', interfaceId, organizationId: 'org_oak', state });
    },
    async stock(partial, count, facts = {}, at = '2021-03-01T12:00:00.000Z') {
      const ref = refOf(partial);
      const key = `receipt-${(receipts += 1)}`;
      const standing = await getItem(dynamo, inventory, accountKey(ref), accountSchema);
      const planned = planMovements(standing === undefined ? [] : [standing], [
        { ref, movement: { kind: 'ship', key: `${key}-ship`, doses: count }, facts },
        { ref, movement: { kind: 'receive', key: `${key}-receive`, doses: count, position: { unit: 'U1', state: 'thawed' } } },
      ]);
      if (planned.kind === 'refused') throw new Error(planned.refusal.kind);
      await commit(dynamo, movementItems(inventory, planned.plan, { at, actor: 'receipt' }));
    },
    account: (ref) => getItem(dynamo, inventory, accountKey(refOf(ref)), accountSchema),
    async dosesOf(partition) {
      const found: DoseItem[] = [];
      for await (const { pk, sk } of queryAll(dynamo, { table: doses, index: 'gsi1', pk: partition }, accountDose)) {
        const dose = await getItem(dynamo, doses, { pk, sk }, doseItem);
        if (dose !== undefined) found.push(dose);
      }
      return found;
    },
    items: async () => {
      const found: Record<string, unknown>[] = [];
      let start: Record<string, unknown> | undefined;
      do {
        const { Items = [], LastEvaluatedKey } = await dynamo.send(new ScanCommand({ TableName: doses, ExclusiveStartKey: start }));
        found.push(...Items);
        start = LastEvaluatedKey;
      } while (start !== undefined);
      return found;
    },
    stop: async () => { await secrets.stop(); await s3.stop(); await suite.stop(); },
  };
};

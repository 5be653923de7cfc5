import { PutCommand } from '@aws-sdk/lib-dynamodb';
import { localDay } from '../../shared/kernel/dates.ts';
import { createdId } from '../../shared/kernel/ids.ts';
import { doseItem, doseVersionItem, type DoseItem, type DoseVersionItem } from '../../shared/published/dose.ts';
import {
  changeDayPartition, dayEntrySort, doseIdOf, doseVersionKey, noSite, personKey, recordKey, reportDayPartition, shardOf,
} from '../../shared/published/dose-keys.ts';
import { personItem, recordItem, type PersonItem, type RecordItem } from '../../shared/published/person.ts';
import type { Suite } from './suite.ts';

const zone = 'America/New_York';
const partOf = (id: string): string => id.slice(4);

export const personIdFor = (name: string): string => createdId('per', name);
export const recordIdFor = (name: string): string => createdId('rec', name);

/** The person of one record or more, at a version. */
export const personOf = (name: string, { version = 1, records = [name] }: { version?: number; records?: readonly string[] } = {}): PersonItem =>
  personItem.parse({
    ...personKey(personIdFor(name)), type: 'person', schema: 1, version, personId: personIdFor(name),
    recordIds: records.map(recordIdFor), recipId: createdId('rcp', name), createdAt: '2021-03-01T15:00:00.000Z',
  });

/** A patient record with everything that coverage and CDC ask for. */
export const recordOf = (name: string, more: Partial<RecordItem> & { person?: string } = {}): RecordItem => {
  const { person = name, ...rest } = more;
  return recordItem.parse({
    ...recordKey(recordIdFor(name)), type: 'record', schema: 1, version: 1, recordId: recordIdFor(name), personId: personIdFor(person),
    organizationId: 'org_clinic',
    ids: [{ id: `MRN-${name}`, authority: 'CLINIC', type: 'MR' }], names: [{ family: 'Quimby', given: name }],
    birthDate: '1981-02-03', sex: 'F', races: ['2106-3'], ethnicity: '2186-5',
    addresses: [{ street: '17 Larkspur Row', city: 'Hartford', state: 'CT', zip: '06103' }],
    home: { residence: 'inside', town: 'Hartford', county: '09003', state: 'CT', zip: '06103' },
    matchKeys: [], createdAt: '2021-03-01T15:00:00.000Z', updatedAt: '2021-03-01T15:00:00.000Z', updatedBy: 'test', messageId: 'msg_1',
    ...rest,
  });
};

/** The dose number n of a record; reported at noon of the day it was given unless told otherwise. */
export const doseOf = (record: string, n: number, more: Partial<DoseItem> = {}): DoseItem => {
  const recordId = recordIdFor(record);
  const part = partOf(createdId('dos', recordId, String(n)));
  const givenOn = more.givenOn ?? '2021-03-12';
  const receivedAt = more.receivedAt ?? `${givenOn}T17:00:00.000Z`;
  const siteId = 'siteId' in more ? more.siteId : 'sit_elm';
  return doseItem.parse({
    pk: recordKey(recordId).pk, sk: `DOSE#${part}`, type: 'dose', schema: 1, version: 1,
    state: 'accepted', completion: 'CP', sourceClass: 'own', source: '00', reportable: true,
    givenOn, cvx: '208', ndc: '59267-1000-01', mvx: 'PFR', lot: 'EW0150', expiry: '2021-07-31', route: 'C28161', bodySite: 'LD',
    siteId, organizationId: 'org_clinic', receivedAt, recordedBy: 'ehr', messageId: 'msg_1',
    decrement: { kind: 'matched' }, digest: `digest-${n}`,
    gsi2pk: reportDayPartition(localDay(receivedAt, zone), shardOf(siteId ?? part)), gsi2sk: dayEntrySort(siteId, receivedAt, part),
    ...more,
  });
};
export const doseIdFor = (record: string, n: number): string => doseIdOf(doseOf(record, n));

/** What a correction leaves: the head that stands, and the one it superseded in the index of the day on which that happened. */
export const corrected = (head: DoseItem, at: string, changes: Partial<DoseItem>): { next: DoseItem; former: DoseVersionItem } => {
  const { gsi1pk: _, gsi1sk: __, ...rest } = head;
  const part = head.sk.slice('DOSE#'.length);
  const [siteId = noSite] = head.gsi2sk.split('#');
  const next = doseItem.parse({ ...head, state: 'corrected', version: head.version + 1, changedAt: at, changedBy: 'ehr', reason: 'corrected', ...changes });
  const former = doseVersionItem.parse({
    ...rest, ...doseVersionKey(head, head.version), type: 'dose-version', supersededAt: at, supersededBy: 'ehr',
    gsi2pk: changeDayPartition(localDay(at, zone), shardOf(siteId === noSite ? part : siteId)), gsi2sk: `${dayEntrySort(siteId, at, part)}#${head.version}`,
  });
  return { next, former };
};

/** What a patient told differently leaves: the record that stands, and the one it superseded in the index of the day. */
export const respoken = (record: RecordItem, at: string, changes: Partial<RecordItem>): { next: RecordItem; former: object } => ({
  next: recordItem.parse({ ...record, version: record.version + 1, updatedAt: at, ...changes }),
  former: {
    ...record, sk: `RECORD#V#${String(record.version).padStart(6, '0')}`,
    gsi2pk: changeDayPartition(localDay(at, zone), shardOf(record.recordId)), gsi2sk: `${dayEntrySort(undefined, at, record.recordId)}#${record.version}`,
  },
});

/** Stores items of the doses table as they are. */
export const storedDoses = async (suite: Suite, ...items: readonly object[]): Promise<void> => {
  const put = (item: object) => suite.dynamo.send(new PutCommand({ TableName: suite.tables['DOSES_TABLE'] ?? '', Item: item as Record<string, unknown> }));
  await Promise.all(items.map(put));
};

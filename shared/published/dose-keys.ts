/**
 * Where the items of the doses table lie.
 *
 * `RECORD#<recordId>` holds one patient record as one sender knows it (`RECORD`), its doses (`DOSE#<part>`, the head) and what the head
 * once was (`DOSE#<part>#V#<000001>`). `PERSON#<personId>` names the records of one person. Every write of a dose, of a record's
 * demographics or of a link raises the version of the person in the same transaction: whoever follows the stream needs to look at
 * items of type `person` only, and finds everything else from `recordIds`.
 * Both indexes hold keys (and gsi1 the effect on stock): what a list needs beyond that is a read of the item.
 */

/** CVRS needs no finer hours than a day: partitions of a day, so that a busy day is not one hot key. A constant: changing it loses days. */
export const dayShards = 4;

type ItemKey<S extends string = string> = { pk: string; sk: S };

export const recordKey = (recordId: string): ItemKey<'RECORD'> => ({ pk: `RECORD#${recordId}`, sk: 'RECORD' });
export const personKey = (personId: string): ItemKey<'PERSON'> => ({ pk: `PERSON#${personId}`, sk: 'PERSON' });

/** Sort keys of a record's doses begin so; heads have type `dose`, superseded versions `dose-version`. */
export const dosePrefix = 'DOSE#';
const doseIdPattern = /^dos_([0-9a-z]{26})_([0-9a-z]{26})$/;

/** A dose's id names its record and itself, so that one Get finds it. It is also CDC's vax_event_id. */
export const doseIdOf = (key: ItemKey): string => `dos_${key.pk.slice('RECORD#rec_'.length)}_${key.sk.split('#')[1] ?? ''}`;
/** The key of a dose; undefined for what is no dose id. */
export const doseKey = (doseId: string): ItemKey | undefined => {
  const [, record, part] = doseIdPattern.exec(doseId) ?? [];
  return record === undefined || part === undefined ? undefined : { pk: `RECORD#rec_${record}`, sk: `${dosePrefix}${part}` };
};
export const recordIdOf = (key: Pick<ItemKey, 'pk'>): string => key.pk.slice('RECORD#'.length);
/** Where version n of a dose lies after it was superseded. */
export const doseVersionKey = (head: ItemKey, version: number): ItemKey => ({ pk: head.pk, sk: `${head.sk}#V#${String(version).padStart(6, '0')}` });

/** gsi2: doses by the local day on which their first report came in. A site's doses of a day lie together in one shard. */
export const reportDayPartition = (localDay: string, shard: number): string => `REPORTDAY#${localDay}#${shard}`;
export const reportDayPartitions = (localDay: string): string[] => shardsOf((shard) => reportDayPartition(localDay, shard));
/** gsi2: superseded versions of doses and of records by the local day on which they were superseded: of whom CDC may have to hear a second time. */
export const changeDayPartition = (localDay: string, shard: number): string => `CHANGEDAY#${localDay}#${shard}`;
export const changeDayPartitions = (localDay: string): string[] => shardsOf((shard) => changeDayPartition(localDay, shard));

const shardsOf = (partition: (shard: number) => string): string[] => Array.from({ length: dayShards }, (_, shard) => partition(shard));

/** Stands for "no site of ours" in a sort key. */
export const noSite = '-';
/** Sort key within a day: `<siteId or ->#<instant>#<part of the dose id>`. */
export const dayEntrySort = (siteId: string | undefined, at: string, dosePart: string): string => `${siteId ?? noSite}#${at}#${dosePart}`;
export const daySortPrefix = (siteId: string): string => `${siteId}#`;

/** The shard of a site, or of a dose that has no site: a stable spread of short texts. */
export const shardOf = (text: string): number => [...text].reduce((sum, letter) => (sum * 31 + letter.charCodeAt(0)) % 65_521, 7) % dayShards;

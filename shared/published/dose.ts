import { z } from 'zod';
import { day, instant } from '../contracts/common.ts';
import { entityFields } from '../contracts/stored.ts';

/**
 * What reports and inventory may read of the doses table.
 *
 * `RECORD#<recordId>` holds one patient record as one sender knows it (`RECORD`), its doses (`DOSE#<part>`, the head) and what the head
 * once was (`DOSE#<part>#V#<000001>`). `PERSON#<personId>` names the records of one person. Every write of a dose, of a record's
 * demographics or of a link raises the version of the person in the same transaction: whoever follows the stream needs to look at
 * items of type `person` only, and finds everything else from `recordIds`.
 * Both indexes hold keys (and gsi1 the effect on stock): what a list needs beyond that is a read of the item.
 */

/** CVRS needs no finer hours than a day: partitions of a day, so that a busy day is not one hot key. A constant: changing it loses days. */
export const dayShards = 4;

export const sourceClasses = ['own', 'historical', 'federal-partner', 'other-registry'] as const;
export type SourceClass = (typeof sourceClasses)[number];
export const doseStates = ['accepted', 'corrected', 'deleted'] as const;

/** How a dose met the stock. `why` is a word of functions/doses/domain/decrement.ts, for people and reports; absent when simply matched. */
export const decrementKinds = ['matched', 'resolved', 'unresolved', 'not-applicable'] as const;
export const decrement = z.object({ kind: z.enum(decrementKinds), why: z.string().optional() });
export type Decrement = z.infer<typeof decrement>;

/** Signed changes in doses by bucket and by position: shape and meaning are `Effect` of shared/ledger. */
export const stockEffect = z.object({ buckets: z.record(z.string(), z.int()), positions: z.record(z.string(), z.int()) });

/** What is questionable about a dose. None of it refuses the record; what is fine is not named. */
export const validityFacts = [
  'product-unknown', 'age-below', 'age-above', 'interval-short', 'lot-expired', 'lot-recalled', 'storage-suspect', 'storage-unknown',
] as const;
export type ValidityFact = (typeof validityFacts)[number];

/** How a report was compared with another one of the same person: functions/doses/domain/same-dose. */
export const doseJudgement = z.object({
  /** The dose it was compared with: the kept one, or the one beside which it stands. */
  with: z.string(),
  /** `unsure` waits for a person to decide. */
  outcome: z.enum(['same', 'unsure']),
  /** `once`: only the other one is counted and moves stock. `both`: both stand. */
  counts: z.enum(['once', 'both']),
  rule: z.string(),
  /** 0 to 1, when it was weighed. */
  score: z.number().optional(),
  reasons: z.array(z.string()),
});
export type DoseJudgement = z.infer<typeof doseJudgement>;

/** What a person decided of this report and another one. */
export const doseDecision = z.object({ with: z.string(), outcome: z.enum(['same', 'different']), at: instant, by: z.string(), reason: z.string() });

/** A person of the staff, as sent. */
const professional = z.object({ id: z.string().optional(), family: z.string().optional(), given: z.string().optional() });

/** What is told of one vaccination event: value by value, or by the id of the site, the record and the message. */
const doseFacts = {
  state: z.enum(doseStates),
  /** HL70322: complete, partial, refused, not given. */
  completion: z.enum(['CP', 'PA', 'RE', 'NA']),
  sourceClass: z.enum(sourceClasses),
  /** NIP001, when sent. */
  source: z.string().optional(),
  /** A COVID-19 event that CDC gets from us, by the table over completion and source class; never of a further report of one dose. */
  reportable: z.boolean(),
  /** The day given, or refused. */
  givenOn: day,
  cvx: z.string(),
  /** Unit of use, 5-4-2. */
  ndc: z.string().optional(),
  mvx: z.string().optional(),
  /** As sent. */
  lot: z.string().optional(),
  /** `YYYY-MM` or `YYYY-MM-DD`, as sent. */
  expiry: z.string().optional(),
  amount: z.number().optional(),
  unit: z.string().optional(),
  /** NCIT. */
  route: z.string().optional(),
  /** HL70163. */
  bodySite: z.string().optional(),
  /** NIP002. */
  refusal: z.string().optional(),
  funding: z.string().optional(),
  eligibility: z.string().optional(),
  /** Enrolled site where it was given; absent when the facility is none of ours. */
  siteId: z.string().optional(),
  /** Name of the facility as sent, when it is no enrolled site. */
  facility: z.string().optional(),
  /** Enrolled organization whose client or staff sent it. */
  organizationId: z.string(),
  /** Organization that answers for the content (MSH-22), as sent; absent when it is the sender. */
  responsible: z.string().optional(),
  administeredBy: professional.optional(),
  /** ORC-3 (or the id that a JSON caller gave) with its authority. */
  filler: z.object({ id: z.string(), authority: z.string() }).optional(),
  /** Observations beyond funding, eligibility and information sheets: LOINC code and value. All of them are in the message. */
  observations: z.array(z.object({ code: z.string(), value: z.string() })).optional(),
  /** When the first report of this dose came in: its day is the day of the CDC file. */
  receivedAt: instant,
  recordedBy: z.string(),
  messageId: z.string(),
  decrement,
  /** What the dose did to its account (`gsi1pk`): the dose record is itself the ledger entry. */
  effect: stockEffect.optional(),
  /** The dose that this is one more report of: that one is counted, sent to CDC and moved stock, this one is not. */
  witnessOf: z.string().optional(),
  judged: doseJudgement.optional(),
  decisions: z.array(doseDecision).optional(),
  validity: z.array(z.enum(validityFacts)).optional(),
  /** Keyed digest of what was sent of this dose: a repeat is told from a correction by it. */
  digest: z.string(),
  /** Of the latest correction or deletion. */
  changedAt: instant.optional(),
  changedBy: z.string().optional(),
  reason: z.string().optional(),
};

/** The dose as it stands. `version` starts at 1; a deleted dose stays, with state `deleted`. */
export const doseItem = z.object({
  ...entityFields,
  type: z.literal('dose'),
  ...doseFacts,
  /** `entriesPartition(account)` of shared/ledger while the dose counts against an account. */
  gsi1pk: z.string().optional(),
  gsi1sk: z.string().optional(),
  gsi2pk: z.string(),
  gsi2sk: z.string(),
});
export type DoseItem = z.infer<typeof doseItem>;

/** What a head was before a correction or deletion. `effect` was reversed when it was superseded, so it has no account index. */
export const doseVersionItem = z.object({
  ...entityFields,
  type: z.literal('dose-version'),
  ...doseFacts,
  supersededAt: instant,
  supersededBy: z.string(),
  gsi2pk: z.string(),
  gsi2sk: z.string(),
});
export type DoseVersionItem = z.infer<typeof doseVersionItem>;

/** An entry of gsi2: enough to read the item it stands for. */
export const dayEntry = z.object({ pk: z.string(), sk: z.string(), gsi2pk: z.string(), gsi2sk: z.string() });
/** An entry of gsi1: one dose of an account, with what it did to it. */
export const accountDose = z.object({ pk: z.string(), sk: z.string(), gsi1pk: z.string(), gsi1sk: z.string(), effect: stockEffect });

const name = z.object({ family: z.string(), given: z.string(), middle: z.string().optional(), suffix: z.string().optional(), type: z.string().optional() });
const address = z.object({
  street: z.string().optional(), other: z.string().optional(), city: z.string().optional(), state: z.string().optional(),
  zip: z.string().optional(), country: z.string().optional(), county: z.string().optional(), type: z.string().optional(),
});
const phone = z.object({ use: z.string().optional(), equipment: z.string().optional(), number: z.string().optional(), email: z.string().optional() });
const datedCode = z.object({ code: z.string(), on: z.string().optional() });

/** What one sender says of a patient. Only identity is sure to be there; everything else is absent until it was said. */
export const patientFacts = z.object({
  ids: z.array(z.object({ id: z.string(), authority: z.string(), type: z.string() })).min(1),
  names: z.array(name).min(1),
  birthDate: day,
  sex: z.enum(['F', 'M', 'X', 'U']),
  mothersMaidenName: z.object({ family: z.string(), given: z.string().optional() }).optional(),
  /** CDCREC. */
  races: z.array(z.string()).optional(),
  ethnicity: z.string().optional(),
  addresses: z.array(address).optional(),
  phones: z.array(phone).optional(),
  multipleBirth: z.boolean().optional(),
  birthOrder: z.number().optional(),
  dead: z.boolean().optional(),
  deathDate: z.string().optional(),
  publicity: datedCode.optional(),
  /** PD1-12: `Y` = share with nobody. */
  protection: datedCode.optional(),
  registryStatus: datedCode.optional(),
  relatives: z
    .array(z.object({ relationship: z.string(), family: z.string(), given: z.string().optional(), phones: z.array(phone) }))
    .optional(),
});
export type PatientFacts = z.infer<typeof patientFacts>;

/** Where the patient lives, settled by `placeOf` of the first address; for counting and for CDC. */
export const home = z.object({
  residence: z.enum(['inside', 'outside', 'unknown']),
  /** Name of the town, of the jurisdiction's list. */
  town: z.string().optional(),
  /** County FIPS, five digits. */
  county: z.string().optional(),
  state: z.string().optional(),
  /** Five digits, or 5+4. */
  zip: z.string().optional(),
});

export const recordItem = patientFacts.extend({
  ...entityFields,
  sk: z.string(),
  type: z.literal('record'),
  recordId: z.string(),
  /** The person it is linked to; `PersonItem.recordIds` says the same the other way round. */
  personId: z.string(),
  organizationId: z.string(),
  home,
  /** Keyed hashes under which the person can be found because of this record. */
  matchKeys: z.array(z.string()),
  createdAt: instant,
  updatedAt: instant,
  updatedBy: z.string(),
  messageId: z.string(),
});
export type RecordItem = z.infer<typeof recordItem>;

/** Decisions about one person: far above what happens, and small enough to read with every dose. */
export const maxRelinks = 50;
export const maxApart = 100;

export const personItem = z.object({
  ...entityFields,
  sk: z.literal('PERSON'),
  type: z.literal('person'),
  personId: z.string(),
  /** Patient records linked now. */
  recordIds: z.array(z.string()).max(100),
  /** recip_id of every file to CDC, for life. */
  recipId: z.string(),
  createdAt: instant,
  /** Kept apart because the evidence was not enough: waits for a person to decide. */
  provisional: z.boolean().optional(),
  /** Found to be this person: the records are linked there, and whoever is led here goes on there. It has no records then. */
  mergedInto: z.string().optional(),
  /** Decided to be somebody else: that question is not asked again. */
  apartFrom: z.array(z.string()).max(maxApart).optional(),
  /** The jurisdiction's own decision, by its day: nothing is revealed, nothing is updated. Apart from PD1-12. */
  optOut: z.object({ on: day }).optional(),
  /** What was merged into it, taken out of it and put back: `RELINK#<id>`. */
  relinkIds: z.array(z.string()).max(maxRelinks).optional(),
  /** recip_ids under which doses of its records may have been told to CDC before they were linked here. */
  formerRecipIds: z.array(z.string()).max(maxRelinks).optional(),
});
export type PersonItem = z.infer<typeof personItem>;

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

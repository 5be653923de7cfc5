import { z } from 'zod';
import { day, instant } from '../contracts/common.ts';
import { entityFields } from '../contracts/stored.ts';

/**
 * What reports and inventory may read of the doses table: one vaccination event as it stands and as it once stood. Where the items lie:
 * dose-keys.ts; whose they are: person.ts.
 */

export const sourceClasses = ['own', 'historical', 'federal-partner', 'other-registry'] as const;
export type SourceClass = (typeof sourceClasses)[number];
export const doseStates = ['accepted', 'corrected', 'deleted'] as const;

/** How a dose met the stock. `why` is a word of functions/doses/domain/decrement.ts, for people and reports; absent when simply matched. */
export const decrementKinds = ['matched', 'resolved', 'unresolved', 'not-applicable'] as const;
export const decrement = z.object({
  kind: z.enum(decrementKinds), why: z.string().optional(),
  /** A lot that the site holds and that looks like the one told, which it does not hold. */
  nearLot: z.string().optional(),
  /** The product (unit of use) as which the site holds the lot told, when that is of another vaccine. */
  lotIsOf: z.string().optional(),
});
export type Decrement = z.infer<typeof decrement>;

/** Signed changes in doses by bucket and by position: shape and meaning are `Effect` of shared/ledger. */
export const stockEffect = z.object({ buckets: z.record(z.string(), z.int()), positions: z.record(z.string(), z.int()) });

/** What is questionable about a dose. None of it refuses the record; what is fine is not named. */
export const validityFacts = [
  'before-vaccine-existed', 'before-lot-received', 'product-unknown', 'age-below', 'age-above', 'interval-short', 'lot-expired', 'lot-recalled', 'storage-suspect', 'storage-unknown',
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
  /** Of a dose given here that tells neither amount nor lot: whether it looked like history as it was told (HL7-52). A maker that we do not know was told too. */
  looksHistorical: z.boolean().optional(),
  /** NCIT. */
  route: z.string().optional(),
  /** HL70163. */
  bodySite: z.string().optional(),
  /** NIP002, and the words told with it (RXA-18.2). */
  refusal: z.string().optional(),
  refusalText: z.string().optional(),
  funding: z.string().optional(),
  eligibility: z.string().optional(),
  /** Enrolled site where it was told as given, whoever's it is; absent when the facility is none of ours. */
  siteId: z.string().optional(),
  /** Name of the facility as sent, when it is none of the sender's enrolled sites. */
  facility: z.string().optional(),
  /** Enrolled organization whose client or staff sent it. */
  organizationId: z.string(),
  /** Organization that answers for the content (MSH-22), as sent; absent when it is the sender. */
  responsible: z.string().optional(),
  administeredBy: professional.optional(),
  /** ORC-3 (or the id that a JSON caller gave) with its authority. */
  filler: z.object({ id: z.string(), authority: z.string() }).optional(),
  /** Observations beyond funding, eligibility and information sheets: LOINC code, value, its text, its day. All of them, with notes, are in the message. */
  observations: z.array(z.object({ code: z.string(), value: z.string(), text: z.string().optional(), on: z.string().optional() })).optional(),
  /** When the first report of this dose came in: its day is the day of the CDC file. */
  receivedAt: instant,
  recordedBy: z.string(),
  messageId: z.string(),
  decrement,
  /** What the dose did to its account (`gsi1pk`): the dose record is itself the ledger entry. */
  effect: stockEffect.optional(),
  /** The dose that this is one more report of: that one is counted, sent to CDC and moved stock, this one is not. */
  witnessOf: z.string().optional(),
  /**
   * What its sender is told where another organization's report has a bearing on it (HL7-98). Of a further report of another's dose: how it would
   * meet the stock if it were the only one; it moves nothing. Of one that is counted: what `decrement` says.
   */
  alone: decrement.extend({
    /** Another dose of its own organization stands beside it. */
    beside: z.boolean().optional(),
  }).optional(),
  judged: doseJudgement.optional(),
  decisions: z.array(doseDecision).optional(),
  validity: z.array(z.enum(validityFacts)).optional(),
  /** With `before-lot-received`: the day on which the first doses of the lot came to the site. */
  lotReceivedOn: day.optional(),
  /** The site's word that the day is right, though the lot came later by the books. */
  dateConfirmed: z.object({ at: instant, by: z.string(), reason: z.string() }).optional(),
  /** The organization's word that it was given at none of its sites, though it was told as given here. */
  givenElsewhere: z.object({ at: instant, by: z.string(), reason: z.string() }).optional(),
  /** The organization's word, by hand on that day, at which of its sites it was given: stands until its sender names one of its sites. */
  assigned: z.object({ on: day, by: z.string() }).optional(),
  /** Keyed digest of what was sent of this dose: a repeat is told from a correction by it. */
  digest: z.string(),
  /** Its site corrected or deleted it by hand on that day, over what its sender had `told` last (a digest; its day and vaccine): the same told again is no news. */
  byHand: z.object({ on: day, by: z.string(), told: z.string(), givenOn: day, cvx: z.string() }).optional(),
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

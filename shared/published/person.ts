import { z } from 'zod';
import { day, instant } from '../contracts/common.ts';
import { entityFields } from '../contracts/stored.ts';

/** What reports may read of the doses table about people: a *record* is what one sender says of a patient, a *person* names its records. */

const name = z.object({
  family: z.string(),
  given: z.string(),
  middle: z.string().optional(),
  suffix: z.string().optional(),
  type: z.string().optional(),
});
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

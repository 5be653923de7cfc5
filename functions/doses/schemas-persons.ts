import { z } from 'zod';
import { day, historyEntry, instant, pageOf, pageQuery, reason, version } from '../../shared/contracts/common.ts';
import { storedOnly } from '../../shared/contracts/stored.ts';
import { doseStates, sourceClasses } from '../../shared/published/dose.ts';
import { patientFacts } from '../../shared/published/person.ts';
import { relinkItem } from './domain/persons/relink.ts';
import { reviewDecisions, reviewItem } from './domain/persons/review.ts';

const id = z.string().min(1).max(200);

/** A question about a record: whose is it? Ids only. */
export const review = reviewItem
  .omit({ pk: true, sk: true, type: true, schema: true })
  .extend({ reviewId: z.string() })
  .meta({ id: 'Review' });
export const reviewPage = pageOf(review);
/** Without a day all that are open or put off, the oldest first. */
export const reviewsQuery = pageQuery.extend({ day: day.optional().describe('the day on which the review was opened; without it all that wait') });

const doseReference = z.object({
  doseId: z.string(),
  givenOn: day,
  cvx: z.string(),
  state: z.enum(doseStates),
  completion: z.string(),
  sourceClass: z.enum(sourceClasses),
  siteId: z.string().optional(),
});
/** A record as its sender told it, with its doses by reference. */
const recordOfPerson = z
  .object({
    recordId: z.string(),
    version,
    organizationId: z.string(),
    createdAt: instant,
    updatedAt: instant,
    patient: patientFacts,
    doses: z.array(doseReference),
  })
  .meta({ id: 'RecordOfPerson' });

const person = z
  .object({
    personId: z.string(),
    version,
    recordIds: z.array(z.string()),
    recipId: z.string(),
    createdAt: instant,
    provisional: z.boolean().optional(),
    /** It was merged into this person and has no records of its own now. */
    mergedInto: z.string().optional(),
    apartFrom: z.array(z.string()).optional(),
    optOut: z.object({ on: day }).optional(),
  })
  .meta({ id: 'Person' });

/** That records were linked to another person, and what of it was undone. */
export const relink = relinkItem.omit(storedOnly).meta({ id: 'Relink' });
const steps = z.array(historyEntry);

/** Publicity, status and death over all records: the latest dated word; dead to one is dead to all. */
const words = patientFacts.pick({ publicity: true, registryStatus: true, dead: true, deathDate: true }).meta({ id: 'WordsOfPerson' });
export const personRead = z
  .object({ person, words, records: z.array(recordOfPerson), relinks: z.array(relink), history: steps })
  .meta({ id: 'PersonRead' });
export const personOfDose = z.object({ doseId: z.string(), recordId: z.string(), personId: z.string() });
export const personsQuery = z.object({ doseId: id });

const side = { person, records: z.array(recordOfPerson) };
/** How the record in question compares with the record of a candidate that fits best: fields, levels and bits, no values. */
const comparison = z.object({
  recordId: z.string(),
  answer: z.enum(['match', 'possible', 'none']),
  score: z.number(),
  lines: z.array(z.object({ field: z.string(), level: z.string(), bits: z.number() })),
  words: z.array(z.string()),
});
export const openedReview = review
  .extend({
    own: z.object(side),
    candidatesNow: z.array(
      z.object({ ...side, personId: z.string(), settled: z.enum(['same', 'different']).optional(), comparison: comparison.optional() }),
    ),
    history: steps,
  })
  .meta({ id: 'OpenedReview' });

export const reviewDecision = z.object({
  decision: z.enum(reviewDecisions),
  /** The candidate that is meant. Needed with `same` when there are several; with `different` absent means all of them. */
  personId: id.optional(),
  /** With `same`: all records of the record's person (a merge), or that record alone. */
  moves: z.enum(['person', 'record']).default('person'),
  reason,
});
export const mergeRequest = z.object({ personId: id, reason });
export const withReason = z.object({ reason });
export const optOutRequest = z.object({ on: day, reason });
export const personAnswer = person;

const readEntry = z.object({
  at: instant,
  actor: z.string(),
  what: z.enum(['person', 'review', 'dose', 'message', 'recall']),
  of: z.string().optional(),
});
export const readsPage = pageOf(readEntry.meta({ id: 'ReadEntry' }));

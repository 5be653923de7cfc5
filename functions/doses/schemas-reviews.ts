import { z } from 'zod';
import { day, instant, pageOf, reason, version } from '../../shared/contracts/common.ts';
import { doseDecision, doseJudgement, validityFacts } from '../../shared/published/dose.ts';
import { lotMatches } from './domain/recall.ts';
import { dose, reportDay } from './schemas.ts';

/** A report as the registry's staff sees it: whose message it was, and how it stands to the others. */
export const comparedDose = dose.extend({
  organizationId: z.string(),
  responsible: z.string().optional(),
  facility: z.string().optional(),
  filler: z.object({ id: z.string(), authority: z.string() }).optional(),
  witnessOf: z.string().optional(),
  judged: doseJudgement.optional(),
  decisions: z.array(doseDecision).optional(),
}).meta({ id: 'ComparedDose' });

export const doseReview = z
  .object({ dose: comparedDose, other: comparedDose.optional(), witnesses: z.array(comparedDose) })
  .meta({ id: 'DoseReview' });
export const doseReviewPage = pageOf(
  z.object({ doseId: z.string(), judgement: doseJudgement, explanation: z.string(), givenOn: day, cvx: z.string(), openedAt: instant }),
);
export const doseDecisionForm = z.object({
  /** The other report. */
  with: z.string().max(80),
  outcome: z.enum(['same', 'different']),
  reason,
});

const lot = z.string().trim().min(1).max(40).regex(/[A-Za-z0-9]/, 'must have letters or digits');
export const recallForm = z.object({
  lot,
  mvx: z.string().regex(/^[A-Z0-9]{2,5}$/, 'must be an MVX code'),
  from: day.describe('the first day on which no dose of the lot should have been given; doses given before are in the trace, marked so'),
  reason,
});
export const recallChange = z.object({ state: z.enum(['standing', 'lifted']), reason });
export const recall = z
  .object({
    recallId: z.string(),
    version,
    lot: z.string(),
    mvx: z.string(),
    state: z.enum(['standing', 'lifted']),
    from: day,
    reason: z.string(),
    recordedAt: instant,
    recordedBy: z.string(),
  })
  .meta({ id: 'LotRecall' });
export const recordedRecall = recall
  .extend({
    remark: z.string().optional().describe('what to compare with the notice: no dose of the lot was given here, or they are of another maker'),
  })
  .meta({ id: 'RecordedRecall' });
export const recallPage = pageOf(recall);
/** A dose of a recalled lot: whose it is, where and when it was given. */
export const tracedDosePage = pageOf(
  dose
    .pick({ doseId: true, givenOn: true, cvx: true, ndc: true, lot: true, siteId: true, sourceClass: true, counted: true, validity: true })
    .extend({
      personId: z.string(),
      lotMatch: z
        .enum(lotMatches)
        .describe(
          'looks-alike: the lot told is easily read or typed for the recalled one (an O for a zero, a word behind it); ask before you tell the patient',
        ),
      beforeFrom: z.boolean().describe('true: given before the day from which the recall holds'),
    })
    .meta({ id: 'TracedDose' }),
);
/** A recall of a lot that the site has or had. */
export const siteRecalls = z.object({
  items: z.array(
    recall
      .pick({ recallId: true, lot: true, mvx: true, state: true, from: true, reason: true })
      .extend({ ndc: z.string(), funding: z.string(), onHand: z.int(), quarantined: z.int(), administered: z.int() }),
  ),
});

export const siteValidity = z.object({
  day,
  /** Doses given that were first reported on the day; further reports of one dose are not among them. */
  doses: z.int(),
  counts: z.partialRecord(z.enum(validityFacts), z.int()),
  items: z.array(dose),
  /** False when the day holds more doses than one answer looks at. */
  complete: z.boolean(),
});
export const validityQuery = z.object({ day: reportDay });

import { z } from 'zod';
import { day, instant, pageOf, pageQuery, reason, version } from '../../shared/contracts/common.ts';
import { toldDose, toldPatient } from './domain/told.ts';
import { decrement, doseStates, sourceClasses, validityFacts } from '../../shared/published/dose.ts';
import { patientFacts } from '../../shared/published/person.ts';

const maxDosesPerRequest = 100;
export const doseReport = z.object({ doses: z.array(toldDose.extend({ patient: toldPatient })).min(1).max(maxDosesPerRequest) });
export const doseCorrection = z.object({ dose: toldDose.omit({ id: true }), reason });
export const doseDeletion = z.object({ reason });
export const dateConfirmation = z.object({ reason });

const remark = z.object({
  path: z.string(),
  message: z.string(),
  /** E: something was lost. W: stored, should be mended. I: a remark. */
  severity: z.enum(['E', 'W', 'I']),
  /** Id of the rule (docs: HL7 rules); `FORM`: the row cannot be read. */
  rule: z.string(),
});

/** A dose as its site sees it. */
export const dose = z
  .object({
    doseId: z.string(),
    id: z.string().optional().meta({ description: 'The sender’s own id of the dose (ORC-3, dose_id); absent when none was told' }),
    version,
    state: z.enum(doseStates),
    completion: z.string(),
    sourceClass: z.enum(sourceClasses),
    source: z.string().optional(),
    reportable: z.boolean(),
    givenOn: day,
    cvx: z.string(),
    ndc: z.string().optional(),
    mvx: z.string().optional(),
    lot: z.string().optional(),
    expiry: z.string().optional(),
    amount: z.number().optional(),
    unit: z.string().optional(),
    route: z.string().optional(),
    bodySite: z.string().optional(),
    refusal: z.string().optional(),
    refusalText: z.string().optional(),
    funding: z.string().optional(),
    eligibility: z.string().optional(),
    siteId: z.string().optional(),
    facility: z.string().optional().meta({ description: 'The facility as it was sent, when it is none of the sender’s enrolled sites' }),
    receivedAt: instant,
    messageId: z.string(),
    decrement: decrement.extend({ explanation: z.string() }),
    /** False for a further report of a dose that is counted already, for what was not given or is deleted, and while its day cannot be (`validity`). */
    counted: z.boolean(),
    /** There is another report that tells, or may tell, the same dose. */
    likeness: z.object({ outcome: z.enum(['same', 'unsure']), counts: z.enum(['once', 'both']), rule: z.string() }).optional(),
    /** What is questionable about it; the record stands all the same. */
    validity: z.array(z.object({ fact: z.enum(validityFacts), explanation: z.string() })),
    /** The day on which its lot came to the site, when that is later than the day told. */
    lotReceivedOn: day.optional(),
    /** The site's word that the day is right all the same. */
    dateConfirmed: z.object({ at: instant, by: z.string(), reason: z.string() }).optional(),
    /** The organization's word that it was given at none of its sites. */
    givenElsewhere: z.object({ at: instant, by: z.string(), reason: z.string() }).optional(),
    /** The organization's word, by hand, at which of its sites it was given. */
    assigned: z.object({ on: day, by: z.string() }).optional(),
    changedAt: instant.optional(),
    reason: z.string().optional(),
  })
  .meta({ id: 'Dose' });
export const doseWithPatient = dose.extend({ patient: patientFacts.omit({ relatives: true }) }).meta({ id: 'DoseWithPatient' });
export const dosePage = pageOf(dose);

export const reportedDose = z.object({
  status: z.enum(['recorded', 'corrected', 'deleted', 'unchanged', 'rejected', 'try-again']),
  dose: dose.optional(),
  remarks: z.array(remark),
});
export const reportedDoses = z.object({ messageId: z.string(), items: z.array(reportedDose) });
export const changedDose = z.object({ dose, remarks: z.array(remark) });

export const worklistEntry = z.object({
  doseId: z.string(),
  id: z.string().optional().meta({ description: 'The sender’s own id of the dose' }),
  version: version.optional().describe('The version of the dose: what If-Match asks for'),
  why: z.string(), explanation: z.string(), givenOn: day, cvx: z.string(), ndc: z.string().optional(), lot: z.string().optional(),
  nearLot: z.string().optional().meta({ description: 'A lot that the site holds and that looks like the one told' }),
  lotIsOf: z.string().optional().meta({ description: 'The product as which the site holds the lot told' }),
  toldAt: instant.meta({ description: 'When the dose was told first; the list is in this order' }),
  openedAt: instant,
});
export const worklistPage = pageOf(worklistEntry);
/** `under-way`: the site asked before, and that is not done; nothing more was asked. */
export const settlingAsked = z.object({
  state: z.enum(['asked', 'under-way']),
  askedAt: instant.describe('when what is under way now was asked for'),
}).meta({ id: 'SettlingAsked' });
/** Of lists by the day of report. */
export const reportDay = day.describe('the day on which a dose was first reported, in the time zone of the jurisdiction; not the day it was given');
export const dayQuery = pageQuery.extend({ day: reportDay });

export const uploadAnswer = z
  .object({
    uploadId: z.string(),
    state: z.enum(['waiting', 'reading', 'done', 'refused']),
    /** Where the file is put, once: `PUT` with any content type, within 15 minutes. */
    address: z.string().optional(),
    messages: z.int(),
    answers: z.object({ AA: z.int(), AE: z.int(), AR: z.int() }),
    remarks: z.array(z.string()),
    /** Files of acknowledgements, in the order of the messages; each address is good for 15 minutes. */
    answerFiles: z.array(z.string()),
    createdAt: instant,
    finishedAt: instant.optional(),
  })
  .meta({ id: 'Upload' });

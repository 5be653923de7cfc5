import { z } from 'zod';
import { day } from '../../../shared/contracts/common.ts';

const text = (max: number) => z.string().trim().min(1).max(max);
const code = text(20);
/** Told of a person or a dose in so many words; longer texts belong in no code field. */
const word = text(100);

/** A patient as a site without an EHR tells it. The codes are those of HL7; the rules are the same (docs: HL7 rules). */
export const toldPatient = z.object({
  /** The site's own number for the patient first; `authority` is who gives such numbers, `type` HL70203. */
  ids: z.array(z.object({ id: word, authority: word.optional(), type: code.default('MR') })).min(1).max(10),
  name: z.object({ family: word, given: word, middle: word.optional(), suffix: word.optional() }),
  birthDate: day,
  sex: z.enum(['F', 'M', 'X', 'U']),
  mothersMaidenName: word.optional(),
  races: z.array(code).max(6).optional(),
  ethnicity: code.optional(),
  address: z.object({ street: word.optional(), other: word.optional(), city: word.optional(), state: code.optional(), zip: code.optional(), county: code.optional() }).optional(),
  phone: z.string().trim().regex(/^[0-9 ()+.-]{10,20}$/, 'must be a telephone number of ten digits').optional(),
  email: word.optional(),
  multipleBirth: z.boolean().optional(),
  birthOrder: z.int().min(1).max(20).optional(),
  /** The patient's wish that this record is shared with nobody. */
  protected: z.boolean().optional(),
});
export type ToldPatient = z.infer<typeof toldPatient>;

/** One vaccination event. */
export const toldDose = z.object({
  /** The site's own id of the event; without it the Idempotency-Key stands in. */
  id: text(100).optional(),
  givenOn: day,
  vaccine: z.object({ cvx: code.optional(), ndc: code.optional() }).refine(({ cvx, ndc }) => cvx !== undefined || ndc !== undefined, 'needs a CVX or an NDC'),
  /** HL70322: complete, partial, refused, not given. */
  completion: z.enum(['CP', 'PA', 'RE', 'NA']).default('CP'),
  /** NIP001: `00` given here now, others tell of an earlier dose. */
  source: code.default('00'),
  mvx: code.optional(),
  lot: text(40).optional(),
  expiry: z.string().regex(/^\d{4}-\d{2}(-\d{2})?$/, 'must be YYYY-MM-DD or YYYY-MM').optional(),
  amount: z.number().min(0).max(9999).optional(),
  unit: code.optional(),
  route: code.optional(),
  bodySite: code.optional(),
  refusal: code.optional(),
  refusalText: word.optional(),
  /** OBX 30963-3 and 64994-7. */
  funding: code.optional(),
  eligibility: code.optional(),
  administeredBy: z.object({ id: word.optional(), family: word.optional(), given: word.optional() }).optional(),
});
export type ToldDose = z.infer<typeof toldDose>;

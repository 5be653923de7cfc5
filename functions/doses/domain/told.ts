import { z } from 'zod';
import { day } from '../../../shared/contracts/common.ts';
import { LENGTHS } from './field-lengths.ts';

const text = (max: number) => z.string().trim().min(1).max(max);
const code = text(LENGTHS.code);
const name = text(LENGTHS.name);
const street = text(LENGTHS.street);

/** A patient as a site without an EHR tells it. The codes are those of HL7; the rules are the same (docs: HL7 rules). */
export const toldPatient = z.object({
  /** The site's own number for the patient first; `authority` is who gives such numbers, `type` HL70203. */
  ids: z
    .array(z.object({ id: text(LENGTHS.patientId), authority: text(LENGTHS.authority).optional(), type: code.default('MR') }))
    .min(1)
    .max(10),
  name: z.object({ family: name, given: name, middle: name.optional(), suffix: text(LENGTHS.suffix).optional() }),
  birthDate: day,
  sex: z.enum(['F', 'M', 'X', 'U']),
  mothersMaidenName: name.optional(),
  races: z.array(code).max(6).optional(),
  ethnicity: code.optional(),
  address: z
    .object({
      street: street.optional(),
      other: street.optional(),
      city: text(LENGTHS.city).optional(),
      state: text(LENGTHS.state).optional(),
      zip: text(LENGTHS.zip).optional(),
      county: text(LENGTHS.county).optional(),
    })
    .optional(),
  phone: z
    .string()
    .trim()
    .regex(/^[0-9 ()+.-]{10,20}$/, 'must be a telephone number of ten digits')
    .optional(),
  email: text(LENGTHS.email).optional(),
  multipleBirth: z.boolean().optional(),
  birthOrder: z.int().min(1).max(20).optional(),
  /** The patient's wish that this record is shared with nobody. */
  protected: z.boolean().optional(),
});
export type ToldPatient = z.infer<typeof toldPatient>;

/** One vaccination event. */
export const toldDose = z.object({
  /** The site's own id of the event; without it the Idempotency-Key stands in. */
  id: text(LENGTHS.doseId).optional(),
  givenOn: day,
  vaccine: z
    .object({ cvx: code.optional(), ndc: code.optional() })
    .refine(({ cvx, ndc }) => cvx !== undefined || ndc !== undefined, 'needs a CVX or an NDC'),
  /** HL70322: complete, partial, refused, not given. */
  completion: z.enum(['CP', 'PA', 'RE', 'NA']).default('CP'),
  /** NIP001: `00` given here now, others tell of an earlier dose. */
  source: code.default('00'),
  mvx: code.optional(),
  lot: text(LENGTHS.lot).optional(),
  expiry: z
    .string()
    .regex(/^\d{4}-\d{2}(-\d{2})?$/, 'must be YYYY-MM-DD or YYYY-MM')
    .optional(),
  amount: z.number().min(0).max(9999).optional(),
  unit: text(LENGTHS.unit).optional(),
  route: code.optional(),
  bodySite: code.optional(),
  refusal: code.optional(),
  refusalText: text(LENGTHS.refusalText).optional(),
  /** OBX 30963-3 and 64994-7. */
  funding: code.optional(),
  eligibility: code.optional(),
  administeredBy: z.object({ id: text(LENGTHS.staffId).optional(), family: name.optional(), given: name.optional() }).optional(),
});
export type ToldDose = z.infer<typeof toldDose>;

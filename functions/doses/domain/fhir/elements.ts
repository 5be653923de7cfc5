import { z } from 'zod';

/**
 * The parts of FHIR R4 that are read, as loosely as FHIR demands: what is not named here passes and is reported elsewhere. Only the form
 * is held against these; what a value means is judged by the rules of the immunization guide.
 */
const text = z.string().max(2000);
const many = <T extends z.ZodType>(item: T) => z.array(item).max(50);

const codingElement = z.looseObject({ system: text.optional(), code: text.optional(), display: text.optional() });
export type Coding = z.infer<typeof codingElement>;
const concept = z.looseObject({ coding: many(codingElement).optional(), text: text.optional() });
export type Concept = z.infer<typeof concept>;
const identifierElement = z.looseObject({ system: text.optional(), value: text.optional(), type: concept.optional() });
export type Identifier = z.infer<typeof identifierElement>;
const reference = z.looseObject({
  reference: text.optional(),
  type: text.optional(),
  identifier: identifierElement.optional(),
  display: text.optional(),
});
export type Reference = z.infer<typeof reference>;
const humanName = z.looseObject({
  use: text.optional(), family: text.optional(), given: many(text).optional(), suffix: many(text).optional(), text: text.optional(),
});
export type HumanName = z.infer<typeof humanName>;
const contactPoint = z.looseObject({ system: text.optional(), value: text.optional(), use: text.optional() });
export type ContactPoint = z.infer<typeof contactPoint>;
const addressElement = z.looseObject({
  use: text.optional(), type: text.optional(), line: many(text).optional(), city: text.optional(), district: text.optional(),
  state: text.optional(), postalCode: text.optional(), country: text.optional(),
});
const inner = z.looseObject({ url: text.optional(), valueCoding: codingElement.optional(), valueString: text.optional() });
const extension = inner.extend({ extension: many(inner).optional() });
export type Extension = z.infer<typeof extension>;

const contained = z.looseObject({
  resourceType: text.optional(),
  id: text.optional(),
  identifier: z.union([many(identifierElement), identifierElement]).optional(),
  name: z.unknown().optional(),
});
export type Contained = z.infer<typeof contained>;

const resource = {
  id: text.optional(),
  meta: z.looseObject({ security: many(codingElement).optional() }).optional(),
  contained: many(contained).optional(),
};

export const patientResource = z.looseObject({
  ...resource,
  resourceType: z.literal('Patient'),
  extension: many(extension).optional(),
  identifier: many(identifierElement).optional(),
  active: z.boolean().optional(),
  name: many(humanName).optional(),
  telecom: many(contactPoint).optional(),
  gender: text.optional(),
  birthDate: text.optional(),
  deceasedBoolean: z.boolean().optional(),
  deceasedDateTime: text.optional(),
  address: many(addressElement).optional(),
  multipleBirthBoolean: z.boolean().optional(),
  multipleBirthInteger: z.int().optional(),
  contact: many(
    z.looseObject({ relationship: many(concept).optional(), name: humanName.optional(), telecom: many(contactPoint).optional() }),
  ).optional(),
  link: many(z.looseObject({})).optional(),
});
export type PatientResource = z.infer<typeof patientResource>;

export const immunizationResource = z.looseObject({
  ...resource,
  resourceType: z.literal('Immunization'),
  identifier: many(identifierElement).optional(),
  status: text.optional(),
  statusReason: concept.optional(),
  vaccineCode: concept.optional(),
  patient: reference.optional(),
  occurrenceDateTime: text.optional(),
  occurrenceString: text.optional(),
  primarySource: z.boolean().optional(),
  reportOrigin: concept.optional(),
  location: reference.optional(),
  manufacturer: reference.optional(),
  lotNumber: text.optional(),
  expirationDate: text.optional(),
  site: concept.optional(),
  route: concept.optional(),
  doseQuantity: z.looseObject({ value: z.number().optional(), unit: text.optional(), code: text.optional() }).optional(),
  performer: many(z.looseObject({ function: concept.optional(), actor: reference.optional() })).optional(),
  isSubpotent: z.boolean().optional(),
  subpotentReason: many(concept).optional(),
  programEligibility: many(concept).optional(),
  fundingSource: concept.optional(),
  protocolApplied: many(z.looseObject({ doseNumberPositiveInt: z.int().optional(), seriesDosesPositiveInt: z.int().optional() })).optional(),
});
export type ImmunizationResource = z.infer<typeof immunizationResource>;

/** What one transaction may hold: far above a day of a small clinic, and read well before the gateway gives up. */
export const maxEntries = 200;

export const bundleResource = z.looseObject({
  resourceType: z.literal('Bundle'),
  identifier: identifierElement.optional(),
  type: text,
  entry: z.array(z.looseObject({
    fullUrl: text.optional(),
    resource: z.looseObject({ resourceType: text.optional() }).optional(),
    request: z.looseObject({ method: text.optional(), url: text.optional(), ifNoneExist: text.optional() }).optional(),
  })).max(maxEntries).optional(),
});
export type BundleResource = z.infer<typeof bundleResource>;

import { z } from 'zod';
import { day, email, historyEntry, instant, name, pageOf, phone, reason, version } from '../../shared/contracts/common.ts';
import { entityFields, storedOnly } from '../../shared/contracts/stored.ts';
import { address, enrollmentStates, programmes, siteItem, storageUnit, supplyAccounts } from '../../shared/published/site.ts';
import { interfaceMoves, reviewMoves } from './domain/machines.ts';

const officer = z.object({ name, title: name.optional(), phone, email, signedOn: day });
const contact = z.object({ name, phone, email });

/** Section A of the CDC COVID-19 Vaccination Program Provider Agreement: one per organization. */
export const sectionA = z.object({
  legalName: name,
  phone,
  email,
  locations: z.int().min(1).max(10_000),
  chiefMedicalOfficer: officer,
  chiefExecutiveOfficer: officer,
  /** The dated version of the agreement that was signed, so that an older one stays readable. */
  agreementVersion: day,
});

/** Section B: one per vaccination location. */
export const sectionB = z.object({
  name,
  providerType: z.int().min(1).max(28),
  programmes: z.array(z.enum(programmes)).min(1),
  reportingOnly: z.boolean().default(false),
  supplyAccount: z.enum(supplyAccounts).default('jurisdiction'),
  address,
  coordinator: contact,
  backupCoordinator: contact,
  receivingHours: z.string().trim().min(1).max(500),
  storageUnits: z.array(storageUnit).max(20),
  prescribers: z.array(z.object({ name, title: name, licence: z.string().trim().min(1).max(50) })).min(1).max(200),
  population: z.int().min(0).max(10_000_000).optional(),
  aliases: z.array(name).max(20).default([]),
  /** True when the record was made from a shipment file or a generator, not signed by a person. */
  generated: z.boolean().optional(),
});

export const review = z.object({
  move: z.enum(reviewMoves),
  reason,
  pin: z
    .string()
    .regex(/^\d{6}$/, 'must be the six digits of the VTrckS PIN')
    .optional(),
});
export const interfaceRequest = z.object({
  name,
  /** The machine client that sends, and the sites it sends for. */
  clientId: z.string().regex(/^[A-Za-z0-9_-]{3,128}$/),
  siteIds: z.array(z.string().min(1).max(64)).min(1).max(500),
  mode: z.enum(['unidirectional', 'bidirectional', 'query-only']),
  vendor: name.optional(),
});
export const interfaceReview = z.object({ move: z.enum(interfaceMoves), reason });

export const organizationItem = sectionA.extend({
  ...entityFields,
  sk: z.literal('ORGANIZATION'),
  type: z.literal('organization'),
  organizationId: z.string(),
  state: z.enum(enrollmentStates),
  createdAt: instant,
  createdBy: z.string(),
  requestDigest: z.string(),
  gsi1pk: z.string(),
  gsi1sk: z.string(),
});
export type OrganizationItem = z.infer<typeof organizationItem>;

/** A site as enrollment holds it: the published part and the rest of Section B. */
export const ownSiteItem = siteItem.extend({
  coordinator: contact,
  backupCoordinator: contact,
  receivingHours: z.string(),
  prescribers: sectionB.shape.prescribers,
  gsi1pk: z.string(),
  gsi1sk: z.string(),
});
export type OwnSiteItem = z.infer<typeof ownSiteItem>;

export const interfaceStates = ['registered', 'testing', 'validation', 'production', 'suspended'] as const;

export const interfaceItem = interfaceRequest.extend({
  ...entityFields,
  sk: z.literal('INTERFACE'),
  type: z.literal('interface'),
  interfaceId: z.string(),
  organizationId: z.string(),
  state: z.enum(interfaceStates),
  createdAt: instant,
  createdBy: z.string(),
  requestDigest: z.string(),
  gsi1pk: z.string().optional(),
  gsi1sk: z.string().optional(),
});
export type InterfaceItem = z.infer<typeof interfaceItem>;

const answered = { nextMoves: z.array(z.string()) };
export const organization = organizationItem.omit({ ...storedOnly, gsi1pk: true, gsi1sk: true }).extend(answered).meta({ id: 'Organization' });
export const site = ownSiteItem.omit({ ...storedOnly, gsi1pk: true, gsi1sk: true }).extend(answered).meta({ id: 'Site' });
export const ehrInterface = interfaceItem
  .omit({ ...storedOnly, gsi1pk: true, gsi1sk: true })
  .extend({
    ...answered,
    clientAlsoClaimedBy: z
      .array(z.string())
      .optional()
      .describe('for the department, when one interface is read: others that were registered with the same client'),
  })
  .meta({ id: 'Interface' });
export const sitePage = pageOf(site);
export const interfacePage = pageOf(ehrInterface);
export const organizationPage = pageOf(organization);
export const historyPage = pageOf(historyEntry);
export const queueQuery = z.object({ state: z.enum(enrollmentStates) });
export const interfaceQueueQuery = z.object({ state: z.enum(interfaceStates) });
/** A subject of the identity provider; it becomes a key, so it is no free text. */
export const membership = z.object({ subject: z.string().regex(/^[A-Za-z0-9_.:|@-]{3,128}$/, 'must be the subject of an access token') });
export const membershipEnd = z.object({ reason });
/** Beside the organization: who belongs to it, since when, and until when. */
export const memberLink = z.object({
  subject: z.string(),
  grantedAt: instant,
  grantedBy: z.string(),
  endedAt: instant.optional(),
  endedBy: z.string().optional(),
  reason: reason.optional(),
});
export type MemberLink = z.infer<typeof memberLink>;
export const memberPage = pageOf(memberLink);
export const ownMembership = z
  .object({ subject: z.string(), organizationIds: z.array(z.string()), siteIds: z.array(z.string()), interfaceId: z.string().optional() })
  .meta({ id: 'Membership' });
export const membershipAnswer = z.object({ subject: z.string(), organizationIds: z.array(z.string()), siteIds: z.array(z.string()), version });

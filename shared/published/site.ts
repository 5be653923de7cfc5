import { z } from 'zod';
import { day, instant, name, version, zip } from '../contracts/common.ts';

/** The states of an organization and of a site (design: domain, States). */
export const enrollmentStates = ['draft', 'submitted', 'in-review', 'returned', 'approved', 'active', 'suspended', 'closed', 'rejected'] as const;
export type EnrollmentState = (typeof enrollmentStates)[number];

export const programmes = ['covid-19', 'cvp'] as const;
export type Programme = (typeof programmes)[number];

/** Whose supply a site receives: the jurisdiction's, or a federal account that is visible and balanced apart. */
export const supplyAccounts = ['jurisdiction', 'federal', 'none'] as const;

export const address = z.object({
  street: z.string().trim().max(255).optional(),
  street2: z.string().trim().max(255).optional(),
  city: name,
  /** County FIPS, five digits, where it is known. */
  county: z.string().regex(/^\d{5}$/).optional(),
  state: z.string().regex(/^[A-Z]{2}$/),
  zip,
});

/** Storage the site has, by temperature band; doses that a pack of a product needs are checked against it. */
export const storageUnit = z.object({
  unitId: z.string().regex(/^[A-Za-z0-9-]{1,20}$/),
  kind: z.enum(['refrigerator', 'freezer', 'ultra-cold']),
  brandModel: z.string().trim().max(255).optional(),
  capacityDoses: z.int().min(0).max(10_000_000),
});

/** What the rest of Doseline may know of a site. `pk` and `sk` are the same in the enrollment table. */
export const siteItem = z.object({
  pk: z.string(),
  sk: z.literal('SITE'),
  type: z.literal('site'),
  schema: z.literal(1),
  version,
  siteId: z.string(),
  organizationId: z.string(),
  organizationName: name,
  name,
  state: z.enum(enrollmentStates),
  /** VTrckS PIN: six digits; the awardee's prefix is the jurisdiction's. A reporting-only site has none. */
  pin: z.string().regex(/^\d{6}$/).optional(),
  /** CDC provider type 1-28. */
  providerType: z.int().min(1).max(28),
  programmes: z.array(z.enum(programmes)),
  supplyAccount: z.enum(supplyAccounts),
  reportingOnly: z.boolean(),
  address,
  storageUnits: z.array(storageUnit).max(20),
  /** People this site serves, by tier; the weight of allocation is what DPH holds, never what a site asks for. */
  population: z.int().min(0).optional(),
  /** Names under which EHRs and shipment files know the site (RXA-11.4, PROVIDER_NAME), upper case, single spaces. */
  aliases: z.array(z.string()).max(20),
  openedOn: day.optional(),
  createdAt: instant,
  createdBy: z.string(),
  requestDigest: z.string(),
  generated: z.boolean().optional(),
});
export type SiteItem = z.infer<typeof siteItem>;

export const siteKey = (siteId: string): { pk: string; sk: 'SITE' } => ({ pk: `SITE#${siteId}`, sk: 'SITE' });

/** Partition of gsi1 under which every active site lies, by its id. */
export const activeSitesPartition = 'SITE#active';
/** What a list of active sites needs of each. */
export const activeSite = siteItem.pick({ siteId: true, name: true, organizationName: true, address: true, createdAt: true });
export type ActiveSite = z.infer<typeof activeSite>;

/** How a name is written in an alias key: upper case, single spaces, no punctuation at its ends. */
export const aliasOf = (text: string): string => text.toUpperCase().replace(/[^A-Z0-9&' -]+/g, ' ').replace(/\s+/g, ' ').trim();

/** Looks a site up by a name that an EHR or a shipment file uses. One item an alias; `gsi`-free, so a lookup is one Get. */
export const siteAliasItem = z.object({
  pk: z.string(),
  sk: z.literal('ALIAS'),
  type: z.literal('site-alias'),
  schema: z.literal(1),
  siteId: z.string(),
});
/** `kind` is `name`, `pin` or `id` (an identifier another system assigns). */
export const siteAliasKey = (kind: 'name' | 'pin' | 'id', text: string): { pk: string; sk: 'ALIAS' } => ({
  pk: `ALIAS#${kind}#${aliasOf(text)}`,
  sk: 'ALIAS',
});

import { z } from 'zod';
import { weekDays } from './domain/figures/receiving.ts';
import { day, name } from '../../shared/contracts/common.ts';

const tier = z.string().regex(/^[a-z0-9][a-z0-9-]{0,40}$/, 'must be lower-case words joined by hyphens');
const doses = z.int().min(0).max(100_000_000).optional();

/** Further figures that the department holds of a site. What is absent is worked out from records, or not known. */
export const standingFigures = {
  /** Doses a week that the site declared it can give: counts while it has no history, capped. */
  declaredDoses: doses,
  /** The smallest clinic worth holding. */
  smallestClinicDoses: doses,
  /** Of 1,000 residents the site serves, those in priority zips; absent: from the homes of those it vaccinated. */
  priorityResidentsPermille: z.int().min(0).max(1_000).optional(),
  /** The site that takes packs for it and shares them by the vial, where the policy names no hubs itself. */
  hub: name.optional(),
  /** Days on which it takes deliveries; an empty list: on none. Absent: on any. */
  receivingDays: z.array(z.enum(weekDays)).max(7).optional(),
  /** Days on which it is closed, both ends included: no delivery comes and no dose is given. */
  closures: z
    .array(
      z
        .object({ from: day, to: day, reason: z.string().trim().max(200).optional() })
        .refine(({ from, to }) => from <= to, 'must end on the day it begins or later'),
    )
    .max(60)
    .optional(),
  /** People served, by exactly the tiers they are in: cells do not overlap, and give the weights `tier-<tier>`, everybody once. */
  tiers: z
    .array(z.object({ tiers: z.array(tier).min(1).max(20), people: z.int().min(0).max(10_000_000) }))
    .max(200)
    .optional(),
};

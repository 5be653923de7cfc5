import { z } from 'zod';
import { LAG_RULES } from '../lag.ts';
import { THROUGHPUT_RULES } from '../throughput.ts';

const weeks = (fallback: number) => z.int().min(1).max(26).default(fallback);
const permille = (fallback: number) => z.int().min(1).max(1_000).default(fallback);

/** How the figures about sites are worked out: set by the department for all sites alike, versioned, published. */
export const figureRulesSchema = z.strictObject({
  /** Reports later than so many weeks are not expected. */
  delayWeeks: weeks(LAG_RULES.delayWeeks),
  /** How many past weeks delays are learned from. */
  historyWeeks: z.int().min(8).max(52).default(LAG_RULES.historyWeeks),
  /** Throughput is the mean of the latest so many weeks with a figure. */
  throughputWeeks: weeks(THROUGHPUT_RULES.weeks),
  /** A week is judged when at least so many of 1,000 doses given are thought to be reported. */
  completePermille: permille(THROUGHPUT_RULES.completePermille),
  /** The most a site without history is taken to give a week, whatever it declared. */
  declaredCapDoses: z.int().min(0).max(1_000_000).default(THROUGHPUT_RULES.declaredCapDoses),
  /** A silent site may attest so many weeks; records must follow within so many, for this part of what was attested. */
  attestWeeks: weeks(THROUGHPUT_RULES.attestWeeks),
  followWeeks: weeks(THROUGHPUT_RULES.followWeeks),
  followPermille: permille((1_000 * THROUGHPUT_RULES.followShare.num) / THROUGHPUT_RULES.followShare.den),
  /** A next dose so many weeks overdue is no longer waited for (latest recommended: day 42). */
  overdueWeeks: weeks(3),
  /** Where a site asked for no second doses, those that fall due stand in for its request. */
  dueStandsForRequest: z.boolean().default(true),
  /** Federal doses delivered to the site itself: only shown, or counted with what it has on hand. */
  federalDoses: z.enum(['show', 'count-on-hand']).default('show'),
  /** In which tier a person is counted who is in several: the first of these. Tiers not named come after, by name. */
  tierOrder: z.array(z.string().regex(/^[a-z0-9][a-z0-9-]{0,40}$/)).max(40).default(['1a', '1b', '1c', '2']),
});
export type FigureRules = z.infer<typeof figureRulesSchema>;
export const defaultFigureRules: FigureRules = figureRulesSchema.parse({});

export const lagRulesOf = ({ delayWeeks, historyWeeks }: FigureRules): { delayWeeks: number; historyWeeks: number } => ({ delayWeeks, historyWeeks });

/** The rules as `throughputOf` takes them. Records are waited for as long as reports may take, whatever is written. */
export const throughputRulesOf = (rules: FigureRules) => ({
  weeks: rules.throughputWeeks, completePermille: rules.completePermille, declaredCapDoses: rules.declaredCapDoses, attestWeeks: rules.attestWeeks,
  followWeeks: Math.max(rules.followWeeks, rules.delayWeeks), followShare: { num: rules.followPermille, den: 1_000 },
});

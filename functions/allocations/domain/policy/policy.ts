import { z } from 'zod';
import { parseShare } from '../quantity.ts';
import { ruleFaults } from './policy-rules.ts';

const notAShare = 'must be a share such as 1/4 or 25%';
/** A share written `1/4`, `25%` or `12.5%`. Kept as text in the document; read with `parseShare`. */
export const shareText = z.string({ error: notAShare }).refine((text) => parseShare(text) !== undefined, notAShare);
const id = z.string().regex(/^[a-z0-9][a-z0-9-]{0,63}$/, 'must be lower-case words joined by hyphens');
const day = z.iso.date();
/** Weights are sums of a few named weights times small factors, so that the sum over all sites stays exact. */
const MAX_FACTOR = 100;

/** A bound of a group: a share of the pool's supply, or doses. */
export const boundSchema = z.union([z.strictObject({ share: shareText }), z.strictObject({ doses: z.int().min(0) })]);
export type Bound = z.infer<typeof boundSchema>;

/** One group of the tree. Sites belong to leaves. `strict` refuses the run when the sites cannot use the minimum. */
export interface PolicyNode {
  readonly id: string;
  readonly title?: string | undefined;
  readonly min?: Bound | undefined;
  readonly max?: Bound | undefined;
  readonly strict?: boolean | undefined;
  readonly children?: readonly PolicyNode[] | undefined;
}
export const nodeSchema: z.ZodType<PolicyNode> = z.lazy(() =>
  z.strictObject({
    id,
    title: z.string().optional(),
    min: boundSchema.optional(),
    max: boundSchema.optional(),
    strict: z.boolean().optional(),
    children: z.array(nodeSchema).min(1).optional(),
  }),
);

/** What a share is proportional to: a named weight of the site, or several with whole factors. Never a request. */
export const weightSchema = z.union([id, z.record(id, z.int().min(1).max(MAX_FACTOR))]);
export type Weight = z.infer<typeof weightSchema>;

/** Who a stage is for: a node of the tree, or sites that carry a tag (which may cross the tree). */
export const groupSchema = z.union([z.strictObject({ node: id }), z.strictObject({ tag: id })]);
export type Group = z.infer<typeof groupSchema>;

const stage = { id, title: z.string().optional(), doseNumbers: z.array(z.int().min(1).max(9)).min(1).optional() };

/** Stages run in the order written. `counting`: whether what earlier stages gave counts toward this stage's even level. */
export const stageSchema = z.discriminatedUnion('kind', [
  z.strictObject({ ...stage, kind: z.literal('floors'), weight: weightSchema }),
  z.strictObject({ ...stage, kind: z.literal('second-doses'), withinWeeks: z.int().min(1).max(12) }),
  z.strictObject({
    ...stage,
    kind: z.literal('tier'),
    weight: weightSchema,
    from: day.optional(),
    to: day.optional(),
    group: groupSchema.optional(),
    share: shareText.optional(),
    limit: id.optional(),
    counting: z.enum(['total', 'on-top']).default('on-top'),
  }),
  z.strictObject({
    ...stage,
    kind: z.literal('reserve'),
    reserve: z.enum(['over-and-above', 'minimum-guarantee']),
    share: shareText,
    group: groupSchema,
    weight: weightSchema,
    unused: z.enum(['flows-back', 'held']).default('flows-back'),
  }),
  z.strictObject({
    ...stage,
    kind: z.literal('open'),
    weight: weightSchema,
    group: groupSchema.optional(),
    counting: z.enum(['total', 'on-top']).default('total'),
  }),
]);
export type Stage = z.infer<typeof stageSchema>;

/** Ceilings the policy applies. A request is always a ceiling and need not be listed. */
export const capSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('throughput'), weeks: z.int().min(1).max(12) }),
  z.strictObject({ kind: z.literal('storage') }),
  z.strictObject({ kind: z.literal('beyond-use') }),
  z.strictObject({ kind: z.literal('days-of-stock'), days: z.int().min(1).max(120) }),
  z.strictObject({ kind: z.literal('share-of-supply'), share: shareText }),
  z.strictObject({
    kind: z.literal('use-it-or-lose-it'),
    /** The share of what it had that a site must give in a week. */
    threshold: shareText,
    /** How many weeks in a row it must fall below before the ceiling comes down. */
    weeks: z.int().min(2).max(12),
    /** Never fewer packs than this, so that a site can show that it gives doses again. */
    leastPacks: z.int().min(1).max(100).default(1),
  }),
]);
export type Cap = z.infer<typeof capSchema>;

/** What a site takes at the least when it takes anything: its own smallest viable clinic, or so many doses. All or nothing. */
export const minimumSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('smallest-clinic') }),
  z.strictObject({ kind: z.literal('all-or-nothing'), doses: z.int().min(1).max(1_000_000) }),
]);
export type Minimum = z.infer<typeof minimumSchema>;

const siteId = z.string().min(1).max(120);
/** A site that takes packs for others which expect under one pack, and shares them out by the vial. All in one group. */
export const hubSchema = z.strictObject({ hub: siteId, members: z.array(siteId).min(1).max(500) });
export type Hub = z.infer<typeof hubSchema>;

/**
 * What becomes of a product's packs between first and second doses (`set-aside.ts`). Absent: each is shared out for the dose it is labelled
 * with. `hold-back-all` sets aside every second dose known to be due, `setAsideWeeks` those due within so many weeks; `release` gives
 * second doses beyond those due to first doses.
 */
export const secondDosesSchema = z.union([z.enum(['hold-back-all', 'release']), z.strictObject({ setAsideWeeks: z.int().min(1).max(12) })], {
  error: 'must be hold-back-all, release, or { setAsideWeeks: 1 to 12 }',
});

/** A rule that breaks one of the engine's guarantees has to be declared, with the reason that will be published. */
export const declarationSchema = z.strictObject({
  rule: z.enum(['mixed-packs', 'shared-throughput', 'crossing-group', 'all-or-nothing']),
  reason: z.string().min(10),
});

/** The policy document: how scarce doses are shared. Data, versioned, validated; no code reads anything else. */
export const policySchema = z
  .strictObject({
    schema: z.literal(1),
    id,
    version: z.int().min(1),
    title: z.string().min(1),
    source: z.string().optional(),
    tree: nodeSchema,
    stages: z.array(stageSchema).min(1).max(40),
    caps: z.array(capSchema).default([]),
    hubs: z.array(hubSchema).max(2_000).optional(),
    minimums: z.array(minimumSchema).max(2).optional(),
    secondDoses: secondDosesSchema.optional(),
    declares: z.array(declarationSchema).default([]),
  })
  .superRefine(
    (policy, context) => {
      for (const { path, message } of ruleFaults(
        policy,
        context.issues.map(({ path: at = [] }) => ({ path: at })),
      ))
        context.addIssue({ code: 'custom', path: [...path], message });
    },
    { when: () => true }, // faults of its shape and of its rules are told together
  );
export type Policy = z.infer<typeof policySchema>;
/** The document as written, before defaults are filled in. */
export type PolicyDocument = z.input<typeof policySchema>;

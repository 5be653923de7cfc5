import { policySchema } from '../../functions/allocations/domain/policy/policy.ts';
import { runInputsSchema } from '../../functions/allocations/domain/inputs.ts';
import { allocate } from '../../functions/allocations/domain/allocate.ts';
import type { Allocated } from '../../functions/allocations/domain/allocation.ts';
import type { DebtRow, RunInputs, RunInputsDocument } from '../../functions/allocations/domain/inputs.ts';
import type { Policy, PolicyDocument } from '../../functions/allocations/domain/policy/policy.ts';

export const PRODUCT = '59267-1000-02';
export const WEEK = '2021-02-07';

/** A site of a small instance, in the few words a test needs. */
export interface SmallSite {
  readonly id: string;
  readonly group?: string;
  readonly tags?: string[];
  readonly weight?: number;
  readonly weights?: Record<string, number>;
  readonly requestDoses?: number;
  readonly due?: { day: string; doses: number }[];
  readonly fixedPacks?: number;
  readonly more?: Partial<RunInputsDocument['sites'][number]>;
  readonly line?: Partial<RunInputsDocument['sites'][number]['lines'][number]>;
}

export interface SmallRun {
  readonly packs: number;
  readonly packDoses?: number;
  readonly doseNumber?: number;
  readonly week?: string;
  readonly sites: readonly SmallSite[];
  readonly debts?: Readonly<Record<string, number>>;
}

/** Inputs of one pool. */
export const smallInputs = (run: SmallRun): RunInputs => {
  const pool = { product: PRODUCT, doseNumber: run.doseNumber ?? 1, packDoses: run.packDoses ?? 100 };
  return runInputsSchema.parse({
    schema: 1,
    week: run.week ?? WEEK,
    supply: [{ ...pool, packs: run.packs }],
    sites: run.sites.map((site) => ({
      siteId: site.id,
      group: site.group ?? 'state',
      tags: site.tags ?? [],
      weights: site.weights ?? { population: site.weight ?? 1 },
      lines: [
        {
          product: PRODUCT,
          doseNumber: pool.doseNumber,
          requestDoses: site.requestDoses ?? run.packs * pool.packDoses,
          due: site.due ?? [],
          fixed: site.fixedPacks === undefined ? [] : [{ packDoses: pool.packDoses, packs: site.fixedPacks }],
          ...site.line,
        },
      ],
      ...site.more,
    })),
    debts: Object.entries(run.debts ?? {}).map(([siteId, micro]): DebtRow => ({ siteId, ...pool, micro })),
  });
};

export const smallPolicy = (document: Partial<PolicyDocument>): Policy =>
  policySchema.parse({
    schema: 1,
    id: 'small',
    version: 1,
    title: 'A small policy',
    tree: { id: 'state' },
    stages: [{ id: 'open', kind: 'open', weight: 'population' }],
    ...document,
  });

/** A run that must come out allocated. */
export const allocated = (inputs: RunInputs, policy: Policy): Allocated => {
  const run = allocate(inputs, policy);
  if (run.kind !== 'allocated') throw new Error(`infeasible: ${run.rules.join('; ')}`);
  return run;
};

/** Packs by site. */
export const packsOf = (run: Allocated): Record<string, number> =>
  Object.fromEntries(run.awards.map((award) => [award.siteId, award.packs]));

import type { Policy, Stage } from './policy.ts';

type Path = readonly PropertyKey[];

/** What of a policy document can be read though its shape has faults elsewhere. */
export interface SoundParts {
  /** With the sound stages alone; of other parts only those that `isSound` are to be read. */
  readonly policy: Policy;
  /** Where each of those stages stands in the document. */
  readonly stagesAt: readonly number[];
  readonly isSound: (part: string) => boolean;
}

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value);

/**
 * The parts of a document that no fault of its shape lies in. `stages` is sound as a whole, for rules of their order, where each of them
 * is; `each stage` wherever they are a list: a rule of one stage then reads those that are sound.
 */
export const soundParts = (written: unknown, faults: readonly { readonly path: Path }[]): SoundParts => {
  const document = isRecord(written) ? written : undefined;
  const stages: readonly unknown[] = Array.isArray(document?.['stages']) ? document['stages'] : [];
  const faulty = new Set(faults.flatMap(({ path: [part, at] }) => (part === 'stages' && typeof at === 'number' ? [at] : [])));
  const stagesAt = [...stages.keys()].filter((at) => !faulty.has(at));
  const parts = new Set(faults.map(({ path: [part] }) => part));
  return {
    policy: { ...document, stages: stagesAt.map((at) => stages[at] as Stage) } as Policy,
    stagesAt,
    isSound: (part) => document !== undefined && (part === 'each stage' ? Array.isArray(document['stages']) : !parts.has(part)),
  };
};

import { existsSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { z } from 'zod';
import { allocate } from '../../functions/allocations/domain/allocate.ts';
import type { Allocation } from '../../functions/allocations/domain/allocation.ts';
import { wholeDocument } from '../../functions/allocations/domain/policy/document-faults.ts';
import { strangeHubs } from '../../functions/allocations/domain/hubs/faults.ts';
import { findFaults, runInputsSchema } from '../../functions/allocations/domain/inputs.ts';
import type { RunInputs } from '../../functions/allocations/domain/inputs.ts';
import { SHIPPED_POLICIES } from '../../functions/allocations/domain/policy/connecticut.ts';
import { policySchema } from '../../functions/allocations/domain/policy/policy.ts';
import type { Policy } from '../../functions/allocations/domain/policy/policy.ts';
import { UsageError } from '../usage-error.ts';
import { faultsIn, readValid } from './read-document.ts';

/** A week to try out: all that a run reads, with a title and the policy it is meant for (an id or a file). */
const scenarioSchema = runInputsSchema.extend({
  title: z.string().min(1),
  note: z.string().optional(),
  policy: z.string().min(1).optional(),
});

export interface Scenario {
  readonly title: string;
  readonly note: string | undefined;
  readonly policy: string | undefined;
  readonly inputs: RunInputs;
}

/** Reads a scenario (YAML or JSON); a policy it names as a file lies in its own folder. Throws UsageError with every fault and its path. */
export const readScenario = (file: string): Scenario => {
  const { title, note, policy, ...inputs } = readValid(file, 'scenario', scenarioSchema);
  const beside = policy === undefined ? undefined : resolve(dirname(file), policy);
  return { title, note, policy: beside !== undefined && existsSync(beside) ? beside : policy, inputs };
};

/** A policy that is shipped, by id, or one from a file. A name that is both is the file. */
export const readPolicy = (name: string): Policy => {
  const shipped = SHIPPED_POLICIES.get(name);
  if (name !== '' && existsSync(name)) return readValid(name, 'policy', policySchema);
  if (shipped === undefined)
    throw new UsageError(`There is no policy ${name}: give a file, or one of ${[...SHIPPED_POLICIES.keys()].join(', ')}.`);
  return shipped;
};

export interface Tried {
  readonly policy: Policy;
  readonly allocation: Allocation;
  /** What a reader is told of hubs of the policy that can bring nothing. */
  readonly notes?: readonly string[];
}

/** Where in a scenario a fault is mended, by how it begins; a fault of a stage lies in the policy. */
const placeOf = (fault: string, { sites }: RunInputs): string => {
  const at = sites.findIndex(({ siteId }) => fault.startsWith(`site ${siteId}: `) || fault.startsWith(`site ${siteId} `));
  if (at >= 0) return `sites[${at}]${fault.includes(': no leaf ') ? '.group' : ''}`;
  const [, part] = /^(supply|debt|override|stage) /.exec(fault) ?? [];
  return part === undefined ? wholeDocument : part === 'stage' ? 'stages (of the policy)' : part === 'supply' ? part : `${part}s`;
};

/** Runs a scenario under a policy. Throws UsageError when the inputs do not fit it. */
export const tryPolicy = (file: string, inputs: RunInputs, policy: Policy): Tried => {
  const faults = findFaults(inputs, policy);
  if (faults.length > 0)
    throw faultsIn(
      `${file} under policy ${policy.id}`,
      faults.map((message) => ({ path: placeOf(message, inputs), message })),
    );
  const notes = strangeHubs(policy.hubs ?? [], inputs.sites.map(({ siteId }) => siteId));
  return { policy, allocation: allocate(inputs, policy), ...(notes.length > 0 && { notes }) };
};

import { inForce } from './in-force.ts';
import { weightNames } from './policy-rules.ts';
import type { RunInputs } from '../inputs.ts';
import type { Policy, Stage } from './policy.ts';

/** The figures of a site that a stage reads. */
const namesOf = (stage: Stage): string[] => [
  ...('weight' in stage ? weightNames(stage.weight) : []),
  ...(stage.kind === 'tier' && stage.limit !== undefined ? [stage.limit] : []),
];

/** Stages in force that share by a figure which no site has: a name mistyped, or figures not loaded. They would share out nothing. */
export const weightFaults = ({ sites, supply, week }: RunInputs, policy: Policy): string[] => {
  if (sites.length === 0) return [];
  const known = new Set<string>();
  for (const { weights } of sites) for (const name of Object.keys(weights)) known.add(name);
  const missing = policy.stages
    .filter((stage) => supply.some(({ doseNumber }) => inForce(stage, week, doseNumber)))
    .flatMap((stage) => namesOf(stage).filter((name) => !known.has(name)).map((name) => `stage ${stage.id}: no site has the weight ${name}`));
  return [...new Set(missing)];
};

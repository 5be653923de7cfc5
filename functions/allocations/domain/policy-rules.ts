import type { z } from 'zod';
import { reserveFaults } from './reserve-order.ts';
import type { Group, Policy, PolicyNode, Stage, Weight } from './policy.ts';

const REQUEST_WORDS = new Set(['request', 'requests', 'requested', 'request-doses']);

/** Every node of a tree, parents first. */
export const nodesOf = (node: PolicyNode): PolicyNode[] => [node, ...(node.children ?? []).flatMap(nodesOf)];

/** The weights a stage names. */
export const weightNames = (weight: Weight): string[] => (typeof weight === 'string' ? [weight] : Object.keys(weight));

const groupOf = (stage: Stage): Group | undefined => ('group' in stage ? stage.group : undefined);
const hasFloor = (policy: Policy) => nodesOf(policy.tree).some((node) => node.min !== undefined);
const repeated = (names: string[]) => names.filter((name, at) => names.indexOf(name) !== at);

type Rule = (policy: Policy) => string[];

/** What must hold across the document. The order of the stages decides what a reserve is, so a wrong order is refused. */
const RULES: readonly Rule[] = [
  (policy) => repeated(nodesOf(policy.tree).map((node) => node.id)).map((name) => `group ${name} appears twice in the tree`),
  (policy) => repeated(policy.stages.map((stage) => stage.id)).map((name) => `stage ${name} appears twice`),
  (policy) =>
    policy.stages
      .filter((stage) => 'weight' in stage && weightNames(stage.weight).some((name) => REQUEST_WORDS.has(name)))
      .map((stage) => `stage ${stage.id}: a request is a ceiling, never a weight`),
  (policy) => {
    const known = new Set(nodesOf(policy.tree).map((node) => node.id));
    return policy.stages.flatMap((stage) => {
      const group = groupOf(stage);
      return group && 'node' in group && !known.has(group.node) ? [`stage ${stage.id}: no group ${group.node} in the tree`] : [];
    });
  },
  (policy) =>
    hasFloor(policy) && policy.stages[0]?.kind !== 'floors' ? ['a tree with minimums needs a floors stage, first in order'] : [],
  (policy) =>
    policy.stages.slice(1).filter((stage) => stage.kind === 'floors').map((stage) => `stage ${stage.id}: floors come first`),
  reserveFaults,
  (policy) =>
    policy.stages.some((stage) => stage.kind === 'tier' && stage.from && stage.to && stage.from >= stage.to)
      ? ['a tier ends before it begins']
      : [],
  (policy) => {
    const crossing = policy.stages.filter((stage) => stage.kind === 'reserve' && 'tag' in stage.group);
    const declared = policy.declares.some((item) => item.rule === 'crossing-group');
    const message = 'a group that crosses the tree must be declared (crossing-group)';
    return declared ? [] : crossing.map((stage) => `stage ${stage.id}: ${message}`);
  },
  (policy) =>
    policy.caps.some((cap) => cap.kind === 'throughput') && !policy.declares.some((item) => item.rule === 'shared-throughput')
      ? ['throughput is shared by a site\'s products in a fixed order, which must be declared (shared-throughput)']
      : [],
  (policy) =>
    (policy.minimums ?? []).length > 0 && !policy.declares.some((item) => item.rule === 'all-or-nothing')
      ? ['a minimum that a site takes whole or not at all must be declared (all-or-nothing)']
      : [],
  (policy) =>
    repeated((policy.hubs ?? []).flatMap(({ hub, members }) => [hub, ...members])).map((name) => `site ${name} is named twice among the hubs`),
  (policy) =>
    (policy.hubs ?? []).length > 0 && (policy.minimums ?? []).length > 0
      ? ['hubs share by the vial, minimums give all or nothing: a policy has one or the other']
      : [],
];

/** Reports every fault of a policy document that its shape alone cannot show. */
export const checkPolicy = (policy: Policy, context: z.RefinementCtx): void => {
  for (const rule of RULES) for (const message of rule(policy)) context.addIssue({ code: 'custom', message });
};

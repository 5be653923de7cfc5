import { inForce } from './in-force.ts';
import { nodesOf } from './policy-rules.ts';
import type { RunInputs } from '../inputs.ts';
import type { Policy, PolicyNode } from './policy.ts';

/** A policy with one of its bounds taken out, and what was. */
export interface Relaxed {
  readonly change:
    | { readonly kind: 'group-maximum-lifted'; readonly node: string }
    | { readonly kind: 'other-minimums-lifted'; readonly nodes: readonly string[] }
    | { readonly kind: 'stage-limit-lifted'; readonly stage: string };
  readonly policy: Policy;
}

/** The groups over a leaf, the root first, itself last; none where the leaf is not in the tree. */
const pathTo = (node: PolicyNode, leaf: string): PolicyNode[] => {
  if (node.id === leaf) return [node];
  for (const child of node.children ?? []) {
    const path = pathTo(child, leaf);
    if (path.length > 0) return [node, ...path];
  }
  return [];
};

const mapped = (node: PolicyNode, change: (node: PolicyNode) => PolicyNode): PolicyNode => ({
  ...change(node),
  ...(node.children && { children: node.children.map((child) => mapped(child, change)) }),
});

/** The policy without each maximum over a site's group, without the minimums of groups it is not in, and without each tier's limit for one site. */
export const relaxedFor = (policy: Policy, group: string, week: RunInputs['week'], doseNumber: number): Relaxed[] => {
  const path = pathTo(policy.tree, group);
  const over = new Set(path.map(({ id }) => id));
  const others = nodesOf(policy.tree).filter(({ id, min }) => min !== undefined && !over.has(id)).map(({ id }) => id);
  const maxima = path.filter(({ max }) => max !== undefined).map(({ id }): Relaxed => ({
    change: { kind: 'group-maximum-lifted', node: id },
    policy: { ...policy, tree: mapped(policy.tree, (node) => (node.id === id ? { ...node, max: undefined } : node)) },
  }));
  const minimums: Relaxed = {
    change: { kind: 'other-minimums-lifted', nodes: others },
    policy: { ...policy, tree: mapped(policy.tree, (node) => (over.has(node.id) ? node : { ...node, min: undefined })) },
  };
  const limits = policy.stages.flatMap((stage): Relaxed[] => {
    if (stage.kind !== 'tier' || stage.limit === undefined || !inForce(stage, week, doseNumber)) return [];
    const { limit: _limit, ...unlimited } = stage;
    return [
      {
        change: { kind: 'stage-limit-lifted', stage: stage.id },
        policy: { ...policy, stages: policy.stages.map((item) => (item === stage ? unlimited : item)) },
      },
    ];
  });
  return [...maxima, ...(others.length > 0 ? [minimums] : []), ...limits];
};

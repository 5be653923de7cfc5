import { ceilDiv, floorDiv, parseShare } from './quantity.ts';
import type { Bound, PolicyNode } from './policy/policy.ts';

/** What the group of a hub and the sites it shares with is called. */
export const hubNode = (hub: string): string => `hub ${hub}`;
/** Whether a group is that of a hub, named by a policy or by vials promised: no group of a policy has a space in its id. */
export const isHubNode = (id: string): boolean => id.startsWith(hubNode(''));

/** A group of the policy over one pool's sites, which lie in tree order, so that each group is one range [from, to). */
export interface GroupRange {
  readonly id: string;
  readonly from: number;
  readonly to: number;
  readonly children: readonly GroupRange[];
  /** The policy's own bounds in whole packs: a minimum rounds up, a maximum rounds down, so that both can be kept. */
  readonly minPacks: number;
  readonly maxPacks: number;
  readonly strict: boolean;
  /** Which of them whole packs moved: told where bounds clash. */
  readonly rounded?: { readonly min: boolean; readonly max: boolean };
  /** A hub and the sites it shares packs with by the vial; the hub comes first. */
  readonly byVial?: boolean;
}

const boundPacks = (bound: Bound, supplyPacks: number, packDoses: number, round: (a: number, b: number) => number): number => {
  if ('doses' in bound) return round(bound.doses, packDoses);
  const share = parseShare(bound.share);
  return share ? round(supplyPacks * share.num, share.den) : 0;
};

/** Whether a bound is not a whole number of packs. */
const isRounded = (bound: Bound | undefined, supplyPacks: number, packDoses: number): boolean =>
  bound !== undefined && boundPacks(bound, supplyPacks, packDoses, floorDiv) !== boundPacks(bound, supplyPacks, packDoses, ceilDiv);

/** Lays the tree over sites counted per leaf. `sizes`: the number of the pool's sites in each leaf; `hasMinimums`: whether groups' minimums are of this pool. */
export const layTree = (
  root: PolicyNode,
  sizes: ReadonlyMap<string, number>,
  supplyPacks: number,
  packDoses: number,
  hasMinimums = true,
): GroupRange => {
  const lay = (node: PolicyNode, from: number): GroupRange => {
    const children: GroupRange[] = [];
    let to = from;
    for (const child of node.children ?? []) {
      const laid = lay(child, to);
      children.push(laid);
      to = laid.to;
    }
    if (!node.children) to += sizes.get(node.id) ?? 0;
    return {
      id: node.id,
      from,
      to,
      children,
      minPacks: node.min && hasMinimums ? boundPacks(node.min, supplyPacks, packDoses, ceilDiv) : 0,
      maxPacks: node.max ? boundPacks(node.max, supplyPacks, packDoses, floorDiv) : Number.MAX_SAFE_INTEGER,
      strict: node.strict ?? false,
      rounded: { min: isRounded(node.min, supplyPacks, packDoses), max: isRounded(node.max, supplyPacks, packDoses) },
    };
  };
  return lay(root, 0);
};

/** Whether the policy gives a group a maximum of its own. */
export const hasMost = (group: GroupRange): boolean => group.maxPacks < Number.MAX_SAFE_INTEGER;

/** Every group, children before their parents. */
export const upward = (group: GroupRange): GroupRange[] => [...group.children.flatMap(upward), group];

/** The leaves of a policy's tree in tree order: the order in which sites are laid out. */
export const leafRanks = (root: PolicyNode): Map<string, number> => {
  const ranks = new Map<string, number>();
  const walk = (node: PolicyNode): void => {
    if (node.children) node.children.forEach(walk);
    else ranks.set(node.id, ranks.size);
  };
  walk(root);
  return ranks;
};

/** Sum of all. */
export const total = (values: Float64Array): number => sumRange(values, 0, values.length);

/** Sum of a range. */
export const sumRange = (values: Float64Array, from: number, to: number): number => {
  let sum = 0;
  for (let at = from; at < to; at += 1) sum += values[at] ?? 0;
  return sum;
};

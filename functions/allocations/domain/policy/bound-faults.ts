import { written, type DocumentFault } from './document-faults.ts';
import { parseShare } from '../quantity.ts';
import { least, plus, ratio, type Ratio } from '../ratio.ts';
import type { Bound, Policy, PolicyNode } from './policy.ts';


const NONE = ratio(0n);
const WHOLE = ratio(1n);

const isOver = (a: Ratio, b: Ratio): boolean => a.num * b.den > b.num * a.den;
const shareIn = (bound: Bound | undefined): Ratio | undefined => {
  const share = bound !== undefined && 'share' in bound ? parseShare(bound.share) : undefined;
  return share && ratio(BigInt(share.num), BigInt(share.den));
};
/** In words, down to a hundredth of a percent. */
const percent = ({ num, den }: Ratio): string => `${Number((num * 10_000n) / den) / 100} %`;

const mostOf = ({ max }: PolicyNode): Ratio => shareIn(max) ?? WHOLE;

/** The share of supply that a group and those in it are promised at the least; what is over its most is told of the group itself, not above it too. */
const leastOf = (node: PolicyNode): Ratio => {
  const own = shareIn(node.min) ?? NONE;
  const inside = (node.children ?? []).map(leastOf).reduce(plus, NONE);
  return least(isOver(inside, own) ? inside : own, mostOf(node));
};

const overOwn = ({ id, min, max }: PolicyNode): string | undefined => {
  const [fewest, most] = [shareIn(min), shareIn(max)];
  if (fewest !== undefined && most !== undefined && isOver(fewest, most))
    return `group ${id}: its minimum, ${percent(fewest)}, is over its maximum, ${percent(most)}`;
  if (min !== undefined && max !== undefined && 'doses' in min && 'doses' in max && min.doses > max.doses)
    return `group ${id}: its minimum, ${min.doses} doses, is over its maximum, ${max.doses}`;
  return undefined;
};

const overAbove = (node: PolicyNode): string | undefined => {
  const inside = (node.children ?? []).map((child) => ({ id: child.id, promised: leastOf(child) })).filter(({ promised }) => promised.num > 0n);
  const sum = inside.map(({ promised }) => promised).reduce(plus, NONE);
  if (!isOver(sum, mostOf(node))) return undefined;
  const names = inside.map(({ id, promised }) => `${id} ${percent(promised)}`).join(', ');
  return `group ${node.id}: the minimums of its groups (${names}) come to ${percent(sum)}, over ${shareIn(node.max) === undefined ? 'the whole supply' : `its maximum, ${percent(mostOf(node))}`}`;
};

const faultsAt = (node: PolicyNode, path: readonly (string | number)[]): DocumentFault[] => {
  const own = overOwn(node);
  const above = overAbove(node);
  return [
    ...(own === undefined ? [] : [{ path: written([...path, 'min']), message: own }]),
    ...(above === undefined ? [] : [{ path: written([...path, 'children']), message: above }]),
    ...(node.children ?? []).flatMap((child, at) => faultsAt(child, [...path, 'children', at])),
  ];
};

/**
 * Bounds of a policy that no week of scarcity can keep, as far as the document shows it: a minimum over the maximum of its own group, and
 * minimums of shares that come to more than the group above them may have. Asked when a policy is checked or stored, and not of stored
 * ones: a document that was taken before stays readable, and a draft with it is refused where the bounds clash in whole packs.
 */
export const boundFaults = ({ tree }: Pick<Policy, 'tree'>): DocumentFault[] => faultsAt(tree, ['tree']);

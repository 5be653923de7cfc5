import { meantName } from '../../shared/kernel/slips.ts';
import { SHIPPED_POLICIES } from './domain/policy/connecticut.ts';
import { nodesOf } from './domain/policy/policy-rules.ts';
import type { Policy } from './domain/policy/policy.ts';
import type { PolicyStore } from './store-policies.ts';

/** Groups of a policy that sites may belong to. */
const leavesOf = ({ tree }: Policy): string[] => nodesOf(tree).filter(({ children }) => children === undefined).map(({ id }) => id);

/**
 * What is told of a standing whose group no policy knows, stored or shipped; undefined where one does. It is told and not refused: the
 * policy may be written after the standing, and a draft under one without the group is refused by name.
 */
export const makeGroupNote =
  (policies: Pick<PolicyStore, 'all'>) =>
  async (group: string): Promise<string | undefined> => {
    const known = new Set([...SHIPPED_POLICIES.values()].flatMap(leavesOf));
    if (known.has(group)) return undefined;
    for await (const { policy } of policies.all()) for (const leaf of leavesOf(policy)) known.add(leaf);
    if (known.has(group)) return undefined;
    const near = meantName(group, [...known]);
    return `No policy, stored or shipped, has a group ${group}${near === undefined ? '.' : `: is ${near} meant?`} A draft under a policy without it is refused.`;
  };

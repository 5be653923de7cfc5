import { meets } from './conditions.ts';
import type { RequestContext } from './conditions.ts';
import { keyNeeds } from './keys.ts';
import type { Policies, Statement } from './policies.ts';
import { fits } from './wildcard.ts';

/** One permission that a call needs. */
export interface Need {
  readonly action: string;
  readonly resource: string;
  readonly context?: RequestContext;
}

/** The run is loopback HTTP standing in for TLS, so every call counts as sent over TLS 1.3. */
const surroundings: RequestContext = { 'aws:SecureTransport': ['true'], 's3:TlsVersion': ['1.3'] };

/** The first need, or use of a key that comes with one, that a role's statements do not allow or that any statement denies. */
export const firstDenied = (policies: Policies, roleArn: string, needs: readonly Need[]): Need | undefined => {
  const statements = [...(policies.roles.get(roleArn) ?? []), ...policies.denials];
  return [...needs, ...keyNeeds(policies.keys, needs)].find((need) => {
    const applying = statements.filter((statement) =>
      applies(statement, { ...need, context: { ...surroundings, 'aws:PrincipalArn': [roleArn], ...need.context } }),
    );
    return !applying.some(({ effect }) => effect === 'Allow') || applying.some(({ effect }) => effect === 'Deny');
  });
};

const applies = (
  { actions, notActions, resources, notResources, conditions }: Statement,
  { action, resource, context }: Required<Need>,
): boolean => {
  const named = (patterns: readonly string[]): boolean => patterns.some((pattern) => fits(pattern, action, { ignoreCase: true }));
  const covered = (patterns: readonly string[]): boolean => patterns.some((pattern) => fits(pattern, resource));
  const actionApplies = actions.length > 0 ? named(actions) : notActions.length > 0 && !named(notActions);
  const resourceApplies = resources.length > 0 ? covered(resources) : notResources.length > 0 && !covered(notResources);
  return actionApplies && resourceApplies && conditions.every((condition) => meets(condition, context));
};

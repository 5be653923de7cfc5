import { fits } from './wildcard.ts';

/** What is known of a request besides its action and resource. A key that is not here is absent from the request. */
export type RequestContext = Readonly<Record<string, readonly string[]>>;

export interface Condition {
  readonly operator: string;
  readonly key: string;
  readonly values: readonly string[];
}

type Compare = (value: string, expected: string) => boolean;

const same: Compare = (value, expected) => value === expected;
const like: Compare = (value, expected) => fits(expected, value);
const sameIgnoringCase: Compare = (value, expected) => value.toLowerCase() === expected.toLowerCase();

/** One comparison for each operator; `negated` holds when no expected value compares. */
const operators: Readonly<Record<string, { compare: Compare; negated?: true }>> = {
  ArnEquals: { compare: like },
  ArnLike: { compare: like },
  ArnNotEquals: { compare: like, negated: true },
  ArnNotLike: { compare: like, negated: true },
  Bool: { compare: sameIgnoringCase },
  NumericGreaterThan: { compare: (value, expected) => Number(value) > Number(expected) },
  NumericLessThan: { compare: (value, expected) => Number(value) < Number(expected) },
  StringEquals: { compare: same },
  StringEqualsIgnoreCase: { compare: sameIgnoringCase },
  StringLike: { compare: like },
  StringNotEquals: { compare: same, negated: true },
  StringNotLike: { compare: like, negated: true },
};

/**
 * Keys that the front puts into a request, and those that a role's own request does not have on AWS either (aws:Source...).
 * A condition on another key cannot be judged here, so a statement with one is refused.
 */
const judged = new Set([
  'aws:SecureTransport',
  'aws:SourceAccount',
  'aws:SourceArn',
  'aws:PrincipalArn',
  's3:TlsVersion',
  's3:prefix',
  'dynamodb:LeadingKeys',
  'kms:ViaService',
]);

const parts = (operator: string): { quantifier: string; name: string; ifExists: boolean } => {
  const [, quantifier = '', name = '', suffix = ''] = /^(?:(ForAllValues|ForAnyValue):)?(.+?)(IfExists)?$/.exec(operator) ?? [];
  return { quantifier, name, ifExists: suffix !== '' };
};

/** Why the local run cannot judge a condition, or undefined when it can. */
export const unjudgeable = ({ operator, key }: Condition): string | undefined => {
  const { name } = parts(operator);
  if (name !== 'Null' && operators[name] === undefined) return `the operator ${operator}`;
  return [...judged].some((known) => known.toLowerCase() === key.toLowerCase()) ? undefined : `the key ${key}`;
};

/** True when a request meets a condition, by IAM's rules for absent keys and for keys with several values. */
export const meets = ({ operator, key, values }: Condition, context: RequestContext): boolean => {
  const { quantifier, name, ifExists } = parts(operator);
  const actual = Object.entries(context).find(([known]) => known.toLowerCase() === key.toLowerCase())?.[1];
  if (name === 'Null') return (actual === undefined) === (values[0] === 'true');
  const { compare, negated = false } = operators[name] ?? { compare: () => false };
  if (actual === undefined) return ifExists || negated || quantifier === 'ForAllValues';
  const one = (value: string): boolean => values.some((expected) => compare(value, expected)) !== negated;
  return quantifier === 'ForAllValues' ? actual.every(one) : actual.some(one);
};

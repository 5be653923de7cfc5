import { describe, expect, it } from '@jest/globals';
import type { Route } from '../../shared/contracts/route.ts';
import { bodyRules, firewallRules, pathPattern, sizeRule } from '../../infra/stacks/firewall.ts';
import { allRoutes, isMessageRoute } from '../../infra/routes.ts';
import { listAt, pick, resourcesOf, synthesised } from '../support/synthesis.ts';

const route = (path: Route['path'], accepts?: Route['accepts']): Route => ({
  id: path, method: 'POST', path, action: 'dose.report', summary: path, responses: {}, ...(accepts ? { accepts } : {}),
});
const hl7 = route('/sites/{siteId}/messages', 'x-application/hl7-v2+er7');
const file = route('/shipments/files', 'text/csv');
const json = route('/sites/{siteId}/doses');
const soap: Route = { ...route('/soap', 'application/soap+xml'), action: 'in-message' };
const limits = { requestsPerAddress: 3_000, withoutToken: { ratePerSecond: 10, burst: 20, requestsPerAddress: 500 } };

interface Request {
  readonly path: string;
  /** Rules of AWS's core set that the body would meet. */
  readonly meets: readonly string[];
}

/** True when a statement of ours holds: the kinds that firewallRules uses. */
const holds = (statement: unknown, request: Request, labels: ReadonlySet<string>): boolean => {
  const every = listAt(statement, 'andStatement', 'statements');
  if (every.length > 0) return every.every((part) => holds(part, request, labels));
  const some = listAt(statement, 'orStatement', 'statements');
  if (some.length > 0) return some.some((part) => holds(part, request, labels));
  const not = pick(statement, 'notStatement', 'statement');
  if (not !== undefined) return !holds(not, request, labels);
  const label = pick(statement, 'labelMatchStatement', 'key');
  if (typeof label === 'string') return labels.has(label);
  const pattern = pick(statement, 'regexMatchStatement', 'regexString');
  if (typeof pattern === 'string') return new RegExp(pattern).test(request.path);
  return false;
};

/** What the rules do with a request: a model of AWS WAF for the rules that look at paths and bodies. */
const verdict = (rules: readonly unknown[], request: Request): 'blocked' | 'allowed' => {
  const labels = new Set<string>();
  for (const rule of rules) {
    const group = pick(rule, 'statement', 'managedRuleGroupStatement');
    if (pick(group, 'name') === 'AWSManagedRulesCommonRuleSet') {
      const counted = listAt(group, 'ruleActionOverrides').filter((override) => pick(override, 'actionToUse', 'count')).map((override) => pick(override, 'name'));
      if (request.meets.some((name) => !counted.includes(name))) return 'blocked';
      for (const { name, label } of bodyRules) if (request.meets.includes(name)) labels.add(label);
    } else if (holds(pick(rule, 'statement'), request, labels)) {
      if (pick(rule, 'action', 'block')) return 'blocked';
      for (const label of listAt(rule, 'ruleLabels')) labels.add(String(pick(label, 'name')));
    }
  }
  return 'allowed';
};

const long = [sizeRule];
const attack = ['CrossSiteScripting_BODY'];
const everyBodyRule = bodyRules.map(({ name }) => name);

describe('The firewall', () => {
  const rules = firewallRules([hl7, file, json, soap], limits);

  it.each([
    ['lets a long HL7 message through', '/v1/sites/sit_1/messages', long, 'allowed'],
    ['lets an HL7 message through whose free text looks like an attack', '/v1/sites/sit_1/messages', everyBodyRule, 'allowed'],
    ['lets a long file through under a domain of our own', '/shipments/files', long, 'allowed'],
    ['blocks what looks like an attack on a JSON route', '/v1/sites/sit_1/doses', attack, 'blocked'],
    ['lets a report of a hundred doses through, which is longer than the 8 KB of the managed rule', '/v1/sites/sit_1/doses', long, 'allowed'],
    ['blocks what looks like an attack on a path that only begins like a message route', '/v1/sites/sit_1/messages/x', attack, 'blocked'],
    ['lets an ordinary body through', '/v1/sites/sit_1/doses', [], 'allowed'],
  ])('%s', (_what, path, meets, expected) => {
    expect(verdict(rules, { path, meets })).toBe(expected);
  });

  it('would block the long HL7 message if the managed rule did more than count', () => {
    const strict = structuredClone(rules).map((rule) => {
      const group = pick(rule, 'statement', 'managedRuleGroupStatement') as { ruleActionOverrides?: unknown[] } | undefined;
      return group ? { ...rule, statement: { managedRuleGroupStatement: { ...group, ruleActionOverrides: [] } } } : rule;
    });
    expect(verdict(strict, { path: '/v1/sites/sit_1/messages', meets: long })).toBe('blocked');
  });

  it('counts requests whose credentials are in the message by themselves, and no others', () => {
    const rule = rules.find(({ name }) => name === 'rate-without-token');
    expect(rule).toMatchObject({ action: { block: {} }, statement: { rateBasedStatement: { limit: 500, scopeDownStatement: { regexMatchStatement: { regexString: '^(/v[0-9]+)?/soap/?$' } } } } });
    expect(firewallRules([hl7, json], limits).map(({ name }) => name)).not.toContain('rate-without-token');
  });

  it('still refuses labelled bodies when there is no message route', () => {
    expect(verdict(firewallRules([json], limits), { path: '/v1/sites/sit_1/doses', meets: attack })).toBe('blocked');
  });

  it('writes a path so that parameters match and dots are dots', () => {
    expect(pathPattern(route('/openapi.json'))).toBe('^(/v[0-9]+)?/openapi\\.json/?$');
    expect(pathPattern(hl7)).toBe('^(/v[0-9]+)?/sites/[^/]+/messages/?$');
  });

  it('stands before the stage of the API, and knows every message route of the product', () => {
    const { templates } = synthesised('prod');
    expect(resourcesOf(templates, 'AWS::WAFv2::WebACLAssociation')).toHaveLength(1);
    const [acl] = resourcesOf(templates, 'AWS::WAFv2::WebACL');
    const patterns = JSON.stringify(listAt(acl?.resource, 'Properties', 'Rules'));
    for (const message of allRoutes.filter(isMessageRoute)) expect(patterns).toContain(JSON.stringify(pathPattern(message)).slice(1, -1));
  });
});

import { ArnFormat, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { CfnLoggingConfiguration, CfnWebACL, CfnWebACLAssociation } from 'aws-cdk-lib/aws-wafv2';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import type { Route } from '../../shared/contracts/route.ts';
import type { Deployment } from '../config.ts';
import { isMessageRoute } from '../routes.ts';

type Statement = CfnWebACL.StatementProperty;
type Rule = CfnWebACL.RuleProperty;

/**
 * Rules of the managed sets that judge a body. On messages they would stop real reports: HL7's separators and free text look like an attack to
 * them. So the managed rules only count and label, and one rule of ours blocks what is labelled, except on the message routes.
 */
export const bodyRules = [
  { name: 'GenericLFI_BODY', label: 'awswaf:managed:aws:core-rule-set:GenericLFI_Body' },
  { name: 'GenericRFI_BODY', label: 'awswaf:managed:aws:core-rule-set:GenericRFI_Body' },
  { name: 'CrossSiteScripting_BODY', label: 'awswaf:managed:aws:core-rule-set:CrossSiteScripting_Body' },
  { name: 'EC2MetaDataSSRF_BODY', label: 'awswaf:managed:aws:core-rule-set:EC2MetaDataSSRF_Body' },
] as const;

/** It allows 8 KB: 31 of 798 sample VXU files are longer, and a report of thirty doses in JSON is. The Lambda knows our own limit, 5 MB, on every route. */
export const sizeRule = 'SizeRestrictions_BODY';

const messageLabel = 'message-route';

const visible = (metricName: string): CfnWebACL.VisibilityConfigProperty => ({
  metricName,
  cloudWatchMetricsEnabled: true,
  // Samples would show headers and paths of real requests to whoever opens the console.
  sampledRequestsEnabled: false,
});

/** The path of a route as the firewall sees it: behind the stage's name, or without it under a domain of our own. */
export const pathPattern = (route: Route): string =>
  `^(/v[0-9]+)?${route.path.replace(/[.\\+*?^$()[\]|]/g, '\\$&').replace(/\{[^}]+\}/g, '[^/]+')}/?$`;

/** WAF takes an `or` of two or more only. */
const any = ([first, ...others]: readonly Statement[]): Statement => {
  if (!first) throw new Error('A rule needs a statement');
  return others.length === 0 ? first : { orStatement: { statements: [first, ...others] } };
};

const matchesPath = (route: Route): Statement => ({
  regexMatchStatement: { fieldToMatch: { uriPath: {} }, regexString: pathPattern(route), textTransformations: [{ priority: 0, type: 'NONE' }] },
});

const hasLabel = (key: string): Statement => ({ labelMatchStatement: { scope: 'LABEL', key } });

const managed = (name: string, counted: readonly string[] = []): Statement => ({
  managedRuleGroupStatement: {
    vendorName: 'AWS',
    name,
    ruleActionOverrides: counted.map((rule) => ({ name: rule, actionToUse: { count: {} } })),
  },
});

/** The rules in their order; the first three only count and label. */
export const firewallRules = (
  routes: readonly Route[],
  { requestsPerAddress, withoutToken }: Pick<Deployment, 'requestsPerAddress' | 'withoutToken'>,
): Rule[] => {
  const signedInMessages = routes.filter(({ action }) => action === 'in-message');
  const messageRoutes = routes.filter(isMessageRoute);
  const labelled = any(bodyRules.map(({ label }) => hasLabel(label)));
  const refused: Statement =
    messageRoutes.length === 0 ? labelled : { andStatement: { statements: [{ notStatement: { statement: hasLabel(messageLabel) } }, labelled] } };
  const rules: (Omit<Rule, 'priority' | 'visibilityConfig'> & { name: string })[] = [
    { name: 'rate-of-one-address', action: { block: {} }, statement: { rateBasedStatement: { limit: requestsPerAddress, aggregateKeyType: 'IP' } } },
    ...(signedInMessages.length === 0
      ? []
      : [
          {
            name: 'rate-without-token',
            action: { block: {} },
            statement: {
              rateBasedStatement: {
                limit: withoutToken.requestsPerAddress,
                aggregateKeyType: 'IP',
                scopeDownStatement: any(signedInMessages.map(matchesPath)),
              },
            },
          },
        ]),
    { name: 'known-bad-addresses', overrideAction: { none: {} }, statement: managed('AWSManagedRulesAmazonIpReputationList') },
    { name: 'known-bad-inputs', overrideAction: { none: {} }, statement: managed('AWSManagedRulesKnownBadInputsRuleSet') },
    ...(messageRoutes.length === 0
      ? []
      : [
          {
            name: 'name-message-routes',
            action: { count: {} },
            ruleLabels: [{ name: messageLabel }],
            statement: any(messageRoutes.map(matchesPath)),
          },
        ]),
    {
      name: 'core',
      overrideAction: { none: {} },
      statement: managed('AWSManagedRulesCommonRuleSet', [sizeRule, ...bodyRules.map((rule) => rule.name)]),
    },
    { name: 'bodies-of-other-routes', action: { block: {} }, statement: refused },
  ];
  return rules.map((rule, priority) => ({ ...rule, priority, visibilityConfig: visible(rule.name) }));
};

export interface FirewallProps {
  readonly routes: readonly Route[];
  readonly stageArn: string;
  readonly deployment: Deployment;
  readonly encryptionKey: IKey;
}

/** AWS WAF before the API. */
export class Firewall extends Construct {
  readonly acl: CfnWebACL;

  constructor(scope: Construct, id: string, { routes, stageArn, deployment, encryptionKey }: FirewallProps) {
    super(scope, id);
    this.acl = new CfnWebACL(this, 'Acl', {
      name: deployment.prefix,
      scope: 'REGIONAL',
      defaultAction: { allow: {} },
      rules: firewallRules(routes, deployment),
      visibilityConfig: visible(deployment.prefix),
    });
    new CfnWebACLAssociation(this, 'Association', { webAclArn: this.acl.attrArn, resourceArn: stageArn });
    // WAF delivers only to log groups whose names begin so.
    const logs = new LogGroup(this, 'Logs', {
      logGroupName: `aws-waf-logs-${deployment.prefix}`,
      retention: deployment.logRetentionDays,
      encryptionKey,
      removalPolicy: RemovalPolicy.RETAIN,
    });
    new CfnLoggingConfiguration(this, 'Logging', {
      resourceArn: this.acl.attrArn,
      logDestinationConfigs: [
        Stack.of(this).formatArn({
          service: 'logs',
          resource: 'log-group',
          resourceName: logs.logGroupName,
          arnFormat: ArnFormat.COLON_RESOURCE_NAME,
        }),
      ],
      redactedFields: [{ singleHeader: { Name: 'authorization' } }, { queryString: {} }, { uriPath: {} }],
      loggingFilter: {
        DefaultBehavior: 'DROP',
        Filters: [{ Behavior: 'KEEP', Requirement: 'MEETS_ANY', Conditions: [{ ActionCondition: { Action: 'BLOCK' } }] }],
      },
    });
  }
}

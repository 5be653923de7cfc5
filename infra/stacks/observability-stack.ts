import { Duration, Stack, type StackProps } from 'aws-cdk-lib';
import { CfnBudget } from 'aws-cdk-lib/aws-budgets';
import { Dashboard, GraphWidget, MathExpression, Metric, TextWidget, type IMetric } from 'aws-cdk-lib/aws-cloudwatch';
import type { RestApi } from 'aws-cdk-lib/aws-apigateway';
import { FilterPattern, MetricFilter, type IFilterPattern } from 'aws-cdk-lib/aws-logs';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { Construct } from 'constructs';
import type { Deployment } from '../config.ts';
import { contexts, queues, type Context, type QueueName } from '../contexts.ts';
import type { DoselineFunction } from '../constructs/doseline-function.ts';
import type { DomainTable } from '../constructs/domain-table.ts';
import { RunbookAlarm } from '../constructs/runbook-alarm.ts';
import type { WorkQueue } from '../constructs/work-queue.ts';

export interface ObservabilityStackProps extends StackProps {
  readonly deployment: Deployment;
  readonly api: RestApi;
  readonly functions: readonly DoselineFunction[];
  readonly tables: Readonly<Record<Context, DomainTable>>;
  readonly queues: Readonly<Record<QueueName, WorkQueue>>;
  readonly topic: ITopic;
}

const period = Duration.minutes(5);
/** Half of what the gateway waits for. */
const slowMs = 14_000;
/** Blocks in five minutes that are more than stray scanners: perhaps a provider's own messages. */
const manyBlocks = 200;

/** What people look at, and what wakes them: workers ring by themselves (their constructs), the rest rings here. */
export class ObservabilityStack extends Stack {
  constructor(scope: Construct, id: string, { deployment, api, functions, tables, queues: workQueues, topic, ...props }: ObservabilityStackProps) {
    super(scope, id, props);
    const blocked = new Metric({
      namespace: 'AWS/WAFV2',
      metricName: 'BlockedRequests',
      dimensionsMap: { WebACL: deployment.prefix, Region: deployment.region, Rule: 'ALL' },
      statistic: 'Sum',
      period,
    });
    const latency = api.metricLatency({ statistic: 'p99', period });
    new RunbookAlarm(this, 'ApiErrors', {
      metric: failedRequests(api), threshold: 5, loss: 'Requests of providers and EHRs fail.', runbook: 'api-errors', topic,
    });
    new RunbookAlarm(this, 'MessageFaults', {
      metric: this.linesOfDoses(functions, 'RequestFaults', FilterPattern.stringValue('$.message', '=', 'REQUEST_FAULT')),
      threshold: 5,
      loss: 'EHRs are asked to send their messages again (AR, 207).',
      runbook: 'api-errors',
      topic,
    });
    // One line for each address and window, not for each try; names that nobody has are left to the firewall's rates.
    const refused = this.linesOfDoses(
      functions,
      'SignInsRefused',
      FilterPattern.all(FilterPattern.stringValue('$.message', '=', 'SIGN_INS_REFUSED'), FilterPattern.booleanValue('$.isKnown', true)),
    );
    new RunbookAlarm(this, 'SignInsRefused', {
      metric: refused,
      threshold: 1,
      loss: 'An address fails to sign in by SOAP: a clinic’s reports do not arrive, or somebody guesses.',
      runbook: 'sign-ins-refused',
      topic,
    });
    new RunbookAlarm(this, 'ApiSlow', {
      metric: latency, threshold: slowMs, evaluationPeriods: 3, loss: 'Requests are near the gateway’s time limit.', runbook: 'api-slow', topic,
    });
    new RunbookAlarm(this, 'ApiBlocked', {
      metric: blocked,
      threshold: manyBlocks,
      loss: 'The firewall refuses many requests; some may be reports of doses.',
      runbook: 'api-blocked',
      topic,
    });
    const throttled = contexts.map((name) => {
      const metric = throttledRequests(tables[name], name);
      new RunbookAlarm(this, `Throttled-${name}`, {
        metric, threshold: 10, evaluationPeriods: 2, loss: `Writers of the ${name} table wait or give up.`, runbook: 'table-throttled', topic,
      });
      return metric;
    });
    const errors = functions.map((fn) => fn.metricErrors({ period, label: fn.spec.name }));
    const ages = queues.map((name) => workQueues[name].queue.metricApproximateAgeOfOldestMessage({ period, label: name }));
    const behind = functions
      .filter((fn) => fn.spec.trigger.kind === 'stream')
      .map((fn) => fn.metric('IteratorAge', { statistic: 'Maximum', period, label: fn.spec.name }));
    this.dashboard(deployment, [
      ['Requests', [api.metricCount({ period }), api.metricClientError({ period }), api.metricServerError({ period })]],
      ['Latency p99 (ms)', [latency]],
      ['Blocked by the firewall', [blocked]],
      ['Addresses that must wait to sign in', [refused]],
      ['Lambda errors', errors],
      ['Oldest message of a queue (s)', ages],
      ['Behind the stream (ms)', behind],
      ['Throttled requests of a table', throttled],
    ]);
    this.budget(deployment, topic);
  }

  /** Lines of the Lambda that takes messages. A fault that was told in HL7 or SOAP is no 5xx of the gateway: it is counted where it is logged. */
  private linesOfDoses(functions: readonly DoselineFunction[], metricName: string, filterPattern: IFilterPattern): Metric {
    const doses = functions.find(({ spec }) => spec.trigger.kind === 'api' && spec.trigger.context === 'doses');
    if (doses === undefined) throw new Error('No Lambda takes messages');
    return new MetricFilter(this, `Lines-${metricName}`, {
      logGroup: doses.logGroup, filterPattern, metricNamespace: doses.functionName, metricName, metricValue: '1', defaultValue: 0,
    }).metric({ statistic: 'Sum', period });
  }

  private dashboard(deployment: Deployment, graphs: readonly (readonly [string, IMetric[]])[]): void {
    new Dashboard(this, 'Dashboard', {
      dashboardName: deployment.prefix,
      widgets: [
        [new TextWidget({ markdown: `# ${deployment.prefix}\nWhat to do when an alarm rings: docs/runbooks`, width: 24, height: 2 })],
        ...graphs.map(([title, left]) => [new GraphWidget({ title, left, width: 24 })]),
      ],
    });
  }

  private budget({ prefix, budgetUsdPerMonth }: Deployment, topic: ITopic): void {
    const warnAt = (notificationType: 'ACTUAL' | 'FORECASTED', threshold: number) => ({
      notification: { notificationType, threshold, thresholdType: 'PERCENTAGE', comparisonOperator: 'GREATER_THAN' },
      subscribers: [{ subscriptionType: 'SNS', address: topic.topicArn }],
    });
    new CfnBudget(this, 'Budget', {
      budget: {
        budgetName: prefix,
        budgetType: 'COST',
        timeUnit: 'MONTHLY',
        budgetLimit: { amount: budgetUsdPerMonth, unit: 'USD' },
        costFilters: { TagKeyValue: [`user:deployment$${prefix}`] },
      },
      notificationsWithSubscribers: [warnAt('ACTUAL', 80), warnAt('FORECASTED', 100)],
    });
  }
}

/** 5xx of the API but those of SOAP, where 500 is also how a wrong password is answered (SOAP-19). */
const failedRequests = (api: RestApi): MathExpression =>
  new MathExpression({
    expression: 'FILL(every, 0) - FILL(soap, 0)',
    usingMetrics: {
      every: api.metricServerError({ period }),
      soap: new Metric({
        namespace: 'AWS/ApiGateway',
        metricName: '5XXError',
        dimensionsMap: { ApiName: api.restApiName, Resource: '/soap', Method: 'POST', Stage: api.deploymentStage.stageName },
        statistic: 'Sum',
        period,
      }),
    },
    label: 'failed requests',
    period,
  });

/** Every operation that DynamoDB may throttle, added up for one table. */
const throttledRequests = (table: DomainTable, label: string): MathExpression => {
  const operations = ['GetItem', 'PutItem', 'UpdateItem', 'Query', 'TransactWriteItems', 'BatchGetItem'];
  const usingMetrics = Object.fromEntries(
    operations.map((operation, index) => [
      `${label}${index}`,
      new Metric({
        namespace: 'AWS/DynamoDB',
        metricName: 'ThrottledRequests',
        dimensionsMap: { TableName: table.tableName, Operation: operation },
        statistic: 'Sum',
        period,
      }),
    ]),
  );
  const expression = Object.keys(usingMetrics)
    .map((name) => `FILL(${name}, 0)`)
    .join(' + ');
  return new MathExpression({ expression, usingMetrics, label, period });
};

import { describe, expect, it } from '@jest/globals';
import { queues } from '../../infra/contexts.ts';
import { visibilityTimeouts } from '../../infra/constructs/work-queue.ts';
import { makeDynamo, requestHandler } from '../../shared/platform/dynamo.ts';
import { broken, pick, resourcesOf, stackNames, synthesised, textOf, type Templates } from '../support/synthesis.ts';

const gatewaySeconds = 29;
const lambdaSeconds = 900;
const queueSeconds = 43_200;
const maxResources = 500;
const maxGatewayResources = 300;
const maxStreamReaders = 2;
const environmentBytes = 4_096;

const secondsOf = (value: unknown): number => Number(pick(value, 'Properties', 'Timeout'));

const functionsBehindGateway = (templates: Templates): string[] =>
  resourcesOf(templates, 'AWS::Lambda::Permission').map(({ stack, resource }) =>
    textOf(templates, stack, pick(resource, 'Properties', 'FunctionName')).replace(/\.Arn$/, ''),
  );

const slowFunctions = (templates: Templates): string[] => {
  const behindGateway = new Set(functionsBehindGateway(templates));
  return resourcesOf(templates, 'AWS::Lambda::Function')
    .filter(({ stack, id, resource }) => secondsOf(resource) > (behindGateway.has(`${stack}/${id}`) ? gatewaySeconds : lambdaSeconds))
    .map(({ id }) => id);
};

/** Queues whose messages become visible before their reader has had its tries. */
const shortQueues = (templates: Templates): string[] => {
  const timeouts = new Map(resourcesOf(templates, 'AWS::Lambda::Function').map(({ stack, id, resource }) => [`${stack}/${id}`, secondsOf(resource)]));
  const visibility = new Map(
    resourcesOf(templates, 'AWS::SQS::Queue').map(({ stack, id, resource }) => [`${stack}/${id}.Arn`, Number(pick(resource, 'Properties', 'VisibilityTimeout'))]),
  );
  return resourcesOf(templates, 'AWS::Lambda::EventSourceMapping').flatMap(({ stack, resource }) => {
    const source = textOf(templates, stack, pick(resource, 'Properties', 'EventSourceArn'));
    const seconds = visibility.get(source);
    if (seconds === undefined) return [];
    const timeout = timeouts.get(textOf(templates, stack, pick(resource, 'Properties', 'FunctionName'))) ?? Infinity;
    return seconds === timeout * visibilityTimeouts && seconds <= queueSeconds ? [] : [source];
  });
};

const streamReaders = (templates: Templates): Map<string, number> => {
  const readers = new Map<string, number>();
  for (const { stack, resource } of resourcesOf(templates, 'AWS::Lambda::EventSourceMapping')) {
    const source = textOf(templates, stack, pick(resource, 'Properties', 'EventSourceArn'));
    if (source.endsWith('.StreamArn')) readers.set(source, (readers.get(source) ?? 0) + 1);
  }
  return readers;
};

describe.each(['dev', 'prod'] as const)('Limits that only AWS would show, in %s', (stage) => {
  const { templates } = synthesised(stage);

  it('ends every Lambda behind the gateway before the gateway gives up, and every other within 15 minutes', () => {
    expect(functionsBehindGateway(templates).length).toBeGreaterThan(0);
    expect(slowFunctions(templates)).toEqual([]);
  });

  it('ends all attempts of a call to DynamoDB that nobody answers before the gateway gives up', async () => {
    const attempts = await makeDynamo().config.maxAttempts();
    expect(attempts).toBeGreaterThan(1);
    expect(attempts * (requestHandler.connectionTimeout + requestHandler.requestTimeout)).toBeLessThan(gatewaySeconds * 1_000);
  });

  it('sees an API Lambda that outlives the gateway', () => {
    const [first = ''] = functionsBehindGateway(templates);
    const slow = broken(templates, ({ api }) => {
      Object.assign(api.Resources[first.replace('api/', '')]?.Properties ?? {}, { Timeout: 60 });
    });
    expect(slowFunctions(slow)).toHaveLength(1);
  });

  it('hides a message for six time limits of its reader', () => {
    expect(shortQueues(templates)).toEqual([]);
  });

  it('sees a queue that is too quick', () => {
    const quick = broken(templates, ({ data }) => {
      for (const resource of Object.values(data.Resources)) if (resource.Type === 'AWS::SQS::Queue') Object.assign(resource.Properties ?? {}, { VisibilityTimeout: 30 });
    });
    expect(shortQueues(quick)).toHaveLength(queues.length);
  });

  it('has at most two readers of a stream', () => {
    const readers = [...streamReaders(templates).values()];
    expect(readers.length).toBeGreaterThan(0);
    expect(Math.max(...readers)).toBeLessThanOrEqual(maxStreamReaders);
  });

  it('fits CloudFormation’s 500 resources of a stack and the gateway’s 300 resources of an API', () => {
    for (const stack of stackNames) expect(Object.keys(templates[stack].Resources).length).toBeLessThan(maxResources);
    expect(resourcesOf(templates, 'AWS::ApiGateway::Resource').length).toBeLessThan(maxGatewayResources);
  });

  it('fits the 4 KB of a Lambda’s environment', () => {
    for (const { resource } of resourcesOf(templates, 'AWS::Lambda::Function'))
      expect(Buffer.byteLength(JSON.stringify(pick(resource, 'Properties', 'Environment')))).toBeLessThan(environmentBytes);
  });
});

import { afterAll, describe, expect, it } from '@jest/globals';
import { App, Stack } from 'aws-cdk-lib';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { acknowledgements } from '../../infra/acknowledgements.ts';
import { findingsOf, judge } from '../../infra/checks.ts';
import { built, stackNames, synthesised, type Template } from '../support/synthesis.ts';

interface Report {
  readonly diagnostics: readonly { readonly severity: string; readonly ruleId: string; readonly message: string }[];
}
interface Validator {
  readonly CompositeEngine: new () => { validateTemplate(template: object): Report; free(): void };
  readonly TemplateContent: new (content: string, name?: string) => object;
}

/** It comes inside aws-cdk-lib, where npm puts it either beside it or below it. */
const requireFromCdk = createRequire(createRequire(import.meta.url).resolve('aws-cdk-lib'));
const { CompositeEngine, TemplateContent } = requireFromCdk('@aws/cloudformation-validate') as Validator;
const engine = new CompositeEngine();
afterAll(() => engine.free());

const errorsOf = (template: Template): string[] =>
  engine
    .validateTemplate(new TemplateContent(JSON.stringify(template)))
    .diagnostics.filter(({ severity }) => ['ERROR', 'FATAL'].includes(severity))
    .map(({ ruleId, message }) => `${ruleId}: ${message}`);

describe.each(['dev', 'prod'] as const)('Rule packs on %s', (stage) => {
  const { built: app } = built(stage);
  const findings = findingsOf(app.app);

  it('find nothing that has no written reason, and no reason is left over', () => {
    expect(findings.length).toBeGreaterThan(50);
    const { open, stale } = judge(findings, acknowledgements);
    expect(open.map(({ rule, detail, at }) => `${rule} ${detail} ${at}`)).toEqual([]);
    expect(stale.map(({ rule, at }) => `${rule} ${at.source}`)).toEqual([]);
  });
});

describe('Rule packs', () => {
  it('find a bucket without encryption, versions or TLS that somebody plants', () => {
    const app = new App();
    new Bucket(new Stack(app, 'planted', { env: { region: 'us-east-1' } }), 'Open');
    const { open } = judge(findingsOf(app), acknowledgements);
    expect(open.map(({ rule }) => rule)).toEqual(expect.arrayContaining(['S1', 'S10', 'S3BucketVersioningEnabled', 'S3BucketSSLRequestsOnly']));
  });

  it('call a reason stale when nothing needs it', () => {
    const row = { rule: 'S1', at: /nowhere/, reason: 'a reason without a finding' };
    expect(judge([], [row]).stale).toEqual([row]);
  });

  it('are answered with reasons that say something', () => {
    for (const { rule, reason } of acknowledgements) expect({ rule, words: reason.split(' ').length >= 8 }).toEqual({ rule, words: true });
  });

  it('point to documents that exist', () => {
    for (const { reason } of acknowledgements)
      for (const [path] of reason.matchAll(/docs\/[a-z/-]+\.md/g)) expect({ path, exists: existsSync(new URL(`../../${path}`, import.meta.url)) }).toEqual({ path, exists: true });
  });
});

describe('CloudFormation’s own schemas', () => {
  it.each(stackNames)('accept the %s stack of both stages', (name) => {
    expect(errorsOf(synthesised('dev').templates[name])).toEqual([]);
    expect(errorsOf(synthesised('prod').templates[name])).toEqual([]);
  });

  it('refuse a template with a property that does not exist and a value that cannot be', () => {
    const Resources = { Queue: { Type: 'AWS::SQS::Queue', Properties: { VisibilityTimeout: 'soon', Colour: 'red' } } };
    expect(errorsOf({ Resources }).length).toBeGreaterThanOrEqual(2);
  });
});

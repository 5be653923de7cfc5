import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { loadTemplate } from '../../local/template.ts';
import { resourceTypes } from '../../local/template/resource-types.ts';
import { writeAssembly } from '../support/local-assembly.ts';
import type { TestTemplate } from '../support/local-assembly.ts';

const addresses = { frontUrl: 'http://127.0.0.1:1', issuerUrl: 'http://127.0.0.1:2' };
const load = (stacks: Record<string, TestTemplate>) => loadTemplate(writeAssembly(stacks, { bundle: false }), addresses);

/** One queue whose `QueueName`-like property is the value in question, read back resolved. */
const resolved = (value: unknown, sections: Record<string, unknown> = {}): unknown =>
  load({
    one: {
      ...sections,
      Resources: {
        Thing: { Type: 'AWS::SNS::Topic', Properties: { DisplayName: value } },
        Table: { Type: 'AWS::DynamoDB::Table', Properties: { TableName: 'doses' } },
        Queue: { Type: 'AWS::SQS::Queue', Properties: { QueueName: 'work' } },
      },
    },
  }).ofType('AWS::SNS::Topic')[0]?.properties['DisplayName'];

describe('the template of the local run', () => {
  it.each([
    ['Ref of a table', { Ref: 'Table' }, 'doses'],
    ['Ref of a queue', { Ref: 'Queue' }, 'http://127.0.0.1:1/000000000000/work'],
    ['an attribute', { 'Fn::GetAtt': ['Table', 'Arn'] }, 'arn:aws:dynamodb:us-east-1:000000000000:table/doses'],
    ['an attribute with a dot', { 'Fn::GetAtt': 'Queue.Arn' }, 'arn:aws:sqs:us-east-1:000000000000:work'],
    ['a pseudo-parameter', { Ref: 'AWS::Region' }, 'us-east-1'],
    ['Join over Refs', { 'Fn::Join': ['/', ['a', { Ref: 'Table' }]] }, 'a/doses'],
    ['Sub', { 'Fn::Sub': '${Table}-${Queue.Arn}-${!kept}' }, 'doses-arn:aws:sqs:us-east-1:000000000000:work-${kept}'],
    ['Sub with own values', { 'Fn::Sub': ['${x}!', { x: { Ref: 'Table' } }] }, 'doses!'],
    ['Select of Split', { 'Fn::Select': [5, { 'Fn::Split': [':', { 'Fn::GetAtt': ['Table', 'Arn'] }] }] }, 'table/doses'],
    ['the chosen branch', { 'Fn::If': ['Yes', 'this', 'that'] }, 'this'],
    ['a list without what has no value', ['a', { 'Fn::If': ['Yes', { Ref: 'AWS::NoValue' }, 'b'] }], ['a']],
    ['a parameter by its default', { Ref: 'Size' }, 'large'],
  ])('resolves %s', (_name, value, expected) => {
    const sections = {
      Conditions: { Yes: { 'Fn::Equals': [{ Ref: 'Size' }, 'large'] } },
      Parameters: { Size: { Type: 'String', Default: 'large' } },
    };
    expect(resolved(value, sections)).toEqual(expected);
  });

  it.each([
    ['an intrinsic it does not know', { 'Fn::Transform': 'x' }, /Fn::Transform/],
    ['a reference to nothing', { Ref: 'Ghost' }, /Ghost/],
    ['an import that no stack exports', { 'Fn::ImportValue': 'ghost' }, /no stack exports ghost/],
  ])('refuses %s and says where', (_name, value, message) => {
    expect(() => resolved(value)).toThrow(message);
    expect(() => resolved(value)).toThrow('one/Thing');
  });

  it('carries exports from one stack into another', () => {
    const template = load({
      data: {
        Resources: { Table: { Type: 'AWS::DynamoDB::Table', Properties: { TableName: 'doses' } } },
        Outputs: { Out: { Value: { Ref: 'Table' }, Export: { Name: 'data:Table' } } },
      },
      api: {
        Resources: { Topic: { Type: 'AWS::SNS::Topic', Properties: { DisplayName: { 'Fn::ImportValue': 'data:Table' } } } },
      },
    });
    expect(template.ofType('AWS::SNS::Topic')[0]?.properties).toEqual({ DisplayName: 'doses' });
  });

  it('leaves out what its condition leaves out', () => {
    const template = load({
      one: {
        Conditions: { Never: { 'Fn::Equals': ['a', 'b'] } },
        Resources: { Gone: { Type: 'AWS::SQS::Queue', Condition: 'Never' }, Here: { Type: 'AWS::SQS::Queue' } },
      },
    });
    expect(template.resources.map(({ logicalId }) => logicalId)).toEqual(['Here']);
  });

  it('refuses a resource type that is not in its table, naming it and the resource', () => {
    const stacks = { one: { Resources: { Graph: { Type: 'AWS::Neptune::DBCluster' }, Queue: { Type: 'AWS::SQS::Queue' } } } };
    expect(() => load(stacks)).toThrow('AWS::Neptune::DBCluster (one/Graph)');
    expect(() => load(stacks)).not.toThrow('AWS::SQS::Queue');
  });

  it('says what to do when nothing was synthesised', () => {
    expect(() => loadTemplate('/nowhere/at/all', addresses)).toThrow('npm run synth');
  });

  it('tells in its README how it treats each type', () => {
    const readme = readFileSync(join(import.meta.dirname, '../../local/README.md'), 'utf8');
    for (const [type, { note }] of Object.entries(resourceTypes)) expect(readme).toContain(`| ${type} | ${note} |`);
  });
});

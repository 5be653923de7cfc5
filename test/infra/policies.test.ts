import { describe, expect, it } from '@jest/globals';
import { lambdas } from '../../infra/functions.ts';
import { broken, listAt, pick, resourcesOf, synthesised, textOf, type Resource, type Templates } from '../support/synthesis.ts';

/** Longer than any ARN that a reference can become. */
const arnBytes = 160;
const maxLambdaPolicyBytes = 20_480;
const maxRolePolicyBytes = 10_240;

/** What only X-Ray needs: it knows no resource. */
const allowedOnEverything = ['xray:PutTelemetryRecords', 'xray:PutTraceSegments'];

const isReference = (value: unknown): boolean => ['Ref', 'Fn::GetAtt', 'Fn::ImportValue'].some((name) => pick(value, name) !== undefined);

const bytesOf = (document: unknown): number =>
  Buffer.byteLength(JSON.stringify(document, (_key, part: unknown) => (isReference(part) ? 'x'.repeat(arnBytes) : part)));

const statementsOf = (resource: Resource): unknown[] => listAt(resource, 'Properties', 'PolicyDocument', 'Statement');

/** Actions with a wildcard, and actions on every resource that know a narrower one. */
const wideGrants = (templates: Templates): string[] =>
  resourcesOf(templates, 'AWS::IAM::Policy').flatMap(({ id, resource }) =>
    statementsOf(resource).flatMap((statement) => {
      const actions = listAt(statement, 'Action').map(String);
      const onEverything = listAt(statement, 'Resource').includes('*');
      return actions
        .filter((action) => action.includes('*') || (onEverything && !allowedOnEverything.includes(action)))
        .map((action) => `${id}: ${action}`);
    }),
  );

const rolePolicyBytes = (templates: Templates): Map<string, number> => {
  const bytes = new Map<string, number>();
  for (const { stack, resource } of resourcesOf(templates, 'AWS::IAM::Policy'))
    for (const role of listAt(resource, 'Properties', 'Roles').map((reference) => textOf(templates, stack, reference)))
      bytes.set(role, (bytes.get(role) ?? 0) + bytesOf(pick(resource, 'Properties', 'PolicyDocument')));
  return bytes;
};

/** The policy that Lambda composes from the permissions of a function. */
const lambdaPolicyBytes = (permissions: readonly Resource[]): number => permissions.reduce((sum, permission) => sum + 350 + bytesOf(permission.Properties), 0);

describe.each(['dev', 'prod'] as const)('Policies of %s', (stage) => {
  const { templates } = synthesised(stage);

  it('grants no action by a wildcard, and nothing but traces on every resource', () => {
    expect(wideGrants(templates)).toEqual([]);
  });

  it('sees a wildcard that is planted', () => {
    const wide = broken(templates, ({ api }) => {
      const policy = Object.values(api.Resources).find((resource) => resource.Type === 'AWS::IAM::Policy');
      listAt(policy, 'Properties', 'PolicyDocument', 'Statement').push({ Action: 'dynamodb:*', Effect: 'Allow', Resource: 'arn' });
    });
    expect(wideGrants(wide)).toEqual([expect.stringContaining('dynamodb:*')]);
  });

  it('keeps every role within the 10,240 bytes of inline policies', () => {
    const sizes = [...rolePolicyBytes(templates).values()];
    expect(sizes.length).toBeGreaterThanOrEqual(lambdas.length);
    expect(Math.max(...sizes)).toBeLessThanOrEqual(maxRolePolicyBytes);
  });

  it('keeps every Lambda within the 20,480 bytes of its resource policy: one permission for an API, not one for a method', () => {
    const permissions = resourcesOf(templates, 'AWS::Lambda::Permission');
    const byFunction = Map.groupBy(permissions, ({ stack, resource }) => textOf(templates, stack, pick(resource, 'Properties', 'FunctionName')));
    for (const [, own] of byFunction) expect(lambdaPolicyBytes(own.map(({ resource }) => resource))).toBeLessThanOrEqual(maxLambdaPolicyBytes);
    const [one] = permissions;
    if (!one) throw new Error('No permission at all');
    expect(lambdaPolicyBytes(Array.from({ length: 40 }, () => one.resource))).toBeGreaterThan(maxLambdaPolicyBytes);
  });

  it('lets no Lambda delete an item, and lets only the export and the checks scan', () => {
    const grants = resourcesOf(templates, 'AWS::IAM::Policy').flatMap(({ id, resource }) =>
      statementsOf(resource).flatMap((statement) => listAt(statement, 'Action').map((action) => ({ id, action: String(action) }))),
    );
    expect(grants.filter(({ action }) => /Delete(Item|Object)/.test(action))).toEqual([]);
    const scanning = grants.filter(({ action }) => action === 'dynamodb:Scan').map(({ id }) => id.replace(/Function.*/, ''));
    expect(new Set(scanning)).toEqual(new Set(['reportsonexport', 'reportsonrecount', 'inventoryonreconcile']));
  });

  it('lets the API of reports ask which sites are active, and nothing else of that index', () => {
    const ofIndexes = (of: Templates): unknown[] =>
      resourcesOf(of, 'AWS::IAM::Policy').filter(({ id }) => id.startsWith('reportsapi')).flatMap(({ resource }) => statementsOf(resource))
        .filter((statement) => listAt(statement, 'Action').includes('dynamodb:Query') && JSON.stringify(listAt(statement, 'Resource')).includes('nrollment'))
        .map((statement) => pick(statement, 'Condition'));
    const active = { 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': ['SITE#active'] } };
    expect(ofIndexes(templates)).toEqual([active]);
    const open = broken(templates, ({ api }) => {
      for (const [id, resource] of Object.entries(api.Resources)) if (id.startsWith('reportsapi') && resource.Type === 'AWS::IAM::Policy')
        for (const statement of statementsOf(resource)) delete (statement as { Condition?: unknown }).Condition;
    });
    expect(ofIndexes(open)).not.toEqual([active]);
  });
});

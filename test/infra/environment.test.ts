import { describe, expect, it } from '@jest/globals';
import { pick, resourcesOf, synthesised } from '../support/synthesis.ts';

const { templates } = synthesised('dev');
const environment = (name: string): string[] => {
  const found = resourcesOf(templates, 'AWS::Lambda::Function').find(({ resource }) => pick(resource, 'Properties', 'FunctionName') === `doseline-cta-dev-${name}`);
  return Object.keys(pick(found?.resource, 'Properties', 'Environment', 'Variables') ?? {}).sort();
};

describe('The environment of a Lambda', () => {
  it.each([
    ['documentation-api', []],
    ['enrollment-api', ['ENROLLMENT_TABLE']],
    ['orders-api', ['ALLOCATIONS_TABLE', 'ENROLLMENT_TABLE', 'ORDERS_TABLE']],
    ['inventory-api', ['ALLOCATIONS_TABLE', 'ENROLLMENT_TABLE', 'INVENTORY_TABLE']],
    ['shipments-api', ['ENROLLMENT_TABLE', 'INVENTORY_TABLE', 'ORDERS_TABLE', 'SHIPMENTS_TABLE']],
    ['doses-on-lot', ['DOSES_TABLE', 'ENROLLMENT_TABLE', 'INVENTORY_TABLE', 'LOTS_QUEUE_URL', 'SHIPMENTS_TABLE']],
    ['doses-on-shipments-stream', ['LOTS_QUEUE_URL']],
    ['doses-on-inventory-stream', ['LOTS_QUEUE_URL']],
    ['doses-api', ['DOSES_TABLE', 'ENROLLMENT_TABLE', 'INVENTORY_TABLE', 'LOTS_QUEUE_URL', 'MATCHING_KEY_SECRET', 'MESSAGES_BUCKET', 'UPLOADS_BUCKET']],
    ['reports-on-nightly', ['DOSES_TABLE', 'ENROLLMENT_TABLE', 'EXPORTS_QUEUE_URL', 'REPORTS_TABLE', 'SUBMISSIONS_BUCKET']],
    ['reports-on-doses-stream', ['COUNTER_SHARDS', 'DOSES_TABLE', 'ENROLLMENT_TABLE', 'REPORTS_TABLE']],
    ['orders-on-shipments-stream', ['ORDERS_TABLE']],
    ['allocations-on-run', ['ALLOCATIONS_TABLE', 'ENROLLMENT_TABLE', 'INVENTORY_TABLE', 'ORDERS_TABLE', 'REPORTS_TABLE', 'SHIPMENTS_TABLE']],
  ])('of %s names what it may reach and nothing more', (name, names) => {
    expect(environment(name)).toEqual([...names, 'JURISDICTION', 'STAGE'].sort());
  });
});

import { PutCommand } from '@aws-sdk/lib-dynamodb';
import { memberKey } from '../../shared/published/member.ts';
import { organizationStandingKey } from '../../shared/published/organization.ts';
import { siteAliasKey, siteKey, type SiteItem } from '../../shared/published/site.ts';
import type { Suite } from './suite.ts';

const table = (suite: Suite): string => suite.tables['ENROLLMENT_TABLE'] ?? '';

/** An enrolled, active site as enrollment publishes it, with the names others know it by and a member who may act for it. */
export const enrolledSite = async (suite: Suite, siteId: string, more: Partial<SiteItem> = {}): Promise<SiteItem> => {
  const site: SiteItem = {
    ...siteKey(siteId),
    type: 'site', schema: 1, version: 5, siteId,
    organizationId: 'org_clinic',
    organizationName: 'Elm Street Health, Inc.',
    name: `CLINIC ${siteId}`,
    state: 'active',
    pin: '100001',
    providerType: 3,
    programmes: ['covid-19'],
    supplyAccount: 'jurisdiction',
    reportingOnly: false,
    address: { city: 'Hartford', state: 'CT', zip: '06106' },
    storageUnits: [{ unitId: 'R1', kind: 'refrigerator', capacityDoses: 50_000 }, { unitId: 'F1', kind: 'freezer', capacityDoses: 50_000 }],
    aliases: [],
    createdAt: '2021-01-04T15:00:00.000Z',
    createdBy: 'test',
    requestDigest: 'test',
    ...more,
  };
  const aliases = [...[site.name, ...site.aliases].map((name) => siteAliasKey('name', name)), ...(site.pin === undefined ? [] : [siteAliasKey('pin', site.pin)])];
  const items = [site, ...aliases.map((key) => ({ ...key, type: 'site-alias', schema: 1, siteId }))];
  for (const Item of items) await suite.dynamo.send(new PutCommand({ TableName: table(suite), Item }));
  return site;
};

/** An organization that was let in, unless one is there; enough for those who only look how far it came. */
export const enrolledOrganization = async (suite: Pick<Suite, 'dynamo' | 'tables'>, organizationId: string, state = 'active'): Promise<void> => {
  const Item = { ...organizationStandingKey(organizationId), type: 'organization', schema: 1, version: 5, organizationId, state };
  await suite.dynamo.send(new PutCommand({ TableName: suite.tables['ENROLLMENT_TABLE'] ?? '', Item, ConditionExpression: 'attribute_not_exists(pk)' })).catch((error: unknown) => {
    if (!(error instanceof Error && error.name === 'ConditionalCheckFailedException')) throw error;
  });
};

/** A person who may act for every site of an organization. */
export const enrolledMember = async (suite: Suite, subject: string, organizationId: string): Promise<void> => {
  const member = {
    ...memberKey(subject), type: 'member', schema: 1, version: 1, subject,
    organizationIds: [organizationId], siteIds: [], grantedAt: '2021-01-04T15:00:00.000Z', grantedBy: 'test',
  };
  await suite.dynamo.send(new PutCommand({ TableName: table(suite), Item: member }));
  await enrolledOrganization(suite, organizationId);
};

import { z } from 'zod';
import type { HistoryEntry } from '../../shared/contracts/common.ts';
import { historyItem } from '../../shared/contracts/stored.ts';
import { commit, getItem, queryPage, type Dynamo, type Key, type Page, type PageRequest, type TransactItem } from '../../shared/platform/dynamo.ts';
import { commitCreation, createPut, historyPartition, historyPut, replacePut } from '../../shared/platform/entity.ts';
import { memberItem, memberKey, type MemberItem } from '../../shared/published/member.ts';
import { siteAliasKey, siteKey, type EnrollmentState } from '../../shared/published/site.ts';
import { soapCredentialsItem, soapCredentialsKey, type SoapCredentialsItem } from '../../shared/published/soap-credentials.ts';
import {
  interfaceItem,
  memberLink,
  organizationItem,
  ownSiteItem,
  type interfaceStates,
  type InterfaceItem,
  type MemberLink,
  type OrganizationItem,
  type OwnSiteItem,
} from './schemas.ts';

export const organizationKey = (organizationId: string): { pk: string; sk: 'ORGANIZATION' } => ({
  pk: `ORGANIZATION#${organizationId}`,
  sk: 'ORGANIZATION',
});
export const interfaceKey = (interfaceId: string): { pk: string; sk: 'INTERFACE' } => ({ pk: `INTERFACE#${interfaceId}`, sk: 'INTERFACE' });

export type InterfaceState = (typeof interfaceStates)[number];

/** GSI1 lists things by their state (the review queue); sites and interfaces by their organization is the main table's own business. */
export const byState = (
  kind: 'ORGANIZATION' | 'SITE' | 'INTERFACE',
  state: EnrollmentState | InterfaceState,
  id: string,
): { gsi1pk: string; gsi1sk: string } => ({
  gsi1pk: `${kind}#${state}`,
  gsi1sk: id,
});

type Item = OrganizationItem | OwnSiteItem | InterfaceItem;

const siteLinkItem = z.object({ siteId: z.string() });
const interfaceLinkItem = z.object({ interfaceId: z.string() });

/** An organization lists its sites through link items of its own partition. */
const siteLink = (organizationId: string, siteId: string): Key => ({ pk: `ORGANIZATION#${organizationId}`, sk: `SITE#${siteId}` });

/** Who registered a machine client. */
const clientClaim = (clientId: string, interfaceId: string): Key => ({ pk: `CLIENT#${clientId}`, sk: interfaceId });
const maxClaims = 50;

/** And its interfaces. */
const interfaceLink = (organizationId: string, interfaceId: string): Key => ({
  pk: `ORGANIZATION#${organizationId}`,
  sk: `INTERFACE#${interfaceId}`,
});

/** And its people. Nothing is deleted: who left has an end. */
const memberLinkPut = (table: string, organizationId: string, link: MemberLink): TransactItem => ({
  Put: { TableName: table, Item: { pk: `ORGANIZATION#${organizationId}`, sk: `MEMBER#${link.subject}`, type: 'member-link', schema: 1, ...link } },
});
const sinceNow = ({ subject, grantedAt, grantedBy }: MemberItem): MemberLink => ({ subject, grantedAt, grantedBy });

/** A membership is written over the version that was read, or as the first one. */
const memberWrite = (table: string, member: MemberItem): TransactItem => ({
  Put: {
    TableName: table,
    Item: member,
    ConditionExpression: 'attribute_not_exists(pk) OR #version = :read',
    ExpressionAttributeNames: { '#version': 'version' },
    ExpressionAttributeValues: { ':read': member.version - 1 },
  },
});

const aliasKeysOf = (site: OwnSiteItem): Key[] => [
  ...[site.name, ...site.aliases].map((text) => siteAliasKey('name', text)),
  ...(site.pin === undefined ? [] : [siteAliasKey('pin', site.pin)]),
];

/** Access to the enrollment table. Every write is a transaction with the history of what it changed. */
export const makeStore = (dynamo: Dynamo, table: string) => ({
  organization: (organizationId: string) => getItem(dynamo, table, organizationKey(organizationId), organizationItem),
  site: (siteId: string) => getItem(dynamo, table, siteKey(siteId), ownSiteItem),
  interface: (interfaceId: string) => getItem(dynamo, table, interfaceKey(interfaceId), interfaceItem),
  member: (subject: string) => getItem(dynamo, table, memberKey(subject), memberItem),

  sitesInState: (state: EnrollmentState, page: PageRequest): Promise<Page<OwnSiteItem>> =>
    queryPage(dynamo, { table, index: 'gsi1', pk: `SITE#${state}` }, ownSiteItem, page),
  organizationsInState: (state: EnrollmentState, page: PageRequest): Promise<Page<OrganizationItem>> =>
    queryPage(dynamo, { table, index: 'gsi1', pk: `ORGANIZATION#${state}` }, organizationItem, page),
  history: (of: Key, page: PageRequest): Promise<Page<HistoryEntry>> => queryPage(dynamo, { table, pk: historyPartition(of) }, historyItem, page),

  async sitesOf(organizationId: string, page: PageRequest): Promise<Page<OwnSiteItem>> {
    const links = await queryPage(dynamo, { table, pk: `ORGANIZATION#${organizationId}`, sk: { beginsWith: 'SITE#' } }, siteLinkItem, page);
    const sites = await Promise.all(links.items.map(({ siteId }) => this.site(siteId)));
    return { ...links, items: sites.filter((site) => site !== undefined) };
  },

  async interfacesOf(organizationId: string, page: PageRequest): Promise<Page<InterfaceItem>> {
    const links = await queryPage(dynamo, { table, pk: `ORGANIZATION#${organizationId}`, sk: { beginsWith: 'INTERFACE#' } }, interfaceLinkItem, page);
    const interfaces = await Promise.all(links.items.map(({ interfaceId }) => this.interface(interfaceId)));
    return { ...links, items: interfaces.filter((item) => item !== undefined) };
  },
  interfacesInState: (state: InterfaceState, page: PageRequest): Promise<Page<InterfaceItem>> =>
    queryPage(dynamo, { table, index: 'gsi1', pk: `INTERFACE#${state}` }, interfaceItem, page),

  createOrganization: (item: OrganizationItem, member: MemberItem, entry: HistoryEntry) =>
    commitCreation(dynamo, item, organizationItem, [
      createPut(table, item),
      memberWrite(table, member),
      memberLinkPut(table, item.organizationId, sinceNow(member)),
      historyPut(table, item, entry),
    ]),
  createSite: (item: OwnSiteItem, entry: HistoryEntry) =>
    commitCreation(dynamo, item, ownSiteItem, [
      createPut(table, item),
      { Put: { TableName: table, Item: { ...siteLink(item.organizationId, item.siteId), type: 'site-link', schema: 1, siteId: item.siteId } } },
      historyPut(table, item, entry),
    ]),
  createInterface: (item: InterfaceItem, entry: HistoryEntry) =>
    commitCreation(dynamo, item, interfaceItem, [
      createPut(table, item),
      {
        Put: {
          TableName: table,
          Item: { ...clientClaim(item.clientId, item.interfaceId), type: 'client-claim', schema: 1, interfaceId: item.interfaceId },
        },
      },
      {
        Put: {
          TableName: table,
          Item: { ...interfaceLink(item.organizationId, item.interfaceId), type: 'interface-link', schema: 1, interfaceId: item.interfaceId },
        },
      },
      historyPut(table, item, entry),
    ]),

  /** A machine client's membership, over the version that was read. */
  memberPut: (member: MemberItem): TransactItem => memberWrite(table, member),
  /** Interfaces that were registered with a client, its own among them; of very many the first. */
  async claimsOf(clientId: string): Promise<string[]> {
    const { items } = await queryPage(dynamo, { table, pk: clientClaim(clientId, '').pk }, interfaceLinkItem, { limit: maxClaims });
    return items.map(({ interfaceId }) => interfaceId);
  },
  /** Writes the next version over the one that was read; `refused` when somebody was first. */
  replace: (next: Item, entry: HistoryEntry, more: readonly TransactItem[] = []) =>
    commit(dynamo, [replacePut(table, next), historyPut(table, next, entry), ...more]),
  soapCredentials: (interfaceId: string) => getItem(dynamo, table, soapCredentialsKey(interfaceId), soapCredentialsItem),
  saveSoapCredentials: (item: SoapCredentialsItem, entry: HistoryEntry) =>
    commit(dynamo, [item.version === 1 ? createPut(table, item) : replacePut(table, item), historyPut(table, item, entry)]),
  /** A membership that gained or lost an organization, with its history. */
  saveMember: (member: MemberItem, organizationId: string, link: MemberLink | undefined, entry: HistoryEntry) =>
    commit(dynamo, [memberWrite(table, member), memberLinkPut(table, organizationId, link ?? sinceNow(member)), historyPut(table, member, entry)]),
  members: (organizationId: string, page: PageRequest): Promise<Page<MemberLink>> =>
    queryPage(dynamo, { table, pk: `ORGANIZATION#${organizationId}`, sk: { beginsWith: 'MEMBER#' } }, memberLink, page),

  /** The names under which others know an active site. An alias points to one site: a second claim fails the transaction. */
  aliasPuts: (site: OwnSiteItem): TransactItem[] =>
    aliasKeysOf(site).map((key) => ({
      Put: {
        TableName: table,
        Item: { ...key, type: 'site-alias', schema: 1, siteId: site.siteId },
        ConditionExpression: 'attribute_not_exists(pk) OR siteId = :siteId',
        ExpressionAttributeValues: { ':siteId': site.siteId },
      },
    })),
});
export type EnrollmentStore = ReturnType<typeof makeStore>;

import { accountPrefix, accountSchema, type Account } from '../../shared/ledger/account.ts';
import { readMany } from '../../shared/platform/batch-get.ts';
import { getItem, queryAll, type Dynamo } from '../../shared/platform/dynamo.ts';
import { interfaceStanding, interfaceStandingKey } from '../../shared/published/interface.ts';
import { memberItem, memberKey } from '../../shared/published/member.ts';
import { organizationStanding, organizationStandingKey } from '../../shared/published/organization.ts';
import { soapCredentialsItem, soapCredentialsKey } from '../../shared/published/soap-credentials.ts';
import { aliasOf, siteAliasItem, siteAliasKey, siteItem, siteKey, type SiteItem } from '../../shared/published/site.ts';

/** Accounts of one site; a large clinic has a few hundred over the years. */
const maxAccountPages = 20;

/** What doses read of other contexts: memberships, sites and their names, and the accounts of a site. */
export const makeStockStore = (dynamo: Dynamo, tables: { enrollment: string; inventory: string }, pinPrefix: string) => {
  const site = (siteId: string): Promise<SiteItem | undefined> => getItem(dynamo, tables.enrollment, siteKey(siteId), siteItem);
  const byAlias = async (kind: 'name' | 'pin' | 'id', text: string): Promise<SiteItem | undefined> => {
    const alias = await getItem(dynamo, tables.enrollment, siteAliasKey(kind, text), siteAliasItem);
    return alias === undefined ? undefined : site(alias.siteId);
  };
  return {
    inventoryTable: tables.inventory,
    site,
    member: (subject: string) => getItem(dynamo, tables.enrollment, memberKey(subject), memberItem),
    interfaceStanding: (interfaceId: string) => getItem(dynamo, tables.enrollment, interfaceStandingKey(interfaceId), interfaceStanding),
    organizationStandings: (organizationIds: readonly string[]) =>
      readMany(dynamo, tables.enrollment, organizationIds.map(organizationStandingKey), organizationStanding),
    soapCredentials: (interfaceId: string) => getItem(dynamo, tables.enrollment, soapCredentialsKey(interfaceId), soapCredentialsItem),

    /** The site that a text of RXA-11.4 means: its id here, its PIN with or without the jurisdiction's prefix, or one of its names. */
    async siteNamed(text: string): Promise<SiteItem | undefined> {
      if (/^sit_[0-9a-z]{26}$/.test(text)) return site(text);
      const pin = text.startsWith(pinPrefix) ? text.slice(pinPrefix.length) : text;
      const byPin = /^\d{6}$/.test(pin) ? await byAlias('pin', pin) : undefined;
      // A name without a letter or digit would make an empty alias, which everybody would share.
      return byPin ?? (aliasOf(text) === '' ? undefined : ((await byAlias('id', text)) ?? byAlias('name', text)));
    },

    /** Accounts of a site, or of one product there. */
    async accounts(siteId: string, ndc?: string): Promise<Account[]> {
      const accounts: Account[] = [];
      const query = { table: tables.inventory, pk: siteKey(siteId).pk, sk: { beginsWith: accountPrefix(ndc) }, consistent: true };
      for await (const account of queryAll(dynamo, query, accountSchema, { maxPages: maxAccountPages })) accounts.push(account);
      return accounts;
    },
  };
};
export type StockStore = ReturnType<typeof makeStockStore>;

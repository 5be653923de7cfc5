import { z } from 'zod';
import { entriesPartition, lotKey, type Account } from '../../../shared/ledger/account.ts';
import { BadCursor, queryAll, queryPage, type Dynamo, type Page, type PageRequest } from '../../../shared/platform/dynamo.ts';
import { parseJson } from '../../../shared/platform/json.ts';
import { excursionsOf, publishedExcursion, type PublishedExcursion } from '../../../shared/published/excursion.ts';
import { waitsForStock } from '../domain/decrement.ts';
import { lotAccountItem, lotPartition } from '../domain/lot-index.ts';
import { openWorklist } from '../domain/open-list.ts';
import { worklistItem, type WorklistItem } from '../domain/worklist.ts';
import { listOpen } from '../list-open.ts';

/** Accounts of one lot: more sites than get a lot. */
const maxAccountPages = 50;
/** A site that had more excursions needs no computer. */
const maxExcursionPages = 10;
const entry = z.object({ pk: z.string(), sk: z.string(), gsi1pk: z.string(), gsi1sk: z.string() });
const place = z.object({ of: z.string(), cursor: z.string().optional() });
const recordPrefix = 'RECORD#';
/** Of what waits at a site, so much is looked through, the doses told first: 10,000. */
const waitingPages = { most: 100, items: 100 };

/** A dose that waits for its stock, and what tells its turn. */
export type WaitingDose = Pick<WorklistItem, 'doseId' | 'givenOn' | 'toldAt'>;

/** A site is also asked about days, which lie under another key; and a lot is the one that is held if their spelling says so, as where its account is chosen. */
const isWaitingFor = ({ sk, doseId, state, why, lot }: WorklistItem, wanted: string | undefined): boolean =>
  state === 'open' &&
  sk === doseId &&
  waitsForStock({ kind: 'unresolved', why }) &&
  (wanted === undefined || (lot !== undefined && lotKey(lot) === lotKey(wanted)));

const encode = (at: z.input<typeof place>): string => Buffer.from(JSON.stringify(at)).toString('base64url');
const decode = (cursor: string): z.output<typeof place> => {
  const parsed = parseJson(Buffer.from(cursor, 'base64url').toString());
  const read = place.safeParse(parsed.kind === 'json' ? parsed.value : undefined);
  if (!read.success) throw new BadCursor('cursor');
  return read.data;
};

export const partitionOf = ({ ref }: Pick<Account, 'ref'>): string => entriesPartition(ref);

/** Doses by lot or by account: partitions of gsi1, one after the other. */
const makeAccountsOf = (dynamo: Dynamo, table: string) => async (lot: string): Promise<string[]> => {
  const found: string[] = [];
  for await (const { sk } of queryAll(dynamo, { table, pk: lotPartition(lot), consistent: true }, lotAccountItem, { maxPages: maxAccountPages }))
    found.push(sk);
  return found;
};

export const makeLotStore = (dynamo: Dynamo, tables: { doses: string; shipments: string }) => ({
  /** Partitions of the accounts from which doses of a lot, or of one that looks like it, were given; always in one order. */
  accountsOf: makeAccountsOf(dynamo, tables.doses),
  /** Partitions that hold the doses of a lot and of those that look like it, whichever site gave them and whether or not they moved stock; always in one order. */
  partitionsOf: async (lot: string): Promise<string[]> => [lotPartition(lot), ...(await makeAccountsOf(dynamo, tables.doses)(lot))],

  /** Keys of one page of doses, of one partition at a time: a page may be empty and still not the last. */
  async doses(partitions: readonly string[], { limit, cursor }: PageRequest): Promise<Page<{ pk: string; sk: string }>> {
    const [first] = partitions;
    const at = cursor === undefined ? { of: first ?? '' } : decode(cursor);
    const index = partitions.indexOf(at.of);
    if (first === undefined) return { items: [] };
    if (index < 0) throw new BadCursor('cursor');
    const page = await queryPage(dynamo, { table: tables.doses, index: 'gsi1', pk: at.of }, entry, { limit, cursor: at.cursor });
    const next = partitions[index + 1];
    const goesOn =
      page.nextCursor !== undefined ? encode({ of: at.of, cursor: page.nextCursor }) : next !== undefined ? encode({ of: next }) : undefined;
    // Shares of people who opted out lie under the account too, and are nobody's.
    const items = page.items.filter(({ pk }) => pk.startsWith(recordPrefix)).map(({ pk, sk }) => ({ pk, sk }));
    return { items, ...(goesOn === undefined ? {} : { nextCursor: goesOn }) };
  },

  /** Doses that wait for stock of a site, of one lot or of any: one query of its open list when nothing waits there, however many doses it gave. */
  async waiting(siteId: string, lot: string | undefined): Promise<WaitingDose[]> {
    const found: WaitingDose[] = [];
    let cursor: string | undefined;
    for (let pages = 0; pages === 0 || (cursor !== undefined && pages < waitingPages.most); pages += 1) {
      const page = await listOpen(dynamo, tables.doses, openWorklist(siteId), worklistItem, { limit: waitingPages.items, cursor });
      found.push(...page.items.filter((item) => isWaitingFor(item, lot)));
      cursor = page.nextCursor;
    }
    return found;
  },

  /** Temperature excursions of a site, of whatever state. */
  async excursions(siteId: string): Promise<PublishedExcursion[]> {
    const found: PublishedExcursion[] = [];
    const query = { table: tables.shipments, ...excursionsOf(siteId), consistent: true };
    for await (const item of queryAll(dynamo, query, publishedExcursion, { maxPages: maxExcursionPages })) found.push(item);
    return found;
  },
});
export type LotStore = ReturnType<typeof makeLotStore>;

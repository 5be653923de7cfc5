import { gunzipSync, gzipSync } from 'node:zlib';
import { z } from 'zod';
import { BadCursor, queryAll, queryPage, type Dynamo, type Key, type Page, type PageRequest } from '../../shared/platform/dynamo.ts';

/**
 * Rows of a run that belong to sites, kept in compressed blocks of neighbouring sites. A run's parts all lie in one partition, which
 * takes a thousand units a second: two thousand sites row by row would be some twenty thousand. In blocks they are a few dozen items.
 */
export interface SiteRow {
  readonly siteId: string;
}

const blockItem = z.object({ data: z.string() });
/** Characters of JSON in a block. Compressed it is about a tenth; an item holds 400 KB. */
const mostBlockChars = 1_000_000;
/** The unpacked size nobody may pass: a block is our own, but a page of memory is not endless. */
const mostUnpackedBytes = 16 * mostBlockChars;

const bySite = (a: SiteRow, b: SiteRow): number => (a.siteId < b.siteId ? -1 : a.siteId > b.siteId ? 1 : 0);

/** The items that hold rows, in the order of their sites; the rows of one site never lie in two blocks. */
export const blocksOf = (pk: string, name: string, type: string, rows: readonly SiteRow[]): (Key & { type: string; data: string })[] => {
  const blocks: (Key & { type: string; data: string })[] = [];
  let [texts, chars, first, last] = [[] as string[], 0, '', ''];
  const close = (): void => {
    if (texts.length > 0) blocks.push({ pk, sk: `${name}#${first}`, type, data: gzipSync(`[${texts.join(',')}]`).toString('base64') });
    [texts, chars] = [[], 0];
  };
  for (const row of [...rows].sort(bySite)) {
    if (chars > mostBlockChars && row.siteId !== last) close();
    if (texts.length === 0) first = row.siteId;
    last = row.siteId;
    const text = JSON.stringify(row);
    texts.push(text);
    chars += text.length;
  }
  close();
  return blocks;
};

const encoded = (place: readonly [siteId: string, skipped: number]): string => Buffer.from(JSON.stringify(place)).toString('base64url');
const placeSchema = z.tuple([z.string().max(200), z.int().min(0)]);
const decoded = (cursor: string): [string, number] => {
  try {
    return placeSchema.parse(JSON.parse(Buffer.from(cursor, 'base64url').toString()));
  } catch {
    throw new BadCursor('cursor');
  }
};

/** Reads blocks of one kind of row. */
export const makeBlocks = <T extends SiteRow>(dynamo: Dynamo, table: string, name: string, row: z.ZodType<T>) => {
  const rows = z.array(row);
  /** Rows as they lie there: to check those that nobody asked for would be most of the cost. */
  const unpack = ({ data }: z.output<typeof blockItem>): SiteRow[] =>
    JSON.parse(gunzipSync(Buffer.from(data, 'base64'), { maxOutputLength: mostUnpackedBytes }).toString()) as SiteRow[];
  /** Blocks from the one in which a site lies, or would lie. */
  const from = async function* (pk: string, siteId: string): AsyncGenerator<SiteRow[]> {
    const before = { between: [`${name}#`, `${name}#${siteId}`] as const };
    const { items } = await queryPage(dynamo, { table, pk, sk: before, newestFirst: true, consistent: true }, blockItem, { limit: 1 });
    for (const block of items) yield unpack(block);
    const after = { between: [`${name}#${siteId}\u0000`, `${name}#\uffff`] as const };
    for await (const block of queryAll(dynamo, { table, pk, sk: after, consistent: true }, blockItem, { pageSize: 4 })) yield unpack(block);
  };
  /** Rows of sites from one id to another, both in it. */
  const between = async (pk: string, first: string, last: string): Promise<T[]> => {
    const found: T[] = [];
    for await (const block of from(pk, first)) {
      found.push(...rows.parse(block.filter(({ siteId }) => siteId >= first && siteId <= last)));
      if (block.some(({ siteId }) => siteId > last)) break;
    }
    return found;
  };
  return {
    async all(pk: string): Promise<T[]> {
      const found: T[] = [];
      for await (const block of queryAll(dynamo, { table, pk, sk: { beginsWith: `${name}#` }, consistent: true }, blockItem, { pageSize: 10 }))
        for (const each of rows.parse(unpack(block))) found.push(each);
      return found;
    },
    between,
    of: (pk: string, siteId: string): Promise<T[]> => between(pk, siteId, siteId),
    /** Rows of the sites after one, of at most `limit` sites, and whether there are more. */
    async after(pk: string, siteId: string, limit: number): Promise<{ rows: T[]; more: boolean }> {
      const found: T[] = [];
      const sites = new Set<string>();
      for await (const block of from(pk, siteId))
        for (const each of block) {
          if (each.siteId <= siteId) continue;
          if (sites.size === limit && !sites.has(each.siteId)) return { rows: found, more: true };
          sites.add(each.siteId);
          found.push(row.parse(each));
        }
      return { rows: found, more: false };
    },
    /** One page of rows; its cursor names the last site and how many of its rows were shown. */
    async page(pk: string, { limit, cursor }: PageRequest): Promise<Page<T>> {
      const [siteId, shown] = cursor === undefined ? (['', 0] as const) : decoded(cursor);
      const items: T[] = [];
      let [current, ofCurrent] = [siteId, 0];
      for await (const block of from(pk, siteId))
        for (const each of block) {
          if (each.siteId < siteId) continue;
          [current, ofCurrent] = each.siteId === current ? [current, ofCurrent + 1] : [each.siteId, 1];
          if (each.siteId === siteId && ofCurrent <= shown) continue;
          if (items.length === limit) {
            const last = items.at(-1)?.siteId ?? '';
            const ofLast = items.filter((item) => item.siteId === last).length + (last === siteId ? shown : 0);
            return { items, nextCursor: encoded([last, ofLast]) };
          }
          items.push(row.parse(each));
        }
      return { items };
    },
  };
};

import { queryAll, queryPage, BadCursor, type Dynamo, type Page, type PageRequest } from '../../../shared/platform/dynamo.ts';
import { parseJson } from '../../../shared/platform/json.ts';
import { z } from 'zod';
import { lotAccountItem, lotPartition } from '../domain/lot-index.ts';

/** Accounts of one lot: more sites than get a lot. */
const maxAccountPages = 50;
const key = z.object({ pk: z.string(), sk: z.string(), gsi1pk: z.string(), gsi1sk: z.string() });
const place = z.object({ of: z.string(), cursor: z.string().optional() });
const recordPrefix = 'RECORD#';

const encode = (at: z.input<typeof place>): string => Buffer.from(JSON.stringify(at)).toString('base64url');
const decode = (cursor: string): z.output<typeof place> => {
  const parsed = parseJson(Buffer.from(cursor, 'base64url').toString());
  const read = place.safeParse(parsed.kind === 'json' ? parsed.value : undefined);
  if (!read.success) throw new BadCursor('cursor');
  return read.data;
};

/** Doses by their lot, whichever site gave them and whether or not they moved stock. */
export const makeLotStore = (dynamo: Dynamo, table: string) => {
  /** Partitions of gsi1 that hold doses of the lot, always in one order. */
  const partitionsOf = async (lot: string): Promise<string[]> => {
    const own = lotPartition(lot);
    const found = [own];
    for await (const { sk } of queryAll(dynamo, { table, pk: own, consistent: true }, lotAccountItem, { maxPages: maxAccountPages })) found.push(sk);
    return found;
  };
  return {
    /** Keys of one page of its doses, of one account at a time: a page may be empty and still not the last. */
    async doses(lot: string, { limit, cursor }: PageRequest): Promise<Page<{ pk: string; sk: string }>> {
      const partitions = await partitionsOf(lot);
      const at = cursor === undefined ? { of: partitions[0] ?? '' } : decode(cursor);
      const index = partitions.indexOf(at.of);
      if (index < 0) throw new BadCursor('cursor');
      const page = await queryPage(dynamo, { table, index: 'gsi1', pk: at.of }, key, { limit, cursor: at.cursor });
      const next = partitions[index + 1];
      const goesOn = page.nextCursor !== undefined ? encode({ of: at.of, cursor: page.nextCursor }) : next !== undefined ? encode({ of: next }) : undefined;
      // Shares of people who opted out lie under the account too, and are nobody's.
      const items = page.items.filter(({ pk }) => pk.startsWith(recordPrefix)).map(({ pk, sk }) => ({ pk, sk }));
      return { items, ...(goesOn === undefined ? {} : { nextCursor: goesOn }) };
    },
  };
};
export type LotStore = ReturnType<typeof makeLotStore>;

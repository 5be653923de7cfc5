import { z } from 'zod';
import { readMany } from '../../shared/platform/batch-get.ts';
import { queryPage, type Dynamo, type Page, type PageRequest } from '../../shared/platform/dynamo.ts';
import type { OpenList } from './domain/open-list.ts';

const openEntry = z.object({ pk: z.string(), sk: z.string(), gsi1pk: z.string(), gsi1sk: z.string() });

/** One page of all that waits, the oldest first. The index holds keys only; what was decided since is left out by the caller. */
export const listOpen = async <T extends z.ZodType<{ pk: string; sk: string }>>(
  dynamo: Dynamo,
  table: string,
  list: OpenList,
  schema: T,
  page: PageRequest,
): Promise<Page<z.output<T>>> => {
  const listed = await queryPage(dynamo, { table, index: 'gsi1', pk: list }, openEntry, page);
  const found = await readMany(
    dynamo,
    table,
    listed.items.map(({ pk, sk }) => ({ pk, sk })),
    schema,
  );
  const byKey = new Map(found.map((item) => [`${item.pk}|${item.sk}`, item]));
  return { ...listed, items: listed.items.flatMap(({ pk, sk }) => byKey.get(`${pk}|${sk}`) ?? []) };
};

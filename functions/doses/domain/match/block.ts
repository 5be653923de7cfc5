import { z } from 'zod';

/**
 * The records that share a key: one item, read and written whole. Its version is checked by everyone who adds a record, so that of two senders who tell of
 * one person at the same moment the second reads again and finds the first.
 */
export const blockItem = z.object({
  pk: z.string(),
  sk: z.literal('KEY'),
  type: z.literal('key'),
  schema: z.literal(1),
  version: z.int().min(1),
  recordIds: z.array(z.string()),
  /** More records than the cap share the key: a clinic's phone, a shelter's address. It leads to nobody any more, and is not written again. */
  full: z.literal(true).optional(),
});
export type BlockItem = z.infer<typeof blockItem>;

export const blockKey = (hash: string): { pk: string; sk: 'KEY' } => ({ pk: `KEY#${hash}`, sk: 'KEY' });

/** Thirty ids and the rest of the item are below 1 KB: one write unit, two in a transaction. */
export const blockCap = 30;

/** So many records lead to their person; a person of whom thirty senders tell must not fill its own blocks. */
export const maxOfAPerson = 5;

/**
 * A block with a record more, as it is to be written; undefined when nothing changes.
 * @param siblings the other records of the record's person
 */
export const withRecord = (hash: string, block: BlockItem | undefined, recordId: string, siblings: readonly string[] = []): BlockItem | undefined => {
  if (block === undefined) return { ...blockKey(hash), type: 'key', schema: 1, version: 1, recordIds: [recordId] };
  if (block.full === true || block.recordIds.includes(recordId)) return undefined;
  if (block.recordIds.filter((id) => siblings.includes(id)).length >= maxOfAPerson) return undefined;
  const next: BlockItem = { ...block, version: block.version + 1, recordIds: [...block.recordIds, recordId] };
  return next.recordIds.length > blockCap ? { ...next, recordIds: [], full: true } : next;
};

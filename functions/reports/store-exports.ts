import { PutCommand, ScanCommand } from '@aws-sdk/lib-dynamodb';
import { getItem, queryAll, type Dynamo } from '../../shared/platform/dynamo.ts';
import { exportItem, type ExportItem } from './schemas.ts';

const exportKey = (day: string, table: string): { pk: string; sk: string } => ({ pk: `EXPORTS#${day}`, sk: table });

/** Parts of a table read side by side: their pages of 1 MB are all that is in memory. */
const segments = 4;
type Item = Record<string, unknown>;

/** Every item of a table, a page of each segment at a time. Only the export worker may ask. */
export async function* scanPages(dynamo: Dynamo, table: string): AsyncGenerator<Item[]> {
  let open = Array.from({ length: segments }, (_, Segment): { Segment: number; start: Item | undefined } => ({ Segment, start: undefined }));
  while (open.length > 0) {
    const pages = await Promise.all(
      open.map(async ({ Segment, start }) => {
        const { Items = [], LastEvaluatedKey } = await dynamo.send(
          new ScanCommand({ TableName: table, Segment, TotalSegments: segments, ExclusiveStartKey: start }),
        );
        return { Segment, items: Items, start: LastEvaluatedKey };
      }),
    );
    for (const { items } of pages) yield items;
    open = pages.filter(({ start }) => start !== undefined);
  }
}

/** The register of exports: what is complete, under its day. */
export const makeExportRegister = (dynamo: Dynamo, table: string) => ({
  read: (day: string, of: string): Promise<ExportItem | undefined> => getItem(dynamo, table, exportKey(day, of), exportItem),
  async enter(item: Omit<ExportItem, 'pk' | 'sk' | 'type' | 'schema'>): Promise<void> {
    await dynamo.send(new PutCommand({ TableName: table, Item: { ...exportKey(item.day, item.table), type: 'export', schema: 1, ...item } }));
  },
  async ofDay(day: string): Promise<ExportItem[]> {
    const found: ExportItem[] = [];
    for await (const item of queryAll(dynamo, { table, pk: `EXPORTS#${day}` }, exportItem, { maxPages: 1 })) found.push(item);
    return found;
  },
});
export type ExportRegister = ReturnType<typeof makeExportRegister>;

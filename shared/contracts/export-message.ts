import { z } from 'zod';
import { day, instant } from './common.ts';

/** The tables that are exported: one of each context. */
export const exportedTables = ['enrollment', 'allocations', 'orders', 'shipments', 'inventory', 'doses', 'reports'] as const;
export type ExportedTable = (typeof exportedTables)[number];

/** A message of the exports queue: write this table as it is now under this day. The same request twice is one export. */
export const exportMessage = z.object({ table: z.enum(exportedTables), day, requestedAt: instant });
export type ExportMessage = z.infer<typeof exportMessage>;

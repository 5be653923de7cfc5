import { z } from 'zod';
import { historyEntry } from './common.ts';

/** What every stored thing that changes has besides its own fields. */
export const entityFields = { pk: z.string(), sk: z.string(), schema: z.literal(1), version: z.int().min(1) };

/** Fields of a stored thing that never leave through the API. */
export const storedOnly = { pk: true, sk: true, type: true, schema: true, requestDigest: true } as const;

export const historyItem = historyEntry.extend({ pk: z.string(), sk: z.string(), type: z.literal('history'), schema: z.literal(1) });

import type { z } from 'zod';
import type { ExportedTable } from '../../shared/contracts/export-message.ts';
import { canonicalJson } from '../../shared/kernel/ids.ts';
import { awardItem } from '../../shared/published/award.ts';
import { doseItem, doseVersionItem } from '../../shared/published/dose.ts';
import { personItem, recordItem } from '../../shared/published/person.ts';
import { orderItem } from '../../shared/published/order-line.ts';
import { shipmentLineItem } from '../../shared/published/shipment-line.ts';
import { memberItem } from '../../shared/published/member.ts';
import { siteItem } from '../../shared/published/site.ts';
import { chunkItem, claimItem, eventItem, exportItem, heldItem, restatementItem, submissionItem } from './schemas.ts';
import { contributionItem } from './store-coverage.ts';

/** Columns of every file; `rest` holds what an item has beyond its own, as JSON, so that nothing is lost that nobody declared. */
const shared = ['pk', 'sk', 'type', 'schema', 'version'] as const;
const restColumn = 'rest';

/** Indexes repeat the keys; digests and keyed hashes serve the machine and could be used to look people up. */
const unexported = new Set(['gsi1pk', 'gsi1sk', 'gsi2pk', 'gsi2sk', 'requestDigest', 'digest', 'toldDigest', 'matchKeys', 'expiresAt']);
/** Items that are nothing but keyed hashes of identities. */
const unexportedTypes = new Set(['key']);

const columnsOf = (...schemas: readonly z.ZodObject[]): string[] => [...new Set(schemas.flatMap((schema) => Object.keys(schema.shape)))];

/** The columns of the items that a context publishes, and of our own. A type that is not here has the shared columns and `rest`. */
const declared: Readonly<Record<ExportedTable, Readonly<Record<string, readonly string[]>>>> = {
  enrollment: { site: columnsOf(siteItem), member: columnsOf(memberItem) },
  allocations: { award: columnsOf(awardItem) },
  orders: { order: columnsOf(orderItem) },
  shipments: { 'shipment-line': columnsOf(shipmentLineItem) },
  inventory: {
    account: ['siteId', 'ndc', 'lot', 'funding', 'lotText', 'expiresOn', 'buckets', 'positions', 'vial'],
    entry: ['siteId', 'ndc', 'lot', 'funding', 'key', 'kind', 'at', 'actor', 'reason', 'effect', 'reverses'],
  },
  doses: { dose: columnsOf(doseItem), 'dose-version': columnsOf(doseVersionItem), record: columnsOf(recordItem), person: columnsOf(personItem) },
  reports: {
    contribution: columnsOf(contributionItem),
    submission: columnsOf(submissionItem),
    claim: columnsOf(claimItem),
    restatement: columnsOf(restatementItem),
    export: columnsOf(exportItem),
    'submission-event': columnsOf(eventItem),
    'held-event': columnsOf(heldItem),
    'manifest-chunk': columnsOf(chunkItem),
  },
};

export type ExportRow = readonly string[];

/** What a spreadsheet would take for a formula gets an apostrophe before it; numbers and telephone numbers stay. */
const harmless = (text: string): string => (/^[=+\-@\t\r]/.test(text) && !/^[+-][\d\s().-]*$/.test(text) ? `'${text}` : text);

const cellOf = (value: unknown): string => {
  if (value === undefined || value === null) return '';
  if (typeof value === 'string') return harmless(value);
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : canonicalJson(value);
};

/** One kind of file: the items of one type. */
export interface ExportProfile {
  readonly file: string;
  readonly header: ExportRow;
  readonly row: (item: Readonly<Record<string, unknown>>) => ExportRow;
}

const profileOf = (table: ExportedTable, type: string): ExportProfile => {
  const own = (declared[table][type] ?? []).filter((column) => !unexported.has(column) && !(shared as readonly string[]).includes(column));
  const columns = [...shared, ...own];
  const isRest = (attribute: string): boolean => !columns.includes(attribute) && !unexported.has(attribute);
  return {
    file: `${type}.csv`,
    header: [...columns, restColumn],
    row: (item) => {
      const rest = Object.fromEntries(Object.entries(item).filter(([attribute]) => isRest(attribute)));
      return [...columns.map((column) => cellOf(item[column])), Object.keys(rest).length === 0 ? '' : canonicalJson(rest)];
    },
  };
};

/** One file a type: the profile of an item, or undefined for an item that never leaves. */
export const exportProfiles = (table: ExportedTable): ((item: Readonly<Record<string, unknown>>) => ExportProfile | undefined) => {
  const known = new Map<string, ExportProfile>();
  return ({ type }) => {
    const name = typeof type === 'string' && /^[a-z][a-z0-9-]{0,40}$/.test(type) ? type : 'other';
    if (unexportedTypes.has(name)) return undefined;
    const profile = known.get(name) ?? profileOf(table, name);
    known.set(name, profile);
    return profile;
  };
};

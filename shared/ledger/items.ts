import { accountKey, entriesPartition, positionAttribute } from './account.ts';
import type { AccountArrival, AccountFacts, AccountRef } from './account.ts';
import { entriesOf, isSource } from './buckets.ts';
import type { PositionKey } from './buckets.ts';
import type { AccountChange, MovementPlan, PlannedEntry } from './plan-movements.ts';

type Values = Record<string, string | number>;

export interface AccountUpdate {
  Update: {
    TableName: string;
    Key: { pk: string; sk: string };
    UpdateExpression: string;
    ConditionExpression?: string;
    ExpressionAttributeNames: Record<string, string>;
    ExpressionAttributeValues: Values;
    ReturnValuesOnConditionCheckFailure: 'ALL_OLD';
  };
}
export interface EntryPut {
  Put: { TableName: string; Item: Record<string, unknown>; ConditionExpression: string; ReturnValuesOnConditionCheckFailure: 'ALL_OLD' };
}
export type LedgerWrite = AccountUpdate | EntryPut;

/** When and by whose act. `at` is an ISO UTC instant, `actor` a subject or the name of a worker, never a person's name. */
export interface Stamp {
  readonly at: string;
  readonly actor: string;
  /** When doses that come to the site came, where they are booked later than that: a delivery that is counted in the evening. */
  readonly arrivedAt?: string;
}

/**
 * The transaction items of a plan: one update per account (in the order of `plan.changes`), then one put per entry.
 * Pass `entries: false` when the cause is itself the entry (an administered dose): then its record must be put in the same
 * transaction, under its own key, with the effect in it and `entriesPartition(ref)` as its account index key.
 */
export const movementItems = (table: string, plan: MovementPlan, stamp: Stamp, { entries = true } = {}): LedgerWrite[] => [
  ...plan.changes.map((change) => accountUpdate(table, change, stamp.arrivedAt ?? stamp.at)),
  ...(entries ? plan.entries.map((entry) => entryPut(table, entry, stamp)) : []),
];

/**
 * The update of one account. ADD creates what is missing. The condition repeats the rules in the database, so that no writer,
 * however late its reading, takes a holding or an end below 0 or a source above it.
 * @param at when it happened: the first doses that come to the site leave it on the account
 */
export const accountUpdate = (table: string, { ref, effect, facts, exactVersion }: AccountChange, at?: string): AccountUpdate => {
  const names: Record<string, string> = { '#type': 'type', '#schema': 'schema', '#version': 'version' };
  const values: Values = { ':type': 'account', ':schema': 1, ':one': 1 };
  const adds = ['#version :one'];
  const conditions: string[] = [];
  const changes: [attribute: string, change: number, source: boolean][] = [
    ...entriesOf(effect.buckets).map(([bucket, change]): [string, number, boolean] => [bucket, change, isSource(bucket)]),
    ...entriesOf<PositionKey>(effect.positions).map(([key, change]): [string, number, boolean] => [positionAttribute(key), change, false]),
  ];
  changes.forEach(([attribute, change, source], n) => {
    names[`#a${n}`] = attribute;
    values[`:a${n}`] = change;
    adds.push(`#a${n} :a${n}`);
    if (source ? change > 0 : change < 0) {
      conditions.push(`#a${n} ${source ? '<=' : '>='} :c${n}`);
      values[`:c${n}`] = -change;
    }
  });
  if (exactVersion === 0) conditions.push('attribute_not_exists(#version)');
  else if (exactVersion !== undefined) {
    conditions.push('#version = :version');
    values[':version'] = exactVersion;
  }
  const sets = ['#type = :type', '#schema = :schema', ...factSets({ ...facts, ...arrivalOf(effect, at) }, values)];
  return {
    Update: {
      TableName: table,
      Key: accountKey(ref),
      UpdateExpression: `SET ${sets.join(', ')} ADD ${adds.join(', ')}`,
      ...(conditions.length > 0 ? { ConditionExpression: conditions.join(' AND ') } : {}),
      ExpressionAttributeNames: names,
      ExpressionAttributeValues: values,
      ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
    },
  };
};

/** Doses that come to the site; the first ever decide. */
const arrivalOf = ({ buckets }: AccountChange['effect'], at: string | undefined): AccountArrival =>
  at !== undefined && (buckets.onHand ?? 0) + (buckets.quarantined ?? 0) > 0 ? { stockedAt: at } : {};

const factSets = ({ lotText, expiresOn, stockedAt, vial }: AccountFacts & AccountArrival, values: Values): string[] =>
  Object.entries({ lotText, expiresOn, stockedAt, vialLabel: vial?.label, vialCounted: vial?.counted }).flatMap(([name, value]) => {
    if (value === undefined) return [];
    values[`:${name}`] = value;
    return [`${name} = if_not_exists(${name}, :${name})`];
  });

export const entryKey = (ref: AccountRef, key: string): { pk: string; sk: string } => ({ pk: entriesPartition(ref), sk: key });

/** The put of one entry: refused when its business key has been used, which is how a retry meets itself. */
export const entryPut = (table: string, { ref, movement, effect }: PlannedEntry, { at, actor }: Stamp): EntryPut => ({
  Put: {
    TableName: table,
    Item: {
      ...entryKey(ref, movement.key), type: 'entry', schema: 1, kind: movement.kind, doses: movement.doses, effect, at, actor, ...detailOf(movement),
    },
    ConditionExpression: 'attribute_not_exists(pk)',
    ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
  },
});

const detailOf = (movement: PlannedEntry['movement']): Record<string, string> => {
  const { reason, wasteReason, counterpart, reverses } = { wasteReason: undefined, counterpart: undefined, reverses: undefined, ...movement };
  return Object.fromEntries(
    Object.entries({ reason, wasteReason, counterpart, reverses }).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
};

import type { DynamoRequest, Item, TableOf } from '../iam/dynamodb-needs.ts';

/** Items that calls under way hold. DynamoDB cancels what overlaps with a transaction; DynamoDB Local never does. */
export interface Conflicts {
  /** Takes hold of the items of a call, or tells at which positions another call under way stands against it. */
  begin(operation: string, request: DynamoRequest): Hold;
}

export type Hold =
  { readonly kind: 'held'; release(): void } | { readonly kind: 'conflict'; readonly positions: readonly boolean[] };

interface Grip {
  transactions: number;
  writes: number;
}

const WRITES = new Set(['PutItem', 'UpdateItem', 'DeleteItem']);

export const makeConflicts = (tableOf: TableOf): Conflicts => {
  const grips = new Map<string, Grip>();

  const itemOf = (request: DynamoRequest): string => {
    const table = tableOf(request.TableName ?? '');
    const key: Item = request.Key ?? request.Item ?? {};
    return JSON.stringify([table?.name, ...(table?.keys ?? []).map((name) => key[name])]);
  };

  const hold = (items: readonly string[], kind: keyof Grip): Hold => {
    const unique = [...new Set(items)];
    const change = (by: number): void => {
      for (const item of unique) {
        const grip = grips.get(item) ?? { transactions: 0, writes: 0 };
        grip[kind] += by;
        if (grip.transactions + grip.writes > 0) grips.set(item, grip);
        else grips.delete(item);
      }
    };
    change(1);
    return {
      kind: 'held',
      release: () => {
        change(-1);
      },
    };
  };

  const begin = (operation: string, request: DynamoRequest): Hold => {
    if (operation === 'TransactWriteItems') {
      const items = (request.TransactItems ?? []).map((item) => itemOf(Object.values(item)[0] ?? {}));
      const positions = items.map((item) => grips.has(item));
      return positions.includes(true) ? { kind: 'conflict', positions } : hold(items, 'transactions');
    }
    if (operation === 'TransactGetItems') {
      const positions = (request.TransactItems ?? []).map(
        (item) => (grips.get(itemOf(Object.values(item)[0] ?? {}))?.transactions ?? 0) > 0,
      );
      return positions.includes(true) ? { kind: 'conflict', positions } : hold([], 'writes');
    }
    if (!WRITES.has(operation)) return hold([], 'writes');
    const item = itemOf(request);
    return (grips.get(item)?.transactions ?? 0) > 0 ? { kind: 'conflict', positions: [true] } : hold([item], 'writes');
  };

  return { begin };
};

/** One value that two documents hold differently; absent on the side that has none. */
export interface PathChange {
  readonly path: string;
  readonly before?: unknown;
  readonly after?: unknown;
}

const isBranch = (value: unknown): value is readonly unknown[] | Record<string, unknown> => typeof value === 'object' && value !== null;

/** Members of a list are told by what they are of, where they say it: reordering is then no difference. */
const NAMES = ['id', 'siteId', 'product', 'kind', 'rule'] as const;
const nameOf = (item: unknown, at: number): string => {
  if (!isBranch(item) || Array.isArray(item)) return String(at);
  const row = item as Record<string, unknown>;
  const parts = [...NAMES.map((name) => row[name]), row['doseNumber'], row['packDoses'], row['day'], row['week']];
  const named = parts.filter((part) => typeof part === 'string' || typeof part === 'number');
  return named.length === 0 ? String(at) : named.join(' ');
};

const membersOf = (value: readonly unknown[] | Record<string, unknown>): Map<string, unknown> => {
  if (!Array.isArray(value)) return new Map(Object.entries(value).map(([key, item]) => [`.${key}`, item]));
  const names = (value as readonly unknown[]).map(nameOf);
  const unique = new Set(names).size === names.length;
  return new Map((value as readonly unknown[]).map((item, at) => [`[${unique ? (names[at] ?? '') : at}]`, item]));
};

/** Every value in which two documents differ, with its path: `.stages[priority-guarantee].share`. At most `most`. */
export const pathChanges = (before: unknown, after: unknown, most = 200, path = ''): PathChange[] => {
  if (isBranch(before) && isBranch(after) && Array.isArray(before) === Array.isArray(after)) {
    const [old, now] = [membersOf(before), membersOf(after)];
    const changes: PathChange[] = [];
    for (const key of [...new Set([...old.keys(), ...now.keys()])].sort()) {
      if (changes.length >= most) break;
      changes.push(...pathChanges(old.get(key), now.get(key), most - changes.length, `${path}${key}`));
    }
    return changes;
  }
  if (before === after) return [];
  return [{ path: path || '(the whole)', ...(before === undefined ? {} : { before }), ...(after === undefined ? {} : { after }) }];
};

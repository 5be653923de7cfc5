import type { JsonObject } from '../template/assembly.ts';

type Test = (value: unknown, argument: unknown) => boolean;

/** Comparisons of an event filter; a pattern with another one stops the start. */
const tests: Readonly<Record<string, Test>> = {
  prefix: (value, argument) => typeof value === 'string' && value.startsWith(String(argument)),
  suffix: (value, argument) => typeof value === 'string' && value.endsWith(String(argument)),
  'anything-but': (value, argument) => value !== undefined && !(Array.isArray(argument) ? argument : [argument]).includes(value),
  exists: (value, argument) => (value !== undefined) === argument,
};

/** The patterns of an event source mapping, each as an object. Throws when one uses a comparison that is not in the table. */
export const readFilters = (id: string, criteria: JsonObject | undefined): JsonObject[] => {
  const patterns = ((criteria?.['Filters'] ?? []) as { Pattern: string }[]).map(
    ({ Pattern }) => JSON.parse(Pattern) as JsonObject,
  );
  for (const pattern of patterns) checkPattern(id, pattern);
  return patterns;
};

const checkPattern = (id: string, pattern: unknown): void => {
  if (Array.isArray(pattern)) {
    const unknown = (pattern as unknown[]).find(
      (rule) => typeof rule === 'object' && rule !== null && tests[Object.keys(rule)[0] ?? ''] === undefined,
    );
    if (unknown !== undefined) throw new Error(`${id}: the filter comparison ${JSON.stringify(unknown)} is not emulated`);
  } else if (typeof pattern === 'object' && pattern !== null) {
    for (const inner of Object.values(pattern)) checkPattern(id, inner);
  }
};

/** True when there is no pattern, or a record matches one. */
export const passes = (patterns: readonly JsonObject[], record: unknown): boolean =>
  patterns.length === 0 || patterns.some((pattern) => matches(pattern, record));

const matches = (pattern: unknown, value: unknown): boolean => {
  if (Array.isArray(pattern)) return pattern.some((rule) => meetsRule(rule, value));
  return Object.entries(pattern as object).every(([key, inner]) =>
    matches(inner, (value as Record<string, unknown> | undefined)?.[key]),
  );
};

const meetsRule = (rule: unknown, value: unknown): boolean => {
  if (typeof rule !== 'object' || rule === null) return rule === value;
  const [name = '', argument] = Object.entries(rule)[0] ?? [];
  return tests[name]?.(value, argument) ?? false;
};

import type { z } from 'zod';

/** Deeper than any schema of ours that does not name itself. */
const maxDepth = 30;

/** The schemas that stand directly inside another. */
const inside = (schema: z.core.$ZodType): readonly z.core.$ZodType[] => {
  const { def } = (schema as z.core.$ZodTypes)._zod;
  switch (def.type) {
    case 'object':
      return Object.values(def.shape);
    case 'array':
      return [def.element];
    case 'record':
      return [def.valueType];
    case 'union':
      return def.options;
    case 'intersection':
      return [def.left, def.right];
    case 'optional': case 'nullable': case 'default': case 'prefault': case 'readonly': case 'nonoptional': case 'catch':
      return [def.innerType];
    case 'pipe':
      return [def.in, def.out];
    case 'lazy':
      return [def.getter()];
    default:
      return [];
  }
};

/** Every name of a field that these schemas know, at any depth. Such a name is ours: it may be repeated to whoever sent it. */
export const fieldNames = (schemas: readonly z.core.$ZodType[]): ReadonlySet<string> => {
  const names = new Set<string>();
  const seen = new Set<z.core.$ZodType>();
  const visit = (schema: z.core.$ZodType, depth: number): void => {
    if (seen.has(schema) || depth > maxDepth) return;
    seen.add(schema);
    const { def } = (schema as z.core.$ZodTypes)._zod;
    if (def.type === 'object') for (const name of Object.keys(def.shape)) names.add(name);
    for (const part of inside(schema)) visit(part, depth + 1);
  };
  for (const schema of schemas) visit(schema, 0);
  return names;
};

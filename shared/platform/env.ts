import type { z } from 'zod';

/** Parses the environment once, at the composition root. Throws one error that names every variable that is missing or wrong. */
export const parseEnv = <T extends z.ZodType>(schema: T, env: Record<string, string | undefined> = process.env): z.output<T> => {
  const parsed = schema.safeParse(env);
  if (parsed.success) return parsed.data;
  throw new Error(`Environment: ${parsed.error.issues.map((issue) => `${issue.path.join('.')} ${issue.message}`).join('; ')}`);
};

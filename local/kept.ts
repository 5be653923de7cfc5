import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

/** A small map of texts that survives a restart when it has a file: secrets, client secrets, stream positions. */
export interface Kept {
  get(key: string): string | undefined;
  set(key: string, value: string): void;
}

const OWNER_ONLY = 0o600;

export const makeKept = (file?: string): Kept => {
  const values = new Map<string, string>(
    file !== undefined && existsSync(file)
      ? Object.entries(JSON.parse(readFileSync(file, 'utf8')) as Record<string, string>)
      : [],
  );
  return {
    get: (key) => values.get(key),
    set: (key, value) => {
      values.set(key, value);
      if (file === undefined) return;
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, JSON.stringify(Object.fromEntries(values), undefined, 2), { mode: OWNER_ONLY });
    },
  };
};

/** The kept value of a key; made once, on the first call. */
export const keepOnce = (kept: Kept, key: string, make: () => string): string => {
  const known = kept.get(key);
  if (known !== undefined) return known;
  const made = make();
  kept.set(key, made);
  return made;
};

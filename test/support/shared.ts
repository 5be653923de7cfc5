import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** Path of a file of the reference material that lies beside the project; throws when it is not there. */
export const sharedPath = (name: string): string => {
  const path = fileURLToPath(new URL(`../../../shared/${name}`, import.meta.url));
  if (!existsSync(path)) throw new Error(`Reference material is missing: ../shared/${name}`);
  return path;
};

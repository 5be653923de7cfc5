import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** What a person does when an alarm rings: `docs/runbooks/<name>.md`. */
export type Runbook = string;

const folder = fileURLToPath(new URL('../docs/runbooks/', import.meta.url));

/** The runbook's path inside the repository. Throws when nobody has written it: an alarm without one is noise. */
export const runbookPath = (runbook: Runbook): string => {
  if (!existsSync(`${folder}${runbook}.md`)) throw new Error(`Write docs/runbooks/${runbook}.md before an alarm names it`);
  return `docs/runbooks/${runbook}.md`;
};

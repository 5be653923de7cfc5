import { readFileSync, statSync } from 'node:fs';
import { LineCounter, parseDocument } from 'yaml';
import type { z } from 'zod';
import { documentFaults, type DocumentFault } from '../../functions/allocations/domain/policy/document-faults.ts';
import { yamlFault } from '../../functions/allocations/domain/policy/yaml-faults.ts';
import { UsageError } from '../usage-error.ts';

/** A file may repeat one fault a hundred thousand times: past this many they are counted. */
const MOST_FAULTS = 200;

/** A usage error that names every fault of a file. */
export const faultsIn = (file: string, faults: readonly DocumentFault[]): UsageError =>
  new UsageError(
    [
      `${file} has ${faults.length === 1 ? 'a fault' : `${faults.length} faults`}:`,
      ...faults.slice(0, MOST_FAULTS).map(({ path, message }) => `  ${path}: ${message}`),
      ...(faults.length > MOST_FAULTS ? [`  and ${faults.length - MOST_FAULTS} more`] : []),
    ].join('\n'),
  );

/** Reads YAML or JSON (JSON is YAML). Throws UsageError with line and column when it is neither. */
export const readDocument = (file: string, what: string): unknown => {
  const found = statSync(file, { throwIfNoEntry: false });
  if (found === undefined) throw new UsageError(`There is no ${what} ${file}.`);
  if (found.isDirectory()) throw new UsageError(`${file} is a folder, not a ${what}.`);
  const lines = new LineCounter();
  const text = readFileSync(file, 'utf8');
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  if (document.errors.length > 0) throw faultsIn(file, yamlFault(text, document.errors, (at) => lines.linePos(at)));
  try {
    return document.toJS() as unknown;
  } catch (error) {
    // An alias without its anchor, or aliases that multiply without end.
    throw faultsIn(file, [{ path: '(the document)', message: error instanceof Error ? error.message : 'cannot be read' }]);
  }
};

/** Reads a file and holds it against a schema. Throws UsageError with every fault and its path. */
export const readValid = <T>(file: string, what: string, schema: z.ZodType<T>): T => {
  const document = readDocument(file, what);
  const checked = schema.safeParse(document);
  if (!checked.success) throw faultsIn(file, documentFaults(checked.error.issues, document));
  return checked.data;
};

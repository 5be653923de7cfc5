import { ENTITIES_TABLE } from './entities-table.ts';
import { lazyIndex, lazyRows } from './table-rows.ts';

/** Who may send CVRS files: 61 awardees, 6 federal, 12 pharmacy. The cleared v2 list lacks Alaska, Indiana and Nevada. */
export type SubmittingEntity = { readonly code: string; readonly group: string; readonly name: string };

export const allSubmittingEntities = lazyRows(
  ENTITIES_TABLE,
  ([code = '', group = '', name = '']): SubmittingEntity => ({ code, group, name }),
);
const byCode = lazyIndex(allSubmittingEntities, (row) => row.code);
export const submittingEntityOf = (code: string): SubmittingEntity | undefined => byCode().get(code.toUpperCase());

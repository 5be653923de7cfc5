import { MVX_TABLE } from './mvx-table.ts';
import { lazyIndex, lazyRows } from './table-rows.ts';

export type Mvx = { readonly code: string; readonly name: string; readonly active: boolean };

/** CDC's manufacturers (MVX), 89 of them. */
export const allMvx = lazyRows(MVX_TABLE, ([code = '', name = '', status]): Mvx => ({ code, name, active: status === 'A' }));
const byCode = lazyIndex(allMvx, (row) => row.code);

export const mvxOf = (code: string): Mvx | undefined => byCode().get(code.trim().toUpperCase());

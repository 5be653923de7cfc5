import { CVX_TABLE } from './cvx-table.ts';
import { lazyIndex, lazyRows } from './table-rows.ts';

export type CvxStatus = 'active' | 'inactive' | 'never-active' | 'non-us' | 'pending';
export type Cvx = { readonly code: string; readonly name: string; readonly status: CvxStatus; readonly covid: boolean };

const STATUS: Record<string, CvxStatus> = { A: 'active', I: 'inactive', N: 'never-active', F: 'non-us', P: 'pending' };

/** All 288 vaccines of CDC's CVX file of December 2025; `covid` is CDC's own vaccine group. */
export const allCvx = lazyRows(CVX_TABLE, ([code = '', name = '', status = '', covid]): Cvx => ({
  code, name, status: STATUS[status] ?? 'pending', covid: covid === 'C',
}));
const byCode = lazyIndex(allCvx, (row) => row.code);

/** The vaccine of a CVX code; accepts a code without its leading zero (`3` and `03` are one vaccine). */
export const cvxOf = (code: string): Cvx | undefined => byCode().get(code.trim().padStart(2, '0'));

/** CVX 998 says that no vaccine was given; 999 that it is not known which. */
export const NO_VACCINE_CVX = '998';
export const UNKNOWN_VACCINE_CVX = '999';

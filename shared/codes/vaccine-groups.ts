import { cvxOf } from './cvx.ts';
import { lazyRows } from './table-rows.ts';
import { VACCINE_GROUPS_TABLE } from './vaccine-groups-table.ts';

export type VaccineGroup = { readonly name: string; readonly cvx: ReadonlySet<string> };

/** CDC's vaccine groups with their vaccines; a combination vaccine is in several. */
export const allVaccineGroups = lazyRows(VACCINE_GROUPS_TABLE, ([name = '', , cvx = '']): VaccineGroup => ({ name, cvx: new Set(cvx.split(',')) }));

const named = new Map<string, readonly string[]>();

/** The groups of a vaccine. One that CDC puts into no group (globulins, and some that were never sold) is a group of its own. */
export const vaccineGroupsOf = (cvx: string): readonly string[] => {
  const known = named.get(cvx);
  if (known !== undefined) return known;
  const code = cvxOf(cvx)?.code ?? cvx;
  const found = allVaccineGroups().filter((group) => group.cvx.has(code)).map(({ name }) => name);
  const groups = found.length > 0 ? found : [`CVX ${code}`];
  named.set(cvx, groups);
  return groups;
};

/** True for a code that names the vaccine but not the formulation (213, 88, 107 ...): what is written of a dose given elsewhere. */
export const isUnspecified = (cvx: string): boolean => /unspecified|\bNOS\b|all formulations/i.test(cvxOf(cvx)?.name ?? '');

import { COUNTIES_TABLE } from './counties-table.ts';
import { STATES_TABLE } from './states-table.ts';
import { lazyIndex, lazyRows } from './table-rows.ts';

/** A state, territory or freely associated state: USPS letters, FIPS number, and the starts of its zip codes (`063`, `10-14`). */
export type State = {
  readonly usps: string;
  readonly name: string;
  readonly fips: string;
  readonly zipStarts: readonly string[];
};

export const allStates = lazyRows(STATES_TABLE, ([usps = '', name = '', fips = '', zips = '']): State => ({
  usps, name, fips, zipStarts: zips === '' ? [] : zips.split(','),
}));
const byUsps = lazyIndex(allStates, (row) => row.usps);

export const stateOf = (usps: string): State | undefined => byUsps().get(usps.trim().toUpperCase());

/** Whether a zip can lie in a state, by its first digits. A state whose zips are not listed accepts any. */
export const zipFitsState = (zip: string, state: State): boolean =>
  state.zipStarts.length === 0 || state.zipStarts.some((range) => {
    const [first = '', last = first] = range.split('-');
    const start = zip.slice(0, first.length);
    return start.length === first.length && start >= first && start <= last;
  });

const countyRows = lazyRows(COUNTIES_TABLE, ([state = '', runs = '']) => ({ state, runs }));
let counties: Set<string> | undefined;

/** Whether five digits are the FIPS code of a county (list of 2019, so Connecticut's eight old counties). Runs step by two. */
export const isCounty = (fips: string): boolean => {
  counties ??= new Set(countyRows().flatMap(({ state, runs }) => runs.split(',').flatMap((run) => {
    const [first = 0, last = first] = run.split('-').map(Number);
    return Array.from({ length: (last - first) / 2 + 1 }, (_, i) => state + `${first + 2 * i}`.padStart(3, '0'));
  })));
  return counties.has(fips);
};

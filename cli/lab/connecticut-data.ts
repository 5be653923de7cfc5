import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { UsageError } from '../usage-error.ts';
import { VACCINE_FACTS, VACCINES } from './vaccines.ts';
import type { Doses } from './vaccines.ts';

/** The public files that the lab reads, as they lie in the folder given with --from. */
export const FILES = {
  weeks: 'ct_weekly_allocation_by_channel_2020-12-14_2021-05-17.csv',
  towns: 'ct_towns_population_svi.csv',
  ages: 'ct_by_town_and_age_2021-07_2021-12.csv',
  coverage: 'ct_by_town_2021-07_2023-01.csv',
} as const;

export interface SupplyWeek {
  /** Its Monday. */
  readonly week: string;
  /** First doses by channel. Only the state's are shared out; the others go past it to the same residents. */
  readonly state: Doses;
  readonly pharmacy: Doses;
  readonly fqhc: Doses;
}

/** Residents by the age groups of the town x age file on its first day; children under 15 are in `population` only. */
export interface Town {
  readonly name: string;
  readonly population: number;
  readonly flagged: boolean;
  readonly ages: { readonly from15: number; readonly from45: number; readonly from65: number };
  /** Whether the age file lacks this town, so that the state's shares stand in. */
  readonly agesStandIn: boolean;
}

/** People with a first dose by town on a day, from the state's own table. */
export interface CoverageDay {
  readonly day: string;
  readonly initiated: ReadonlyMap<string, number>;
}

export interface ConnecticutData {
  readonly weeks: readonly SupplyWeek[];
  readonly towns: readonly Town[];
  readonly coverage: readonly CoverageDay[];
}

type Row = Readonly<Record<string, string>>;

const readRows = (folder: string, name: string): Row[] => {
  const file = join(folder, name);
  if (!existsSync(file))
    throw new UsageError(`There is no ${name} in ${folder}. The lab needs ${Object.values(FILES).join(', ')}.`);
  return parse<Row>(readFileSync(file, 'utf8'), { columns: true, bom: true, skip_empty_lines: true });
};

/** `1/18/2021` as a day. */
const dayOf = (text: string, file: string): string => {
  const [month = '', day = '', year = ''] = text.split('/');
  if (!/^\d{4}$/.test(year)) throw new UsageError(`${file}: ${text} is not a date written MM/DD/YYYY.`);
  return `${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`;
};

const count = (row: Row, column: string, file: string): number => {
  const value = Number(row[column]);
  if (row[column] === undefined || row[column] === '' || !Number.isInteger(value) || value < 0)
    throw new UsageError(`${file}: column ${column} holds "${row[column] ?? ''}" where a count belongs.`);
  return value;
};

const readWeeks = (folder: string): SupplyWeek[] =>
  readRows(folder, FILES.weeks)
    .map((row): SupplyWeek => {
      const channel = (name: string): Doses =>
        Object.fromEntries(
          VACCINES.map((vaccine) => [vaccine, count(row, `${name} - ${VACCINE_FACTS[vaccine].column}`, FILES.weeks)]),
        ) as Record<(typeof VACCINES)[number], number>;
      return {
        week: dayOf(row['Week Starting Date'] ?? '', FILES.weeks),
        state: channel('State'),
        pharmacy: channel('Pharmacy'),
        fqhc: channel('FQHC'),
      };
    })
    .sort((a, b) => (a.week < b.week ? -1 : 1));

const AGES_DAY = '2021-04-21';
const AGE_GROUPS = { from15: '15-44', from45: '45-64', from65: '65+' } as const;
type AgeGroup = keyof typeof AGE_GROUPS;

const readAges = (folder: string): Map<string, Record<AgeGroup, number>> => {
  const ages = new Map<string, Record<AgeGroup, number>>();
  for (const row of readRows(folder, FILES.ages)) {
    const group = (Object.keys(AGE_GROUPS) as AgeGroup[]).find((name) => AGE_GROUPS[name] === row['Age Group']);
    if (group === undefined || row['Population'] === '' || dayOf(row['Date Updated'] ?? '', FILES.ages) !== AGES_DAY) continue;
    const town = ages.get(row['Town'] ?? '') ?? { from15: 0, from45: 0, from65: 0 };
    ages.set(row['Town'] ?? '', { ...town, [group]: count(row, 'Population', FILES.ages) });
  }
  return ages;
};

const readTowns = (folder: string): Town[] => {
  const ages = readAges(folder);
  const rows = readRows(folder, FILES.towns).map((row) => ({
    name: row['town'] ?? '',
    population: count(row, 'population', FILES.towns),
    flagged: row['svi_ge_075_any_tract'] === 'Yes',
  }));
  const known = rows.filter(({ name }) => ages.has(name));
  const people = known.reduce((sum, { population }) => sum + population, 0);
  const stateShare = (group: AgeGroup): number =>
    known.reduce((sum, { name }) => sum + (ages.get(name)?.[group] ?? 0), 0) / people;
  const standIn = { from15: stateShare('from15'), from45: stateShare('from45'), from65: stateShare('from65') };
  return rows.map((row): Town => {
    const own = ages.get(row.name);
    const part = (group: AgeGroup): number => Math.round(standIn[group] * row.population);
    return {
      ...row,
      ages: own ?? { from15: part('from15'), from45: part('from45'), from65: part('from65') },
      agesStandIn: own === undefined,
    };
  });
};

const readCoverage = (folder: string, towns: readonly Town[]): CoverageDay[] => {
  const known = new Set(towns.map(({ name }) => name));
  const days = new Map<string, Map<string, number>>();
  for (const row of readRows(folder, FILES.coverage)) {
    const town = row['Town'] ?? '';
    if (!known.has(town)) continue; // addresses pending validation, residents of other states
    const day = dayOf(row['Date Updated'] ?? '', FILES.coverage);
    const counts = days.get(day) ?? new Map<string, number>();
    days.set(day, counts.set(town, count(row, 'Initiated Vaccination Count', FILES.coverage)));
  }
  return [...days].map(([day, initiated]) => ({ day, initiated })).sort((a, b) => (a.day < b.day ? -1 : 1));
};

/** Reads the files of a folder. Throws UsageError naming the file and the column at fault. */
export const readConnecticut = (folder: string): ConnecticutData => {
  const towns = readTowns(folder);
  return { weeks: readWeeks(folder), towns, coverage: readCoverage(folder, towns) };
};

/** Residents of 15 and over. */
export const residents15 = ({ ages }: Town): number => ages.from15 + ages.from45 + ages.from65;

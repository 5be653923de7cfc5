import type { LocalRun } from '../../local/start.ts';
import { instantOf } from '../../shared/kernel/dates.ts';
import type { ApiClient } from '../api-client.ts';
import type { Cell, Progress } from '../table.ts';
import type { Award } from './allocate.ts';
import type { SiteForm } from './enroll.ts';
import type { Outcome } from './outcome.ts';

/** The Monday of the played allocation week. */
export const playedWeek = '2021-03-08';

export const sites: readonly (SiteForm & { group: string; asks: number })[] = [
  {
    name: 'Elm Street Community Health',
    address: { street: '1 Elm Street', city: 'Hartford', county: '09003', state: 'CT', zip: '06106' },
    providerType: 3,
    pin: '100001',
    population: 24_000,
    group: 'priority-zips',
    asks: 600,
    aliases: ['ELM STREET CHC'],
    programmes: ['covid-19', 'cvp'],
  },
  {
    name: 'Harbor Hospital',
    address: { street: '20 Harbor Road', city: 'New Haven', county: '09009', state: 'CT', zip: '06510' },
    providerType: 9,
    pin: '100002',
    population: 30_000,
    group: 'priority-zips',
    asks: 800,
  },
  {
    name: 'Litchfield Hills Clinic',
    address: { street: '3 Green', city: 'Torrington', county: '09005', state: 'CT', zip: '06790' },
    providerType: 12,
    pin: '100003',
    population: 9_000,
    group: 'elsewhere',
    asks: 300,
  },
];

export interface WeekResult {
  events: Cell[][];
  outcome: Outcome;
  names: Map<string, string>;
}

export interface Story {
  run: LocalRun;
  progress: Progress;
  week: string;
  zone: string;
  nurse: ApiClient;
  reviewer: ApiClient;
  ann: ApiClient;
  bob: ApiClient;
  inventory: ApiClient;
  ehr: ApiClient;
  ehrClientId: string;
  epidemiologist: ApiClient;
  /** Site ids in the order of `sites`. */
  siteIds: string[];
  events: Cell[][];
  awards: Award[];
}

export const at = ({ run, zone }: Story, day: string, time: string): string => {
  const instant = instantOf(day, time, zone);
  run.clock.set(instant);
  return instant;
};

export const site = (story: Story, at: number): { siteId: string; form: (typeof sites)[number] } => {
  const [siteId, form] = [story.siteIds[at], sites[at]];
  if (siteId === undefined || form === undefined) throw new Error(`no site ${at}`);
  return { siteId, form };
};

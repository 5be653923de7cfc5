import { jurisdictionFor, type Jurisdiction } from '../shared/codes/jurisdiction.ts';
import type { Scope } from '../shared/contracts/permissions.ts';

export const stages = ['dev', 'prod'] as const;
export type Stage = (typeof stages)[number];

/** A wall-clock time in the jurisdiction's zone. `weekDay` makes it weekly. */
export interface LocalTime {
  readonly hour: number;
  readonly minute: number;
  readonly weekDay?: 'SUN' | 'MON' | 'TUE' | 'WED' | 'THU' | 'FRI' | 'SAT';
}

export const scheduleNames = ['nightly', 'reconcile', 'recount'] as const;
export type ScheduleName = (typeof scheduleNames)[number];

/** A system that signs in by itself (an EHR interface, an integration engine) and the scopes its tokens may carry. */
export interface MachineClient {
  readonly name: string;
  readonly scopes: readonly Scope[];
}

interface StageConfig {
  /** Days that CloudWatch keeps logs; one of the values CloudWatch knows. */
  readonly logRetentionDays: number;
  /** Days an object of the submissions bucket can be neither changed nor deleted. */
  readonly submissionLockDays: number;
  readonly budgetUsdPerMonth: number;
  readonly counterShards: number;
  readonly throttle: { readonly ratePerSecond: number; readonly burst: number };
  /** Requests one address may make in five minutes before the firewall blocks it. An EHR hub sends for many sites. */
  readonly requestsPerAddress: number;
  /** For the routes whose credentials are in the message: each request costs the hash of a password before its sender is known. */
  readonly withoutToken: { readonly ratePerSecond: number; readonly burst: number; readonly requestsPerAddress: number };
  readonly portalUrls: readonly string[];
  readonly operationsEmail: string;
  readonly schedules: Readonly<Record<ScheduleName, LocalTime>>;
  readonly machineClients: readonly MachineClient[];
}

export interface Deployment extends StageConfig {
  readonly stage: Stage;
  readonly jurisdiction: { readonly code: string; readonly timeZone: string; readonly retention: Jurisdiction['retention'] };
  readonly region: string;
  readonly account: string;
  /** Begins every name: stacks, functions, secrets. One deployment serves one jurisdiction. */
  readonly prefix: string;
}

/** Used by a synth without credentials. The CDK CLI replaces it with the account it deploys to. */
export const placeholderAccount = '000000000000';

/** TableV2 with a customer key needs a named region; the jurisdiction's data stays in it. */
const region = 'us-east-1';

/** Never between 01:00 and 03:00: those wall-clock times are skipped or doubled on the two nights when the clocks change. */
const schedules: Readonly<Record<ScheduleName, LocalTime>> = {
  nightly: { hour: 3, minute: 0 },
  reconcile: { hour: 4, minute: 0 },
  recount: { hour: 5, minute: 0, weekDay: 'SUN' },
};

const stageConfigs: Readonly<Record<Stage, StageConfig>> = {
  dev: {
    logRetentionDays: 30,
    submissionLockDays: 1,
    budgetUsdPerMonth: 100,
    counterShards: 4,
    throttle: { ratePerSecond: 50, burst: 100 },
    requestsPerAddress: 3_000,
    withoutToken: { ratePerSecond: 10, burst: 20, requestsPerAddress: 1_000 },
    portalUrls: ['http://localhost:4400'],
    operationsEmail: 'operations@example.org',
    schedules,
    machineClients: [
      { name: 'sample-ehr', scopes: ['submit'] },
      { name: 'second-ehr', scopes: ['submit'] },
    ],
  },
  prod: {
    logRetentionDays: 2192,
    submissionLockDays: 2557,
    budgetUsdPerMonth: 3_000,
    counterShards: 16,
    throttle: { ratePerSecond: 500, burst: 1_000 },
    requestsPerAddress: 30_000,
    withoutToken: { ratePerSecond: 50, burst: 100, requestsPerAddress: 6_000 },
    portalUrls: ['https://portal.example.org'],
    operationsEmail: 'operations@example.org',
    schedules,
    machineClients: [],
  },
};

const isStage = (text: string): text is Stage => (stages as readonly string[]).includes(text);

/**
 * The configuration of one deployment.
 * @param stage `dev` or `prod`
 * @param code the jurisdiction's awardee code
 * @throws Error naming what is unknown and what would be known
 */
export const deploymentOf = (stage: string, code: string, account: string = placeholderAccount): Deployment => {
  if (!isStage(stage)) throw new Error(`Unknown stage ${stage}: one of ${stages.join(', ')}`);
  const { timeZone, retention } = jurisdictionFor(code);
  return {
    ...stageConfigs[stage],
    stage,
    jurisdiction: { code, timeZone, retention },
    region,
    account,
    prefix: `doseline-${code.toLowerCase()}-${stage}`,
  };
};

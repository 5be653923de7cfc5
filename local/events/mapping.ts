import type { JsonObject } from '../template/assembly.ts';
import type { Resource, Template } from '../template.ts';
import { unqualified } from '../lambda/permissions.ts';
import { readFilters } from './filter.ts';
import { optionalText, text } from '../template/values.ts';

/** An event source mapping as the template declares it. */
export interface Mapping {
  readonly id: string;
  readonly sourceArn: string;
  readonly functionArn: string;
  readonly batchSize: number;
  readonly reportsItemFailures: boolean;
  readonly filters: readonly JsonObject[];
  readonly maxConcurrency: number;
  readonly startingPosition: string;
  /** -1: for ever. */
  readonly maxRetries: number;
  readonly bisects: boolean;
  readonly onFailureArn: string | undefined;
}

const SQS_BATCH = 10;
const STREAM_BATCH = 100;
const DEFAULT_CONCURRENCY = 4;
const REFUSED = ['TumblingWindowInSeconds', 'ProvisionedPollerConfig', 'SelfManagedEventSource'];

export const readMappings = (template: Template): Mapping[] =>
  template
    .ofType('AWS::Lambda::EventSourceMapping')
    .filter(({ properties }) => properties['Enabled'] !== false)
    .map((resource) => mappingOf(resource, template));

const mappingOf = ({ id, properties }: Resource, template: Template): Mapping => {
  const refused = REFUSED.find((name) => properties[name] !== undefined);
  if (refused !== undefined) throw new Error(`${id}: ${refused} is not emulated`);
  const sourceArn = text(properties['EventSourceArn']);
  const destination = ((properties['DestinationConfig'] as JsonObject | undefined)?.['OnFailure'] as JsonObject | undefined)?.[
    'Destination'
  ];
  const scaling = properties['ScalingConfig'] as JsonObject | undefined;
  return {
    id,
    sourceArn,
    functionArn: functionArnOf(text(properties['FunctionName']), template),
    batchSize: Number(properties['BatchSize'] ?? (sourceArn.includes(':sqs:') ? SQS_BATCH : STREAM_BATCH)),
    reportsItemFailures: ((properties['FunctionResponseTypes'] ?? []) as string[]).includes('ReportBatchItemFailures'),
    filters: readFilters(id, properties['FilterCriteria'] as JsonObject | undefined),
    maxConcurrency: Math.min(Number(scaling?.['MaximumConcurrency'] ?? DEFAULT_CONCURRENCY), DEFAULT_CONCURRENCY),
    startingPosition: text(properties['StartingPosition'] ?? 'TRIM_HORIZON'),
    maxRetries: Number(properties['MaximumRetryAttempts'] ?? -1),
    bisects: properties['BisectBatchOnFunctionError'] === true,
    onFailureArn: optionalText(destination),
  };
};

const functionArnOf = (nameOrArn: string, template: Template): string =>
  nameOrArn.startsWith('arn:')
    ? unqualified(nameOrArn)
    : (template.ofType('AWS::Lambda::Function').find(({ ref }) => ref === nameOrArn)?.arn ?? nameOrArn);

/**
 * The records a partial batch response names as failed, or 'all' when the response is not a list of records of this batch: an
 * empty or unknown identifier fails the whole batch.
 */
export const failedItems = (payload: string, known: ReadonlySet<string>): ReadonlySet<string> | 'all' => {
  const response = JSON.parse(payload) as { batchItemFailures?: { itemIdentifier?: unknown }[] | null } | null;
  const identifiers = (response?.batchItemFailures ?? []).map(({ itemIdentifier }) => itemIdentifier);
  return identifiers.every((identifier) => typeof identifier === 'string' && known.has(identifier))
    ? new Set(identifiers as string[])
    : 'all';
};

import { randomUUID } from 'node:crypto';
import type { Clock } from '../clock.ts';
import type { Invocation } from '../lambda/instance.ts';
import { unqualified } from '../lambda/permissions.ts';
import type { LambdaFunction } from '../lambda/pool.ts';
import { pause } from '../loopback.ts';
import type { JsonObject } from '../template/assembly.ts';
import type { Resource, Template } from '../template.ts';
import type { SendTo } from './worker.ts';
import { optionalText, text } from '../template/values.ts';

/** Calls that nobody waits for on AWS: schedules, S3 events. */
export interface AsyncCalls {
  /**
   * Calls a function, again when it fails, and sends what cannot be done where the template says. Gives the last attempt's
   * result.
   */
  call(target: LambdaFunction, event: unknown): Promise<Invocation>;
  readonly busy: () => number;
}

const DEFAULT_RETRIES = 2;
/** AWS waits a minute, then two. */
const RETRY_MS = 200;

export const makeAsyncCalls = (template: Template, { clock, sendTo }: { clock: Clock; sendTo: SendTo }): AsyncCalls => {
  const state = { busy: 0 };

  const attempt = async (target: LambdaFunction, event: unknown): Promise<Invocation> => {
    const { retries, onFailureArn, deadLetterArn } = destinationsOf(template, target.shape.arn);
    let invocation = await target.invoke(event);
    let attempts = 1;
    for (; invocation.kind === 'failure' && attempts <= retries; attempts += 1) {
      await pause(RETRY_MS * attempts);
      invocation = await target.invoke(event);
    }
    if (invocation.kind === 'failure') {
      if (deadLetterArn !== undefined) sendTo(deadLetterArn, JSON.stringify(event), target.shape.roleArn);
      if (onFailureArn !== undefined)
        sendTo(onFailureArn, JSON.stringify(report(target, event, invocation, attempts, clock)), target.shape.roleArn);
    }
    return invocation;
  };

  return {
    busy: () => state.busy,
    call: async (target, event) => {
      state.busy += 1;
      try {
        return await attempt(target, event);
      } finally {
        state.busy -= 1;
      }
    },
  };
};

const report = (
  { shape }: LambdaFunction,
  event: unknown,
  { failure }: Extract<Invocation, { kind: 'failure' }>,
  attempts: number,
  clock: Clock,
): object => ({
  version: '1.0',
  timestamp: clock.iso(),
  requestContext: {
    requestId: randomUUID(),
    functionArn: `${shape.arn}:$LATEST`,
    condition: 'RetriesExhausted',
    approximateInvokeCount: attempts,
  },
  requestPayload: event,
  responseContext: { statusCode: 200, executedVersion: '$LATEST', functionError: 'Unhandled' },
  responsePayload: { errorType: failure.errorType, errorMessage: failure.errorMessage },
});

const destinationsOf = (template: Template, functionArn: string) => {
  const resource = template.ofType('AWS::Lambda::Function').find(({ arn }) => arn === functionArn);
  const configuration = template
    .ofType('AWS::Lambda::EventInvokeConfig')
    .find((config) => resource !== undefined && isOf(config, resource))?.properties;
  const onFailure = ((configuration?.['DestinationConfig'] as JsonObject | undefined)?.['OnFailure'] as JsonObject | undefined)?.[
    'Destination'
  ];
  const deadLetter = (resource?.properties['DeadLetterConfig'] as JsonObject | undefined)?.['TargetArn'];
  return {
    retries: Number(configuration?.['MaximumRetryAttempts'] ?? DEFAULT_RETRIES),
    onFailureArn: optionalText(onFailure),
    deadLetterArn: optionalText(deadLetter),
  };
};

const isOf = ({ properties }: Resource, target: Resource): boolean => {
  const name = text(properties['FunctionName']);
  return name === target.ref || unqualified(name) === target.arn;
};

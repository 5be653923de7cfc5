import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startLocal } from '../../local/start.ts';
import type { LocalRun } from '../../local/start.ts';
import { probeFunction, writeAssembly } from '../support/local-assembly.ts';
import type { TestResources } from '../support/local-assembly.ts';
import { bodiesIn, eventResources, mapping, readQueue, streamArn } from '../support/local-events.ts';

let run: LocalRun;
beforeAll(async () => {
  run = await startLocal({
    outDir: writeAssembly({ one: { Resources: eventResources } }),
    port: 0,
    clock: '2021-03-12T17:00:00Z',
  });
});
afterAll(() => run.stop());

const bodies = (name: string) => bodiesIn(run, name);

describe('a schedule', () => {
  it('is listed with its expression and time zone', () => {
    expect(run.schedules[0]).toMatchObject({
      name: 'test-nightlyrun',
      expression: 'cron(0 3 * * ? *)',
      timeZone: 'America/New_York',
      enabled: true,
    });
  });

  it('gives its declared input the time it was fired for', async () => {
    const invocation = await run.fire('nightlyrun', { scheduledTime: '2021-03-13T08:00:00Z' });
    const payload = JSON.parse(invocation?.kind === 'success' ? invocation.payload : '{}') as { body: string };
    expect(JSON.parse(payload.body)).toEqual({ act: 'echo', scheduledTime: '2021-03-13T08:00:00Z' });
  });

  it('is tried as often as declared when its function fails, then reported to the declared queue', async () => {
    expect(await run.fire('failing')).toMatchObject({ kind: 'failure', failure: { errorMessage: 'told to fail' } });
    expect(bodies('test-given-up')).toMatchObject([
      { requestContext: { condition: 'RetriesExhausted', approximateInvokeCount: 2 }, requestPayload: { act: 'throw' } },
    ]);
  });

  it('does not fire with a role that may not call its target', async () => {
    await expect(run.fire('forbidden')).rejects.toThrow('may not call');
  });
});

describe('an upload', () => {
  it('is told to the queue that the bucket names, when its key fits', async () => {
    const upload = async (key: string) => {
      const headers = { authorization: `AWS4-HMAC-SHA256 Credential=${run.operator.accessKeyId}/x` };
      expect((await fetch(`${run.s3Url}/test-uploads-bucket/${key}`, { method: 'PUT', body: 'a,b', headers })).status).toBe(200);
    };
    await upload('in%20box/roster.csv');
    await upload('readme.txt');
    expect(bodies('test-uploads')).toMatchObject([
      {
        Records: [
          {
            eventSource: 'aws:s3',
            eventName: 'ObjectCreated:Put',
            s3: { bucket: { name: 'test-uploads-bucket' }, object: { key: 'in+box/roster.csv', size: 3 } },
          },
        ],
      },
    ]);
  });
});

describe('the start', () => {
  const start = (changed: TestResources) =>
    startLocal({ outDir: writeAssembly({ one: { Resources: { ...eventResources, ...changed } } }, { bundle: true }), port: 0 });

  it.each<[string, TestResources, string]>([
    ['a worker whose role may not read its queue', probeFunction('Worker', [], {}, 'consume'), 'lacks sqs:ReceiveMessage'],
    [
      'a bucket whose queue does not let S3 in',
      { UploadsPolicy: { Type: 'AWS::SQS::QueuePolicy', Properties: { PolicyDocument: { Statement: [] } } } },
      'does not let S3 in',
    ],
    [
      'a schedule with a wrong expression',
      { NightlyRun: { Type: 'AWS::Scheduler::Schedule', Properties: { ScheduleExpression: 'every night' } } },
      'no schedule expression',
    ],
    [
      'a schedule with a wrong time zone',
      {
        NightlyRun: {
          Type: 'AWS::Scheduler::Schedule',
          Properties: { ScheduleExpression: 'rate(1 day)', ScheduleExpressionTimezone: 'Connecticut' },
        },
      },
      'no time zone',
    ],
    [
      'a filter it cannot judge',
      mapping('Reader', streamArn('Doses'), {
        FilterCriteria: { Filters: [{ Pattern: '{"eventName":[{"numeric":[">",1]}]}' }] },
      }),
      'numeric',
    ],
    [
      'a function without a bundle',
      probeFunction('Worker', [readQueue('Work')], { Code: { S3Key: 'gone.zip' } }, 'consume'),
      'npm run synth',
    ],
  ])('refuses %s', async (_name, changed, message) => {
    await expect(start(changed)).rejects.toThrow(message);
  });
});

import { createHash } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { firstDenied } from '../iam/evaluate.ts';
import type { Need } from '../iam/evaluate.ts';
import type { Policies } from '../iam/policies.ts';

/** Who makes a call: a function under its role, or the operator of the run, who may do anything. */
export interface Caller {
  readonly name: string;
  readonly roleArn: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

export interface Callers {
  /** The credentials by which a function is known; the same on every call. */
  credentialsFor(name: string, roleArn: string): Caller;
  readonly operator: Caller;
  /** Who signed a request, by its Authorization header or the query of a presigned URL. */
  identify(headers: IncomingHttpHeaders, url: URL): Caller | undefined;
  /** The first permission that the caller lacks. */
  lacks(caller: Caller, needs: readonly Need[]): Need | undefined;
}

const KEY_LENGTH = 16;

export const makeCallers = (policies: () => Policies): Callers => {
  const byKey = new Map<string, Caller>();
  const add = (name: string, roleArn: string): Caller => {
    const digest = createHash('sha256').update(name).digest('hex').toUpperCase();
    const caller = {
      name,
      roleArn,
      accessKeyId: `AKIA${digest.slice(0, KEY_LENGTH)}`,
      secretAccessKey: digest.slice(KEY_LENGTH),
    };
    byKey.set(caller.accessKeyId, caller);
    return caller;
  };
  const operator = add('operator of the local run', '');
  return {
    operator,
    credentialsFor: (name, roleArn) => [...byKey.values()].find((caller) => caller.name === name) ?? add(name, roleArn),
    identify: (headers, url) =>
      byKey.get(
        /Credential=([^/,]+)/.exec(headers.authorization ?? '')?.[1] ??
          url.searchParams.get('X-Amz-Credential')?.split('/')[0] ??
          '',
      ),
    lacks: (caller, needs) => (caller === operator ? undefined : firstDenied(policies(), caller.roleArn, needs)),
  };
};

import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import { makeDynamo } from '../../shared/platform/dynamo.ts';
import { parseEnv } from '../../shared/platform/env.ts';
import type { ApiDeps } from '../../shared/platform/http.ts';
import { makeLog } from '../../shared/platform/log.ts';
import type { Randomness } from './issue-soap-password.ts';
import { makeStore, type EnrollmentStore } from './store.ts';

/** The composition root: the only place of this context that knows the environment and real clients. */
export const makeDeps = (): { store: EnrollmentStore; random: Randomness; api: ApiDeps } => {
  const { ENROLLMENT_TABLE: enrollmentTable } = parseEnv(z.object({ ENROLLMENT_TABLE: z.string() }));
  const dynamo = makeDynamo();
  const random: Randomness = { newPassword: () => randomBytes(24).toString('base64url'), newSalt: () => randomBytes(16) };
  return { store: makeStore(dynamo, enrollmentTable), random, api: { dynamo, enrollmentTable, log: makeLog('enrollment-api') } };
};

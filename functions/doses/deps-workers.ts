import { z } from 'zod';
import { parseEnv } from '../../shared/platform/env.ts';
import { makeLog, type Log } from '../../shared/platform/log.ts';
import { makeQueue, type Queue } from '../../shared/platform/queue.ts';
import { makeSecret } from '../../shared/platform/secrets.ts';
import { makeAnswerMessage } from './answer-message.ts';
import { makeGatherAnswers, type GatherAnswers } from './gather-answers.ts';
import { makeJudgeAgain } from './lots/judge-again.ts';
import { makeJudgeLot } from './lots/judge-lot.ts';
import { makeLookAgain, type LookAgain } from './lots/look-again.ts';
import { makeSettleWaiting } from './lots/settle-waiting.ts';
import { makeReadUpload, type ReadUpload } from './read-upload.ts';
import { makeReportReference, type ReportReference } from './report-reference.ts';
import { makeSetAside, type SetAside } from './set-aside.ts';
import { environment, makeQueryAnswers, makeRoom, senderBySubject, writersOf } from './deps-room.ts';

/** The composition root of the worker that hands uploaded files over and puts their answers together. */
export const makeUploadDeps = (): { log: Log; queue: Queue; readUpload: () => Promise<ReadUpload>; gatherAnswers: GatherAnswers } => {
  const env = parseEnv(environment.omit({ INVENTORY_TABLE: true }).extend({ UPLOADS_QUEUE_URL: z.string(), MESSAGES_QUEUE_URL: z.string() }));
  const room = makeRoom({ ...env, INVENTORY_TABLE: '' });
  const { uploads, uploadsBucket: bucket, messages, jurisdiction } = room;
  const secret = makeSecret(env.MATCHING_KEY_SECRET);
  const queue = makeQueue(env.MESSAGES_QUEUE_URL);
  const senderOfSubject = senderBySubject(room);
  return {
    log: makeLog('doses-on-upload'),
    queue: makeQueue(env.UPLOADS_QUEUE_URL),
    readUpload: async () =>
      makeReadUpload({ uploads, bucket, messages, queue, senderOf: senderOfSubject, jurisdiction, matchingKey: await secret() }),
    gatherAnswers: makeGatherAnswers({ uploads, bucket, senderOf: senderOfSubject, jurisdiction }),
  };
};

/** The composition root of the worker that takes messages of uploaded files, one by one. */
export const makeMessageDeps = (): { log: Log; reportReference: () => Promise<ReportReference>; setAside: () => Promise<SetAside> } => {
  const env = parseEnv(environment.omit({ UPLOADS_BUCKET: true }).extend({ UPLOADS_QUEUE_URL: z.string() }));
  const room = makeRoom({ ...env, UPLOADS_BUCKET: '' });
  const writers = writersOf(room, env.MATCHING_KEY_SECRET);
  const { uploads, messages } = room;
  const secret = makeSecret(env.MATCHING_KEY_SECRET);
  return {
    log: makeLog('doses-on-message'),
    reportReference: async () =>
      makeReportReference({
        uploads,
        messages,
        reportHl7: (await writers()).reportHl7,
        answerQuery: makeQueryAnswers(room, await secret()),
        queue: makeQueue(env.UPLOADS_QUEUE_URL),
        senderOf: senderBySubject(room),
      }),
    setAside: async () => makeSetAside({ uploads, messages, answerMessage: makeAnswerMessage(room.jurisdiction), matchingKey: await secret() }),
  };
};

/** The composition root of the worker that looks at doses again after a recall or an excursion, or when stock came to hand. */
export const makeLotDeps = (): { log: Log; queue: Queue; lookAgain: LookAgain } => {
  const env = parseEnv(
    environment
      .omit({ MESSAGES_BUCKET: true, UPLOADS_BUCKET: true, MATCHING_KEY_SECRET: true })
      .extend({ LOTS_QUEUE_URL: z.string(), SHIPMENTS_TABLE: z.string() }),
  );
  const room = makeRoom({ ...env, MESSAGES_BUCKET: '', UPLOADS_BUCKET: '', MATCHING_KEY_SECRET: '' });
  const judgeLot = makeJudgeLot({ ...room, judgeAgain: makeJudgeAgain(room), timeZone: room.jurisdiction.timeZone });
  return {
    log: makeLog('doses-on-lot'),
    queue: makeQueue(env.LOTS_QUEUE_URL),
    lookAgain: makeLookAgain({ judgeLot, settleWaiting: makeSettleWaiting(room) }),
  };
};

const makeStreamDeps = (name: string): { log: Log; queue: Queue } => ({
  log: makeLog(name),
  queue: makeQueue(parseEnv(z.object({ LOTS_QUEUE_URL: z.string() })).LOTS_QUEUE_URL),
});
/** The composition root of the worker that hears of excursions. */
export const makeExcursionDeps = () => makeStreamDeps('doses-on-shipments-stream');
/** The composition root of the worker that hears of stock. */
export const makeInventoryDeps = () => makeStreamDeps('doses-on-inventory-stream');

import { z } from 'zod';
import { parseEnv } from '../../shared/platform/env.ts';
import type { ApiDeps } from '../../shared/platform/http.ts';
import { makeLog } from '../../shared/platform/log.ts';
import { makeQueue } from '../../shared/platform/queue.ts';
import { makeSecret } from '../../shared/platform/secrets.ts';
import { makeAnswerMessage } from './answer-message.ts';
import { makeAssignDose } from './assign-dose.ts';
import { makeConfirmDate } from './confirm-date.ts';
import { makeReadDose, makeReadUnplacedDose } from './correct-dose.ts';
import { makeDoseReviews } from './decide-dose.ts';
import { makeDecisions } from './persons/decisions.ts';
import { makeTraceRecall } from './lots/trace-recall.ts';
import { makeReadLog } from './persons/store-reads.ts';
import { makeRankSenders, makeReadQuality } from './quality/read-quality.ts';
import { makeReadValidity } from './read-validity.ts';
import { makeAnswerFault } from './receive-message.ts';
import { makeAskAgain, makeChangeRecall, makeRecordRecall, makeSiteRecalls } from './record-recall.ts';
import { makeUploads } from './request-upload.ts';
import { makeSettleAgain } from './settle-again.ts';
import { makeSettleWorklist } from './settle-worklist.ts';
import { makeServeSoap } from './soap/serve-soap.ts';
import { makeSignIn } from './soap/sign-in.ts';
import { environment, makeFindSender, makeReceivers, makeRoom, writersOf } from './deps-room.ts';

/** The composition root of the API. */
export const makeApiDeps = () => {
  const env = parseEnv(environment.extend({ LOTS_QUEUE_URL: z.string() }));
  const lotsQueue = makeQueue(env.LOTS_QUEUE_URL);
  const askAgain = makeAskAgain(lotsQueue);
  const room = makeRoom(env);
  const log = makeLog('doses-api');
  const secret = makeSecret(env.MATCHING_KEY_SECRET);
  const writers = writersOf(room, env.MATCHING_KEY_SECRET);
  const receivers = async () => makeReceivers(room, await writers(), log, await secret());
  const answerFault = makeAnswerFault(makeAnswerMessage(room.jurisdiction));
  const findSender = makeFindSender(room);
  const api: ApiDeps = { dynamo: room.dynamo, enrollmentTable: env.ENROLLMENT_TABLE, log };
  return {
    api,
    doses: room.doses,
    persons: room.persons,
    messages: room.messages,
    readDose: makeReadDose(room.doses),
    confirmDate: makeConfirmDate(room),
    settleAgain: makeSettleAgain(room),
    settleWorklist: makeSettleWorklist(room.settling, lotsQueue),
    readUnplacedDose: makeReadUnplacedDose(room.doses),
    assignDose: makeAssignDose(room),
    doseReviews: makeDoseReviews(room),
    readValidity: makeReadValidity(room.doses),
    recalls: room.recalls,
    recordRecall: makeRecordRecall(room.recalls, room.lots, askAgain),
    changeRecall: makeChangeRecall(room.recalls, askAgain),
    traceRecall: makeTraceRecall({ ...room, reads: makeReadLog(room.dynamo, env.DOSES_TABLE, room.jurisdiction.retention.auditDays) }),
    siteRecalls: makeSiteRecalls(room.recalls, room.stock),
    uploads: makeUploads({ uploads: room.uploads, bucket: room.uploadsBucket }),
    findSender,
    writers,
    receivers,
    answerFault,
    queries: room.queries,
    readQuality: makeReadQuality({ ...room, interfaceStanding: room.stock.interfaceStanding }),
    rankSenders: makeRankSenders(room),
    signIns: room.signIns,
    interfaceStanding: room.stock.interfaceStanding,
    serveSoap: makeServeSoap({
      signIn: makeSignIn({
        credentialsOf: room.stock.soapCredentials,
        findSender,
        places: room.stock,
        signIns: room.signIns,
        timeZone: room.jurisdiction.timeZone,
        log,
      }),
      receiveMessage: async () => (await receivers()).receiveMessage,
      answerFault,
      log,
    }),
    decisions: makeDecisions({ ...room, table: env.DOSES_TABLE }, makeSecret(env.MATCHING_KEY_SECRET)),
  };
};

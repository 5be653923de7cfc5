import { z } from 'zod';
import { jurisdictionFor, type Jurisdiction } from '../../shared/codes/jurisdiction.ts';
import { makeBucket } from '../../shared/platform/bucket.ts';
import { makeDynamo } from '../../shared/platform/dynamo.ts';
import { parseEnv } from '../../shared/platform/env.ts';
import type { ApiDeps } from '../../shared/platform/http.ts';
import { makeLog, type Log } from '../../shared/platform/log.ts';
import { makeQueue, type Queue } from '../../shared/platform/queue.ts';
import type { MemberItem } from '../../shared/published/member.ts';
import { makeSecret } from '../../shared/platform/secrets.ts';
import { makeAnswerMessage } from './answer-message.ts';
import { makeAssignDose } from './assign-dose.ts';
import { makeConfirmDate } from './confirm-date.ts';
import { makeCorrectDose, makeDeleteDose, makeReadDose, makeReadUnplacedDose } from './correct-dose.ts';
import { makeDoseReviews } from './decide-dose.ts';
import { senderOf, type Sender } from './domain/sender.ts';
import { makeReportDoseFile } from './csv/report-dose-file.ts';
import { makeFindResources } from './fhir/find-resources.ts';
import { makeTellResources } from './fhir/tell-resources.ts';
import { makeFindPerson } from './find-person.ts';
import { makeFindPlace } from './find-place.ts';
import { makeFindResponsible } from './find-responsible.ts';
import { makeGatherAnswers, type GatherAnswers } from './gather-answers.ts';
import { makeDecisions } from './persons/decisions.ts';
import { withOptOut } from './persons/record-unseen.ts';
import { makeUnseenStore } from './persons/store-unseen.ts';
import { makeJudgeAgain } from './lots/judge-again.ts';
import { makeJudgeLot } from './lots/judge-lot.ts';
import { makeLookAgain, type LookAgain } from './lots/look-again.ts';
import { makeSettleWaiting } from './lots/settle-waiting.ts';
import { makeLotStore } from './lots/store-lots.ts';
import { makeTraceRecall } from './lots/trace-recall.ts';
import { makeReadLog } from './persons/store-reads.ts';
import { makeAnswerQuery } from './query/answer-query.ts';
import { makeFindCandidates } from './query/find-candidates.ts';
import { makeRankSenders, makeReadQuality } from './quality/read-quality.ts';
import { makeQualityStore } from './quality/store-quality.ts';
import { makeReadValidity } from './read-validity.ts';
import { makeReadUpload, type ReadUpload } from './read-upload.ts';
import { makeReceiveHl7 } from './receive-batch.ts';
import { makeAnswerFault, makeReceiveMessage } from './receive-message.ts';
import { makeAskAgain, makeChangeRecall, makeRecordRecall, makeSiteRecalls } from './record-recall.ts';
import { makeRecordDoses, makeRewriteDose } from './record-dose.ts';
import { makeReportDoses, makeTellRow } from './report-doses.ts';
import { makeReportHl7 } from './report-hl7.ts';
import { makeReportReference, type ReportReference } from './report-reference.ts';
import { makeUploads } from './request-upload.ts';
import { makeSetAside, type SetAside } from './set-aside.ts';
import { makeSettleAgain } from './settle-again.ts';
import { makeSettleStock } from './settle-stock.ts';
import { makeSettleWorklist } from './settle-worklist.ts';
import { makeServeSoap } from './soap/serve-soap.ts';
import { makeSignIn } from './soap/sign-in.ts';
import { makeSignInStore } from './store-sign-ins.ts';
import { makeDoseStore } from './store-doses.ts';
import { makeMessageStore } from './store-messages.ts';
import { makePersonStore } from './store-persons.ts';
import { makeQueryStore } from './store-queries.ts';
import { makeRecallStore } from './store-recalls.ts';
import { makeStockStore } from './store-stock.ts';
import { makeUploadStore } from './store-uploads.ts';
import { makeTellReport } from './tell-report.ts';
import { makeWriteDoses } from './write-doses.ts';

const environment = z.object({
  DOSES_TABLE: z.string(),
  INVENTORY_TABLE: z.string(),
  ENROLLMENT_TABLE: z.string(),
  MESSAGES_BUCKET: z.string(),
  UPLOADS_BUCKET: z.string(),
  MATCHING_KEY_SECRET: z.string(),
  JURISDICTION: z.string(),
});
/** Only the worker that looks at excursions reads them. */
type RoomEnv = z.output<typeof environment> & { readonly SHIPMENTS_TABLE?: string };

const makeRoom = (env: RoomEnv) => {
  const dynamo = makeDynamo();
  const jurisdiction: Jurisdiction = jurisdictionFor(env.JURISDICTION);
  const doses = makeDoseStore(dynamo, env.DOSES_TABLE);
  const recalls = makeRecallStore(dynamo, env.DOSES_TABLE);
  const stock = makeStockStore(dynamo, { enrollment: env.ENROLLMENT_TABLE, inventory: env.INVENTORY_TABLE }, jurisdiction.pinPrefix);
  return {
    dynamo,
    jurisdiction,
    stock,
    doses,
    unseen: makeUnseenStore(dynamo, env.DOSES_TABLE),
    recalls,
    lots: makeLotStore(dynamo, { doses: env.DOSES_TABLE, shipments: env.SHIPMENTS_TABLE ?? '' }),
    writeDoses: makeWriteDoses({ doses, stock: makeSettleStock(stock), recalls, timeZone: jurisdiction.timeZone }),
    persons: makePersonStore(dynamo, env.DOSES_TABLE),
    messages: makeMessageStore(dynamo, env.DOSES_TABLE, makeBucket(env.MESSAGES_BUCKET)),
    uploads: makeUploadStore(dynamo, env.DOSES_TABLE),
    uploadsBucket: makeBucket(env.UPLOADS_BUCKET),
    quality: makeQualityStore(dynamo, env.DOSES_TABLE),
    queries: makeQueryStore(dynamo, env.DOSES_TABLE, jurisdiction.retention.auditDays),
    signIns: makeSignInStore(dynamo, env.DOSES_TABLE, jurisdiction.retention.auditDays),
  };
};
type Room = ReturnType<typeof makeRoom>;

/** Who sends, by a membership that was read. */
const makeFindSender = ({ stock }: Room) => async (member: MemberItem | undefined): Promise<Sender | undefined> =>
  senderOf(member, ...(await Promise.all([
    member?.interfaceId === undefined ? undefined : stock.interfaceStanding(member.interfaceId),
    stock.organizationStandings(member?.organizationIds ?? []),
  ])));

/** The sender of a subject, read now. */
const senderBySubject = (room: Room) => {
  const findSender = makeFindSender(room);
  return async (subject: string): Promise<Sender | undefined> => findSender(await room.stock.member(subject));
};

/** The use cases that derive ids from patients' data: they exist once the matching key was read. */
const makeWriters = ({ doses, unseen, recalls, persons, stock, messages, quality, jurisdiction }: Room, matchingKey: string) => {
  const writeDoses = makeWriteDoses({ doses, stock: makeSettleStock(stock), recalls, timeZone: jurisdiction.timeZone });
  const recording = { doses, persons, writeDoses, matchingKey, site: stock.site };
  const findPerson = makeFindPerson({ persons, jurisdiction, matchingKey });
  const recordDoses = withOptOut(makeRecordDoses(recording), { doses, unseen, recalls, stock: makeSettleStock(stock), timeZone: jurisdiction.timeZone, matchingKey }, jurisdiction);
  const tellReport = makeTellReport({ findPerson, recordDoses });
  const changing = { doses, persons, sites: stock, rewrite: makeRewriteDose(recording), jurisdiction };
  return {
    reportHl7: makeReportHl7({ messages, findPlace: makeFindPlace(stock), findResponsible: makeFindResponsible(stock), tellReport, answerMessage: makeAnswerMessage(jurisdiction), jurisdiction, matchingKey }),
    reportDoses: makeReportDoses({ messages, quality, sites: stock, tellReport, jurisdiction, matchingKey }),
    correctDose: makeCorrectDose(changing),
    deleteDose: makeDeleteDose(changing),
    tellResources: makeTellResources({ messages, quality, persons, findPerson, recordDoses, findPlace: makeFindPlace(stock), jurisdiction, matchingKey }),
    findResources: makeFindResources({ doses, persons, matchingKey }),
    reportDoseFile: makeReportDoseFile({ messages, quality, sites: stock, tellRow: makeTellRow({ tellReport, jurisdiction }), jurisdiction, matchingKey }),
  };
};
type Writers = ReturnType<typeof makeWriters>;

const makeQueryAnswers = ({ doses, persons, stock, queries, quality, jurisdiction }: Room, matchingKey: string) => {
  const policy = { idKinds: jurisdiction.matchingIds };
  const findCandidates = makeFindCandidates({ persons, matchingKey, policy, jurisdictionCode: jurisdiction.code });
  return makeAnswerQuery({ findCandidates, doses, sites: stock, queries, quality, answerMessage: makeAnswerMessage(jurisdiction), jurisdiction, matchingKey, policy });
};

/** What takes messages in, whatever carried them. */
const makeReceivers = (room: Room, { reportHl7 }: Writers, log: Log, matchingKey: string) => {
  const { messages, uploads, uploadsBucket, jurisdiction } = room;
  const answerMessage = makeAnswerMessage(jurisdiction);
  const answerQuery = makeQueryAnswers(room, matchingKey);
  const receiveMessage = makeReceiveMessage({ reportHl7, answerQuery, messages, answerMessage, jurisdiction, matchingKey, log });
  return { receiveMessage, receiveHl7: makeReceiveHl7({ receiveMessage, uploads: makeUploads({ uploads, bucket: uploadsBucket }), bucket: uploadsBucket, jurisdiction, matchingKey }) };
};

/** Reads the key at the first write and keeps what was built with it. */
const writersOf = (room: Room, secretName: string): (() => Promise<Writers>) => {
  const secret = makeSecret(secretName);
  let built: { key: string; writers: Writers } | undefined;
  return async () => {
    const key = await secret();
    if (built?.key !== key) built = { key, writers: makeWriters(room, key) };
    return built.writers;
  };
};

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
    settleWorklist: makeSettleWorklist(lotsQueue),
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
      signIn: makeSignIn({ credentialsOf: room.stock.soapCredentials, findSender, places: room.stock, signIns: room.signIns, timeZone: room.jurisdiction.timeZone, log }),
      receiveMessage: async () => (await receivers()).receiveMessage, answerFault, log,
    }),
    decisions: makeDecisions({ ...room, table: env.DOSES_TABLE }, makeSecret(env.MATCHING_KEY_SECRET)),
  };
};

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
    readUpload: async () => makeReadUpload({ uploads, bucket, messages, queue, senderOf: senderOfSubject, jurisdiction, matchingKey: await secret() }),
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
    reportReference: async () => makeReportReference({
      uploads, messages, reportHl7: (await writers()).reportHl7, answerQuery: makeQueryAnswers(room, await secret()), queue: makeQueue(env.UPLOADS_QUEUE_URL), senderOf: senderBySubject(room),
    }),
    setAside: async () => makeSetAside({ uploads, messages, answerMessage: makeAnswerMessage(room.jurisdiction), matchingKey: await secret() }),
  };
};

/** The composition root of the worker that looks at doses again after a recall or an excursion, or when stock came to hand. */
export const makeLotDeps = (): { log: Log; queue: Queue; lookAgain: LookAgain } => {
  const env = parseEnv(environment.omit({ MESSAGES_BUCKET: true, UPLOADS_BUCKET: true, MATCHING_KEY_SECRET: true }).extend({ LOTS_QUEUE_URL: z.string(), SHIPMENTS_TABLE: z.string() }));
  const room = makeRoom({ ...env, MESSAGES_BUCKET: '', UPLOADS_BUCKET: '', MATCHING_KEY_SECRET: '' });
  const judgeLot = makeJudgeLot({ ...room, judgeAgain: makeJudgeAgain(room), timeZone: room.jurisdiction.timeZone });
  return { log: makeLog('doses-on-lot'), queue: makeQueue(env.LOTS_QUEUE_URL), lookAgain: makeLookAgain({ judgeLot, settleWaiting: makeSettleWaiting(room) }) };
};

const makeStreamDeps = (name: string): { log: Log; queue: Queue } => ({ log: makeLog(name), queue: makeQueue(parseEnv(z.object({ LOTS_QUEUE_URL: z.string() })).LOTS_QUEUE_URL) });
/** The composition root of the worker that hears of excursions. */
export const makeExcursionDeps = () => makeStreamDeps('doses-on-shipments-stream');
/** The composition root of the worker that hears of stock. */
export const makeInventoryDeps = () => makeStreamDeps('doses-on-inventory-stream');

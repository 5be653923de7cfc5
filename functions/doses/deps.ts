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
import { makeCorrectDose, makeDeleteDose, makeReadDose } from './correct-dose.ts';
import { senderOf, type Sender } from './domain/sender.ts';
import { makeFindPerson } from './find-person.ts';
import { makeFindPlace } from './find-place.ts';
import { makeDecisions } from './persons/decisions.ts';
import { makeReadUpload, type ReadUpload } from './read-upload.ts';
import { makeRecordDose, makeRewriteDose } from './record-dose.ts';
import { makeReportDoses } from './report-doses.ts';
import { makeReportHl7 } from './report-hl7.ts';
import { makeUploads } from './request-upload.ts';
import { makeSettleStock } from './settle-stock.ts';
import { makeDoseStore } from './store-doses.ts';
import { makeMessageStore } from './store-messages.ts';
import { makePersonStore } from './store-persons.ts';
import { makeStockStore } from './store-stock.ts';
import { makeUploadStore } from './store-uploads.ts';
import { makeTellReport } from './tell-report.ts';

const environment = z.object({
  DOSES_TABLE: z.string(),
  INVENTORY_TABLE: z.string(),
  ENROLLMENT_TABLE: z.string(),
  MESSAGES_BUCKET: z.string(),
  UPLOADS_BUCKET: z.string(),
  MATCHING_KEY_SECRET: z.string(),
  JURISDICTION: z.string(),
});

const makeRoom = (env: z.output<typeof environment>) => {
  const dynamo = makeDynamo();
  const jurisdiction: Jurisdiction = jurisdictionFor(env.JURISDICTION);
  const stock = makeStockStore(dynamo, { enrollment: env.ENROLLMENT_TABLE, inventory: env.INVENTORY_TABLE }, jurisdiction.pinPrefix);
  return {
    dynamo,
    jurisdiction,
    stock,
    doses: makeDoseStore(dynamo, env.DOSES_TABLE),
    persons: makePersonStore(dynamo, env.DOSES_TABLE),
    messages: makeMessageStore(dynamo, env.DOSES_TABLE, makeBucket(env.MESSAGES_BUCKET)),
    uploads: makeUploadStore(dynamo, env.DOSES_TABLE),
    uploadsBucket: makeBucket(env.UPLOADS_BUCKET),
  };
};
type Room = ReturnType<typeof makeRoom>;

/** Who sends, by a membership that was read. */
const makeFindSender = ({ stock }: Room) => async (member: MemberItem | undefined): Promise<Sender | undefined> =>
  senderOf(member, member?.interfaceId === undefined ? undefined : await stock.interfaceStanding(member.interfaceId));

/** The use cases that derive ids from patients' data: they exist once the matching key was read. */
const makeWriters = ({ doses, persons, stock, messages, jurisdiction }: Room, matchingKey: string) => {
  const recording = { doses, persons, stock: makeSettleStock(stock), timeZone: jurisdiction.timeZone, matchingKey };
  const tellReport = makeTellReport({ findPerson: makeFindPerson({ persons, jurisdiction, matchingKey }), recordDose: makeRecordDose(recording) });
  const changing = { doses, persons, sites: stock, rewrite: makeRewriteDose(recording), jurisdiction };
  return {
    reportHl7: makeReportHl7({ messages, findPlace: makeFindPlace(stock), tellReport, answerMessage: makeAnswerMessage(jurisdiction), jurisdiction, matchingKey }),
    reportDoses: makeReportDoses({ messages, sites: stock, tellReport, jurisdiction, matchingKey }),
    correctDose: makeCorrectDose(changing),
    deleteDose: makeDeleteDose(changing),
  };
};
type Writers = ReturnType<typeof makeWriters>;

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
  const env = parseEnv(environment);
  const room = makeRoom(env);
  const api: ApiDeps = { dynamo: room.dynamo, enrollmentTable: env.ENROLLMENT_TABLE, log: makeLog('doses-api') };
  return {
    api,
    doses: room.doses,
    persons: room.persons,
    messages: room.messages,
    readDose: makeReadDose(room.doses),
    uploads: makeUploads({ uploads: room.uploads, bucket: room.uploadsBucket }),
    findSender: makeFindSender(room),
    writers: writersOf(room, env.MATCHING_KEY_SECRET),
    decisions: makeDecisions({ ...room, table: env.DOSES_TABLE }, makeSecret(env.MATCHING_KEY_SECRET)),
  };
};

/** The composition root of the worker that reads uploaded files. */
export const makeUploadDeps = (): { log: Log; queue: Queue; readUpload: () => Promise<ReadUpload> } => {
  const env = parseEnv(environment.extend({ UPLOADS_QUEUE_URL: z.string() }));
  const room = makeRoom(env);
  const writers = writersOf(room, env.MATCHING_KEY_SECRET);
  const findSender = makeFindSender(room);
  return {
    log: makeLog('doses-on-upload'),
    queue: makeQueue(env.UPLOADS_QUEUE_URL),
    readUpload: async () =>
      makeReadUpload({
        uploads: room.uploads,
        bucket: room.uploadsBucket,
        reportHl7: (await writers()).reportHl7,
        senderOf: async (subject) => findSender(await room.stock.member(subject)),
        jurisdiction: room.jurisdiction,
      }),
  };
};

import { z } from 'zod';
import { jurisdictionFor, type Jurisdiction } from '../../shared/codes/jurisdiction.ts';
import { makeBucket } from '../../shared/platform/bucket.ts';
import { makeDynamo } from '../../shared/platform/dynamo.ts';
import type { Log } from '../../shared/platform/log.ts';
import type { MemberItem } from '../../shared/published/member.ts';
import { makeSecret } from '../../shared/platform/secrets.ts';
import { makeAnswerMessage } from './answer-message.ts';
import { makeCorrectDose, makeDeleteDose } from './correct-dose.ts';
import { senderOf, type Sender } from './domain/sender.ts';
import { makeReportDoseFile } from './csv/report-dose-file.ts';
import { makeFindResources } from './fhir/find-resources.ts';
import { makeTellResources } from './fhir/tell-resources.ts';
import { makeFindPerson } from './find-person.ts';
import { makeFindPlace } from './find-place.ts';
import { makeFindResponsible } from './find-responsible.ts';
import { withOptOut } from './persons/record-unseen.ts';
import { makeUnseenStore } from './persons/store-unseen.ts';
import { makeLotStore } from './lots/store-lots.ts';
import { makeSettlingStore } from './lots/store-settling.ts';
import { makeAnswerQuery } from './query/answer-query.ts';
import { makeFindCandidates } from './query/find-candidates.ts';
import { makeQualityStore } from './quality/store-quality.ts';
import { makeReceiveHl7 } from './receive-batch.ts';
import { makeReceiveMessage } from './receive-message.ts';
import { makeRecordDoses, makeRewriteDose } from './record-dose.ts';
import { makeReportDoses, makeTellRow } from './report-doses.ts';
import { makeReportHl7 } from './report-hl7.ts';
import { makeUploads } from './request-upload.ts';
import { makeSettleStock } from './settle-stock.ts';
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

export const environment = z.object({
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

export const makeRoom = (env: RoomEnv) => {
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
    settling: makeSettlingStore(dynamo, env.DOSES_TABLE),
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
export const makeFindSender = ({ stock }: Room) => async (member: MemberItem | undefined): Promise<Sender | undefined> =>
  senderOf(member, ...(await Promise.all([
    member?.interfaceId === undefined ? undefined : stock.interfaceStanding(member.interfaceId),
    stock.organizationStandings(member?.organizationIds ?? []),
  ])));

/** The sender of a subject, read now. */
export const senderBySubject = (room: Room) => {
  const findSender = makeFindSender(room);
  return async (subject: string): Promise<Sender | undefined> => findSender(await room.stock.member(subject));
};

/** The use cases that derive ids from patients' data: they exist once the matching key was read. */
const makeWriters = ({ doses, unseen, recalls, persons, stock, messages, quality, jurisdiction }: Room, matchingKey: string) => {
  const writeDoses = makeWriteDoses({ doses, stock: makeSettleStock(stock), recalls, timeZone: jurisdiction.timeZone });
  const recording = { doses, persons, writeDoses, matchingKey, site: stock.site };
  const findPerson = makeFindPerson({ persons, jurisdiction, matchingKey });
  const recordDoses = withOptOut(
    makeRecordDoses(recording),
    { doses, unseen, recalls, stock: makeSettleStock(stock), timeZone: jurisdiction.timeZone, matchingKey },
    jurisdiction,
  );
  const tellReport = makeTellReport({ findPerson, recordDoses });
  const changing = { doses, persons, sites: stock, rewrite: makeRewriteDose(recording), jurisdiction };
  return {
    reportHl7: makeReportHl7({
      messages,
      findPlace: makeFindPlace(stock),
      findResponsible: makeFindResponsible(stock),
      tellReport,
      answerMessage: makeAnswerMessage(jurisdiction),
      jurisdiction,
      matchingKey,
    }),
    reportDoses: makeReportDoses({ messages, quality, sites: stock, tellReport, jurisdiction, matchingKey }),
    correctDose: makeCorrectDose(changing),
    deleteDose: makeDeleteDose(changing),
    tellResources: makeTellResources({
      messages,
      quality,
      persons,
      findPerson,
      recordDoses,
      findPlace: makeFindPlace(stock),
      jurisdiction,
      matchingKey,
    }),
    findResources: makeFindResources({ doses, persons, matchingKey }),
    reportDoseFile: makeReportDoseFile({
      messages,
      quality,
      sites: stock,
      tellRow: makeTellRow({ tellReport, jurisdiction }),
      jurisdiction,
      matchingKey,
    }),
  };
};
type Writers = ReturnType<typeof makeWriters>;

export const makeQueryAnswers = ({ doses, persons, stock, queries, quality, jurisdiction }: Room, matchingKey: string) => {
  const policy = { idKinds: jurisdiction.matchingIds };
  const findCandidates = makeFindCandidates({ persons, matchingKey, policy, jurisdictionCode: jurisdiction.code });
  return makeAnswerQuery({
    findCandidates,
    doses,
    sites: stock,
    queries,
    quality,
    answerMessage: makeAnswerMessage(jurisdiction),
    jurisdiction,
    matchingKey,
    policy,
  });
};

/** What takes messages in, whatever carried them. */
export const makeReceivers = (room: Room, { reportHl7 }: Writers, log: Log, matchingKey: string) => {
  const { messages, uploads, uploadsBucket, jurisdiction } = room;
  const answerMessage = makeAnswerMessage(jurisdiction);
  const answerQuery = makeQueryAnswers(room, matchingKey);
  const receiveMessage = makeReceiveMessage({ reportHl7, answerQuery, messages, answerMessage, jurisdiction, matchingKey, log });
  return {
    receiveMessage,
    receiveHl7: makeReceiveHl7({
      receiveMessage,
      uploads: makeUploads({ uploads, bucket: uploadsBucket }),
      bucket: uploadsBucket,
      jurisdiction,
      matchingKey,
    }),
  };
};

/** Reads the key at the first write and keeps what was built with it. */
export const writersOf = (room: Room, secretName: string): (() => Promise<Writers>) => {
  const secret = makeSecret(secretName);
  let built: { key: string; writers: Writers } | undefined;
  return async () => {
    const key = await secret();
    if (built?.key !== key) built = { key, writers: makeWriters(room, key) };
    return built.writers;
  };
};

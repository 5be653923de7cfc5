import type { Jurisdiction } from '../../shared/codes/jurisdiction.ts';
import { readEnvelope, writeBatchReply, type AnsweredBatch } from '../../shared/hl7/index.ts';
import type { Bucket } from '../../shared/platform/bucket.ts';
import type { Sender } from './domain/sender.ts';
import { answerObjectKey, messagesPerPart, uploadIdOf, type AnswerItem, type Sent, type UploadItem, type UploadStore } from './store-uploads.ts';

export type GatherOutcome =
  /** Every message is answered and every answer lies in a file. */
  | { kind: 'done' }
  /** Some messages are still on their queue. `moved`: this run has put a part together. */
  | { kind: 'waiting'; moved: boolean }
  | { kind: 'overtaken' }
  | { kind: 'not-ours' };

export interface GatherAnswersDeps {
  readonly uploads: UploadStore;
  readonly bucket: Pick<Bucket, 'put'>;
  readonly senderOf: (subject: string) => Promise<Sender | undefined>;
  readonly jurisdiction: Pick<Jurisdiction, 'timeZone' | 'code'>;
}

const none: UploadItem['answers'] = { AA: 0, AE: 0, AR: 0 };

/** Messages of a part, once it is known how many that is. */
const expectedIn = (part: number, { sent, isWhole }: Sent): number | undefined => {
  const left = sent - (part - 1) * messagesPerPart;
  return left >= messagesPerPart ? messagesPerPart : isWhole ? Math.max(left, 0) : undefined;
};

/** The answers of a part under the batches of the file that they belong to (HL7-84). */
const batchesOf = (part: number, answers: readonly AnswerItem[], { batches = [] }: Sent): AnsweredBatch[] => {
  const first = (part - 1) * messagesPerPart + 1;
  const grouped = Map.groupBy(
    answers.map(({ ack }, at) => ({ ack, batch: batches.findLastIndex(({ from }) => from <= first + at) })),
    ({ batch }) => batch,
  );
  return [...grouped].map(([batch, group]) => {
    const header = batches[batch]?.header;
    return { request: header === undefined ? undefined : readEnvelope(header), answers: group.map(({ ack }) => ack) };
  });
};

/**
 * Puts the answers of a file together, a part of `messagesPerPart` messages at a time and in the order of the file, as soon as all of a part
 * are there (HL7-84). Safe to run twice: a part is written under its number and noted under a condition.
 * `again`: a part in which an answer came late is put together once more.
 */
export const makeGatherAnswers = ({ uploads, bucket, senderOf, jurisdiction }: GatherAnswersDeps) => {
  const fileOf = (part: number, answers: readonly AnswerItem[], sent: Sent, now: string): string =>
    writeBatchReply({
      request: sent.header === undefined ? undefined : readEnvelope(sent.header), batches: batchesOf(part, answers, sent), now,
      timeZone: jurisdiction.timeZone, registry: { application: 'DOSELINE', facility: jurisdiction.code },
    });

  const counted = (before: UploadItem['answers'], answers: readonly AnswerItem[]): UploadItem['answers'] => {
    const next = { ...before };
    for (const { answer } of answers) next[answer] += 1;
    return next;
  };

  const without = (all: UploadItem['answers'], part: UploadItem['answers']): UploadItem['answers'] => ({
    AA: all.AA - part.AA,
    AE: all.AE - part.AE,
    AR: all.AR - part.AR,
  });

  /** A part in which an answer came late, once it was put together before: the same file anew, and its counts. */
  const gatherAgain = async (note: UploadItem, sent: Sent | undefined, part: number): Promise<GatherOutcome> => {
    const answerKey = note.answerKeys[part - 1];
    if (sent === undefined || answerKey === undefined) return { kind: 'waiting', moved: false };
    const answers = await uploads.answersOfPart(note.uploadId, part);
    // Answers are kept for a month: a file is not put together of fewer than it had.
    if (answers.length !== expectedIn(part, sent)) return { kind: 'done' };
    await bucket.put(answerKey, fileOf(part, answers, sent, note.createdAt), 'x-application/hl7-v2+er7');
    const former = note.parts?.[part];
    const totals = former === undefined ? note.answers : counted(without(note.answers, former), answers);
    const end = await uploads.advance({
      ...note,
      answers: totals,
      parts: { ...note.parts, [part]: counted(none, answers) },
      version: note.version + 1,
    });
    return end.kind === 'committed' ? { kind: 'done' } : { kind: 'waiting', moved: true };
  };

  return async (objectKey: string, now: string, again?: number): Promise<GatherOutcome> => {
    const uploadId = uploadIdOf(objectKey);
    const found = uploadId === undefined ? undefined : await uploads.upload(uploadId);
    if (uploadId === undefined || found?.objectKey !== objectKey) return { kind: 'not-ours' };
    const sent = await uploads.sent(uploadId);
    if (again !== undefined) return gatherAgain(found, sent, again);
    if (found.state === 'done' || found.state === 'refused') return { kind: 'done' };
    let note = found;
    for (let part = note.answerKeys.length + 1; sent !== undefined; part += 1) {
      const expected = expectedIn(part, sent);
      if (expected === 0) {
        const state = (await senderOf(note.subject)) === undefined ? 'refused' : 'done';
        const end = await uploads.advance({ ...note, state, remarks: sent.remarks, finishedAt: now, version: note.version + 1 });
        return { kind: end.kind === 'committed' ? 'done' : 'overtaken' };
      }
      const answers = expected === undefined ? [] : await uploads.answersOfPart(uploadId, part);
      if (expected === undefined || answers.length < expected) break;
      const answerKey = answerObjectKey(note.senderId, uploadId, part);
      await bucket.put(answerKey, fileOf(part, answers, sent, note.createdAt), 'x-application/hl7-v2+er7');
      const next: UploadItem = {
        ...note, state: 'reading', messages: note.messages + answers.length, answers: counted(note.answers, answers),
        parts: { ...note.parts, [part]: counted(none, answers) },
        answerKeys: [...note.answerKeys, answerKey], version: note.version + 1,
      };
      if ((await uploads.advance(next)).kind !== 'committed') return { kind: 'overtaken' };
      note = next;
    }
    return { kind: 'waiting', moved: note.version !== found.version };
  };
};
export type GatherAnswers = ReturnType<typeof makeGatherAnswers>;

import { describe, expect, it } from '@jest/globals';
import type { Hl7Answer } from '../../functions/doses/report-hl7.ts';
import type { Sender } from '../../functions/doses/domain/sender.ts';
import { makeReadUpload, type ReadUploadDeps } from '../../functions/doses/read-upload.ts';
import { makeReceiveHl7, mostToldClosed } from '../../functions/doses/receive-batch.ts';
import type { Sent } from '../../functions/doses/store-uploads.ts';
import { vxu } from '../support/dose-room.ts';

const jurisdiction = { code: 'CTA', timeZone: 'America/New_York' };
const now = '2021-03-08T17:00:00.000Z';
const fiveMb = (line: string): string => line.repeat(Math.floor(5_000_000 / line.length));
const senderOf = (mode: Sender['mode']): Sender => ({ subject: 'ehr', organizationId: 'org', senderId: 'ehr_1', mode, mayQuery: false, owns: () => false });

const posted = async (text: string, mode: Sender['mode']) => {
  const seen = { messages: 0, uploads: 0 };
  const receiveMessage = (): Promise<Hl7Answer> => {
    seen.messages += 1;
    return Promise.resolve({ ack: 'MSH|^~\\&|\rMSA|AR|\r', answer: 'AR', messageId: 'm', isRetry: false });
  };
  const upload = { uploadId: 'u', state: 'reading', messages: 0, answers: { AA: 0, AE: 0, AR: 0 }, remarks: [], answerFiles: [], createdAt: now, objectKey: 'k' };
  const uploads = { request: () => { seen.uploads += 1; return Promise.resolve({ kind: 'repeated', upload } as never); } };
  const received = await makeReceiveHl7({ receiveMessage, uploads, bucket: { put: () => Promise.resolve() }, jurisdiction, matchingKey: 'k' })(text, senderOf(mode), now, 'c');
  return { ...seen, kind: received.kind, text: received.kind === 'answered' ? received.text : '' };
};

describe('Five megabytes of lines that are no messages, by HTTP', () => {
  it.each([['MSH|^~\\&\r'], ['MSH\r'], ['\nMSH|^~\\&\r\n']])('of %j do not come back as many answers: a sender without an open interface is told of the first alone', async (line) => {
    const { messages, uploads, text } = await posted(fiveMb(line), 'closed');
    expect([messages, uploads]).toEqual([mostToldClosed, 0]);
    expect(text).toContain(`only the first ${mostToldClosed} messages were looked at`);
    expect(text.length).toBeLessThan(50_000);
  });

  it('become one upload of a sender that may send', async () => {
    expect(await posted(fiveMb('MSH|^~\\&\r'), 'live')).toMatchObject({ kind: 'handed-over', messages: 0, uploads: 1 });
  });

  it.each([['BHS|^~\\&\r'], ['FHS|^~\\&\rBHS|^~\\&\rBTS|7\r'], ['BHS|^~\\&\rBTS|7\rx\r']])('of %j do not come back as many batches or remarks', async (line) => {
    const { text, messages } = await posted(fiveMb(line), 'live');
    expect([messages, text.length < 50_000, text.includes('the batch holds no HL7 message')]).toEqual([0, true, true]);
  });

  it('and a whole batch still has each message under its own BHS', async () => {
    const { text, messages } = await posted(`BHS|^~\\&|||||||||B1\r${vxu()}${vxu()}BTS|2\rBHS|^~\\&|||||||||B2\r${vxu()}BTS|1\r`, 'live');
    expect([messages, text.split('\r').filter((line) => /^(?:BHS|MSA)/.test(line)).map((line) => line.slice(0, 3))]).toEqual([3, ['BHS', 'MSA', 'MSA', 'BHS', 'MSA']]);
  });
});

/** Hands a file over, and tells how many of its messages were. */
const handedOver = async (text: string): Promise<Sent & { kept: number }> => {
  let kept = 0;
  let noted: Sent | undefined;
  async function* pieces(): AsyncGenerator<Uint8Array> {
    const bytes = Buffer.from(text);
    for (let at = 0; at < bytes.length; at += 65_536) yield await Promise.resolve(bytes.subarray(at, at + 65_536));
  }
  const deps = {
    uploads: {
      upload: () => Promise.resolve({ objectKey: `uploads/ehr_1/upl_${'a'.repeat(26)}`, subject: 'ehr' }), sent: () => Promise.resolve(undefined),
      noteSent: (_: string, sent: Sent) => { noted = sent; return Promise.resolve({ kind: 'committed' }); },
    },
    bucket: { pieces: () => Promise.resolve(pieces()) }, messages: { keep: () => { kept += 1; return Promise.resolve(); } },
    queue: { sendInOrder: () => Promise.resolve() }, senderOf: () => Promise.resolve(senderOf('live')), jurisdiction, matchingKey: 'k',
  } as unknown as ReadUploadDeps;
  expect(await makeReadUpload(deps)(`uploads/ehr_1/upl_${'a'.repeat(26)}`, now, () => true)).toBe('done');
  if (noted === undefined) throw new Error('nothing was noted');
  return { ...noted, kept };
};

describe('A file of lines that are no messages', () => {
  it('is read no further than its first part, and says so', async () => {
    expect(await handedOver(fiveMb('MSH|^~\\&\r'))).toMatchObject({ kept: 200, sent: 200, isWhole: true, remarks: ['its messages are too short to be any: only the first 200 were read'] });
  });

  it('behind messages as they should be costs no more than those', async () => {
    const { kept } = await handedOver(`${vxu().repeat(600)}${fiveMb('MSH|^~\\&\r')}`);
    expect(kept).toBeLessThan(600 * 8);
  });

  it('is none when its messages are short and whole', async () => {
    const short = 'MSH|^~\\&|||||20210308||VXU^V04|1|P|2.5.1\rPID|||1^^^A^MR||A^B||20200101|F\rORC|RE||1^A\rRXA|0|1|20210308||212^^CVX|999\r';
    expect(await handedOver(short.repeat(450))).toMatchObject({ kept: 450, isWhole: true, remarks: [] });
  });
});

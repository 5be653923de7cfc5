import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readCorpus } from '../support/hl7-corpus.ts';
import { openDoseRoom, type DoseRoom } from '../support/dose-room.ts';
import { damagedMessage, leaksInto, mutationSamples, otherSamples } from '../support/hl7-troubles.ts';
import { seededRandom } from '../support/seeded-random.ts';

/** Every so many files of the corpus, over all its families; DOSELINE_CORPUS_STRIDE=1 sends them all (two minutes), once a release. */
const stride = Number(process.env['DOSELINE_CORPUS_STRIDE'] ?? 16);

/** Damaged messages, queries, batches and envelopes that the handler gets; `npm run bench hl7-mutations` reads 200,000. */
const damagedCount = Number(process.env['DOSELINE_DAMAGED'] ?? 60);

let room: DoseRoom;
beforeAll(async () => {
  room = await openDoseRoom('dosesCorpus');
  await room.stock({}, 100);
});
afterAll(() => room.stop());

describe('real messages, sent as they are by an EHR in production', () => {
  it('are each answered by an acknowledgement, and sent again by the same one; no stock moves for a lot that never came', async () => {
    const files = readCorpus().filter((_, at) => at % stride === 0);
    const codes: Record<string, number> = {};
    for (const { file, bytes } of files) {
      const text = new TextDecoder().decode(bytes);
      const answer = await room.sendHl7(text, 'elm-ehr', { now: '2026-01-15T17:00:00.000Z' });
      const code = /\rMSA\|(AA|AE|AR)/.exec(answer.text)?.[1] ?? 'none';
      codes[code] = (codes[code] ?? 0) + 1;
      expect([file, answer.status, code === 'none']).toEqual([file, 200, false]);
      const again = await room.sendHl7(text, 'elm-ehr', { now: '2026-01-16T15:00:00.000Z' });
      // A query is asked anew each time; its answer is of that day.
      if (/\|QBP\^/.test(text)) expect(again.text).toMatch(/\rMSA\|/);
      else expect(again.text).toBe(answer.text);
    }
    const stored = (await room.items()).filter(({ type }) => type === 'dose');
    if (process.env['DOSELINE_CORPUS_STRIDE'] !== undefined) console.info(`${files.length} files: ${JSON.stringify(codes)}, ${stored.length} doses stored`);
    // That reports are stored and not only answered. All 1,430 files leave 810 doses (every second file is an answer, a query or refused, and many tell
    // of one patient and dose), every sixteenth 79: a third of a dose a file is below both, and above what is left when reports of one family are lost.
    expect(stored.length).toBeGreaterThan(files.length / 3);
    expect(stored.every(({ decrement }) => (decrement as { kind: string }).kind !== 'matched')).toBe(true);
    expect((await room.account())?.buckets.administered).toBe(0);
    // Hardly any is without a remark: most facilities of the corpus are not enrolled here.
    expect(Object.keys(codes)).toEqual(expect.arrayContaining(['AE', 'AR']));
  }, 600_000);

  it('damaged ones too: each gets an answer, and none tells a value of the patient in a fault', async () => {
    const random = seededRandom(20_210_402);
    const samples = [mutationSamples(), otherSamples()];
    const found: string[] = [];
    for (let at = 0; at < damagedCount; at += 1) {
      const { bytes, damage } = damagedMessage(samples[at % 2] ?? [], random);
      const { status, text } = await room.sendHl7(new TextDecoder().decode(bytes));
      const isAnswered = status === 200 ? /(?:^|\r)MSA\|(?:AA|AE|AR)/.test(text) || /^[BF]HS\|/.test(text) : status === 413;
      if (!isAnswered) found.push(`${at} ${damage}: ${status}`);
      if (leaksInto(text.split('\r').filter((line) => line.startsWith('ERR')).join('\r'))) found.push(`${at} ${damage}: a value in ERR`);
    }
    expect(found).toEqual([]);
  }, 600_000);
});

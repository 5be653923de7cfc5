import { describe, expect, it } from '@jest/globals';
import { readSoapRequest } from '../../functions/doses/domain/soap/read-request.ts';
import { damagedMessage, FAMILY, latin1, leaks, mutationSamples, otherSamples, troublesOf } from '../support/hl7-troubles.ts';
import { seededRandom } from '../support/seeded-random.ts';

/** `npm run bench hl7-mutations` draws 200,000. */
const COUNT = Number(process.env['HL7_MUTATIONS'] ?? 2_000);
const SEED = Number(process.env['HL7_SEED'] ?? 20_210_401);

describe(`${COUNT} damaged messages`, () => {
  it('none crashes, hangs or puts a patient value into a fault', () => {
    const random = seededRandom(SEED);
    const samples = [...mutationSamples(), ...otherSamples()];
    const found: string[] = [];
    for (let i = 0; i < COUNT && found.length < 10; i += 1) {
      const { bytes, damage } = damagedMessage(samples, random);
      try {
        found.push(...troublesOf(bytes).map((trouble) => `${i} ${damage}: ${trouble}`));
      } catch (error) {
        found.push(`${i} ${damage}: threw ${error instanceof Error ? error.stack ?? error.name : ''}`);
      }
    }
    expect(found).toEqual([]);
  }, 3_600_000);

  it('queries, batches and SOAP requests are among them (negative control)', () => {
    const kinds = otherSamples().map((text) => (text.startsWith('<') ? readSoapRequest(text).kind : /(?:^|\r)[FB]HS/.test(text) ? 'batch' : text.includes('QBP^') ? 'query' : 'other'));
    for (const kind of ['submit', 'batch', 'query']) expect(kinds.filter((one) => one === kind).length).toBeGreaterThan(5);
    expect(kinds).not.toContain('fault');
  });

  it('a fault that names the patient would be seen (negative control)', () => {
    expect(leaks([{ rule: 'HL7-44', code: '101', severity: 'E', text: `PID-5 ${FAMILY} is missing` }])).toBe(true);
  });
});

describe('messages made to cost time', () => {
  const MSH = 'MSH|^~\\&|A|B|||20210401||VXU^V04^VXU_V04|1|P|2.5.1\r';
  it.each([
    ['10 MB of one field', `${MSH}PID|1||${'x'.repeat(10_000_000)}`],
    ['10,000 repetitions of an id', `${MSH}PID|1||${'1^^^A^MR~'.repeat(10_000)}||A^B|||F`],
    ['5,000 segments out of order', `${MSH}${'NK1|1\rPID|1\r'.repeat(2_400)}`],
    ['300,000 escape characters', `${MSH}PID|1||${'\\'.repeat(300_000)}`],
    ['100,000 empty lines', `${MSH}${'\r\n'.repeat(100_000)}PID|1`],
    ['300 orders of 16 observations', `${MSH}PID|1||1^^^A^MR||A^B||19800101|F\r${`RXA|0|1|20210101||08^^CVX\r${'OBX|\r'.repeat(15)}`.repeat(310)}`],
  ])('%s', (_, text) => { expect(troublesOf(latin1(text))).toEqual([]); });
});

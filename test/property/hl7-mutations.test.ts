import { describe, expect, it } from '@jest/globals';
import { readSoapRequest } from '../../functions/doses/domain/soap/read-request.ts';
import { COSTLY, damagedMessage, FAMILY, latin1, leaks, mutationSamples, otherSamples, troublesOf } from '../support/hl7-troubles.ts';
import { seededRandom } from '../support/seeded-random.ts';

/** `npm run bench hl7-mutations` draws 200,000. */
const COUNT = Number(process.env['HL7_MUTATIONS'] ?? 2_000);
const SEED = Number(process.env['HL7_SEED'] ?? 20_210_401);

describe(`${COUNT} damaged messages`, () => {
  it('none crashes, stays without an answer or puts a patient value into a fault', () => {
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
  it.each(Object.entries(COSTLY))('many %s', (_, { times, text }) => { expect(troublesOf(latin1(text(times)))).toEqual([]); });
});

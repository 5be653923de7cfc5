import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { CVRS_FIELDS, type CvrsRow } from '../../functions/reports/domain/cvrs-columns.ts';
import { writeCvrsFiles } from '../../functions/reports/domain/cvrs-file.ts';
import { readCvrsText } from '../../functions/reports/domain/cvrs-reader.ts';
import { toCvrsRow } from '../../functions/reports/domain/cvrs-row.ts';
import { createCvrsValidator, type CvrsFinding } from '../../functions/reports/domain/cvrs-validator.ts';
import { anyCvrsEvent } from '../support/cvrs-events.ts';

const TODAY = '2023-05-11';
const extract = fc.constantFrom(
  { type: 'D' as const }, { type: 'I' as const }, { type: 'P' as const, pprlIdOf: (recipId: string) => `pprl-${recipId}` },
);
const errorsOf = (rows: readonly CvrsRow[]): CvrsFinding[] => {
  const validator = createCvrsValidator({ today: TODAY });
  return rows.flatMap((row) => validator.check(row)).filter(({ level }) => level === 'ERROR');
};
const fileText = async (rows: readonly CvrsRow[]): Promise<string> => {
  const chunks: Uint8Array[] = [];
  for await (const part of writeCvrsFiles(rows,
    { day: TODAY, entity: 'CTA' })) if (part.kind === 'bytes') chunks.push(part.bytes);
  return Buffer.concat(chunks).toString('utf8');
};

describe('rows we write', () => {
  it('pass the validator whatever the store holds: an event is sent right or named as unsendable', () => {
    let sent = 0;
    fc.assert(fc.property(anyCvrsEvent, extract, (event, kind) => {
      const outcome = toCvrsRow(event, kind, TODAY);
      if (outcome.kind === 'unsendable') return outcome.faults.length > 0;
      sent += 1;
      expect(errorsOf([outcome.row])).toEqual([]);
      return true;
    }), { numRuns: 600 });
    expect(sent).toBeGreaterThan(100);
  });

  it('are read back from the file unchanged, one line an event', async () => {
    await fc.assert(fc.asyncProperty(fc.array(anyCvrsEvent, { maxLength: 20 }), async (events) => {
      const rows = events.flatMap((event) => {
        const outcome = toCvrsRow(event, { type: 'I' }, TODAY);
        return outcome.kind === 'row' ? [outcome.row] : [];
      });
      expect(readCvrsText(await fileText(rows))).toEqual({ kind: 'cvrs', rows });
    }), { numRuns: 60 });
  });

  it('are caught when redaction is left out: the check bites', () => {
    const outcome = fc.sample(anyCvrsEvent, 200).map((event) => toCvrsRow(event, { type: 'D' }, TODAY)).find(({ kind }) =>
      kind === 'row');
    if (outcome?.kind !== 'row') throw new Error('No sendable event in the sample');
    const leaking = outcome.row.map((value, i) => (CVRS_FIELDS[i] === 'recip_last_name' ? 'Someone' : value));
    expect(errorsOf([leaking])).toMatchObject([{ field: 'recip_last_name', code: 'DATA006' }]);
  });

  it('are caught when an event is sent twice', () => {
    const outcome = fc.sample(anyCvrsEvent, 200).map((event) => toCvrsRow(event, { type: 'D' }, TODAY)).find(({ kind }) =>
      kind === 'row');
    if (outcome?.kind !== 'row') throw new Error('No sendable event in the sample');
    expect(errorsOf([outcome.row, outcome.row])).toMatchObject([{ line: 2, field: 'vax_event_id', code: 'BUSR013' }]);
  });
});

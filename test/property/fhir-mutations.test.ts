import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { entriesOf, whoseDose } from '../../functions/doses/fhir/read-entries.ts';
import { isError, outcomeOf } from '../../functions/doses/domain/fhir/issues.ts';
import { judgeImmunization, judgePatient } from '../../functions/doses/domain/fhir/judge.ts';
import { readDoseFile } from '../../functions/doses/domain/csv/read-file.ts';
import { cell, doseFile } from '../support/dose-file.ts';
import { fhirDose, fhirPatient, post, r4Faults, transaction } from '../support/fhir.ts';

const context = { organizationId: 'org_elm', receivedAt: '2021-03-08T15:00:00.000Z', timeZone: 'America/New_York' };

type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

/** Paths to every node of a document. */
const pathsOf = (value: unknown, path: (string | number)[] = []): (string | number)[][] => {
  if (Array.isArray(value)) return [path, ...value.flatMap((part, index) => pathsOf(part, [...path, index]))];
  if (typeof value !== 'object' || value === null) return [path];
  return [path, ...Object.entries(value).flatMap(([name, part]) => pathsOf(part, [...path, name]))];
};

const replaced = (value: unknown, [step, ...rest]: readonly (string | number)[], by: Json | undefined): unknown => {
  if (step === undefined) return by;
  if (Array.isArray(value)) return value.map((part, index) => (index === step ? replaced(part, rest, by) : part) as unknown);
  return Object.fromEntries(Object.entries(value as object).map(([name, part]) => [name, name === step ? replaced(part, rest, by) : part]));
};

/** Something else in up to four places: another type, nothing, a long text, HL7's separators, a value of another element. */
const mutated = (base: object): fc.Arbitrary<unknown> => {
  const paths = pathsOf(base).filter((path) => path.length > 0);
  const odd = fc.oneof(
    fc.jsonValue() as fc.Arbitrary<Json>, fc.string(), fc.constantFrom<Json>(null, '', '|^~\\&\r', 'MSH|^~\\&|', '2021-02-30', '9'.repeat(3000), '#p', 'Patient/x', -1, 1e300, [], {}, '\ud800', '__proto__'),
  );
  return fc.array(fc.tuple(fc.constantFrom(...paths), fc.option(odd, { nil: undefined })), { minLength: 1, maxLength: 4 })
    .map((changes) => changes.reduce<unknown>((all, [path, by]) => {
      try {
        return replaced(all, path, by);
      } catch {
        return all;
      }
    }, base));
};

describe('A damaged resource', () => {
  const runs = { numRuns: Number(process.env['FUZZ_RUNS'] ?? 250) };

  it('that is a Patient is judged without breaking, and said to be good only when there is no error', () => {
    fc.assert(fc.property(mutated(fhirPatient()), (resource) => {
      const { value, issues } = judgePatient(resource ?? {}, 'Patient', context, undefined);
      expect(value === undefined).toBe(issues.some(isError));
    }), runs);
  });

  it('that is an Immunization too; what is answered is R4', () => {
    fc.assert(fc.property(mutated(fhirDose('i', '#p', { contained: [{ ...fhirPatient(), id: 'p' }] })), (resource) => {
      const { value, issues } = judgeImmunization(resource ?? {}, 'Immunization', context, undefined);
      expect(value === undefined).toBe(issues.some(isError));
      expect(r4Faults(outcomeOf(issues))).toEqual([]);
    }), runs);
  });

  it('that is a Bundle is taken apart, and each dose of it is somebody’s or refused', () => {
    const bundle = transaction([post('Patient', 'urn:uuid:1', fhirPatient()), post('Immunization', 'urn:uuid:2', fhirDose('i', 'urn:uuid:1'))], { identifier: { system: 'x', value: 'y' } });
    fc.assert(fc.property(mutated(bundle), (resource) => {
      const { entries, issues } = entriesOf(resource);
      for (const entry of entries) if (entry.type === 'Immunization') expect(whoseDose(entry, entries).kind).toMatch(/entry|contained|known|unclear/);
      expect(entries.length > 0 || issues.some(isError)).toBe(true);
    }), runs);
  });
});

describe('A damaged file of doses', () => {
  it('is read without breaking: each row has its doses or its faults, and no fault repeats a long cell', () => {
    const odd = fc.oneof(fc.string(), fc.constantFrom('"', '""', ',', '\r\n', '=1+1', '5/1/2021', '44317', '1E5', 'é'.repeat(50), '\u0000', '\ufeff'));
    const columns = Object.keys(cell());
    fc.assert(fc.property(fc.array(fc.tuple(fc.constantFrom(...columns), odd), { maxLength: 5 }), fc.string({ maxLength: 5 }), (changes, tail) => {
      const file = readDoseFile(doseFile([cell(Object.fromEntries(changes))]) + tail);
      if (file.kind === 'not-a-file') return;
      for (const { told, remarks } of file.rows) expect(told !== undefined || remarks.some(({ severity }) => severity === 'E')).toBe(true);
      for (const [, written] of changes) if (written.length > 30) expect(JSON.stringify(file.rows.map(({ remarks }) => remarks))).not.toContain(written);
    }), { numRuns: Number(process.env['FUZZ_RUNS'] ?? 250) });
  });
});

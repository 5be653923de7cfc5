import { HL7_LIMITS } from '../../../../shared/hl7/index.ts';
import type { Segment } from '../../../../shared/hl7/index.ts';
import type { Notes } from './notes.ts';

/** The repetitions of a field that are read, from 1; says so when some are left out (HL7-12). */
export const repetitionsOf = (segment: Segment, field: number, notes: Notes): number[] => {
  const sent = segment.repetitions(field);
  const limit = HL7_LIMITS.repetitionsPerField;
  if (sent > limit) {
    notes.add('HL7-12', segment.at(field, undefined, limit + 1), {
      code: '999', severity: 'W', text: `${segment.name}-${field} has more than ${limit} repetitions - the rest was ignored`,
    });
  }
  return Array.from({ length: Math.min(sent, limit) }, (_, i) => i + 1);
};

import type { Segment } from '../../../../shared/hl7/index.ts';
import { read } from './notes.ts';
import type { Notes } from './notes.ts';
import type { ObservationGroup } from './structure.ts';

const BARCODE = '69764-9';
const TYPE = '30956-7';
const PUBLISHED = '29768-9';
const HANDED_OVER = '29769-7';
/** The string of the sheet's bar code, not the shorter document type identifier that is part of it. */
const BARCODE_FORM = /^253\d{21}$/;

/** A sheet is told whole by its bar code or by type and date of its edition, each with the day it was handed over, in one OBX-4. */
const isWhole = (codes: ReadonlySet<string>): boolean => codes.has(HANDED_OVER) && (codes.has(BARCODE) || (codes.has(TYPE) && codes.has(PUBLISHED)));

/**
 * HL7-63: remarks on the information sheets (VIS) told of a new dose. None costs anything: AIRA's checks call them information too, and
 * what was sent is kept in the original message. That none is told is no fault: IZ-24 speaks of sheets that were handed over.
 */
export const checkInformationSheets = (groups: readonly ObservationGroup[], notes: Notes): void => {
  const sets = new Map<string, { codes: Set<string>; first: Segment }>();
  for (const { obx } of groups) {
    const code = read(obx, 3);
    if (code !== BARCODE && code !== TYPE && code !== PUBLISHED && code !== HANDED_OVER) continue;
    const group = read(obx, 4);
    const set = sets.get(group) ?? { codes: new Set<string>(), first: obx };
    set.codes.add(code);
    sets.set(group, set);
    if (code === BARCODE && obx.has(5) && !BARCODE_FORM.test(read(obx, 5))) {
      notes.add('HL7-63', obx.at(5, 1), {
        code: '102',
        applicationCode: '4',
        severity: 'I',
        text: 'OBX-5 is not the 24-digit string of an information sheet - kept as sent',
      });
    }
  }
  for (const { codes, first } of sets.values()) {
    if (!isWhole(codes))
      notes.add('HL7-63', first.at(), {
        code: '101',
        applicationCode: '6',
        severity: 'I',
        text: 'The information sheet is not told whole: what it is and when it was handed over, in one OBX-4',
      });
  }
};

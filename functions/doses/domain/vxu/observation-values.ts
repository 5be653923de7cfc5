import type { Segment } from '../../../../shared/hl7/index.ts';
import { read } from './notes.ts';
import type { Notes } from './notes.ts';
import type { VaccineCodes } from './types.ts';
import { normaliseCvx } from './vaccine.ts';

/** Answers of the Z22 profile by LOINC code (valuesets of the national guide): contraindication, reaction, disease, serology. */
const ANSWERS: Readonly<Record<string, { readonly name: string; readonly known: ReadonlySet<string> }>> = {
  '30945-0': {
    name: 'contraindication',
    known: codes(
      'VXC17 VXC18 VXC19 VXC20 VXC21 VXC22 VXC23 VXC24 VXC25 VXC26 VXC27 VXC30 161461006 27624003 294466005 294468006 294530006 294847001 300916003 302215000 402306009 77386006 91930004',
    ),
  },
  '31044-1': { name: 'reaction', known: codes('VXC9 VXC10 VXC11 VXC12 VXC13 VXC14 VXC15 39579001 81308009') },
  '59784-9': {
    name: 'disease',
    known: codes(
      '111852003 14168008 14189004 16541001 16814004 18624000 23511006 240532009 27836007 36653000 36989005 38907003 397428000 398102009 40468003 409498004 4834000 52947006 6142004 66071002 76902006 91428005',
    ),
  },
  '75505-8': { name: 'serological evidence', known: codes('271511000 278968001 278971009 341112003 371111005 371113008') },
};
function codes(text: string): ReadonlySet<string> { return new Set(text.split(' ')); }

/** What a vaccine of an information sheet or of a component is told by: a CVX (IZ-37). */
const VACCINES: ReadonlySet<string> = new Set(['30956-7', '38890-0']);
/** Null flavour: nobody knows. It claims nothing, so nothing is wrong with it. */
const UNKNOWN = 'UNK';
const NUMBER = /^[+-]?\d{1,9}(?:\.\d{1,9})?$/;

/** Whether OBX-5 is a value that its code may have (HL7-65); says so when not, and the value is kept as sent. */
export const isValueOf = (code: string, obx: Segment, vaccines: VaccineCodes, notes: Notes): boolean => {
  const sent = [read(obx, 5), read(obx, 5, 4)].filter((value) => value !== '');
  if (sent.length === 0 || sent[0]?.toUpperCase() === UNKNOWN) return true;
  const table = Object.hasOwn(ANSWERS, code) ? ANSWERS[code] : undefined;
  const isVaccine = VACCINES.has(code);
  if (table && !sent.some((value) => table.known.has(value.toUpperCase()))) return tell(obx, '103', `${table.name} is not in the table`, notes);
  if (isVaccine && !sent.some((value) => vaccines.cvx(normaliseCvx(value) ?? ''))) return tell(obx, '103', 'vaccine is not recognised as CVX', notes);
  if (!table && !isVaccine && read(obx, 2) === 'NM' && !NUMBER.test(sent[0] ?? ''))
    return tell(obx, '102', 'is no number, though OBX-2 says so', notes);
  return true;
};

const tell = (obx: Segment, code: '102' | '103', what: string, notes: Notes): false => {
  notes.add('HL7-65', obx.at(5, 1), {
    code,
    applicationCode: code === '103' ? '5' : '4',
    severity: 'W',
    text: `OBX-5 ${what} - kept as sent, not used`,
  });
  return false;
};

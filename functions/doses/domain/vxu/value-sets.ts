import { HL7_LIMITS, type Segment, type Severity } from '../../../../shared/hl7/index.ts';
import { read } from './notes.ts';
import type { Notes } from './notes.ts';

/** Tables of the Z22 profile for components that are kept as sent, whatever they say (hl7.md section 5). */
const HL70203 =
  'AM AN ANC AND ANON ANT APRN BA BC BR BRN CC CY DDS DEA DFN DI DL DN DO DPM DR DS EI EN FI GI GL GN HC IND JHN LI LN LR MA MB MC MCD MCN MCR MD MI MR MRT MS NE NH NI NII NIIP NP NPI OD PA PCN PE PEN PI PN PNT PPN PRC PRN PT QA RI RN RPH RR RRI SL SN SR SS TAX TN U UPIN VN VS WC WCN XX';
const HL70200 = 'A B C D I L M N P R S T U';
const HL70190 = 'B BA BDL BR C F H L M N O P RH';
const HL70201 = 'ASN BPN EMR NET ORN PRN VHN WPN';
const HL70202 = 'BP CP FX Internet MD PH TDD TTY X.400';
const HL70063 = 'ASC BRO CGV CHD DEP DOM EMC EME EMR EXF FCH FND FTH GCH GRD GRP MGR MTH NCH NON OAD OTH OWN PAR SCH SEL SIB SIS SPO TRA UNK WRD';
const VXC40_41 = 'VXC40 VXC41';

type CodedComponent = {
  readonly field: number;
  readonly component: number;
  readonly name: string;
  readonly known: ReadonlySet<string>;
  readonly severity: Severity;
};

const coded = (field: number, component: number, name: string, table: string, severity: Severity = 'I'): CodedComponent =>
  ({ field, component, name, known: new Set(table.split(' ')), severity });

/**
 * Components whose code is no reason to lose anything: what was sent is kept. Only the type of an identifier asks to be mended,
 * because records are found by it.
 */
const CODED: Readonly<Record<string, readonly CodedComponent[]>> = {
  PID: [
    coded(3, 5, 'identifier type', HL70203, 'W'), coded(5, 7, 'name type', HL70200), coded(11, 7, 'address type', HL70190),
    coded(13, 2, 'use of the phone', HL70201), coded(13, 3, 'kind of phone', HL70202),
  ],
  NK1: [coded(3, 1, 'relationship', HL70063)],
};

/** Holds coded components against their tables (HL7-21): the first repetition of a field that is not in the table is named. */
export const checkValueSets = (segment: Segment, notes: Notes): void => {
  for (const { field, component, name, known, severity } of CODED[segment.name] ?? []) {
    const repetitions = Math.min(segment.repetitions(field), HL7_LIMITS.repetitionsPerField);
    for (let repetition = 1; repetition <= repetitions; repetition += 1) {
      const sent = read(segment, field, component, repetition);
      if (sent === '' || known.has(sent)) continue;
      notes.add('HL7-21', segment.at(field, component, repetition), {
        code: '103', applicationCode: '5', severity, text: `${segment.name}-${field}.${component} ${name} is not in the table - kept as sent`,
      });
      break;
    }
  }
};

/** Coding systems of coded fields whose codes are used whatever system is named (HL7-31); the first is the one to send. */
const SYSTEMS: Readonly<Record<string, readonly (readonly [number, readonly string[]])[]>> = {
  RXA: [[9, ['NIP001']], [17, ['MVX', 'HL70227']], [18, ['NIP002']]],
  // Swapped fields are told as swapped, not as of the wrong system.
  RXR: [[1, ['NCIT', 'HL70162', 'HL70163']], [2, ['HL70163', 'NCIT', 'HL70162']]],
  OBX: [[3, ['LN']]],
};

/** Holds the coding systems of a segment against what its fields are read as: missing or another costs nothing and is told (HL7-31). */
export const checkCodingSystems = (segment: Segment, notes: Notes): void => {
  for (const [field, systems] of SYSTEMS[segment.name] ?? []) {
    const system = read(segment, field, 3).toUpperCase();
    if (read(segment, field) === '' || systems.includes(system)) continue;
    notes.add('HL7-31', segment.at(field, 3), {
      code: system === '' ? '101' : '103', severity: 'I',
      text: `${segment.name}-${field}.3 coding system ${system === '' ? 'is missing' : 'is another'} - taken as ${systems[0] ?? ''}`,
    });
  }
};

const METHODS = new Set(VXC40_41.split(' '));
/** OBX-17 of an eligibility says for what it was told; it may be missing, but a code is one of two. */
export const checkEligibilityMethod = (obx: Segment, notes: Notes): void => {
  const sent = read(obx, 17);
  if (sent === '' || METHODS.has(sent)) return;
  notes.add('HL7-21', obx.at(17, 1), { code: '103', applicationCode: '5', severity: 'I', text: 'OBX-17 is neither VXC40 nor VXC41 - kept as sent' });
};

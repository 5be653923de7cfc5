import { NO_VACCINE_CVX } from '../../../../shared/codes/cvx.ts';
import { HL70322, HL70323, NIP001 } from '../../../../shared/codes/hl7-tables.ts';
import type { Segment } from '../../../../shared/hl7/index.ts';
import { codeOf } from '../hl7-tables.ts';
import { isSent, read } from './notes.ts';
import type { Notes } from './notes.ts';
import type { Completion, DoseKind, ReportedDose } from './types.ts';

/** RXA-20: empty means given (HL7-50); "none given" is never a given dose (HL7-49, HL7-54). */
export const readCompletion = (rxa: Segment, cvx: string, notes: Notes): Completion => {
  const sent = read(rxa, 20).toUpperCase();
  const known = codeOf(HL70322, sent);
  if (sent === '') {
    const taken = cvx === NO_VACCINE_CVX ? 'NA' : 'CP';
    notes.add('HL7-50', rxa.at(20), {
      code: '101',
      severity: cvx === NO_VACCINE_CVX ? 'W' : 'I',
      text: `RXA-20 completion is missing - taken as ${taken}`,
    });
    return taken;
  }
  if (!known)
    notes.add('HL7-50', rxa.at(20, 1), {
      code: '103',
      applicationCode: '5',
      severity: 'W',
      text: 'RXA-20 completion is not in the table - taken as CP',
    });
  if (cvx === NO_VACCINE_CVX && (known ?? 'CP') !== 'NA' && known !== 'RE') {
    notes.add('HL7-54', rxa.at(20, 1), {
      code: '102',
      applicationCode: '3',
      severity: 'W',
      text: 'RXA-5 says that no vaccine was given - RXA-20 taken as NA',
    });
    return 'NA';
  }
  return known ?? 'CP';
};

/** RXA-9.1 (HL7-50, HL7-51). */
export const readSource = (rxa: Segment, completion: Completion, notes: Notes): ReportedDose['source'] => {
  const sent = read(rxa, 9);
  const given = completion === 'CP' || completion === 'PA';
  if (sent === '') {
    if (given) notes.add('HL7-51', rxa.at(9), { code: '101', severity: 'W', text: 'RXA-9 source is missing - taken as historical' });
    return undefined;
  }
  const code = codeOf(NIP001, sent.padStart(2, '0'));
  if (!code) {
    notes.add('HL7-51', rxa.at(9, 1), {
      code: '103',
      applicationCode: '5',
      severity: 'W',
      text: 'RXA-9 source is not in the table - taken as historical',
    });
    return undefined;
  }
  if (!given)
    notes.add('HL7-28', rxa.at(9), {
      code: '0',
      applicationCode: '8',
      severity: 'I',
      text: 'RXA-9 source has no meaning for a dose that was not given',
    });
  else if (!isSent(rxa, 20))
    notes.add('HL7-50', rxa.at(9), {
      code: '102',
      applicationCode: '3',
      severity: 'W',
      text: 'RXA-20 is empty, and without it RXA-9 has no meaning by the guide - RXA-9 used all the same; send RXA-20',
    });
  return code;
};

/** What a dose is by completion and source (HL7-51, HL7-54, HL7-55). */
export const kindOf = (completion: Completion, source: string | undefined): DoseKind => {
  switch (completion) {
    case 'RE': return 'refused';
    case 'NA': return 'not-given';
    default: return source === '00' ? 'new' : 'historical';
  }
};

/** RXA-21: empty or unknown means add (HL7-72); where no vaccine was given it need not be sent. */
export const readAction = (rxa: Segment, cvx: string, notes: Notes): ReportedDose['action'] => {
  const sent = read(rxa, 21).toUpperCase();
  const known = codeOf(HL70323, sent);
  if (known) return known;
  if (sent === '' && cvx === NO_VACCINE_CVX) return 'A';
  notes.add('HL7-72', rxa.at(21), sent === ''
    ? { code: '101', severity: 'W', text: 'RXA-21 action is missing - taken as A' }
    : { code: '103', applicationCode: '5', severity: 'W', text: 'RXA-21 action is none of A, U, D - taken as A' });
  return 'A';
};

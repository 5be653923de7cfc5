import { bodySiteOf, HL70162_TO_NCIT, OTHER_BODY_SITES, routeOf } from '../../../../shared/codes/administration.ts';
import { NIP002 } from '../../../../shared/codes/hl7-tables.ts';
import type { RefusalReason } from '../../../../shared/codes/hl7-tables.ts';
import { lastDayOf, readHl7Day, whyNoDate } from '../../../../shared/hl7/index.ts';
import type { Segment } from '../../../../shared/hl7/index.ts';
import { codeOf } from '../hl7-tables.ts';
import { isSent, noteCutTime, read, withoutEmpty } from './notes.ts';
import type { Notes } from './notes.ts';
import { checkCodingSystems } from './value-sets.ts';
import type { Completion, Designator, Professional, ReportedDose, VaccineCodes } from './types.ts';

const UNKNOWN_AMOUNT = '999';

/** RXA-6 and RXA-7; 999 and an empty amount are unknown, a refusal may say 0 (HL7-31, HL7-55). */
export const readAmount = (rxa: Segment, completion: Completion, notes: Notes): Pick<ReportedDose, 'amount' | 'unit'> => {
  const sent = read(rxa, 6);
  if (sent === '') notes.add('HL7-31', rxa.at(6), { code: '101', severity: 'W', text: 'RXA-6 amount is missing - taken as 999, unknown' });
  if (completion === 'RE' || sent === '' || sent === UNKNOWN_AMOUNT) return {};
  const amount = /^\d{1,4}(?:\.\d{1,4})?$|^\.\d{1,4}$/.test(sent) ? Number(sent) : 0;
  if (amount === 0) {
    if (completion !== 'NA')
      notes.add('HL7-21', rxa.at(6, 1), {
        code: '102',
        applicationCode: '4',
        severity: 'E',
        text: 'RXA-6 amount is no positive number - value ignored, taken as 999, unknown',
      });
    return {};
  }
  const unit = read(rxa, 7);
  if (unit === '') notes.add('HL7-24', rxa.at(7), { code: '101', severity: 'W', text: 'RXA-7 unit of the amount is missing' });
  return withoutEmpty<Pick<ReportedDose, 'amount' | 'unit'>>({ amount, unit: unit.toLowerCase() === 'ml' ? 'mL' : unit });
};

/** RXA-16 with the precision sent; a month is good until its last day (HL7-56, HL7-77, HL7-81). */
export const readExpiry = (rxa: Segment, givenOn: string | undefined, notes: Notes): ReportedDose['expiry'] => {
  const text = read(rxa, 16);
  if (text === '') return undefined;
  const sent = readHl7Day(text);
  if (!sent || sent.precision === 'year') {
    notes.add('HL7-80', rxa.at(16), {
      code: '102',
      applicationCode: '2',
      severity: 'E',
      text: `RXA-16 expiry date ${whyNoDate(text, 'month') ?? 'is no date'}, expected YYYYMMDD or YYYYMM - value ignored`,
    });
    return undefined;
  }
  if (sent.isTimeCut) noteCutTime(rxa, 16, 'expiry date', notes);
  const lastDay = lastDayOf(sent.date);
  if (givenOn !== undefined && lastDay < givenOn) {
    notes.add('HL7-56', rxa.at(16), { code: '102', applicationCode: '1', severity: 'W', text: 'RXA-16 expiry lies before the date given' });
  }
  return { date: sent.date, precision: sent.precision === 'month' ? 'month' : 'day', lastDay };
};

/** RXA-17, held against the NDC, else against those who make the vaccine; without it the NDC's manufacturer (HL7-57). */
export const readManufacturer = (
  rxa: Segment, { cvx, ndcMvx }: { readonly cvx: string; readonly ndcMvx: string | undefined }, codes: VaccineCodes, notes: Notes,
): string | undefined => {
  const sent = read(rxa, 17).toUpperCase();
  if (sent === '') return ndcMvx;
  if (!codes.mvx(sent)) {
    notes.add('HL7-57', rxa.at(17, 1), {
      code: '103',
      applicationCode: '5',
      severity: 'W',
      text: 'RXA-17 manufacturer is not recognised - value ignored',
    });
    return ndcMvx;
  }
  if (ndcMvx !== undefined && sent !== ndcMvx) {
    notes.add('HL7-57', rxa.at(17, 1), { code: '102', applicationCode: '3', severity: 'W', text: 'RXA-17 manufacturer is not the one of the NDC' });
  }
  if (ndcMvx === undefined && codes.makersOf?.(cvx)?.has(sent) === false) {
    notes.add('HL7-57', rxa.at(17, 1), {
      code: '102',
      applicationCode: '3',
      severity: 'W',
      text: 'RXA-17 manufacturer does not make the vaccine of RXA-5',
    });
  }
  return sent;
};

/** RXA-18 belongs to a refusal and to nothing else (HL7-55). */
export const readRefusal = (rxa: Segment, completion: Completion, notes: Notes): ReportedDose['refusal'] => {
  if (completion !== 'RE') {
    if (isSent(rxa, 18))
      notes.add('HL7-55', rxa.at(18), {
        code: '102',
        applicationCode: '3',
        severity: 'E',
        text: 'RXA-18 refusal reason without RXA-20 RE - value ignored',
      });
    return undefined;
  }
  const sent = read(rxa, 18);
  if (sent === '') {
    notes.add('HL7-55', rxa.at(18), { code: '101', severity: 'W', text: 'RXA-18 refusal reason is missing' });
    return undefined;
  }
  const code = codeOf(NIP002, sent);
  if (!code) {
    notes.add('HL7-55', rxa.at(18, 1), {
      code: '103',
      applicationCode: '5',
      severity: 'E',
      text: 'RXA-18 refusal reason is not in the table - value ignored',
    });
    return undefined;
  }
  const text = read(rxa, 18, 2);
  if (code === '02' && text === '') notes.add('HL7-55', rxa.at(18, 2), { code: '101', severity: 'W', text: 'RXA-18 refusal reason 02 needs a text' });
  return withoutEmpty<{ code: RefusalReason; text?: string }>({ code, text });
};

/** RXA-11.4: name, or id with its type (HL7-59). */
export const readFacility = (rxa: Segment): Designator | undefined => {
  const part = (subcomponent: number): string => read(rxa, 11, 4, 1, subcomponent);
  const facility = withoutEmpty<Designator>({ name: part(1), universalId: part(2), universalIdType: part(3) });
  return facility.name ?? facility.universalId ? facility : undefined;
};

/** XCN: id, family, given. */
export const readProfessional = (segment: Segment | undefined, field: number): Professional | undefined => {
  if (!segment) return undefined;
  const person = withoutEmpty<Professional>({ id: read(segment, field), family: read(segment, field, 2, 1, 1), given: read(segment, field, 3) });
  return Object.keys(person).length > 0 ? person : undefined;
};

type RouteAndSite = Pick<ReportedDose, 'route' | 'site'>;

/** RXR: NCIT route and HL70163 site, also when they come swapped or in the words of HL70162 (HL7-58). */
export const readRoute = (rxr: Segment, notes: Notes): RouteAndSite => {
  checkCodingSystems(rxr, notes);
  const [first, second] = [codeIn(rxr, 1), codeIn(rxr, 2)];
  const swapped = !routeOf(first) && !siteOf(second) && (siteOf(first) ?? routeOf(second)) !== undefined;
  if (swapped) {
    notes.add('HL7-58', rxr.at(1), {
      code: '102',
      applicationCode: '3',
      severity: 'W',
      text: 'RXR-1 route and RXR-2 site are swapped - read the right way round',
    });
  }
  const [routeField, siteField] = swapped ? [2, 1] : [1, 2];
  const [sentRoute, sentSite] = swapped ? [second, first] : [first, second];
  const [route, site] = [routeOf(sentRoute), siteOf(sentSite)];
  if (sentRoute === '') notes.add('HL7-58', rxr.at(1), { code: '101', severity: 'W', text: 'RXR-1 route is missing' });
  else if (!route) unknown(rxr, routeField, 'route', notes);
  else if (codeOf(HL70162_TO_NCIT, sentRoute))
    notes.add('HL7-58', rxr.at(routeField, 1), { code: '103', severity: 'I', text: 'RXR-1 should be an NCIT code - translated' });
  if (sentSite !== '' && !site) unknown(rxr, siteField, 'site', notes);
  return { ...(route && { route }), ...(site && { site }) };
};

const codeIn = (rxr: Segment, field: number): string => (read(rxr, field) || read(rxr, field, 4)).toUpperCase();
const siteOf = (code: string): ReportedDose['site'] => bodySiteOf(code) ?? codeOf(OTHER_BODY_SITES, code);

const unknown = (rxr: Segment, field: number, name: string, notes: Notes): void => {
  notes.add('HL7-58', rxr.at(field, 1), {
    code: '103',
    applicationCode: '5',
    severity: 'E',
    text: `RXR ${name} is not in the table - value ignored`,
  });
};

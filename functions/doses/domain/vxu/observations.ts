import { CDCPHINVS_FUNDING, HL70064 } from '../../../../shared/codes/hl7-tables.ts';
import type { Eligibility } from '../../../../shared/codes/hl7-tables.ts';
import { HL7_LIMITS, readHl7Date, whyNoDate } from '../../../../shared/hl7/index.ts';
import type { Segment } from '../../../../shared/hl7/index.ts';
import { codeOf, ELIGIBILITY_CODE, FUNDING_CODE, OBSERVATIONS } from '../hl7-tables.ts';
import { isSent, read, withoutEmpty } from './notes.ts';
import type { FieldRule, Notes } from './notes.ts';
import { isValueOf } from './observation-values.ts';
import { checkCodingSystems, checkEligibilityMethod } from './value-sets.ts';
import type { ObservationGroup } from './structure.ts';
import type { Observation, ReportedDose, VaccineCodes } from './types.ts';

/** Faults of OBX that cost nothing (HL7-31, IZ-22). */
const REMARKS: readonly FieldRule[] = [
  ...([[1, 'set id'], [2, 'value type'], [4, 'sub-id']] as const).map(([field, name]): FieldRule => ({
    rule: 'HL7-31', field, found: 'missing', code: '101', severity: 'I', text: `OBX-${field} ${name} is missing`,
  })),
  { rule: 'HL7-31', field: 11, found: ['F'], severity: 'I', text: 'OBX-11 should be F' },
];

/** OBX-11 of a result that must not be used: deleted, wrong, not to be had (HL70085). */
const WITHDRAWN: ReadonlySet<string> = new Set(['D', 'W', 'X']);

type Observed = Pick<ReportedDose, 'funding' | 'eligibility' | 'observations'>;

/** Whether an eligibility was sent, be it one that no table has: that is told where it stands, and it is not missing (HL7-62). */
export const isEligibilityTold = (groups: readonly ObservationGroup[]): boolean =>
  groups
    .slice(0, HL7_LIMITS.observationsPerOrder)
    .some(({ obx }) => read(obx, 3) === ELIGIBILITY_CODE && isSent(obx, 5) && !WITHDRAWN.has(read(obx, 11).toUpperCase()));

/** The observations of one dose: funding and eligibility by themselves, all else as sent (HL7-61, HL7-64, HL7-65). */
export const readObservations = (groups: readonly ObservationGroup[], codes: VaccineCodes, notes: Notes): Observed => {
  const observations: Observation[] = [];
  let found: Omit<Observed, 'observations'> = {};
  const most = HL7_LIMITS.observationsPerOrder;
  if (groups.length > most) {
    notes.add('HL7-12', groups[most]?.obx.at(), {
      code: '999',
      severity: 'W',
      text: `More than ${most} observations (OBX) of one dose - the rest was ignored`,
    });
  }
  for (const group of groups.slice(0, most)) {
    const { obx } = group;
    if (WITHDRAWN.has(read(obx, 11).toUpperCase())) {
      notes.add('HL7-65', obx.at(11, 1), {
        code: '103',
        severity: 'W',
        text: 'OBX-11 says that this result was deleted or is wrong - observation ignored',
      });
      continue;
    }
    notes.check(obx, REMARKS);
    if (isSent(obx, 4) && !/^0*[1-9]\d*$/.test(read(obx, 4))) {
      notes.add('IZ-44', obx.at(4, 1), {
        code: '102',
        applicationCode: '4',
        severity: 'W',
        text: 'OBX-4 sub-id is no positive whole number - kept as sent',
      });
    }
    const code = read(obx, 3);
    if (code === ELIGIBILITY_CODE || code === FUNDING_CODE || OBSERVATIONS.has(code)) checkCodingSystems(obx, notes);
    if (code === '' || !isSent(obx, 5)) {
      const field = code === '' ? 3 : 5;
      notes.add('HL7-65', obx.at(field), { code: '101', severity: 'W', text: `OBX-${field} is missing - observation ignored` });
    } else if (code === ELIGIBILITY_CODE) {
      found = { ...readEligibility(obx, notes), ...found };
    } else if (code === FUNDING_CODE) {
      found = { ...readFunding(obx, notes), ...found };
    } else {
      observations.push(readOther(code, group, codes, notes));
    }
  }
  return { ...found, observations };
};

const inTable = <T extends string>(obx: Segment, name: string, table: Readonly<Record<T, unknown>>, notes: Notes): T | undefined => {
  const code = codeOf(table, read(obx, 5).toUpperCase());
  if (code) return code;
  notes.add('HL7-65', obx.at(5, 1), {
    code: '103',
    applicationCode: '5',
    severity: 'W',
    text: `OBX-5 ${name} is not in the table - observation ignored`,
  });
  return undefined;
};

const readEligibility = (obx: Segment, notes: Notes): Omit<Observed, 'observations'> => {
  const code = inTable(obx, 'eligibility', HL70064, notes);
  checkEligibilityMethod(obx, notes);
  return code === undefined ? {} : { eligibility: withoutEmpty<{ code: Eligibility; method?: string }>({ code, method: read(obx, 17) }) };
};

const readFunding = (obx: Segment, notes: Notes): Omit<Observed, 'observations'> => {
  const funding = inTable(obx, 'funding source', CDCPHINVS_FUNDING, notes);
  return funding === undefined ? {} : { funding };
};

const readOther = (code: string, { obx, note }: ObservationGroup, codes: VaccineCodes, notes: Notes): Observation => {
  const kind = OBSERVATIONS.get(code);
  const sent = read(obx, 5);
  const date = kind === 'date' ? readHl7Date(sent) : undefined;
  if (kind === undefined) {
    notes.add('HL7-65', obx.at(3, 1), {
      code: '103',
      applicationCode: '5',
      severity: 'W',
      text: 'OBX-3 is not an observation this registry knows - kept as sent, not used',
    });
  } else if (kind === 'date' && !date) {
    notes.add('HL7-65', obx.at(5), {
      code: '102',
      applicationCode: '2',
      severity: 'W',
      text: `OBX-5 ${whyNoDate(sent, 'year') ?? 'is no date'}, expected YYYYMMDD - kept as sent, not used`,
    });
  }
  const isBad = kind === 'other' && !isValueOf(code, obx, codes, notes);
  noteUnit(obx, notes);
  const observedOn = readHl7Date(read(obx, 14));
  if (observedOn && observedOn.date.length < 10) {
    notes.add('HL7-77', obx.at(14), {
      code: '102',
      applicationCode: '2',
      severity: 'I',
      text: `OBX-14 ${whyNoDate(read(obx, 14)) ?? 'is no date'}, expected YYYYMMDD - kept as sent`,
    });
  } else if (!observedOn && obx.has(14)) {
    notes.add('HL7-80', obx.at(14), {
      code: '102',
      applicationCode: '2',
      severity: 'E',
      text: `OBX-14 ${whyNoDate(read(obx, 14), 'year') ?? 'is no date'}, expected YYYYMMDD - value ignored`,
    });
  }
  const observation = withoutEmpty<Omit<Observation, 'value'>>({
    code, system: read(obx, 3, 3), valueType: read(obx, 2), valueText: read(obx, 5, 2), valueSystem: read(obx, 5, 3),
    unit: read(obx, 6), group: read(obx, 4), observedOn: observedOn?.date, method: read(obx, 17), note,
    understood: (kind === 'other' && !isBad) || date !== undefined,
  });
  return { ...observation, value: date?.date ?? sent };
};

/** OBX-6 belongs to a number (HL7-24); the number is kept without it. */
const noteUnit = (obx: Segment, notes: Notes): void => {
  if (read(obx, 2) !== 'NM' || obx.has(6)) return;
  notes.add('HL7-24', obx.at(6), { code: '101', severity: 'W', text: 'OBX-6 unit of a number is missing' });
};

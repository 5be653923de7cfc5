import { BODY_SITES, HL70162_TO_NCIT, OTHER_BODY_SITES, ROUTES, routeOf } from '../../shared/codes/administration.ts';
import { cvxOf } from '../../shared/codes/cvx.ts';
import { CDCPHINVS_FUNDING, HL70064, HL70322, HL70323, HL70357, HL70533, NIP001, NIP002 } from '../../shared/codes/hl7-tables.ts';
import { mvxOf } from '../../shared/codes/mvx.ts';
import { ndcUseOf, normaliseNdc } from '../../shared/codes/ndc.ts';
import { ETHNICITIES, ethnicityOf, RACES, RACES_NOT_SAID, raceOf, SEXES, sexOf } from '../../shared/codes/people.ts';

type Texts = Readonly<Record<string, string>>;

/** Short tables that only a reader of messages needs; the words are ours. */
const WORDS = {
  type: { VXU: 'doses or a patient are told', QBP: 'a history is asked for', ACK: 'an acknowledgement', RSP: 'an answer to a query' },
  processing: { P: 'in earnest', T: 'a test: touches no record', D: 'a trial: touches no record' },
  when: { AL: 'always', NE: 'never', ER: 'only of errors', SU: 'only of success' },
  profile: {
    Z22: 'report of doses',
    Z23: 'acknowledgement',
    Z34: 'asks for the history',
    Z44: 'asks for the evaluated history and forecast',
    Z31: 'list of candidates',
    Z32: 'history',
    Z33: 'nobody found, too many, or an error',
    Z42: 'evaluated history and forecast',
  },
  yesNo: { Y: 'yes', N: 'no' },
  protection: { Y: 'share with nobody', N: 'may be shared' },
  publicity: {
    '01': 'no reminder or recall',
    '02': 'reminder and recall by any means',
    '03': 'reminder and recall, no calls',
    '04': 'reminder only, by any means',
    '05': 'reminder only, no calls',
    '06': 'recall only, by any means',
    '07': 'recall only, no calls',
    '08': 'reminder or recall to the provider',
    '09': 'reminder to the provider',
    '10': 'only the provider, no reminder',
    '11': 'recall to the provider',
    '12': 'only the provider, no recall',
  },
  registryStatus: {
    A: 'active',
    I: 'inactive',
    L: 'inactive: lost to follow-up',
    M: 'inactive: moved or gone elsewhere',
    P: 'inactive for good',
    U: 'unknown',
  },
  relationship: {
    BRO: 'brother',
    CGV: 'care giver',
    CHD: 'child',
    FCH: 'foster child',
    FTH: 'father',
    GRD: 'guardian',
    GRP: 'grandparent',
    MTH: 'mother',
    OTH: 'other',
    PAR: 'parent',
    SCH: 'stepchild',
    SEL: 'the patient',
    SIB: 'sibling',
    SIS: 'sister',
    SPO: 'spouse',
  },
  control: { RE: 'observations and doses follow', OK: 'order accepted' },
  result: { F: 'final', C: 'corrected', D: 'deleted' },
  method: { VXC40: 'eligibility told for each dose', VXC41: 'eligibility told for the visit' },
  answer: {
    AA: 'accepted',
    AE: 'accepted with faults, or rejected for them',
    AR: 'refused',
    CA: 'received',
    CE: 'received with errors',
    CR: 'not received',
  },
  severity: { E: 'something sent was lost', W: 'stored, to be mended', I: 'a remark', F: 'fatal' },
  query: { Z34: 'asks for the history', Z44: 'asks for the evaluated history and forecast' },
  queryStatus: { OK: 'found', NF: 'nobody found', TM: 'too many found', AE: 'the query is at fault', AR: 'the query was refused' },
  observation: {
    '64994-7': 'eligibility for publicly bought vaccine',
    '30963-3': 'whose money bought the dose',
    '69764-9': 'information sheet, by its code',
    '29768-9': 'information sheet, published on',
    '29769-7': 'information sheet, handed over on',
    '30956-7': 'vaccine the information is about',
    '38890-0': 'component of the vaccine',
    '30945-0': 'reason not to give it',
    '30946-8': 'reason not to give it, since',
    '30944-3': 'reason not to give it, until',
    '31044-1': 'reaction',
    '59784-9': 'immune after disease',
    '75505-8': 'immune by blood test',
    '59785-6': 'why it was given',
    '30973-2': 'number of the dose',
    '59782-3': 'doses in the series',
    '59781-5': 'is the dose valid',
    '59783-1': 'state of the series',
    '59780-7': 'name of the series',
    '59779-9': 'schedule',
    '30979-9': 'vaccines due next',
    '30980-7': 'due on',
    '30981-5': 'earliest day',
    '59777-3': 'latest day',
    '59778-1': 'overdue on',
    '30982-3': 'reason',
    '48767-8': 'comment',
  },
} as const satisfies Record<string, Texts>;

const inTable = (table: Texts, code: string): string | undefined => (Object.hasOwn(table, code) ? table[code] : undefined);

/** A vaccine by CVX, or by the NDC of its vial or carton. */
const vaccineText = (code: string): string | undefined => {
  const ndc = normaliseNdc(code) === undefined ? undefined : ndcUseOf(code);
  const cvx = cvxOf(ndc?.cvx ?? code);
  if (cvx === undefined) return undefined;
  return ndc === undefined ? cvx.name : `${cvx.name} (CVX ${cvx.code}), vial ${ndc.useNdc}`;
};

const OBSERVED: Readonly<Record<string, (code: string) => string | undefined>> = {
  '64994-7': (code) => inTable(HL70064, code),
  '30963-3': (code) => inTable(CDCPHINVS_FUNDING, code),
  '30956-7': vaccineText,
  '38890-0': vaccineText,
};

const LOOKUPS = {
  vaccine: vaccineText,
  manufacturer: (code: string) => mvxOf(code)?.name,
  route: (code: string) => {
    const route = routeOf(code);
    return route && ROUTES[route] + (Object.hasOwn(HL70162_TO_NCIT, code) ? ` (${route})` : '');
  },
  site: (code: string) => inTable({ ...BODY_SITES, ...OTHER_BODY_SITES }, code),
  sex: (code: string) => inTable(SEXES, sexOf(code) ?? ''),
  race: (code: string) => inTable({ ...RACES, ...RACES_NOT_SAID }, raceOf(code) ?? ''),
  ethnicity: (code: string) => inTable(ETHNICITIES, ethnicityOf(code) ?? ''),
  source: (code: string) => inTable(NIP001, code),
  refusal: (code: string) => inTable(NIP002, code),
  completion: (code: string) => inTable(HL70322, code),
  action: (code: string) => inTable(HL70323, code),
  error: (code: string) => inTable(HL70357, code),
  applicationError: (code: string) => inTable(HL70533, code),
} as const;

export type CodeTable = keyof typeof WORDS | keyof typeof LOOKUPS | 'observed';

/** What a code means, or undefined when its table does not have it. `about` is the code of OBX-3, which decides what OBX-5 is. */
export const meaningOf = (table: CodeTable, code: string, about: string): string | undefined => {
  if (table === 'observed') return OBSERVED[about]?.(code);
  if (table in WORDS) return inTable(WORDS[table as keyof typeof WORDS], code);
  return LOOKUPS[table as keyof typeof LOOKUPS](code);
};

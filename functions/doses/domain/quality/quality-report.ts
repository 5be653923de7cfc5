import { DOSE_FIELDS, PATIENT_FIELDS, TIMELINESS, type Tally } from './measure-message.ts';

/** Weeks of one report: with eight shards a week, what one transaction may read. */
export const mostWeeks = 12;

/** What the short names of the counters mean, for people. */
const PATIENT_WORDS: Readonly<Record<string, string>> = {
  middle: 'middle name',
  maiden: "mother's maiden name",
  sex: 'sex',
  race: 'race',
  ethn: 'ethnicity',
  street: 'street',
  city: 'city',
  state: 'state',
  zip: 'zip code',
  phone: 'phone',
  email: 'e-mail',
  kin: 'next of kin',
  mult: 'multiple birth',
  prot: 'protection indicator',
};
const DOSE_WORDS: Readonly<Record<string, string>> = {
  id: 'id of the dose',
  ndc: 'NDC',
  lot: 'lot',
  exp: 'expiry',
  mvx: 'manufacturer',
  amt: 'amount',
  route: 'route',
  site: 'body site',
  fac: 'facility',
  by: 'administering provider',
  elig: 'eligibility',
  fund: 'funding source',
};
const TIMELINESS_WORDS: Readonly<Record<string, string>> = {
  t0: 'the same day',
  t1: 'a day later',
  t3: 'two or three days later',
  t7: 'within a week',
  t14: 'within two weeks',
  t30: 'within 30 days',
  t99: 'later',
};

/** Rules that speak of data that cannot be true or are in no table, rather than of data that are not there. */
const VALIDITY_RULES: ReadonlySet<string> = new Set(['HL7-21', 'HL7-47', 'HL7-48', 'HL7-49', 'HL7-57', 'HL7-58', 'HL7-65', 'HL7-77', 'HL7-80']);

export interface Share {
  readonly field: string;
  readonly filled: number;
  readonly of: number;
  /** 0 to 1; absent when nothing was told that could have it. */
  readonly share?: number;
}
export interface RuleRate {
  readonly rule: string;
  readonly severity: 'E' | 'W';
  readonly messages: number;
  readonly share: number;
  readonly about: 'validity' | 'other';
}

/** How well one sender reported in one span of time. */
export interface QualityReport {
  readonly messages: number;
  readonly answers: { readonly AA: number; readonly AE: number; readonly AR: number };
  /** Questions, by how they were answered and what was found. The shares of rules are of reports and questions together. */
  readonly queries: {
    readonly asked: number;
    readonly AA: number;
    readonly AE: number;
    readonly AR: number;
    readonly found: number;
    readonly nobody: number;
    readonly tooMany: number;
  };
  readonly doses: {
    readonly sent: number;
    readonly taken: number;
    readonly new: number;
    readonly historical: number;
    readonly refused: number;
    readonly notGiven: number;
    readonly deletions: number;
  };
  readonly completeness: { readonly patients: readonly Share[]; readonly newDoses: readonly Share[] };
  readonly timeliness: readonly { readonly reported: string; readonly doses: number; readonly share?: number }[];
  readonly rules: readonly RuleRate[];
  /** The mean of what follows, 0 to 100: completeness of the fields every new dose and patient should have, timeliness within three days, validity, and what was taken. */
  readonly score?: number;
}

const part = (count: number, of: number): { share?: number } => (of === 0 ? {} : { share: Math.round((count / of) * 10_000) / 10_000 });

/** Rule id of a counter's name: `56` is HL7-56, `IZ30` is IZ-30. */
const ruleOf = (name: string): string => (/^\d/.test(name) ? `HL7-${name}` : name.replace(/^([A-Z]+)(\d+)$/, '$1-$2'));

const rulesOf = (tally: Tally, messages: number): RuleRate[] =>
  Object.entries(tally).flatMap(([name, count]): RuleRate[] => {
    const found = /^r_([EW])(\w+)$/.exec(name);
    const severity = found?.[1];
    if (severity !== 'E' && severity !== 'W') return [];
    const rule = ruleOf(found?.[2] ?? '');
    return [{ rule, severity, messages: count, share: part(count, messages).share ?? 0, about: VALIDITY_RULES.has(rule) ? 'validity' : 'other' }];
  }).sort((a, b) => b.messages - a.messages || (a.rule < b.rule ? -1 : a.rule > b.rule ? 1 : a.severity < b.severity ? -1 : 1));

const sharesOf = (tally: Tally, fields: readonly string[], prefix: string, of: number, words: Readonly<Record<string, string>>): Share[] =>
  fields.map((name) => {
    const count = tally[`${prefix}${name}`] ?? 0;
    return { field: words[name] ?? name, filled: count, of, ...part(count, of) };
  });

/** Fields whose absence AIRA's measures hold against a sender; the others are shown only. */
const EXPECTED: ReadonlySet<string> = new Set([
  'sex',
  'race',
  'ethnicity',
  'street',
  'city',
  'state',
  'zip code',
  'phone',
  'lot',
  'expiry',
  'manufacturer',
  'amount',
  'route',
  'body site',
  'facility',
  'administering provider',
  'eligibility',
  'id of the dose',
]);

const mean = (shares: readonly number[]): number | undefined =>
  shares.length === 0 ? undefined : shares.reduce((sum, share) => sum + share, 0) / shares.length;

const scoreOf = (tally: Tally, shares: readonly Share[], rules: readonly RuleRate[]): number | undefined => {
  const [messages = 0, fresh = 0, sent = 0] = [tally['m'], tally['q'], tally['ds']];
  const completeness = mean(shares.flatMap(({ field, share }) => (share !== undefined && EXPECTED.has(field) ? [share] : [])));
  const timely = fresh === 0 ? undefined : ['t0', 't1', 't3'].reduce((sum, name) => sum + (tally[name] ?? 0), 0) / fresh;
  const worstValidity = rules.filter(({ about }) => about === 'validity').reduce((most, { share }) => Math.max(most, share), 0);
  const taken = sent === 0 ? (messages === 0 ? undefined : (tally['p'] ?? 0) / messages) : (tally['dt'] ?? 0) / sent;
  const parts = [completeness, timely, messages === 0 ? undefined : 1 - worstValidity, taken].filter((share) => share !== undefined);
  const all = mean(parts);
  return all === undefined ? undefined : Math.round(all * 1_000) / 10;
};

/** The counters of a span as measures: completeness, timeliness, validity and rates of faults. */
export const qualityReport = (tally: Tally): QualityReport => {
  const count = (name: string): number => tally[name] ?? 0;
  const messages = count('m');
  const patients = sharesOf(tally, Object.keys(PATIENT_FIELDS), 'p_', count('p'), PATIENT_WORDS);
  const newDoses = sharesOf(tally, Object.keys(DOSE_FIELDS), 'q_', count('q'), DOSE_WORDS);
  const rules = rulesOf(tally, messages + count('s'));
  const score = scoreOf(tally, [...patients, ...newDoses], rules);
  return {
    messages,
    answers: { AA: count('mAA'), AE: count('mAE'), AR: count('mAR') },
    queries: {
      asked: count('s'),
      AA: count('sAA'),
      AE: count('sAE'),
      AR: count('sAR'),
      found: count('sOK'),
      nobody: count('sNF'),
      tooMany: count('sTM'),
    },
    doses: {
      sent: count('ds'),
      taken: count('dt'),
      new: count('dn'),
      historical: count('dh'),
      refused: count('dr'),
      notGiven: count('dx'),
      deletions: count('dd'),
    },
    completeness: { patients, newDoses },
    timeliness: TIMELINESS.map(([name]) => ({ reported: TIMELINESS_WORDS[name] ?? name, doses: count(name), ...part(count(name), count('q')) })),
    rules,
    ...(score !== undefined && { score }),
  };
};

/** Counters of several shards or weeks as one. */
export const addTallies = (tallies: readonly Tally[]): Tally => {
  const sum: Record<string, number> = {};
  for (const tally of tallies) for (const [name, count] of Object.entries(tally)) sum[name] = (sum[name] ?? 0) + count;
  return sum;
};

import { CDCPHINVS_FUNDING, HL70064 } from '../../../shared/codes/hl7-tables.ts';
import { canonicalJson, keyedDigest } from '../../../shared/kernel/ids.ts';
import type { Decrement, DoseItem } from '../../../shared/published/dose.ts';
import { lotKey } from '../../../shared/ledger/account.ts';
import { dayEntrySort, noSite, reportDayPartition, shardOf } from '../../../shared/published/dose-keys.ts';
import { notReportedWhy } from '../../../shared/published/source-class.ts';
import { isOthersWitness } from './as-told.ts';
import type { DoseAtHand, GivenAt } from './decrement.ts';
import { codeOf } from './hl7-tables.ts';
import { lotPartition } from './lot-index.ts';
import type { MatchingKey } from './match-keys.ts';
import { toldApartBy } from './record-ids.ts';
import { sourceClassOf } from './source-class.ts';
import type { ReportedDose } from './vxu/types.ts';

/** Who told, in which message, when: the same for every dose of a message. */
export interface Telling {
  readonly organizationId: string;
  /** MSH-22 or MSH-4; '' when the organization speaks for itself. */
  readonly responsible: string;
  /** The enrolled site that MSH-22 names, when the organization may speak for it. */
  readonly responsibleSite?: string | undefined;
  readonly messageId: string;
  readonly receivedAt: string;
  /** Local day of receipt. */
  readonly receivedOn: string;
  readonly actor: string;
}

const sent = <T extends object>(values: { [K in keyof T]: T[K] | undefined }): T =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as T;

/** Information sheets stay in the message: many, long, and asked for by nobody who counts doses. */
const sheets = new Set(['69764-9', '29768-9', '29769-7', '30956-7', '48767-8', '38890-0']);

const keptObservations = ({ observations }: Pick<ReportedDose, 'observations'>): NonNullable<DoseItem['observations']> =>
  observations
    .filter(({ code }) => !sheets.has(code))
    .map(({ code, value, valueText, observedOn }) => sent({ code, value, text: valueText, on: observedOn }));

/** What tells a dose without an id from another of that day, by what is kept of it. */
export const toldApartOf = (dose: ReportedDose): string =>
  toldApartBy(dose.completion, { ...dose, bodySite: dose.site, observations: keptObservations(dose) });

/** Tells a resend from a correction: what was said of the dose, but not how (its place in the message, add or update). */
export const digestOf = (dose: ReportedDose, at: GivenAt, key: MatchingKey): string => {
  const { position: _, action: __, ...content } = dose;
  return keyedDigest(key, 'content', canonicalJson(content), at.site?.siteId ?? '');
};

type Facts = Omit<
  DoseItem,
  | 'pk'
  | 'sk'
  | 'type'
  | 'schema'
  | 'version'
  | 'state'
  | 'receivedAt'
  | 'recordedBy'
  | 'decrement'
  | 'effect'
  | 'gsi1pk'
  | 'gsi1sk'
  | 'gsi2pk'
  | 'gsi2sk'
  | 'witnessOf'
  | 'alone'
  | 'judged'
  | 'decisions'
  | 'validity'
  | 'lotReceivedOn'
  | 'dateConfirmed'
  | 'givenElsewhere'
  | 'assigned'
  | 'byHand'
>;

/** Tells neither how much was given nor from which lot. */
const isBare = ({ amount, lot }: Pick<DoseItem, 'amount' | 'lot'>): boolean => amount === undefined && lot === undefined;

/** What a dose record says of the event; how it met the stock is added by the caller. */
export const factsOfDose = (dose: ReportedDose, at: GivenAt, { organizationId, responsible, messageId }: Telling, key: MatchingKey): Facts => {
  const sourceClass = sourceClassOf(dose.kind === 'historical' ? (dose.source ?? '01') : dose.source, at.site?.supplyAccount === 'federal');
  const observations = keptObservations(dose);
  return sent<Facts>({
    completion: dose.completion,
    sourceClass,
    source: dose.source,
    reportable: notReportedWhy({ cvx: dose.cvx, completion: dose.completion, sourceClass }) === undefined,
    givenOn: dose.givenOn,
    cvx: dose.cvx,
    ndc: dose.useNdc,
    mvx: dose.mvx,
    lot: dose.lot,
    expiry: dose.expiry?.date,
    amount: dose.amount,
    unit: dose.unit,
    looksHistorical: dose.kind === 'new' && isBare(dose) ? dose.looksHistorical : undefined,
    route: dose.route,
    bodySite: dose.site,
    refusal: dose.refusal?.code,
    refusalText: dose.refusal?.text,
    funding: dose.funding,
    eligibility: dose.eligibility?.code,
    siteId: at.site?.siteId,
    facility: at.isSendersOwn ? undefined : (dose.facility?.name ?? dose.facility?.universalId),
    organizationId,
    responsible: responsible === '' ? undefined : responsible,
    administeredBy: dose.administeredBy,
    filler: dose.id,
    observations: observations.length > 0 ? observations : undefined,
    messageId,
    digest: digestOf(dose, at, key),
  });
};

/** How the dose met its account. */
export interface Settled {
  readonly decrement: Decrement;
  /** What its sender is told instead, when another organization's report is counted for it. */
  readonly alone?: NonNullable<DoseItem['alone']>;
  readonly effect?: DoseItem['effect'];
  /** `entriesPartition` of the account. */
  readonly account?: string;
  /** What the account knew of its lot when the dose was taken from it. */
  readonly lot?: {
    readonly expiresOn?: string;
    readonly stockedAt?: string;
    /** Nothing was given from it before. */ readonly isUntouched: boolean;
    readonly onHand: number;
    readonly quarantined: number;
    /** Announced by a shipment or another site, and not counted yet. */ readonly onItsWay: number;
  };
}

/** What tells the doses of one record apart. */
export const dosePartOf = ({ sk }: { sk: string }): string => sk.split('#')[1] ?? '';

/** Leads from the account to the doses that moved its stock, and from a lot to those that moved none. */
const stockIndex = (dose: Pick<DoseItem, 'sk' | 'lot'>, { account, effect }: Settled): Pick<DoseItem, 'gsi1pk' | 'gsi1sk' | 'effect'> => {
  if (account !== undefined && effect !== undefined) return { gsi1pk: account, gsi1sk: dosePartOf(dose), effect };
  return dose.lot === undefined || lotKey(dose.lot) === '' ? {} : { gsi1pk: lotPartition(dose.lot), gsi1sk: dosePartOf(dose) };
};

/** Lists show a site only the doses that its own organization sent. */
const listedSite = (at: GivenAt): string | undefined => (at.isSendersOwn ? at.site?.siteId : undefined);

/** The day index: the local day of the first report, where the site's doses lie together. */
const dayIndex = (key: { sk: string }, at: GivenAt, day: string, receivedAt: string): Pick<DoseItem, 'gsi2pk' | 'gsi2sk'> => {
  const siteId = listedSite(at);
  const part = dosePartOf(key);
  return { gsi2pk: reportDayPartition(day, shardOf(siteId ?? part)), gsi2sk: dayEntrySort(siteId, receivedAt, part) };
};
const reportDayOf = ({ gsi2pk }: DoseItem): string => gsi2pk.split('#')[1] ?? '';

/** Until its stock is settled; never stored. */
const undecided: Decrement = { kind: 'not-applicable' };

/** The dose with how it met the stock. */
export const withStock = ({ effect: _, gsi1pk: __, gsi1sk: ___, alone: ____, ...dose }: DoseItem, settled: Settled): DoseItem => ({
  ...dose, decrement: settled.decrement, ...(settled.alone === undefined ? {} : { alone: settled.alone }), ...stockIndex(dose, settled),
});

/** The dose with how it stands to the other reports of its person; only a kept one goes to CDC. */
export const withLink = (
  { witnessOf: _, judged: __, alone, ...dose }: DoseItem,
  link: Pick<DoseItem, 'witnessOf' | 'judged'>,
): DoseItem => {
  const linked: DoseItem = { ...dose, ...link, ...(alone !== undefined && isOthersWitness(link) ? { alone } : {}) };
  return { ...linked, reportable: notReportedWhy({ ...linked, state: 'accepted' }) === undefined };
};

/** A stored dose as it would be told again: what decides about its stock when it becomes the one that is counted. */
export const atHandAgain = ({ completion, sourceClass, cvx, ndc, lot, funding, eligibility, ...dose }: DoseItem): DoseAtHand => ({
  completion, sourceClass, cvx, ndc, lot,
  // What was stored before its reader's word was kept goes by the maker that is known.
  looksHistorical: dose.looksHistorical ?? (sourceClass === 'own' && isBare({ lot, ...dose }) && dose.mvx === undefined),
  funding: codeOf(CDCPHINVS_FUNDING, funding ?? ''),
  eligibility: codeOf(HL70064, eligibility ?? ''),
});

/** A dose that is told for the first time. */
export const newDose = (key: { pk: string; sk: string }, facts: Facts, at: GivenAt, telling: Telling): DoseItem => ({
  pk: key.pk, sk: key.sk, type: 'dose', schema: 1, version: 1, ...facts,
  state: 'accepted',
  receivedAt: telling.receivedAt,
  recordedBy: telling.actor,
  decrement: undecided,
  ...dayIndex(key, at, telling.receivedOn, telling.receivedAt),
});

/** Who changes a dose, and why. */
export interface Change {
  readonly at: string;
  readonly by: string;
  readonly reason: string;
}

/** The dose after it was told anew. Its day in the files stays that of its first report. */
export const correctedDose = (head: DoseItem, facts: Facts, given: GivenAt, { at, by, reason }: Change): DoseItem => ({
  pk: head.pk, sk: head.sk, type: 'dose', schema: 1, version: head.version + 1, ...facts,
  state: 'corrected',
  receivedAt: head.receivedAt,
  recordedBy: head.recordedBy,
  decrement: undecided,
  ...(head.decisions === undefined ? {} : { decisions: head.decisions }),
  ...(head.assigned === undefined || (given.isSendersOwn && given.site?.siteId !== head.siteId) ? {} : { assigned: head.assigned }),
  ...dayIndex(head, given, reportDayOf(head), head.receivedAt),
  changedAt: at, changedBy: by, reason,
});

/** The dose after it was deleted: it keeps what it said and holds no stock. */
export const deletedDose = (head: DoseItem, { at, by, reason }: Change): DoseItem => {
  const { effect: _, gsi1pk: __, gsi1sk: ___, witnessOf: ____, judged: _____, byHand: ______, alone: _______, ...rest } = head;
  return {
    ...rest, version: head.version + 1, state: 'deleted', decrement: { kind: 'not-applicable', why: 'deleted' },
    changedAt: at, changedBy: by, reason,
  };
};

/** The dose at the site where it was given after all, as nobody could tell from the message. Whose supply that site has decides what it counts as. */
export const assignedDose = (
  head: DoseItem,
  at: GivenAt & { readonly site: NonNullable<GivenAt['site']> },
  { at: changedAt, on, by, reason }: Change & { readonly on: string },
): DoseItem => {
  const { facility: _, givenElsewhere: __, ...rest } = head;
  const placed: DoseItem = { ...rest, siteId: at.site.siteId, sourceClass: sourceClassOf(head.source, at.site.supplyAccount === 'federal') };
  return {
    ...placed,
    version: head.version + 1,
    state: 'corrected',
    assigned: { on, by },
    decrement: undecided,
    reportable: notReportedWhy(placed) === undefined,
    ...dayIndex(head, at, reportDayOf(head), head.receivedAt),
    changedAt,
    changedBy: by,
    reason,
  };
};

/**
 * The dose as its site (or its organization, while no site has it) changed it by hand, which stands until its sender tells something else than it told
 * last. That it was given at none of the organization's sites is said of the dose, not of what it tells: it stays said.
 */
export const changedByHand = (next: DoseItem, head: DoseItem, { on, by }: { readonly on: string; readonly by: string }): DoseItem => ({
  ...next,
  ...(head.givenElsewhere === undefined ? {} : { givenElsewhere: head.givenElsewhere }),
  byHand: { ...(head.byHand ?? { told: head.digest, givenOn: head.givenOn, cvx: head.cvx }), on, by },
});

/** The dose after its sender said the same as the hand: what it told before that is news again. */
export const agreedUpon = ({ byHand: _, ...head }: DoseItem): DoseItem => ({ ...head, version: head.version + 1 });

/** Where a stored dose was given, as far as it still tells. */
export const placeAgain = (dose: Pick<DoseItem, 'siteId' | 'facility' | 'gsi2sk'>, site: GivenAt['site']): GivenAt => {
  if (site === undefined) return { facility: dose.facility === undefined ? 'missing' : 'unknown', isSendersOwn: false };
  return { facility: 'named', site, isSendersOwn: listedSiteOf(dose) === dose.siteId };
};

/** The site a head is listed under. */
export const listedSiteOf = (head: Pick<DoseItem, 'gsi2sk'>): string | undefined => {
  const [siteId] = head.gsi2sk.split('#');
  return siteId === noSite ? undefined : siteId;
};

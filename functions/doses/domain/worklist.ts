import { z } from 'zod';
import { day, instant } from '../../../shared/contracts/common.ts';
import { addDays } from '../../../shared/kernel/dates.ts';
import type { DoseItem } from '../../../shared/published/dose.ts';
import { doseIdOf } from '../../../shared/published/dose-keys.ts';
import { decrementAsTold, isOthersWitness } from './as-told.ts';
import { decrementReasons, isToldPrivate, type DecrementReason } from './decrement.ts';
import { atHandAgain, listedSiteOf } from './dose-facts.ts';
import { openWorklist } from './open-list.ts';
import { validityWords } from './validity/validity-of-dose.ts';

/** A dose whose stock, day or place a person must settle. It names the dose and the product, never the patient. */
export const worklistItem = z.object({
  pk: z.string(),
  sk: z.string(),
  type: z.literal('worklist'),
  schema: z.literal(1),
  /** Whose people it waits for: a site's, or an organization's when nobody knows at which of its sites the dose was given. */
  siteId: z.string().optional(),
  organizationId: z.string().optional(),
  doseId: z.string(),
  state: z.enum(['open', 'closed']),
  why: z.string(),
  givenOn: day,
  cvx: z.string(),
  ndc: z.string().optional(),
  lot: z.string().optional(),
  /** What the site holds instead: `Decrement`. */
  nearLot: z.string().optional(),
  lotIsOf: z.string().optional(),
  /** When the dose was told first: what a correction leaves open is as old as it was. */
  toldAt: instant,
  openedAt: instant,
  closedAt: instant.optional(),
  /** Closed items leave by themselves (epoch seconds). */
  expiresAt: z.number().optional(),
});
export type WorklistItem = z.infer<typeof worklistItem>;

/** @param owner a site, or an organization */
export const worklistPartition = (owner: string): string => `WORKLIST#${owner}`;
const keptClosedDays = 30;

const entryOf = (
  dose: DoseItem,
  owner: { siteId: string } | { organizationId: string },
  why: string,
  now: string,
  sk = doseIdOf(dose),
): WorklistItem => {
  const {
    givenOn,
    cvx,
    ndc,
    lot,
    receivedAt,
  } = dose;
  const { nearLot, lotIsOf } = decrementAsTold(dose);
  return {
    pk: worklistPartition('siteId' in owner ? owner.siteId : owner.organizationId),
    sk,
    type: 'worklist',
    schema: 1,
    ...owner,
    doseId: doseIdOf(dose),
    state: 'open',
    why,
    givenOn,
    cvx,
    ...(ndc === undefined ? {} : { ndc }),
    ...(lot === undefined ? {} : { lot }),
    ...(nearLot === undefined ? {} : { nearLot }),
    ...(lotIsOf === undefined ? {} : { lotIsOf }),
    toldAt: receivedAt,
    openedAt: now,
  };
};

/** An id that stands in for one that was not told begins as our ids of messages do. */
const isStandIn = (id: string): boolean => id.startsWith('msg_');

/** What a list shows of a dose and no item but the dose itself keeps: the sender's own id may hold the number of the patient, the facility is as sent. */
export const fromDose = (dose: DoseItem | undefined): { id?: string; facility?: string; version?: number } => ({
  ...(dose?.filler === undefined || isStandIn(dose.filler.id) ? {} : { id: dose.filler.id }),
  ...(dose?.facility === undefined ? {} : { facility: dose.facility }),
  ...(dose === undefined ? {} : { version: dose.version }),
});

/** The item as it is stored: in the list of its site or organization while it waits, the dose that was told first before all. */
export const listedWork = (item: WorklistItem): WorklistItem =>
  item.state === 'open'
    ? Object.assign({ ...item }, { gsi1pk: openWorklist(item.siteId ?? item.organizationId ?? ''), gsi1sk: `${item.toldAt}#${item.sk}` })
    : item;

const questionableDays = ['before-vaccine-existed', 'before-lot-received'] as const;

/** What is wrong with the day of a dose, until it is corrected or confirmed. A site is asked only of what its own organization told. */
const dayInQuestion = (dose: DoseItem): (typeof questionableDays)[number] | undefined => {
  const { validity = [], dateConfirmed, witnessOf } = dose;
  return witnessOf === undefined || isOthersWitness(dose)
    ? questionableDays.find((fact) => validity.includes(fact) && (fact === 'before-vaccine-existed' || dateConfirmed === undefined))
    : undefined;
};

const unplaced: readonly DecrementReason[] = ['no-facility', 'not-our-facility', 'foreign-site'];

/** Told as given here, and at none of the sender's sites: no stock moved, and no site has it on any list. */
export const isUnplaced = (dose: Pick<DoseItem, 'state' | 'decrement' | 'alone'>): boolean =>
  dose.state !== 'deleted' && unplaced.some((one) => one === decrementAsTold(dose).why);

/** What was bought privately moves no stock wherever it was given: nobody is asked where, unless CDC is told of it. */
const mattersWhere = (dose: DoseItem): boolean => dose.reportable || !isToldPrivate(atHandAgain(dose));

/** Whether the people of the organization are asked where it was given. */
export const waitsForOrganization = (dose: DoseItem): boolean => isUnplaced(dose) && dose.givenElsewhere === undefined && mattersWhere(dose);

const openFor = (dose: DoseItem | undefined, now: string): WorklistItem[] => {
  if (dose === undefined || dose.state === 'deleted') return [];
  const [siteId, why] = [listedSiteOf(dose), dayInQuestion(dose)];
  const { kind, why: whyStock = '' } = decrementAsTold(dose);
  return [
    ...(kind === 'unresolved' && dose.siteId !== undefined ? [entryOf(dose, { siteId: dose.siteId }, whyStock, now)] : []),
    ...(waitsForOrganization(dose) ? [entryOf(dose, { organizationId: dose.organizationId }, whyStock, now)] : []),
    ...(siteId === undefined || why === undefined ? [] : [entryOf(dose, { siteId }, why, now, `${doseIdOf(dose)}#day`)]),
  ];
};

/** Why a dose is on the worklist, as people read it, and what the site holds instead. */
export const worklistWords = ({ why, nearLot, lotIsOf }: Pick<WorklistItem, 'why' | 'nearLot' | 'lotIsOf'>): string => {
  const reason = ({ ...decrementReasons, ...validityWords } as Readonly<Record<string, string>>)[why] ?? why;
  if (why === 'no-account' && nearLot !== undefined) return `${reason}; it holds ${nearLot}, which looks alike`;
  return why === 'lot-of-other-product' && lotIsOf !== undefined ? `${reason}: ${lotIsOf}` : reason;
};

/** What a write of a dose does to the worklist: what it opens, and what the dose it replaces had open and is closed by it. */
export const worklistAfter = (next: DoseItem, before: DoseItem | undefined, now: string): WorklistItem[] => {
  const opened = openFor(next, now);
  const expiresAt = Date.parse(`${addDays(now.slice(0, 10), keptClosedDays)}T00:00:00Z`) / 1000;
  const closed = openFor(before, now)
    .filter(({ pk, sk }) => !opened.some((item) => item.pk === pk && item.sk === sk))
    .map((item): WorklistItem => ({ ...item, state: 'closed', closedAt: now, expiresAt }));
  return [...opened, ...closed];
};

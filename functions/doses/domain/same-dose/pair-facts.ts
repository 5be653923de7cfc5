import { isUnspecified, vaccineGroupsOf } from '../../../../shared/codes/vaccine-groups.ts';
import { daysBetween } from '../../../../shared/kernel/dates.ts';
import { aliasOf } from '../../../../shared/published/site.ts';
import type { DoseItem } from '../../../../shared/published/dose.ts';
import { alike, lotsAlike, type Likeness, type LotLikeness } from './lot-forms.ts';

/** What is compared of a report of a dose. */
export type DoseReport = Pick<
  DoseItem,
  | 'pk'
  | 'sk'
  | 'state'
  | 'completion'
  | 'sourceClass'
  | 'givenOn'
  | 'cvx'
  | 'ndc'
  | 'mvx'
  | 'lot'
  | 'siteId'
  | 'organizationId'
  | 'responsible'
  | 'filler'
  | 'receivedAt'
  | 'messageId'
  | 'gsi2sk'
  | 'decisions'
  | 'bodySite'
  | 'route'
  | 'observations'
>;

/** Told by who gave it, not as history. */
export const isAdministered = ({ sourceClass }: Pick<DoseItem, 'sourceClass'>): boolean => sourceClass === 'own' || sourceClass === 'federal-partner';
/** A dose that went into an arm and stands: refusals and deferrals are no doses. */
export const isGiven = ({ state, completion }: Pick<DoseItem, 'state' | 'completion'>): boolean =>
  state !== 'deleted' && (completion === 'CP' || completion === 'PA');

/** How two reports of one person compare. */
export interface PairFacts {
  readonly days: number;
  /** Vaccine groups of both; none when they protect against different things. */
  readonly groups: readonly string[];
  /** `unspecified`: one of them does not say which formulation. */
  readonly vaccine: 'same' | 'unspecified' | 'other';
  readonly lot: LotLikeness;
  readonly product: Likeness;
  readonly maker: Likeness;
  /** How many of the two only tell of a dose given elsewhere or earlier. */
  readonly told: 'none' | 'one' | 'both';
  readonly organization: 'same' | 'other';
  /** Where on the body, by which route, and which dose of its series (LOINC 30973-2). */
  readonly bodySite: Likeness;
  readonly route: Likeness;
  readonly number: Likeness;
  readonly isOneMessage: boolean;
  /** Both name the event by the same id and authority (HL7-66). */
  readonly hasOneId: boolean;
}

/**
 * Whether one organization tells both. Its EHR names itself in MSH-22, its portal and files do not: that makes no second organization. Two
 * names under one client are two, as of a hub that sends for many, unless both speak of one site.
 */
const isOneOrganization = (a: DoseReport, b: DoseReport): boolean => {
  if (a.organizationId !== b.organizationId) return false;
  const [one, other] = [aliasOf(a.responsible ?? ''), aliasOf(b.responsible ?? '')];
  return one === '' || other === '' || one === other || (a.siteId !== undefined && a.siteId === b.siteId);
};

const doseNumber = '30973-2';
const numberOf = ({ observations = [] }: DoseReport): string | undefined => observations.find(({ code }) => code === doseNumber)?.value;

const vaccineOf = (a: string, b: string): PairFacts['vaccine'] => {
  if (a === b) return 'same';
  return isUnspecified(a) || isUnspecified(b) ? 'unspecified' : 'other';
};

export const pairFactsOf = (a: DoseReport, b: DoseReport): PairFacts => {
  const groups = new Set(vaccineGroupsOf(b.cvx));
  const administered = [a, b].filter(isAdministered).length;
  return {
    days: Math.abs(daysBetween(a.givenOn, b.givenOn)),
    groups: vaccineGroupsOf(a.cvx).filter((group) => groups.has(group)),
    vaccine: vaccineOf(a.cvx, b.cvx),
    lot: lotsAlike(a.lot, b.lot),
    product: alike(a.ndc, b.ndc),
    maker: alike(a.mvx, b.mvx),
    told: administered === 2 ? 'none' : administered === 1 ? 'one' : 'both',
    organization: isOneOrganization(a, b) ? 'same' : 'other',
    bodySite: alike(a.bodySite, b.bodySite),
    route: alike(a.route, b.route),
    number: alike(numberOf(a), numberOf(b)),
    isOneMessage: a.messageId === b.messageId,
    hasOneId: a.filler !== undefined && a.filler.id === b.filler?.id && a.filler.authority === b.filler.authority,
  };
};

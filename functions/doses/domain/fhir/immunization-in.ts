import type { FieldContent, SegmentTree } from '../../../../shared/hl7/index.ts';
import { localDay } from '../../../../shared/kernel/dates.ts';
import { ELIGIBILITY_CODE, FUNDING_CODE } from '../hl7-tables.ts';
import {
  authorityOf, bodySiteOfConcept, eligibilityOf, fundingOfConcept, notDoneOf, originOf, routeOfConcept, systems,
} from './code-systems.ts';
import type { Contained, HumanName, ImmunizationResource, Reference } from './elements.ts';
import type { Issue } from './issues.ts';
import { digitsOfDate } from './patient-in.ts';
import { vaccineCodeOf } from './vaccine-code.ts';

export interface DoseSegments {
  readonly segments: readonly SegmentTree[];
  readonly issues: readonly Issue[];
}

const firstIdentifier = ({ identifier }: Contained) => (Array.isArray(identifier) ? identifier[0] : identifier);

/** What a reference says by itself, or the contained resource it points to. */
const resolved = (
  reference: Reference | undefined,
  contained: readonly Contained[] = [],
): { type: string; id: string; display: string; name: unknown } => {
  const target = reference?.reference ?? '';
  const found = target.startsWith('#') ? contained.find(({ id }) => id === target.slice(1)) : undefined;
  const type = found?.resourceType ?? reference?.type ?? /^([A-Z][A-Za-z]+)\//.exec(target)?.[1] ?? '';
  const id = (found === undefined ? reference?.identifier?.value : firstIdentifier(found)?.value) ?? '';
  return { type, id, display: reference?.display ?? (typeof found?.name === 'string' ? found.name : ''), name: found?.name };
};

/** The written day; an instant is a day of the jurisdiction, which is the day on the patient's card. */
const dayOf = (dateTime: string, timeZone: string): string => {
  const isInstant = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}.*(Z|[+-]\d{2}:\d{2})$/.test(dateTime) && !Number.isNaN(Date.parse(dateTime));
  return digitsOfDate(isInstant ? localDay(new Date(dateTime).toISOString(), timeZone) : dateTime);
};

type Performed = { readonly by: FieldContent; readonly organization: ReturnType<typeof resolved> | undefined; readonly issues: readonly Issue[] };

/** Who gave it, and an organization among the performers: where it was given, when no location says so (as health cards do). */
const performedBy = ({ performer = [], contained }: ImmunizationResource, at: string): Performed => {
  const actors = performer.map(({ function: role, actor }, index) => ({
    index, who: resolved(actor, contained), role: role?.coding?.find(({ code }) => code === 'AP' || code === 'OP')?.code,
  }));
  const isPerson = ({ who, role }: (typeof actors)[number]): boolean => role === 'AP' || /^Practitioner/.test(who.type);
  const giver = actors.find((actor) => actor.role === 'AP') ?? actors.find((actor) => isPerson(actor) && actor.role === undefined);
  const place = actors.find((actor) => !isPerson(actor) && actor.role === undefined);
  const rest = actors.filter((actor) => actor !== giver && actor !== place);
  const name = (Array.isArray(giver?.who.name) ? giver.who.name[0] : undefined) as HumanName | undefined;
  const family = typeof name?.family === 'string' ? name.family : (giver?.who.display ?? '');
  const given = typeof name?.given?.[0] === 'string' ? name.given[0] : '';
  return {
    by: giver === undefined ? '' : [giver.who.id, family, given],
    organization: place?.who,
    issues: rest.map(({ index }) => ({
      severity: 'information',
      code: 'informational',
      expression: `${at}.performer[${index}]`,
      text: 'is kept with the original only',
    })),
  };
};

type Status = { readonly completion: string; readonly action: 'A' | 'D'; readonly refusal: FieldContent; readonly issues: readonly Issue[] };

/** RXA-20, RXA-18 and RXA-21 of a status; a status that is not understood is refused: it is a modifier. */
const statusOf = ({ status, statusReason, isSubpotent, subpotentReason }: ImmunizationResource, at: string): Status => {
  const plain = { action: 'A', refusal: '', issues: [] } as const;
  const isPart =
    subpotentReason === undefined || subpotentReason.some(({ coding }) => coding?.some(({ code }) => code?.startsWith('partial') === true));
  switch (status) {
    case 'completed':
      if (isSubpotent !== true) return { ...plain, completion: 'CP' };
      return {
        ...plain,
        completion: 'PA',
        issues: isPart
          ? []
          : [
              {
                severity: 'warning',
                code: 'business-rule',
                expression: `${at}.subpotentReason`,
                text: 'why it was not potent is not kept: taken as partially administered, which counts for no one',
              },
            ],
      };
    case 'entered-in-error':
      return { ...plain, completion: 'CP', action: 'D' };
    case 'not-done': {
      const why = notDoneOf(statusReason);
      if (why.kind === 'refused') return { ...plain, completion: 'RE', refusal: [why.reason, statusReason?.text ?? '', 'NIP002'] };
      return {
        ...plain,
        completion: 'NA',
        issues:
          why.kind === 'not-given'
            ? []
            : [
                {
                  severity: 'warning',
                  code: 'code-invalid',
                  expression: `${at}.statusReason`,
                  text: 'is not in the tables - taken as not given, for no reason that is kept',
                },
              ],
      };
    }
    default:
      return {
        ...plain,
        completion: 'CP',
        issues: [
          {
            severity: 'error',
            code: status === undefined ? 'required' : 'code-invalid',
            expression: `${at}.status`,
            text: 'must be completed, not-done or entered-in-error',
          },
        ],
      };
  }
};

const sourceOf = ({ primarySource, reportOrigin }: ImmunizationResource): string => {
  if (primarySource === true) return '00';
  const origin = originOf(reportOrigin);
  return origin === '' && primarySource === false ? '01' : origin;
};

const observation = (setId: number, code: string, type: 'CE' | 'NM', value: FieldContent, day: string): SegmentTree => ({
  name: 'OBX',
  fields: { 1: String(setId), 2: type, 3: [code, '', 'LN'], 4: '1', 5: value, ...(type === 'NM' ? { 6: ['1', '', 'UCUM'] } : {}), 11: 'F', 14: day },
});

const observationsOf = (dose: ImmunizationResource, day: string): SegmentTree[] => {
  const [applied] = dose.protocolApplied ?? [];
  const rows: readonly (readonly [code: string, type: 'CE' | 'NM', value: FieldContent])[] = [
    [ELIGIBILITY_CODE, 'CE', [eligibilityOf(dose.programEligibility?.[0]), '', 'HL70064']],
    [FUNDING_CODE, 'CE', [fundingOfConcept(dose.fundingSource), '', 'CDCPHINVS']],
    ['30973-2', 'NM', String(applied?.doseNumberPositiveInt ?? '')],
    ['59782-3', 'NM', String(applied?.seriesDosesPositiveInt ?? '')],
  ];
  return rows.filter(([, , value]) => (typeof value === 'string' ? value : (value as readonly string[])[0]) !== '')
    .map(([code, type, value], index) => observation(index + 1, code, type, value, day));
};

/** ORC, RXA, RXR and OBX of an immunization. What is coded stays a code for the rules of the guide to judge. */
export const doseSegments = (dose: ImmunizationResource, at: string, { timeZone }: { timeZone: string }): DoseSegments => {
  const [identifier] = (dose.identifier ?? []).filter(({ value = '' }) => value.trim() !== '');
  const { cvx, ndc, isForeign } = vaccineCodeOf(dose.vaccineCode);
  const day = dayOf(dose.occurrenceDateTime ?? '', timeZone);
  const { completion, action, refusal, issues } = statusOf(dose, at);
  const isGiven = completion === 'CP' || completion === 'PA';
  const performed = performedBy(dose, at);
  const place = dose.location === undefined ? performed.organization : resolved(dose.location, dose.contained);
  const maker = resolved(dose.manufacturer, dose.contained);
  const amount = dose.doseQuantity?.value;
  const [route, site] = [routeOfConcept(dose.route), bodySiteOfConcept(dose.site)];
  const rxa: SegmentTree = {
    name: 'RXA',
    fields: {
      1: '0', 2: '1', 3: day,
      5: [...(cvx === undefined ? [] : [cvx, '', 'CVX']), ...(ndc === undefined ? [] : [ndc, '', 'NDC'])],
      6: amount === undefined || amount <= 0 ? '999' : String(amount),
      7: dose.doseQuantity?.code ?? dose.doseQuantity?.unit ?? '',
      9: isGiven ? [sourceOf(dose), '', 'NIP001'] : '',
      10: performed.by,
      11: place === undefined ? '' : ['', '', '', [place.display, place.id]],
      15: dose.lotNumber ?? '', 16: digitsOfDate(dose.expirationDate ?? ''), 17: maker.id === '' ? '' : [maker.id, '', 'MVX'],
      18: refusal, 20: completion, 21: action,
    },
  };
  return {
    segments: [
      { name: 'ORC', fields: { 1: 'RE', 3: identifier === undefined ? '' : [identifier.value ?? '', authorityOf(identifier.system)] } },
      rxa,
      ...(route === '' && site === '' ? [] : [{ name: 'RXR', fields: { 1: [route, '', 'NCIT'], 2: [site, '', 'HL70163'] } }]),
      ...observationsOf(dose, day),
    ],
    issues: [
      ...issues,
      ...performed.issues,
      ...(isForeign
        ? [
            {
              severity: 'error',
              code: 'code-invalid',
              expression: `${at}.vaccineCode`,
              text: `must have a coding of ${systems.cvx} (CVX) or ${systems.ndc} (NDC); a GTIN is read when it carries an NDC, and codes of other systems are not translated here`,
            } satisfies Issue,
          ]
        : []),
      ...(dose.manufacturer !== undefined && maker.id === ''
        ? [
            {
              severity: 'information',
              code: 'informational',
              expression: `${at}.manufacturer`,
              text: `is kept with the original only: its identifier should be of ${systems.mvx} (MVX)`,
            } satisfies Issue,
          ]
        : []),
      ...(dose.protocolApplied !== undefined && dose.protocolApplied.length > 1
        ? [
            {
              severity: 'information',
              code: 'informational',
              expression: `${at}.protocolApplied[1]`,
              text: 'is kept with the original only',
            } satisfies Issue,
          ]
        : []),
    ],
  };
};

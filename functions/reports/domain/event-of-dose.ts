import { BODY_SITES, routeOf, type BodySite } from '../../../shared/codes/administration.ts';
import { ethnicityOf, raceOf } from '../../../shared/codes/people.ts';
import { isProviderType } from '../../../shared/codes/provider-types.ts';
import type { DoseItem, DoseVersionItem } from '../../../shared/published/dose.ts';
import { doseIdOf } from '../../../shared/published/dose-keys.ts';
import type { RecordItem } from '../../../shared/published/person.ts';
import type { SiteItem } from '../../../shared/published/site.ts';
import type { CvrsAddress, CvrsEvent, CvrsPlace, CvrsRecipient } from './cvrs-event.ts';
import { judgeSeries, type DoseJudgement } from './dose-number.ts';
import { historyOf, isGivenCovidDose, present } from './person-history.ts';

/** What an event is reported as: one version of a dose, and all that the registry knows around it. */
export interface EventSources {
  /** Key of the head, whatever version is reported. */
  readonly head: { readonly pk: string; readonly sk: string };
  readonly dose: DoseItem | DoseVersionItem;
  readonly record: RecordItem;
  readonly recipId: string;
  /** Every dose of the person, of every record. */
  readonly history: readonly DoseItem[];
  /** The enrolled site where it was given or that told of it. */
  readonly site: SiteItem | undefined;
}

/** CVRS asks for a name of every place; an EHR that tells of a dose elsewhere may not know one. */
const unknownPlace = 'Unknown';

const placeOf = ({ dose, site }: EventSources): CvrsPlace => {
  if (site === undefined) {
    const name = dose.facility ?? dose.responsible ?? unknownPlace;
    return { responsibleOrg: dose.responsible ?? name, name };
  }
  const { street, street2, city, county, state, zip } = site.address;
  return present<CvrsPlace>({
    responsibleOrg: site.organizationName, name: site.name,
    type: isProviderType(site.providerType) ? site.providerType : undefined,
    pin: site.pin,
    address: present<CvrsAddress>({ street, street2, city, county, state, zip }),
  });
};

const recipientOf = ({ record, recipId }: EventSources): CvrsRecipient => {
  const [name] = record.names;
  const [address] = record.addresses ?? [];
  const { county, state, zip } = record.home;
  return present<CvrsRecipient>({
    recipId, first: name?.given, middle: name?.middle, last: name?.family, born: record.birthDate, sex: record.sex,
    races: (record.races ?? []).flatMap((race) => raceOf(race) ?? []),
    ethnicity: ethnicityOf(record.ethnicity ?? ''),
    address: present<CvrsAddress>({ street: address?.street, street2: address?.other, city: address?.city, county, state, zip }),
  });
};

const isBodySite = (code: string | undefined): code is BodySite => code !== undefined && Object.hasOwn(BODY_SITES, code);

/** The dose's place in the person's series, with this event as it is reported even when its head says something else by now. */
const judgementOf = ({ head, dose, record, history }: EventSources): DoseJudgement | undefined => {
  const asReported: DoseItem[] = history.filter(({ pk, sk }) => pk !== head.pk || sk !== head.sk);
  const { doses, standsFor } = historyOf([...asReported, { ...dose, pk: head.pk, sk: head.sk, type: 'dose' }]);
  const id = standsFor.get(doseIdOf(head));
  return judgeSeries(doses, record.birthDate).find(({ doseId }) => doseId === id);
};

/** The CVRS event of a dose. A refusal has no dose number; a dose that is no valid part of a series has `UNK`. */
export const eventOf = (sources: EventSources): CvrsEvent => {
  const { head, dose } = sources;
  const core = { eventId: doseIdOf(head), on: dose.givenOn, cvx: dose.cvx, recipient: recipientOf(sources), place: placeOf(sources) };
  if (dose.completion === 'RE') return { kind: 'refusal', ...core };
  const judged = isGivenCovidDose({ ...dose, type: 'dose' }) ? judgementOf(sources) : undefined;
  return {
    kind: 'vaccination', ...core,
    doseNumber: judged?.doseNumber ?? 'UNK', seriesComplete: judged?.seriesComplete ?? 'UNK',
    ...present({
      ndc: dose.ndc, mvx: dose.mvx, lot: dose.lot, expires: dose.expiry,
      bodySite: isBodySite(dose.bodySite) ? dose.bodySite : undefined, route: routeOf(dose.route ?? ''),
    }),
  };
};
